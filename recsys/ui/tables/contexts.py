"""What context alone changes: the tables of Cold start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from recsys.core.entities import CONTEXT_FIELDS, Request
from recsys.core.policy import NO_POLICY, Policy
from recsys.core.types import Codes
from recsys.data.dataset_settings import title
from recsys.engine.engine import Engine
from recsys.retrieval.popularity.families import FAMILIES
from recsys.retrieval.popularity.retriever import Popularity

DEPTH = 10


def codes_of(overrides: Mapping[str, int]) -> Codes:
    """A context as codes, 0 where nothing is said; shape (6,)."""
    return np.array([overrides.get(field, 0) for field in CONTEXT_FIELDS], np.int16)


def family_in_words(engine: Engine, family: str, codes: Codes) -> str:
    """Such as ``OS Windows and country BR``."""
    fields = FAMILIES[family]
    if not fields:
        return "everybody"
    named = [(field, int(codes[CONTEXT_FIELDS.index(field)])) for field in fields]
    labels = ((title(field) if code else "", engine.dataset.label(field, code)) for field, code in named)
    return " and ".join(f"{kind} {label}".strip() for kind, label in labels)


def fields_in_words(family: str) -> str:
    """Such as ``OS and country``."""
    return " and ".join(map(title, FAMILIES[family])) or "everybody"


def blend(engine: Engine, overrides: Mapping[str, int], as_of: int, depth: int) -> pd.DataFrame:
    """A new visitor's candidates by contextual popularity: which family filled each rank, with the shares behind it.

    ``share`` is the article's smoothed share of the clicks in that family, ``overall`` among everybody.
    """
    popularity = _popularity(engine, as_of)
    codes = codes_of(overrides)
    shares = {family: popularity.share(family, codes) for family in ("overall", *dict(popularity.settings.blend))}
    rows = []
    for rank, (position, family) in enumerate(popularity.blend(codes)[:depth], start=1):
        item = int(popularity.live.items[position])
        rows.append(
            {
                "rank": rank,
                "article_id": int(engine.articles.ids[item]),
                "article": engine.title(item),
                "filled_by": family_in_words(engine, family, codes),
                "share": float(shares[family][position]),
                "overall": float(shares["overall"][position]),
            }
        )
    return pd.DataFrame(rows, columns=["rank", "article_id", "article", "filled_by", "share", "overall"])


def clicks_behind(engine: Engine, overrides: Mapping[str, int], as_of: int) -> pd.DataFrame:
    """How many clicks, decayed with the list's half-life, each family's counts hold in this context.

    Families of which nothing is known in this context are left out.
    """
    popularity, codes = _popularity(engine, as_of), codes_of(overrides)
    known = [family for family in dict(popularity.settings.blend) if any(f in overrides for f in FAMILIES[family])]
    return pd.DataFrame(
        [
            {"family": family_in_words(engine, family, codes), "clicks": popularity.clicks_in(family, codes)}
            for family in ("overall", *known)
        ]
    )


def distances(
    engine: Engine,
    rows: tuple[str, Sequence[int]],
    columns: tuple[str, Sequence[int]],
    fixed: Mapping[str, int],
    as_of: int,
    policy: Policy = NO_POLICY,
) -> pd.DataFrame:
    """How many of a new visitor's first ten are not among those of an unknown visitor.

    Args:
        engine: answers for all contexts as one batch.
        rows: a field and its codes.
        columns: another field and its codes.
        fixed: what else is known of the visitor.
        as_of: the moment, ms.
        policy: what lists follow.
    """
    contexts = [{**fixed, rows[0]: a, columns[0]: b} for a in rows[1] for b in columns[1]]
    requests = [Request(overrides=one, as_of=as_of, policy=policy) for one in ({}, *contexts)]
    everybody, *lists = engine.rank(requests, engine.at(as_of)).top(DEPTH)
    others = [len(np.setdiff1d(one, everybody)) for one in lists]
    down, across = ([engine.dataset.label(field, code) for code in codes] for field, codes in (rows, columns))
    return pd.DataFrame(np.reshape(others, (len(down), len(across))), index=down, columns=across)


def _popularity(engine: Engine, as_of: int) -> Popularity:
    return engine.at(as_of).get(Popularity)
