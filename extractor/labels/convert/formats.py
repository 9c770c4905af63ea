"""The formats by name, and the one function that goes from any of them to any other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from extractor.errors import InputError
from extractor.knowledge.kindfiles import builtin_kinds
from extractor.labels.convert import brat, docbin, doccano, label_studio
from extractor.labels.gold import load_predictions
from extractor.labels.goldfile import write_gold
from extractor.record.models import read_fields

if TYPE_CHECKING:
    from extractor.knowledge.kinds import Kinds
    from extractor.record.schema import Extraction


class Format(NamedTuple):
    """How a format is read and written."""

    read: Callable[[Path, Kinds], Sequence[Extraction]]
    write: Callable[[Path, Iterable[Extraction], Kinds], None]
    what: str


def _read_gold(path: Path, kinds: Kinds) -> Sequence[Extraction]:
    return load_predictions(path, kinds=kinds)


def _write_gold(path: Path, extractions: Iterable[Extraction], _kinds: Kinds) -> None:
    write_gold(path, extractions)


FORMATS: dict[str, Format] = {
    "gold": Format(_read_gold, _write_gold, "this project's JSON lines"),
    "brat": Format(brat.read, brat.write, "a folder of brat stand-off files"),
    "doccano": Format(doccano.read, doccano.write, "doccano's JSON lines with relations"),
    "label-studio": Format(label_studio.read, label_studio.write, "Label Studio's JSON tasks"),
    "docbin": Format(docbin.read, docbin.write, "a spaCy DocBin"),
}


def read(path: str | Path, format_: str, *, kinds: Kinds | None = None) -> Sequence[Extraction]:
    """Reads labelled abstracts.

    Args:
        path: The file, or for brat the folder.
        format_: One of ``FORMATS``.
        kinds: The kinds of claims; the built-in ones if none are given.

    Raises:
        InputError: The format is unknown, or the file is not what it should be.
    """
    return _format(format_).read(Path(path), kinds or builtin_kinds())


def write(
    path: str | Path, extractions: Iterable[Extraction], format_: str, *, kinds: Kinds | None = None
) -> None:
    """Writes labelled abstracts.

    Args:
        path: The file, or for brat a new folder.
        extractions: The abstracts; each needs an id.
        format_: One of ``FORMATS``.
        kinds: The kinds of claims; the built-in ones if none are given.

    Raises:
        InputError: The format is unknown or cannot hold the texts, or a brat folder is not empty.
    """
    _format(format_).write(Path(path), extractions, kinds or builtin_kinds())


def convert(
    source: str | Path,
    target: str | Path,
    *,
    from_: str,
    to: str,
    kinds: Kinds | None = None,
    as_labels: bool = False,
) -> int:
    """Reads one format and writes another.

    Args:
        source: What to read.
        target: What to write.
        from_: Format of the source.
        to: Format of the target.
        kinds: The kinds of claims; the built-in ones if none are given.
        as_labels: Leave out what only reading says, such as the rule and the confidence.

    Returns:
        The number of abstracts.

    Raises:
        InputError: As ``read`` and ``write``.
    """
    _format(to)
    extractions = read(source, from_, kinds=kinds)
    if as_labels:
        extractions = [_labels(extraction) for extraction in extractions]
    write(target, extractions, to, kinds=kinds)
    return len(extractions)


def _labels(extraction: Extraction) -> Extraction:
    """Returns an extraction as somebody could have labelled it."""
    claims = []
    for claim in extraction.claims:
        only_read = read_fields(claim) & type(claim).model_fields.keys()
        claims.append(claim.model_copy(update=dict.fromkeys(only_read)))
    return extraction.model_copy(update={"claims": tuple(claims)})


def guess_format(path: str | Path) -> str:
    """Tells the format from a name: .jsonl, .json, .spacy, or a folder.

    Raises:
        InputError: The name does not tell.
    """
    suffix = Path(path).suffix.lower()
    found = {".jsonl": "gold", ".json": "label-studio", ".spacy": "docbin", "": "brat"}.get(suffix)
    if Path(path).is_dir():
        found = "brat"
    if found is None:
        message = f"the name does not tell the format; say which of {', '.join(FORMATS)} it is"
        raise InputError(message, file=str(path))
    return found


def _format(name: str) -> Format:
    if name not in FORMATS:
        message = f"format {name!r} is none of {', '.join(FORMATS)}"
        raise InputError(message)
    return FORMATS[name]
