"""The engine: one abstract in, its extraction out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

from extractor.assembly import assemble
from extractor.collection import loading, no_collection
from extractor.errors import InputError, RuleError
from extractor.knowledge.model import Knowledge, builtin, read_knowledge
from extractor.knowledge.shared import Shared
from extractor.knowledge.sources import Layers, RulePaths, read_layers
from extractor.reading import Reading
from extractor.record.identity import id_text, is_missing
from extractor.record.models import extraction_model
from extractor.record.schema import BaseClaim, Extraction, trusted, with_confidence
from extractor.rulelang.ruleset import in_order
from extractor.rulelang.tagging import TaggedSentence
from extractor.text.lookup.vocabulary import Vocabulary
from extractor.text.view import View
from extractor.values.confidence import Confidence
from extractor.values.general import Weighed
from extractor.values.records import LinkedValue, RecordReader

_LONG = 5_000  # characters; no abstract has them. The collector would walk through all of it again and again.
_AS_EVER: AbstractContextManager[None] = nullcontext()


class Engine:
    """Reads claims by some knowledge; what it holds does not change, so that threads can share it.

    Args:
        knowledge: All that is data; the built-in knowledge if none is given.

    Attributes:
        knowledge: All that is data.
        ruleset: The compiled rules.
        parts: What reads names and numbers.
        vocabulary: Tells which of the words that names and values begin with stand in a text.
        facts: Tells what a user's own gazetteer knows of a device; None where ours holds.
        records: Reads the claims of sentences.

    Raises:
        RuleError: With every fault of a user's rules and terms.
    """

    def __init__(self, knowledge: Knowledge | None = None) -> None:
        self.knowledge = knowledge or builtin()
        self.ruleset, self.parts = assemble(self.knowledge)
        self._extraction = extraction_model(self.ruleset.kinds)
        self.vocabulary = Vocabulary(self.parts.things.words, self.parts.scanner.words)
        self.facts = self.knowledge.own_hardware_facts
        weighing = map(self.knowledge.document, ("links", "link-signs"))
        self.records = RecordReader(self.ruleset, self.parts.scanner, *weighing)
        self._confidence = Confidence(self.knowledge.document("confidence"))

    def parse(self, text: str, *, id: str | None = None, title: str | None = None) -> Extraction:
        """Reads one abstract; see `extractor.parse`."""
        if not isinstance(text, str):
            message = f"the abstract must be a string, not {type(text).__name__}"
            raise TypeError(message)
        with no_collection() if len(text) > _LONG else _AS_EVER:
            claims = Reading(self, text).claims
        made: Extraction = trusted(self._extraction, id=id, title=title, abstract=text, claims=claims)
        return made

    def read(self, text: str) -> Iterator[tuple[BaseClaim, LinkedValue | None]]:
        """Yields the claims of a text, not yet rated, each with what it was made of if it has a value."""
        return Reading(self, text).read()

    def rated(self, claim: BaseClaim, value: LinkedValue | None) -> BaseClaim:
        """Tells a claim that was just read how sure it is."""
        return with_confidence(claim, *self._confidence.rate(claim, value))

    def kinds_named(self, names: str | Sequence[str]) -> tuple[str, ...]:
        """Returns the names of kinds, of which each must be one.

        Raises:
            ValueError: One is none; the message says which there are.
        """
        wanted = (names,) if isinstance(names, str) else tuple(names)
        for name in wanted:
            if name not in self.ruleset.kinds:
                message = f"there is no kind {name!r}; the kinds: {', '.join(self.ruleset.kinds)}"
                raise ValueError(message)
        return wanted

    def view(self, text: str) -> View:
        """Returns a text as the engine reads it."""
        return self.parts.texts.view(text, self._is_word)

    def _is_word(self, word: str) -> bool:
        return self.ruleset.tagger.knows(word) or self.parts.things.knows(word)

    def linked(self, text: str) -> Iterable[tuple[TaggedSentence, list[LinkedValue]]]:
        """Returns the sentences of a text's view that hold values, with what each is linked to, and why."""
        return Reading(self, text).linked

    def tagged(self, text: str) -> Sequence[TaggedSentence]:
        """Returns the sentences of a text's view that hold values, to explain and test rules."""
        return Reading(self, text).tagged

    def weighed(self, text: str) -> Iterator[tuple[TaggedSentence, list[Weighed]]]:
        """Yields the sentences of a text's view with values, and the evidence about those that are open."""
        return Reading(self, text).weighed()


_ENGINES: Shared[Engine] = Shared(8)  # a process that reads by many sets of rules keeps the last ones


def builtin_engine() -> Engine:
    """Returns the engine of the built-in knowledge, made once, with all lists of names loaded."""
    return _builtin()


@cache
def _builtin() -> Engine:
    with loading():
        return Engine()


def engine_of(rules: Layers = ()) -> Engine:
    """Returns an engine with a user's files laid over the built-in ones; without any, that of `parse`.

    An engine of the same files, by name and content, is made once in a process.

    Args:
        rules: A file or folder, or several, or their texts.

    Raises:
        RuleError: With every fault of every file.
    """
    if not rules:
        return builtin_engine()
    files, problems = read_layers(rules)
    return _loaded(rules) if problems else _ENGINES.get(files, lambda: _loaded(files))


def _loaded(layers: Layers) -> Engine:
    with loading():
        knowledge, problems = read_knowledge(layers)
        if not problems:
            return Engine(knowledge)
        try:
            assemble(knowledge)
        except RuleError as error:  # what is wrong with the rest is told at once
            problems += error.problems
    raise RuleError(in_order(problems))


def parse(
    text: str,
    *,
    id: str | None = None,
    title: str | None = None,
    rules: RulePaths = (),
    kinds: str | Sequence[str] = (),
    min_confidence: float = 0.0,
) -> Extraction:
    """Reads the claims of one abstract.

    Args:
        text: The abstract as it stands; it is never rewritten.
        id: Kept in the extraction.
        title: Kept in the extraction; not read for claims.
        rules: A file or folder with rules of the user's own, or several, laid over the built-in ones.
        kinds: Only claims of these kinds, such as ``["speedup", "score"]``; all if none are named.
        min_confidence: Claims that are less sure are left out; from 0 to 1.

    Returns:
        The extraction, with ``abstract[start:end] == text`` for every claim and mention.

    Raises:
        TypeError: The text is no string.
        RuleError: The rules cannot be loaded.
        ValueError: ``min_confidence`` is not from 0 to 1, or there is no such kind.
    """
    engine = engine_of(rules)
    wanted = engine.kinds_named(kinds)
    return engine.parse(text, id=id, title=title).sure(min_confidence).of_kinds(wanted)


def parse_many(
    papers: Iterable[Any],
    *,
    rules: Layers = (),
    on_error: str = "raise",
    kinds: str | Sequence[str] = (),
    min_confidence: float = 0.0,
) -> Iterator[Extraction]:
    """Reads many abstracts, lazily and in order.

    Args:
        papers: Strings, mappings with ``abstract`` (and ``id``, ``title``), or objects with these attributes.
        rules: A file or folder with rules of the user's own, or several, laid over the built-in ones.
        on_error: What becomes of an item that is none of these or has no text: ``raise`` ends the reading
            with an error, ``skip`` leaves the item out.
        kinds: Only claims of these kinds; all if none are named.
        min_confidence: Claims that are less sure are left out; from 0 to 1.

    Raises:
        InputError: An item cannot be read; the message says which one. Or it is one text, not many.
        RuleError: The rules cannot be loaded.
        ValueError: ``on_error`` is another word, ``min_confidence`` not from 0 to 1, or a kind is none.
    """
    if on_error not in _ON_ERROR:
        message = f"on_error is {' or '.join(map(repr, _ON_ERROR))}, not {on_error!r}"
        raise ValueError(message)
    if isinstance(papers, (str, Mapping)) or hasattr(papers, "columns"):
        kind = type(papers).__name__
        message = f"many papers are asked for, this is one {kind}: parse reads a text, parse_frame a table"
        raise InputError(message)
    engine = engine_of(rules)
    wanted = engine.kinds_named(kinds)
    read = _parse_each(papers, engine, skip=on_error == "skip")
    return (extraction.sure(min_confidence).of_kinds(wanted) for extraction in read)


_ON_ERROR = ("raise", "skip")


def _parse_each(papers: Iterable[Any], engine: Engine, *, skip: bool) -> Iterator[Extraction]:
    for number, paper in enumerate(papers, start=1):
        try:
            text, identity, title = _fields(paper, number)
        except InputError:
            if not skip:
                raise
            continue
        yield engine.parse(text, id=identity, title=title)


def _fields(paper: Any, number: int) -> tuple[str, str | None, str | None]:
    """Takes abstract, id and title from a string, a mapping or an object."""
    if isinstance(paper, str):
        return paper, None, None
    if isinstance(paper, Mapping):
        values = [paper.get(name) for name in ("abstract", "id", "title")]
    else:
        values = [getattr(paper, name, None) for name in ("abstract", "id", "title")]
    abstract, identity, title = values
    if not isinstance(abstract, str):
        raise InputError(_no_text(paper, abstract, identity), file="papers", row=number)
    try:
        return abstract, id_text(identity), title if isinstance(title, str) else None
    except InputError as error:
        raise InputError(error.message, file="papers", row=number) from None


def _no_text(paper: Any, abstract: Any, identity: Any) -> str:
    """Says what an item lacks to be read."""
    named = isinstance(paper, Mapping) or hasattr(paper, "abstract")
    nothing = is_missing(paper) and not hasattr(paper, "__len__")  # as a column of texts has it
    if nothing or (named and is_missing(abstract)):
        which = "" if is_missing(identity) else f" of id {identity!r}"
        return (
            f'the paper{which} has no text: its abstract is missing; on_error="skip" leaves such papers out'
        )
    if named:
        return f"the abstract must be a string, not {type(abstract).__name__}"
    kind = type(paper).__name__
    return f"a paper is a string, a mapping with 'abstract' or an object that has it; this is a {kind}"
