"""A standalone Spark cluster on this machine: a master, and workers in processes of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.running_app import free_port

EXECUTOR = "CoarseGrainedExecutorBackend"


@contextmanager
def spark_cluster(work: Path, workers: int = 2, memory: str = "2g") -> Iterator[str]:
    """Start one, give the master's address, and stop it at the end; ``work`` gets the executors' logs.

    Raises:
        RuntimeError: a process ended, or did not answer within a minute.
    """
    import pyspark

    port = free_port()
    master = f"spark://127.0.0.1:{port}"
    home = Path(pyspark.__file__).parent
    environment = os.environ | {"SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable, "SPARK_NO_DAEMONIZE": "1"}
    kind = "org.apache.spark.deploy"
    listen = ["--host", "127.0.0.1", "--webui-port", "0"]
    commands = [[f"{kind}.master.Master", *listen, "--port", str(port)]]
    for number in range(workers):
        share = ["--cores", "1", "--memory", memory, "--work-dir", str(work / f"worker-{number}")]
        commands.append([f"{kind}.worker.Worker", *listen, *share, master])
    started: list[subprocess.Popen[bytes]] = []
    work.mkdir(parents=True, exist_ok=True)
    with (work / "cluster.log").open("ab") as log:
        try:
            for command in commands:
                started.append(
                    subprocess.Popen([home / "bin" / "spark-class", *command], env=environment, stdout=log, stderr=log)
                )
                if len(started) == 1:
                    _wait(port, started[0])
            yield master
        finally:
            for process in reversed(started):
                process.terminate()
            for process in started:
                process.wait(30)


def executors() -> list[int]:
    """The process ids of the executors that run on this machine."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            if EXECUTOR in (process / "cmdline").read_text(errors="replace"):
                found.append(int(process.name))
    return sorted(found)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None:
                break
        time.sleep(0.1)
    raise RuntimeError("The master did not start.")
