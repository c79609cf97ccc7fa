import pytest

from recsys.backtest.baselines.registry import BASELINES
from recsys.backtest.walk import measured_spans, measuring
from recsys.core.types import HOUR
from recsys.testing import small_log
from recsys.training.settings import WalkForwardSettings


def test_each_span_to_measure_comes_once_with_engines_that_know_what_was_before_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = small_log()
    walk = WalkForwardSettings(span_hours=6)
    start, end = log.end - 15 * HOUR, log.end
    ensembles = {"v-sknn": BASELINES["v-sknn"].ensemble}
    found = []
    for span, engines, report in measured_spans(walk, log, (start, end), ensembles):
        engine = engines["v-sknn"]
        assert engine.start.time == span[0]
        assert engine.can_replay(span[1])
        report(1.0)
        found.append(span)
    assert found == [(start, start + 6 * HOUR), (start + 6 * HOUR, start + 12 * HOUR), (start + 12 * HOUR, end)]
    said = capsys.readouterr().err
    assert said.count("Fitting") == 3, "what has no reranker needs no span before"
    assert all(measuring(span) in said for span in found)
