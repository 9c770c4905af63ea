"""A sound rules file, as a user may write it."""

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
