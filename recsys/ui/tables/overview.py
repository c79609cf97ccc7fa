"""A set in a few figures: what Start says of it."""

from __future__ import annotations

from dataclasses import dataclass

from recsys.artifacts.store import LoadedSet
from recsys.core.entities import ENSEMBLE
from recsys.core.numbers import in_words
from recsys.evaluation.published import BEST_PUBLISHED
from recsys.evaluation.report import BacktestReport
from recsys.retrieval.popularity.retriever import Popularity
from recsys.retrieval.registry import RETRIEVERS
from recsys.ui.theme import LOOKS

SHOWN = 10
"""The length of a list on the pages."""


@dataclass(frozen=True)
class Figure:
    """A number that anybody understands, and what to compare it with."""

    label: str
    value: str
    comparison: str


def of_100(share: float) -> str:
    """A share as how many of a hundred."""
    return f"{100 * share:.0f}"


def figures(loaded: LoadedSet, real: BacktestReport | None) -> list[Figure]:
    """How often the set is right, beside the simple way and the best single algorithm; and what the log of others says.

    ``real`` is what was measured on the real log, None where that is not at hand.
    """
    metrics, found = loaded.manifest.metrics, []
    if ENSEMBLE not in metrics:
        return []
    popular = metrics.get(Popularity.name)
    if popular is not None:
        found.append(
            Figure(
                "Of 100 next clicks, in our first 20",
                of_100(metrics[ENSEMBLE]["hr@20"]),
                f"{of_100(popular['hr@20'])} in the 20 most popular now",
            )
        )
    alone = {name: one["hr@5"] for name, one in metrics.items() if name != ENSEMBLE and name in LOOKS}
    if alone:
        best = max(alone, key=lambda name: alone[name])
        found.append(
            Figure(
                "Of 100 next clicks, in our first 5",
                of_100(metrics[ENSEMBLE]["hr@5"]),
                f"{of_100(alone[best])} with the best algorithm alone, {LOOKS[best].label}",
            )
        )
    if real is not None:
        found.append(
            Figure(
                "On a real news site's log, NDCG@20",
                f"{real.results[ENSEMBLE]['ndcg@20']:.4f}",
                f"{BEST_PUBLISHED:.4f} in the best published paper",
            )
        )
    return found


def stages(loaded: LoadedSet) -> list[tuple[str, int, str]]:
    """From the catalogue to the list: the name of each stage, how many articles are left, and what it does."""
    sizes, lists = loaded.highlights.sizes, in_words(len(loaded.engine.suggesting))
    return [
        ("In the catalogue", sizes.catalogue, "every article of the log"),
        ("In play", sizes.in_play, "opened by anybody lately"),
        ("Suggested", sizes.suggested, f"by at least one of {lists} algorithms"),
        ("Reranked", sizes.reranked, f"scored by {len(loaded.manifest.features)} facts"),
        ("Shown", min(SHOWN, sizes.reranked), "in one list"),
    ]


@dataclass(frozen=True)
class AlgorithmCard:
    """An algorithm as Start shows it."""

    name: str
    good_at: str
    blind_to: str
    alone: str
    suggests: bool


def algorithms(loaded: LoadedSet) -> list[AlgorithmCard]:
    """What each algorithm of a set is good at, what it is blind to, and how often it is right by itself."""
    found = []
    for name in (*loaded.engine.suggesting, *loaded.engine.beside):
        entry, metrics = RETRIEVERS.get(name), loaded.manifest.metrics.get(name)
        alone = f"{of_100(metrics['hr@20'])} of 100 next clicks in its first 20" if metrics else "not measured"
        good_at, blind_to = (entry.good_at, entry.blind_to) if entry else ("", "")
        found.append(AlgorithmCard(name, good_at, blind_to, alone, name in loaded.engine.suggesting))
    return found
