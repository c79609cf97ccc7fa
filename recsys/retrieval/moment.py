"""Everything that moves with time, as of one moment."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from recsys.data.articles import Articles
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories
from recsys.retrieval.base import Retriever
from recsys.retrieval.late_clicks import MOST, LateClicks
from recsys.retrieval.live_articles import LiveArticles

MANY = 5_000
"""So many clicks are worth threads: retrievers take them in side by side."""
AT_ONCE = 2
AnyRetriever = TypeVar("AnyRetriever", bound=Retriever)


@dataclass(frozen=True)
class Moment:
    """The live articles and the retrievers by name, all knowing the clicks before the same moment.

    ``overtaken`` is a later one that was known when clicks came late, if this moment is advanced because of that.
    """

    live: LiveArticles
    retrievers: Mapping[str, Retriever]
    overtaken: Overtaken | None = None

    @property
    def time(self) -> int:
        """Clicks before this are known, ms."""
        return self.live.moment

    def get(self, kind: type[AnyRetriever]) -> AnyRetriever:
        """The retriever of a class.

        Raises:
            KeyError: this moment has none.
        """
        found = self.retrievers[kind.name]
        if found.__class__ is not kind and not isinstance(found, kind):
            raise KeyError(f"{kind.name} is a {type(found).__name__} here, not a {kind.__name__}")
        return found

    def advance(self, clicks: Clicks, histories: Histories, to: int) -> Moment:
        """A later moment; ``clicks`` are those in between. This one stays as it is."""
        if self.overtaken is not None:
            return self._with_late(self.overtaken, clicks, histories, to)
        live = self.live.advance(clicks, to)

        def later(one: Retriever) -> Retriever:
            return one.advance(clicks, histories, live)

        if len(clicks) < MANY:
            return Moment(live, {name: later(one) for name, one in self.retrievers.items()})
        with ThreadPoolExecutor(AT_ONCE) as threads:
            # Backwards: the two-tower comes last, and takes as long as all others together.
            begun = {name: threads.submit(later, self.retrievers[name]) for name in reversed([*self.retrievers])}
            return Moment(live, {name: begun[name].result() for name in self.retrievers})

    def _with_late(self, overtaken: Overtaken, clicks: Clicks, histories: Histories, to: int) -> Moment:
        """A later moment, from one that lacks only clicks that came late where that helps."""
        known, mine = overtaken.moment, replace(self, overtaken=None)
        if known.time > to or len(overtaken.late) > MOST:
            return mine.knowing(known).advance(clicks, histories, to)
        late = LateClicks(overtaken.late.before(known.time), clicks.before(known.time))
        live = self.live.advance(late.since, known.time)
        names = self.retrievers.items()
        found = Moment(
            live, {name: one.recounted(known.retrievers[name], late, histories, live) for name, one in names}
        )
        return found if to == known.time else found.advance(clicks.between(known.time, None), histories, to)

    def bare(self) -> Moment:
        """The same moment without what has been worked out from it: to start from, not to answer from."""
        return Moment(self.live, {name: one.bare() for name, one in self.retrievers.items()})

    def knowing(self, other: Moment) -> Moment:
        """The same moment with what another one has worked out, where that can be used again."""
        return Moment(self.live, {name: one.knowing(other.retrievers[name]) for name, one in self.retrievers.items()})

    def with_articles(self, articles: Articles) -> Moment:
        """The same moment with a catalogue that has grown at its end."""
        live = self.live.with_articles(articles)
        return Moment(live, {name: one.at(live) for name, one in self.retrievers.items()})


@dataclass(frozen=True)
class Overtaken:
    """A moment as it was known before clicks came that are older.

    Attributes:
        moment: that moment.
        late: these clicks, and maybe some that are not older, in the order of their times.
    """

    moment: Moment
    late: Clicks
