"""The public names: few, listed, and loaded only when they are used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import extractor

HEAVY = ("spacy", "pandas", "pydantic", "regex", "yaml", "typer", "rich", "numpy", "quantulum3", "pyarrow")


def _run(code: str) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_every_public_name_exists() -> None:
    assert sorted(extractor.__all__) == extractor.__all__
    assert all(hasattr(extractor, name) for name in extractor.__all__)
    assert set(dir(extractor)) == set(extractor.__all__)


def test_public_names_do_not_change_unnoticed() -> None:
    assert set(extractor.__all__) >= {
        *("parse", "parse_many", "load", "to_frame", "json_schema", "Extraction", "Claim", "Mention"),
        *("Speedup", "Change", "Score", "Parameters", "Quantity", "Hardware", "Dataset", "Url"),
        *("ExtractorError", "InputError", "RuleError", "GoldError"),
    }


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonesuch"):
        _ = extractor.nonesuch


def test_import_loads_nothing_heavy() -> None:
    code = f"import sys, extractor; print([name for name in {HEAVY} if name in sys.modules])"
    assert _run(code) == "[]"


def test_parse_needs_neither_spacy_nor_pandas_nor_quantulum3() -> None:
    code = "import sys, extractor; extractor.parse('It runs 2x faster at 5 kPa.'); "
    code += (
        "print([name for name in ('spacy', 'pandas', 'quantulum3', 'typer', 'rich') if name in sys.modules])"
    )
    assert _run(code) == "[]"


def test_star_import() -> None:
    assert _run("from extractor import *; print(parse('A 2x speedup.').claims[0].kind)") == "speedup"
