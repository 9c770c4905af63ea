"""Reads the patterns for dataset names and finds the candidates in a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, NamedTuple

import regex

from extractor.errors import RuleError, RuleProblem
from extractor.text.lookup.lazypattern import LazyPattern, Match
from extractor.text.lookup.vocabulary import forms, runs
from extractor.text.sentences import SentenceSplitter, Span

_REACH = 240  # characters on either side of an anchor that a pattern may read
_STOP = 2  # characters of a full stop and its blank
_FRAGMENT = regex.compile(r"\{([a-z]+)\}")
_MANY = 4  # plain words are counted up to here
_OPENING = 4  # letters with which anchors of one base begin
_SIGN = regex.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[a-z]+\}[?*+{]?|[()|]", regex.DOTALL)
_REPEATS = regex.compile(r"[*+{]")
_SHAPES = ("any", "strong", "camel")
_TRAITS = frozenset({"naming", "loose", "sure", "titles", "behind", "spelled", "given"})


@dataclass(frozen=True, slots=True)
class NameRule:
    """One pattern: what stands before and behind an anchor word."""

    id: str
    before: LazyPattern | None
    after: LazyPattern | None
    given: str | None  # a rule above it, of the same group, without which it cannot match
    begin: LazyPattern | None  # what `after` begins with, up to its first name: quick, as no name is read
    seen: LazyPattern | None  # a part of `before` that is looked for first
    quick: bool  # `before` repeats nothing, so that it is tried first
    plain: tuple[int, int] | None  # so many words of small letters, no stop words, stand before the anchor
    shape: str  # what it asks of a name that is not listed
    traits: frozenset[str]  # see the rules file
    include: bool


class Candidate(NamedTuple):
    """A stretch that a rule takes for a name, and its ``fellows``, which it takes along with it."""

    start: int
    end: int
    rule: NameRule
    fellows: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Anchor:
    """A word around which rules look; ``rank`` says which anchor's rules go first."""

    rank: int
    word: str
    cased: bool
    whole: bool  # it stands as whole words only
    rules: list[NameRule]
    begin: LazyPattern | None  # that of its first rule, if no other matches without it


@dataclass(frozen=True, slots=True)
class Base:
    """What several anchors begin with, so that the text is searched once for all of them."""

    text: str
    cased: bool
    ending: list[Anchor]  # the anchors that end with it
    following: dict[str, list[Anchor]]  # the anchors that may stand where this character follows it


@dataclass(frozen=True, slots=True)
class Bases:
    """What the text is searched for."""

    always: list[Base]
    asked: dict[str, list[Base]]  # by a word that the text must have

    def of(self, words: Set[str]) -> list[Base]:
        """Returns the bases to search for in a text with these words."""
        asked = {id(base): base for word in words for base in self.asked[word]}
        return [*self.always, *asked.values()]


@dataclass(frozen=True, slots=True)
class Patterns:
    """All rules, and the anchors at which they are tried."""

    rules: list[NameRule]
    bases: Bases
    words: frozenset[str]  # all that bases ask for
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
    context, lists = (
        {name: expand(text, fragments) for name, text in document[part].items()}
        for part in ("context", "lists")
    )
    bases = _by_base(document, groups)
    list_words = [str(word) for word in document["list_words"]]
    return Patterns(
        rules=[rule for rules in groups.values() for rule in rules],
        bases=bases,
        words=frozenset(bases.asked),
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
            rule = _rule(entry, document, fragments)
            for pattern in (rule.before, rule.after, rule.begin, rule.seen) if checked else ():
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


def _rule(entry: Any, document: Any, fragments: dict[str, str]) -> NameRule:
    document["anchors"][entry["anchor"]]
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
        begin=_begin(entry["after"], document.get("begins", {}), fragments),
        seen=_seen(entry["before"], document.get("seen", {})),
        quick=bool(entry["before"]) and not _REPEATS.search(entry["before"]),
        plain=_plain(entry["before"], document.get("plain", {})),
        shape=entry["shape"],
        traits=frozenset(entry.get("traits", ())),
        include=entry.get("include", False),
    )


def _begin(after: str, begins: dict[str, str], fragments: dict[str, str]) -> LazyPattern | None:
    """Returns what a pattern begins with, up to its first name; ``begins`` says what fragments begin with."""
    for name, start in _top(after):
        if name in begins:
            return LazyPattern(expand(after[:start] + begins[name], fragments))
    return None


def _seen(before: str, seen: dict[str, str]) -> LazyPattern | None:
    """Returns what stands wherever a pattern matches, as ``seen`` says it of a fragment."""
    return next((LazyPattern(seen[name]) for name, _ in _top(before) if name in seen), None)


def _top(pattern: str) -> Iterator[tuple[str, int]]:
    """Yields the fragments that every match of a pattern has, in no bracket of it, each with its place."""
    depth = 0
    found: list[tuple[str, int]] = []
    for sign in _SIGN.finditer(pattern):
        depth += {"(": 1, ")": -1}.get(sign[0], 0)
        if sign[0] == "|" and depth == 0:
            return
        if sign[0].endswith("}") and depth == 0:
            found.append((sign[0][1:-1], sign.start()))
    yield from found


def _plain(before: str, plain: dict[str, list[int]]) -> tuple[int, int] | None:
    """Returns how many plain words the fragment says that a pattern ends with, if that says it."""
    limits = next((limits for name, limits in plain.items() if before.endswith(f"{{{name}}}")), None)
    return None if limits is None else (limits[0], limits[1])


def candidates(
    patterns: Patterns, sentences: SentenceSplitter, text: str, shown: Set[str] | None = None
) -> list[Candidate]:
    """Returns what the rules take for names, in no order; one stretch may come from several rules.

    Args:
        patterns: The patterns.
        sentences: Splits texts.
        text: The text.
        shown: Its runs, or those of them that are among the ``words`` of the patterns, where they are known.
    """
    words = patterns.words & (runs(text) if shown is None else shown)
    found: list[Candidate] = []
    for _, start, anchor in _anchors(patterns.bases, text, words):
        place = _within(sentences.at(text, start), start, start + len(anchor.word))
        found += _try(anchor.rules, text, place, patterns.stop)
    return found


def _within(sentence: Span, start: int, end: int) -> tuple[int, int, int, int]:
    """Returns (reach before, start, end, reach behind) of an anchor; its sentence bounds the reach.

    The stop of the sentence before is within reach, for the rules that ask what a sentence begins with.
    """
    first = max(0, start - _REACH, sentence.start - _STOP)
    return first, start, end, max(end, min(end + _REACH, sentence.end))


def _try(
    rules: list[NameRule],
    text: str,
    place: tuple[int, int, int, int],
    stop: frozenset[str],
) -> list[Candidate]:
    """Returns the names that rules find at a place, which is (reach before, start, end, reach behind)."""
    first, start, end, last = place
    found: list[Candidate] = []
    matched: list[str] = []
    plain: int | None = None
    for rule in rules:
        if rule.given is not None and rule.given not in matched:
            continue
        if rule.begin and not rule.begin.match(text, end, last):
            continue
        if rule.plain is not None:
            plain = _plain_words(text, first, start, stop) if plain is None else plain
            if not rule.plain[0] <= plain <= rule.plain[1]:
                continue
        if rule.seen and not rule.seen.search(text, first, start):
            continue
        if rule.quick and rule.before and not rule.before.match(text, first, start):
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
    for base in bases.of(words):
        view = text if base.cased else low
        at = view.find(base.text)
        while at >= 0:
            behind = at + len(base.text)
            for anchor in base.following.get(low[behind : behind + 1], base.ending):
                end = at + len(anchor.word)
                if (
                    (text if anchor.cased else low).startswith(anchor.word, at)
                    and (anchor.begin is None or anchor.begin.match(text, end, end + _REACH))
                    and not (anchor.whole and (text[at - 1 : at].isalpha() or text[end : end + 1].isalpha()))
                ):
                    hits.append((anchor.rank, at, anchor))
            at = view.find(base.text, at + 1)
    hits.sort()
    return hits


def _by_base(document: Any, groups: dict[str, list[NameRule]]) -> Bases:
    """Ranks the anchors, and puts those that begin alike under one base, whole words under themselves."""
    rules: dict[tuple[bool, str], list[NameRule]] = {}
    part: set[str] = set()  # anchors that need be no whole words
    for name, group in groups.items():
        for word in document["anchors"][name]:
            rules.setdefault((name in document.get("cased", ()), word), []).extend(group)
            part |= set() if name in document.get("whole", ()) else {word}
    table: dict[str, list[Anchor]] = {}
    ranked = [(cased, word) for cased in (False, True) for word in _ranked(w for c, w in rules if c == cased)]
    for rank, (cased, word) in enumerate(ranked):
        opening = word.lower()[:_OPENING] if word in part else f"{word} "
        own = rules[cased, word]
        begin = own[0].begin if all(rule.given for rule in own[1:]) else None
        table.setdefault(opening, []).append(Anchor(rank, word, cased, word not in part, own, begin))
    bases = Bases([], {})
    for anchors in table.values():
        base = _base(anchors)
        for word in forms(anchors[0].word.split()[0]) if anchors[0].whole else ():
            bases.asked.setdefault(word, []).append(base)
        if not anchors[0].whole:
            bases.always.append(base)
    return bases


def _base(anchors: list[Anchor]) -> Base:
    """Sorts a base's anchors by the character that follows the base in them."""
    if len(anchors) == 1:
        return Base(anchors[0].word, anchors[0].cased, anchors, {})
    words = sorted(anchor.word.lower() for anchor in anchors)
    pairs = zip(words[0], words[-1], strict=False)
    text = "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    following: dict[str, list[Anchor]] = {}
    ending = [anchor for anchor in anchors if len(anchor.word) == len(text)]
    for anchor in anchors:
        if len(anchor.word) > len(text):
            following.setdefault(anchor.word[len(text)].lower(), list(ending)).append(anchor)
    return Base(text, False, ending, following)


def _ranked(words: Iterable[str]) -> list[str]:
    """Sorts anchors by length, each behind the shortest that it contains ("datasets" next to "dataset")."""
    words = sorted(words, key=len)
    shortest = {word: next(index for index, other in enumerate(words) if other in word) for word in words}
    return sorted(words, key=lambda word: shortest[word])
