"""Knowledge in layers: what a user's files add, replace and remove; all faults at once; many engines."""

from __future__ import annotations

import json
import os
import random
import textwrap
import threading
from pathlib import Path
from typing import Any

import pytest

import extractor
from extractor.engine import Engine, builtin_engine, engine_of
from extractor.errors import RuleError
from extractor.knowledge.filetypes import TYPES
from extractor.knowledge.model import Knowledge
from extractor.knowledge.resources import rules_dir
from extractor.knowledge.shared import Shared
from extractor.knowledge.snapshot import builtin_document
from extractor.knowledge.sources import RuleFile, builtin_files
from extractor.workbench import rulebench

GOLD = Path(__file__).parent.parent / "gold" / "dev.jsonl"


def own(text: str, name: str = "mine.yaml") -> RuleFile:
    return RuleFile(name, textwrap.dedent(text))


def claims(engine: Engine, text: str) -> list[tuple[Any, ...]]:
    """The kind of each claim with what it is: a number and unit, or a name."""
    found = []
    for claim in engine.parse(text).claims:
        record = claim.model_dump()
        told = record.get("name") or (record["value"], record.get("unit"))
        found.append((claim.kind, told))
    return found


# --- what a user's files change --------------------------------------------------------------------------

DEVICES = "LumoNet runs on one Zeta X9, two H100 GPUs, a Qorvex 12 and a Steam Deck."
CHANGES = [
    (
        """
        type: hardware
        entries:
        - {name: Zeta X9, category: npu, vendor: ZetaCorp, family: Zeta}
        - {name: H100, category: asic, vendor: Hopperly}
        patterns:
        - {id: qorvex, anchors: [Qorvex], regex: 'Qorvex \\d\\d', name: '\\g<0>', category: soc}
        remove: {entries: [Steam Deck]}
        """,
        DEVICES,
        [("hardware", "Zeta X9"), ("hardware", "H100"), ("hardware", "Qorvex 12")],
    ),
    (
        """
        type: datasets
        entries: [Quillmere, {name: Fenwick Sheets, aliases: [FenSheets]}]
        remove: {entries: [MNIST]}
        """,
        "We train it with Quillmere sheets and MNIST, or with FenSheets.",
        [("dataset", "Quillmere"), ("dataset", "FenSheets")],
    ),
    (
        """
        type: units
        units:
        - {unit: blip, dimension: data, words: [blip], symbols: [blp], prefixes: [k]}
        """,
        "It stores 40 blips, then 3 kblp a day.",
        [("quantity", (40.0, "blip")), ("quantity", (3000.0, "blip"))],
    ),
    (
        "{type: units, units: [{unit: msec, dimension: time, symbols: [ms]}], remove: {units: [s]}}",
        "It needs 40 ms, not 3 s.",
        [("quantity", (40.0, "msec"))],
    ),
    (
        """
        type: urls
        hosts: {github: [git.quarry.dev]}
        bare_with_path: [git.quarry.dev]
        remove: {bare_with_path: [bit.ly], domains: [ly]}
        """,
        "The code is at git.quarry.dev/lumo/net, a film is under bit.ly/3xYz.",
        [("url", "https://git.quarry.dev/lumo/net")],
    ),
    (
        "{type: numerals, multiples: {quadrice: 4}, remove: {multiples: [thrice]}}",
        "LumoNet is quadrice as fast, and thrice as small.",
        [("speedup", (4.0, None))],
    ),
    (
        "{type: lexicon, words: {fast_c: [snappier]}, remove: {words: {fast_c: [faster]}}}",
        "LumoNet is 3x snappier and 2x faster.",
        [("speedup", (3.0, None))],
    ),
    (
        "{type: rules, remove: [relative.comparative-alone]}",
        "LumoNet is 30% smaller.",
        [],
    ),
]


@pytest.mark.parametrize(
    ("file", "text", "expected"), CHANGES, ids=[file.strip()[:40] for file, _, _ in CHANGES]
)
def test_a_users_file_adds_replaces_and_removes(file: str, text: str, expected: list[Any]) -> None:
    before = claims(builtin_engine(), text)
    assert before != expected
    assert claims(engine_of(own(file)), text) == expected
    assert claims(builtin_engine(), text) == before


def test_maker_and_category_are_those_of_the_users_file() -> None:
    engine = engine_of(own(CHANGES[0][0]))
    first, second, _ = engine.parse(DEVICES).claims
    assert isinstance(first, extractor.Hardware)
    assert (first.category, first.vendor, first.family) == ("npu", "ZetaCorp", "Zeta")
    assert isinstance(second, extractor.Hardware)
    assert (second.category, second.vendor, second.count) == ("asic", "Hopperly", 2)
    table = extractor.to_frame(engine.parse(DEVICES))
    assert [*table["vendor"][:2]] == ["ZetaCorp", "Hopperly"]


def test_later_files_lie_on_earlier_ones(tmp_path: Path) -> None:
    for name, category in (("a", "npu"), ("b", "soc")):
        text = f"type: hardware\nentries: [{{name: Zeta X9, category: {category}}}]\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    (claim,) = extractor.parse("It runs on a Zeta X9.", rules=tmp_path).claims
    assert isinstance(claim, extractor.Hardware)
    assert claim.category == "soc"
    gone = own("{type: hardware, remove: {entries: [Zeta X9]}}")
    files = [RuleFile(str(path), path.read_text("utf-8")) for path in sorted(tmp_path.glob("*.yaml"))]
    assert not engine_of([*files, gone]).parse("It runs on a Zeta X9.").claims


# --- faults ----------------------------------------------------------------------------------------------

FAULTS = [
    ("{type: hardwear, entries: []}", 1, "type must be one of rules, kind, terms, lexicon"),
    ("{type: factor, duration: [wait]}", 1, "type must be one of"),
    ("type: view\nlatex:\n  singns: {x: y}", 3, "latex: unknown key 'singns'; did you mean 'signs'?"),
    ("entries: []", 1, "unknown key 'entries'; use type, lexicon, fragments, rules, remove, or say by type"),
    ("{type: hardware, entires: []}", 1, "unknown key 'entires'; did you mean 'entries'?"),
    ("type: hardware\nentries:\n- {name: X9, category: gpux}", 3, "entries.category must be one of gpu, cpu"),
    ("type: hardware\nentries:\n- {name: X9}", 3, "entries: the key 'category' is needed"),
    ("type: hardware\nentries:\n- {name: X9, category: gpu, color: red}", 3, "unknown key 'color'"),
    ("type: hardware\nentries:\n- {name: X9, category: gpu, cue: nope}", 3, "the cue 'nope' is not listed"),
    ("type: hardware\nentries: X9", 2, "entries must be a list, not 'X9'"),
    ("type: terms\nkind: hardware\nentries: X9", 3, "entries must be a list, not 'X9'"),
    ("type: terms\nkind: hardware\nentries:\n- X9", 4, "entries.0 must be a mapping, not 'X9'"),
    ("type: hardware\nmemory: '(GB'", 2, "is no regular expression"),
    ("type: hardware\ncues:\n  mine: {nearby: X}", 3, "unknown key 'nearby'; did you mean 'near'"),
    ("type: hardware\nremove:\n  entries:\n  - H1000000", 4, "remove: entries has no 'H1000000'"),
    ("type: hardware\nremove: [H100]", 2, "remove must be a mapping"),
    (
        "type: units\nunits:\n- {unit: blip, dimension: blips}",
        3,
        "units.dimension must be one of time, compute",
    ),
    ("type: units\nunits:\n- {unit: blip, dimension: data, scale: ten}", 3, "units.scale must be a number"),
    ("type: urls\nroles:\n  films: [films?]", 3, "roles: 'films' is none of code, data"),
    ("type: urls\ndefaults: {github: film}", 2, "defaults.github must be one of code"),
    ("type: urls\nroles:\n  code: ['(']", 3, "is no regular expression"),
    ("type: numerals\ncounts: {score: twenty}", 2, "counts.score must be a number, not 'twenty'"),
    (
        "type: lexicon\nwords: {qualty_m: [zeal]}",
        2,
        "there is no word class 'qualty_m'. Did you mean quality_m",
    ),
    ("type: fragments\nws: '(?:['", 2, "fragment 'ws'"),
    ("type: fragments\nmine: '{nonesuch}'", 2, "there is no fragment 'nonesuch'"),
    ("type: datasets\nentries: [{aliases: [X]}]", 2, "the key 'name' is needed"),
    (
        "type: dataset-rules\nrules:\n- {id: dataset.x, anchor: noun, before: '(', after: '', shape: any, "
        "examples: [], rejects: []}",
        3,
        "cannot be read",
    ),
    ("type: rules\nremove: [relative.nonesuch]", 2, "remove: there is no rule 'relative.nonesuch'"),
    ("type: kind\nkind: X", 2, "kind: 'X' is not written as it must be"),
]


@pytest.mark.parametrize(("text", "line", "message"), FAULTS, ids=[text[:40] for text, _, _ in FAULTS])
def test_a_fault_is_told_with_its_place(text: str, line: int, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        engine_of(RuleFile("mine.yaml", text))
    told = [(problem.file, problem.line, problem.message) for problem in caught.value.problems]
    assert any(file == "mine.yaml" and at == line and message in words for file, at, words in told), told


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    texts = [text for text, _, _ in FAULTS if "dataset-rules" not in text and "fragments" not in text]
    for number, text in enumerate(texts):
        (tmp_path / f"{number:02}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("rules: [", encoding="utf-8")
    problems = rulebench.check([tmp_path, tmp_path / "none.yaml"])
    files = {Path(problem.file).name for problem in problems}
    cue = next(number for number, text in enumerate(texts) if "nope" in text)
    wanted = {f"{number:02}.yaml" for number in range(len(texts)) if number != cue}
    assert wanted | {"broken.yaml", "none.yaml"} <= files


def test_the_builtin_folder_has_no_problems() -> None:
    assert rulebench.check([rules_dir()]) == []


def test_every_builtin_file_says_what_it_is() -> None:
    known = {"rules", "kind", *TYPES}
    assert {file.sort for file in builtin_files()} == known
    told = {
        file.sort for file in builtin_files() if "\ntype: " in file.text or file.text.startswith("type: ")
    }
    assert told == known - {"rules"}


@pytest.mark.parametrize("type_", TYPES.values(), ids=list(TYPES))
def test_the_places_of_a_type_are_there(type_: Any) -> None:
    document = builtin_document(type_.name)
    for place in (*type_.entries, *type_.needed, *type_.tables - {""}, *type_.whole):
        here: Any = document
        for key in place.split("."):
            here = here[key]
        assert here, place


# --- engines ---------------------------------------------------------------------------------------------

RULE = (
    "{id: relative.zippier, kind: relative, status: experimental, pattern: '{vals} zippier', "
    "set: {sense: fast}}"
)


def test_an_engine_of_the_same_files_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"rules: [{RULE}]", encoding="utf-8")
    first = engine_of(path)
    assert engine_of([str(path)]) is first
    path.write_text(f"rules: [{RULE.replace('zippier', 'perkier')}]", encoding="utf-8")
    assert engine_of(path) is not first
    assert extractor.parse("It is 2x perkier.", rules=path).claims[0].rule == "relative.perkier"


def test_what_the_files_do_not_change_is_shared() -> None:
    ours, rules, devices = (
        builtin_engine().parts,
        engine_of(own(f"rules: [{RULE}]")).parts,
        engine_of(own("{type: hardware, entries: [{name: Zeta X9, category: npu}]}")).parts,
    )
    assert (rules.scanner, rules.things.hardware) == (ours.scanner, ours.things.hardware)
    assert rules.things.datasets.lexicon is devices.things.datasets.lexicon is ours.things.datasets.lexicon
    assert devices.scanner is ours.scanner
    assert devices.things.hardware is not ours.things.hardware


def test_knowledge_is_loaded_by_itself() -> None:
    knowledge = Knowledge.load([own("{type: hardware, entries: [{name: Zeta X9, category: npu}]}")])
    assert knowledge.fingerprint != Knowledge.load().fingerprint == builtin_engine().knowledge.fingerprint
    (claim,) = Engine(knowledge).parse("It runs on a Zeta X9.").claims
    assert claim.kind == "hardware"
    with pytest.raises(RuleError, match="gpux"):
        Knowledge.load([own("{type: hardware, entries: [{name: Zeta X9, category: gpux}]}")])


def test_a_shared_store_keeps_the_last_used() -> None:
    store: Shared[object] = Shared(2)
    first = store.get("a", object)
    store.get("b", object)
    assert store.get("a", object) is first
    store.get("c", object)
    assert store.get("a", object) is first
    made: list[str] = []
    store.get("b", lambda: made.append("b"))
    assert made == ["b"]


def _abstracts(count: int) -> list[str]:
    """Sentences of the labelled abstracts, mixed, with other numbers and names."""
    chooser = random.Random(7)
    lines = GOLD.read_text(encoding="utf-8").splitlines()
    sentences = [part + "." for line in lines for part in json.loads(line)["abstract"].split(". ")]
    own_words = ["It is 3x zippier than TessaNet.", "It runs on a Zeta X9.", "It needs 12 ms on Quillmere."]
    made = []
    for number in range(count):
        parts = [*chooser.sample(sentences, 3), own_words[number % len(own_words)]]
        made.append(" ".join(parts).replace("2", str(chooser.randint(2, 9))))
    return made


def test_engines_with_contradicting_knowledge_work_side_by_side() -> None:
    one = f"rules: [{RULE}]"
    two = f"rules: [{RULE.replace('fast', 'slow')}]\nremove: [relative.comparative]"
    device = "{name: Zeta X9, category: %s}"
    layers = [
        [
            own(one),
            own(f"{{type: hardware, entries: [{device % 'npu'}], remove: {{entries: [A100]}}}}"),
        ],
        [
            own(two),
            own(f"{{type: hardware, entries: [{device % 'fpga'}]}}"),
            own("{type: units, units: [{unit: tick, dimension: time, symbols: [ms]}]}"),
        ],
    ]
    texts = _abstracts(int(os.environ.get("EXTRACTOR_ABSTRACTS", "300")))  # a release is tested with more
    alone = [[engine.parse(text) for text in texts] for engine in map(engine_of, layers)]
    engines = [Engine(Knowledge.load(layer)) for layer in layers]  # with caches of their own, still cold
    found: list[list[Any]] = [[], []]
    threads = [
        threading.Thread(target=lambda at=at: found[at].extend(engines[at].parse(text) for text in texts))
        for at in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == alone
    assert sum(first != second for first, second in zip(*found, strict=True)) > len(texts) / 2
    assert [engine.parse(texts[0]) for engine in engines] == [found[0][0], found[1][0]]
