"""Reads the data sets of others that scripts/outside.py scores us on: texts with what is labelled in them."""

from __future__ import annotations

import ast
import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from defusedxml import ElementTree

from extractor.errors import InputError

Span = tuple[int, int]
PASSAGE = 10  # sentences


class Leaderboard(NamedTuple):
    """A result that a paper is listed with: CLEF 2024 "SOTA?"."""

    dataset: str
    metric: str
    score: str


class Abstract(NamedTuple):
    """An abstract, and the results its paper is listed with."""

    text: str
    results: tuple[Leaderboard, ...]


class Sentence(NamedTuple):
    """A text, and the places in it that are labelled as mentions of data sets."""

    text: str
    mentions: tuple[Span, ...]


class Measured(NamedTuple):
    """A quantity that is labelled in a text: its place where that is known, else its numbers."""

    words: str
    span: Span | None = None
    numbers: tuple[float, ...] = ()


class Passage(NamedTuple):
    """A text with its quantities."""

    text: str
    quantities: tuple[Measured, ...]


_TEX = re.compile(r"\\begin\s*\{abstract\*?\}(.{1,20000}?)\\end\s*\{abstract\*?\}", re.DOTALL)
_TEX_MACRO = re.compile(r"\\abstract\s*\{((?:[^{}]|\{[^{}]{0,2000}\}){1,20000})\}")
_TEI = "{http://www.tei-c.org/ns/1.0}"
_NO_SPACE_BEFORE = frozenset(".,;:!?)]}%'") | {"'s", "n't"}
_NO_SPACE_BEHIND = frozenset("([{$")


def read_sota(path: Path) -> Iterator[Abstract]:
    """Reads CLEF 2024 "SOTA?": a folder for each paper, with its TeX or TEI and its annotations.

    Annotations are a list of Python literals in `annotations.json` or `annotations.txt`, or the word
    `unanswerable`. Where papers and annotations stand in two folders, the names of the inner ones tell.
    """
    sources = {each.parent.name: each for each in sorted(path.rglob("*")) if each.suffix in (".tex", ".xml")}
    for file in sorted(path.rglob("annotations.*")):
        source = sources.get(file.parent.name)
        text = _abstract_of(source) if source else None
        if text:
            yield Abstract(text, tuple(_leaderboards(file.read_text("utf-8"))))


def _abstract_of(path: Path) -> str | None:
    if path.suffix == ".xml":
        root = ElementTree.parse(path).getroot()
        parts = [" ".join("".join(each.itertext()).split()) for each in root.iter(f"{_TEI}abstract")]
        return " ".join(part for part in parts if part) or None
    text = path.read_text("utf-8", errors="replace")
    text = re.sub(r"(?<!\\)%[^\n]{0,10000}", "", text)  # comments
    found = _TEX.search(text) or _TEX_MACRO.search(text)
    return " ".join(found[1].split()) if found else None


def _leaderboards(content: str) -> Iterator[Leaderboard]:
    try:
        listed = ast.literal_eval(content.strip())
    except (ValueError, SyntaxError):  # unanswerable
        return
    seen = set()
    for entry in listed if isinstance(listed, list) else ():
        result = entry.get("LEADERBOARD") if isinstance(entry, dict) else None
        if isinstance(result, dict):
            found = Leaderboard(*(str(result.get(name, "")) for name in ("Dataset", "Metric", "Score")))
            if found not in seen:
                seen.add(found)
                yield found


def read_conll(path: Path) -> Iterator[Sentence]:
    """Reads TDMSci: a token, its offset and its tag on each line, a blank line behind each sentence."""
    rows: list[tuple[str, str]] = []
    places: list[int] = []
    for line in [*_lines(path), ""]:
        cells = line.split("\t")
        if line.strip() and len(cells) >= 2:
            rows.append((cells[0], cells[-1].strip()))
            places.append(int(cells[1]) if len(cells) > 2 and cells[1].isdigit() else -1)
        elif rows:
            yield _tagged(rows, places if min(places) >= 0 else None)
            rows, places = [], []


def read_table(path: Path) -> Iterator[Sentence]:
    """Reads xjaeh/ner_dataset_recognition: CSV with columns `Sentence #`, `Word` and `Tag` (B, I, O)."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows: list[tuple[str, str]] = []
        name = None
        for row in csv.DictReader(stream):
            if row.get("Sentence #") != name and rows:
                yield _tagged(rows, None)
                rows = []
            name = row.get("Sentence #")
            rows.append((row["Word"], row["Tag"]))
        if rows:
            yield _tagged(rows, None)


def _tagged(rows: Sequence[tuple[str, str]], places: Sequence[int] | None) -> Sentence:
    """Makes a sentence of tokens with tags: B and I, of whatever, where DATASET is not said otherwise."""
    text, spans = _joined([word for word, _ in rows], places)
    mentions: list[Span] = []
    inside = False
    for (_, tag), (start, end) in zip(rows, spans, strict=True):
        wanted = tag[:1] in "BI" and tag[1:] in ("", "-DATASET", "-Dataset")
        if wanted and tag.startswith("I") and inside:
            mentions[-1] = (mentions[-1][0], end)
        elif wanted:
            mentions.append((start, end))
        inside = wanted
    return Sentence(text, tuple(mentions))


def _joined(words: Sequence[str], places: Sequence[int] | None) -> tuple[str, list[Span]]:
    """Puts tokens together: by their offsets, else with blanks but around brackets and in front of stops."""
    text, spans = "", []
    for number, word in enumerate(words):
        if number and places is not None:
            gap = places[number] - places[number - 1] - len(words[number - 1])
            text += " " * min(max(gap, 0), 1)
        elif number:
            text += " " * (word not in _NO_SPACE_BEFORE and words[number - 1] not in _NO_SPACE_BEHIND)
        spans.append((len(text), len(text) + len(word)))
        text += word
    return text, spans


def read_dygie(path: Path, labels: Iterable[str], *, first_only: bool = False) -> Iterator[Sentence]:
    """Reads SciER and GSAP: JSON lines of tokens and spans, or of a sentence and the texts of its entities.

    Args:
        path: JSON lines with `sentences` and `ner` (places of the first and the last token, counted through
            the document or in the sentence), or with `sentence` and `ner` (texts and labels).
        labels: What is a mention.
        first_only: Whether to read the first passage of a document only.

    Yields:
        Passages of ten sentences, as a document has them: names are told by what stands around them.
    """
    for _, group in groupby(_documents(path, frozenset(labels)), key=itemgetter(0)):
        sentences = [sentence for _, sentence in group]
        for start in range(0, 1 if first_only else len(sentences), PASSAGE):
            yield _passage(sentences[start : start + PASSAGE])


def _documents(path: Path, wanted: frozenset[str]) -> Iterator[tuple[object, Sentence]]:
    """Yields the sentences of a file, each with what its document is called."""
    for number, line in enumerate(_lines(path)):
        if not line.strip():
            continue
        record = json.loads(line)
        name = record.get("doc_id") or record.get("doc_key") or number
        if isinstance(record.get("sentence"), str):
            names = [each[0] for each in record["ner"] if each[1] in wanted]
            yield name, _by_words(record["sentence"], names)
        else:
            yield from ((name, sentence) for sentence in _by_tokens(record, wanted))


def _passage(sentences: Iterable[Sentence]) -> Sentence:
    text, mentions = "", []
    for sentence in sentences:
        begin = len(text) + bool(text)
        text = f"{text} {sentence.text}" if text else sentence.text
        mentions += [(start + begin, end + begin) for start, end in sentence.mentions]
    return Sentence(text, tuple(mentions))


def _by_words(text: str, names: Iterable[str]) -> Sentence:
    spans = {found.span() for name in names for found in re.finditer(re.escape(name), text)}
    return Sentence(text, tuple(sorted(spans)))


def _by_tokens(record: dict[str, Any], wanted: frozenset[str]) -> Iterator[Sentence]:
    sentences, entities = record["sentences"], record["ner"]
    begins = [sum(map(len, sentences[:number])) for number in range(len(sentences))]
    through = any(
        entity[1] >= len(tokens)
        for tokens, found in zip(sentences, entities, strict=True)
        for entity in found
    )
    for tokens, found, begin in zip(sentences, entities, begins, strict=True):
        text, spans = _joined(tokens, None)
        base = begin if through else 0
        places = [(start - base, end - base) for start, end, label, *_ in found if label in wanted]
        mentions = sorted({(spans[start][0], spans[end][1]) for start, end in places})
        yield Sentence(text, tuple(mentions))


def read_measeval(path: Path) -> Iterator[Passage]:
    """Reads MeasEval: a folder of texts, and tables of annotations with types and offsets."""
    texts = {each.stem: each for each in path.rglob("*.txt")}
    for table in sorted(path.rglob("*.tsv")):
        source = texts.get(table.stem)
        if source is None:
            continue
        text = source.read_text("utf-8")
        found = []
        with table.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["annotType"] == "Quantity":
                    span = int(row["startOffset"]), int(row["endOffset"])
                    found.append(Measured(text[slice(*span)], span))
        yield Passage(text, tuple(found))


def read_newsquant(path: Path) -> Iterator[Passage]:
    """Reads NewsQuant: a JSON list of texts with quantities; a value such as `3-5` is a range."""
    for record in json.loads(path.read_text("utf-8")):
        yield Passage(record["text"], tuple(map(_news, record["quantities"])))


def _news(quantity: dict[str, Any]) -> Measured:
    value = str(quantity["value"])
    numbers = tuple(abs(float(each)) for each in re.findall(r"\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", value))
    return Measured(f"{numbers[0] if numbers else ''} {quantity.get('unit', '')}", None, numbers)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").split("\n")
    except OSError as error:
        message = f"cannot be read ({error.strerror})"
        raise InputError(message, file=str(path)) from error
