"""Articles in two dimensions, as each embedding sees them: made at training, for the pages to draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import NonNegativeInt, PositiveInt

from recsys.core.process import cores
from recsys.core.settings import Settings
from recsys.core.types import Floats, Ints
from recsys.retrieval.moment import Moment


class ArticleMapSettings(Settings):
    """What the maps show."""

    articles: NonNegativeInt = 2_000
    """The most read ones."""
    perplexity: PositiveInt = 30
    threads: PositiveInt = 2
    """At most: fewer where other work keeps cores busy, as these would wait for each other by spinning."""
    seed: int = 7


@dataclass(frozen=True)
class ArticleMaps:
    """The articles on the maps, shape (n,), and their coordinates on the map of each space, shape (n, 2)."""

    items: Ints
    coordinates: dict[str, Floats]

    @classmethod
    def empty(cls) -> ArticleMaps:
        """No map."""
        return cls(np.empty(0, np.int32), {})


def draw_maps(settings: ArticleMapSettings, moment: Moment) -> ArticleMaps:
    """A map of each retriever that has vectors of articles; none where too few articles have one.

    t-SNE (van der Maaten & Hinton, 2008) of the cosine distances, from scikit-learn.
    """
    from sklearn.manifold import TSNE  # needs the extra ``train``, as does the next
    from threadpoolctl import threadpool_limits

    vectors = {name: one.article_vectors for name, one in moment.retrievers.items()}
    spaces = {name: one.table() for name, one in vectors.items() if one is not None}
    known = np.all([one.any(axis=1) for one in spaces.values()], axis=0)
    items = np.flatnonzero(known & (moment.live.clicks > 0))
    items = items[np.argsort(-moment.live.clicks[items], kind="stable")][: settings.articles]
    coordinates: dict[str, Floats] = {}
    for name, space in spaces.items() if len(items) > 3 * settings.perplexity else ():
        tsne = TSNE(metric="cosine", perplexity=settings.perplexity, init="pca", random_state=settings.seed)
        with threadpool_limits(cores(settings.threads), user_api="openmp"):  # with any number, the map is the same
            coordinates[name] = tsne.fit_transform(space[items]).astype(np.float32)
    return ArticleMaps(items.astype(np.int32), coordinates)
