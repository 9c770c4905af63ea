"""Metrics of many fields are read as such where only the list of metrics can say so."""

from __future__ import annotations

import pytest

import extractor

METRICS = (
    "cpWER minDCF BLEURT xCOMET PIQE HPSv2 ERGAS sMAPE CRPS AUSE clDice SROCC DockQ pass^4 nDCG@10 GAUC "
    "AMOTP EPDMS nDTW SI-SDRi ViSQOL FActScore JGA TEDS APCER"
).split()
FRAMES = (
    "LumoNet raises {} from 0.51 to 0.62 on FooBench.",
    "With hints, {} is 0.62 for LumoNet and 0.51 for TessaNet.",
)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("frame", FRAMES)
def test_levels_of_a_metric_are_scores(metric: str, frame: str) -> None:
    found = [claim for claim in extractor.parse(frame.format(metric)).claims if claim.kind == "score"]
    assert sorted(claim.value for claim in found) == [0.51, 0.62]
    assert {claim.metric for claim in found} == {metric}


@pytest.mark.parametrize("metric", ["MPVPE", "minFDE", "HD95", "RMSD"])
def test_errors_are_scores_in_their_units(metric: str) -> None:
    found = extractor.parse(f"LumoNet reaches a {metric} of 4.2 mm on FooBench.").claims
    assert [getattr(claim, "metric", claim) for claim in found if claim.kind != "dataset"] == [metric]
    assert not any(claim.kind == "quantity" for claim in found)
