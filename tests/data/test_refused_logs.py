"""What can't be read is refused with what was found and what to do, or left out line by line where that is asked."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys.data.loader import load
from recsys.errors import DataError
from tests.data.five_clicks import clicks, written
from tests.helpers import T0


def test_dates_that_can_be_two_days_have_to_be_named(tmp_path: Path) -> None:
    days = ["03-02-2021 07:01", "04-02-2021 07:01", "05-02-2021 07:01", "06-02-2021 07:01", "07-02-2021 07:01"]
    written(tmp_path, clicks(click_timestamp=days))
    with pytest.raises(DataError, match=r'format = "%d-%m-%Y %H:%M"'):
        load(tmp_path)
    (tmp_path / "dataset.toml").write_text('[times]\nformat = "%m-%d-%Y %H:%M"\n')
    months = pd.to_datetime(load(tmp_path)[0].clicks.times, unit="ms").month.tolist()
    assert months == [3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.drop(columns="click_timestamp"), "looks like a time. Its columns are 'user_id'"),
        (lambda frame: frame.drop(columns=["user_id", "session_id"]), "looks like a user or a session"),
        (lambda frame: frame.drop(columns="click_article_id"), "looks like an article"),
        (lambda frame: frame.assign(click_timestamp="soon"), "holds no times that can be read ('soon'"),
    ],
)
def test_a_log_that_cant_be_used_is_told_what_is_missing(
    tmp_path: Path, change: Callable[[pd.DataFrame], pd.DataFrame], message: str
) -> None:
    written(tmp_path, change(clicks()))
    with pytest.raises(DataError) as refused:
        load(tmp_path)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('[columns]\nuser = "who"\n', "has no column who"),
        ('[columns]\nuser = "click_article_id"\n', "can't be both the user and the article"),
        ("[labels.devices]\nnames = {1 = 'PC'}\n", "nothing called 'devices'"),
        ("[files]\nencoding = 'utf-99'\n", "no encoding 'utf-99'"),
        ("[columns]\ncolour = 'red'\n", "columns.colour"),
        ("colour = ", "not valid TOML"),
    ],
)
def test_a_wrong_setting_is_told(tmp_path: Path, settings: str, message: str) -> None:
    written(tmp_path, clicks())
    (tmp_path / "dataset.toml").write_text(settings)
    with pytest.raises(DataError) as refused:
        load(tmp_path)
    assert message in str(refused.value)


def test_a_bad_row_after_quoted_line_breaks_is_named_by_its_own_line(tmp_path: Path) -> None:
    frame = clicks(note='two\n"lines"', click_os=[17, 2, 17, "Android", 2])
    with pytest.raises(DataError, match=r"c\.csv line 9: click_os is not a whole number \('Android'\)"):
        load(written(tmp_path, frame))


@pytest.mark.parametrize("closed", [False, True], ids=["never", "by a later one"])
@pytest.mark.parametrize("column", ["user_id", "note"])
def test_a_quotation_mark_that_is_not_closed_swallows_no_line(tmp_path: Path, closed: bool, column: str) -> None:
    frame = pd.concat([clicks(note="x").assign(click_timestamp=T0 + 10_000 * (5 * n)) for n in range(8)])
    frame = frame.assign(click_timestamp=T0 + 1000 * np.arange(40), user_id=np.arange(40) % 9)
    lines = frame.to_csv(index=False).splitlines()
    at = lines[0].split(",").index(column)
    for row in (20, 30) if closed else (20,):
        cells = lines[row].split(",")
        cells[at] = '"' + cells[at]
        lines[row] = ",".join(cells)
    (tmp_path / "c.csv").write_text("\n".join(lines) + "\n")
    log, report = load(tmp_path, skip_bad_rows=True)
    assert len(log.clicks) + len(report.bad) == 40
    assert {bad.line for bad in report.bad} <= {21, 31}


def test_damaged_archives_are_refused(tmp_path: Path) -> None:
    whole = gzip.compress(clicks().to_csv(index=False).encode())
    (tmp_path / "c.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"c\.csv\.gz can't be unpacked"):
        load(tmp_path)
    (tmp_path / "c.csv.gz").unlink()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("c.csv", clicks().to_csv(index=False))
    (tmp_path / "c.zip").write_bytes(packed.getvalue()[:-30])
    with pytest.raises(DataError, match=r"c\.zip can't be unpacked"):
        load(tmp_path)


def test_json_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text(json.dumps({"user": 1}) + "\n{no json\n")
    with pytest.raises(DataError, match=r"c\.jsonl"):
        load(tmp_path)
