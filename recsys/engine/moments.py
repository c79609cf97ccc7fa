"""The moments that an engine keeps at hand."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from recsys.data.articles import Articles
from recsys.retrieval.moment import Moment

KEPT = 3
Advance = Callable[[Moment, int], Moment]
"""Brings a moment up to a later time."""


class KeptMoments:
    """The start, checkpoints that stay, and the moments that were asked for last.

    Args:
        start: the moment from which all others are reached.
        most: how many of those asked for last are kept.
    """

    def __init__(self, start: Moment, most: int = KEPT) -> None:
        self.start = start
        self.most = most
        self._recent: OrderedDict[int, Moment] = OrderedDict()
        self._checkpoints: dict[int, Moment] = {}
        self._lock = threading.Lock()
        self._advancing = threading.Lock()

    def keep(self, moment: Moment) -> None:
        """Keep a moment for good: later ones are then reached from there."""
        with self._lock:
            self._checkpoints[moment.time] = moment

    def at(self, time: int, advance: Advance) -> Moment:
        """The moment at a time, advanced from the nearest earlier one that is kept."""
        with self._lock:
            if (moment := self._recent.get(time)) is not None:
                self._recent.move_to_end(time)
                return moment
        with self._advancing:  # whoever asks for a moment at hand need not wait for this
            with self._lock:
                known = {self.start.time: self.start, **self._checkpoints, **self._recent}
            moment = known[max(at for at in known if at <= time)]
            if moment.time < time:
                moment = advance(moment, time)
            with self._lock:
                self._recent[time] = moment
                self._recent.move_to_end(time)
                while len(self._recent) > self.most:
                    self._recent.popitem(last=False)
            return moment

    def with_articles(self, articles: Articles, until: int) -> KeptMoments:
        """The moments up to a time, ms, with a catalogue that has grown at its end."""
        grown = KeptMoments(self.start.with_articles(articles), self.most)
        with self._lock:
            for theirs, mine in ((grown._recent, self._recent), (grown._checkpoints, self._checkpoints)):
                theirs |= {at: one.with_articles(articles) for at, one in mine.items() if at <= until}
        return grown
