"""The published session kNNs, tuned."""

from benchmarks.tune_peers import KINDS, RANGES, drawn, tune
from recsys.testing import small_log


def test_draws_stay_in_their_ranges_and_begin_with_what_there_is() -> None:
    for name, kind in KINDS.items():
        first, *others = drawn(kind, RANGES[name], 20)
        assert first == kind.Settings()
        for settings in others:
            for one, (low, high) in RANGES[name].items():
                assert low - 0.5 <= getattr(settings, one) <= high + 0.5
        assert others == drawn(kind, RANGES[name], 20)[1:]


def test_the_best_settings_come_first_and_what_there_is_is_among_them() -> None:
    found = tune(small_log(), (50, 54), draws=3, limit=15)
    assert set(found.found) == set(KINDS)
    for name, draws in found.found.items():
        scores = [score for score, _ in draws]
        assert scores == sorted(scores, reverse=True)
        assert 0 < scores[0] < 1
        now = KINDS[name].Settings().model_dump(mode="json")
        assert {one: now[one] for one in RANGES[name]} in [settings for _, settings in draws]
