from dataclasses import replace

import numpy as np
import pytest

from recsys.analysis.article_maps import ArticleMapSettings
from recsys.analysis.sample_visits import SampleVisit
from recsys.artifacts.store import LoadedSet
from recsys.core.entities import ENSEMBLE, Request
from recsys.core.types import HOUR
from recsys.data.click_log import ClickLog
from recsys.data.next_click import next_click_tasks
from recsys.engine.candidates import CandidateEngine
from recsys.engine.engine import Engine
from recsys.errors import InputError
from recsys.ranking.ensemble import DEFAULT, Ensemble
from recsys.ranking.training_set import TrainingSetSettings
from recsys.testing import small_log
from recsys.training.examples import make_training_set, sample_training_tasks
from recsys.training.pipeline import train
from recsys.training.settings import HoldoutSettings
from tests.shared import SMALL


def silent(share: float) -> None:
    assert 0 <= share <= 1.0001


def test_the_ensemble_beats_every_retriever_alone(loaded: LoadedSet) -> None:
    metrics = loaded.manifest.metrics
    assert set(metrics) == {ENSEMBLE, *DEFAULT.kinds}
    for name in metrics:
        if name != "ensemble":
            assert metrics["ensemble"]["ndcg@20"] > metrics[name]["ndcg@20"]


def test_rows_are_real_clicks_among_what_retrieval_brought_up(engine: Engine, log: ClickLog) -> None:
    few = TrainingSetSettings(tasks_per_hour=40)
    drawn = sample_training_tasks(few, next_click_tasks(log), engine.start.time, engine.start.time + 3 * HOUR)
    ranks = tuple(f"rank_{name}" for name in engine.suggesting)
    ensemble = Ensemble.of(engine.ensemble.settings.model_copy(update={"features": ranks}))
    only_ranks = CandidateEngine(engine.dataset, ensemble, engine.knowledge, engine.moments)
    rows = make_training_set(only_ranks, drawn, silent)
    assert rows.features.shape == (len(rows), len(ranks))
    assert rows.sizes.sum() == len(rows)
    groups = np.repeat(np.arange(len(rows.sizes)), rows.sizes)
    assert (np.bincount(groups, rows.clicked) == 1).all(), "one article was opened for each task"
    assert (rows.features.min(axis=1) <= 300).all(), "some retriever has listed it"
    assert 0 < len(rows.sizes) <= len(drawn)


def test_rows_are_drawn_from_each_hour_and_first_clicks_are_rarer(log: ClickLog) -> None:
    tasks = next_click_tasks(log)
    end = log.end
    drawn = sample_training_tasks(TrainingSetSettings(tasks_per_hour=20), tasks, end - 24 * HOUR, end)
    window = tasks.rows((tasks.openings >= end - 24 * HOUR) & (tasks.openings < end))
    assert 0 < (drawn.position == 0).mean() < 0.7 * (window.position == 0).mean()
    assert (drawn.times < end).all(), "what is clicked after the span is not known at its end"
    _, per_hour = np.unique(drawn.moments, return_counts=True)
    assert per_hour.max() == 20


def test_the_same_log_trains_to_the_same_metrics() -> None:
    few = {
        "holdout": HoldoutSettings(tasks_per_hour=20, sample_visits=10),
        "article_maps": ArticleMapSettings(articles=0),
    }
    quick = SMALL.model_copy(update={"training_set": TrainingSetSettings(tasks_per_hour=60), **few})
    one, other = (train(small_log(), quick, show=False) for _ in range(2))
    assert one.holdout.metrics() == other.holdout.metrics()
    assert one.engine.reranker.forest == other.engine.reranker.forest
    for part in ("first_stage", "network"):
        mine, theirs = (getattr(trained.engine.reranker, part).state() for trained in (one, other))
        assert all(np.array_equal(mine[name], theirs[name]) for name in mine | theirs)
    assert one.visits == other.visits


def test_a_log_too_short_is_a_sentence(log: ClickLog) -> None:
    first = int(log.clicks.times[0])
    with pytest.raises(InputError, match="The log begins at"):
        train(log, until=first + 10 * HOUR, show=False)
    with pytest.raises(InputError, match="no clicks in the hours before"):
        train(log, until=log.end + 400 * HOUR, show=False)


def test_the_visits_are_what_a_page_shows_at_their_moment(loaded: LoadedSet) -> None:
    assert len(loaded.visits) > 100
    assert [visit.as_of for visit in loaded.visits] == sorted(visit.as_of for visit in loaded.visits)
    for visit in loaded.visits[::40]:
        answer = loaded.engine.recommend(Request(visit.user_id, as_of=visit.as_of, beside=True))
        assert answer.ground_truth is not None
        assert visit.ranks == answer.ranks_of(answer.ground_truth)


def test_every_visit_of_the_showcase_shows_what_it_promises(loaded: LoadedSet) -> None:
    assert loaded.showcase
    for visit in loaded.showcase[:5]:
        answer = loaded.engine.recommend(Request(visit.user_id, as_of=visit.as_of, beside=True))
        assert answer.ground_truth in answer.articles
        for candidates in answer.ranking.pool.lists.values():
            assert answer.ground_truth not in loaded.engine.articles.ids[candidates.items[0, :10]]


def test_a_visits_best_single_place() -> None:
    visit = SampleVisit(1, 2, 9, {"ensemble": 3, "item_cf": 0, "als": 12, "popularity": 40}, "shown", {})
    assert (visit.best_alone, visit.only_reranked) == (12, True)
    assert not replace(visit, ranks=visit.ranks | {"als": 10}).only_reranked
    assert not replace(visit, ranks=visit.ranks | {"ensemble": 11}).only_reranked
    nowhere = replace(visit, ranks={"ensemble": 3, "item_cf": 0})
    assert (nowhere.best_alone, nowhere.only_reranked) == (0, True)


def test_articles_of_one_map_are_those_of_the_other_and_near_where_their_vectors_are(loaded: LoadedSet) -> None:
    maps = loaded.maps
    assert set(maps.coordinates) == {"als", "two_tower"}
    retrievers = loaded.engine.at(loaded.engine.end).retrievers
    for name, coordinates in maps.coordinates.items():
        assert coordinates.shape == (len(maps.items), 2)
        vectors = retrievers[name].article_vectors[maps.items]
        nearest = np.argsort(-(vectors @ vectors.T), axis=1)[:, 1]
        apart = np.linalg.norm(coordinates[:, None] - coordinates[None], axis=2)
        assert np.median(apart[np.arange(len(coordinates)), nearest]) < 0.2 * np.median(apart), name
