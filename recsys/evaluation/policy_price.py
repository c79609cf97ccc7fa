"""What a policy costs, and what it brings: figures of two sets of lists for the same visits, compared pair by pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import numpy as np
from pydantic import BaseModel

from recsys.core.arrays import ranks_of
from recsys.core.types import PAD, Bools, Doubles, Ints, Longs
from recsys.evaluation.metrics import gains

DRAWS, SEED = 400, 5
NEW_HOURS = 3.0
"""Younger articles count as new."""


@dataclass(frozen=True, eq=False)
class VisitLists:
    """The first articles of a list for each visit, padded; arrays of shape (visits, depth) unless said otherwise.

    Attributes:
        items: article indices.
        targets: what was really opened next, shape (visits,).
        sections: the code of each article's section, under 0 where it is unknown.
        age_hours: the age of each.
        surprise: -log2 of each article's share of all clicks, bits.
        divergence: how far each list's sections are from those of its reader, nats; missing where they are not known.
            Shape (visits,).
    """

    items: Ints
    targets: Ints
    sections: Ints
    age_hours: Doubles
    surprise: Doubles
    divergence: Doubles

    @property
    def known(self) -> Bools:
        """Where there is an article."""
        return self.items != PAD

    def rows(self, which: Longs) -> VisitLists:
        """The lists of some visits."""
        return VisitLists(**{one.name: getattr(self, one.name)[which] for one in fields(self)})


@dataclass(frozen=True)
class Measure:
    """A figure of lists.

    Attributes:
        key: by which figures refer to it.
        label: on pages.
        meaning: in a sentence.
        format: of its values, for Streamlit.
        of: the figure of some lists.
    """

    key: str
    label: str
    meaning: str
    format: str
    of: Callable[[VisitLists], float]


def gini(counts: Longs | Doubles) -> float:
    """The Gini coefficient: 0 where all have the same, towards 1 where one has all. 0 where there is nothing."""
    ordered = np.sort(np.asarray(counts, float))
    total = ordered.sum()
    if not total:
        return 0.0
    n = len(ordered)
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * total))


def _hits(lists: VisitLists) -> float:
    ranks = ranks_of(lists.targets, lists.items)
    return float(100 * (ranks > 0).mean())


def _ndcg(lists: VisitLists) -> float:
    return float(gains(ranks_of(lists.targets, lists.items), "ndcg@20").mean())


def _sections(lists: VisitLists) -> float:
    ordered = np.sort(np.where(lists.known & (lists.sections >= 0), lists.sections, -1), axis=1)
    new = np.diff(ordered, axis=1, prepend=-1) > 0
    return float(new.sum(axis=1).mean())


def _distinct(lists: VisitLists) -> float:
    return float(len(np.unique(lists.items[lists.known])))


def _new(lists: VisitLists) -> float:
    return float(100 * (lists.age_hours[lists.known] < NEW_HOURS).mean())


def _gini(lists: VisitLists) -> float:
    return gini(np.unique(lists.items[lists.known], return_counts=True)[1])


def _novelty(lists: VisitLists) -> float:
    return float(lists.surprise[lists.known].mean())


def _divergence(lists: VisitLists) -> float:
    known = lists.divergence[~np.isnan(lists.divergence)]
    return float(known.mean()) if len(known) else 0.0


MEASURES = (
    Measure("found", "Of 100 next clicks found", "How often what they opened next is on the list.", "%.1f", _hits),
    Measure("ndcg", "NDCG", "The same, and the higher on the list the better; from 0 to 1.", "%.4f", _ndcg),
    Measure("sections", "Sections on a list", "How many sections a list has.", "%.2f", _sections),
    Measure("distinct", "Different articles shown", "On all the lists together.", "%.0f", _distinct),
    Measure("new", "Under 3 hours old, %", "Of the articles shown, new ones.", "%.1f", _new),
    Measure("gini", "Gini of exposure", "How unevenly the articles shown share the places: 0 evenly.", "%.3f", _gini),
    Measure(
        "novelty",
        "Novelty, bits",
        "How little known the articles are; half the clicks are a bit more.",
        "%.2f",
        _novelty,
    ),
    Measure(
        "calibration",
        "Distance from the reader's sections, nats",
        "Of the list's sections; 0 where they are the reader's.",
        "%.3f",
        _divergence,
    ),
)
BY_KEY: Mapping[str, Measure] = {one.key: one for one in MEASURES}


class Change(BaseModel):
    """A figure before and after, and the 95% interval of the difference, by a bootstrap over visits, pair by pair."""

    before: float
    after: float
    interval: tuple[float, float]

    @property
    def difference(self) -> float:
        """After less before."""
        return self.after - self.before

    @property
    def is_sure(self) -> bool:
        """Whether it is beyond chance."""
        return self.interval[0] > 0 or self.interval[1] < 0


def figures(lists: VisitLists) -> dict[str, float]:
    """Every figure of some lists, by key."""
    return {one.key: one.of(lists) for one in MEASURES}


def price(before: VisitLists, after: VisitLists, draws: int = DRAWS) -> dict[str, Change]:
    """Every figure of both; the lists are for the same visits."""
    visits = len(before.items)
    drawn = np.random.default_rng(SEED).integers(visits, size=(draws, visits))
    differences: dict[str, list[float]] = {one.key: [] for one in MEASURES}
    for rows in drawn:
        mine, theirs = after.rows(rows), before.rows(rows)
        for one in MEASURES:
            differences[one.key].append(one.of(mine) - one.of(theirs))
    found = {}
    for one in MEASURES:
        was, now = one.of(before), one.of(after)
        drawn_differences = np.array(differences[one.key])
        # Around the difference that was found: drawn visits repeat, and so have fewer different articles.
        low, high = now - was + np.percentile(drawn_differences - drawn_differences.mean(), [2.5, 97.5])
        found[one.key] = Change(before=was, after=now, interval=(float(low), float(high)))
    return found


def price_table(found: Mapping[str, Change]) -> str:
    """The figures as text."""
    lines = [f"{'':<44}{'before':>10}{'after':>10}{'difference':>12}   95%"]
    for key, one in found.items():
        before, after = BY_KEY[key].format % one.before, BY_KEY[key].format % one.after
        low, high = one.interval
        label = BY_KEY[key].label
        lines.append(f"{label:<44}{before:>10}{after:>10}{one.difference:>+12.3f}   {low:+.3f} to {high:+.3f}")
    return "\n".join(lines)
