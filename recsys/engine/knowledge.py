"""What an engine knows of articles, users and clicks, and how clicks that come in are added to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from recsys.core.arrays import find, grown
from recsys.core.entities import ObservedClick
from recsys.core.timestamps import iso
from recsys.core.types import Longs
from recsys.data.articles import Articles
from recsys.data.clicks import Clicks
from recsys.data.histories import TIME_BITS, Histories
from recsys.data.names import NUMBERS, Names
from recsys.data.profiles import Profiles
from recsys.errors import InputError

LARGEST = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Knowledge:
    """What an engine knows beside its retrievers.

    Attributes:
        articles: the catalogue.
        user_ids: ids of the stored users, sorted as a log is read; those that came in later follow.
        histories: their clicks, those of the replay hours included.
        profiles: their contexts.
        replay: the clicks of the replay hours.
        end: the end of the replay hours, ms: the moment of a request that names none.
        names: those of users and articles whose ids are names.
    """

    articles: Articles
    user_ids: Longs
    histories: Histories
    profiles: Profiles
    replay: Clicks
    end: int
    names: Names = NUMBERS

    def with_clicks(self, observed: Collection[ObservedClick]) -> Knowledge:
        """The same with further clicks; articles and users that are new are appended."""
        in_order = sorted(observed, key=lambda click: click.time)
        article_ids = np.array([click.article_id for click in in_order], np.int64)
        user_ids = np.array([click.user_id for click in in_order], np.int64)
        articles = self.articles.with_ids(_new(article_ids, self.articles.index(article_ids)))
        users = np.append(self.user_ids, _new(user_ids, find(self.user_ids, user_ids)))
        clicks = Clicks(
            users=find(users, user_ids, np.argsort(users, kind="stable")),
            items=articles.index(article_ids),
            times=np.array([click.time for click in in_order], np.int64),
            sessions=np.array([_session(click) for click in in_order], np.int64),
            contexts=np.array([click.context.codes() for click in in_order], np.int16),
        )
        replay = self.replay.merged(clicks)
        return Knowledge(
            articles=articles,
            user_ids=users,
            histories=self.histories.with_clicks(clicks, len(users)),
            profiles=Profiles.from_clicks(grown(self.profiles.base, len(users)), replay),
            replay=replay,
            end=max(self.end, in_order[-1].time + 1),
            names=self.names,
        )


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


def _new(ids: Longs, found: np.ndarray) -> Longs:
    """The ids that are not there yet, in the order in which they first came."""
    missing = ids[found < 0]
    _, first = np.unique(missing, return_index=True)
    return missing[np.sort(first)]


def _session(click: ObservedClick) -> int:
    return -1 - click.user_id if click.session_id is None else click.session_id
