"""The backtest on the small newsroom: it runs both protocols, and nothing leaks."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recsys.backtest import runs
from recsys.backtest.baselines.registry import BASELINES
from recsys.backtest.freshness import freshness
from recsys.backtest.runs import LastClickSettings
from recsys.core.entities import ENSEMBLE, Request
from recsys.core.policy import Policy
from recsys.core.types import HOUR, MINUTE
from recsys.data.click_log import ClickLog
from recsys.data.next_click import next_click_tasks
from recsys.engine.engine import Engine
from recsys.errors import InputError
from recsys.evaluation import protocols
from recsys.evaluation.ranked_lists import POLICY, rank_tasks
from recsys.evaluation.report import BacktestReport
from recsys.policy.rules.section_cap import SectionCap
from recsys.ranking.ensemble import DEFAULT, Ensemble
from recsys.ranking.reranker_settings import RerankerSettings
from recsys.ranking.training_set import TrainingSetSettings
from recsys.testing import small_log
from recsys.training.settings import TrainingSettings, WalkForwardSettings
from recsys.training.walk_forward import spans, walk_forward

SYSTEMS = {ENSEMBLE, *DEFAULT.kinds, *BASELINES}
ONE_OF_EACH = Policy(name="One of each", rules=(SectionCap(most=1, first=20),))
UNDER_POLICY = f"{POLICY}One of each"


QUICK = TrainingSettings(
    reranker=RerankerSettings(trees=20),
    walk_forward=WalkForwardSettings(training_spans=1),
    training_set=TrainingSetSettings(tasks_per_hour=80, negative_share=0.03),
)


@pytest.fixture(scope="module")
def log() -> ClickLog:
    return small_log()


@pytest.fixture(scope="module")
def reports(log: ClickLog) -> list[BacktestReport]:
    return runs.hourly(log, [(58, 66), (62, 65)], QUICK, limit=60, policies=[ONE_OF_EACH], show=False)


@pytest.fixture(scope="module")
def hourly(reports: list[BacktestReport]) -> BacktestReport:
    return reports[0]


def test_hourly_reports_every_system(hourly: BacktestReport, tmp_path: Path) -> None:
    assert set(hourly.results) == SYSTEMS | {UNDER_POLICY}
    assert hourly.windows == (58, 66)
    assert hourly.windows_counted == len(hourly.by_window) <= 8
    assert hourly.requests == sum(window["requests"] for window in hourly.by_window.values())
    for figures in hourly.results.values():
        assert figures["hr@5"] <= figures["hr@10"] <= figures["hr@20"]
        low, high = figures["ci95_ndcg@20"]
        assert low <= figures["ndcg@20"] <= high
        mean_of_windows = np.mean([w["ensemble"] for w in hourly.by_window.values()])
    assert mean_of_windows == pytest.approx(hourly.results["ensemble"]["ndcg@20"], abs=1e-4)
    for cut in hourly.by_segment.values():
        assert sum(segment["requests"] for segment in cut.values()) == hourly.requests
    assert hourly.cold["requests"] > 0
    assert {"ensemble", "overall popularity", "with device, OS, country"} <= set(hourly.cold["results"])
    file = tmp_path / "some" / "report.json"
    hourly.write(file)
    assert BacktestReport.read(file) == hourly
    contract = {"protocol", "dataset", "windows", "windows_counted", "requests", "retrained_every", "results"}
    assert contract | {"by_window", "by_segment"} <= set(json.loads(file.read_text()))


def test_windows_within_others_are_reported_from_the_same_answers(reports: list[BacktestReport]) -> None:
    whole, part = reports
    assert part.windows == (62, 65)
    assert part.by_window == {name: whole.by_window[name] for name in ("62", "63", "64")}
    assert part.requests == sum(window["requests"] for window in part.by_window.values())


def test_a_policy_is_measured_beside_the_ensemble(hourly: BacktestReport) -> None:
    without, under = (hourly.beyond_accuracy[name] for name in (ENSEMBLE, UNDER_POLICY))
    assert under["diversity"] > without["diversity"]
    assert 0 < hourly.results[UNDER_POLICY]["ndcg@20"] != hourly.results[ENSEMBLE]["ndcg@20"]


def test_the_ensemble_leads(hourly: BacktestReport) -> None:
    best = max(figures["ndcg@20"] for name, figures in hourly.results.items() if name in SYSTEMS - {ENSEMBLE})
    assert hourly.results[ENSEMBLE]["ndcg@20"] > best


def test_windows_outside_the_log_are_a_sentence(log: ClickLog) -> None:
    with pytest.raises(InputError, match="Windows 3:9 can't be measured"):
        runs.hourly(log, [(3, 9)], show=False)
    with pytest.raises(InputError, match="no requests in windows 900:901"):
        runs.hourly(log, [(900, 901)], show=False)


def test_test_sessions_are_odd_and_tuning_sessions_even(log: ClickLog) -> None:
    for tuning, parity in ((False, 1), (True, 0)):
        tasks = protocols.hourly(log, (30, 60), tuning=tuning)
        assert (tasks.sessions % 2 == parity).all()
        assert tasks.last.all()
        assert (tasks.position > 0).all()
        window = protocols.windows_of(tasks, log)
        assert (window.min(), window.max()) == (30, 59)
    assert len(protocols.hourly(log, (30, 31), limit=5)) == 5


def test_cold_requests_come_from_visitors_never_seen_before(log: ClickLog) -> None:
    tasks = protocols.cold(log, (48, 60))
    assert len(tasks)
    for request in tasks.requests(log.histories, log.articles.ids):
        assert request.history == ()
    starts, ends = log.histories.spans(tasks.users, tasks.as_of)
    assert (starts == ends).all()


def test_nothing_from_the_window_on_changes_an_answer(log: ClickLog) -> None:
    """With all clicks from the window's start on removed, but for the requests' own, every list is the same."""
    first = protocols.origin(log) + 55 * HOUR
    tasks = protocols.hourly(log, (55, 56), limit=60)
    assert len(tasks) > 20
    cut = log.clicks.times < first
    sessions = np.isin(log.clicks.sessions, tasks.sessions)
    only_past = replace(log, clicks=log.clicks.rows(cut | sessions))
    ensembles = {ENSEMBLE: Ensemble.of(QUICK), **{name: one.ensemble for name, one in BASELINES.items()}}

    def answers(of: ClickLog) -> dict[str, np.ndarray]:
        between = spans(QUICK.walk_forward, int(of.clicks.times[0]), first, first + HOUR)
        *_, engines = walk_forward(QUICK.walk_forward, of, between, ensembles, first, lambda _: lambda _: None)
        again = next_click_tasks(of)
        mine = np.isin(again.sessions, tasks.sessions) & again.last
        return rank_tasks(engines, again.rows(mine), lambda _: None).lists

    whole, past = answers(log), answers(only_past)
    assert set(whole) == SYSTEMS
    for name in whole:
        assert np.array_equal(whole[name], past[name]), name


def test_last_click_asks_for_each_users_last_click(log: ClickLog) -> None:
    rest, tasks, others = protocols.last_click(log, 300)
    assert len(tasks) == 300 == len(np.unique(tasks.users))
    last = {int(user): int(time) for user, time in zip(log.clicks.users, log.clicks.times, strict=True)}
    assert [last[int(user)] for user in tasks.users] == tasks.times.tolist()
    several = int((np.bincount(log.clicks.users) > 1).sum())
    assert len(log.clicks) - len(rest.clicks) == several
    assert len(others) <= len(rest.clicks)
    for request, user, time in zip(
        tasks.requests(log.histories, log.articles.ids)[:50], tasks.users.tolist(), tasks.times.tolist(), strict=False
    ):
        known = [click.time for click in request.history or ()]
        assert all(moment < request.as_of <= time for moment in known) if known else True
        assert len(known) <= int((log.clicks.users == user).sum()) - 1


def test_last_click_runs(log: ClickLog) -> None:
    report = runs.last_click(log, QUICK, LastClickSettings(tasks_per_hour=6), limit=150, show=False)
    assert report.requests == 150
    assert set(report.results) == {ENSEMBLE, *DEFAULT.kinds} | {
        name for name, one in BASELINES.items() if one.in_last_click
    }
    assert report.results[ENSEMBLE]["hr@5"] > report.results["popularity"]["hr@5"]


@pytest.fixture(scope="module")
def live(log: ClickLog) -> BacktestReport:
    return runs.hourly(log, [(62, 65)], QUICK, limit=20, protocol="live", show=False)[0]


def test_live_asks_the_same_requests_with_fresh_counts(log: ClickLog, live: BacktestReport) -> None:
    """A visit may outlast the day after which everything is trained again: its requests are answered all the same."""
    hourly = protocols.hourly(log, (62, 65), limit=20)
    fresh = protocols.live(hourly)
    assert (fresh.at == hourly.at).all()
    assert (fresh.moments == fresh.as_of).all()
    assert live.protocol == "live"
    assert live.requests == len(hourly)
    assert set(live.results) == SYSTEMS
    assert live.funnel is not None
    assert sum(live.funnel.fates.values()) == live.requests


def test_held_back_counts_are_older_and_what_is_known_of_the_visitor_is_not(log: ClickLog) -> None:
    tasks = protocols.live(protocols.hourly(log, (60, 66)))
    for held_back in (10 * MINUTE, 6 * HOUR, 24 * HOUR):
        older = protocols.live(tasks, held_back)
        age = older.as_of - older.moments
        assert age.min() >= held_back
        assert age.max() < held_back * 49 / 48
        theirs = older.requests(log.histories, log.articles.ids)
        assert theirs == tasks.requests(log.histories, log.articles.ids)


def test_freshness_measures_the_same_requests_at_every_age(log: ClickLog) -> None:
    report = freshness(log, (60, 64), QUICK, limit=8, show=False)
    assert [point.age for point in report.trained] == ["1 day", "2 days"], "the log is too short for more"
    assert [point.hours for point in report.counts] == [24, 6, 1, 1 / 6, 0]
    assert report.requests == len(protocols.hourly(log, (60, 64), limit=8))
    fresh = report.counts[-1].results
    assert fresh["ensemble"]["ndcg@20"] > report.counts[0].results["ensemble"]["ndcg@20"]
    with pytest.raises(InputError, match="windows go from 48 to"):
        freshness(log, (30, 40), QUICK, show=False)


def test_a_request_is_never_answered_by_a_later_moment(engine: Engine) -> None:
    with pytest.raises(ValueError, match="earlier than the moment"):
        engine.pool([Request(history=(), as_of=engine.start.time - 1)], engine.start)
