"""Published article embeddings: as a NumPy array, as a table, or as the pickle that Globo.com has published."""

from __future__ import annotations

import io
import math
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as arrow
from numpy.lib import format as npy
from numpy.typing import NDArray

from recsys.core.types import Floats, Longs
from recsys.data.dataset_settings import Files
from recsys.data.pickled_array import read_pickled_array
from recsys.data.reading.roles import ARTICLE_NAMES, find_roles
from recsys.data.reading.source import EMBEDDINGS, SourceFile
from recsys.data.reading.tables import read_table
from recsys.data.reading.values import Column, numbered
from recsys.errors import DataError

Embeddings = tuple[Longs, Floats]
"""Ids of articles and their vectors; shapes (n,), (n, dimensions)."""
VECTORS, IDS = "vectors", "ids"
LARGEST = 4 << 30
"""Bytes of an array that is packed."""
SAVE_ANEW = "save the array with numpy.save as .npy"


def embeddings_of(folder: Path, ids: Longs, *, are_names: bool = False) -> tuple[Floats | None, list[str]]:
    """The published vectors of some articles, zero where there is none, and what was noticed.

    ``are_names`` says whether the log's ids of articles are names; then only a table can tell which vector is whose.

    Raises:
        DataError: a file is damaged, or holds anything but one vector of numbers for each article.
    """
    found = next((folder / name for name in embeddings_files() if (folder / name).is_file()), None)
    if found is None:
        return None, []
    known, published = read_embeddings(found, are_names=are_names)
    rows = pd.Index(known).get_indexer(pd.Index(ids))
    vectors = np.zeros((len(ids), published.shape[1]), np.float32)
    vectors[rows >= 0] = published[rows[rows >= 0]]
    if (rows >= 0).all():
        return vectors, []
    return vectors, [f"{int((rows < 0).sum())} clicked articles are not among the {len(known)} of {found.name}"]


def embeddings_files() -> list[str]:
    """The names that a file of embeddings may have, in the order in which they are looked for."""
    return [EMBEDDINGS + ending for ending in READERS]


def read_embeddings(path: Path, *, are_names: bool = False) -> Embeddings:
    """The vectors in a file; where it is an array alone, row i belongs to article id i.

    Raises:
        DataError: the file is damaged, or holds anything but one vector of numbers for each article.
    """
    try:
        ids, vectors = READERS[path.suffix](path, are_names)
    except DataError as error:
        raise DataError(f"{path} {error}; {SAVE_ANEW}.") from None
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}.") from None
    if vectors.ndim != 2 or vectors.dtype.kind != "f":
        raise DataError(f"{path} does not hold one two-dimensional array of floats.")
    if len(np.unique(ids)) != len(vectors):
        raise DataError(f"{path} does not hold one vector for each article.")
    return ids, vectors.astype(np.float32, copy=False)


def _numbered(vectors: Floats) -> Embeddings:
    return np.arange(len(vectors)), vectors


def _pickle(path: Path, are_names: bool) -> Embeddings:
    return _numbered(read_pickled_array(path.read_bytes()))


def _npy(path: Path, are_names: bool) -> Embeddings:
    return _numbered(_array(path.read_bytes()))


def _npz(path: Path, are_names: bool) -> Embeddings:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(one.file_size for one in archive.infolist()) > LARGEST:
                raise DataError("unpacks to more than 4 GB")
            arrays = {one.filename.removesuffix(".npy"): _array(archive.read(one)) for one in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError, struct.error) as error:
        raise DataError(f"can't be unpacked ({error})") from None
    if set(arrays) == {IDS, VECTORS} and arrays[IDS].dtype.kind in "iu" and arrays[IDS].ndim == 1:
        if len(arrays[IDS]) != len(arrays[VECTORS]):
            raise DataError("does not hold as many ids as vectors")
        return arrays[IDS].astype(np.int64), arrays[VECTORS]
    if len(arrays) != 1:
        raise DataError(f"must hold one array, or two that are called {IDS} and {VECTORS}")
    return _numbered(next(iter(arrays.values())))


def _array(content: bytes) -> NDArray[Any]:
    """An array in NumPy's own format; what its header says is checked before there is any memory for it."""
    file = io.BytesIO(content)
    try:
        version = npy.read_magic(file)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, by_columns, kind = read_header(file)
        rest = len(content) - file.tell()
    except Exception as error:  # the header is an expression in Python's syntax, which can be wrong in many ways
        raise DataError(f"is not a readable .npy file ({error})") from None
    if kind.kind not in "fiu" or math.prod(shape) * kind.itemsize != rest:
        raise DataError("does not hold as many numbers as it says")
    found = np.frombuffer(content, kind, offset=len(content) - rest)
    return found.reshape(shape, order="F" if by_columns else "C")


def _table(path: Path, are_names: bool) -> Embeddings:
    """A table with a column of articles; the other columns are the vectors, one of lists or one for each dimension."""
    table = read_table(SourceFile(path.name, path.read_bytes), Files(), lambda header: header).table
    role = find_roles(table.column_names, ARTICLE_NAMES).get("article")
    if role is None:
        raise DataError("has no column that names the article")
    article = Column(table[role])
    ids = numbered(article.names())[1] if are_names else article.numbers
    others = [name for name in table.column_names if name != role]
    if not (article.known.all() or are_names) or not others:
        raise DataError("has rows that name no article, or no vectors")
    try:
        if len(others) == 1 and not arrow.types.is_string(table[others[0]].type):
            lists = table[others[0]].combine_chunks()
            flat = lists.flatten().cast(arrow.float32()).to_numpy(zero_copy_only=False)
            vectors = flat.reshape(len(table), len(flat) // max(len(table), 1))
            even = set(lists.value_lengths().to_pylist()) <= {vectors.shape[1]}
        else:
            columns = [table[name].cast(arrow.float32()).to_numpy() for name in others]
            vectors, even = np.column_stack(columns), True
    except (arrow.ArrowException, AttributeError, ValueError) as error:
        raise DataError(f"holds vectors that are not numbers ({error})") from None
    if not even or not np.isfinite(vectors).all():
        raise DataError("holds vectors of different lengths, or with gaps")
    return ids, vectors


READERS: dict[str, Callable[[Path, bool], Embeddings]] = {
    ".npy": _npy,
    ".npz": _npz,
    ".parquet": _table,
    ".csv": _table,
    ".pickle": _pickle,
}
"""How each kind of file is read, by its ending."""
