"""Trains the two towers on next clicks with PyTorch.

Sampled softmax over the articles of the batch and articles drawn evenly from those live at the time (mixed negative
sampling, Yang et al., WWW 2020), each logit corrected by the logarithm of how often its article is sampled (logQ, Yi
et al., RecSys 2019). A batch is a stretch of time, so that the negatives are articles that the visitor could have
opened then.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from recsys.core.arrays import scatter_rows
from recsys.core.progress import Report
from recsys.core.types import DAY, HOUR, PAD, Arrays, Bools, Floats, Ints, Longs
from recsys.data.articles import UNDATED, Articles
from recsys.data.click_log import ClickLog
from recsys.retrieval.base import threads_to_fit
from recsys.retrieval.two_tower import network
from recsys.retrieval.two_tower.network import NetworkSettings
from recsys.retrieval.two_tower.settings import TwoTowerSettings


def train(
    settings: TwoTowerSettings,
    log: ClickLog,
    report: Report,
    *,
    before: Arrays | None = None,
    since: int = 0,
    knows_time: bool = True,
    rank: int = 0,
    processes: int = 1,
    average: Callable[[Iterable[Tensor]], None] = lambda weights: None,
) -> Arrays:
    """Train on the last days of a log; the weights as arrays, as in ``network.shapes``.

    The weights ``before``, where there are any, go on learning, from the clicks since the moment ``since``, ms, as far
    as those are among the last days. With ``knows_time`` an article's age and its share of the clicks are part of its
    score. The same log gives the same weights on the same machine. Where several ``processes`` train together, each
    learns from its own batch of a step, that of its ``rank``, and ``average`` makes their gradients one.
    """
    how = settings.training
    torch.set_num_threads(threads_to_fit())
    rng = np.random.default_rng(how.seed)
    end = int(log.clicks.times[-1]) + 1 if len(log.clicks) else 0
    first = int(np.searchsorted(log.clicks.times, max(end - how.days * DAY, since)))
    blocks = np.arange(first, len(log.clicks), how.batch)
    shuffled = np.concatenate([rng.permutation(blocks) for _ in range(how.epochs)])
    examples = _Examples(settings, log, np.random.default_rng([how.seed, rank]) if rank else rng)
    weights = _initial(settings, log, examples.has_id)
    if before is not None:
        _take_over(weights, before, examples.has_id)
    optimizer = torch.optim.Adam(weights.values(), lr=how.learning_rate, betas=(0.9, 0.99), fused=True)
    steps = -(-len(shuffled) // processes)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, how.learning_rate, total_steps=max(steps, 1) + 1)
    for step in range(steps):
        block = shuffled[(step * processes + rank) % len(shuffled)]
        loss = _loss(settings.network, weights, *examples.batch(slice(int(block), int(block) + how.batch)), knows_time)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        average(weights.values())
        optimizer.step()
        schedule.step()
        report((step + 1) / steps)
    arrays = {name: weight.detach().numpy().copy() for name, weight in weights.items()}
    with_id = np.flatnonzero(examples.has_id).astype(np.int32)
    arrays["id"] = scatter_rows(arrays["id"][: len(with_id)], with_id, len(log.articles))
    return arrays


class _Examples:
    """Next clicks as tensors: what a visitor had read, where they were, what they opened, what else there was."""

    def __init__(self, settings: TwoTowerSettings, log: ClickLog, rng: np.random.Generator) -> None:
        self.network, self.how = settings.network, settings.training
        self.log, self.rng = log, rng
        self.has_id = np.bincount(log.clicks.items, minlength=len(log.articles)) >= self.how.min_clicks
        self.id_rows = torch.from_numpy(np.maximum(self.has_id.cumsum() - 1, 0))
        sections = network.section_rows(log.articles, 1 + _sections(log.articles))
        self.section_rows = torch.from_numpy(sections.astype(np.int64))
        self.live_at: dict[int, Ints] = {}
        first_click = np.full(len(log.articles), np.iinfo(np.int64).max)
        np.minimum.at(first_click, log.clicks.items, log.clicks.times)
        self.published = np.where(log.articles.published != UNDATED, log.articles.published, first_click)

    def batch(self, rows: slice) -> tuple[dict[str, Tensor], Tensor]:
        """Tensors by name, and the columns' logarithm of the sampling probability (logQ)."""
        clicks = self.log.clicks.rows(rows)
        visitors = self.log.histories.readers(clicks, self.network.history)
        live = self._live(int(clicks.times[0]))
        items = np.concatenate([clicks.items, self.rng.choice(live, self.how.sampled_articles)]).astype(np.int64)
        hours = (
            np.maximum(
                np.r_[clicks.times, np.full(self.how.sampled_articles, clicks.times[0])] - self.published[items], 0
            )
            / HOUR
        )
        tensors = {
            "read": torch.from_numpy(visitors.items.astype(np.int64)),
            "contexts": torch.from_numpy(network.context_rows(self.network, visitors.contexts)),
            "gaps": torch.from_numpy(network.gap_features(visitors)),
            "items": torch.from_numpy(items),
            "ages": torch.from_numpy(network.age_features(hours)),
            "popularity": torch.from_numpy(self._log_shares(int(clicks.times[0]))[items]),
            "sections": self.section_rows,
            "id_rows": self.id_rows,
            "has_id": torch.from_numpy(
                (self.has_id & (self.rng.random(len(self.has_id)) > self.how.id_dropout)).astype(np.float32)
            ),
        }
        return tensors, torch.from_numpy(self._log_q(clicks.items, items, live))

    def _live(self, moment: int) -> Ints:
        """The articles clicked in the day before the hour of a moment (those of the hour itself at the log's start)."""
        hour = moment // HOUR * HOUR
        if hour not in self.live_at:
            before = self.log.clicks.between(hour - DAY, hour).items
            self.live_at[hour] = np.unique(before if len(before) else self.log.clicks.between(hour, hour + HOUR).items)
        return self.live_at[hour]

    def _log_shares(self, moment: int) -> Floats:
        recent = self.log.clicks.between(moment - 4 * HOUR, moment)
        weights = np.exp2((recent.times - moment) / HOUR / self.network.popularity_half_life)
        return network.log_shares(self.network, np.bincount(recent.items, weights, len(self.has_id)).astype(float))

    def _log_q(self, batch: Ints, items: Longs, live: Ints) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        """How often each column's article is expected in a batch: by its clicks, and by the even draw."""
        clicked = np.bincount(batch, minlength=len(self.has_id))[items]
        drawn = np.isin(items, live) * (self.how.sampled_articles / len(live))
        return np.asarray(np.log(clicked + drawn), np.float32)


def _loss(
    settings: NetworkSettings, weights: dict[str, Tensor], batch: dict[str, Tensor], log_q: Tensor, knows_time: bool
) -> Tensor:
    vectors = network.user_vectors(
        torch, settings, weights, _vectors(weights, batch, batch["read"]), batch["contexts"], batch["gaps"]
    )
    articles = _vectors(weights, batch, batch["items"])
    added = -log_q
    if knows_time:
        added = added + network.article_biases(weights, batch["ages"]) + batch["popularity"]
    # Most of a step is going through this table: so nothing is done to it that can be done to a row or a column.
    logits = torch.addmm(added, vectors / weights["temperature"], articles.T)
    items, own = batch["items"].int(), torch.arange(len(vectors))
    also_opened = items == items[: len(vectors), None]
    also_opened[own, own] = False
    return cross_entropy(logits.masked_fill_(also_opened, float("-inf")), own)


def _vectors(weights: dict[str, Tensor], batch: dict[str, Tensor], items: Tensor) -> Tensor:
    known = (items != PAD)[..., None]
    items = items.clamp(min=0)
    ids = weights["id"][batch["id_rows"][items]] * batch["has_id"][items][..., None]
    vectors: Tensor = network.article_vectors(weights, ids, batch["sections"][items]) * known
    return vectors


def _sections(articles: Articles) -> int:
    """How many sections the towers know, besides the unknown one."""
    return max(articles.section_codes, 1)


def _initial(settings: TwoTowerSettings, log: ClickLog, has_id: Bools) -> dict[str, Tensor]:
    """Random weights; of ids only those that are trained: the optimizer goes through all rows with every step."""
    luck = torch.Generator().manual_seed(settings.training.seed)  # its own: others may learn beside it
    sections = _sections(log.articles)
    weights = {}
    for name, shape in network.shapes(settings.network, len(log.articles), sections).items():
        spread = 0.3 if name in ("id", "section", "context") else math.sqrt(2.0 / shape[0])
        weight: Tensor = torch.randn(shape, generator=luck) * spread
        if name.endswith("bias"):
            weight = torch.zeros(shape)
        if name == "temperature":
            weight = torch.full(shape, settings.training.start_temperature)
        if name == "id" and has_id.any():
            weight = weight[torch.from_numpy(has_id)]
        weights[name] = weight.requires_grad_()
    return weights


def _take_over(weights: dict[str, Tensor], before: Arrays, has_id: Bools) -> None:
    """Put in the earlier weights. An article that had no id then keeps the one it begins with."""
    with torch.no_grad():
        for name, weight in weights.items():
            if name == "id":
                earlier = torch.from_numpy(before["id"][has_id[: len(before["id"])]])
                known = earlier.any(dim=1)
                weight[: len(earlier)][known] = earlier[known]
            else:
                weight.copy_(torch.from_numpy(before[name]))
