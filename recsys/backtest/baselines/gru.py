"""GRU4Rec, trained on every hour: a recurrent network reads the session and scores what is in play.

Hidasi & Karatzoglou, "Recurrent neural networks with top-k gains for session-based recommendations", CIKM 2018, made as
strong as it can be here: the loss is over all articles in play instead of a sample; it goes on learning every hour from
where it was, for an article is read eight hours after it appeared; a new article begins with its section's vector; and
it knows the context and each article's share of the clicks, as the ensemble does. PyTorch is needed to train it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from pydantic import NonNegativeInt, PositiveFloat, PositiveInt

from recsys.backtest.baselines import gru_network as network
from recsys.core.batches import Visitors
from recsys.core.progress import Report
from recsys.core.settings import PacedHours, WholePacedHours
from recsys.core.types import HOUR, PAD, Arrays, Doubles, Floats, Ints, Longs
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories
from recsys.retrieval.base import NO_OPINION, Retriever, RetrieverSettings
from recsys.retrieval.live_articles import LiveArticles
from recsys.retrieval.two_tower.network import section_rows


class GRUSettings(RetrieverSettings):
    """The best of eight draws on tuning sessions (``benchmarks.tune_peers``), rounded."""

    list_size: NonNegativeInt = 20
    dimensions: PositiveInt = 100
    learning_rate: PositiveFloat = 0.003
    batch: PositiveInt = 60
    """Sessions of a step."""
    memory_hours: WholePacedHours = 24
    """Articles opened so recently are in play."""
    warm_up_hours: WholePacedHours = 72
    """A fit begins so many hours before, and goes on hour by hour."""
    popularity_half_life: PacedHours = 0.2
    """Hours."""
    pseudo_clicks: PositiveFloat = 0.3
    """Of every article, so that one not clicked lately has a share too."""
    seed: int = 7


@dataclass(frozen=True)
class GRU(Retriever[GRUSettings]):
    """The network as of the last full hour, and the clicks since; its visitors' histories hold the session alone.

    Attributes:
        weights: as in ``network.shapes``.
        in_play: the articles that have weights of their own, ascending.
        trained: the hour up to which it has learned, ms.
        recent: the clicks of the last hours.
    """

    name = "gru4rec"
    Settings = GRUSettings

    weights: Arrays
    in_play: Ints
    trained: int
    recent: Clicks

    @classmethod
    def fit(cls, settings: GRUSettings, log: ClickLog, live: LiveArticles, report: Report) -> Self:
        """Begin some days before, and learn hour by hour."""
        from recsys.backtest.baselines.gru_training import initial

        start = (live.moment // HOUR - settings.warm_up_hours) * HOUR
        weights = initial(settings.dimensions, max(log.articles.section_codes, 1), settings.seed)
        known = log.clicks.between(start - settings.memory_hours * HOUR, start)
        empty = cls(settings, live, weights, np.empty(0, np.int32), start, known)
        return empty.advance(log.clicks.between(start, live.moment), log.histories, live)

    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> Self:
        """Learn from every hour that is over."""
        later = replace(self, live=live, recent=self.recent.joined(clicks))
        while later.trained + HOUR <= live.moment:
            later = later._with_hour()
        return later

    def _with_hour(self) -> Self:
        """The next hour learned, and what is too old forgotten."""
        from recsys.backtest.baselines.gru_training import Hour, carried_over, train_hour

        how, start, end = self.settings, self.trained, self.trained + HOUR
        recent = self.recent.between(end - how.memory_hours * HOUR, None)
        clicks = recent.before(end)
        in_play = np.unique(clicks.items)
        weights = carried_over(self.weights, self.in_play, in_play)
        if len(clicks):
            shares = self._log_shares(in_play, start)
            hour = Hour(clicks, start, in_play, self._sections[in_play], shares)
            weights = train_hour(weights, hour, how.learning_rate, how.batch, how.seed)
        return replace(self, weights=weights, in_play=in_play, trained=end, recent=recent)

    def scores(self, visitors: Visitors) -> Floats:
        """The logits of the articles in play; no opinion where the session is empty."""
        read, known = visitors.items[:, ::-1], visitors.items[:, ::-1] != PAD
        contexts = network.context_rows(visitors.contexts)
        states = network.states(np, self.weights, self._vectors(read), known, contexts)
        shares = self._log_shares(self.live.items, self.live.moment)
        found = network.scores(np, self.weights, states[-1], self._live_vectors, self._live_biases, shares)
        return np.where(known.any(axis=1)[:, None], found, NO_OPINION).astype(np.float32)

    def state(self) -> Arrays:
        """The weights and the recent clicks."""
        clicks = {f"recent_{name}": column for name, column in self.recent.columns().items()}
        return {**self.weights, **clicks, "in_play": self.in_play, "trained": np.array([self.trained])}

    @classmethod
    def restore(cls, settings: GRUSettings, state: Arrays, live: LiveArticles) -> Self:
        """The network at ``live.moment``."""
        weights = {name: state[name] for name in network.shapes(1, 0, 0)}
        clicks = {name.removeprefix("recent_"): one for name, one in state.items() if name.startswith("recent_")}
        return cls(settings, live, weights, state["in_play"], int(state["trained"][0]), Clicks(**clicks))

    @cached_property
    def _sections(self) -> Longs:
        """Each article's row of the section table, shape (articles,)."""
        return section_rows(self.live.articles, len(self.weights["section"])).astype(np.int64)

    @cached_property
    def _rows(self) -> Longs:
        """Each article's row among those in play, and one after them for all others; shape (articles + 1,)."""
        rows = np.full(len(self.live.articles) + 1, len(self.in_play))
        rows[self.in_play] = np.arange(len(self.in_play))
        return rows

    @cached_property
    def _own_vectors(self) -> Floats:
        """What is learned of each article in play, and zero for all others; shape (in play + 1, dimensions)."""
        return np.vstack([self.weights["article"], np.zeros((1, self.settings.dimensions), np.float32)])

    @cached_property
    def _live_vectors(self) -> Floats:
        return self._vectors(self.live.items)

    @cached_property
    def _live_biases(self) -> Floats:
        """Of an article that is not in play, the mean."""
        own = self.weights["bias"]
        return np.append(own, own.mean() if len(own) else 0)[self._rows[self.live.items]]

    def _vectors(self, items: Ints) -> Floats:
        """Some articles' vectors, zero for ``PAD``; shape (...) to (..., dimensions)."""
        vectors: Floats = self._own_vectors[self._rows[items]] + self.weights["section"][self._sections[items]]
        vectors[items == PAD] = 0
        return vectors

    def _log_shares(self, items: Ints, moment: int) -> Floats:
        """The logarithm of some articles' smoothed share of the clicks up to a moment, shape (items,)."""
        how = self.settings
        clicks = self.recent.between(int(moment - 16 * how.popularity_half_life * HOUR), moment)
        counted: Doubles = np.exp2((clicks.times - moment) / HOUR / how.popularity_half_life)
        counts = np.bincount(clicks.items, counted, len(self.live.articles))[items]
        return np.log((counts + how.pseudo_clicks) / max(counted.sum(), 1.0)).astype(np.float32)
