"""A small literature for the atlas, with a title that would like to be markup."""

from __future__ import annotations

from extractor import Extraction, parse_many

HOSTILE = "<img src=x onerror=window.broken=1> %{x} & co"
PAPERS = [
    {
        "id": "2401.00001",
        "title": HOSTILE,
        "abstract": "LumoNet, a 7B model, is 3x faster than BarNet on an A100. "
        "It reaches an accuracy of 85.5% on FooBench.",
    },
    {
        "id": "2401.00002",
        "title": "TessaNet on an FPGA",
        "abstract": "TessaNet is 20x faster than BarNet. It was built for an FPGA. "
        "Code is available at https://github.com/tessa/net.",
    },
    {
        "id": "2402.00003",
        "title": "BarNet",
        "abstract": "BarNet reaches an accuracy of 91.0% on FooBench. "
        "The FooBench benchmark is hard, and needs a 70B model.",
    },
    {
        "id": "2503.00004",
        "title": "QuuxNet",
        "abstract": "QuuxNet needs 40% less memory than BarNet on a GPU.",
    },
    {"id": "no-month", "title": "No month", "abstract": "ZippyNet is 2x faster than BarNet."},
]


def sample() -> list[Extraction]:
    return list(parse_many(PAPERS))
