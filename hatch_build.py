"""What the metadata of a build says of addresses: the project's links, and those of README.md made absolute.

``PROJECT_URL`` is the address of the repository; GitHub Actions and GitLab tell it by themselves. Where there
is none, links of README.md into the repository become their words: an index of packages shows the page
without the repository, and a wrong link is worse than none.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_PAGES = {"Documentation": "tree/HEAD/docs", "Changes": "blob/HEAD/CHANGELOG.md", "Issues": "issues"}


class CustomMetadataHook(MetadataHookInterface):
    """Sets ``readme`` and ``urls``."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Sets them.

        Args:
            metadata: The metadata of the project so far.
        """
        root = Path(self.root)
        sys.path.insert(0, str(root / "scripts"))
        from links import repointed  # type: ignore[import-not-found, unused-ignore]

        address = repository()

        def where(target: str, is_image: bool) -> str | None:
            return f"{address}/{'raw' if is_image else 'blob'}/HEAD/{target}" if address else None

        page = (root / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": repointed(page, where)}
        if address:
            links = {name: f"{address}/{place}" for name, place in _PAGES.items()}
            metadata["urls"] = {"Repository": address, **links}


def repository() -> str | None:
    """Returns the address of the repository, if the environment tells it."""
    told = os.environ
    found = told.get("PROJECT_URL") or told.get("CI_PROJECT_URL")
    if not found and "GITHUB_REPOSITORY" in told:
        found = f"{told.get('GITHUB_SERVER_URL', 'https://github.com')}/{told['GITHUB_REPOSITORY']}"
    return found.rstrip("/") if found else None
