"""Ellipsis: "and 3x on B" says of 3x what was said of the value before it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from extractor.numbers.valuemention import ValueMention
from extractor.rulelang.ruleset import Ruleset
from extractor.rulelang.tagging import TaggedSentence

if TYPE_CHECKING:
    from extractor.values.drafts import Draft

_LONGEST = 18  # tokens between a value and the one that continues it
_RELATIVE_FORMS = frozenset({"ratio", "percent", "point", "dB"})
# Classes that may stand between the two: what joins and what modifies, but no verb.
_LINKING = (
    *(
        "comma",
        "and",
        "conj",
        "open_b",
        "close_b",
        "versus",
        "prep",
        "w",
        "det",
        "adv",
        "possessive",
        "slash",
    ),
    *("semicolon", "aux", "arrow", "less_sign", "more_sign", "tilde", "bare", "equal_sign", "dash", "size"),
    *("up_c", "down_c", "better_c", "fast_c"),
)
_LINKING_SCORES = (*_LINKING, "verb", "keep_v", "beat_v", "lag_v", "subord")
# Behind these stands the amount of a change.
_ENDING_SCORES = ("=by", "up_n", "down_n", "loss_n", "better_n", "speed_n", "overhead_n")
# Classes that may follow the second value: it has no noun of its own.
_FOLLOWING = (
    *(
        "comma",
        "stop",
        "close_b",
        "prep",
        "respectively",
        "and",
        "open_b",
        "semicolon",
        "subord",
        "adv",
        "deg",
    ),
    *("up_c", "down_c", "conj", "versus"),
)


class Continuation:
    """Extends the claims of a sentence to the values that continue them.

    Args:
        ruleset: The compiled rules, for their word classes.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        chars, tags = ruleset.tagger.chars, ruleset.tagger.tags
        self._linking = {
            "relative": re.compile(f"[{re.escape(chars(_LINKING))}]*\\Z"),
            "level": re.compile(
                f"(?:(?![{re.escape(chars(_ENDING_SCORES))}])[{re.escape(chars(_LINKING_SCORES))}])*\\Z"
            ),
        }
        # "with a budget of 5%", "and energy to 12%": the value has a noun of its own.
        joint, lead = (re.escape(chars(names)) for names in (["=of", "=to"], ["lead"]))
        noun = re.escape("".join(sorted(tags(["w"]) - tags(["deg"]))))
        self._own_noun = re.compile(f"[{noun}][{joint}][{lead}]*\\Z")
        measures = tags(["quality_m", "weak_q"])
        self._names = tags(["name", "cap"]) - measures
        opening, closing = (re.escape(chars([name])) for name in ("open_b", "close_b"))
        self._aside = re.compile(f"[{opening}][^{opening}{closing}]{{1,2}}[{closing}]")  # "(256 tokens)"
        self._opening, self._closing = tags(["open_b"]), tags(["close_b"])
        self._versus = tags(["versus"])
        self._on = tags(["=on"])
        self._joint_of = tags(["=of"])
        self._joining = tags(["=in", "=on", "=for"])
        self._to = tags(["=to", "arrow"])
        self._following = tags(_FOLLOWING) - tags(["=of"])  # "3% of users"
        self._apart = tags(["=above", "=below"])

    def extend(self, sentence: TaggedSentence, claimed: dict[int, Draft]) -> None:
        """Adds the elliptic drafts of a sentence to those its rules claimed."""
        previous: Draft | None = None
        for token in sorted(sentence.mentions):
            draft = claimed.get(token)
            if previous is not None and (
                draft is None
                or self._has_only_a_sign(sentence, draft, previous)
                or self._is_error_beside(sentence, draft, previous)
            ):
                draft = self._continued(sentence, previous, token) or draft
                if draft is not None:
                    claimed[token] = draft
            if (
                draft is not None
                and draft.family in self._linking
                and not self._is_aside(sentence, draft, previous)
            ):
                previous = draft

    def _has_only_a_sign(self, sentence: TaggedSentence, draft: Draft, previous: Draft) -> bool:
        """Tells whether nothing but its sign makes a value a change: one before it says more of it."""
        signed = draft.rule.settings.get("sense") == "sign" and draft.metric is None
        related = previous.family == "relative" and previous.rule.settings.get("sense") != "sign"
        return signed and related and sentence.tags[draft.token - 1] not in self._opening

    def _is_error_beside(self, sentence: TaggedSentence, draft: Draft, previous: Draft) -> bool:
        """Tells whether an amount is another's error ("an error of 3 cm, beating Foo (5 cm)")."""
        if draft.family != "amount" or previous.family != "level" or draft.mention.unit is None:
            return False
        same = previous.mention.unit == draft.mention.unit
        before, behind = sentence.tags[draft.token - 1], sentence.tags[draft.token + 1 : draft.token + 2]
        bracketed = before in self._opening and behind in self._closing
        return same and (bracketed or before in self._versus)

    def _is_aside(self, sentence: TaggedSentence, draft: Draft, previous: Draft | None) -> bool:
        """Tells whether the level before a value goes on behind it.

        So it does where a signed value fills a bracket, by how much the level differs, and where one
        level in another form stands between.
        """
        if previous is None or previous.family != "level":
            return False
        tags, token = sentence.tags, draft.token
        alone = tags[token - 1] in self._opening and tags[token + 1 : token + 2] in self._closing
        other = draft.ellipsis and draft.mention.form != previous.mention.form
        return other or (alone and bool(draft.mention.sign))

    def _continued(self, sentence: TaggedSentence, previous: Draft, token: int) -> Draft | None:
        mention = sentence.mentions[token]
        between = self._aside.sub("", sentence.tags[previous.token + 1 : token])
        same = _same_sort(previous, mention) or self._is_parallel(sentence, previous, token)
        if not same and not self._is_level_on(sentence, previous, token, between):
            return None
        version = _is_like_a_version(mention) and between[-1:] in self._names  # "on Foo and Bar 2.1"
        if version or len(between) > _LONGEST or not self._linking[previous.family or ""].match(between):
            return None
        apart = self._own_noun.search(between) or self._is_level(sentence, token)
        if apart and (previous.family == "relative" or not same):
            return None
        following = sentence.tags[token + 1 : token + 2]
        alike = (
            following in self._joint_of
            and sentence.tags[previous.token + 1 : previous.token + 2] == following
        )
        if following and following not in self._following and not alike:
            return None
        if previous.family == "level" and following in self._apart:
            return None  # "3% above the best" is a difference
        return replace(previous, mention=mention, token=token, ellipsis=True, place=(0, 1))

    def _is_parallel(self, sentence: TaggedSentence, previous: Draft, token: int) -> bool:
        """Tells whether a decimal without sign goes on ("a gain of 0.03 in recall and 0.11 in precision")."""
        mention, tags = sentence.mentions[token], sentence.tags
        sizes = [(each.form, each.decimal, each.sign) for each in (previous.mention, mention)]
        if previous.family != "relative" or sizes != [("bare", True, 0)] * 2:
            return False
        return all(tags[place + 1 : place + 2] in self._joining for place in (previous.token, token))

    def _is_level_on(self, sentence: TaggedSentence, previous: Draft, token: int, between: str) -> bool:
        """Tells whether a level goes on in another form ("93.4% on Foo and 72.0 on Bar")."""
        if previous.family != "level" or self._on.isdisjoint(between):
            return False
        levels = (previous.mention, sentence.mentions[token])
        plain = all(each.form == "percent" or (each.form == "bare" and each.decimal) for each in levels)
        tags = sentence.tags
        return (
            plain and tags[token + 1 : token + 2] in self._on and tags[token + 2 : token + 3] in self._names
        )

    def _is_level(self, sentence: TaggedSentence, token: int) -> bool:
        """Tells whether a value is one of "A to B", before and after: a range would be one value."""
        tags, values = sentence.tags, sentence.mentions
        left, right = tags[token - 1] in self._to, tags[token + 1 : token + 2] in self._to
        return (left and token - 2 in values) or (right and token + 2 in values)


def _same_sort(previous: Draft, mention: ValueMention) -> bool:
    """Tells whether a value looks like the one it would continue."""
    if previous.rule.settings.get("sense") == "sign" and not mention.sign:
        return False  # "recall (+3%), 91% on B": a level
    same = mention.form == previous.mention.form
    if previous.family == "relative":
        signed = mention.form == "bare" and mention.decimal and mention.sign == previous.mention.sign != 0
        # "by 10% on A and 2x on B"; but a percentage behind a ratio is of something else
        return (signed and same) or (
            mention.form in _RELATIVE_FORMS
            and (same or (previous.mention.form == "percent" and mention.form == "ratio"))
        )
    return same and (mention.form != "bare" or mention.decimal)


def _is_like_a_version(mention: ValueMention) -> bool:
    return mention.form == "bare" and 1 <= mention.value < 10 and round(mention.value, 1) == mention.value
