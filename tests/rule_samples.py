"""Rules files as a user may write them: a sound one, and one that takes ages."""

from __future__ import annotations

import textwrap

from extractor.rulelang.ruleset import RuleFile

GOOD = """
rules:
  - id: relative.snappier
    kind: relative
    status: stable
    pattern: "{vals} (cue: snappier)"
    set: {sense: fast}
    examples:
      - text: The editor is 3x snappier.
        expect: [{text: 3x, kind: speedup, direction: faster}]
    rejects: [The editor is 3x louder.]
"""

# A rule that tries very many ways on its example and on `WORDS`, which stands in the place of %s.
WORDS = f"It is 3x {'so very ' * 30} loud, and a snappier one"
SLOW = """
rules:
  - id: relative.slow
    kind: relative
    status: stable
    pattern: "{vals} (<word> <word>|<word>){0,20} (<word> <word>|<word>){0,20} (cue: snappier)"
    set: {sense: fast}
    examples: [{text: "%s", expect: [{text: 3x, kind: speedup}]}]
    rejects: ["It is 3x louder."]
"""


def own_file(text: str, name: str = "mine.yaml") -> RuleFile:
    return RuleFile(name, textwrap.dedent(text))


def own_rule(**changes: str) -> RuleFile:
    """A file with one sound rule, some of whose keys are changed (or left out, if the change is empty)."""
    keys = {
        "id": "relative.mine",
        "kind": "relative",
        "status": "experimental",
        "pattern": '"{vals} snappier"',
    } | changes
    lines = [f"    {key}: {value}" for key, value in keys.items() if value]
    return own_file("rules:\n  -\n" + "\n".join(lines) + "\n")
