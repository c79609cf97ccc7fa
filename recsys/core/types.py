"""Types of arrays, units of time, and the number that pads arrays of articles.

Inside, users and articles are dense indices (``int32``) and times are milliseconds since 1970 UTC (``int64``).
Outside (pages, REST, command line), they are the ids of the dataset.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Codes = NDArray[np.int16]
Bools = NDArray[np.bool_]
Arrays = Mapping[str, NDArray[Any]]

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

PAD = -1
"""Pads arrays of article indices; as the index of a user, it stands for somebody who is not stored."""
