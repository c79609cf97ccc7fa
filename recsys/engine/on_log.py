"""A trained engine let loose on a click log: what it would answer, had it served the log since its training."""

from __future__ import annotations

from dataclasses import replace

from recsys.data.click_log import ClickLog
from recsys.data.profiles import Profiles, last_contexts
from recsys.engine.engine import Engine
from recsys.engine.knowledge import Knowledge
from recsys.engine.moments import KeptMoments


def on_log(engine: Engine, log: ClickLog) -> tuple[Engine, ClickLog]:
    """The engine with the log's users and clicks instead of its own, and the log with the engine's articles.

    What was trained stays as it is. Articles that the engine lacks are appended to its catalogue, as they are when
    clicks come in; the log's clicks from the moment of training on move its counts. On the log that it was trained on,
    an engine answers what it answered before.
    """
    articles = engine.articles.merged(log.articles)
    clicks = replace(log.clicks, items=articles.index(log.articles.ids)[log.clicks.items])
    mine = replace(log, articles=articles, clicks=clicks)
    start = engine.start.time
    replay = clicks.between(start, None)
    contexts = last_contexts(clicks.before(start), len(log.user_ids))
    end = int(clicks.times[-1]) + 1 if len(replay) else start
    profiles = Profiles.from_clicks(contexts, replay)
    knowledge = Knowledge(articles, log.user_ids, mine.histories, profiles, replay, end, log.names)
    moments = KeptMoments(engine.start.with_articles(articles))
    return Engine(engine.dataset, engine.ensemble, knowledge, moments, engine.reranker), mine
