"""Links of values in the sentences of ordinary papers: lists in turn, long forms, examples of a class."""

from __future__ import annotations

import pytest

from extractor.engine import parse

# A sentence, an attribute, and what each value has.
SENTENCES = [
    (
        "OakNet has an accuracy of 0.91 and a recall of 0.84, compared to 0.72 and 0.65 for trees.",
        "metric",
        {"0.91": "accuracy", "0.84": "recall", "0.72": "accuracy", "0.65": "recall"},
    ),
    ("Its Signal-to-Noise Ratio (SNR) of 31 dB is new.", "metric", {"31 dB": "Signal-to-Noise Ratio"}),
    ("Its average Odd Bird Score (OBS) is 0.7.", "metric", {"0.7": "average Odd Bird Score"}),
    ("It cuts the cost per correct answer by 30%.", "metric", {"30%": "cost per correct answer"}),
    (
        "It brings improvements of 2.5x and 30% in terms of latency and energy use, respectively.",
        "metric",
        {"2.5x": "latency", "30%": "energy use"},
    ),
    ("OakNet has lower drift than Elm (3x lower on TessaBench).", "metric", {"3x": "drift"}),
    ("It reaches an F1 of 0.62, a relative improvement of 8%.", "metric", {"0.62": "F1", "8%": "F1"}),
    ("It cuts the fraction of late replies from 13% to 8%.", "metric", {"13%": "fraction of late replies"}),
    (
        "OakNet cuts the failure rate to 0.11 and late exposure to 0.12, keeping soil utility at 0.9.",
        "metric",
        {"0.11": "failure rate", "0.12": "late exposure", "0.9": "soil utility"},
    ),
    (
        "OakNet has a score of 0.80, with high leaf relevancy (0.85) and trees (0.61).",
        "metric",
        {"0.85": "leaf relevancy"},
    ),
    ("Elm has the highest VTX (0.59), and OakNet reaches the lowest (0.29).", "metric", {"0.29": "VTX"}),
    (
        "Elm has 90% accuracy, but its performance collapses to 12% on farms.",
        "metric",
        {"12%": "performance"},
    ),
    ("It cuts the late share by 40% (0.208 vs. 0.352).", "metric", {"0.208": "late share"}),
    ("It has 71% recall, and OakNet has 82%, a 15% relative improvement.", "metric", {"15%": "recall"}),
    ("It holds Elm to 19.4% harm and all nine other subjects to 20%.", "metric", {"20%": "harm"}),
    ("It has 46% and 20% Avg@4 gains on two farms.", "metric", {"20%": "Avg@4"}),
    ("It has 0.3 dB SNR gains over random codes (mean 0.45 dB).", "baseline", {"0.3 dB": "random codes"}),
    ("Elm gains 5.5 points with one leaf.", "metric", {"5.5 points": None}),
    ("It has 35% lower cost, beating training from scratch.", "baseline", {"35%": "training from scratch"}),
    ("An agent with a top-k tool reaches only 27.5%.", "metric", {"27.5%": None}),
    (
        "OakNet shows improvements of 3% and 5% in leaf and branch recall.",
        "metric",
        {"3%": "recall", "5%": "branch recall"},
    ),
    (
        "It raises leaf count (LC) by 6% and gross profit (GP) by 1%.",
        "metric",
        {"6%": "leaf count", "1%": "gross profit"},
    ),
    ("OakNet gives a 16% improvement over Elm.", "metric", {"16%": None}),
    (
        "OakNet improves pass rates: +4.9 and +8.1 pp on two farms.",
        "metric",
        {"+4.9": "pass rates", "+8.1 pp": "pass rates"},
    ),
    ("In terms of mean drift, OakNet shows a 38% reduction.", "metric", {"38%": "mean drift"}),
    ("OakNet improves leaf warmth on farms, with gains of 3%.", "metric", {"3%": "leaf warmth"}),
    ("On two farms, Elm-32B-Instruct improved by 10%.", "metric", {"10%": None}),
    ("It reduces mean leaf drift from 0.48 on farms to 0.37.", "metric", {"0.37": "mean leaf drift"}),
    ("OakNet cuts drift by 7 points over six planting epochs.", "baseline", {"7 points": None}),
    (
        "It has 3x lower drift than prior leading trees and shrubs.",
        "baseline",
        {"3x": "prior leading trees and shrubs"},
    ),
    (
        "It cuts drift by 33% compared to sampling on the bare soil.",
        "baseline",
        {"33%": "sampling on the bare soil"},
    ),
    ("It is 3x faster than rival systems such as Elm and Ash.", "baseline", {"3x": "rival systems"}),
    ("It is 3x faster than the best earlier system OakNet.", "baseline", {"3x": "OakNet"}),
    ("It gains 3% recall over trees, which gained only 1% recall.", "baseline", {"3%": "trees", "1%": None}),
    ("We gain 3% on FooBench with trees, outperforming ElmNet, with 72% recall.", "subject", {"72%": None}),
    ("On eight A100s, OakNet is 3x faster than Elm on a V100.", "hardware", {"3x": "A100"}),
    ("Our FPGA design is 3x faster than a CPU.", "hardware", {"3x": "FPGA"}),
    (
        "LumoNet, OakNet and ElmNet reach 71.2, 73.4 and 76.0 on FooBench, respectively.",
        "subject",
        {"71.2": "LumoNet", "73.4": "OakNet", "76.0": "ElmNet"},
    ),
    (
        "LumoNet and OakNet are 2.1x and 3.5x faster than Elm, respectively.",
        "subject",
        {"2.1x": "LumoNet", "3.5x": "OakNet"},
    ),
    (
        "It brings 2.3x, 1.8x and 1.4x speedups over OakNet, ElmNet and AshNet.",
        "baseline",
        {"2.3x": "OakNet", "1.8x": "ElmNet", "1.4x": "AshNet"},
    ),
    ("It is 3x faster than a CPU baseline.", "hardware", {"3x": None}),
    ("It takes 31 ms on a V100 and 12 ms on an H100.", "hardware", {"31 ms": "V100", "12 ms": "H100"}),
    ("It runs at 30 FPS with 2 GB on one L40S GPU.", "hardware", {"30 FPS": "L40S", "2 GB": "L40S"}),
    ("It cuts GPU memory by 30% while the CPU idles.", "hardware", {"30%": "GPU"}),
    ("On MMLU, OakNet is 3x faster and needs 30% less memory.", "dataset", {"3x": "MMLU", "30%": "MMLU"}),
    ("It is 3x faster on GSM8K and 2x faster on MMLU.", "dataset", {"3x": "GSM8K", "2x": "MMLU"}),
    ("It cuts GSM8K by 30%, and runs for 3 h on a farm.", "dataset", {"30%": "GSM8K", "3 h": None}),
    ("ImageNet holds 1.2M images.", "dataset", {"1.2M images": "ImageNet"}),
    ("It wins on MMLU, while it runs at 30 FPS.", "dataset", {"30 FPS": None}),
    (
        "OakNet has 72% recall and 81% precision, compared to 52% and 61% for ElmNet.",
        "subject",
        {"72%": "OakNet", "81%": "OakNet", "52%": "ElmNet", "61%": "ElmNet"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "attribute", "words"), SENTENCES, ids=[row[0] for row in SENTENCES])
def test_links(text: str, attribute: str, words: dict[str, str | None]) -> None:
    claims = {claim.text: claim for claim in parse(text).claims}
    assert {value: getattr(claims[value], attribute, None) for value in words} == words
