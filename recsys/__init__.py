"""A hybrid news recommender that runs in one process and shows every stage of an answer."""

import ctypes
import os
import sys

# implicit's own threads and a multi-threaded BLAS fight over the cores; this must be set before NumPy loads.
for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

# Every run of a page is a thread, and glibc would keep a heap for each: that took twice the memory.
_M_ARENA_MAX = -8  # of <malloc.h>
if sys.platform == "linux" and hasattr(_libc := ctypes.CDLL(None), "mallopt"):
    _libc.mallopt(_M_ARENA_MAX, 1)
