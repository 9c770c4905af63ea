"""The types of file: what names their entries, which tables take new keys, closed words, patterns.

What else a file may hold is told by the built-in files of its type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class FileType:
    """A type of file. A place is a section or ``section.key``; the members of a list have that of the list.

    Attributes:
        name: What the file says under ``type``.
        about: What it holds.
        entries: Lists of entries by their place, and the key that names an entry there.
        behind: Lists of entries of which the last wins where two say the same, so that new ones stand last.
        needed: The keys that every mapping at a place must have.
        tables: Mappings that take new keys; ``""`` is the file itself.
        whole: Tables whose values are replaced as a whole.
        closed: Places (with ``{}`` for keys, with ``.*`` for the values of a table) that take the words of an
            attribute of a kind only: kind and attribute.
        patterns: Places whose texts are regular expressions.
        more: Sections that the built-in files do not have, each with an example.
        sample: A few entries, as a list of names of one's own could begin.
        own: Whether a user can lay files of the type over ours.
    """

    name: str
    about: str
    entries: Mapping[str, str] = field(default_factory=dict)
    behind: frozenset[str] = frozenset()
    needed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tables: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    closed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    patterns: frozenset[str] = frozenset()
    more: Mapping[str, Any] = field(default_factory=dict)
    sample: str = ""
    own: bool = True

    def is_open(self, place: str) -> bool:
        """Tells whether the mapping at a place takes new keys."""
        return place in self.tables

    def is_pattern(self, place: str) -> bool:
        """Tells whether a text at a place is a regular expression."""
        return place in self.patterns or place.partition(".")[0] + ".*" in self.patterns


def _places(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CATEGORY, _DIMENSION, _ROLE = ("hardware", "category"), ("quantity", "dimension"), ("url", "role")
_TYPES = (
    FileType(
        "lexicon",
        "word classes",
        tables=_places("words nouns verbs adjectives irregular tails signs"),
        more={"classes": ["name"]},
    ),
    FileType("numerals", "number words", tables=_places("counts tens groups multiples parts verbs")),
    FileType("fragments", "how numbers are written", tables=frozenset({""})),
    FileType(
        "units",
        "units of the field",
        entries={"units": "unit"},
        behind=_places("units"),
        needed={"units": _places("unit dimension")},
        tables=_places("magnitudes prefixes.symbols prefixes.words"),
        closed={"units.dimension": _DIMENSION},
    ),
    FileType(
        "everyday-units",
        "units of everyday life",
        entries={"units": "unit"},
        behind=_places("units"),
        needed={"units": _places("unit dimension surfaces")},
        closed={"units.dimension": _DIMENSION},
    ),
    FileType("unit-vetoes", "what is never an everyday unit", tables=_places("vetoes")),
    FileType(
        "urls",
        "web addresses",
        entries={"paths": "has"},
        needed={"paths": _places("has host role")},
        tables=_places("hosts roles phrases defaults"),
        closed={
            "paths.host": ("url", "host"),
            "paths.role": _ROLE,
            "hosts{}": ("url", "host"),
            "defaults{}": ("url", "host"),
            "roles{}": _ROLE,
            "phrases{}": _ROLE,
            "defaults.*": _ROLE,
        },
        patterns=_places("roles.* phrases.* no_default link_words articles"),
    ),
    FileType(
        "hardware",
        "devices, series, classes and what stands around them",
        sample="  - {name: Foo X900, category: npu, vendor: FooCorp, aliases: [FX900]}\n",
        entries={"entries": "name", "patterns": "id", "classes": "name"},
        needed={
            "entries": _places("name category"),
            "patterns": _places("id anchors regex name category"),
            "classes": _places("name category"),
        },
        tables=_places("makers numbers cues"),
        whole=_places("cues"),
        closed={place + ".category": _CATEGORY for place in ("entries", "patterns", "classes")},
        patterns=_places("suffixes carriers core_words memory compute_units part_stops count_parts cues.*"),
    ),
    FileType(
        "datasets",
        "names of datasets",
        sample="  - Quillmere\n  - {name: Fenwick Sheets, aliases: [FenSheets]}\n",
        entries={"entries": "name"},
        needed={"entries": _places("name")},
    ),
    FileType(
        "dataset-words",
        "words that make no name of a dataset",
        patterns=_places("ending weak_ending model method"),
    ),
    FileType(
        "dataset-rules",
        "patterns for names of datasets",
        entries={"rules": "id", "without_pattern": "id"},
        needed={"rules": _places("id anchor before after shape examples rejects")},
        tables=_places("fragments anchors begins plain seen"),
    ),
    FileType("factor", "words that turn a number into a factor", own=False),
    FileType(
        "confidence", "how sure claims are, by what they show", tables=_places("record links"), own=False
    ),
    FileType("links", "which words a value is linked to", tables=_places("any level relative"), own=False),
    FileType("link-signs", "what the signs of links are told by", own=False),
    FileType(
        "view",
        "how a text is read before rules see it",
        tables=_places("characters ligatures latex.signs siunitx.prefixes siunitx.units"),
    ),
    FileType("claim", "what every claim has", own=False),
)
TYPES: dict[str, FileType] = {type_.name: type_ for type_ in _TYPES}
READ_ELSEWHERE = ("rules", "kind", "terms")
"""Types whose files have a form of their own: rules/README.md."""
