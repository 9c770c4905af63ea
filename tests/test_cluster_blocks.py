"""docs/cluster.md: the recipes for Spark, Ray and Daft run as they stand, where these are installed."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from textwrap import indent

import pytest

PAGE = Path(__file__).parent.parent / "docs" / "cluster.md"
_BLOCK = re.compile(r"^### (\w+)\n.*?^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = dict(_BLOCK.findall(PAGE.read_text(encoding="utf-8")))
MODULES = {"Spark": "pyspark", "Ray": "ray", "Daft": "daft"}
PAPERS = [
    {"id": "a", "title": "T", "abstract": "LumoNet is 3x faster than TessaNet on an A100."},
    {"id": "b", "title": "U", "abstract": "It reaches 91.2% accuracy on CIFAR-10."},
    {"id": "c", "title": "V", "abstract": "Nothing is claimed."},
]


def test_every_recipe_is_tried() -> None:
    assert BLOCKS.keys() == MODULES.keys()


@pytest.mark.parametrize("name", MODULES)
def test_what_a_recipe_takes_from_us_is_there(name: str) -> None:
    taken = [node for node in ast.walk(ast.parse(BLOCKS[name])) if isinstance(node, ast.ImportFrom)]
    ours = [node for node in taken if (node.module or "").startswith("extractor")]
    assert ours
    for node in ours:
        module = import_module(node.module or "")
        assert [each.name for each in node.names if not hasattr(module, each.name)] == []


def test_the_block_for_dask_runs_on_workers_of_this_machine(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    block = re.findall(
        r"^From Python:\n\n```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )[0]
    (tmp_path / "papers").mkdir()
    lines = "".join(f"{json.dumps(paper)}\n" for paper in PAPERS)
    (tmp_path / "papers" / "p.jsonl").write_text(lines, encoding="utf-8")
    here = block.replace("s3://bucket/", f"{tmp_path}/").replace("tcp://scheduler:8786", "local")
    script = tmp_path / "mine.py"
    script.write_text(
        f"def main():\n{indent(here, '    ')}\n\nif __name__ == '__main__':\n    main()\n", "utf-8"
    )
    done = subprocess.run(
        [sys.executable, script], check=False, cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split() == ["3", "4"]


@pytest.mark.parametrize("name", MODULES)
def test_a_recipe_counts_the_claims(name: str, tmp_path: Path) -> None:
    if find_spec(MODULES[name]) is None:
        pytest.skip(f"{MODULES[name]} is not installed; it is no dependency of ours")
    if name == "Spark" and shutil.which("java") is None:
        pytest.skip("Spark needs a Java runtime, and there is none")
    lines = "".join(f"{json.dumps(paper)}\n" for paper in PAPERS)
    (tmp_path / "papers.jsonl").write_text(lines, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", BLOCKS[name]],
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYSPARK_PYTHON": sys.executable},  # as the page says
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    for kind in ("speedup", "hardware", "score", "dataset"):
        assert re.search(rf"{kind}\b", done.stdout), done.stdout
