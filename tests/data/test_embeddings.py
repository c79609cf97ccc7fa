"""Vectors of articles as people bring them; of a pickle, nothing is ever run."""

import pickle
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys.core.types import Floats
from recsys.data.embeddings import embeddings_of, read_embeddings
from recsys.data.pickled_array import read_pickled_array
from recsys.errors import DataError
from tests.shared import ROOT

MATRIX = np.arange(12, dtype=np.float32).reshape(3, 4)


class Harmful:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (self.marker,)  # type: ignore[return-value]


def table(matrix: Floats) -> pd.DataFrame:
    return pd.DataFrame(matrix).rename(columns="v{}".format).assign(article_id=range(len(matrix)))


WRITERS: dict[str, Callable[[Path], object]] = {
    "npy": lambda path: np.save(path, MATRIX),
    "npz": lambda path: np.savez_compressed(path, MATRIX),
    "parquet": lambda path: table(MATRIX).to_parquet(path),
    "csv": lambda path: table(MATRIX).to_csv(path, index=False),
    "pickle": lambda path: path.write_bytes(pickle.dumps(MATRIX, protocol=3)),
}


@pytest.mark.parametrize("ending", WRITERS)
def test_every_kind_of_file_gives_each_article_its_vector(tmp_path: Path, ending: str) -> None:
    WRITERS[ending](tmp_path / f"articles_embeddings.{ending}")
    vectors, notes = embeddings_of(tmp_path, np.array([2, 7, 0]))
    assert vectors is not None
    assert np.array_equal(vectors, [MATRIX[2], np.zeros(4), MATRIX[0]])
    assert notes == [f"1 clicked articles are not among the 3 of articles_embeddings.{ending}"]


def test_ids_come_with_the_vectors(tmp_path: Path) -> None:
    np.savez(tmp_path / "articles_embeddings.npz", ids=np.array([70, 50, 60]), vectors=MATRIX)
    vectors, notes = embeddings_of(tmp_path, np.array([50, 70]))
    assert vectors is not None
    assert np.array_equal(vectors, MATRIX[[1, 0]])
    assert not notes


def test_a_column_of_lists_is_read_and_articles_may_have_names(tmp_path: Path) -> None:
    frame = pd.DataFrame({"article_id": ["a", "b", "c"], "document_vector": list(MATRIX)})
    frame.to_parquet(tmp_path / "articles_embeddings.parquet")
    ids, vectors = read_embeddings(tmp_path / "articles_embeddings.parquet", are_names=True)
    found, _ = embeddings_of(tmp_path, ids[[2, 0]], are_names=True)
    assert np.array_equal(vectors, MATRIX)
    assert np.array_equal(found, MATRIX[[2, 0]])


@pytest.mark.parametrize("protocol", [3, 4])
@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_the_array_of_a_pickle_is_the_one_that_was_written(protocol: int, kind: str) -> None:
    assert np.array_equal(read_pickled_array(pickle.dumps(MATRIX.astype(kind), protocol=protocol)), MATRIX)


def test_never_runs_code(tmp_path: Path) -> None:
    path, marker = tmp_path / "articles_embeddings.pickle", tmp_path / "marker"
    for harmful in (Harmful(marker), np.array([Harmful(marker)], object)):
        path.write_bytes(pickle.dumps(harmful))
        with pytest.raises(DataError, match=r"numpy\.save"):
            read_embeddings(path)
    assert not marker.exists()


A_RECORD_OF_OBJECTS = (
    b"\x80\x03cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01K\x01K\x01\x86"
    b"cnumpy\ndtype\nX\x03\x00\x00\x00V16K\x00K\x01\x87R(K\x03X\x01\x00\x00\x00|NX\x01\x00\x00\x00x\x85}X\x01\x00\x00"
    b"\x00xcnumpy\ndtype\nX\x02\x00\x00\x00O8K\x00K\x01\x87RK\x00\x86sK\x10K\x01K?tb\x89C\x10"
    + b"AAAAAAAA" * 2
    + b"tb."
)
"""An array whose dtype is a record with an object in it, and whose bytes are the addresses of those objects."""
PROMISES_TWO_GIGABYTES = b"\x80\x03B\xff\xff\xff\x7f."


@pytest.mark.parametrize(
    "content",
    [
        A_RECORD_OF_OBJECTS,
        PROMISES_TWO_GIGABYTES,
        pickle.dumps(MATRIX, protocol=2),  # writes the bytes as a text to be encoded
        pickle.dumps(MATRIX, protocol=5),
        pickle.dumps(MATRIX, protocol=3) + b"more",
        *(pickle.dumps(one) for one in ([1, 2], np.zeros(3), np.zeros((2, 2), int), {"a": 1}, MATRIX.T)),
    ],
)
def test_anything_but_a_matrix_of_floats_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "articles_embeddings.pickle"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"articles_embeddings\.pickle"):
        read_embeddings(path)


@pytest.mark.parametrize("ending", WRITERS)
def test_a_damaged_file_is_a_sentence(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"articles_embeddings.{ending}"
    WRITERS[ending](path)
    whole, chance = path.read_bytes(), random.Random(7)
    for cut in [*range(0, len(whole) - 1, 7), *[None] * 200]:
        damaged = bytearray(whole[:cut])
        for _ in range(2 if cut is None else 0):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        try:
            _, vectors = read_embeddings(path)
        except DataError:
            continue
        assert vectors.ndim == 2


def test_a_header_that_promises_more_than_is_there_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "articles_embeddings.npy"
    np.save(path, MATRIX)
    path.write_bytes(path.read_bytes().replace(b"(3, 4)", b"(9999999999, 4)"))
    with pytest.raises(DataError, match=r"\.npy"):
        read_embeddings(path)


FUZZ = """
import pickle, random, sys
import numpy as np
from recsys.data.pickled_array import read_pickled_array
from recsys.errors import DataError
chance, matrix = random.Random(int(sys.argv[1])), np.arange(12, dtype=np.float32).reshape(3, 4)
seeds = [pickle.dumps(matrix, protocol=protocol) for protocol in range(6)] + [eval(sys.argv[2])]
refused = 0
for number in range(int(sys.argv[3])):
    damaged = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 6)):
        at, kind = chance.randrange(len(damaged)), chance.randrange(3)
        if kind == 0:
            damaged[at] = chance.randrange(256)
        elif kind == 1:
            other = chance.choice(seeds)
            begin = chance.randrange(len(other))
            damaged[at:at] = other[begin : begin + chance.randint(1, 30)]
        else:
            del damaged[at : at + chance.randint(1, 8)]
        damaged = damaged or bytearray(b".")
    try:
        found = read_pickled_array(bytes(damaged))
        assert found.ndim == 2 and found.dtype.kind == "f"
    except DataError:
        refused += 1
print(refused)
"""


def test_no_damage_to_a_pickle_ends_the_process() -> None:
    """A hundred thousand of them, in processes of their own: a signal would show."""
    command = [sys.executable, "-c", FUZZ]
    runs = [
        subprocess.Popen(
            [*command, str(seed), repr(A_RECORD_OF_OBJECTS), "50000"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for seed in (1, 2)
    ]
    for run in runs:
        said, _ = run.communicate(timeout=300)
        assert run.returncode == 0
        assert 40_000 < int(said) <= 50_000
