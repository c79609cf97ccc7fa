"""All-time collaborative filtering: cosine of the articles' readers, from the last click."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from pydantic import NonNegativeInt
from scipy.sparse import csc_matrix, csr_matrix

from recsys.core.batches import Visitors
from recsys.core.progress import Report
from recsys.core.types import PAD, Arrays, Doubles, Floats, Ints
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories
from recsys.retrieval.base import NO_OPINION, Retriever, RetrieverSettings
from recsys.retrieval.live_articles import LiveArticles


class ItemCosineSettings(RetrieverSettings):
    """How long its list is."""

    list_size: NonNegativeInt = 300


@dataclass(frozen=True)
class ItemCosine(Retriever[ItemCosineSettings]):
    """``cos(i, j) = readers of both / sqrt(readers of i × readers of j)``, over every click ever.

    Attributes:
        users, items: every click, shape (clicks,).
    """

    name = "item_cf"
    Settings = ItemCosineSettings

    users: Ints
    items: Ints

    @classmethod
    def fit(cls, settings: ItemCosineSettings, log: ClickLog, live: LiveArticles, report: Report) -> Self:
        """Take in the whole log."""
        return cls(settings, live, log.clicks.users, log.clicks.items)

    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> Self:
        """Add the new clicks."""
        return type(self)(self.settings, live, np.append(self.users, clicks.users), np.append(self.items, clicks.items))

    def scores(self, visitors: Visitors) -> Floats:
        """The cosine with the visitor's last article."""
        last = visitors.items[:, 0]
        sources, which = np.unique(last, return_inverse=True)
        by_article, by_user, readers = self._read
        both = np.asarray((by_article[:, np.maximum(sources, 0)].T @ by_user).toarray())[:, self.live.items]
        norms = np.sqrt(np.outer(readers[np.maximum(sources, 0)], readers[self.live.items]))
        cosine = np.divide(both, norms, out=np.zeros_like(norms), where=norms > 0)
        cosine[sources == PAD] = 0.0
        return np.where(cosine > 0, cosine, NO_OPINION).astype(np.float32)[which]

    def state(self) -> Arrays:
        """The clicks."""
        return {"users": self.users, "items": self.items}

    @classmethod
    def restore(cls, settings: ItemCosineSettings, state: Arrays, live: LiveArticles) -> Self:
        """The matrix at ``live.moment``."""
        return cls(settings, live, state["users"], state["items"])

    @cached_property
    def _read(self) -> tuple[csc_matrix, csr_matrix, Doubles]:
        """Who read what, by article and by user, and how many readers each article has."""
        shape = (int(self.users.max(initial=0)) + 1, len(self.live.articles))
        matrix = csr_matrix((np.ones(len(self.users), np.float32), (self.users, self.items)), shape)
        matrix.data[:] = 1.0
        return matrix.tocsc(), matrix, np.bincount(matrix.indices, minlength=shape[1]).astype(float)
