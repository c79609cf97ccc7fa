"""Vectors of articles: a table in which what has no vector takes no room."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recsys.core.types import PAD
from recsys.retrieval.article_vectors import ArticleVectors


@given(
    trained=st.lists(st.booleans(), min_size=1, max_size=12),
    new=st.integers(0, 3),
    data=st.data(),
)
def test_they_are_those_of_a_table_with_a_row_for_each_article(
    trained: list[bool], new: int, data: st.DataObject
) -> None:
    table = np.arange(1, 2 * len(trained) + 3, dtype=np.float32).reshape(-1, 2)
    table[~np.array([*trained, False])] = 0
    dense = np.concatenate([table[:-1], np.zeros((new + 1, 2), np.float32)])
    items = np.array(sorted(data.draw(st.sets(st.integers(0, len(dense) - 2)))), np.int64)
    folded = -np.arange(1, 2 * len(items) + 1, dtype=np.float32).reshape(-1, 2)
    vectors = ArticleVectors.of(table).grown(len(dense) - 1).with_folded(items, folded)
    dense[items] = folded
    asked = np.array([[PAD, *range(len(dense) - 1)]])
    assert (vectors[asked] == dense[asked]).all()
    assert (vectors.table() == dense[:-1]).all()
    assert len(vectors.trained) == sum(trained) + 1
