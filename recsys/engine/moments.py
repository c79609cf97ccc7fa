"""The moments that an engine keeps at hand."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

from recsys.core.types import MINUTE, SECOND
from recsys.data.articles import Articles
from recsys.data.clicks import Clicks
from recsys.retrieval.moment import Moment, Overtaken

KEPT = 3
TRAIL = (10 * SECOND, MINUTE, 5 * MINUTE, 20 * MINUTE, 60 * MINUTE)
"""How far behind the latest moment earlier ones are kept, one up to each age: a click that comes late changes all from
its moment on, and they are then made anew from the one before it."""
LONG_WAY = 5 * MINUTE
"""A way on which moments are left behind."""
Advance = Callable[[Moment, int], Moment]
"""Brings a moment up to a later time."""


class KeptMoments:
    """The start, checkpoints that stay, a trail behind the latest, and the moments that were asked for last.

    What is worked out for answers is nearly as large as a moment, so only those that were asked for last hold it. There
    is no trail before clicks come in: none can come late in a log that is replayed.

    Args:
        start: the moment from which all others are reached.
        most: how many of those asked for last are kept.
    """

    def __init__(self, start: Moment, most: int = KEPT) -> None:
        self.most = most
        self._start = start
        self._articles = start.live.articles
        self._recent: OrderedDict[int, Moment] = OrderedDict()
        self._checkpoints: dict[int, Moment] = {}
        self._trail: dict[int, Moment] = {}
        self._comes_in = False
        """Whether clicks have come in."""
        self._overtaken: Overtaken | None = None
        """The latest moment before clicks came late: most of what is counted there still holds."""
        self._being_made: dict[int, Future[Moment]] = {}
        self._lock = threading.Lock()

    @property
    def start(self) -> Moment:
        """The moment from which all others are reached."""
        with self._lock:
            self._start = self._grown(self._start)
            return self._start

    @property
    def first(self) -> int:
        """The time of the start, ms."""
        return self._start.time

    def keep(self, moment: Moment) -> None:
        """Keep a moment for good: later ones are then reached from there."""
        with self._lock:
            self._checkpoints[moment.time] = moment.bare()

    def has(self, time: int) -> bool:
        """Whether the moment at a time is at hand."""
        return time in self._recent or time in self._trail or time in self._checkpoints

    def at(self, time: int, advance: Advance) -> Moment:
        """The moment at a time, advanced from the nearest earlier one that is kept; made once for all who ask."""
        with self._lock:
            if (moment := self._recent.get(time)) is not None:
                self._recent.move_to_end(time)
                return moment
            being_made = self._being_made.get(time)
            if being_made is None:
                mine = self._being_made[time] = Future()
                nearest = self._nearest(time)
                self._make_room(1)
        if being_made is not None:
            return being_made.result()
        try:
            moment = self._grown(nearest)
            if self._overtaken is not None and moment.time < time:
                known = replace(self._overtaken, moment=self._grown(self._overtaken.moment))
                moment = replace(moment, overtaken=known)
            for stop in self._stops(moment.time, time):
                moment = advance(moment, stop)
                with self._lock:
                    self._trail[stop] = moment
            if moment.time < time:
                moment = advance(moment, time)
        except BaseException as error:
            mine.set_exception(error)
            raise
        else:
            mine.set_result(moment)
        finally:
            with self._lock:
                del self._being_made[time]
        with self._lock:
            self._recent[time] = moment
            if self._comes_in and time > max(self._trail, default=0):
                self._lengthen(moment)
            self._make_room()
        return moment

    def with_articles(self, articles: Articles, until: int, new: Clicks | None = None) -> KeptMoments:
        """The moments up to a time, ms, with a catalogue that may have grown at its end.

        ``new`` are the clicks that have come in, where nothing else has changed, in the order of their times.
        """
        found = KeptMoments(self._start, self.most)
        found._articles = articles
        with self._lock:
            kinds = (self._recent, self._checkpoints, self._trail)
            for theirs, mine in zip((found._recent, found._checkpoints, found._trail), kinds, strict=True):
                theirs.update({at: one for at, one in mine.items() if at <= until})
            at_hand = self._recent | self._trail
            latest = at_hand.get(max(at_hand, default=0))
        found._comes_in = self._comes_in or new is not None
        if latest is not None and latest.time > until and new is not None:
            found._overtaken = Overtaken(latest, new)
        if articles is not self._articles:  # who has the grown catalogue makes them grow when they are needed
            found._recent.clear()
        return found

    def _make_room(self, places: int = 0) -> None:
        """Let go of the moments that were asked for longest ago, so that so many more can be kept."""
        while len(self._recent) > self.most - places:
            self._recent.popitem(last=False)

    def _stops(self, start: int, end: int) -> list[int]:
        """Where to stop on a long way to the latest moment, so that there is a trail behind it."""
        wanted = self._comes_in and self._overtaken is None  # after clicks that came late it grows again by itself
        if not wanted or end - start < LONG_WAY or end <= max(self._trail, default=0):
            return []
        return [end - behind for behind in reversed(TRAIL) if end - behind > start]

    def _nearest(self, time: int) -> Moment:
        known = {self._start.time: self._start, **self._checkpoints, **self._trail, **self._recent}
        found = known[max(at for at in known if at <= time)]
        return found if found.time in self._trail or found.time in self._recent else found.bare()

    def _grown(self, moment: Moment) -> Moment:
        return moment if moment.live.articles is self._articles else moment.with_articles(self._articles)

    def _lengthen(self, latest: Moment) -> None:
        """Put a moment at the end of the trail; of those behind it, the oldest up to each age stays."""
        oldest: dict[int, int] = {}
        for time in sorted(self._trail):
            behind = latest.time - time
            oldest.setdefault(next((number for number, age in enumerate(TRAIL) if behind <= age), len(TRAIL)), time)
        beyond = [time for time in self._trail if latest.time - time > TRAIL[-1]]
        kept = {time for place, time in oldest.items() if place < len(TRAIL)} | set(beyond and [max(beyond)])
        # What was worked out for answers goes with the latest: those behind are there to start from.
        self._trail = {time: one.bare() for time, one in self._trail.items() if time in kept}
        self._trail[latest.time] = latest
