"""Whether readers come back to what they have opened: a property of a log."""

from __future__ import annotations

import numpy as np

from recsys.core.arrays import occurrence, pair_keys
from recsys.data.click_log import ClickLog
from recsys.data.next_click import next_click_tasks

OFTEN = 0.05
"""Share of next clicks from which what was opened may be listed again. News sites have .00 to .02, a shop .13, a
company's own articles .19, an encyclopedia's editors .70."""


def repeated_share(log: ClickLog) -> float:
    """Of the clicks that follow another one in their session, the share on what the user had opened before that one.

    The same article twice in a row counts as one click.
    """
    tasks = next_click_tasks(log)
    clicks = tasks.clicks
    in_time = np.argsort(clicks.times, kind="stable")
    repeated = np.empty(len(clicks), bool)
    repeated[in_time] = occurrence(pair_keys(clicks.users[in_time], clicks.items[in_time])) > 0
    follows = tasks.position > 0
    return float(repeated[tasks.at[follows]].mean()) if follows.any() else 0.0


def may_repeat(log: ClickLog) -> bool:
    """Whether what was opened may be listed again: as the settings of the log say, or as its readers do."""
    said = log.dataset.repeats
    return _is_often(repeated_share(log)) if said is None else said


def repeats_in_words(log: ClickLog) -> str:
    """How often readers come back to something, and what follows from it."""
    share, said = repeated_share(log), log.dataset.repeats
    may = _is_often(share) if said is None else said
    told = f"{100 * share:.0f} of 100 next clicks are on something that the reader had opened before"
    follows = "it may be listed again" if may else "nothing is listed twice"
    return f"{told}: {follows}{'' if said is None else ', as the settings say'}"


def _is_often(share: float) -> bool:
    return share >= OFTEN
