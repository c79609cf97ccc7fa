"""What several ensembles have in common is worked out once."""

from dataclasses import replace

from recsys.core.progress import Report
from recsys.core.types import HOUR
from recsys.data.next_click import NextClickTasks
from recsys.engine.candidates import CandidateEngine
from recsys.ranking.ensemble import DEFAULT, Ensemble
from recsys.ranking.reranker_settings import RerankerSettings
from recsys.ranking.training_set import TrainingSet, TrainingSetSettings
from recsys.retrieval.base import Retriever
from recsys.testing import small_log
from recsys.training.backend import Fit, LocalBackend
from recsys.training.settings import WalkForwardSettings
from recsys.training.walk_forward import spans, walk_forward


class Counting(LocalBackend):
    def __init__(self) -> None:
        self.made: list[tuple[CandidateEngine, TrainingSet]] = []

    def training_set(self, engine: CandidateEngine, tasks: NextClickTasks, report: Report) -> TrainingSet:
        self.made.append((engine, super().training_set(engine, tasks, report)))
        return self.made[-1][1]


def with_settings(**changed: object) -> Ensemble:
    few = TrainingSetSettings(tasks_per_hour=20)
    return replace(DEFAULT, settings=DEFAULT.settings.model_copy(update={"training_set": few, **changed}))


def test_rows_are_made_once_for_rerankers_that_learn_from_the_same() -> None:
    log = small_log()
    walk = WalkForwardSettings(span_hours=12, training_spans=1)
    start = log.end - 12 * HOUR
    ensembles = {
        "small": with_settings(reranker=RerankerSettings(trees=5)),
        "smaller": with_settings(reranker=RerankerSettings(trees=3)),
        "other rows": with_settings(
            training_set=TrainingSetSettings(tasks_per_hour=10), reranker=RerankerSettings(trees=5)
        ),
    }
    backend = Counting()
    between = spans(walk, int(log.clicks.times[0]), start, log.end)
    *_, engines = walk_forward(walk, log, between, ensembles, start, lambda _: lambda _: None, backend=backend)
    assert [len(between), len(backend.made)] == [2, 2]
    assert {engine.ensemble.settings.training_set.tasks_per_hour for engine, _ in backend.made} == {10, 20}
    trees = {name: engine.reranker.trees for name, engine in engines.items()}  # type: ignore[attr-defined]
    assert trees == {"small": 5, "smaller": 3, "other rows": 5}


class Remembering(LocalBackend):
    def __init__(self) -> None:
        self.fits: list[tuple[str, int, int | None]] = []

    def fit(self, wanted: Fit, report: Report) -> Retriever:
        before = None if wanted.before is None else wanted.before.live.moment
        self.fits.append((wanted.kind.name, wanted.live.moment, before))
        return super().fit(wanted, report)


def test_every_part_goes_on_from_the_span_before_and_is_fitted_once() -> None:
    log = small_log()
    walk = WalkForwardSettings(span_hours=12, training_spans=1)
    start = log.end - 12 * HOUR
    alone = with_settings(features=(), retrievers={"two_tower": DEFAULT.settings.retrievers["two_tower"]})
    ensembles = {
        "alone": replace(alone, kinds={"two_tower": DEFAULT.kinds["two_tower"]}),
        "all": with_settings(reranker=RerankerSettings(trees=3)),
    }
    backend = Remembering()
    between = spans(walk, int(log.clicks.times[0]), start, log.end)
    *_, engines = walk_forward(walk, log, between, ensembles, start, lambda _: lambda _: None, backend=backend)
    first, second = (begin for begin, _ in between)
    names = sorted(DEFAULT.kinds)
    assert sorted(backend.fits) == sorted(
        [*((name, first, None) for name in names), *((name, second, first) for name in names)]
    )
    towers = [engine.start.retrievers["two_tower"] for engine in engines.values()]
    assert towers[0].towers is towers[1].towers


def test_who_is_only_compared_is_not_fitted_for_rows_that_never_read_them() -> None:
    log = small_log()
    walk = WalkForwardSettings(span_hours=12, training_spans=1)
    start = log.end - 12 * HOUR
    ensembles = {"all": with_settings(reranker=RerankerSettings(trees=3), beside=("als",))}
    backend = Remembering()
    between = spans(walk, int(log.clicks.times[0]), start, log.end)
    *_, engines = walk_forward(walk, log, between, ensembles, start, lambda _: lambda _: None, backend=backend)
    assert [moment for name, moment, _ in backend.fits if name == "als"] == [start]
    assert list(engines["all"].start.retrievers) == list(DEFAULT.kinds)
