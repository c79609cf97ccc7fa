"""Which requests are alike: by visitor, device, place in the session, and age of what was opened."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recsys.data.clicklog import UNDATED, ClickLog
from recsys.domain import HOUR
from recsys.evaluation.requests import Questions

Names = NDArray[np.str_]
AGES = (("under 3 h", 3.0), ("3 to 12 h", 12.0), ("12 to 24 h", 24.0), ("over 24 h", np.inf))


def segments(asked: Questions, log: ClickLog) -> dict[str, Names]:
    """Each question's segment, for every way to cut them; arrays of shape (questions,)."""
    starts, ends = asked.earlier(log.histories)
    published = log.articles.published[asked.targets]
    hours = (asked.as_of - published) / HOUR
    age = np.array([name for name, _ in AGES])[np.searchsorted([limit for _, limit in AGES], hours, side="right")]
    devices = asked.contexts[:, 0]
    labels = {code: log.settings.label("device", code) for code in np.unique(devices).tolist()}
    position = asked.position
    return {
        "visitor": np.where(ends > starts, "returning", "new"),
        "device": np.array([labels[code] for code in devices.tolist()], str),
        "clicks before": np.where(position >= 4, "4 and more", np.minimum(position, 4).astype(str)),
        "article age": np.where(published == UNDATED, "unknown", age),
    }
