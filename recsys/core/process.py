"""What the process asks of the machine: threads, memory, priority; and one warning that is not for users."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import resource
import sys
import threading
import time
import warnings
from functools import lru_cache
from pathlib import Path

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
"""Of glibc's ``malloc.h``."""
_LARGE = 512 * 1024
_PANDAS_3 = "PySpark does not yet fully support pandas"
NICENESS = 10
_CGROUP = Path("/sys/fs/cgroup")
_STAT = Path("/proc/stat")
_STATUS = Path("/proc/self/status")
_MOMENT = 0.1
"""Seconds over which it is seen how many cores are free."""


def prepare() -> None:
    """Set what must be set before NumPy loads and threads start."""
    # implicit's own threads and a multi-threaded BLAS would compete for the cores.
    for variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    # Arrow's own allocator would keep what its tables took; they are few and small here.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    # pandera looks for PySpark, which prints this whenever it is loaded; CI runs what is used of both.
    warnings.filterwarnings("ignore", _PANDAS_3, FutureWarning)
    limit_malloc_arenas()


def quiet_subprocesses() -> None:
    """Keep the same warning out of processes that start from here."""
    warnings.filterwarnings("ignore", message=_PANDAS_3)
    os.environ.setdefault("PYTHONWARNINGS", f"ignore:{_PANDAS_3}")


def limit_malloc_arenas() -> None:
    """Let all threads share one heap: every run of a page is a thread, and glibc would keep a heap for each."""
    if (libc := _glibc()) is not None:
        libc.mallopt(_M_ARENA_MAX, 1)


@lru_cache(maxsize=1)
def freeze_gc() -> None:
    """Take what is loaded by now out of garbage collection: Streamlit collects after each run of a page, for 90 ms."""
    gc.freeze()


@lru_cache(maxsize=1)
def return_large_blocks() -> None:
    """Return what is large to the system as soon as it is let go of: by itself, glibc keeps blocks of up to
    32 MB for later once one of that size has been free, and the tables of a moment leave holes between them.
    """
    if (libc := _glibc()) is not None:
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGE)


def trim_heap() -> None:
    """Return free memory in the middle of the heap to the system; by itself, glibc does so only at its end."""
    if (libc := _glibc()) is not None:
        libc.malloc_trim(0)


def cores(most: int) -> int:
    """How many threads to compute with: ``most``, or fewer where ``OMP_NUM_THREADS`` says so or fewer cores are free.

    OpenMP's threads wait for each other by spinning: two on one core take twice as long as one.
    """
    most = min(most, allowed_cores())
    return 1 if most <= 1 else max(min(most, round(_free_cores(_allowed()))), 1)


def allowed_cores() -> int:
    """How many threads the process may keep busy: as many as it may use cores, or as ``OMP_NUM_THREADS`` says."""
    named = os.environ.get("OMP_NUM_THREADS", "")
    return max(min(len(_allowed()), int(named) if named.isdecimal() else len(_allowed())), 1)


def _allowed() -> set[int]:
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))


def _free_cores(allowed: set[int]) -> float:
    """How many of these cores others leave, over a moment in which we do nothing; all where the system does not say."""
    if not _STAT.exists():
        return len(allowed)
    before = idle_ticks(_STAT.read_text(), allowed)
    time.sleep(_MOMENT)
    after = idle_ticks(_STAT.read_text(), allowed)
    return min((after - before) / os.sysconf("SC_CLK_TCK") / _MOMENT, len(allowed))


def idle_ticks(stat: str, allowed: set[int]) -> int:
    """How long these cores have had nothing to do, in ticks of the clock, from the text of Linux's ``/proc/stat``."""
    cpus = (line.split() for line in stat.splitlines() if line.startswith("cpu") and line[3].isdigit())
    return sum(int(fields[4]) + int(fields[5]) for fields in cpus if int(fields[0][3:]) in allowed)


def give_back_memory() -> None:
    """Collect what nobody holds any more, also of what ``freeze_gc`` has set aside, and return it to the system."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    trim_heap()


def lower_thread_priority() -> None:
    """Let other threads go first where both want a core: a run of a page takes a hundred times as long as a request."""
    if sys.platform == "linux":  # where a thread has a priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def allow_many_files() -> None:
    """Raise the limit of open files to what the system allows: every tab that is open takes four."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def peak_memory_mb() -> float:
    """The most memory that this process has held so far.

    By itself: what ``getrusage`` says begins with what the process held that started it.
    """
    status = _STATUS.read_text().splitlines() if _STATUS.exists() else []
    own = next((int(line.split()[1]) for line in status if line.startswith("VmHWM:")), None)
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss if own is None else own) / 1024


def free_memory_gb() -> float | None:
    """How much memory a new process may take, by the machine and by the limit of the container; None where unknown."""
    try:
        available = next(
            int(line.split()[1]) * 1024
            for line in Path("/proc/meminfo").read_text().splitlines()
            if line.startswith("MemAvailable:")
        )
    except (OSError, StopIteration):
        return None
    try:
        most, used = ((_CGROUP / name).read_text().strip() for name in ("memory.max", "memory.current"))
        if most != "max":
            available = min(available, int(most) - int(used))
    except (OSError, ValueError):
        pass
    return available / 1e9


@lru_cache(maxsize=1)
def _glibc() -> ctypes.CDLL | None:
    """The C library, where it is glibc."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    return libc if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim") else None
