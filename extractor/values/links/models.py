"""Finds whose size a number of parameters is: the name it is part of or stands beside, else by cue."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from extractor.rulelang.patterns import group_span
from extractor.rulelang.ruleset import Ruleset
from extractor.rulelang.tagging import TaggedSentence
from extractor.values.drafts import TokenSpan
from extractor.values.links.base import FARTHEST, Cue, Cues, Found, Linker, Refusal, Scene, Value

_BEHIND = "the name behind the size"
_LONGEST_NAME = 4  # tokens
_LONGEST_LIST = 40  # tokens looked back over for the name at the head of a list of sizes
_LONGEST_JOINT = 3  # characters of "and"


class ModelLinker(Linker):
    """Finds models.

    Args:
        ruleset: The compiled rules.
    """

    attribute = "model"

    def __init__(self, ruleset: Ruleset) -> None:
        self._rules = ruleset.group("model")
        tags = ruleset.tagger.tags
        self._names = tags(["name", "cap"])
        self._named = tags(["name"])
        self._classes = tags(["generic_name", "model_n"])  # "LLM" is no model's name
        self._nouns = tags(["model_n"])
        self._joining = tags(["and", "comma", "open_b", "=to", "=active", "=activated", "=total"])
        self._signs = tags(["punct"])
        self._coordinating = tags(["and", "comma"])

    def candidates(self, scene: Scene, found: Mapping[str, Cues]) -> Cues:  # noqa: ARG002
        """Returns the model's name for each size that the model rules link to one; its token is the start."""
        sentence = scene.sentence
        cues: dict[int, Cue] = {}
        for compiled in self._rules.passing(sentence):
            for match in compiled.expression.finditer(compiled.read(sentence)):
                name, size = group_span(match, "model"), group_span(match, "vals")
                if name and size and sentence.tags[name[1] - 1] not in self._classes:
                    cues.setdefault(size[0], Cue(size[0], name, "both", FARTHEST, compiled.rule.id))
        return list(cues.values())

    def own(self, scene: Scene, value: Value, cues: Cues) -> Found | None:  # noqa: ARG002
        """The name that the size is part of."""
        sentence, token = scene.sentence, value.draft.token
        joined = sentence.mentions[token].role == "joined" and token - 2 not in sentence.mentions
        last = token - 2 if joined else self._name_before(sentence, token)
        if last is None:
            return None
        name = self._name_to(sentence, last)
        following = self._name_from(sentence, token + 1) if last < token - 1 else None
        sized = sentence.mentions.get(name[0] - 1)
        if following and sized and sized.form == "count":  # "7B Foo, 3B Bar"
            return Found(following, _BEHIND)
        return Found(name, "the name before the size")

    def preference(self, scene: Scene, value: Value, cues: Cues) -> Iterable[Cue]:
        """By cue, else the name behind the size."""
        first = value.draft.token + 1
        name = self._name_from(scene.sentence, first)
        return [*cues, Cue(first, name, "both", 1, _BEHIND)] if name else cues

    def refusal(self, scene: Scene, value: Value, cue: Cue, cues: Cues) -> Refusal | None:
        """Returns why a size cannot have the name of a cue: it is that of another one, in another list."""
        if cue.rule == _BEHIND:
            return None
        head = self._head_of_list(scene.sentence, value.draft.token, {cue.start for cue in cues})
        return None if cue.start == head else "other"

    def _name_before(self, sentence: TaggedSentence, token: int) -> int | None:
        """The last token of the name left of a size, over a dash, a bracket and other sizes of a list."""
        for position in range(token - 1, max(-1, token - _LONGEST_LIST), -1):
            tag = sentence.tags[position]
            if tag in self._names:
                return None if tag in self._classes else position
            if self._is_version(sentence, position):
                return position
            if position not in sentence.mentions and not self._joins(sentence, position):
                return None
        return None

    def _name_to(self, sentence: TaggedSentence, last: int) -> TokenSpan:
        """The whole name that ends at a token, versions within it too ("Foo 2.5 Pro")."""
        first = last
        while first > 0 and last + 1 - first < _LONGEST_NAME:
            before = first - 1
            bare = before in sentence.mentions and sentence.mentions[before].form == "bare"
            if not bare and sentence.tags[before] not in self._names:
                break
            first = before
        return first, last + 1

    def _name_from(self, sentence: TaggedSentence, first: int) -> TokenSpan | None:
        """The name that begins at a token ("the 7B Foo"), if it is no class of models."""
        tags = sentence.tags
        if first < len(tags) and tags[first] in self._nouns:
            return None
        last = first
        while last < len(tags) and tags[last] in self._named and last - first < _LONGEST_NAME - 1:
            last += 1
        return (first, last) if last > first else None

    def _head_of_list(self, sentence: TaggedSentence, token: int, cues: Collection[int]) -> int | None:
        """The nearest size with a cue in the list that a size stands in, itself among them."""
        head = token
        while head not in cues and token - head < _LONGEST_LIST:
            before = head - 1
            while before > 0 and sentence.tags[before] in self._joining:
                before -= 1
            if before == head - 1 or before not in sentence.mentions:
                return None
            head = before
        return head

    def _is_version(self, sentence: TaggedSentence, token: int) -> bool:
        mention = sentence.mentions.get(token)
        return bool(token and mention and mention.form == "bare" and sentence.tags[token - 1] in self._names)

    def _joins(self, sentence: TaggedSentence, token: int) -> bool:
        """Tells whether a token is a sign, or a word that coordinates."""
        start, end = sentence.tokens[token]
        length = end - start
        glued = token + 1 < len(sentence.tokens) and end == sentence.tokens[token + 1][0]
        if length == 1:  # a sign, or the letter of "30B-A3B"; the article stands alone
            return sentence.tags[token] in self._signs or glued
        return length <= _LONGEST_JOINT and sentence.tags[token] in self._coordinating
