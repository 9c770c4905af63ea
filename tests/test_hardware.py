"""Hardware: names, categories and counts by a table of sentences; mentions; odd strings; the terms files."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.engine import builtin_engine, engine_of
from extractor.errors import RuleError
from extractor.knowledge import hardware_terms
from extractor.knowledge.model import builtin
from extractor.knowledge.sources import RuleFile
from extractor.knowledge.strictyaml import load_yaml
from extractor.workbench import rulebench

hardware = builtin_engine().parts.things.hardware
DATA = load_yaml(Path(__file__).parent / "data" / "hardware.yaml")
CATEGORIES = ["gpu", "cpu", "fpga", "asic", "tpu", "npu", "dsp", "soc", "mcu", "sbc", "neuromorphic", "phone"]
CATEGORIES += ["system", "other"]


def rendered(text: str) -> list[str]:
    found = hardware.find(text)
    return [f"{item.name} {item.category}{f' {item.count}' if item.count else ''}" for item in found]


@pytest.mark.parametrize("case", DATA["found"], ids=lambda case: case["text"][:40])
def test_found(case: dict[str, list[str]]) -> None:
    assert sorted(rendered(str(case["text"]))) == sorted(case["hardware"])


@pytest.mark.parametrize("text", DATA["none"])
def test_none(text: str) -> None:
    assert rendered(text) == []


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("two NVIDIA Tesla-P100 GPUs", ["NVIDIA Tesla-P100 GPUs"]),
        ("AMD's MI300A APU and the MI300A", ["AMD's MI300A APU", "MI300A"]),
        ("an NVIDIA H100 graphics processing unit (GPU)", ["NVIDIA H100 graphics processing unit (GPU)"]),
        ("on A100-80GB GPUs with NVLink", ["A100-80GB GPUs"]),
        ("the GPU, GPUs and GPU-bound code", ["GPU", "GPUs", "GPU"]),
        ("an Intel 8-core Xeon CPU", ["Intel 8-core Xeon CPU"]),
    ],
)
def test_mentions(text: str, mentions: list[str]) -> None:
    (item,) = hardware.find(text)
    assert [mention.text for mention in item.mentions] == mentions


def test_a_sure_device_does_not_unlock_other_things() -> None:
    text = "On an H100 the models M1 and M2, the layers L2 and L4 and the T4 phage are simulated."
    assert rendered(text) == ["H100 gpu"]


def test_the_time_grows_with_the_text() -> None:
    sentence = "We compare H200 with B200 on an A40, L4 and T4, or on M2 with 16 GB. "
    seconds = []
    for copies in (50, 400):
        start = time.process_time()
        hardware.find(sentence * copies)
        seconds.append(time.process_time() - start)
    assert seconds[1] < 30 * max(seconds[0], 0.01)  # eight times the text; its square is sixty-four times


def test_nothing_inside_an_address() -> None:
    text = "See https://example.org/GPU/H100 for the GPU."
    (item,) = hardware.find(text, [(4, 32)])
    assert [mention.start for mention in item.mentions] == [text.rindex("GPU")]


@pytest.mark.parametrize(
    ("name", "vendor", "family"),
    [
        ("H100", "NVIDIA", "Hopper"),
        ("RTX 4090", "NVIDIA", "Ada Lovelace"),
        ("Xeon Gold 6248", "Intel", "Xeon"),
        ("Cortex-M7", "Arm", "Cortex-M"),
        ("GPU", None, None),
        ("no such thing", None, None),
    ],
)
def test_facts(name: str, vendor: str | None, family: str | None) -> None:
    assert builtin().hardware.facts(name) == (vendor, family)


def test_terms_are_sound() -> None:
    terms = builtin().hardware
    names = [entry.name for entry in terms.entries]
    assert len(names) > 500
    assert {entry.category for entry in terms.entries} <= set(CATEGORIES)
    assert {pattern.category for pattern in terms.patterns} <= set(CATEGORIES)
    assert len({pattern.id for pattern in terms.patterns}) == len(terms.patterns)
    assert all(facts.vendor != "null" for facts in (entry.facts for entry in terms.entries))
    surfaces = [surface for entry in terms.entries for surface in entry.surfaces]
    assert {s for s in surfaces if surfaces.count(s) > 1} <= {"Vega"}


def test_bad_terms_name_their_place(tmp_path: Path) -> None:
    path = tmp_path / "hardware-own.yaml"
    path.write_text(
        "entries:\n- {name: X1}\n- {name: X2, category: gpu, cue: nope}\n"
        "- {name: X3, category: gpu, counted: yes}\n"
        "patterns:\n- {id: p, anchors: [X], regex: '(', name: X, category: gpu}\n"
    )
    with pytest.raises(RuleError) as caught:
        hardware_terms.read(load_yaml(path))
    assert [problem.line for problem in caught.value.problems] == [2, 3, 4, 6]


PIECES = st.sampled_from(
    [
        "GPU",
        "GPUs",
        " ",
        "8x",
        "A100",
        "-",
        "NVIDIA ",
        "Xeon",
        "Gold 6248",
        "4 ",
        "single ",
        "(",
        ")",
        "\n",
        "RTX",
        "4090",
        "Raspberry Pi",
        "\x00",
        "�",
        "É",
        "Frontier",
        "supercomputer",
        "SoC",
        ",",
        "$\\times$",
        "MI300",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_offsets_hold(text: str) -> None:
    end = 0
    found = hardware.find(text)
    assert [item.start for item in found] == sorted(item.start for item in found)
    for mention in sorted((m for item in found for m in item.mentions), key=lambda m: m.start):
        assert text[mention.start : mention.end] == mention.text
        assert end <= mention.start < mention.end
        end = mention.end


@pytest.mark.parametrize("text", ["9" * 200_000 + " GPUs", "GPU " * 5_000, "single " * 20_000, "A" * 200_000])
def test_long_strings_pass(text: str) -> None:
    assert len(hardware.find(text)) <= 1


SERIES = [case for case in rulebench.cases(builtin_engine().ruleset) if case.rule.kind == "hardware"]


@pytest.mark.parametrize("case", SERIES, ids=lambda case: f"{case.rule.id} {case.sort}")
def test_a_series_is_found_by_its_own_pattern(case: rulebench.Case) -> None:
    done = rulebench.run_case(case, builtin_engine())
    assert (done.ok, done.message) == (True, "")


def test_every_series_has_an_example() -> None:
    shown = {case.rule.id for case in SERIES if case.sort == "example"}
    series = {pattern.rule for pattern in builtin().hardware.patterns}
    assert shown == series
    rejecting = {case.rule.id for case in SERIES if case.sort == "reject"}
    cued = {pattern.rule for pattern in builtin().hardware.patterns if pattern.cue}
    assert cued <= rejecting  # what can mean other things


@pytest.mark.parametrize("name", ["CDNA", "RDNA", "Graviton", "Immortalis", "IPU-POD"])
def test_a_name_without_its_number_ends_with_it(name: str) -> None:
    (claim, *_) = builtin_engine().parse(f"On {name} GPUs of AMD it is slow.").claims
    assert claim.text.split()[0] == name
    assert claim.text == claim.text.strip()


def test_a_users_series_has_sentences() -> None:
    pattern = "{id: zeta, anchors: [Zeta], regex: 'Zeta{_}(?P<n>[1-9])(?!\\w)', name: 'Zeta \\g<n>'"
    text = f"type: hardware\npatterns:\n- {pattern}, category: npu, %s}}"
    example = "examples: [{text: It runs on a Zeta 5., expect: [{text: Zeta %d, kind: hardware}]}]"
    shown = f"{example % 5}, rejects: [Zeta 55 came.]"
    engine = engine_of([RuleFile("mine.yaml", text % shown)])
    cases = [case for case in rulebench.cases(engine.ruleset) if case.rule.file == "mine.yaml"]
    assert [rulebench.run_case(case, engine).ok for case in cases] == [True, True]
    with pytest.raises(RuleError, match="Zeta 6"):
        engine_of([RuleFile("mine.yaml", text % (example % 6))])
