"""The memory of the process, kept small: what a page computes for a moment is large, and soon free again."""

from __future__ import annotations

import ctypes
import gc
import sys
from functools import lru_cache

_M_ARENA_MAX = -8
"""Of glibc's ``malloc.h``."""


def one_heap() -> None:
    """Let all threads share one heap: every run of a page is a thread, and glibc would keep a heap for each."""
    if (libc := _glibc()) is not None:
        libc.mallopt(_M_ARENA_MAX, 1)


@lru_cache(maxsize=1)
def settle() -> None:
    """Tell Python that what is there by now stays: Streamlit looks for garbage after each run of a page, 90 ms long."""
    gc.freeze()


def give_back() -> None:
    """Give what is free in the middle of the heap back to the system; by itself, glibc does so only at its end."""
    if (libc := _glibc()) is not None:
        libc.malloc_trim(0)


@lru_cache(maxsize=1)
def _glibc() -> ctypes.CDLL | None:
    """The C library, where it is glibc."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    return libc if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim") else None
