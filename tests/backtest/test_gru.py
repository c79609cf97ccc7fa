"""The recurrent network that is trained on every hour: its formula, what it learns, and when."""

import numpy as np
import pytest
import torch

from recsys.backtest.baselines import gru_network as network
from recsys.backtest.baselines.gru import GRU, GRUSettings
from recsys.backtest.baselines.gru_training import carried_over, initial
from recsys.core.types import HOUR
from recsys.data.click_log import ClickLog
from recsys.testing.conformance import RetrieverConformance
from tests.helpers import live_at, tiny_log, visitors_at

SMALL = GRUSettings(dimensions=8, batch=8, learning_rate=0.03, warm_up_hours=6)


class TestGRU(RetrieverConformance):
    kind = GRU


def habits(hours: int, also: list | None = None) -> ClickLog:
    """In every hour some read 1 and then 2, and as many 3 and then 4; reader 0 has 1 open."""
    rows = [
        (1 + one, 100 * hour + one, article, hour + 0.02 * one + 0.01 * place)
        for hour in range(hours)
        for one in range(40)
        for place, article in enumerate((1, 2) if one % 2 else (3, 4))
    ]
    return tiny_log([*rows, *(also or []), (0, 9_999, 1, 0.95)])


def fitted(log: ClickLog, hours: float) -> GRU:
    live = live_at(log, hours)
    return GRU.fit(SMALL, log.before(live.moment), live, lambda _: None)


def scores_of(model: GRU, log: ClickLog, hours: float) -> dict[int, float]:
    return dict(zip(model.live.items.tolist(), model.scores(visitors_at(log, [0], hours))[0].tolist(), strict=True))


def test_its_states_are_those_of_the_library() -> None:
    luck = np.random.default_rng(1)
    weights = initial(6, 3, seed=5)
    known = np.array([[True] * 4, [True, True, False, False]])
    read, contexts = luck.normal(size=(2, 4, 6)).astype(np.float32), luck.integers(0, 300, (2, 6))
    theirs = torch.nn.GRU(6, 6, batch_first=True)
    names = {"weight_ih_l0": "gates_read", "weight_hh_l0": "gates_state"}
    names |= {"bias_ih_l0": "gates_read_bias", "bias_hh_l0": "gates_state_bias"}
    theirs.load_state_dict({one: torch.from_numpy(weights[mine].T.copy()) for one, mine in names.items()})
    start = torch.from_numpy(weights["context"][contexts].sum(1))
    with torch.no_grad():
        expected = theirs(torch.from_numpy(read), start[None])[0].numpy()
    found = network.states(np, weights, read, known, contexts)
    assert np.allclose(np.stack(found, axis=1)[0], expected[0], atol=1e-5)
    assert np.allclose(found[-1][1], expected[1, 1], atol=1e-5)  # without a click the state stays
    tensors = {name: torch.from_numpy(one) for name, one in weights.items()}
    in_torch = network.states(
        torch, tensors, torch.from_numpy(read), torch.from_numpy(known), torch.from_numpy(contexts)
    )
    assert np.allclose(in_torch[-1].numpy(), found[-1], atol=1e-5)


def test_it_learns_what_follows_what() -> None:
    log = habits(6)
    found = scores_of(fitted(log, 6), log, 6.6)
    assert max(found, key=lambda article: found[article]) == 2
    assert found[4] < found[2] - 1


def test_it_learns_when_an_hour_is_over() -> None:
    log = habits(6, also=[(50 + one, 5_000 + one, article, 4.1) for one in range(40) for article in (1, 5)])
    at_four, later = fitted(log, 4), fitted(log, 4.9)
    assert later.trained == at_four.trained == live_at(log, 4).moment // HOUR * HOUR
    assert later.in_play.tolist() == [1, 2, 3, 4]
    whole = later.advance(log.clicks.between(later.live.moment, live_at(log, 5).moment), log.histories, live_at(log, 5))
    assert whole.in_play.tolist() == [1, 2, 3, 4, 5]
    assert scores_of(whole, log, 5.1)[5] > scores_of(whole, log, 5.1)[4]


def test_hour_by_hour_comes_to_the_same_as_at_once() -> None:
    log = habits(6)
    stepwise = fitted(log, 2)
    for hours in (2.5, 3, 4.25, 5):
        live = live_at(log, hours)
        stepwise = stepwise.advance(log.clicks.between(stepwise.live.moment, live.moment), log.histories, live)
    start, live = fitted(log, 2), live_at(log, 5)
    at_once = start.advance(log.clicks.between(start.live.moment, live.moment), log.histories, live)
    assert scores_of(stepwise, log, 5.1) == pytest.approx(scores_of(at_once, log, 5.1), abs=1e-6)


def test_a_new_article_begins_with_its_sections_vector() -> None:
    weights = initial(4, 2, seed=1) | {
        "article": np.arange(8, dtype=np.float32).reshape(2, 4),
        "bias": np.array([1.0, 3.0], np.float32),
    }
    found = carried_over(weights, np.array([3, 7], np.int32), np.array([5, 7, 9], np.int32))
    assert found["article"].tolist() == [[0] * 4, [4, 5, 6, 7], [0] * 4]
    assert found["bias"].tolist() == [2, 3, 2]
    assert found["out"] is weights["out"]


def test_after_a_silent_day_everything_is_as_likely_as_before_anybody_clicked() -> None:
    log = habits(2)
    found = scores_of(fitted(log, 40), log, 40)
    assert len(fitted(log, 40).in_play) == 0
    assert np.isfinite(list(found.values())).all()
