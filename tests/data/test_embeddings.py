import pickle
from pathlib import Path

import numpy as np
import pytest

from recsys.data.embeddings import read_embeddings
from recsys.errors import DataError


class Harmful:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (self.marker,)  # type: ignore[return-value]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_reads_an_array_of_every_protocol(tmp_path: Path, protocol: int) -> None:
    matrix = np.arange(12, dtype=np.float32).reshape(3, 4)
    path = tmp_path / "articles_embeddings.pickle"
    path.write_bytes(pickle.dumps(matrix, protocol=protocol))
    assert np.array_equal(read_embeddings(path), matrix)


def test_never_runs_code(tmp_path: Path) -> None:
    path, marker = tmp_path / "bad.pickle", tmp_path / "marker"
    for harmful in (Harmful(marker), np.array([Harmful(marker)], object)):
        path.write_bytes(pickle.dumps(harmful))
        with pytest.raises(DataError, match="only NumPy arrays"):
            read_embeddings(path)
    assert not marker.exists()


@pytest.mark.parametrize("content", [[1, 2], np.zeros(3), np.zeros((2, 2), int), {"a": 1}])
def test_anything_but_a_matrix_of_floats_is_refused(tmp_path: Path, content: object) -> None:
    path = tmp_path / "bad.pickle"
    path.write_bytes(pickle.dumps(content))
    with pytest.raises(DataError, match="does not hold"):
        read_embeddings(path)


def test_a_damaged_file_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "bad.pickle"
    whole = pickle.dumps(np.zeros((4, 4), np.float32))
    for cut in range(0, len(whole) - 1, 7):
        path.write_bytes(whole[:cut])
        with pytest.raises(DataError, match=r"bad.pickle"):
            read_embeddings(path)
