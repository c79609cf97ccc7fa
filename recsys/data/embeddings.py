"""The published article embeddings: the one pickle that the project reads, through an unpickler that can't run code."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np

from recsys.core.types import Floats
from recsys.errors import DataError

_ALLOWED = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy.core.numeric", "_frombuffer"),
    ("numpy._core.numeric", "_frombuffer"),
    ("_codecs", "encode"),  # how protocol 2 and below write an array's bytes
}


class _ArraysOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise DataError(f"the pickle asks for {module}.{name}; only NumPy arrays are read.")
        return super().find_class(module, name)


def read_embeddings(path: Path) -> Floats:
    """The matrix in ``articles_embeddings.pickle``; row i belongs to article id i. Shape (articles, dimensions).

    Raises:
        DataError: the file is damaged, or holds anything but one two-dimensional array of floats.
    """
    try:
        with path.open("rb") as file:
            array = _ArraysOnly(file).load()
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    except Exception as error:  # a damaged pickle can raise nearly anything
        raise DataError(f"{path} is not a readable pickle: {type(error).__name__}: {error}.") from None
    if not isinstance(array, np.ndarray) or array.ndim != 2 or array.dtype.kind != "f":
        raise DataError(f"{path} does not hold one two-dimensional array of floats.")
    return array.astype(np.float32, copy=False)
