import numpy as np
import pytest

from recsys.core.entities import Request
from recsys.core.types import HOUR, PAD
from recsys.engine.engine import Engine
from recsys.ranking.ensemble import DEFAULT
from recsys.ranking.features import Feature, features_of, matrix
from recsys.ranking.pool import NOT_LISTED, Pool, build_pool
from recsys.retrieval.moment import Moment

FEATURES = features_of(DEFAULT.settings.retrievers)


def named(*names: str) -> tuple[Feature, ...]:
    return tuple(FEATURES[name] for name in names)


@pytest.fixture(scope="module")
def moment(engine: Engine) -> Moment:
    return engine.at(engine.start.time + 12 * HOUR)


@pytest.fixture(scope="module")
def pool(engine: Engine, moment: Moment) -> Pool:
    """Of all retrievers, also of the one that is only compared in this set."""
    users = np.unique(engine.replay.users)[:20]
    requests = [*(Request(user_id=int(engine.user_ids[user])) for user in users), Request()]
    visitors, _ = engine.visitors(requests, moment)
    return build_pool(moment, visitors)


def test_the_pool_is_the_lists_joined_in_order(pool: Pool) -> None:
    for row in range(len(pool.visitors)):
        expected: list[int] = []
        for candidates in pool.candidates.values():
            expected += [i for i in candidates.items[row].tolist() if i != PAD and i not in expected]
        mine = slice(int(pool.starts[row]), int(pool.starts[row + 1]))
        assert pool.items[mine].tolist() == expected
        assert (pool.rows[mine] == row).all()
        assert len(expected) <= 800


@pytest.mark.parametrize("name", [name for name, one in FEATURES.items() if one.new_visitor_value is not None])
def test_what_need_not_be_computed_of_who_has_read_nothing(engine: Engine, moment: Moment, name: str) -> None:
    visitors, _ = engine.visitors([Request(history=()), Request(history=(), overrides={"device": 1})], moment)
    new = build_pool(moment, visitors)
    computed = np.asarray(FEATURES[name].values(new), np.float32)
    assert np.array_equal(computed, np.full(len(new), FEATURES[name].new_visitor_value, np.float32), equal_nan=True)


def test_ranks_and_scores_are_those_of_the_lists(pool: Pool) -> None:
    for column, (name, candidates) in enumerate(pool.candidates.items()):
        for at in range(0, len(pool), 37):
            row, item = int(pool.rows[at]), int(pool.items[at])
            place = np.flatnonzero(candidates.items[row] == item)
            assert pool.ranks[at, column] == (place[0] + 1 if len(place) else NOT_LISTED)
            if len(place):
                assert pool.scores[at, column] == candidates.scores[row, place[0]]
        assert list(pool.moment.retrievers)[column] == name


def test_the_list_sizes_are_those_of_the_design() -> None:
    sizes = {name: settings.list_size for name, settings in DEFAULT.settings.retrievers.items()}
    assert sizes.items() >= {"item_cf": 300, "als": 100, "popularity": 200, "two_tower": 200}.items()


def test_a_part_of_a_pool_has_the_same_features(pool: Pool) -> None:
    """Training rows are drawn from the pool: what they say of it must not be of the draw."""
    some = np.arange(0, len(pool), 7)
    columns = tuple(FEATURES.values())
    assert np.array_equal(matrix(pool.only(some), columns), matrix(pool, columns)[some], equal_nan=True)


@pytest.mark.parametrize("name", FEATURES)
def test_what_is_worked_out_once_is_what_each_row_would_have(pool: Pool, name: str) -> None:
    """Whoever says that a feature depends on the article or the visitor alone is right."""
    of_each_row = np.asarray(FEATURES[name].values(pool), np.float32)
    of_each_row[np.isinf(of_each_row)] = np.nan
    assert np.array_equal(matrix(pool, named(name))[:, 0], of_each_row, equal_nan=True)


def test_every_feature_says_what_it_is() -> None:
    assert len(FEATURES) >= 30
    for one in FEATURES.values():
        assert one.label
        assert one.unit
        assert one.group
        assert one.meaning.endswith(".")
    assert len({one.label for one in FEATURES.values()}) == len(FEATURES)


def test_features_by_hand(engine: Engine, pool: Pool, moment: Moment) -> None:
    for at in range(0, len(pool), 101):
        row, item = int(pool.rows[at]), int(pool.items[at])
        history = pool.visitors.items[row][pool.visitors.items[row] != PAD]
        sections = engine.articles.sections

        def value(name: str, at: int = at) -> float:
            return float(matrix(pool, named(name))[at, 0])

        age = max(moment.time - engine.articles.published[item], 0) / HOUR  # some are clicked before they are out
        assert value("age") == pytest.approx(age, rel=1e-4)
        times = pool.visitors.times[row][: len(history)]
        assert value("gap") == pytest.approx((moment.time - times[0]) / HOUR if len(times) else np.nan, nan_ok=True)
        share = (sections[history] == sections[item]).mean() if len(history) else 0
        assert value("section_share") == pytest.approx(share)
        clicks = engine.histories.times(slice(None))
        ages = (moment.time - clicks[(engine.histories.items == item) & (clicks < moment.time)]) / HOUR
        decayed = np.log1p((2.0 ** (-ages / 2.0)).sum())
        assert value("clicks_2h") == pytest.approx(decayed, abs=0.05)
        known = clicks < moment.time
        assert value("clicks_ever") == pytest.approx(np.log1p((known & (engine.histories.items == item)).sum()))
        assert value("seen_for") == pytest.approx(ages.max(), rel=1e-4)
        assert value("section") == sections[item]


def test_ranks_count_the_articles_before(pool: Pool, moment: Moment) -> None:
    live = moment.live.items
    clicks = moment.retrievers["popularity"].counts["overall"].lookup(0, live)[0]  # type: ignore[attr-defined]
    published = moment.live.published(live)
    popular, newer = matrix(pool, named("popularity_rank", "newer")).T
    for at in range(0, len(pool), 101):
        position = pool.positions[at]
        assert newer[at] == (published > published[position]).sum()
        assert (clicks > clicks[position]).sum() <= popular[at] < (clicks >= clicks[position]).sum()


def test_shares_by_section_multiply_to_the_share_of_all_clicks(pool: Pool, moment: Moment) -> None:
    of_section, within = matrix(pool, named("section_clicks", "share_of_section")).T
    clicks = moment.retrievers["popularity"].counts["overall"].lookup(0, moment.live.items)[2]  # type: ignore[attr-defined]
    assert of_section * within == pytest.approx((clicks / clicks.sum())[pool.positions], abs=1e-6)


def test_the_closest_of_the_last_clicks_is_at_least_as_close_as_the_last(pool: Pool) -> None:
    last, closest = matrix(pool, named("als_last", "als_closest")).T
    known = ~np.isnan(last)
    assert known.any()
    assert (closest[known] >= last[known] - 1e-6).all()
    assert (closest[known] > last[known] + 1e-3).any()


def test_somebody_new_lacks_what_a_history_tells(pool: Pool) -> None:
    new = len(pool.visitors) - 1
    mine = pool.rows == new
    assert mine.any()
    assert np.isnan(matrix(pool, named("gap", "score_als", "als_last", "als_closest"))[mine]).all()
    assert (matrix(pool, named("visit", "knn", "tower_history"))[mine] == 0).all()


@pytest.mark.parametrize("left_out", list(DEFAULT.kinds))
def test_an_ensemble_without_a_retriever_has_the_features_of_the_others(pool: Pool, left_out: str) -> None:
    smaller_ensemble = DEFAULT.without_retriever(left_out)
    assert 10 < len(smaller_ensemble.features) < len(DEFAULT.features)
    others = {name: pool.moment.retrievers[name] for name in smaller_ensemble.kinds}
    smaller = build_pool(Moment(pool.live, others), pool.visitors)
    assert matrix(smaller, smaller_ensemble.features).shape == (len(smaller), len(smaller_ensemble.features))
    kept = {feature.name for feature in smaller_ensemble.features}
    for feature in DEFAULT.features:
        if feature.name not in kept:
            with pytest.raises((KeyError, ValueError)):
                feature.function(smaller)


def test_a_group_left_out_takes_its_features_along() -> None:
    for group in {feature.group for feature in FEATURES.values()}:
        kept = DEFAULT.without_group(group).features
        assert {one.group for one in kept} == {one.group for one in DEFAULT.features} - {group}


def test_the_relative_score_is_1_for_the_best_of_a_list(pool: Pool) -> None:
    for name in ("item_cf", "popularity"):
        relative = matrix(pool, named(f"relative_{name}"))[:, 0]
        first = pool.rank(name) == 1
        assert first.any()
        assert relative[first] == pytest.approx(1)
        assert (relative[pool.rank(name) != NOT_LISTED] <= 1 + 1e-6).all()
