"""Frames of sentences: whatever common word stands in a frame, the claim of it has the same attributes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from extractor import parse
from extractor.knowledge.strictyaml import load_yaml

GROUPS: list[dict[str, Any]] = load_yaml(Path(__file__).parent / "data" / "frames.yaml")
FRAMES = [
    pytest.param(frame, group["words"], id=frame["text"]) for group in GROUPS for frame in group["frames"]
]


@pytest.mark.parametrize(("frame", "words"), FRAMES)
def test_a_frame_is_read_with_every_word(frame: dict[str, str], words: list[str]) -> None:
    wrong = {}
    for word in words:
        text = frame["text"].replace("{}", word)
        wanted = {name: value.replace("{}", word.lower()) for name, value in frame.items() if name != "text"}
        claims = [claim for claim in parse(text).claims if claim.kind == wanted["kind"]]
        found = {name: str(getattr(claims[0], name)).lower() for name in wanted} if claims else None
        if found != wanted:
            wrong[text] = found
    assert not wrong
