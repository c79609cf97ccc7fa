"""Candidates made up for tests."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from recsys.core.entities import Request
from recsys.core.policy import Policy
from recsys.core.types import Floats
from recsys.data.names import NUMBERS
from recsys.policy.applying import in_order
from recsys.policy.arranging import Arranged, arranged
from recsys.policy.base import PolicyRule
from recsys.policy.catalogue import Catalogue
from recsys.policy.reader_candidates import KeptCandidates
from tests.helpers import tiny_log

HOURS_NOW = 20


def made_up(
    scores: Sequence[float],
    *,
    sections: Sequence[int] | None = None,
    ages: Sequence[float] | None = None,
    clicks: Sequence[int] | None = None,
    vectors: Floats | None = None,
    read: Sequence[int] = (),
    reranked: int | None = None,
    user: int = 1,
) -> KeptCandidates:
    """Articles with ids from 0 on, best first; of one section, new, clicked a hundred times, where nothing is said."""
    n = len(scores)
    log = tiny_log([(0, 0, 0, 0.0)], articles=max(n, 1))
    columns = {"sections": (sections, 0), "ages": (ages, 0.0), "clicks": (clicks, 100)}
    arrays = {name: np.array([usual] * n if given is None else given) for name, (given, usual) in columns.items()}
    articles = replace(log.articles, sections=np.resize(arrays["sections"], max(n, 1)).astype(np.int32))
    return KeptCandidates(
        request=Request(user_id=user),
        catalogue=Catalogue(articles, NUMBERS, log.dataset),
        as_of=HOURS_NOW * 3_600_000,
        rows=np.arange(n),
        items=np.arange(n, dtype=np.int32),
        scores=np.array(scores, float),
        reranked=np.arange(n) < (n if reranked is None else reranked),
        sections=arrays["sections"].astype(np.int32),
        age_hours=arrays["ages"].astype(float),
        clicks=arrays["clicks"].astype(np.int64),
        ranks_now=np.arange(n),
        table=vectors,
        places=np.arange(n, dtype=np.int32),
        sections_read=np.array(read, np.int32),
    )


def listed(candidates: KeptCandidates, *rules: PolicyRule, k: int = 10) -> list[int]:
    """The list under some rules."""
    found = under(candidates, *rules, k=k)
    return found.order[: min(k, found.shown)].tolist()


def under(candidates: KeptCandidates, *rules: PolicyRule, k: int = 10) -> Arranged:
    """The whole answer."""
    return arranged(candidates, in_order(Policy(rules=rules)), k)
