"""From requests to pools: everything but the reranker, which learns from these candidates."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from recsys.core.batches import Visitors, make_visitors
from recsys.core.entities import CONTEXT_FIELDS, Request
from recsys.core.timestamps import iso
from recsys.core.types import PAD, Codes, Ints, Longs
from recsys.core.values import changed
from recsys.data.articles import Articles
from recsys.data.clicks import Clicks
from recsys.data.dataset_settings import DatasetSettings
from recsys.data.histories import Histories
from recsys.data.names import Names
from recsys.data.profiles import Profiles
from recsys.engine.knowledge import Knowledge
from recsys.engine.moments import KeptMoments
from recsys.errors import InputError
from recsys.policy.applying import wanted
from recsys.policy.catalogue import Catalogue
from recsys.ranking.ensemble import Ensemble
from recsys.ranking.pool import Pool, build_pool
from recsys.retrieval.moment import Moment

SECTION_UNKNOWN = "section unknown"


class CandidateEngine:
    """Candidates at any moment of the replay hours.

    Args:
        dataset: names and labels of the dataset.
        ensemble: what the engine is made of.
        knowledge: articles, users and clicks.
        moments: those at hand, from the moment of training on.
    """

    def __init__(
        self,
        dataset: DatasetSettings,
        ensemble: Ensemble,
        knowledge: Knowledge,
        moments: KeptMoments,
    ) -> None:
        self.dataset = dataset
        self.ensemble = ensemble
        self.knowledge = knowledge
        self.moments = moments

    @property
    def start(self) -> Moment:
        """The moment of training."""
        return self.moments.start

    @cached_property
    def suggesting(self) -> tuple[str, ...]:
        """The names of the retrievers that suggest articles."""
        return tuple(self.ensemble.settings.suggesting)

    @cached_property
    def beside(self) -> tuple[str, ...]:
        """The names of those that suggest nothing, and whose lists can be looked at."""
        return tuple(name for name in self.ensemble.settings.retrievers if name not in self.suggesting)

    @property
    def articles(self) -> Articles:
        """The catalogue."""
        return self.knowledge.articles

    @property
    def user_ids(self) -> Longs:
        """Ids of the stored users."""
        return self._user_ids

    @property
    def names(self) -> Names:
        """The names of users and articles whose ids are names."""
        return self.knowledge.names

    @property
    def histories(self) -> Histories:
        """The users' clicks, those of the replay hours included."""
        return self.knowledge.histories

    @property
    def profiles(self) -> Profiles:
        """The users' contexts."""
        return self.knowledge.profiles

    @property
    def replay(self) -> Clicks:
        """The clicks of the replay hours, and those that came in."""
        return self._replay

    @property
    def end(self) -> int:
        """The end of the replay hours, ms: the moment of a request that names none."""
        return self.knowledge.end

    def can_replay(self, time: int) -> bool:
        """Whether a moment, ms, is in the replay hours."""
        return self.moments.first <= time <= self.end

    def at(self, time: int) -> Moment:
        """The system as it was at a moment, reached from the nearest earlier one that is still known.

        Raises:
            InputError: the moment is outside the replay hours.
        """
        if not self.can_replay(time):
            raise InputError(
                f"{iso(time)} is outside the hours that this set can replay: "
                f"{iso(self.moments.first)} to {iso(self.end)}."
            )
        return self.moments.at(time, self.advance)

    def advance(self, moment: Moment, to: int) -> Moment:
        """A moment with the replay's clicks up to a later time, ms."""
        return moment.advance(self.knowledge.between(moment.time, to), self.histories, to)

    def pool(self, requests: Sequence[Request], moment: Moment) -> Pool:
        """The candidates of a batch, before the reranker. Requests may be later than the moment, never earlier.

        Raises:
            ValueError: the requests are not alike (``Request.alike``).
        """
        visitors, _ = self.visitors(requests, moment)
        different = {request.alike for request in requests}
        if len(different) > 1:
            raise ValueError("all requests of a batch must leave out the same retrievers, under the same policy")
        return self.pool_of(visitors, requests[0] if requests else Request(), moment)

    def pool_of(self, visitors: Visitors, request: Request, moment: Moment) -> Pool:
        """The candidates of visitors whose requests are like this one."""
        also = wanted(request.policy, self.catalogue) if request.policy.rules else ()
        pool = build_pool(moment, visitors, request.without, also, self.beside)
        if not (request.beside and self.beside):
            return pool
        return changed(pool, beside={name: moment.retrievers[name].retrieve(visitors) for name in self.beside})

    @cached_property
    def catalogue(self) -> Catalogue:
        """Looks up what policies name."""
        return Catalogue(self.articles, self.names, self.dataset)

    def visitors(
        self, requests: Sequence[Request], moment: Moment, users: Ints | None = None
    ) -> tuple[Visitors, Codes]:
        """The batch as arrays, and the contexts as stored, shape (batch, 6); ``users`` are as ``users_of`` has them."""
        as_of = np.array([moment.time if r.as_of is None else r.as_of for r in requests], np.int64)
        if len(requests) and as_of.min() < moment.time:
            raise ValueError(f"a request at {as_of.min()} is earlier than the moment {moment.time}")
        users = self.users_of(requests) if users is None else users
        stored = self.profiles.of(users, as_of)
        contexts = stored.copy()
        for row, request in enumerate(requests):
            for field, code in request.overrides.items():
                contexts[row, _column(field)] = _code(field, code)

        own = [(row, click) for row, r in enumerate(requests) for click in r.history or () if click.time < as_of[row]]
        brings_own = np.array([r.history is not None for r in requests], bool)
        rows, items, times = self.histories.known(np.where(brings_own, PAD, users), as_of)
        if own:
            rows = np.append(rows, [row for row, _ in own])
            times = np.append(times, [click.time for _, click in own])
            own_items = self.articles.index(np.array([click.article_id for _, click in own], np.int64))
            items = np.append(items, own_items)
            order = np.lexsort((times, rows))
            rows, items, times = rows[order], items[order], times[order]
        how = self.ensemble.settings
        visitors = make_visitors(rows, items, times, as_of, contexts, how.history_depth, repeats=bool(how.repeats))
        return visitors, stored

    def users_of(self, requests: Sequence[Request]) -> Ints:
        """The index of each request's stored user, ``PAD`` for a visitor who is not stored. Shape (batch,).

        Raises:
            InputError: an id is named that is not stored, and no history comes with it.
        """
        largest = np.iinfo(np.int64).max
        ids = (PAD if r.user_id is None else r.user_id for r in requests)
        named = np.array([one if abs(one) <= largest else PAD for one in ids], np.int64)
        users = self.knowledge.users(named)
        for request, user in zip(requests, users.tolist(), strict=True):
            if request.user_id is not None and user == PAD and request.history is None:
                first, last = (self.names.user(int(one)) for one in self.user_ids[[0, -1]])
                which = f"with ids from {first} to {last}" if self.names.users is None else f"such as {first}"
                raise InputError(
                    f"Unknown reader {self.names.user(request.user_id)}. This set knows {len(self.user_ids):,} "
                    f"readers, {which}."
                )
        return users

    def knows(self, user_id: int) -> bool:
        """Whether a user is stored."""
        return abs(user_id) <= np.iinfo(np.int64).max and bool(self.knowledge.users(np.array([user_id]))[0] != PAD)

    @cached_property
    def _user_ids(self) -> Longs:
        known = self.knowledge
        return np.append(known.user_ids, known.newcomers.ids) if len(known.newcomers) else known.user_ids

    @cached_property
    def _replay(self) -> Clicks:
        known = self.knowledge
        return known.replay.merged(known.arrived.by_time) if len(known.arrived) else known.replay

    def title(self, item: int) -> str:
        """An article's headline, or its id where the dataset has none."""
        return self.articles.text("title", item) or self._untitled(int(self.articles.ids[item]))

    def title_of(self, article_id: int) -> str:
        """The headline of the article with an id, which need not be in the set."""
        item = int(self.articles.index(article_id))
        return self.title(item) if item >= 0 else f"{self._untitled(article_id)} (not in this set)"

    def _untitled(self, article_id: int) -> str:
        outside = self.names.article(article_id)
        return f"Article {outside}" if isinstance(outside, int) else outside

    def section(self, item: int) -> str:
        """An article's section in words."""
        code = int(self.articles.sections[item])
        return self.dataset.label("section", code) if code >= 0 else SECTION_UNKNOWN


def _column(field: str) -> int:
    if field not in CONTEXT_FIELDS:
        raise InputError(f"Unknown context field {field!r}. Known: {', '.join(CONTEXT_FIELDS)}.")
    return CONTEXT_FIELDS.index(field)


def _code(field: str, code: int) -> int:
    if not 0 <= code <= np.iinfo(np.int16).max:
        raise InputError(f"{code} is not a code for {field}: codes are from 0 to {np.iinfo(np.int16).max}.")
    return code
