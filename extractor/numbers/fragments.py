"""Makes patterns of named character fragments (rules/fragments.yaml)."""

from __future__ import annotations

import re

_FRAGMENT = re.compile(r"\{([a-z_]+)\}")


class Expander:
    """Makes patterns of named fragments.

    Args:
        fragments: Fragments by name; a fragment may name others as ``{name}``.
    """

    def __init__(self, fragments: dict[str, str]) -> None:
        self._fragments = fragments

    def compile(self, pattern: str) -> re.Pattern[str]:
        """Compiles a pattern with all fragments put in."""
        return re.compile(self.expand(pattern))

    def expand(self, pattern: str) -> str:
        """Replaces every ``{name}`` by the fragment of that name."""
        return _FRAGMENT.sub(lambda match: self.expand(self._fragments[match[1]]), pattern)
