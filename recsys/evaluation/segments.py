"""Which requests are alike: by visitor, device, place in the session, and age and section of what was opened."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recsys.core.types import HOUR
from recsys.data.articles import UNDATED
from recsys.data.click_log import ClickLog
from recsys.data.next_click import NextClickTasks

Names = NDArray[np.str_]
SECTIONS = 6
"""Sections with a segment of their own: those in which most was opened."""
AGES = (("under 3 h", 3.0), ("3 to 12 h", 12.0), ("12 to 24 h", 24.0), ("over 24 h", np.inf))


def segments(tasks: NextClickTasks, log: ClickLog) -> dict[str, Names]:
    """Each task's segment, for every way to cut them; arrays of shape (tasks,)."""
    starts, ends = tasks.earlier(log.histories)
    published = log.articles.published[tasks.targets]
    hours = (tasks.as_of - published) / HOUR
    age = np.array([name for name, _ in AGES])[np.searchsorted([limit for _, limit in AGES], hours, side="right")]
    devices = tasks.contexts[:, 0]
    labels = {code: log.dataset.label("device", code) for code in np.unique(devices).tolist()}
    position = tasks.position
    return {
        "visitor": np.where(ends > starts, "returning", "new"),
        "device": np.array([labels[code] for code in devices.tolist()], str),
        "clicks before": np.where(position >= 4, "4 and more", np.minimum(position, 4).astype(str)),
        "article age": np.where(published == UNDATED, "unknown", age),
        "section": _sections(tasks, log),
    }


def _sections(tasks: NextClickTasks, log: ClickLog) -> Names:
    codes = log.articles.sections[tasks.targets]
    known, counts = np.unique(codes[codes >= 0], return_counts=True)
    largest = known[np.argsort(-counts, kind="stable")[:SECTIONS]].tolist()
    labels = {code: log.dataset.label("section", code) for code in largest}
    return np.array([labels.get(code, "other" if code >= 0 else "unknown") for code in codes.tolist()], str)
