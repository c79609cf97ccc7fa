"""Who does the work of training that grows with the log: this process, or a cluster."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Fit:
    """What is fitted, and on what.

    Attributes:
        kind: the retriever's class.
        settings: its numbers.
        log: all clicks; only those before ``live.moment`` are looked at.
        live: the live articles at the moment at which it begins to serve.
        before: the same retriever as it was fitted at an earlier moment, from which it may go on.
    """

    kind: type[Retriever]
    settings: RetrieverSettings
    log: ClickLog
    live: LiveArticles
    before: Retriever | None = None


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

    def fit(self, wanted: Fit, report: Report) -> Retriever:
        """A retriever that has learned from the clicks before its moment."""

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

    def fit(self, wanted: Fit, report: Report) -> Retriever:
        """The retriever's own ``fit`` or ``refitted``."""
        past = wanted.log.before(wanted.live.moment)
        if wanted.before is not None:
            return wanted.before.refitted(past, wanted.live, report)
        return wanted.kind.fit(wanted.settings, past, wanted.live, report)

    def training_set(self, engine: CandidateEngine, tasks: NextClickTasks, report: Report) -> TrainingSet:
        """Moment by moment."""
        return make_training_set(engine, tasks, report)


LOCAL = LocalBackend()
