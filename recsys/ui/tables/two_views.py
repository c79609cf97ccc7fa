"""Two views, or two sets, beside each other: the tables of A | B."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from recsys.core.entities import ENSEMBLE
from recsys.core.timestamps import parse_time
from recsys.engine.recommendation import Recommendation
from recsys.evaluation.metrics import label
from recsys.evaluation.set_comparison import SetComparison
from recsys.ui.words import ordinal


def lists(a: Recommendation, b: Recommendation, title: Callable[[int], str]) -> pd.DataFrame:
    """Every article of either list, those of B first, with its rank in both; missing where it is not listed."""
    ids = list(dict.fromkeys([*b.articles, *a.articles]))

    def ranks(answer: Recommendation) -> pd.Series:
        listed = [answer.articles.index(one) + 1 if one in answer.articles else None for one in ids]
        return pd.Series(listed, dtype="Int64")

    return pd.DataFrame(
        {"article_id": ids, "article": [title(one) for one in ids], "rank_a": ranks(a), "rank_b": ranks(b)}
    )


def outcome(answers: Mapping[str, Recommendation], title: Callable[[int], str]) -> str:
    """Where each list had what was really opened next; ``answers`` by what the lists are called."""
    told = []
    for name, answer in answers.items():
        if answer.ground_truth is not None:
            rank = answer.ranks_of(answer.ground_truth)[ENSEMBLE]
            told.append((name, title(answer.ground_truth), ordinal(rank) if rank else "not suggested"))
    if not told:
        return "What they opened next is not known."
    if len({opened for _, opened, _ in told}) == 1:
        return f"They really opened *{told[0][1]}* next: {', '.join(f'{how} in {name}' for name, _, how in told)}."
    return "They really opened next: " + "; ".join(f"in {name} *{opened}*, {how}" for name, opened, how in told) + "."


def figures(found: SetComparison) -> pd.DataFrame:
    """A comparison of sets: every metric, then NDCG@20 by segment, with the 95% interval of the difference."""
    named = {label(metric): one for metric, one in found.metrics.items()}
    named |= {f"{cut}: {name}": one for cut, parts in found.by_segment.items() for name, one in parts.items()}
    return pd.DataFrame(
        [
            {
                "figure": name,
                "requests": one.requests,
                "a": one.old,
                "b": one.new,
                "difference": one.difference,
                "low": one.interval[0],
                "high": one.interval[1],
            }
            for name, one in named.items()
        ]
    )


def differing_visits(found: SetComparison) -> pd.DataFrame:
    """The visits on which two sets differ most, the rank of what was opened in both, and how alike the lists are."""
    visits = found.visits
    return pd.DataFrame(
        {
            "visitor": [one.user_id for one in visits],
            "as_of": [parse_time(one.as_of) for one in visits],
            "moment": pd.to_datetime([one.as_of for one in visits], utc=True, format="ISO8601"),
            "rank_a": pd.Series([one.rank_old or None for one in visits], dtype="Int64"),
            "rank_b": pd.Series([one.rank_new or None for one in visits], dtype="Int64"),
            "overlap": [one.overlap for one in visits],
        }
    )
