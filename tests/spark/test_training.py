"""The commands, as a user runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from recsys.artifacts.store import LoadedSet, load
from tests.spark.conftest import MASTER


def recsys(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "recsys", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | variables, timeout=540)


@pytest.fixture(scope="module")
def trained(newsroom: Path, small_set: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set trained by Spark on the small newsroom with the small set's settings, where an earlier run had failed."""
    home = tmp_path_factory.mktemp("trained")
    (home / ".set.work").mkdir()
    (home / ".set.work" / "left-by-a-run-that-failed").touch()
    (home / "settings.toml").write_text(recsys("settings", small_set).stdout)
    on_spark = ["--engine", "spark", "--master", MASTER, "--settings", home / "settings.toml"]
    done = recsys("train", *on_spark, "--data", newsroom, "--out", home / "set")
    assert done.returncode == 0, done.stderr
    return home / "set"


def test_publishes_a_set_of_the_same_kind(trained: Path, small_set: Path) -> None:
    assert recsys("verify", trained).returncode == 0
    mine, theirs = load(trained), load(small_set)
    assert mine.manifest.files.keys() == theirs.manifest.files.keys()
    for name, entry in theirs.manifest.files.items():
        assert mine.manifest.files[name].dtype == entry.dtype, name
    for same in ("fingerprint", "trained_at", "until", "counts", "features", "settings"):
        assert getattr(mine.manifest, same) == getattr(theirs.manifest, same), same
    counted = [
        name for name in theirs.manifest.files if name.startswith(("histories/", "popularity/", "item_cf/", "live/"))
    ]
    for name in [*counted, "users.npy", "profiles.npy"]:
        assert mine.manifest.files[name].sha256 == theirs.manifest.files[name].sha256, name


def test_its_parts_find_as_much(trained: Path, loaded: LoadedSet) -> None:
    mine, theirs = load(trained).manifest.metrics, loaded.manifest.metrics
    for name in ("ensemble", "als", "two_tower", "item_cf", "popularity"):
        assert mine[name]["ndcg@20"] == pytest.approx(theirs[name]["ndcg@20"], rel=0.15), name


def test_clears_its_work_away(trained: Path) -> None:
    assert {path.name for path in trained.parent.iterdir()} == {"set", "settings.toml"}


def test_lists_for_all_are_the_same_both_ways(trained: Path, tmp_path: Path) -> None:
    command = ["recommend-all", "--artifacts", trained, "-k", "5"]
    alone = recsys(*command, "--out", tmp_path / "alone")
    assert alone.returncode == 0, alone.stderr
    on_spark = recsys(*command, "--out", tmp_path / "spark", "--engine", "spark", "--master", MASTER)
    assert on_spark.returncode == 0, on_spark.stderr
    one, other = (
        pd.read_parquet(tmp_path / name).sort_values(["user_id", "rank"]).reset_index(drop=True)
        for name in ("alone", "spark")
    )
    pd.testing.assert_frame_equal(one, other)
    engine = load(trained).engine
    assert one["user_id"].unique().tolist() == engine.user_ids.tolist()
    assert (one.groupby("user_id").size() == 5).all()
    again = recsys(*command, "--out", tmp_path / "alone")
    assert (again.returncode, again.stderr.strip()) == (2, f"recsys: {tmp_path / 'alone'} already exists.")


def test_says_how_to_get_java(newsroom: Path, tmp_path: Path) -> None:
    done = recsys(
        "train", "--engine", "spark", "--data", newsroom, "--out", tmp_path / "set", PATH=str(tmp_path), JAVA_HOME=""
    )
    assert done.returncode == 2
    assert done.stderr.strip().endswith("(Debian: apt-get install openjdk-17-jre-headless) or set JAVA_HOME to it.")


def test_options_of_spark_are_for_spark(newsroom: Path, tmp_path: Path) -> None:
    done = recsys("train", "--data", newsroom, "--out", tmp_path / "set", "--master", MASTER)
    assert (done.returncode, done.stderr.strip()) == (2, "recsys: --master is only for --engine spark.")
