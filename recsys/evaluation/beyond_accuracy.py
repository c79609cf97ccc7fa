"""Beyond accuracy: how much of the catalogue a system shows, how various its lists are, and how little known."""

from __future__ import annotations

import numpy as np

from recsys.core.types import PAD, Ints, Longs
from recsys.data.click_log import ClickLog


def beyond_accuracy(lists: Ints, windows: Longs, log: ClickLog) -> dict[str, float]:
    """Coverage, diversity and novelty of lists, shape (requests, depth), measured in these windows, shape (requests,).

    Coverage is the number of different articles in all the lists of a window, the mean over windows. Diversity is the
    share of a list's pairs that are of different sections (intra-list diversity, Ziegler et al., WWW 2005). Novelty is
    the mean of -log2 of an article's share of all clicks (Zhou et al., PNAS 2010), in bits.
    """
    known = lists != PAD
    mine = [windows == window for window in np.unique(windows)]
    shown = [len(np.unique(lists[rows][known[rows]])) for rows in mine]
    sections = np.where(known, log.articles.sections[lists], -2)
    different = pairs = 0
    for shift in range(1, lists.shape[1]):
        both = known[:, shift:] & known[:, :-shift]
        pairs += int(both.sum())
        different += int((both & (sections[:, shift:] != sections[:, :-shift])).sum())
    share = np.bincount(log.clicks.items, minlength=len(log.articles)) / len(log.clicks)
    surprise = -np.log2(np.maximum(share, 1e-12))
    return {
        "coverage": float(np.mean(shown)),
        "diversity": different / max(pairs, 1),
        "novelty": float(surprise[lists[known]].mean()) if known.any() else float("nan"),
    }
