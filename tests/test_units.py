"""Units: what stands behind a number, with its dimension and scale; and the shipped answers of quantulum3."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import extractor
from extractor.engine import builtin_engine
from extractor.knowledge.resources import rules_dir
from extractor.knowledge.strictyaml import load_yaml
from extractor.numbers import units
from extractor.numbers.unitpatterns import UnitPatterns
from extractor.record.schema import Quantity

TABLE = builtin_engine().parts.units

LISTED = [
    ("ms of", "ms", "ms", "time", 1), ("milliseconds", "milliseconds", "ms", "time", 1),
    ("µs", "µs", "us", "time", 1),
    ("seconds per", "seconds", "s", "time", 1), ("s.", "s", "s", "time", 1),
    ("Hours", "Hours", "h", "time", 1),
    ("min)", "min", "min", "time", 1), ("days", "days", "day", "time", 1), ("yrs", "yrs", "year", "time", 1),
    ("GB/s", "GB/s", "B/s", "rate", 1e9), ("GB of", "GB", "GB", "memory", 1),
    ("KB,", "KB", "KB", "memory", 1),
    ("kB", "kB", "KB", "memory", 1), ("MiB", "MiB", "MiB", "memory", 1),
    ("gigabytes", "gigabytes", "GB", "memory", 1),
    ("TFLOPS", "TFLOPS", "FLOP/s", "rate", 1e12), ("GFLOPs", "GFLOPs", "FLOP", "compute", 1e9),
    ("tokens/s", "tokens/s", "token/s", "rate", 1),
    ("tokens per second", "tokens per second", "token/s", "rate", 1),
    ("FPS", "FPS", "FPS", "rate", 1), ("frames per second", "frames per second", "FPS", "rate", 1),
    ("MHz", "MHz", "Hz", "rate", 1e6), ("Gbps", "Gbps", "bit/s", "rate", 1e9),
    ("TOPS/W", "TOPS/W", "OPS/W", "efficiency", 1e12), ("mW", "mW", "W", "power", 1e-3),
    ("watts", "watts", "W", "power", 1),
    ("kWh", "kWh", "Wh", "energy", 1e3), ("nJ", "nJ", "J", "energy", 1e-9),
    ("dollars", "dollars", "USD", "money", 1),
    ("mm^2", "mm^2", "mm2", "area", 1), ("mm2", "mm2", "mm2", "area", 1), ("km²", "km²", "km2", "area", 1),
    ("nm", "nm", "nm", "length", 1), ("m/s", "m/s", "m/s", "speed", 1), ("km/h", "km/h", "km/h", "speed", 1),
    ("mV", "mV", "V", "other", 1e-3),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "surface", "name", "dimension", "scale"), LISTED, ids=[row[0] for row in LISTED]
)
def test_listed(text: str, surface: str, name: str, dimension: str, scale: float) -> None:
    found = TABLE.match(text, 0)
    assert found is not None
    end, unit = found
    assert (text[:end], unit.name, unit.dimension) == (surface, name, dimension)
    assert unit.scale == pytest.approx(scale)


@pytest.mark.parametrize(
    "text", ["", "models", "sample", "msx", "GBs2", "ms2", "mm^3x", "x", "%", "W4A8", "s/obj", "hours2"]
)
def test_no_unit(text: str) -> None:
    assert TABLE.match_listed(text, 0) is None


@pytest.mark.parametrize(
    ("noun", "unit"),
    [("tokens", "token"), ("Images", "image"), ("video", "video"), ("photos", "image"), ("models", None)],
)
def test_data_nouns(noun: str, unit: str | None) -> None:
    found = TABLE.data_unit(noun)
    assert (found.name if found else None) == unit


@pytest.mark.parametrize(
    ("device", "noun", "unit"),
    [
        ("GPU", "hours", "GPU-hour"), ("GPU", "h", "GPU-hour"), ("TPU", "day", "TPU-day"),
        ("CPU", "Hours", "CPU-hour"), ("GPU", "miles", None),
    ],
)  # fmt: skip
def test_device_time(device: str, noun: str, unit: str | None) -> None:
    found = TABLE.device_unit(device, noun)
    assert (found.name if found else None) == unit


def test_every_listed_unit_can_stand_in_a_record() -> None:
    for entry in load_yaml(rules_dir() / "units.yaml")["units"]:
        Quantity(text="1", start=0, end=1, value=1, unit=entry["unit"], dimension=entry["dimension"])


# --- everyday units --------------------------------------------------------------------------------

EVERYDAY = [
    ("kPa", "kPa", "other"), ("megapascals", "MPa", "other"), ("lux", "lx", "other"), ("mol", "mol", "other"),
    ("mAh", "mAh", "other"), ("mL", "mL", "other"), ("liters", "L", "other"), ("picometers", "pm", "length"),
    ("radians", "rad", "other"), ("rad/s", "rad/s", "other"), ("m/s^2", "m/s2", "other"),
    ("mm/s", "mm/s", "speed"),
    ("kg/m³", "kg/m3", "other"), ("µg/mL", "ug/mL", "other"), ("kJ/mol", "kJ/mol", "other"),
]  # fmt: skip


@pytest.mark.parametrize(("surface", "name", "dimension"), EVERYDAY, ids=[row[0] for row in EVERYDAY])
def test_everyday(surface: str, name: str, dimension: str) -> None:
    assert TABLE.everyday.unit(surface) == units.Unit(name, dimension)
    assert TABLE.match(f"5 {surface}, and", 2) == (2 + len(surface), units.Unit(name, dimension))


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("ms/frame", "ms"),
        ("mJ/inference", "J"),
        ("s/it", "s"),
        ("m/frame", None),
        ("ms/N", None),
        ("GB/s", "B/s"),
    ],
)
def test_what_an_amount_is_spent_on_is_no_part_of_its_unit(text: str, unit: str | None) -> None:
    found = TABLE.match(text, 0)
    assert (found[1].name if found else None) == unit


# Words behind numbers that quantulum3 reads as inches, years, attometres, bars, newtons, amperes ...
NOT_UNITS = [
    "in", "a", "at", "am", "as", "bar", "bars", "real", "sets", "pairs", "turns", "cycles", "times", "CT",
    "PA", "AT",
    "MP", "B", "T", "A", "K", "G", "C", "H", "layers", "newton", "Tesla", "Maxwell", "gray", "moles", "feet",
    "span",
    "DL", "kt", "bp", "pt", "Mb", "", " ", "nonsense", "a/b", "A/B", "K/V", "x/y/z", "m/", "/s", "kPa/layer",
    "ms/object",
]  # fmt: skip


@pytest.mark.parametrize("surface", NOT_UNITS)
def test_not_everyday(surface: str) -> None:
    assert TABLE.everyday.unit(surface) is None


PARSE_MANY_UNITS = """
import random, sys
import extractor
from extractor.knowledge.resources import rules_dir
from extractor.knowledge.strictyaml import load_yaml

parts = load_yaml(rules_dir() / "units-quantulum.yaml")["combined"].split()
parts += "K g N foo layers GMAC token Å".split()
chooser = random.Random(3)
units = 0
for _ in range(500):
    joints = [chooser.choice("/·⋅") for _ in range(chooser.randrange(4))]
    unit = chooser.choice(parts)
    unit += "".join(joint + chooser.choice(parts) + chooser.choice(["", "2", "^3"]) for joint in joints)
    claims = extractor.parse(f"At 20 °C it needs {chooser.randrange(2, 900)} {unit} in all.").claims
    units += sum(claim.kind == "quantity" and claim.unit != "degC" for claim in claims)
print(units > 200, "quantulum3" in sys.modules)
"""


def test_quantulum3_is_never_loaded() -> None:
    command = [sys.executable, "-W", "error", "-c", PARSE_MANY_UNITS]
    out = subprocess.run(command, check=True, capture_output=True, text=True)
    assert out.stdout.split() == ["True", "False"]


def test_compounds_are_what_quantulum3_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "scripts"))
    ask = import_module("build_units").ask_quantulum3
    combined = load_yaml(rules_dir() / "units-quantulum.yaml")["combined"].split()
    chooser = random.Random(0)
    for _ in range(300):
        above, below, third = (chooser.choice(combined) for _ in range(3))
        surface = f"{above}/{below}{chooser.choice(['', '2', '^2', f'/{third}', f'·{third}'])}"
        if TABLE.match_listed(surface, 0) or TABLE.everyday.is_vetoed(surface):
            continue
        ours, theirs = TABLE.everyday.unit(surface), ask(surface)
        assert ours is not None
        if theirs is not None:  # it takes a few nonsensical ones, such as GMacs/GIPS, for something else
            assert ours.name == theirs.name


SENTENCES = load_yaml(Path(__file__).parent / "data" / "units.yaml")


@pytest.mark.parametrize("case", SENTENCES["found"], ids=lambda case: case["text"])
def test_read_in_a_sentence(case: dict[str, str]) -> None:
    quantities = [claim for claim in extractor.parse(case["text"]).claims if isinstance(claim, Quantity)]
    assert [f"{item.text} = {item.value:g} {item.unit} {item.dimension}" for item in quantities] == [
        case["is"]
    ]


@pytest.mark.parametrize("text", SENTENCES["none"])
def test_no_unit_in_a_sentence(text: str) -> None:
    quantities = [claim for claim in extractor.parse(text).claims if isinstance(claim, Quantity)]
    assert [item.text for item in quantities if item.dimension != "data"] == []


def test_shipped_units_are_unmistakable() -> None:
    for entry in load_yaml(rules_dir() / "units-quantulum.yaml")["units"]:
        for surface in entry["surfaces"]:
            assert not TABLE.everyday.is_vetoed(surface)
            assert TABLE.match_listed(surface, 0) is None, f"{surface} is listed in units.yaml too"
            assert TABLE.everyday.unit(surface) is not None
            Quantity(text="1", start=0, end=1, value=1, unit=entry["unit"], dimension=entry["dimension"])


@given(st.text(max_size=20), st.integers(min_value=0, max_value=25))
def test_any_text(text: str, start: int) -> None:
    found = TABLE.match(text, start)
    assert found is None or start < found[0] <= len(text)


SYMBOLS = ["m", "ms", "MB", "µm", "b"]
WORDS = ["mol/L", "qubit hour", "lumo", "foot pound", "b/lumo", "x y", "ångström"]


def _of_all() -> re.Pattern[str]:
    """The units as one pattern, which no opening divides."""
    words = [r"[\s-]".join(re.escape(part) + "s?" for part in word.split(" ")) for word in WORDS]
    plurals = [f"(?i:{word})".replace("/", "s?/") for word in words]
    sources = sorted([*map(re.escape, SYMBOLS), *plurals], key=len, reverse=True)
    return re.compile(f"({'|'.join(sources)})(?!\\w)")


@given(st.lists(st.sampled_from([*SYMBOLS, *WORDS, *"sS -/ſK."]), min_size=1, max_size=5))
def test_units_of_an_opening_are_those_of_all(parts: list[str]) -> None:
    patterns, whole = UnitPatterns(SYMBOLS, WORDS, r"(?!\w)"), _of_all()
    written = "".join(parts)
    for text in (written, written.upper(), written.capitalize()):
        pattern = patterns.at(text, 0)
        found, expected = pattern.match(text) if pattern else None, whole.match(text)
        assert (found and found[1]) == (expected and expected[1]), text
