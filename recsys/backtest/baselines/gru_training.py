"""Trains the recurrent network on by an hour, with PyTorch."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from recsys.backtest.baselines import gru_network as network
from recsys.core.arrays import changes
from recsys.core.types import Arrays, Bools, Floats, Ints, Longs
from recsys.data.clicks import Clicks
from recsys.data.next_click import LONGEST


@dataclass(frozen=True)
class Hour:
    """What is learned from: the sessions that went on in an hour, among the articles that were in play.

    Attributes:
        clicks: the clicks of the last hours, of which sessions that reach into the hour are learned.
        start: when the hour began, ms.
        in_play: the articles in play at its end, ascending, shape (articles,).
        sections: their rows of the section table, same shape.
        log_shares: the logarithm of their share of the clicks at its start, same shape.
    """

    clicks: Clicks
    start: int
    in_play: Ints
    sections: Longs
    log_shares: Floats

    def sessions(self) -> tuple[Longs, Bools, Longs]:
        """Positions among the articles in play, oldest first; which there are, (sessions, length); context rows."""
        order = self.clicks.by_session()
        starts = np.flatnonzero(changes(self.clicks.sessions[order]))
        ends = np.append(starts[1:], len(order))[: len(starts)]
        learned = (self.clicks.times[order[ends - 1]] >= self.start) & (ends - starts > 1)
        first, end = starts[learned], np.minimum(ends[learned], starts[learned] + LONGEST)
        places = first[:, None] + np.arange(LONGEST)
        known = places < end[:, None]
        items = self.clicks.items[order[np.where(known, places, 0)]]
        return (
            np.searchsorted(self.in_play, items),
            known,
            network.context_rows(self.clicks.contexts[order[first]]),
        )


def initial(dimensions: int, sections: int, seed: int) -> Arrays:
    """Random weights, and no article in play yet."""
    luck = np.random.default_rng(seed)
    found = {}
    for name, shape in network.shapes(dimensions, 0, sections).items():
        spread = 0.05 if name in ("section", "context") else 1 / math.sqrt(dimensions)
        found[name] = luck.uniform(-spread, spread, shape).astype(np.float32)
    return found


def carried_over(weights: Arrays, before: Ints, now: Ints) -> Arrays:
    """The weights with rows for the articles that are in play now: a new article's vector is its section's."""
    place = np.minimum(np.searchsorted(before, now), max(len(before) - 1, 0))
    stays = before[place] == now if len(before) else np.zeros(len(now), bool)
    found = dict(weights)
    for name in network.BY_ARTICLE:
        found[name] = np.zeros((len(now), *weights[name].shape[1:]), np.float32)
        found[name][stays] = weights[name][place[stays]]
    found["bias"][~stays] = weights["bias"].mean() if len(before) else 0.0
    return found


def train_hour(weights: Arrays, hour: Hour, learning_rate: float, batch: int, seed: int) -> Arrays:
    """Go through the hour's sessions once; each click is to be told from all articles in play (cross-entropy)."""
    items, known, contexts = map(torch.from_numpy, hour.sessions())
    sections, log_shares = torch.from_numpy(hour.sections), torch.from_numpy(hour.log_shares)
    tensors = {name: torch.tensor(one, requires_grad=True) for name, one in weights.items()}
    optimizer = torch.optim.Adam(tensors.values(), lr=learning_rate, betas=(0.9, 0.99), fused=True)
    order = np.random.default_rng([seed, hour.start]).permutation(len(items))
    for first in range(0, len(order), batch):
        rows = torch.from_numpy(order[first : first + batch])
        length = int(known[rows].sum(1).max())
        loss = _loss(tensors, items[rows, :length], known[rows, :length], contexts[rows], sections, log_shares)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return {name: tensor.detach().numpy() for name, tensor in tensors.items()}


def _loss(
    weights: dict[str, Tensor], items: Tensor, known: Tensor, contexts: Tensor, sections: Tensor, log_shares: Tensor
) -> Tensor:
    vectors = weights["article"] + weights["section"][sections]
    states = torch.stack(network.states(torch, weights, vectors[items[:, :-1]], known[:, :-1], contexts), dim=1)
    asked = known[:, 1:]
    logits = network.scores(torch, weights, states[asked], vectors, weights["bias"], log_shares)
    return cross_entropy(logits, items[:, 1:][asked])
