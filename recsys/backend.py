"""Who does the work of training that grows with the log: this process, or a cluster."""

from __future__ import annotations

from typing import Protocol

from recsys.data.clicklog import ClickLog
from recsys.data.profiles import last_contexts
from recsys.domain import Codes
from recsys.engine import Engine
from recsys.evaluation.requests import Questions, questions
from recsys.ranking.rows import Rows, training_rows
from recsys.retrieval.base import Report, Retriever
from recsys.retrieval.live import LiveArticles


class Backend(Protocol):
    """What ``training`` and ``walk_forward`` leave to others. Nothing here looks at a click at or after its moment."""

    def questions(self, log: ClickLog, start: int) -> Questions:
        """The clicks that can be asked for, of sessions that open at ``start``, ms, or later."""

    def live(self, log: ClickLog, moment: int, within: int) -> LiveArticles:
        """When each article was clicked before a moment, ms; those clicked ``within`` ms before it are in play."""

    def contexts(self, log: ClickLog, moment: int) -> Codes:
        """The context of each user's last click before a moment, ms, zero without one; shape (users, 6)."""

    def fit(self, kind: type[Retriever], log: ClickLog, live: LiveArticles, report: Report) -> Retriever:
        """A retriever that has learned from the clicks before ``live.moment``."""

    def rows(self, engine: Engine, asked: Questions, features: tuple[str, ...], report: Report) -> Rows:
        """What the reranker learns from, as in ``training_rows``."""


class Here:
    """Everything in this process."""

    def questions(self, log: ClickLog, start: int) -> Questions:
        """All of the log's."""
        return questions(log)

    def live(self, log: ClickLog, moment: int, within: int) -> LiveArticles:
        """Counted in one go."""
        return LiveArticles.start(log.articles, moment, within).advance(log.before(moment).clicks, moment)

    def contexts(self, log: ClickLog, moment: int) -> Codes:
        """From the past clicks, newest first."""
        return last_contexts(log.before(moment).clicks, len(log.user_ids))

    def fit(self, kind: type[Retriever], log: ClickLog, live: LiveArticles, report: Report) -> Retriever:
        """The retriever's own ``fit``."""
        return kind.fit(log.before(live.moment), live, report)

    def rows(self, engine: Engine, asked: Questions, features: tuple[str, ...], report: Report) -> Rows:
        """Moment by moment."""
        return training_rows(engine, asked, features, report)
