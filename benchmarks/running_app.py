"""The app in a process of its own, and the browser to look at it with."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path

from recsys.api.errors import LOADING
from recsys.artifacts.open_sets import VARIABLE

ROOT = Path(__file__).resolve().parent.parent
BROWSER_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                     "--disable-background-networking", "--disable-component-update"]  # fmt: skip


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def running_app(
    artifacts: Path | None = None,
    *options: str,
    log: Path | None = None,
    python: Path = Path(sys.executable),
    **variables: str,
) -> Iterator[str]:
    """Start the app as ``make demo`` does, give its address, and stop it at the end.

    ``options`` are those of ``recsys serve``, ``log`` gets what it writes to stderr, ``python`` is the interpreter that
    runs it, ``variables`` go into its environment.

    Raises:
        RuntimeError: it ended, or did not answer within a minute.
    """
    port = free_port()
    process = start(port, artifacts, *options, log=log, python=python, **variables)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def start(
    port: int,
    artifacts: Path | None,
    *options: str,
    log: Path | None = None,
    python: Path = Path(sys.executable),
    **variables: str,
) -> subprocess.Popen[bytes]:
    """Start the app at a port, and give its process once it answers; otherwise as ``running_app``."""
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE} | variables
    if artifacts is not None:
        environment[VARIABLE] = str(artifacts)
    command = [str(python), "-m", "recsys", "serve", "--port", str(port), *options]
    with nullcontext() if log is None else log.open("ab") as stderr:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=stderr)
    try:
        _wait(f"http://127.0.0.1:{port}/api/health", process)
    except BaseException:
        process.kill()
        raise
    return process


def memory_mb(address: str) -> float:
    """What the process behind an address holds now."""
    return _figure(address, "process_resident_memory_bytes") / 1e6


def open_files(address: str) -> int:
    """How many files it has open."""
    return int(_figure(address, "process_open_fds"))


def _figure(address: str, name: str) -> float:
    figures = urllib.request.urlopen(f"{address}/metrics", timeout=30).read().decode()
    [line] = [line for line in figures.splitlines() if line.startswith(f"{name} ")]
    return float(line.split()[1])


@contextmanager
def watched_memory(address: str) -> Iterator[list[float]]:
    """What the process behind an address holds, MB, sampled five times a second until the end.

    Raises:
        OSError: at the end, where it did not answer once: what is missing could have been the most.
    """
    held = [memory_mb(address)]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.2):
            held.append(memory_mb(address))

    with ThreadPoolExecutor(1) as one:
        watching = one.submit(watch)
        try:
            yield held
        finally:
            done.set()
        watching.result()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(1200):
        try:
            urllib.request.urlopen(address, timeout=5)
            return
        except urllib.error.HTTPError as error:
            if LOADING.encode() not in error.read():
                return
        except OSError:
            if process.poll() is not None:
                break
        time.sleep(0.05)
    raise RuntimeError("The app did not start.")
