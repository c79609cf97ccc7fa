"""What goes wrong on the way, on a cluster of two workers or on a disk that is too small."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.spark_cluster import executors, spark_cluster
from recsys.artifacts.manifest import MANIFEST
from recsys.artifacts.store import LoadedSet
from recsys.engine.bulk import write_lists
from tests.spark.conftest import MASTER


def test_a_job_outlives_an_executor(small_set: Path, loaded: LoadedSet, tmp_path: Path) -> None:
    write_lists(loaded.engine, tmp_path / "alone", loaded.engine.end, 10, lambda _: None)
    command = [sys.executable, "-m", "recsys", "recommend-all", "--artifacts", str(small_set), "--engine", "spark"]
    with spark_cluster(tmp_path / "cluster", memory="1g") as master:
        before = set(executors())
        job = subprocess.Popen([*command, "--out", str(tmp_path / "lists"), "--master", master], stderr=subprocess.PIPE)
        victim = first_at_work(before, tmp_path / "cluster")
        os.kill(victim, signal.SIGKILL)
        assert job.poll() is None, "it was over before anybody died"
        _, said = job.communicate(timeout=300)
        assert job.returncode == 0, said.decode()
    one, other = (
        pd.read_parquet(tmp_path / name).sort_values(["user_id", "rank"]).reset_index(drop=True)
        for name in ("alone", "lists")
    )
    pd.testing.assert_frame_equal(one, other)


def first_at_work(before: set[int], logs: Path) -> int:
    """The first executor of this test that has a task."""
    for _ in range(1200):
        new = sorted(set(executors()) - before)
        if new and any("Running task" in file.read_text() for file in logs.rglob("stderr")):
            return new[0]
        time.sleep(0.05)
    raise AssertionError("no executor started")


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    """A folder on a disk of 3 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m,mode=777", "tmpfs", str(folder)]
    subprocess.run(mount if os.geteuid() == 0 else ["sudo", *mount], check=True)
    return folder


def test_no_space(newsroom: Path, small_disk: Path, small_set: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"
    shutil.copytree(small_set, out)
    manifest = (out / MANIFEST).read_bytes()
    command = ["train", "--engine", "spark", "--master", MASTER, "--data", newsroom, "--out", out, "--work", small_disk]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "recsys", *map(str, command)], capture_output=True, text=True, timeout=300
        )
    finally:
        umount = ["umount", "--lazy", str(small_disk)]
        subprocess.run(umount if os.geteuid() == 0 else ["sudo", *umount], check=True)
    assert done.returncode == 1
    [sentence] = [line for line in done.stderr.splitlines() if line.startswith("recsys: ")]
    assert "no space" in sentence.lower()
    assert "othing was published" in sentence
    assert "Traceback" not in sentence
    assert (out / MANIFEST).read_bytes() == manifest
