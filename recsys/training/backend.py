"""Who does the work of training that grows with the log: this process, or a cluster."""

from __future__ import annotations

from typing import Protocol

from recsys.core.progress import Report
from recsys.core.types import Codes
from recsys.data.click_log import ClickLog
from recsys.data.next_click import NextClickTasks, next_click_tasks
from recsys.data.profiles import last_contexts
from recsys.engine.candidates import CandidateEngine
from recsys.ranking.training_set import TrainingSet
from recsys.retrieval.base import FITS_AT_ONCE, Retriever, RetrieverSettings
from recsys.retrieval.live_articles import LiveArticles, LiveArticlesSettings
from recsys.training.examples import make_training_set


class Backend(Protocol):
    """What the walk forward delegates. Nothing here looks at a click at or after its moment."""

    fits_at_once: int
    """How many retrievers are fitted side by side."""

    def tasks(self, log: ClickLog, start: int) -> NextClickTasks:
        """The clicks to predict, of sessions that open at ``start``, ms, or later."""

    def live(self, settings: LiveArticlesSettings, log: ClickLog, moment: int) -> LiveArticles:
        """When each article was clicked before a moment, ms, and which are live."""

    def contexts(self, log: ClickLog, moment: int) -> Codes:
        """The context of each user's last click before a moment, ms, zero without one; shape (users, 6)."""

    def fit(
        self,
        kind: type[Retriever],
        settings: RetrieverSettings,
        log: ClickLog,
        live: LiveArticles,
        report: Report,
        before: Retriever | None = None,
    ) -> Retriever:
        """A retriever that has learned from the clicks before ``live.moment``.

        ``before`` is the same one as it was fitted at an earlier moment, from which it may go on.
        """

    def training_set(self, engine: CandidateEngine, tasks: NextClickTasks, report: Report) -> TrainingSet:
        """What the reranker learns from, as in ``make_training_set``."""


class LocalBackend:
    """Everything in this process; the two retrievers that take long share its cores."""

    fits_at_once = FITS_AT_ONCE

    def tasks(self, log: ClickLog, start: int) -> NextClickTasks:
        """All of the log's."""
        return next_click_tasks(log)

    def live(self, settings: LiveArticlesSettings, log: ClickLog, moment: int) -> LiveArticles:
        """Counted in one go."""
        return LiveArticles.start(settings, log.articles, moment).advance(log.before(moment).clicks, moment)

    def contexts(self, log: ClickLog, moment: int) -> Codes:
        """From the past clicks, newest first."""
        return last_contexts(log.before(moment).clicks, len(log.user_ids))

    def fit(
        self,
        kind: type[Retriever],
        settings: RetrieverSettings,
        log: ClickLog,
        live: LiveArticles,
        report: Report,
        before: Retriever | None = None,
    ) -> Retriever:
        """The retriever's own ``fit`` or ``refitted``."""
        past = log.before(live.moment)
        return kind.fit(settings, past, live, report) if before is None else before.refitted(past, live, report)

    def training_set(self, engine: CandidateEngine, tasks: NextClickTasks, report: Report) -> TrainingSet:
        """Moment by moment."""
        return make_training_set(engine, tasks, report)


LOCAL = LocalBackend()
