import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys.data.loader import load
from recsys.errors import DataError
from tests.helpers import T0, write_clicks

GOOD = [(5, 1, 100, T0), (5, 1, 101, T0 + 1000), (3, 2, 100, T0 + 500)]


def test_reads_the_published_layout_sorted_by_time(tmp_path: Path) -> None:
    write_clicks(tmp_path, GOOD)
    log, report = load(tmp_path)
    assert report.rows == 3
    assert log.clicks.times.tolist() == [T0, T0 + 500, T0 + 1000]
    assert log.user_ids[log.clicks.users].tolist() == [5, 3, 5]
    assert log.articles.ids[log.clicks.items].tolist() == [100, 100, 101]
    assert log.dataset.label("device", 1) == "desktop"
    assert log.dataset.is_inferred("device")
    assert log.dataset.label("country", 10) == "country 10"


def test_metadata_is_joined_with_its_times_corrected(tmp_path: Path) -> None:
    write_clicks(tmp_path, GOOD)
    (tmp_path / "articles_metadata.csv").write_text(
        f"article_id,category_id,created_at_ts,publisher_id,words_count\n100,7,{T0},0,250\n999,1,{T0},0,10\n"
    )
    log, report = load(tmp_path)
    assert log.articles.sections.tolist() == [7, -1]
    assert log.articles.published.tolist() == [T0 + 3 * 3_600_000, -1]
    assert any("1 articles of articles_metadata.csv were never clicked" in note for note in report.notes)
    assert any("1 of 2 clicked articles have no metadata" in note for note in report.notes)


def test_published_embeddings_are_read_where_they_are_there(tmp_path: Path) -> None:
    write_clicks(tmp_path, GOOD)
    assert load(tmp_path)[0].articles.embeddings is None
    matrix = np.arange(101 * 4, dtype=np.float32).reshape(101, 4)  # rows for the ids 0 to 100
    (tmp_path / "articles_embeddings.pickle").write_bytes(pickle.dumps(matrix))
    log, report = load(tmp_path)
    assert log.articles.embeddings is not None
    assert log.articles.embeddings.tolist() == [matrix[100].tolist(), [0, 0, 0, 0]]
    assert "1 clicked articles are not among the 101 of articles_embeddings.pickle" in report.notes
    (tmp_path / "articles_embeddings.pickle").write_bytes(b"no pickle")
    with pytest.raises(DataError, match=r"articles_embeddings\.pickle"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((-4, 1, 100, T0), "negative"),
        ((4, 1, -100, T0), "negative"),
        (("four", 1, 100, T0), "user_id is not a whole number ('four')"),
        ((4, 1, 100.5, T0), "click_article_id is not a whole number"),
        ((4, 1, "", T0), "click_article_id is empty"),
        ((4, 1, 100, "noon"), "click_timestamp is not a time ('noon')"),
        ((4, 1, 100, T0 // 1000), "in seconds, not milliseconds"),
        ((4, 1, 100, 12_345), "before 1990"),
        ((4, 1, 100, T0 * 1000), "after 2038"),
        ((4, 10**30, 100, T0), "session_id is not a whole number"),
    ],
)
def test_a_bad_row_is_refused_with_file_line_and_reason(tmp_path: Path, row: tuple[object, ...], reason: str) -> None:
    write_clicks(tmp_path, GOOD)
    write_clicks(tmp_path, [(1, 9, 100, T0 + 9), row], "clicks_hour_001.csv")
    with pytest.raises(DataError) as refused:
        load(tmp_path)
    assert "clicks/clicks_hour_001.csv line 3" in str(refused.value)
    assert reason in str(refused.value)

    log, report = load(tmp_path, skip_bad_rows=True)
    assert len(log.clicks) == 4
    assert report.rows == 5
    assert [(bad.file, bad.line) for bad in report.bad] == [("clicks/clicks_hour_001.csv", 3)]


def test_a_file_cut_within_a_row_is_refused_wherever_the_cut_is(tmp_path: Path) -> None:
    path = write_clicks(tmp_path, GOOD)
    whole = path.read_bytes()
    last_line = whole.rindex(b"\n", 0, -1) + 1
    for cut in range(last_line + 1, len(whole)):
        path.write_bytes(whole[:cut])
        with pytest.raises(DataError, match="line 4"):
            load(tmp_path)
        assert len(load(tmp_path, skip_bad_rows=True)[0].clicks) == 2


def test_repeated_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    write_clicks(tmp_path, GOOD)
    write_clicks(tmp_path, [(1, 9, 100, T0 + 9), GOOD[0]], "clicks_hour_001.csv")
    log, report = load(tmp_path)
    assert len(log.clicks) == 4
    assert (report.rows, report.repeated, report.bad) == (5, 1, [])
    assert "1 repeated rows are left out" in report.notes


def test_a_missing_column_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    path = write_clicks(tmp_path, GOOD)
    write_clicks(tmp_path, GOOD, "clicks_hour_001.csv")
    pd.read_csv(path).drop(columns=["click_article_id"]).to_csv(path, index=False)
    with pytest.raises(DataError, match=r"clicks_hour_000.csv has no column click_article_id. .* 'user_id'"):
        load(tmp_path)


def test_empty_files(tmp_path: Path) -> None:
    write_clicks(tmp_path, GOOD)
    write_clicks(tmp_path, [], "clicks_hour_001.csv")
    assert "clicks/clicks_hour_001.csv has a header and no rows" in load(tmp_path)[1].notes
    (tmp_path / "clicks" / "clicks_hour_002.csv").write_text("")
    with pytest.raises(DataError, match=r"clicks_hour_002.csv is empty"):
        load(tmp_path)


def test_no_log_at_all(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        load(tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"no file of clicks: none with an ending such as \.csv"):
        load(tmp_path)


def test_parquet_reads_like_csv(tmp_path: Path) -> None:
    path = write_clicks(tmp_path / "csv", GOOD)
    (tmp_path / "parquet" / "clicks").mkdir(parents=True)
    pd.read_csv(path).to_parquet(tmp_path / "parquet" / "clicks" / "all.parquet")
    assert load(tmp_path / "csv")[0].fingerprint == load(tmp_path / "parquet")[0].fingerprint

    (tmp_path / "parquet" / "clicks" / "cut.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match=r"cut.parquet is not a readable Parquet file"):
        load(tmp_path / "parquet")


def test_a_settings_file_maps_other_names(tmp_path: Path) -> None:
    path = write_clicks(tmp_path, GOOD)
    frame = pd.read_csv(path).rename(columns={"user_id": "reader", "click_timestamp": "at"})
    frame.drop(columns=["click_region", "session_start"]).to_csv(path, index=False)
    settings = 'name = "mine"\ntitle = "My paper"\n[columns]\nuser = "reader"\ntime = "at"\n'
    settings += '[labels.device]\nnames = {1 = "PC"}\n'
    (tmp_path / "dataset.toml").write_text(settings)
    log, _ = load(tmp_path)
    assert log.user_ids.tolist() == [3, 5]
    assert log.dataset.label("device", 1) == "PC"
    assert not log.dataset.is_inferred("device")
    assert np.all(log.clicks.contexts[:, 3] == 0)

    (tmp_path / "dataset.toml").write_text(settings + "colour = 1\n")
    with pytest.raises(DataError, match=r"dataset\.toml"):
        load(tmp_path)
