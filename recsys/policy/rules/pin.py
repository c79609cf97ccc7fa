"""An article at a place of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, StrictInt

from recsys.core.types import PAD, Bools
from recsys.policy.base import ArticleId, PolicyRule, rule
from recsys.policy.catalogue import Catalogue
from recsys.policy.reader_candidates import ReaderCandidates, index_of


@rule("pin", "A pinned article")
class Pin(PolicyRule):
    """An article that everybody has at the same place, also those who have read it."""

    looks_below: ClassVar[bool] = True

    article: ArticleId
    """Its id, as the log has it."""
    place: Annotated[StrictInt, Field(ge=1, le=100)] = 1
    """Where, from 1."""

    def sentence(self) -> str:
        """What it asks for."""
        return f"Article {self.article} is at place {self.place}."

    def wanted(self, catalogue: Catalogue) -> list[int]:
        """The article."""
        return [catalogue.item(self.article)]

    def looks_at(self, candidates: ReaderCandidates) -> Bools:
        """The article."""
        return candidates.items == candidates.catalogue.item(self.article)

    def filled(self, candidates: ReaderCandidates, free: Bools) -> Mapping[int, int]:
        """Its place."""
        index = index_of(candidates, candidates.catalogue.item(self.article))
        return {} if index == PAD else {self.place - 1: index}

    def note(self, candidates: ReaderCandidates) -> str | None:
        """It is not in play."""
        if index_of(candidates, candidates.catalogue.item(self.article)) != PAD:
            return None
        return f"Article {self.article} can't be pinned now: nobody has opened it lately."
