"""Who reads what now: each article's recent readers, as the user tower sees them.

A visitor's vector is compared with the mean vector of an article's recent readers and with that of all readers, by
linear discriminant analysis (Fisher, 1936): with one covariance Σ for all, the logarithm of how much likelier the
visitor is among the article's readers is ``(m_a - m)ᵀ Σ⁻¹ (u - (m_a + m) / 2)``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from pydantic import PositiveFloat

from recsys.core.settings import PacedHours, Settings
from recsys.core.types import Arrays, Floats, Ints, Longs
from recsys.retrieval.decayed_counts import DecayedCounts


class AudienceSettings(Settings):
    """How readers fade, and how far few readers are held to the mean."""

    half_life: PacedHours = 1.0
    """Hours after which a reader counts half."""
    pseudo_readers: PositiveFloat = 10.0
    """Each article's readers are joined by this many average ones."""
    ridge: PositiveFloat = 0.05
    """Added to the variances, as a share of their mean."""
    floor: PositiveFloat = 0.02
    """Articles with fewer decayed readers are forgotten at the next full hour."""


@dataclass(frozen=True)
class Audience:
    """Decayed numbers and vector sums of each article's readers, and the inverse covariance of all vectors."""

    settings: AudienceSettings
    sums: DecayedCounts
    precision: Floats

    @classmethod
    def start(cls, settings: AudienceSettings, vectors: Floats, moment: int) -> Audience:
        """Nobody yet; the covariance is that of ``vectors``, shape (n, dimensions)."""
        size = vectors.shape[1]
        covariance = np.atleast_2d(np.cov(vectors.T)) if len(vectors) > size else np.eye(size)
        covariance += settings.ridge * np.trace(covariance) / size * np.eye(size)
        start = DecayedCounts.start((settings.half_life,) * (1 + size), moment, settings.floor)
        return cls(settings, start, np.linalg.inv(covariance).astype(np.float32))

    def advance(self, items: Ints, times: Longs, vectors: Floats, to: int) -> Audience:
        """Count readers, in the order of their times."""
        return replace(self, sums=self.sums.advance(*_events(items, times, vectors), to))

    def recounted(self, later: Audience, touched: Longs, items: Ints, times: Longs, vectors: Floats) -> Audience:
        """A later audience with the readers of some articles counted anew; arguments as in ``DecayedCounts``."""
        return replace(later, sums=self.sums.recounted(later.sums, touched, *_events(items, times, vectors)))

    def lines(self, items: Ints) -> tuple[Floats, Floats]:
        """Slopes and offsets of each article's score in the visitor's vector, shapes (items, dimensions), (items,)."""
        counted = self.sums.lookup(0, items)
        readers, sums = counted[0], counted[1:]
        mean = sums.sum(axis=1) / max(readers.sum(), 1e-9)
        pseudo = self.settings.pseudo_readers
        means = (sums + pseudo * mean[:, None]) / (readers + pseudo)
        slopes = ((means - mean[:, None]).T @ self.precision).astype(np.float32)
        return slopes, -np.einsum("nd,dn->n", slopes, (means + mean[:, None]) / 2).astype(np.float32)

    def state(self, prefix: str) -> Arrays:
        """The arrays from which ``restore`` makes this again."""
        return {f"{prefix}precision": self.precision, **self.sums.state(prefix)}

    @classmethod
    def restore(cls, settings: AudienceSettings, state: Arrays, prefix: str, moment: int) -> Audience:
        """The audience with this state, saved at ``moment``."""
        sums = DecayedCounts.restore(state, prefix, moment, settings.floor)
        return cls(settings, sums, state[f"{prefix}precision"])


def _events(items: Ints, times: Longs, vectors: Floats) -> tuple[Longs, Longs, Floats]:
    """Readers as events to be counted: one each, and its vector."""
    return items.astype(np.int64), times, np.vstack([np.ones(len(items), np.float32), vectors.T])
