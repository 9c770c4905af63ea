"""The closing manifest: what was read with what, and counts that add up."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor import __version__
from extractor.batch.chunks import COUNTS, Job
from extractor.knowledge.model import builtin
from extractor.readers.papers import ReadOptions
from extractor.readers.source import Source, is_address
from extractor.record.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from extractor.rulelang.ruleset import RuleFile

MANIFEST_VERSION = 1


def input_facts(names: list[str], *, digest: bool = True) -> list[dict[str, Any]]:
    """Takes name, size in bytes and SHA-256 of each input.

    Args:
        names: The inputs.
        digest: Take the hashes too, which reads local files once. Without, and for files elsewhere, they are
            None; of standard input the size is None as well.

    A file that cannot be read has neither; why is told where its rows are read.
    """
    return [_facts(name, digest) for name in names]


def _facts(name: str, digest: bool) -> dict[str, Any]:
    size = sha256 = None
    with contextlib.suppress(OSError):
        if is_address(name) or Path(name).is_file():
            size = Source(name).size()
        if digest and Path(name).is_file():
            sha256 = _sha256(Path(name))
    return {"name": name, "bytes": size, "sha256": sha256}


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def run_settings(inputs: list[dict[str, Any]], read: ReadOptions, job: Job) -> dict[str, Any]:
    """Collects everything that decides the bytes of the output."""
    return {
        "paperclaims": __version__,
        "schema": SCHEMA_VERSION,
        "rules": rules_hash(job.rules),
        "units": builtin().document("everyday-units")["source"],
        "parser": job.parser,
        "layout": job.layout.settings,
        "read": {**asdict(read), "keep": list(read.keep)},
        "inputs": inputs,
    }


def rules_hash(own: Sequence[RuleFile] = ()) -> str:
    """Returns the hash of the files of the rule set, a user's own among them."""
    from extractor.rulelang.ruleset import fingerprint

    return fingerprint(own)


def build_manifest(
    out: Path, settings: dict[str, Any], counts: Counter[str], kinds: Iterable[str]
) -> dict[str, Any]:
    """Builds the manifest; equal runs make equal manifests, whatever the processes, times and interruptions.

    Args:
        out: The output.
        settings: Of :func:`run_settings`.
        counts: Of the run.
        kinds: The kinds of claims.

    Returns:
        A JSON-able dict. In ``counts``, ``rows`` is the sum of the four after it.
    """
    return {
        "manifest": MANIFEST_VERSION,
        **settings,
        "output": out.name,
        "counts": {name: counts[name] for name in COUNTS},
        "claims": {kind: counts[f"claims.{kind}"] for kind in kinds},
    }


def counts_if_done(manifest: Path, settings: dict[str, Any]) -> Counter[str] | None:
    """Returns the counts of a run that is complete.

    Args:
        manifest: Where its manifest stands, if it does.
        settings: Of the run that is asked for.

    Returns:
        The counts; None if there is no manifest, or that of a run with other settings.
    """
    try:
        found = json.loads(manifest.read_bytes())
    except (OSError, ValueError):
        return None
    wanted = json.loads(json.dumps(settings))
    if not isinstance(found, dict) or any(found.get(name) != value for name, value in wanted.items()):
        return None
    kinds = {f"claims.{kind}": count for kind, count in found["claims"].items()}
    return Counter({**found["counts"], **kinds})
