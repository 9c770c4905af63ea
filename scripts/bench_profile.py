"""Says what share of the time of a parse each of its stages takes, from Python's own profiler."""

from __future__ import annotations

import cProfile
import pstats
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench_rows import Row

# Modules and packages of the stages; what is not here (gazetteer, regular expressions, models) counts to its
# caller.
_MODULES = {
    "words, for names and values": "vocabulary",
    "addresses": "urls",
    "hardware": "hardware hardware_around hardware_counts hardware_terms",
    "datasets": "datasets dataset_patterns dataset_names",
    "values: scan": "mentions ranges amounts numerals units",
    "values: sentences": "text",
    "values: tags": "tagging lexicon",
    "values: rules": "values ellipsis sieve neighbours tagbits",
    "values: links": "links relations",
    "values: records": "records",
    "the rest": "engine things",
}
_STAGE = {module: stage for stage, modules in _MODULES.items() for module in modules.split()}
_Function = tuple[str, int, str]


def stage_rows(parse: Callable[[str], object], texts: Sequence[str]) -> list[Row]:
    """Profiles the parsing of some texts.

    The profiler slows small functions down more than large ones, so the shares are rough; the time in the
    rows is the share of what the same texts take without it.

    Returns:
        Microseconds an abstract by stage, the longest first, and the sum.
    """
    begin = time.process_time()
    for text in texts:
        parse(text)
    whole = (time.process_time() - begin) / len(texts) * 1e6
    profile = cProfile.Profile()
    profile.enable()
    for text in texts:
        parse(text)
    profile.disable()
    times = _stages(pstats.Stats(profile).stats)  # type: ignore[attr-defined]
    total = sum(times.values()) or 1.0
    return [
        *(Row("profile", stage, "us", (spent / total * whole,)) for stage, spent in times.most_common()),
        Row("profile", "all of a parse, CPU time", "us", (whole,)),
    ]


def _stages(calls: dict[_Function, Any]) -> Counter[str]:
    """Sums the time of the calls that enter a stage, less that of the calls that leave it for another."""
    times: Counter[str] = Counter()
    for function, told in calls.items():
        stage = _stage_of(function)
        if stage is None:
            continue
        if not told[-1]:  # called by what is not profiled
            times[stage] += told[3]
        for caller, (_, _, _, spent) in told[-1].items():
            outer = _stage_of(caller)
            if outer != stage:
                times[stage] += spent
                if outer is not None:
                    times[outer] -= spent
    return times


def _stage_of(function: _Function) -> str | None:
    _, _, inside = Path(function[0]).as_posix().rpartition("/extractor/")
    return _STAGE.get(inside.partition("/")[0].removesuffix(".py"))
