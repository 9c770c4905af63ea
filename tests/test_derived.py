"""The columns computed from a record: factors worked out by hand, repositories."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import extractor
from extractor import Change, Speedup, Url
from extractor.record.derived import Number, repository
from extractor.record.schema import Mention

# Kind, value, form, direction, metric, and the new value over the old (of a speed-up: how often as fast).
FACTORS = [
    # the examples of the contract
    ("speedup", 2.35, "ratio", "faster", "speedup", 2.35),  # 2.35x speedup
    ("speedup", 20, "percent", "faster", "latency", 1.25),  # latency reduced by 20%: 1 / 0.8
    ("speedup", 50, "percent", "faster", "faster", 1.5),  # 50% faster
    ("speedup", 12.87, "ratio", "slower", "slower", 0.0777),  # 12.87x slower: 1 / 12.87
    ("change", 75.8, "percent", "decrease", "memory", 0.242),  # 75.8% less memory
    ("change", 6, "ratio", "decrease", "parameters", 0.1667),  # 6 times fewer parameters
    ("change", 2, "ratio", "increase", "energy-efficient", 2),  # 2x more energy-efficient
    # speed-ups: a percentage of a duration and of a rate are different things
    ("speedup", 50, "percent", "faster", "runtime", 2),  # half the time
    ("speedup", 50, "percent", "faster", "throughput", 1.5),
    ("speedup", 25, "percent", "slower", "inference time", 0.8),  # a quarter more time: 1 / 1.25
    ("speedup", 25, "percent", "slower", "throughput", 0.75),
    ("speedup", 30, "percent", "slower", "runtime overhead", 1 / 1.3),
    ("speedup", 100, "percent", "faster", "throughput", 2),
    ("speedup", 100, "percent", "faster", "latency", None),  # no time at all
    ("speedup", 120, "percent", "faster", "latency", None),
    ("speedup", 3, "ratio", "faster", "latency", 3),
    ("speedup", 3, "ratio", "slower", "throughput", 1 / 3),
    ("speedup", 0.5, "ratio", "faster", "time", 2),  # in half the time
    ("speedup", 3, "ratio", None, "speed", None),
    # changes with a direction
    ("change", 40, "percent", "increase", "recall", 1.4),
    ("change", 40, "percent", "decrease", "cost", 0.6),
    ("change", 300, "percent", "increase", "capacity", 4),
    ("change", 100, "percent", "decrease", "cost", None),
    ("change", 4, "ratio", "increase", "capacity", 4),
    ("change", 0.5, "ratio", "decrease", "area", 0.5),  # half the area
    ("change", 0.001, "ratio", "decrease", "memory", 0.001),  # 1/1000 of the memory
    ("change", 0, "ratio", "decrease", "memory", None),
    # better and worse tell a factor where the metric tells which way is good
    ("change", 10, "percent", "better", "accuracy", 1.1),
    ("change", 10, "percent", "worse", "accuracy", 0.9),
    ("change", 10, "percent", "better", "test error", 0.9),
    ("change", 10, "percent", "worse", "perplexity", 1.1),
    ("change", 2, "ratio", "better", "FID", 0.5),
    ("change", 2, "ratio", "better", "energy efficiency", 2),
    ("change", 2, "ratio", "better", "memory savings", 2),
    ("change", 10, "percent", "better", None, None),
    # what tells nothing
    ("change", 5, "absolute", "increase", "accuracy", None),
    ("change", 1, "percent", None, "accuracy", None),
    ("speedup", 5, "absolute", "slower", "latency", None),
]


@pytest.mark.parametrize("row", FACTORS, ids=str)
def test_factor(row: tuple[str, float, str, str | None, str | None, float | None]) -> None:
    kind, value, form, direction, metric, factor = row
    record = {"value": value, "form": form, "direction": direction, "metric": metric}
    model = Speedup if kind == "speedup" else Change
    claim = model.model_validate({"text": "x", "start": 0, "end": 1, **record})
    expected = None if factor is None else pytest.approx(factor, abs=5e-5)
    assert claim.factor == expected
    assert claim.factor_high is None


def test_factor_of_a_range() -> None:
    claim = Speedup(
        text="20-50%",
        start=0,
        end=6,
        value=20,
        value_high=50,
        form="percent",
        direction="faster",
        metric="latency",
    )
    assert claim.factor == pytest.approx(1.25)
    assert claim.factor_high == pytest.approx(2)


@pytest.mark.parametrize(
    ("number", "value", "form", "factor"),
    [
        ("left", 12, "percent", 0.12),  # "uses 12% of the energy"
        ("gone", 12, "percent", 0.88),  # "12% less energy"
        ("gone", 2 / 3, "ratio", 1 / 3),  # "cuts energy by two thirds"
        ("gone", 3, "ratio", 1 / 3),  # "cuts energy by 3x"
        ("left", 2 / 3, "ratio", 2 / 3),  # "two thirds of the energy"
        (None, 2 / 3, "ratio", 2 / 3),
        (None, 12, "percent", 0.88),
    ],
)
def test_the_record_says_what_the_number_is(
    number: Number | None, value: float, form: Literal["ratio", "percent"], factor: float
) -> None:
    record = {"value": value, "form": form, "direction": "decrease", "metric": "energy", "number": number}
    claim = Change.model_validate({"text": "x", "start": 0, "end": 1, **record})
    assert claim.factor == pytest.approx(factor)


NUMBERS = [
    ("LumoNet uses 12% of the energy.", "left"),
    ("LumoNet uses 12% less energy.", "gone"),
    ("LumoNet cuts the energy by two thirds.", "gone"),
    ("LumoNet raises the accuracy by 12%.", "step"),
    ("LumoNet is 12% faster.", "step"),
    ("LumoNet cuts the latency by 12%.", "gone"),
    ("LumoNet uses half the energy.", "left"),
    ("LumoNet is 3x faster.", None),
    ("LumoNet outperforms TessaNet by 12%.", None),
    ("LumoNet gains 2.5 points in accuracy.", None),
]


@pytest.mark.parametrize(("text", "number"), NUMBERS, ids=[text for text, _ in NUMBERS])
def test_reading_says_what_the_number_is(text: str, number: str | None) -> None:
    (claim,) = extractor.parse(text).claims
    assert isinstance(claim, Speedup | Change)
    assert claim.number == number
    again = type(claim).model_validate_json(claim.model_dump_json())
    assert (again.factor, again.number) == (claim.factor, number)


LEFT = """
rules:
  - {id: relative.mine, kind: relative, status: experimental, set: {sense: down, number: share},
     pattern: "runs on {vals} of the (metric: budget)"}
"""


def test_the_factor_is_the_same_whatever_was_loaded(tmp_path: Path) -> None:
    text = "LumoNet runs on 20% of the budget."
    path = tmp_path / "mine.yaml"
    path.write_text(LEFT, encoding="utf-8")
    (mine,) = next(extractor.parse_many([text], rules=path)).claims
    assert isinstance(mine, Change)
    assert (mine.rule, mine.number) == ("relative.mine", "left")
    assert mine.factor == pytest.approx(0.2)
    code = "import sys, extractor; print(extractor.Change.model_validate_json(sys.argv[1]).factor)"
    run = [sys.executable, "-c", code, mine.model_dump_json()]
    assert subprocess.run(run, check=True, capture_output=True, text=True).stdout.strip() == "0.2"
    path.write_text(LEFT.replace(", number: share", ""), encoding="utf-8")
    (other,) = next(extractor.parse_many([text], rules=path)).claims
    assert isinstance(other, Change)
    assert other.number == "gone"
    assert other.factor == pytest.approx(0.8)
    assert mine.factor == pytest.approx(0.2)  # of an earlier rule of the same id


@given(st.floats(min_value=0, max_value=1e12), st.sampled_from(["ratio", "percent"]))
def test_a_factor_is_positive_and_faster_is_more(value: float, form: str) -> None:
    for metric in ("latency", "throughput"):
        record = {"text": "x", "start": 0, "end": 1, "value": value, "form": form, "metric": metric}
        faster = Speedup.model_validate(record | {"direction": "faster"}).factor
        slower = Speedup.model_validate(record | {"direction": "slower"}).factor
        assert faster is None or faster >= 1
        assert slower is None or 0 < slower <= 1


REPOSITORIES = [
    ("https://github.com/quux/fast-quux", "github", ("quux", "fast-quux")),
    ("https://github.com/quux/fast-quux.git", "github", ("quux", "fast-quux")),
    ("https://github.com/quux/fast-quux/tree/main/code", "github", ("quux", "fast-quux")),
    ("https://github.com/quux", "github", ("quux", None)),
    ("https://github.com/", "github", (None, None)),
    ("https://gitlab.com/quux/fast", "gitlab", ("quux", "fast")),
    ("https://huggingface.co/quux/model-7b", "huggingface", ("quux", "model-7b")),
    ("https://huggingface.co/datasets/quux/set", "huggingface", ("quux", "set")),
    ("https://hf.co/spaces/quux/demo", "huggingface", ("quux", "demo")),
    ("https://example.org/a/b", "other", (None, None)),
    ("https://[::1/a/b", "github", (None, None)),
    ("https://github.com/../../quux/fast", "github", ("quux", "fast")),
    ("https://github.com/quux/../..", "github", (None, None)),
    ("https://github.com/%2e%2E/quux/.%2e/lumo/fast", "github", ("lumo", "fast")),
    ("https://github.com/orgs/quux/repositories", "github", (None, None)),
    ("https://github.com/topics/fast", "github", (None, None)),
    ("https://docs.github.com/en/quux", "github", (None, None)),
    ("https://raw.githubusercontent.com/quux/fast/main/a.py", "github", ("quux", "fast")),
    ("https://me:pw@github.com:443/quux/fast", "github", ("quux", "fast")),
    ("https://gitlab.com/quux/group/fast", "gitlab", ("quux/group", "fast")),
    ("https://gitlab.example.edu/quux/fast/-/tree/main", "gitlab", ("quux", "fast")),
    ("https://gitlab.com/explore/projects", "gitlab", (None, None)),
    ("https://quux.gitlab.io/fast/page", "gitlab", (None, None)),
    ("https://huggingface.co/docs/hub", "huggingface", (None, None)),
    ("https://huggingface.co/datasets/quuxes", "huggingface", (None, "quuxes")),
    ("https://quux-demo.hf.space/run/it", "huggingface", (None, None)),
]


@pytest.mark.parametrize(("address", "host", "expected"), REPOSITORIES, ids=[row[0] for row in REPOSITORIES])
def test_repository(address: str, host: str, expected: tuple[str | None, str | None]) -> None:
    assert repository(address, host) == expected


def test_repository_of_a_claim() -> None:
    mention = Mention(text="u", start=0, end=1)
    claim = Url.model_validate(
        {
            "text": "u",
            "start": 0,
            "end": 1,
            "name": "https://github.com/a/b",
            "mentions": [mention],
            "host": "github",
        }
    )
    assert (claim.owner, claim.repo) == ("a", "b")
