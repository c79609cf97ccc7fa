"""What an engine knows of articles, users and clicks, and how clicks that come in are added to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from recsys.core.arrays import contains, find
from recsys.core.entities import ObservedClick
from recsys.core.timestamps import iso
from recsys.core.types import PAD, Ints, Longs
from recsys.data.arrivals import NO_ARRIVALS, NOBODY, TIME_BITS, Arrivals, Newcomers, new_ids
from recsys.data.articles import Articles
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories
from recsys.data.names import NUMBERS, Names, number_of
from recsys.data.profiles import Profiles
from recsys.errors import InputError

LARGEST = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Knowledge:
    """What an engine knows beside its retrievers.

    Attributes:
        articles: the catalogue.
        user_ids: ids of the log's users, sorted.
        histories: their clicks, those of the replay hours included.
        profiles: their contexts.
        replay: the clicks of the replay hours.
        end: the end of the replay hours, ms: the moment of a request that names none.
        names: those of users and articles whose ids are names.
        arrived: clicks that came in since; ``histories`` and ``profiles`` have them too.
        newcomers: ids of users whom the log does not have.
    """

    articles: Articles
    user_ids: Longs
    histories: Histories
    profiles: Profiles
    replay: Clicks
    end: int
    names: Names = NUMBERS
    arrived: Arrivals = NO_ARRIVALS
    newcomers: Newcomers = NOBODY

    def users(self, ids: Longs) -> Ints:
        """The index of each user with an id, or ``PAD``: those of the log first, then the newcomers."""
        logged = find(self.user_ids, ids)
        if not len(self.newcomers):
            return logged
        new = self.newcomers.find(ids)
        return np.where((logged == PAD) & (new != PAD), len(self.user_ids) + new, logged).astype(np.int32)

    def between(self, start: int, end: int) -> Clicks:
        """All clicks with start <= time < end, ms, those that came in included."""
        return self.replay.between(start, end).merged(self.arrived.by_time.between(start, end))

    def not_in_log(self, observed: Sequence[ObservedClick]) -> list[ObservedClick]:
        """The clicks that the replay hours do not hold already.

        One is held under the same id, where the log tells clicks apart; else with the same user, article and time, as
        exact as the log is.
        """
        logged = self.profiles.later
        if not len(logged):
            return list(observed)
        if logged.ids is not None:
            numbers = np.array([number_of(click.id) for click in observed], np.int64)
            return [
                click for click, is_held in zip(observed, contains(logged.ids, numbers), strict=True) if not is_held
            ]
        users = self.users(np.array([click.user_id for click in observed], np.int64))
        items = self.articles.index(np.array([click.article_id for click in observed], np.int64))
        times = np.array([click.time for click in observed], np.int64)
        held = logged.holds(users, items, times // logged.exactness * logged.exactness)
        return [click for click, is_held in zip(observed, held.tolist(), strict=True) if not is_held]

    def with_clicks(self, observed: Sequence[ObservedClick]) -> tuple[Knowledge, Clicks]:
        """The same with further clicks, in the order in which they came; what is new follows what is there.

        Also these clicks, in the order of their times.
        """
        article_ids = np.array([click.article_id for click in observed], np.int64)
        user_ids = np.array([click.user_id for click in observed], np.int64)
        unknown = new_ids(article_ids, self.articles.index(article_ids) != PAD)
        articles = self.articles.with_ids(unknown) if len(unknown) else self.articles
        newcomers = self.newcomers
        if len(strangers := new_ids(user_ids, self.users(user_ids) != PAD)):
            newcomers = newcomers.with_ids(strangers)
        grown = replace(self, articles=articles, newcomers=newcomers)
        clicks = Clicks(
            users=grown.users(user_ids),
            items=articles.index(article_ids),
            times=np.array([click.time for click in observed], np.int64),
            sessions=np.array([_session(click) for click in observed], np.int64),
            contexts=np.array([click.context.codes() for click in observed], np.int16),
        )
        arrived = self.arrived.with_clicks(clicks)
        knowledge = replace(
            grown,
            histories=replace(self.histories, arrived=arrived.by_user),
            profiles=replace(self.profiles, arrived=arrived.by_user),
            arrived=arrived,
            end=max(self.end, int(clicks.times.max()) + 1),
        )
        return knowledge, clicks.rows(np.argsort(clicks.times, kind="stable"))


def check(click: ObservedClick, start: int) -> None:
    """Refuse a click that no engine can take in.

    Raises:
        InputError: it is older than the engine's counts, or one of its numbers is out of range.
    """
    if not start <= click.time < 1 << TIME_BITS:
        raise InputError(
            f"The click {click.id!r} has the time {iso(click.time)}; this set takes in clicks from {iso(start)} on."
        )
    numbers = {"user_id": click.user_id, "article_id": click.article_id}
    for name, number in numbers.items():
        if not 0 <= number <= LARGEST:
            raise InputError(f"The click {click.id!r} has the {name} {number}; it must be from 0 to {LARGEST}.")
    if not all(0 <= code <= np.iinfo(np.int16).max for code in click.context.codes()):
        raise InputError(f"The click {click.id!r} has a code in its context that is out of range.")


def _session(click: ObservedClick) -> int:
    return -1 - click.user_id if click.session_id is None else click.session_id
