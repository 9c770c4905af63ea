"""What a build adds: the project's links, those of README.md made absolute, and the lists in a quicker form.

``PROJECT_URL`` is the address of the repository; GitHub Actions and GitLab tell it by themselves. Where there
is none, links of README.md into the repository become their words: an index of packages shows the page
without the repository, and a wrong link is worse than none.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
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


class CustomBuildHook(BuildHookInterface):
    """Puts the built-in documents, and what is worked out of the rules, into a wheel as JSON."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Writes them and names them to the builder.

        Args:
            version: Of the wheel: ``standard`` or ``editable``.
            build_data: What the wheel holds.
        """
        if version != "standard":
            return
        sys.path.insert(0, self.root)
        from extractor.knowledge.snapshot import SHIPPED, write_snapshots
        from extractor.rulelang.ruleset import write_kept

        self._made = TemporaryDirectory()
        write_snapshots(Path(self._made.name))
        write_kept(Path(self._made.name))
        build_data["force_include"][self._made.name] = f"extractor/_rules/{SHIPPED}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Takes what was written away."""
        if version == "standard":
            self._made.cleanup()


def repository() -> str | None:
    """Returns the address of the repository, if the environment tells it."""
    told = os.environ
    found = told.get("PROJECT_URL") or told.get("CI_PROJECT_URL")
    if not found and "GITHUB_REPOSITORY" in told:
        found = f"{told.get('GITHUB_SERVER_URL', 'https://github.com')}/{told['GITHUB_REPOSITORY']}"
    return found.rstrip("/") if found else None
