"""Reads the patterns for dataset names and finds the candidates in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

import regex

from extractor.errors import RuleError, RuleProblem
from extractor.text.lookup.lazypattern import LazyPattern, Match
from extractor.text.lookup.vocabulary import forms, runs
from extractor.text.sentences import sentence_at

_REACH = 240  # characters on either side of an anchor that a pattern may read
_STOP = 2  # characters of a full stop and its blank
_FRAGMENT = regex.compile(r"\{([a-z]+)\}")
_MANY = 4  # plain words are counted up to here
_SHAPES = ("any", "strong", "camel")
_TRAITS = frozenset({"naming", "loose", "sure", "titles", "behind", "spelled"})


@dataclass(frozen=True, slots=True)
class Hints:
    """Quick tests that hold wherever a rule matches; nearly all places where it does not match fail one."""

    words: frozenset[str]  # one of them stands in the text; none: not asked
    behind: re.Pattern[str] | None  # matches behind the anchor
    sign: re.Pattern[str] | None  # is found before the anchor, in the same sentence
    plain: tuple[int, int] | None  # so many words of small letters, no stop words, stand before the anchor


@dataclass(frozen=True, slots=True)
class NameRule:
    """One pattern: what stands before and behind an anchor word."""

    id: str
    before: LazyPattern | None
    after: LazyPattern | None
    given: str | None  # a rule above it, of the same group, without which it cannot match
    hints: Hints
    shape: str  # what it asks of a name that is not listed
    traits: frozenset[str]  # see the rules file
    include: bool
    examples: list[tuple[str, list[str]]]
    rejects: list[str]


class Candidate(NamedTuple):
    """A stretch that a rule takes for a name, and its ``fellows``, which it takes along with it."""

    start: int
    end: int
    rule: NameRule
    fellows: tuple[tuple[int, int], ...] = ()


class AnchorGroup(NamedTuple):
    """Rules that stand side by side and share a hint on what is behind the anchor, which is asked once."""

    behind: re.Pattern[str] | None
    rules: list[NameRule]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A word around which rules look; ``rank`` says which anchor's rules go first."""

    rank: int
    word: str
    offset: int  # where its base begins in it
    cased: bool
    sure: bool  # it stands wherever its base does
    behind: re.Pattern[str] | None  # the hint, if all its rules share one
    groups: list[AnchorGroup]


@dataclass(frozen=True, slots=True)
class Base:
    """A string that stands in several anchors, so that the text is searched once for all of them."""

    text: str
    cased: bool
    ending: list[Anchor]  # the anchors that end with it
    following: dict[str, list[Anchor]]  # the anchors that may stand where this character follows it


@dataclass(frozen=True, slots=True)
class Bases:
    """What the text is searched for."""

    always: list[Base]
    asked: dict[str, Base]  # by a word that the text must have

    def of(self, words: Set[str]) -> list[Base]:
        """Returns the bases to search for in a text with these words."""
        asked = {id(base): base for word in words if (base := self.asked.get(word))}
        return [*self.always, *asked.values()] if asked else self.always


@dataclass(frozen=True, slots=True)
class Patterns:
    """All rules, and the anchors at which they are tried."""

    rules: list[NameRule]
    bases: Bases
    words: frozenset[str]  # all that hints and bases ask for
    stop: frozenset[str]
    context: dict[str, str]
    lists: dict[str, str]
    list_words: list[str]


def read_patterns(document: dict[str, Any], *, check: bool = True) -> Patterns:
    """Reads the patterns.

    Args:
        document: What the rules files hold.
        check: Compile every pattern now, so that a broken one is reported.

    Raises:
        RuleError: The file breaks the rule language; every problem is listed.
    """
    stop = [str(word) for word in document["stop"]]
    fragments = {"stop": "|".join(stop)}
    for name, text in document["fragments"].items():
        fragments[name] = expand(text, fragments)
    groups = _read_rules(document, fragments, checked=check)
    anchored = [
        (list(document["anchors"][anchor]), anchor in document.get("cased", []), rules)
        for anchor, rules in groups.items()
    ]
    context, lists = (
        {name: expand(text, fragments) for name, text in document[part].items()}
        for part in ("context", "lists")
    )
    every = [rule for _, _, rules in anchored for rule in rules]
    bases = _by_base(anchored, document["bases"])
    words = frozenset(bases.asked).union(*(rule.hints.words for rule in every))
    list_words = [str(word) for word in document["list_words"]]
    return Patterns(
        rules=every,
        bases=bases,
        words=words,
        stop=frozenset(stop),
        context=context,
        lists=lists,
        list_words=list_words,
    )


def _read_rules(document: Any, fragments: dict[str, str], *, checked: bool) -> dict[str, list[NameRule]]:
    """Reads the rules by the name of their anchors; ``checked``: compile every pattern now.

    Raises:
        RuleError: With every problem.
    """
    problems: list[RuleProblem] = []
    groups: dict[str, list[NameRule]] = {}
    for entry in [*document["rules"], *document.get("without_pattern", ())]:
        try:
            rule = _rule(entry, document["anchors"], fragments)
            for pattern in (rule.before, rule.after) if checked else ():
                regex.compile(pattern.source if pattern else "")
            groups.setdefault(entry["anchor"], []).append(rule)
        except (KeyError, ValueError, regex.error) as error:
            message = f"cannot be read: {error!r}; compare it with the rules above it"
            name = str(entry.get("id", "without id"))
            problems.append(RuleProblem(message, file=entry.file, line=entry.line, rule=name))
    if problems:
        raise RuleError(problems)
    return groups


def expand(text: str, fragments: dict[str, str]) -> str:
    """Puts the named fragments into a pattern.

    Raises:
        KeyError: A fragment is not defined (above this place).
    """
    return _FRAGMENT.sub(lambda match: f"(?:{fragments[match[1]]})", text)


def _rule(entry: Any, anchors: Any, fragments: dict[str, str]) -> NameRule:
    anchors[entry["anchor"]]
    if entry["shape"] not in _SHAPES:
        message = f"shape {entry['shape']!r} is none of {', '.join(_SHAPES)}"
        raise ValueError(message)
    if unknown := {*entry.get("traits", ())} - _TRAITS:
        message = f"traits {sorted(unknown)} are none of {', '.join(sorted(_TRAITS))}"
        raise ValueError(message)
    before, after = (expand(entry[side], fragments) for side in ("before", "after"))
    return NameRule(
        id=entry["id"],
        before=LazyPattern("(?r)" + before) if before else None,
        after=LazyPattern(after) if after else None,
        given=entry.get("given"),
        hints=_hints(entry.get("hints", {}), fragments),
        shape=entry["shape"],
        traits=frozenset(entry.get("traits", ())),
        include=entry.get("include", False),
        examples=[(example["text"], list(example["names"])) for example in entry["examples"]],
        rejects=list(entry["rejects"]),
    )


def _hints(entry: Any, fragments: dict[str, str]) -> Hints:
    behind, sign = (
        re.compile(expand(entry[name], fragments)) if name in entry else None for name in ("behind", "sign")
    )
    plain = (entry["plain"][0], entry["plain"][1]) if "plain" in entry else None
    return Hints(frozenset(entry.get("words", ())), behind, sign, plain)


def candidates(patterns: Patterns, text: str, shown: Set[str] | None = None) -> list[Candidate]:
    """Returns what the rules take for names, in no order; one stretch may come from several rules.

    Args:
        patterns: The patterns.
        text: The text.
        shown: Its runs, or those of them that are among the ``words`` of the patterns, where they are known.
    """
    words = patterns.words & (runs(text) if shown is None else shown)
    found: list[Candidate] = []
    for _, start, anchor in _anchors(patterns.bases, text, words):
        end = start + len(anchor.word)
        place: tuple[int, int, int, int] | None = None
        for behind, rules in anchor.groups:
            if behind is None or behind.match(text, end, end + _REACH):
                place = place or _within(text, start, end)
                found += _try(rules, text, place, words, patterns.stop)
    return found


def _within(text: str, start: int, end: int) -> tuple[int, int, int, int]:
    """Returns (reach before, start, end, reach behind) of an anchor; its sentence bounds the reach.

    The stop of the sentence before is within reach, for the rules that ask what a sentence begins with.
    """
    sentence = sentence_at(text, start)
    first = max(0, start - _REACH, sentence.start - _STOP)
    return first, start, end, max(end, min(end + _REACH, sentence.end))


def _try(
    rules: list[NameRule],
    text: str,
    place: tuple[int, int, int, int],
    words: Set[str],
    stop: frozenset[str],
) -> list[Candidate]:
    """Returns the names that rules find at a place, which is (reach before, start, end, reach behind)."""
    first, start, end, last = place
    found: list[Candidate] = []
    matched: list[str] = []
    plain: int | None = None
    for rule in rules:
        hints = rule.hints
        if hints.words and hints.words.isdisjoint(words):
            continue
        if rule.given is not None and rule.given not in matched:
            continue
        if hints.plain is not None:
            plain = _plain_words(text, first, start, stop) if plain is None else plain
            if not hints.plain[0] <= plain <= hints.plain[1]:
                continue
        if hints.sign and not hints.sign.search(text, first, start):
            continue
        after = rule.after.match(text, end, last) if rule.after else None
        if after is None and rule.after is not None:
            continue
        before = rule.before.match(text, first, start) if rule.before else None
        if before is None and rule.before is not None:
            continue
        matched.append(rule.id)
        found += _named(rule, before, after, end)
    return found


def _plain_words(text: str, first: int, start: int, stop: frozenset[str]) -> int:
    """Counts the words of small letters directly before a place: too many if one is a stop word."""
    count = 0
    for word in text[first:start].rsplit(None, _MANY)[: -_MANY - 1 : -1]:
        if word in stop:
            return _MANY
        if not (word.islower() and word.replace("-", "").isalpha()):
            return count
        count += 1
    return count


def _named(rule: NameRule, before: Match | None, after: Match | None, end: int) -> Iterator[Candidate]:
    """Yields the names of a rule that matched."""
    stop = end if after is None else after.end()
    for side in (before, after):
        spans = name_spans(side)
        fellows = tuple(spans) if len(spans) > 1 else ()
        for left, right in spans:
            yield Candidate(left, stop if rule.include else right, rule, fellows)


def name_spans(match: Match | None) -> list[tuple[int, int]]:
    """Returns all stretches that the group ``name`` captured; only `regex` remembers more than the last."""
    if isinstance(match, regex.Match) and "name" in match.re.groupindex:
        return match.spans("name")
    return []


def _anchors(bases: Bases, text: str, words: Set[str]) -> list[tuple[int, int, Anchor]]:
    """Returns (rank, start, anchor) in order: of two rules that take one stretch the first gives its id."""
    low = text.lower()
    if len(low) != len(text):  # a few capitals grow when lowered; offsets must hold
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    hits: list[tuple[int, int, Anchor]] = []
    for base in bases.of(words) if words else bases.always:
        view = text if base.cased else low
        at = view.find(base.text)
        while at >= 0:
            behind = at + len(base.text)
            for anchor in base.following.get(low[behind : behind + 1], base.ending):
                start = at - anchor.offset
                end = start + len(anchor.word)
                if (anchor.sure or (text if anchor.cased else low).startswith(anchor.word, start)) and (
                    anchor.behind is None or anchor.behind.match(text, end, end + _REACH)
                ):
                    hits.append((anchor.rank, start, anchor))
            at = view.find(base.text, at + 1)
    hits.sort()
    return hits


def _by_base(groups: list[tuple[list[str], bool, list[NameRule]]], bases: dict[str, list[str]]) -> Bases:
    """Puts each anchor under the first base that it holds, or else under itself."""
    table: dict[tuple[str, bool], list[Anchor]] = {}
    rank = 0
    for cased in (False, True):
        rules: dict[str, list[NameRule]] = {}
        for words, group_cased, group in groups:
            if group_cased == cased:
                for word in words:
                    rules.setdefault(word, []).extend(group)
        for word in _ranked(list(rules)):
            folded = word.lower()
            base = next((base for base in bases if folded.count(base) == 1), None)
            key = (word, cased) if base is None else (base, False)
            offset = 0 if base is None else folded.index(base)
            behind, rule_groups = _grouped(rules[word])
            sure = key == (word, cased)
            anchor = Anchor(rank, word, offset, cased, sure, behind, rule_groups)
            table.setdefault(key, []).append(anchor)
            rank += 1
    made = [_base(text, cased, anchors) for (text, cased), anchors in table.items()]
    asked = {form: base for base in made for word in bases.get(base.text, ()) for form in forms(word)}
    return Bases([base for base in made if not bases.get(base.text)], asked)


def _grouped(rules: list[NameRule]) -> tuple[re.Pattern[str] | None, list[AnchorGroup]]:
    """Groups an anchor's rules; returns apart the hint that all share, if there is one."""
    groups = [
        AnchorGroup(behind, list(group))
        for behind, group in groupby(rules, key=lambda rule: rule.hints.behind)
    ]
    if len(groups) == 1:
        return groups[0].behind, [AnchorGroup(None, rules)]
    return None, groups


def _base(text: str, cased: bool, anchors: list[Anchor]) -> Base:
    """Sorts a base's anchors by the character that follows the base in them."""
    ending: list[Anchor] = []
    following: dict[str, list[Anchor]] = {}
    for anchor in anchors:
        sign = anchor.word.lower()[anchor.offset + len(text) :][:1]
        (following.setdefault(sign, []) if sign else ending).append(anchor)
    for longer in following.values():
        longer.extend(ending)
    return Base(text, cased, ending, following)


def _ranked(words: list[str]) -> list[str]:
    """Sorts anchors by length, each behind the shortest that it contains ("datasets" next to "dataset")."""
    words = sorted(words, key=len)
    shortest = {word: next(index for index, other in enumerate(words) if other in word) for word in words}
    return sorted(words, key=lambda word: shortest[word])
