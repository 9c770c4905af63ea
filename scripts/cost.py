"""Prints what reading many abstracts costs, as a Markdown table.

usage: cost.py RATE [PRICE]
RATE: abstracts a second on one core, as scripts/bench.py measures it; PRICE: of a core-hour, in dollars.
"""

from __future__ import annotations

import sys

SIZES = {"arXiv, 2.7 million": 2_700_000, "Semantic Scholar, 250 million": 250_000_000}
CORES = (4, 16, 64)
PRICE = 0.05


def table(rate: float, price: float) -> str:
    """Returns the table.

    Args:
        rate: Abstracts a second on one core.
        price: Of a core-hour.
    """
    headings = ["abstracts", "core-hours", "dollars", *(f"hours, {cores} cores" for cores in CORES)]
    lines = [
        f"At {rate:,.0f} abstracts a second on a core and {price:g} dollars a core-hour (put in your own):",
        "",
        f"| {' | '.join(headings)} |",
        "| --- " * len(headings) + "|",
    ]
    for name, papers in SIZES.items():
        hours = papers / rate / 3600
        times = " | ".join(f"{hours / cores:.2f}" for cores in CORES)
        lines.append(f"| {name} | {hours:.1f} | {hours * price:.2f} | {times} |")
    return "\n".join(lines)


def main() -> None:
    """Reads rate and price from the command line."""
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    print(table(float(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else PRICE))


if __name__ == "__main__":
    main()
