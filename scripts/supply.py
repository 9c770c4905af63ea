"""What the package is made of: pins the versions for development, lists the licences, looks for known faults.

    python scripts/supply.py lock       # constraints.txt: the versions of this environment, for scripts/check
    python scripts/supply.py check      # requirements have bounds, and constraints.txt has a version of each
    python scripts/supply.py licences   # of what is installed with the package; --all with all extras
    python scripts/supply.py audit      # known faults of the pinned versions; needs pip-audit and a network

The exit code is 1 where something is wrong, and 3 where it could not be looked up.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).resolve().parent.parent
LOCK = TOP / "constraints.txt"
NAME = "paperclaims"
NOT_LOOKED_UP = 3
OF_ENVIRONMENTS = ("pip", "setuptools", "wheel")  # that come with one, and are not pinned
HEAD = "# Versions that all checks have passed with. Made by: python scripts/supply.py lock\n"
# Licences that go with the MIT licence, as their texts, classifiers and SPDX ids name them.
FREE = re.compile(
    r"\b(?:MIT|BSD|Apache|PSF|Python Software Foundation|ISC|MPL|Mozilla|Unlicense|CC0|Zlib|HPND|0BSD|"
    r"Public Domain|LGPL|Lesser General Public)",
    re.IGNORECASE,
)


def requirements(extras: set[str]) -> list[Requirement]:
    """Returns what pyproject.toml asks for: of the package itself, and of some extras."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    texts = [*project["dependencies"], *(text for extra in sorted(extras) for text in optional[extra])]
    return [Requirement(text) for text in texts]


def extras_of(name: str) -> set[str]:
    """Returns an extra and those that it is made of."""
    found, waiting = set[str](), [name]
    while waiting:
        if (extra := waiting.pop()) not in found:
            found.add(extra)
            own = (each for each in requirements({extra}) if each.name == NAME)
            waiting += [part for each in own for part in each.extras]
    return found


def installed(extras: set[str]) -> dict[str, metadata.Distribution]:
    """Returns all that the package needs in this environment, and what that needs, by name.

    Raises:
        metadata.PackageNotFoundError: Something is not installed.
    """
    found: dict[str, metadata.Distribution] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(each, "") for each in requirements(extras) if each.name != NAME]
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        distribution = metadata.distribution(requirement.name)
        name = canonicalize_name(requirement.name)
        found[name] = distribution
        for part in {"", *requirement.extras}:
            if (name, part) not in seen:
                seen.add((name, part))
                waiting += [(Requirement(text), part) for text in distribution.requires or ()]
    return dict(sorted(found.items()))


def lock() -> int:
    """Writes the versions of this environment."""
    found = installed(extras_of("dev"))
    lines = [f"{name}=={found[name].version}\n" for name in found if name not in OF_ENVIRONMENTS]
    LOCK.write_text(HEAD + "".join(lines), encoding="utf-8")
    print(f"{LOCK.name}: {len(lines)} packages")
    return 0


def pinned() -> dict[str, str]:
    """Returns the versions of the constraints file, by name."""
    lines = (line for line in LOCK.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")
    return dict(line.split("==") for line in lines)


def faults() -> Iterator[str]:
    """Yields the requirements without bounds, and those of which no fitting version is pinned."""
    versions = pinned()
    for each in requirements(extras_of("dev")):
        if each.name == NAME:
            continue
        signs = {bound.operator for bound in each.specifier}
        if not {">=", "<"} <= signs:
            yield f"{each}: write a lower and an upper bound (>=..., <...)"
        version = versions.get(canonicalize_name(each.name))
        if version is None or version not in each.specifier:
            yield f"{each}: constraints.txt has {version or 'none'}; run: python scripts/supply.py lock"


def check() -> int:
    """Prints what is wrong with the requirements."""
    found = list(faults())
    print("\n".join(found) or f"{len(pinned())} packages pinned, all requirements bounded")
    return int(bool(found))


def licence_of(distribution: metadata.Distribution) -> str:
    """Returns the licence that a package tells: as an SPDX expression, by its classifiers, or in words."""
    about = distribution.metadata
    if "License-Expression" in about:  # another package may let a field that is not there raise
        return about["License-Expression"]
    classifiers = [text for text in about.get_all("Classifier") or () if text.startswith("License ::")]
    named = [text.rpartition(" :: ")[2] for text in classifiers]
    if specific := [name for name in named if name != "OSI Approved"]:
        return "; ".join(specific)
    lines = about["License"].strip().splitlines() if "License" in about else []
    return lines[0][:60] if lines else _from_file(distribution)


def _from_file(distribution: metadata.Distribution) -> str:
    """Returns the first line of a file with the licence."""
    for file in distribution.files or ():
        if re.match(r"(?:licen[cs]e|copying)", file.name, re.IGNORECASE):
            text = Path(str(file.locate())).read_text(encoding="utf-8", errors="replace").strip()
            return text.splitlines()[0][:60] if text else ""
    return ""


def licences(extras: set[str]) -> int:
    """Prints the licence of each package, and which are not known to go with the MIT licence."""
    odd = []
    for name, distribution in installed(extras).items():
        licence = licence_of(distribution)
        print(f"{name} {distribution.version}: {licence or 'not told'}")
        if not FREE.search(licence):
            odd.append(name)
    print(f"to be looked at: {', '.join(odd)}" if odd else "all known to go with the MIT licence")
    return int(bool(odd))


def audit() -> int:
    """Asks for known faults of the pinned versions."""
    if importlib.util.find_spec("pip_audit") is None:
        print("not looked up: pip-audit is not installed here (pip install pip-audit)", file=sys.stderr)
        return NOT_LOOKED_UP
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--no-deps", "--disable-pip"]
    done = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, check=False)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except ValueError:
        told = done.stderr.strip().splitlines()
        print(f"not looked up: {told[-1] if told else 'no answer'}; is there a network?", file=sys.stderr)
        return NOT_LOOKED_UP
    known = [(each, fault) for each in found for fault in each.get("vulns", ())]
    for each, fault in known:
        print(f"{each['name']} {each['version']}: {fault['id']}, mended in {fault['fix_versions'] or 'none'}")
    unknown = [each["name"] for each in found if "skip_reason" in each]
    print(f"{len(found) - len(unknown)} of {len(found)} packages looked up, {len(known)} known faults")
    if unknown:
        print(f"not looked up: {len(unknown)} packages that the service does not know", file=sys.stderr)
    return 1 if known else NOT_LOOKED_UP if unknown else 0


def main(arguments: list[str] | None = None) -> int:
    """Does one of these."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["lock", "check", "licences", "audit"])
    parser.add_argument("--all", action="store_true", help="with all extras")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.what == "licences":
            return licences(extras_of("all") if chosen.all else set())
        return {"lock": lock, "check": check, "audit": audit}[chosen.what]()
    except metadata.PackageNotFoundError as error:
        print(f"{error}; install the package first: pip install -e '.[dev]'", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
