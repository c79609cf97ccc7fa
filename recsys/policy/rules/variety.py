"""No two articles alike: maximal marginal relevance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from recsys.core.types import Floats
from recsys.policy.base import Favour, PolicyRule, rule
from recsys.policy.reader_candidates import ReaderCandidates


@rule("variety", "Variety")
class Variety(PolicyRule):
    """Each next article is chosen by how relevant it is, and by how little it is like those above it.

    Maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998): the largest
    ``(1 - v) relevance - v max similarity``, written as ``relevance - v / (1 - v) max similarity``, so that rules add
    up. Similarity is the cosine of article vectors, that is, of who reads them.
    """

    dial: ClassVar[str] = "weight"
    dial_values: ClassVar[tuple[float, ...]] = (0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8)
    dial_text: ClassVar[str] = "counts {:.0%}"
    buys: ClassVar[str] = "sections"

    weight: Annotated[float, Field(strict=True, ge=0, le=0.95)] = 0.3
    """How much variety counts against relevance, from 0 to 1."""

    def sentence(self) -> str:
        """What it asks for."""
        return f"Articles that are unlike those above them: this counts {self.weight:.0%}, relevance the rest."

    def favour(self, candidates: ReaderCandidates, k: int) -> Favour | None:
        """Less, the more alike."""
        vectors = candidates.vectors
        if vectors is None:
            return None
        return Unlike.empty(vectors, self.weight / (1 - self.weight))

    def note(self, candidates: ReaderCandidates) -> str | None:
        """Nothing says which articles are alike."""
        return None if candidates.vectors is not None else "No algorithm of this set knows which articles are alike."


@dataclass(frozen=True)
class Unlike:
    """The largest similarity to what is on the list counts against each candidate.

    Attributes:
        vectors: unit vectors, shape (candidates, dimensions).
        counted: the same times what a similarity of 1 takes away, which is below 0.
        added: what it adds, shape (candidates,); nothing is as unlike as can be, as long as nothing is listed.
    """

    vectors: Floats
    counted: Floats
    added: Floats

    @classmethod
    def empty(cls, vectors: Floats, weight: float) -> Unlike:
        """Nothing on the list yet."""
        return cls(vectors, vectors * np.float32(-weight), np.full(len(vectors), weight, np.float32))

    def values(self) -> Floats:
        """Less, the more alike."""
        return self.added

    def take(self, index: int) -> None:
        """The candidate's similarity to all others counts."""
        np.minimum(self.added, self.counted @ self.vectors[index], out=self.added)
