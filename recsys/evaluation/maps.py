"""Articles in two dimensions, as each embedding sees them: made at training, for the pages to draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.domain import Floats, Ints
from recsys.engine import Moment
from recsys.retrieval.base import Report

MOST = 2_000
"""Articles on a map: the most read."""
PERPLEXITY = 30
SEED = 7


@dataclass(frozen=True)
class Maps:
    """The articles on the maps, shape (n,), and their places on the map of each space, shape (n, 2)."""

    items: Ints
    places: dict[str, Floats]


def draw_maps(moment: Moment, report: Report) -> Maps:
    """A map of each retriever that has vectors of articles; none where too few articles have one.

    t-SNE (van der Maaten & Hinton, 2008) of the cosine distances, from scikit-learn.
    """
    from sklearn.manifold import TSNE  # part of the train extra

    vectors = {name: one.article_vectors for name, one in moment.retrievers.items()}
    spaces = {name: one.table() for name, one in vectors.items() if one is not None}
    known = np.all([one.any(axis=1) for one in spaces.values()], axis=0)
    items = np.flatnonzero(known & (moment.live.clicks > 0))
    items = items[np.argsort(-moment.live.clicks[items], kind="stable")][:MOST]
    places: dict[str, Floats] = {}
    for done, (name, space) in enumerate(spaces.items() if len(items) > 3 * PERPLEXITY else (), start=1):
        tsne = TSNE(metric="cosine", perplexity=PERPLEXITY, init="pca", random_state=SEED)
        places[name] = tsne.fit_transform(space[items]).astype(np.float32)
        report(done / len(spaces))
    return Maps(items.astype(np.int32), places)
