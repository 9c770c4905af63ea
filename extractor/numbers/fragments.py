"""Makes patterns of named character fragments (rules/fragments.yaml)."""

from __future__ import annotations

import re

from extractor.text.lookup.lazypattern import LazyPattern

_FRAGMENT = re.compile(r"\{([a-z_]+)\}")


class Expander:
    """Makes patterns of named fragments.

    Args:
        fragments: Fragments by name; a fragment may name others as ``{name}``.
        checked: Whether some are a user's own, so that every pattern is compiled at once.
    """

    def __init__(self, fragments: dict[str, str], *, checked: bool = False) -> None:
        self._fragments, self._checked = fragments, checked

    def compile(self, pattern: str) -> re.Pattern[str]:
        """Compiles a pattern with all fragments put in."""
        return re.compile(self.expand(pattern))

    def lazily(self, pattern: str) -> LazyPattern:
        """Returns a pattern of which few texts need the match; it is compiled when the first does.

        Raises:
            re.error: The fragments are a user's own, and the pattern cannot be compiled.
        """
        lazy = LazyPattern(self.expand(pattern))
        if self._checked:
            re.compile(lazy.source)
        return lazy

    def expand(self, pattern: str) -> str:
        """Replaces every ``{name}`` by the fragment of that name."""
        return _FRAGMENT.sub(lambda match: self.expand(self._fragments[match[1]]), pattern)
