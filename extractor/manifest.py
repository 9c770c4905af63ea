"""The closing manifest: what was read with what, and counts that add up."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.chunks import COUNTS, Job
from extractor.papers import STDIN, ReadOptions
from extractor.schema import SCHEMA_VERSION
from extractor.tables import KINDS

if TYPE_CHECKING:
    from collections import Counter

MANIFEST_VERSION = 1
_BLOCK = 1 << 20


def input_facts(names: list[str]) -> list[dict[str, Any]]:
    """Takes name, size in bytes and SHA-256 of each input; size and hash of standard input are not known.

    Raises:
        OSError: A file cannot be read.
    """
    return [_facts(name) for name in names]


def _facts(name: str) -> dict[str, Any]:
    path = Path(name)
    if name == STDIN or not path.is_file():
        return {"name": name, "bytes": None, "sha256": None}
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return {"name": name, "bytes": path.stat().st_size, "sha256": digest.hexdigest()}


def run_settings(inputs: list[dict[str, Any]], read: ReadOptions, job: Job) -> dict[str, Any]:
    """Collects everything that decides the bytes of the output."""
    return {
        "paperclaims": package_version(),
        "schema": SCHEMA_VERSION,
        "rules": rules_hash(),
        "parser": job.parser,
        "layout": asdict(job.layout),
        "read": asdict(read),
        "inputs": inputs,
    }


def package_version() -> str:
    """Returns the version of this package; ``unknown`` where it runs without being installed."""
    try:
        return version("paperclaims")
    except PackageNotFoundError:
        return "unknown"


def rules_hash() -> str:
    """Returns the hash of the files of the rule set."""
    from extractor.ruleset import fingerprint

    return fingerprint()


def build_manifest(out: Path, settings: dict[str, Any], counts: Counter[str]) -> dict[str, Any]:
    """Builds the manifest; equal runs make equal manifests, whatever the processes, times and interruptions.

    Args:
        out: The output.
        settings: Of :func:`run_settings`.
        counts: Of the run.

    Returns:
        A JSON-able dict. In ``counts``, ``rows`` is the sum of the four after it.
    """
    kinds = {kind: counts[f"claims.{kind}"] for kind in KINDS}
    return {
        "manifest": MANIFEST_VERSION,
        **settings,
        "output": out.name,
        "counts": {name: counts[name] for name in COUNTS},
        "claims": kinds,
    }
