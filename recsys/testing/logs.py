"""A small simulated log, and retrievers fitted on it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from recsys.core.types import HOUR
from recsys.data.click_log import ClickLog
from recsys.data.loader import load
from recsys.data.newsroom import simulate
from recsys.data.profiles import Profiles, last_contexts
from recsys.engine.candidates import CandidateEngine
from recsys.engine.knowledge import Knowledge
from recsys.engine.moments import KeptMoments
from recsys.ranking.ensemble import Ensemble, EnsembleSettings
from recsys.retrieval.base import Retriever, RetrieverSettings
from recsys.retrieval.live_articles import LiveArticles
from recsys.retrieval.moment import Moment

REPLAY = 24 * HOUR


@lru_cache(maxsize=4)
def small_log(users: int = 1_500, days: int = 3, seed: int = 3) -> ClickLog:
    """A simulated newsroom's log, small enough to fit anything on within seconds."""
    with TemporaryDirectory() as name:
        simulate(Path(name), users=users, days=days, seed=seed)
        return load(name)[0]


def engine_of(
    kind: type[Retriever],
    settings: RetrieverSettings | None = None,
    log: ClickLog | None = None,
    *,
    repeats: bool = False,
) -> CandidateEngine:
    """An engine of one retriever, fitted on all but the last day of a log, which it can replay.

    With ``repeats`` it may list what was opened before.
    """
    log = small_log() if log is None else log
    settings = kind.Settings() if settings is None else settings
    whole = EnsembleSettings(retrievers={kind.name: settings}, features=(), repeats=repeats)
    ensemble = Ensemble(whole, {kind.name: kind})
    start = log.end - REPLAY
    past, replay = log.before(start), log.clicks.between(start, log.end)
    live = LiveArticles.start(ensemble.settings.live_articles, log.articles, start).advance(past.clicks, start)
    profiles = Profiles.from_clicks(last_contexts(past.clicks, len(log.user_ids)), replay)
    knowledge = Knowledge(log.articles, log.user_ids, log.histories, profiles, replay, log.end, log.names)
    retriever = kind.fit(settings, past, live, lambda _: None)
    return CandidateEngine(log.dataset, ensemble, knowledge, KeptMoments(Moment(live, {kind.name: retriever})))
