"""A hybrid news recommender that runs in one process and shows every stage of an answer."""

import ctypes
import os
import sys

# implicit's own threads and a multi-threaded BLAS fight over the cores; this must be set before NumPy loads.
for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

# Every run of a page is a thread, and glibc would keep a heap for each; and what a moment of the clock holds in arrays
# goes back to the system only if each has pages of its own. The constants are those of <malloc.h>.
_M_MMAP_THRESHOLD, _M_ARENA_MAX, _MEGABYTE = -3, -8, 1 << 20
if sys.platform == "linux" and hasattr(_libc := ctypes.CDLL(None), "mallopt"):
    _libc.mallopt(_M_ARENA_MAX, 1)
    _libc.mallopt(_M_MMAP_THRESHOLD, _MEGABYTE)
