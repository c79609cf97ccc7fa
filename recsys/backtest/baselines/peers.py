"""Published session recommenders that are measured beside V-SkNN by ``benchmarks``, not in every backtest."""

from __future__ import annotations

from recsys.backtest.baselines.gru import GRU
from recsys.backtest.baselines.stan import STAN
from recsys.backtest.baselines.vstan import VSTAN
from recsys.retrieval.base import Retriever

PEERS: dict[str, type[Retriever]] = {STAN.name: STAN, VSTAN.name: VSTAN, GRU.name: GRU}
"""By name; none has a reranker, and each knows the visitor's session alone."""
