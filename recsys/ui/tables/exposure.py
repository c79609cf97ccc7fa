"""Who and what is shown, beside what is read: as tables and in words."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from recsys.backtest.policy_price import Context, KeptVisits
from recsys.core.arrays import ranks_of
from recsys.core.entities import CONTEXT_FIELDS
from recsys.core.policy import NO_POLICY, Policy
from recsys.data.dataset_settings import DatasetSettings
from recsys.evaluation.exposure import AGES, Exposure
from recsys.ui.theme import capitalized

READERS = ("device", "country")
"""The cuts that are of readers, not of articles."""
FEWEST = 10
"""Readers of a kind with fewer visits are not told apart."""
EVERYBODY = "all"
CUTS = {
    "section": "Section",
    "age": "Age of the article",
    "device": "Readers by device",
    "country": "Readers by country",
}


def groups(visits: KeptVisits, dataset: DatasetSettings) -> dict[str, str]:
    """Whose lists can be looked at, by name, and how that is written: everybody's, and those of readers of a kind."""
    found = {EVERYBODY: "All"}
    for field in READERS:
        codes, counts = np.unique(visits.contexts[:, CONTEXT_FIELDS.index(field)], return_counts=True)
        for code in codes[np.argsort(-counts, kind="stable")][: np.count_nonzero(counts >= FEWEST)].tolist():
            found[f"{field}.{code}"] = capitalized(dataset.label(field, code))
    return found


def context_of(group: str) -> Context | None:
    """The context that the name of a group stands for."""
    field, _, code = group.partition(".")
    return (field, int(code)) if code else None


def by(
    cut: str, visits: KeptVisits, policy: Policy, k: int, dataset: DatasetSettings, whose: Context | None = None
) -> pd.DataFrame:
    """The shares of a cut, %: of what was read, and of what is shown without the policy and with it.

    By readers, of 100 next clicks those found: who pays for the policy.
    """
    if cut in READERS:
        return _by_readers(cut, visits, policy, k, dataset)
    without, under = visits.exposures(policy, k, whose)
    if cut == "age":
        ends = [f"{hours:g}" for hours in AGES]
        between = [f"{a} to {b} h" for a, b in pairwise(ends)]
        names = [f"under {ends[0]} h", *between, f"over {ends[-1]} h"]
        columns = (without.read_by_age, without.shown_by_age, under.shown_by_age)
    else:
        codes = len(without.read_by_section) - 1
        names = [*(dataset.label("section", code) for code in range(codes)), "section unknown"]
        columns = (without.read_by_section, without.shown_by_section, under.shown_by_section)
    rows = pd.DataFrame(
        {"group": names, **{name: 100 * one for name, one in zip(("read", "without", "with"), columns, strict=True)}}
    )
    rows = rows[rows[["read", "without", "with"]].sum(axis=1) > 0]
    return rows if cut == "age" else rows.sort_values("read", ascending=False, kind="stable")


def in_words(without: Exposure, under: Exposure) -> str:
    """The divergences for an editor, with the figures for an engineer."""
    return (
        f"By section, lists are **{under.calibration:.2f}** away from what their readers have read (0: the same "
        f"shares; 1: none in common), instead of {without.calibration:.2f} without rules. The lists of two readers "
        f"who come one after the other are **{under.fragmentation:.2f}** apart (0: the same list; 1: no article in "
        f"common), instead of {without.fragmentation:.2f}: the more, the less they have in common to talk about."
    )


def _by_readers(cut: str, visits: KeptVisits, policy: Policy, k: int, dataset: DatasetSettings) -> pd.DataFrame:
    codes = visits.contexts[:, CONTEXT_FIELDS.index(cut)]
    rows = pd.DataFrame({"group": [capitalized(dataset.label(cut, code)) for code in codes.tolist()]})
    for name, one in (("without", NO_POLICY), ("with", policy)):
        rows[name] = 100.0 * (ranks_of(visits.targets, visits.lists(one, k).items) > 0)
    groups = rows.groupby("group")
    found = groups.mean().assign(visits=groups.size())
    return found[found["visits"] >= FEWEST].sort_values("visits", ascending=False).reset_index()
