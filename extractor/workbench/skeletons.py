"""Skeletons of files of one's own: a kind, a rule, terms; each with comments, and right as it is written."""

from __future__ import annotations

import re
from string import Template
from typing import Literal

from extractor.errors import InputError
from extractor.knowledge.filetypes import TYPES
from extractor.knowledge.kindfiles import builtin_kinds

Sort = Literal["kind", "rule", "terms"]
SORTS: tuple[Sort, ...] = ("kind", "rule", "terms")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*\Z")
_ID = re.compile(r"([a-z][a-z0-9]*(?:_[a-z0-9]+)*)\.([a-z0-9]+(?:-[a-z0-9]+)*)\Z")

_KIND = """\
# A kind of claim of your own; `extractor rules guide kinds` explains every key.
type: kind
kind: $name
family: $family  # amount: a number with a unit or a noun; level: a result on a scale; thing: what has a name
label: $label
about: What a $label is, in one sentence.
color: ['#3f6212', '#a3e635']  # on light and on dark pages
$more"""
_MORE = {
    "amount": """\
values: [unit, count]  # 3 GB, 128K; also ratio (2x), percent, point, dB, bare
# Units that only this kind has; rules know a number with one of them as <$name>:
# units:
#   - {unit: kg foo, symbols: [kg foo, kgfoo], words: [kilogram of foo]}
#   - {unit: kg foo, scale: 1000, symbols: [t foo]}
attributes:
  unit: {type: text, tier: record}  # filled by the reader of amounts
  # tier: record, linked, or reported, which no tier of an evaluation needs
  subject: {type: words}  # whose it is; words are found by a link: subject, dataset, model, baseline, metric
  # phase:
  #   type: choice
  #   values: [training, inference]
  #   near: {training: [training, trained], inference: [inference, serving]}  # words beside the claim
""",
    "level": """\
values: [percent, bare]  # 81.2%, 0.81; also ratio (2x), point, dB, count, unit
attributes:
  # tier: record, linked, or reported, which no tier of an evaluation needs
  unit: {type: choice, values: [percent], tier: record}  # filled by the reader of levels
  dataset: {type: words, tier: linked}  # words are found by a link: subject, dataset, model, baseline, metric
""",
    "thing": """\
derived: [key]  # the name without case, blanks and hyphens
# attributes:  # what the terms say of each (`extractor rules new terms $name`)
#   maker: {type: text, tier: record}
""",
}
_TERMS = """\
# The names of the things of a kind of your own; `extractor rules guide kinds` explains every key.
type: terms
kind: $name
near: [$label]  # words of which one must stand in the sentence of an ambiguous name
entries:
  - {name: FooLab, aliases: [Foo Lab]}
  # An alias in small letters stands for any case; an ambiguous name means other things too.
  - {name: Bar, ambiguous: true}
examples:
  - text: It is FooLab, not the $label Bar.
    expect: [{text: FooLab, kind: $name, name: FooLab}, {text: Bar, kind: $name, name: Bar}]
rejects:
  - The Bar is closed.
"""
_NAMES = """\
# Names of your own, beside the built-in ones; `extractor rules guide` explains the other sections.
type: $type
entries:
$entries"""
_RULE = """\
# A rule of your own; `extractor rules guide` explains patterns, groups and settings.
type: rules
${words}rules:
  - id: $id
    kind: $kind
    status: stable  # with examples and rejects; else experimental
    pattern: "$pattern"
$settings    examples:  # must be found; of each record as much as matters
      - text: $example
        expect: [$expect]
    rejects:  # sentences in which the rule finds nothing
      - $reject
"""
_ENDING = """\
lexicon:
  words: {{prep: [{}]}}  # a word that ends a noun phrase, as prepositions do
"""
_ENDED = ("metric",)  # kinds of rules whose cue would else stand within the noun phrase before it
# By the kind of a rule: pattern, settings, example, expected record, reject; {} is the word it is about.
_RULES: dict[str, tuple[str, str, str, str, str]] = {
    "relative": (
        "{{vals}} {{adv}} (cue: {})",
        "{{sense: up}}",
        "LumoNet shows a 3x {}.",
        "{{text: 3x, kind: change, direction: increase}}",
        "LumoNet shows a {} of 3 cases.",
    ),
    "veto": (
        "(vals: <percent>) {}",
        "",
        "LumoNet is 20% faster than TessaNet.",
        "{{text: 20%, kind: speedup}}",
        "It has 20% {}.",
    ),
    "baseline": (
        "{} {{base_np}}",
        "{{side: both}}",
        "LumoNet is 2x faster {} TessaNet.",
        "{{text: 2x, kind: speedup, baseline: TessaNet}}",
        "LumoNet is 2x faster.",
    ),
    "bound": (
        "{}",
        "{{bound: upper, side: left}}",
        "LumoNet is {} 2x faster.",
        "{{text: 2x, kind: speedup, bound: upper}}",
        "LumoNet is 2x faster.",
    ),
    "subject": (
        "(subject: <name>) {}",
        "",
        "LumoNet {} a 2x speedup.",
        "{{text: 2x, kind: speedup, subject: LumoNet}}",
        "A 2x speedup is seen.",
    ),
    "metric": (
        "{} (metric: {{words}})",
        "",
        "LumoNet beats TessaNet by 3% on wet roads {} recall.",
        "{{text: 3%, kind: change, metric: recall}}",
        "LumoNet beats TessaNet by 3% on wet roads.",
    ),
    "model": (
        "(model: <name>) {} (vals: <count>)",
        "",
        "LumoNet {} 7B parameters.",
        "{{text: 7B, kind: parameters, model: LumoNet}}",
        "It has 7B parameters.",
    ),
}
_VALUE = (
    "(vals: <unit|count>) {}",
    "",
    "It has 3 GB {}.",
    "{{text: 3 GB, kind: $kind}}",
    "It has 3 GB of something else.",
)


def skeleton(sort: str, name: str, *, family: str = "amount") -> str:
    """Writes the skeleton of a file.

    Args:
        sort: ``kind``, ``rule`` or ``terms``.
        name: Name of the kind (of a kind and of terms; of terms also ``hardware`` and ``dataset``), or id of
            the rule, such as ``carbon.amount``.
        family: Of a kind: ``amount``, ``level`` or ``thing``.

    Returns:
        The text: YAML that is right beside the file of its kind, and whose sentences pass.

    Raises:
        InputError: There is no such skeleton, or the name cannot be one.
    """
    if sort not in SORTS:
        message = f"{sort!r} is none of {', '.join(SORTS)}"
        raise InputError(message)
    if sort == "rule":
        return _rule(name)
    if not _NAME.match(name):
        message = f"{name!r} is no name of a kind: small letters, digits and _, such as context_length"
        raise InputError(message)
    label = name.replace("_", " ")
    if sort == "terms":
        return (
            _names(name) if name in builtin_kinds() else Template(_TERMS).substitute(name=name, label=label)
        )
    if family not in _MORE:
        message = f"family {family!r} is none of {', '.join(_MORE)}"
        raise InputError(message)
    more = Template(_MORE[family]).substitute(name=name)
    return Template(_KIND).substitute(name=name, label=label, family=family, more=more)


def _names(kind: str) -> str:
    """Returns the skeleton of names of a built-in kind, which has a type of file for them."""
    lists = {name: type_ for name, type_ in TYPES.items() if type_.sample}
    found = next((type_ for name, type_ in lists.items() if name in (kind, f"{kind}s")), None)
    if found is None:
        message = f"{kind} has no list of names; terms are of {', '.join(lists)}, or a kind of your own"
        raise InputError(message)
    return Template(_NAMES).substitute(type=found.name, entries=found.sample)


def _rule(name: str) -> str:
    found = _ID.match(name)
    if found is None:
        message = f"{name!r} is no id of a rule: the kind, a point and a word, such as relative.zippiness"
        raise InputError(message)
    kind, slug = found.groups()
    word = "".join(re.findall("[a-z]+", slug)) or "foo"
    pattern, settings, *sentences = (part.format(word) for part in _RULES.get(kind, _VALUE))
    example, expect, reject = (Template(part).substitute(kind=kind) for part in sentences)
    return Template(_RULE).substitute(
        id=name,
        kind=kind,
        words=_ENDING.format(word) if kind in _ENDED else "",
        pattern=pattern,
        settings=f"    set: {settings}\n" if settings else "",
        example=example,
        expect=expect,
        reject=reject,
    )
