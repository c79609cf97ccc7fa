"""Where next clicks are lost: the tables of the page of that name."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from recsys.artifacts.store import LoadedSet
from recsys.evaluation.funnel import Counts, Funnel, of_100
from recsys.ranking.fates import Fate

LABELS = {
    Fate.SHOWN: "Shown",
    Fate.BELOW: "Ranked too low",
    Fate.DROPPED: "Dropped early",
    Fate.NOT_SUGGESTED: "Not suggested",
    Fate.ALREADY_READ: "Already read",
    Fate.NOT_IN_PLAY: "Not in play",
}
MEANINGS = {
    Fate.SHOWN: "among the first {depth} of the list",
    Fate.BELOW: "the reranker put it below the {depth}th",
    Fate.DROPPED: "suggested, but dropped by the fast first stage",
    Fate.NOT_SUGGESTED: "known, but no algorithm suggested it",
    Fate.ALREADY_READ: "they had read it already, so it is not suggested",
    Fate.NOT_IN_PLAY: "nobody had opened it lately, or nobody yet",
}
CUTS = {
    "visitor": "New and returning readers",
    "device": "Device",
    "section": "Section",
    "article age": "Age of the article",
    "clicks before": "Clicks so far in the visit",
}


def occurring(funnel: Funnel) -> list[Fate]:
    """The fates that any request of a funnel had, the farthest first."""
    return [fate for fate in Fate if funnel.fates.get(fate.key)]


def whole(funnel: Funnel) -> pd.DataFrame:
    """One row a fate: what it is called, what it means, how many requests and how many of a hundred."""
    rows = [
        {
            "fate": fate.key,
            "label": LABELS[fate],
            "meaning": MEANINGS[fate].format(depth=funnel.depth),
            "requests": funnel.fates[fate.key],
            "of_100": round(of_100(funnel.fates, fate), 1),
        }
        for fate in occurring(funnel)
    ]
    return pd.DataFrame(rows, columns=["fate", "label", "meaning", "requests", "of_100"])


def by_segment(funnel: Funnel, cut: str) -> pd.DataFrame:
    """Of a hundred requests of each segment, how many had each fate; the index says how many requests it has."""
    segments = funnel.by_segment[cut]
    ordered = sorted(segments, key=lambda name: -sum(segments[name].values())) if cut != "article age" else [*segments]
    columns = occurring(funnel)
    return pd.DataFrame(
        {LABELS[fate]: [round(of_100(segments[name], fate), 1) for name in ordered] for fate in columns},
        index=pd.Index([f"{name} ({sum(segments[name].values()):,})" for name in ordered], name=cut),
    )


def cuts(funnel: Funnel) -> dict[str, str]:
    """The ways to cut the requests, and what they are called."""
    return {cut: label for cut, label in CUTS.items() if cut in funnel.by_segment}


def examples(loaded: LoadedSet, visits: pd.DataFrame, fate: str, cut: str, segment: str | None) -> pd.DataFrame:
    """The kept visits with a fate, of a segment where one is named; ``visits`` is the table of all of them."""
    keep = [visit.fate == fate and (segment is None or visit.segments.get(cut) == segment) for visit in loaded.visits]
    return visits[keep].reset_index(drop=True)


def segments_of(funnel: Funnel, cut: str, fate: str) -> dict[str, str]:
    """The segments in which a fate occurs, with how many of a hundred of each had it."""
    found: Mapping[str, Counts] = funnel.by_segment[cut]
    return {
        name: f"{name} ({of_100(counts, Fate[fate.upper()]):.0f} of 100)"
        for name, counts in found.items()
        if counts.get(fate)
    }
