"""What is loaded is not looked through for garbage again and again, and what others froze stays frozen."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from extractor.collection import let_go, loading, no_collection


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    gc.unfreeze()  # what other tests froze
    assert gc.isenabled()
    yield
    gc.enable()


def _generation(thing: object) -> int:
    return next(age for age in range(3) if any(each is thing for each in gc.get_objects(age)))


def test_what_is_loaded_counts_as_old() -> None:
    with loading():
        assert not gc.isenabled()
        made = [[number] for number in range(10)]
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    assert {_generation(each) for each in made} == {2}


def test_what_is_made_without_is_young() -> None:
    with no_collection():
        made = [1, 2]
        assert _generation(made) == 0


def test_where_nothing_is_collected_nothing_changes() -> None:
    gc.disable()
    with loading():
        made = [1, 2]
    assert not gc.isenabled()
    assert _generation(made) == 0


def test_an_error_brings_the_collector_back() -> None:
    with pytest.raises(KeyError), loading():
        raise KeyError
    assert gc.isenabled()


@pytest.mark.parametrize("first", ["gc.freeze()", "let_go()"])
def test_what_is_frozen_stays_so(first: str) -> None:
    code = (
        "import gc; from extractor.collection import let_go, loading\n"
        f"{first}; before = gc.get_freeze_count()\n"
        "with loading(): made = [[1], [2]]\n"
        "print(0 < before == gc.get_freeze_count())"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "True\n"


def test_a_process_that_ends_is_not_walked_through() -> None:
    try:
        let_go()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
