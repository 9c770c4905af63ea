"""docs/spacy.md: a reader who does what it says gets what it prints."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest
from guide_blocks import blocks
from spacy.language import Language
from spacy.util import load_model_from_config
from thinc.api import Config

from extractor.spacy_.pipeline import create_claims

PAGE = Path(__file__).parent.parent / "docs" / "spacy.md"


def test_the_guide_from_start_to_finish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    printed = ""
    for what, block in blocks(PAGE):
        if what.startswith("file: "):
            path = Path(what.removeprefix("file: "))
            path.parent.mkdir(exist_ok=True)
            path.write_text(block, encoding="utf-8")
        elif what == "python":
            assert not printed, "what a block prints is not shown"
            with contextlib.redirect_stdout(io.StringIO()) as stream:
                exec(compile(block, "spacy.md", "exec"), names)
            printed = stream.getvalue()
        else:
            assert printed == block
            printed = ""
    assert not printed


def test_the_guide_names_every_setting() -> None:
    assert create_claims  # its module makes spaCy know the factory
    meta = Language.get_factory_meta("claims")
    table = re.findall(r"^\| (`.*?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(table))) == set(meta.default_config or {})


def test_the_config_of_the_guide_makes_a_pipeline() -> None:
    (block,) = re.findall(r"^```ini\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    config = Config().from_str(f'[nlp]\nlang = "en"\npipeline = ["claims"]\n[components]\n{block}')
    nlp = load_model_from_config(config, auto_fill=True)
    nlp.add_pipe("entity_ruler", before="claims").add_patterns([{"label": "PRODUCT", "pattern": "LumoChip"}])  # type: ignore[attr-defined]
    doc = nlp("It is 2x faster and has 7B parameters on a LumoChip.")
    assert [(span.text, span.label_) for span in doc.spans["claims"]] == [("2x", "speedup")]
    assert str(doc.spans["claims"][0]._.hardware) == "LumoChip"
