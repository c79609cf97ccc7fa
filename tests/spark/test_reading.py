from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from recsys.data.loader import load
from recsys.errors import DataError
from recsys.spark.reading import read

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture
def own_log(newsroom: Path, tmp_path: Path) -> Path:
    """A copy of a few hours of the small newsroom, to do harm to."""
    folder = tmp_path / "log"
    (folder / "clicks").mkdir(parents=True)
    for file in sorted((newsroom / "clicks").iterdir())[20:24]:
        shutil.copy(file, folder / "clicks")
    for name in ("articles_metadata.csv", "dataset.toml"):
        shutil.copy(newsroom / name, folder)
    return folder


def first_file(folder: Path) -> Path:
    return min((folder / "clicks").iterdir())


def said(spark: SparkSession, folder: Path, work: Path) -> tuple[str, str]:
    """What is said of a log that is refused: alone, and on Spark."""
    with pytest.raises(DataError) as alone:
        load(folder)
    with pytest.raises(DataError) as on_spark:
        read(spark, str(folder), work, skip_bad_rows=False)
    return str(alone.value), str(on_spark.value)


def test_reports_as_the_reader_of_one_machine_does(spark: SparkSession, own_log: Path, tmp_path: Path) -> None:
    file = first_file(own_log)
    (own_log / "clicks" / "zz_empty.csv").write_text(file.read_text().splitlines()[0] + "\n")
    log, report = load(own_log)
    found = read(spark, str(own_log), tmp_path / "work", skip_bad_rows=False)
    assert (found.report.files, found.report.rows) == (report.files, report.rows)
    assert found.report.notes == report.notes[-len(found.report.notes) :]
    assert found.articles.ids.tolist() == log.articles.ids.tolist()
    assert found.rows.count() == len(log.clicks)


def test_a_bad_file_is_refused_by_name(spark: SparkSession, own_log: Path, tmp_path: Path) -> None:
    (own_log / "clicks" / "broken.parquet").write_bytes(b"not Parquet")
    alone, on_spark = said(spark, own_log, tmp_path / "work")
    assert "clicks/broken.parquet is not a readable Parquet file" in on_spark
    assert on_spark == alone


def test_a_bad_row_is_refused_by_file_and_line(spark: SparkSession, own_log: Path, tmp_path: Path) -> None:
    file = first_file(own_log)
    lines = file.read_text().splitlines()
    lines[3] = lines[3].replace(lines[3].split(",")[5], "12345")
    lines[5] = "x" + lines[5]
    file.write_text("\n".join(lines) + "\n")
    alone, on_spark = said(spark, own_log, tmp_path / "work")
    assert f"clicks/{file.name} line 4" in on_spark
    assert set(on_spark.split("(")[0].split()) == set(alone.split("(")[0].split())
    kept = read(spark, str(own_log), tmp_path / "work", skip_bad_rows=True)
    log, report = load(own_log, skip_bad_rows=True)
    assert sorted(map(str, kept.report.bad)) == sorted(map(str, report.bad))
    assert kept.rows.count() == len(log.clicks)


def test_a_row_that_is_in_two_files_counts_once(spark: SparkSession, own_log: Path, tmp_path: Path) -> None:
    file = first_file(own_log)
    header, row, *_ = file.read_text().splitlines()
    (own_log / "clicks" / "zz_again.csv").write_text(f"{header}\n{row}\n")
    log, report = load(own_log)
    found = read(spark, str(own_log), tmp_path / "work", skip_bad_rows=False)
    assert found.report.repeated == report.repeated == 1
    assert (found.rows.count(), found.report.rows) == (len(log.clicks), report.rows)


def test_parquet_is_read_too(spark: SparkSession, own_log: Path, tmp_path: Path) -> None:
    log, _ = load(own_log)
    for file in list((own_log / "clicks").iterdir()):
        pd.read_csv(file).to_parquet(file.with_suffix(".parquet"))
        file.unlink()
    found = read(spark, str(own_log), tmp_path / "work", skip_bad_rows=False)
    assert found.rows.count() == len(log.clicks)


def test_a_folder_that_is_none_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not a folder"):
        read(spark, str(tmp_path / "nowhere"), tmp_path / "work", skip_bad_rows=False)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"has no \.csv or \.parquet file"):
        read(spark, str(tmp_path / "empty"), tmp_path / "work", skip_bad_rows=False)
