"""The gate: quality on a slice of the real log must hold."""

from pathlib import Path

import pytest

from benchmarks.gate import KEPT, TOLERATED, measure
from recsys.evaluation.report import BacktestReport


@pytest.mark.real
def test_the_ensemble_holds_its_figure_and_leads_on_the_real_log(globo: Path) -> None:
    now, kept = measure(globo), BacktestReport.read(KEPT)
    assert (now.windows, now.requests) == (kept.windows, kept.requests), "the slice itself has changed"
    for metric in ("ndcg@20", "hr@20"):
        assert now.results["ensemble"][metric] > TOLERATED * kept.results["ensemble"][metric]
        for name, figures in now.results.items():
            if name != "ensemble":
                assert now.results["ensemble"][metric] > figures[metric], name
