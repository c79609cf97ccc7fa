"""One view as one HTML file: reader, moment, context, list, reasons, every candidate, and what it was made with."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from recsys.analysis.candidate_matrix import candidate_matrix
from recsys.artifacts.store import LoadedSet
from recsys.core.timestamps import in_words
from recsys.engine.recommendation import Recommendation
from recsys.retrieval.registry import RETRIEVERS
from recsys.ui.reports import render
from recsys.ui.tables import explanation, reasons
from recsys.ui.tables.outcome import outcome_of
from recsys.ui.words import context_in_words, duration, duration_of_hours

READ = 20
"""So many of the articles that were read last are named."""


def view_report(loaded: LoadedSet, answer: Recommendation, link: str = "") -> str:
    """The page; ``link`` is where the view can be opened, where that is known."""
    engine, request = loaded.engine, answer.request
    whole = candidate_matrix(engine, answer)
    algorithms = list(answer.ranking.pool.candidates)
    shown = [row for row in whole.head(request.k).to_dict("records") if row["reranked"]]
    rows = answer.ranking.order[: len(shown)].tolist()
    start, facts = explanation.contributions_of(engine, answer, rows) if rows else (0.0, [])
    sums = [reasons.by_reason(one) for one in facts]
    who = "a new reader" if request.user_id is None else f"reader {engine.names.user(request.user_id)}"
    return render(
        "view.html",
        title=f"What would we recommend to {who}?",
        about=_about(loaded, answer),
        link=link,
        outcome=outcome_of(engine, answer, _label).sentence,
        reasons=sums[0]["reason"].tolist() if sums else [],
        start=start,
        shown=[
            _row(row, algorithms)
            | {
                "adds": by_reason["adds"].tolist(),
                "why": reasons.in_a_sentence(by_reason, int(row["rank"]), bool(answer.history)),
            }
            for row, by_reason in zip(shown, sums, strict=True)
        ],
        algorithms=[_label(name) for name in algorithms],
        candidates=[_row(row, algorithms) for row in whole.to_dict("records")],
        length=request.k,
        history=[
            (engine.title_of(click.article_id), duration(answer.as_of - click.time))
            for click in reversed(answer.history[-READ:])
        ],
        versions=_versions(loaded),
    )


def _about(loaded: LoadedSet, answer: Recommendation) -> list[tuple[str, str]]:
    profile, request = answer.profile, answer.request
    used = context_in_words(loaded.engine, profile.used)
    changed = f" (changed; stored: {context_in_words(loaded.engine, profile.stored)})"
    found = [
        ("Moment", f"{in_words(answer.as_of)}: nothing later was known"),
        ("Context", used + (changed if profile.overrides_applied else "")),
        ("Read so far", f"{answer.clicks:,} articles"),
    ]
    if request.without:
        found.append(("Switched off", ", ".join(map(_label, sorted(request.without)))))
    return found


def _versions(loaded: LoadedSet) -> list[tuple[str, str]]:
    manifest = loaded.manifest
    libraries = ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
    return [
        ("Set", f"{manifest.title}, trained at {manifest.trained_at}"),
        ("Log", manifest.fingerprint),
        ("Files", manifest.home),
        ("Libraries", libraries),
    ]


def _row(row: Mapping[Hashable, Any], algorithms: list[str]) -> dict[str, Any]:
    own = [(row[f"rank_{name}"], row[f"score_{name}"]) for name in algorithms]
    listed = [(name, rank) for name, (rank, _) in zip(algorithms, own, strict=True) if pd.notna(rank)]
    return {
        "rank": row["rank"],
        "title": row["article"],
        "section": row["section"],
        "age": duration_of_hours(row["age_hours"]),
        "hit": row["opened_next"],
        "score": "dropped" if np.isnan(row["score"]) else f"{row['score']:.2f}",
        "suggested": ", ".join(f"{_label(name)} {rank}" for name, rank in listed),
        "own": [("", "") if pd.isna(rank) else (rank, f"{score:.3g}") for rank, score in own],
    }


def _label(name: str) -> str:
    return RETRIEVERS[name].short_label if name in RETRIEVERS else name
