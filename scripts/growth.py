"""Measures whether reading takes longer than the text grows: one phrase, repeated from 10 kB to 1 MB.

The phrases are the examples of all rules, each word that rules ask for beside a value, and seeds that were
slow once. A text is a phrase over and over, without a full stop. Prints the worst, and ends with 1 if one
grows faster than it may or takes longer than it may. Other work on a machine slows it down, also in time of
the processor: a loop beside each text tells how fast it is just then, and times are as when it is fast (the
lower quartile of the loops: clocks of processor time are wrong now and then). What seems to grow or to take
too long is measured up to three times, and the least counts.

usage, for all of seeds and rules, and of the words by chance 1,000 phrases; then 1 MB of what is given:
    python scripts/growth.py --sample 1000
    python scripts/growth.py --sizes 10,100,1000 "accuracy of 90% " "7B "
"""

from __future__ import annotations

import argparse
import itertools
import random
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import extractor
from extractor.engine import builtin_engine
from extractor.knowledge.model import builtin

GROWTH = 1.3  # times linear
SECONDS = 1.0  # for 100 kB
NEXT_TO_NOTHING = 0.02  # for 100 kB
KILOBYTE = 1000
_SHORTEST = 1e-4  # seconds that can be told
_LONG_ENOUGH = 0.1  # seconds that are measured well
_LOOP = 400_000  # additions of the loop that tells how fast the machine is
_ATTEMPTS = 3  # at a phrase that seems to be slow
_AGAIN = 0.2  # seconds after which a text is stopped once more, where the first time went unheard
SEEDS = (
    "accuracy of 90% ",
    "3x faster than A, ",
    "3x faster than Foo, ",
    "500 H100-",
    "GPU hours ",
    "5 ",
    "90% ",
    "accuracy 90% ",
    "accuracy ",
    "NBench, ",
    "We get 90.1% accuracy on NBench. ",
    "\\SI{5}{ms} ",
    "from 5 ms to ",
    "LumoNet improves from 40.2% to 45.1% on FooQA, and 50.3% to 65.5% on BarQA ",
    "LumoNet improves from 40.2% to 45.1% on FooQA, and 50.3% to 65.5% on BarQA. ",
    "LumoNet-{n} is 3x faster than TessaNet-{n} on FooBench-{n}, ",
    "FooBench-{n} dataset, ",
    "FooBench-{n}, ",
    "on FooBench-{n} and ",
    "we introduce LumoNet-{n} (LN-{n}), a model, ",
    "LumoNet (LumoNet) ",
    "(LumoNet ",
    "A100 GPUs, ",
    "A100 ",
    "8x A100, ",
    "NVIDIA ",
    "github.com/a/b ",
    "https://a.org/{n} ",
    "a.b.",
    "http://",
    "$5\\times$ ",
    "$",
    "$$",
    "{",
    "}",
    "\\textbf{",
    "\\textbf{5} ",
    "<b>",
    "<b>5</b> ",
    "&lt;",
    "^{",
    "_{5}",
    "e.g. ",
    "J. ",
    "A.",
    "1.",
    "1,",
    "1, ",
    "5-",
    "-5",
    "5/",
    "/5",
    "5--",
    "5%",
    "(5%) ",
    "((",
    "))",
    "[1] ",
    "by 5% to ",
    "by 5% and ",
    "reduces ",
    "reduces latency ",
    "reduces latency and ",
    "reduces latency by 5% ",
    "compared to Foo ",
    "than ",
    "than the ",
    "over ",
    "over the baseline ",
    "of ",
    "the ",
    "a",
    "A ",
    "a-",
    "-a",
    "Foo-",
    "Foo/",
    "Foo ",
    "FooBar",
    "foo\n",
    "\n",
    "\n\n",
    " ",
    "\t",
    "\r\n",
    "\u00a0",
    "\u00ad",
    "\u200b",
    "thr-\n",
    "through- put ",
    "two hundred ",
    "two ",
    "hundred ",
    "twenty-one ",
    "one third of ",
    "million ",
    "order of magnitude ",
    "5 million parameters ",
    "7B ",
    "7B model ",
    "7B and ",
    "Foo-7B ",
    "Foo 7B, ",
    "10^{5} ",
    "10^",
    "1e5 ",
    "5e",
    "5 \\pm 1 ",
    "5 ± 1 ",
    "± ",
    "~5 ",
    "≈5x ",
    ">5 ",
    "→ ",
    "5 → ",
    "5 → 7, ",
    "5 ms ",
    "5 ms, ",
    "5 GB and ",
    "5 m/s ",
    "5 GB/s per ",
    "$5 ",
    "5 USD, ",
    "5 tokens per second ",
    "per ",
    "90.1/80.2/",
    "90.1/80.2/70.3 on A/B/C, ",
    "respectively, ",
    "90% and 80% on A and B, respectively, ",
    "BLEU ",
    "F1 ",
    "F1 of 90.1, ",
    "F1 (90.1), ",
    "Top-1 ",
    "mAP@50 ",
    "R^2 = 0.9 ",
    "which ",
    "that is ",
    "and ",
    "where it was 90% and it is ",
    "respectively; ",
    "; ",
    ", ",
    ": ",
    "? ",
    "! ",
    ". ",
    '" ',
    "“",
    "' ",
    "'s ",
)


@dataclass(frozen=True)
class Growth:
    """What one phrase takes, by size in kilobytes; a size that took too long is given the time limit."""

    sort: str
    phrase: str
    seconds: dict[int, float]

    def scaled(self, factor: float) -> Growth:
        """Returns the same with other times."""
        return Growth(self.sort, self.phrase, {size: taken * factor for size, taken in self.seconds.items()})

    @property
    def growth(self) -> float:
        """How many times faster than the text the time grows, from the first size to the last."""
        (small, first), (large, last) = min(self.seconds.items()), max(self.seconds.items())
        return last / first / (large / small)

    @property
    def per_100_kb(self) -> float:
        """Seconds for 100 kB, at the worst size above the first, if there are several."""
        sizes = list(self.seconds.items())
        return max(seconds * 100 / size for size, seconds in sizes[1:] or sizes)

    @property
    def is_bad(self) -> bool:
        """Whether it grows faster than it may, or takes longer."""
        return self.grows or self.per_100_kb > SECONDS

    @property
    def grows(self) -> bool:
        """Whether it grows faster than it may; what takes next to nothing only outgrows a cache."""
        return self.growth > GROWTH and self.per_100_kb > NEXT_TO_NOTHING


def phrases(sorts: list[str]) -> Iterator[tuple[str, str]]:
    """Yields the phrases of some sorts."""
    if "seeds" in sorts:
        yield from (("seed", phrase) for phrase in SEEDS)
    ruleset = builtin_engine().ruleset
    if "rules" in sorts:
        for rule in ruleset.tested:
            yield from (("rule " + rule.id, example.text.rstrip(". ") + " ") for example in rule.examples)
    if "words" in sorts:
        document = builtin().document("lexicon")
        words = itertools.chain(*(document[part].values() for part in ("words", "nouns", "verbs")))
        for word in dict.fromkeys(itertools.chain(*words)):
            yield "word", f"{word} "
            yield "word", f"{word} of 90.1% "
            yield "word", f"by 3x {word} FooNet, "


def text_of(phrase: str, kilobytes: int) -> str:
    """Repeats a phrase up to a size; ``{n}`` is a number that counts up."""
    count = kilobytes * KILOBYTE // len(phrase) + 1
    if "{n}" in phrase:
        return "".join(phrase.replace("{n}", str(n)) for n in range(count))
    return phrase * count


def measure(sort: str, phrase: str, sizes: list[int], limit: float) -> Growth:
    """Measures one phrase, in runs of the loop; larger sizes than one that took too long are not tried."""
    taken: dict[int, float] = {}
    for _ in range(_ATTEMPTS):
        for size in sizes:
            seconds, loops = _time(text_of(phrase, size), limit)
            taken[size] = min(loops, taken.get(size, loops))
            if seconds >= limit:
                return Growth(sort, phrase, taken)
        if not Growth(sort, phrase, taken).scaled(_PACE.fast).is_bad:
            break
    return Growth(sort, phrase, taken)


class _Pace:
    """How fast the machine is: what the loop takes just now, and what it takes when the machine is fast."""

    def __init__(self) -> None:
        self._seen: list[float] = []

    @property
    def fast(self) -> float:
        """The lower quartile of all that was seen."""
        return sorted(self._seen)[len(self._seen) // 4]

    def now(self) -> float:
        """Runs the loop and returns its time."""
        start, total = time.process_time(), 0
        for number in range(_LOOP):
            total += number & 1
        taken = max(time.process_time() - start, _SHORTEST)
        self._seen.append(taken)
        return taken


_PACE = _Pace()


def _time(text: str, limit: float) -> tuple[float, float]:
    """Returns the processor time that reading a text takes, or the limit; and the same in runs of the loop.

    A clock of processor time may tick every 4 ms only, so that a short text is read again and again.
    """
    pace = _PACE.now()
    start, count = time.process_time(), 0
    try:
        signal.setitimer(signal.ITIMER_PROF, limit, _AGAIN)
        try:
            while not count or time.process_time() - start < _LONG_ENOUGH:
                extractor.parse(text)
                count += 1
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except TimeoutError:
        signal.setitimer(signal.ITIMER_PROF, 0)
        return limit, limit / pace
    taken = max(_SHORTEST, (time.process_time() - start) / count)
    return min(limit, taken), taken * 2 / (pace + _PACE.now())


def _stop(_signum: int, _frame: object) -> None:
    raise TimeoutError


def calls(text: str) -> int:
    """Counts the calls of functions that reading a text takes, which hang on no machine."""
    made = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        extractor.parse(text)
    finally:
        sys.setprofile(None)
    return made


def report_calls(wanted: list[tuple[str, str]], sizes: list[int], show: int) -> int:
    """Prints calls for each character, and how much faster than the text they grow; returns the exit code."""
    found: list[tuple[float, float, str]] = []
    for _, phrase in wanted:
        first, last = text_of(phrase, sizes[0]), text_of(phrase, sizes[-1])
        extractor.parse(first)  # what is remembered of words and patterns
        few, many = calls(first) / len(first), calls(last) / len(last)
        found.append((many / few, many, phrase))
    for growth, many, phrase in sorted(found, reverse=True)[:show]:
        print(f"{growth:.2f} times linear, {many:.0f} calls for each character: {phrase!r}")
    half, most = median(many for _, many, _ in found), max((many, phrase) for _, many, phrase in found)
    print(f"\n{len(found)} phrases; median {half:.0f} calls for each character, {most[0]:.0f} of {most[1]!r}")
    return int(max(found)[0] > GROWTH)


def main(arguments: list[str] | None = None) -> int:
    """Measures what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--what", default="seeds,rules,words", help="which phrases (default: %(default)s)")
    parser.add_argument("--sizes", default="10,100", help="kilobytes, rising (default: %(default)s)")
    parser.add_argument("--sample", type=int, help="measure so many of a sort, by chance, if there are more")
    parser.add_argument("--limit", type=float, default=20.0, help="seconds for a text (default: %(default)s)")
    parser.add_argument("--show", type=int, default=25, help="how many of the worst (default: %(default)s)")
    parser.add_argument("--calls", action="store_true", help="count calls instead of seconds")
    parser.add_argument("phrase", nargs="*", help="phrases instead of these")
    chosen = parser.parse_args(arguments)
    sizes = [int(size) for size in chosen.sizes.split(",")]
    wanted = [("given", each) for each in chosen.phrase]
    for sort in () if wanted else chosen.what.split(","):
        wanted += _sampled(list(phrases([sort])), chosen.sample)
    if chosen.calls:
        return report_calls(wanted, sizes, chosen.show)
    signal.signal(signal.SIGPROF, _stop)
    extractor.parse(text_of("LumoNet is 3x faster than TessaNet on ImageNet. ", 10))
    in_loops = [_told(measure(sort, phrase, sizes, chosen.limit)) for sort, phrase in wanted]
    print(f"The loop of {_LOOP:,} additions takes {_PACE.fast * 1000:.1f} ms when it is fast.\n")
    return report([each.scaled(_PACE.fast) for each in in_loops], sizes, chosen.show)


def _sampled(wanted: list[tuple[str, str]], most: int | None) -> list[tuple[str, str]]:
    return random.Random(1).sample(wanted, most) if most and most < len(wanted) else wanted


def _told(in_loops: Growth) -> Growth:
    """Tells at once of a phrase that is too slow, by what is known of the machine so far."""
    found = in_loops.scaled(_PACE.fast)
    if found.is_bad:
        what = f"{found.per_100_kb:.2f} s per 100 kB, {found.growth:.2f} times linear"
        print(f"{what}: {found.phrase!r} ({found.sort})", file=sys.stderr)
    return in_loops


def report(found: list[Growth], sizes: list[int], show: int) -> int:
    """Prints the worst phrases and the whole; returns the exit code."""
    bad = [each for each in found if each.is_bad]
    print(
        "| phrase | of | "
        + " | ".join(f"s, {size} kB" for size in sizes)
        + " | s per 100 kB | times linear |"
    )
    print("| --- | --- |" + " --: |" * (len(sizes) + 2))
    worst = sorted(found, key=lambda each: -max(each.growth / GROWTH, each.per_100_kb / SECONDS))
    for each in worst[:show]:
        times = " | ".join(f"{each.seconds[size]:.3f}" if size in each.seconds else "-" for size in sizes)
        print(f"| {each.phrase!r} | {each.sort} | {times} | {each.per_100_kb:.2f} | {each.growth:.2f} |")
    half = median(each.per_100_kb for each in found), median(each.growth for each in found)
    print(f"\n{len(found)} phrases, median {half[0]:.2f} s per 100 kB and {half[1]:.2f} times linear;")
    print(f"{sum(each.grows for each in found)} grow by more than {GROWTH} times linear,", end=" ")
    print(f"{sum(each.per_100_kb > SECONDS for each in found)} take over {SECONDS:g} s per 100 kB")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
