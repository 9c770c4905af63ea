"""Rules files as a user may write them: a sound one, and one that takes ages."""

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
