"""Articles and sections that nobody is shown."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from recsys.core.types import Bools
from recsys.policy.base import ArticleId, PolicyRule, Section, rule
from recsys.policy.reader_candidates import ReaderCandidates


@rule("block", "Left out")
class Block(PolicyRule):
    """Some articles, or all of some sections, are left out."""

    looks_below: ClassVar[bool] = True

    articles: Annotated[tuple[ArticleId, ...], Field(max_length=500)] = ()
    """Their ids, as the log has them."""
    sections: Annotated[tuple[Section, ...], Field(max_length=100)] = ()
    """Their codes or names."""

    def sentence(self) -> str:
        """What it asks for."""
        parts = []
        if self.sections:
            parts.append(f"section{'s' * (len(self.sections) > 1)} {', '.join(map(str, self.sections))}")
        if self.articles:
            parts.append(f"article{'s' * (len(self.articles) > 1)} {', '.join(map(str, self.articles))}")
        return f"Left out: {' and '.join(parts) or 'nothing'}."

    def looks_at(self, candidates: ReaderCandidates) -> Bools:
        """These."""
        return self.ruled_out(candidates)

    def ruled_out(self, candidates: ReaderCandidates) -> Bools:
        """These."""
        items = [candidates.catalogue.item(one) for one in self.articles]
        sections = [candidates.catalogue.section(one) for one in self.sections]
        return np.isin(candidates.items, items) | np.isin(candidates.sections, sections)
