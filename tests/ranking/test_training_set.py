"""What the reranker learns from: whole tasks, with the article that was opened in each."""

import numpy as np
import pytest

from recsys.ranking.training_set import TrainingSet

SIZES = np.array([2, 4, 1, 3, 5, 2])


@pytest.fixture
def rows() -> TrainingSet:
    """The feature of a row is the number of its task; the first row of each is the article opened."""
    task = np.repeat(np.arange(len(SIZES)), SIZES)
    clicked = np.r_[1, task[1:] != task[:-1]].astype(np.int32)
    return TrainingSet(task[:, None].astype(np.float32), clicked, SIZES, 0.5)


def test_the_hardest_are_those_that_stand_high_and_what_was_opened(rows: TrainingSet) -> None:
    """A half of each pool is there, so that the first four places of a pool are the first two of its rows."""
    scores = -np.arange(len(rows), dtype=np.float32)
    scores[rows.clicked == 1] = -1e6
    hard = rows.hardest(scores, 4)
    assert hard.sizes.tolist() == np.minimum(SIZES, 3).tolist()
    assert hard.clicked.sum() == len(SIZES)
