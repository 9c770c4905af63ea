"""Columns computed from a record alone: factor, key, vendor and family, owner and repo."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import regex

from extractor.knowledge.hardware_terms import HardwareFacts
from extractor.knowledge.model import builtin
from extractor.knowledge.resources import rules_dir
from extractor.knowledge.strictyaml import load_yaml

_JOINERS = re.compile(r"[\s\-_–]+")
_own_numbers: dict[str, str | None] = {}  # of the users' rules that this process has loaded


class Relation(NamedTuple):
    """What a speedup or change says besides its number."""

    kind: str
    form: str
    direction: str | None
    metric: str | None
    rule: str | None


def factor(value: float, relation: Relation) -> float | None:
    """Turns a relative value into new over old (for a speed-up: how many times as fast).

    Args:
        value: The number of the record, a ratio or a percentage.
        relation: Kind, form, direction, metric and rule of the record.

    Returns:
        The factor, or None where the record does not tell: absolute differences, no direction, an improvement
        of an unnamed metric, or a reduction by more than the whole.
    """
    sign = _sign(relation)
    if sign == 0 or relation.form == "absolute":
        return None
    number = _number_of(relation.rule)
    grown: float | None
    if relation.form == "ratio" and value < 1 and number == "step":
        return factor(100 * value, relation._replace(form="percent"))
    if relation.form == "ratio":
        grown = max(value, _inverse(value) or 0)
        grown = grown if sign > 0 else _inverse(grown)
    elif number == "share":
        grown = value / 100
    else:
        grown = 1 + sign * value / 100
    if grown is None or grown <= 0:
        return None
    if relation.kind == "speedup" and relation.form == "percent" and _is_duration(relation.metric):
        return _inverse(grown)
    return grown


def _sign(relation: Relation) -> int:
    """Says whether the quantity that the number applies to grew (1), shrank (-1) or is unknown (0)."""
    metric = relation.metric
    if relation.kind == "speedup":
        faster = {"faster": 1, "slower": -1}.get(relation.direction or "", 0)
        return -faster if relation.form == "percent" and _is_duration(metric) else faster
    if relation.direction in ("increase", "decrease"):
        return 1 if relation.direction == "increase" else -1
    if metric is None or relation.direction not in ("better", "worse"):
        return 0
    smaller, larger = (_words(group).search(metric) for group in ("lower_is_better", "higher_is_better"))
    lower_is_better = smaller is not None and larger is None
    return 1 if (relation.direction == "better") != lower_is_better else -1


def _inverse(value: float) -> float | None:
    return 1 / value if value else None


def _is_duration(metric: str | None) -> bool:
    return metric is not None and bool(_words("duration").search(metric))


def _number_of(rule: str | None) -> str | None:
    """Returns what a rule says of its percentages (``share``) or fractions (``step``): rules/README.md.

    A record knows its rule by the id only: of a user's rule, this is known once the process has loaded it.
    """
    identity = (rule or "").partition("+")[0]  # "+ellipsis": taken over from the value before
    return _own_numbers.get(identity) or _builtin_numbers().get(identity)


@cache
def _builtin_numbers() -> dict[str, str]:
    files = sorted((rules_dir() / "values").glob("*.yaml"))
    rules = (rule for path in files for rule in load_yaml(path)["rules"])
    return {rule["id"]: rule["set"]["number"] for rule in rules if "number" in rule.get("set", {})}


def add_numbers(numbers: Mapping[str, str | None]) -> None:
    """Makes the setting ``number`` of a user's rules known, by their ids, to the records of this process."""
    _own_numbers.update(numbers)


def _words(group: str) -> regex.Pattern[str]:
    return builtin().factor_words[group]


def repository(address: str, host: str) -> tuple[str | None, str | None]:
    """Splits the address of a code or model repository.

    Args:
        address: The repaired address, with scheme.
        host: Host class of the record.

    Returns:
        Owner and repository name; None where the address names none, as that of a page of the hub itself.
    """
    hub = _hubs().get(host)
    parts = _path(address, hub) if hub else []
    kind = parts.pop(0) if hub and parts and parts[0] in hub.get("kinds", ()) else None
    if hub is None or not parts or (kind is None and parts[0].lower() in hub["site_pages"]):
        return None, None
    if kind == "datasets" and len(parts) == 1:  # an old one, without owner
        return None, parts[0]
    if not hub.get("nested"):
        return parts[0], parts[1].removesuffix(".git") if len(parts) > 1 else None
    end = next((place for place, part in enumerate(parts) if part in hub["ends"]), len(parts))
    *groups, repo = parts[:end]
    return ("/".join(groups), repo.removesuffix(".git")) if groups else (repo, None)


def _path(address: str, hub: dict[str, Any]) -> list[str]:
    """Returns the parts of the path of an address on a hub; none if it is on another server."""
    try:
        split = urlsplit(address)
        name = split.hostname
    except ValueError:  # such as a stray bracket in the host
        return []
    if name is None or (name not in hub["hosts"] if "hosts" in hub else name.endswith(hub["no_host"])):
        return []
    # Dots lead up, as in a browser: /../a/./b is /a/b.
    return [part for part in posixpath.normpath(f"/{split.path}").split("/") if part]


@cache
def _hubs() -> dict[str, dict[str, Any]]:
    hubs: dict[str, dict[str, Any]] = builtin().document("urls")["repositories"]
    return hubs


def name_key(name: str) -> str:
    """Reduces a name to what identifies it: no case, blanks, hyphens, underscores or trailing slash."""
    return _JOINERS.sub("", name.casefold()).rstrip("/")


def hardware_facts(name: str) -> HardwareFacts:
    """Looks a canonical hardware name up in the gazetteer and its series; unknown names have no facts."""
    return builtin().hardware.facts(name)
