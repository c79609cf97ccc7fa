"""The same few clicks, written in the ways in which people write them, are the same clicks."""

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as arrow
import pytest

from recsys.data.click_log import ClickLog
from recsys.data.inspection import corrected, inspect
from recsys.data.loader import load
from tests.data.five_clicks import ARTICLES, AT, SAME, SECONDS, SESSIONS, clicks, told, written
from tests.helpers import T0

Write = Callable[[Path], object]


def as_bytes(change: Callable[[str], bytes]) -> Write:
    return lambda folder: (folder / "c.csv").write_bytes(change(clicks().to_csv(index=False)))


WAYS: dict[str, Write] = {
    "tabs, named .csv": lambda folder: written(folder, clicks(), sep="\t"),
    "semicolons": lambda folder: written(folder, clicks(), sep=";"),
    "double colons": as_bytes(lambda text: text.replace(",", "::").encode()),
    "a byte order mark": as_bytes(lambda text: text.encode("utf-8-sig")),
    "UTF-16": as_bytes(lambda text: text.encode("utf-16")),
    "UTF-16 without a mark": as_bytes(lambda text: text.encode("utf-16-le")),
    "Windows line ends, empty lines": as_bytes(lambda text: (text.replace("\n", "\r\n") + "\r\n\r\n").encode()),
    "quotes": lambda folder: written(folder, clicks(note='a, "b"\nc'), quoting=1),
    "gzip": lambda folder: (folder / "c.csv.gz").write_bytes(gzip.compress(clicks().to_csv(index=False).encode())),
    "zst": lambda folder: packed_by_arrow(folder / "c.csv.zst"),
    "seconds": lambda folder: written(folder, clicks(click_timestamp=[SECONDS + one for one in AT])),
    "decimal seconds": lambda folder: written(folder, clicks(click_timestamp=[SECONDS + one + 0.25 for one in AT])),
    "microseconds": lambda folder: written(folder, clicks(click_timestamp=[1000 * (T0 + 1000 * one) for one in AT])),
    "nanoseconds": lambda folder: written(folder, clicks(click_timestamp=[10**6 * (T0 + 1000 * one) for one in AT])),
    "ISO 8601 without an offset": lambda folder: written(folder, clicks(click_timestamp=moments("%Y-%m-%d %H:%M:%S"))),
    "ISO 8601 with an offset": lambda folder: written(
        folder, clicks(click_timestamp=[f"{one}+00:00" for one in moments("%Y-%m-%dT%H:%M:%S")])
    ),
    "a zone in words": lambda folder: written(folder, clicks(click_timestamp=moments("%Y-%m-%d %H:%M:%S UTC"))),
    "Parquet": lambda folder: clicks().to_parquet(folder / "c.parquet"),
    "Parquet with moments": lambda folder: clicks(
        click_timestamp=pd.to_datetime([T0 + 1000 * one for one in AT], unit="ms")
    ).to_parquet(folder / "c.parquet"),
    "JSON Lines": lambda folder: clicks().to_json(folder / "c.jsonl", orient="records", lines=True),
    "JSON": lambda folder: clicks().to_json(folder / "c.json", orient="records"),
    "several files": lambda folder: [written(folder, clicks()[rows], f"{n}.csv") for n, rows in enumerate(HALVES)],
    "other names": lambda folder: written(
        folder,
        clicks().set_axis(["visitorId", "SessionID", "itemID", "Event Time", "device", "OS", "Country"], axis=1),
    ),
    "articles beside the clicks": lambda folder: written(written(folder, clicks()), described(), "articles.csv"),
}
HALVES = (slice(0, 2), slice(2, 5))


def moments(form: str) -> list[str]:
    return pd.to_datetime([T0 + 1000 * one for one in AT], unit="ms").strftime(form).tolist()


def described() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": [20, 21, 22],
            "section": ["sport", "news", "sport"],
            "published_at": ["2017-09-30T08:00:00Z", "", "2017-10-01"],
            "headline": ["First", "Second", "Third"],
        }
    )


def packed_by_arrow(file: Path) -> None:
    with arrow.output_stream(str(file), compression="zstd") as stream:
        stream.write(clicks().to_csv(index=False).encode())


@pytest.mark.parametrize("way", WAYS)
def test_however_it_is_written_it_is_the_same_log(tmp_path: Path, way: str) -> None:
    WAYS[way](tmp_path)
    log, report = load(tmp_path)
    assert told(log) == SAME
    assert report.bad == []
    _, first, second = sorted(set(SESSIONS)), log.clicks.sessions[0], log.clicks.sessions[2]
    assert first == second


def test_one_file_and_an_archive_are_logs_too(tmp_path: Path) -> None:
    written(tmp_path, clicks(), "mine.csv")
    assert told(load(tmp_path / "mine.csv")[0]) == SAME
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as archive:
        archive.write(tmp_path / "mine.csv", "inside/mine.csv")
        archive.writestr("README.html", "no data")
    assert told(load(tmp_path / "mine.zip")[0]) == SAME


@pytest.mark.parametrize(
    ("users", "articles"),
    [
        (["u7", "u3", "u7", "u9", "u3"], ["https://a.example/20?x=1,2", "b", "c", "d", "b"]),
        ([-7 * 10**17, 3, -7 * 10**17, -9, 3], [2**60 + 20, 2**60 + 20, 21, -22, 2**60 + 20]),
        (["007", "7", "007", "9", "7"], ["20", "020", "21", "22", "020"]),
    ],
)
def test_ids_are_names_and_come_back_as_they_came(tmp_path: Path, users: list[object], articles: list[object]) -> None:
    written(tmp_path, clicks(user_id=users, click_article_id=articles))
    log, _ = load(tmp_path)
    assert told(log) == list(zip(users, articles, AT, strict=True))


def test_without_sessions_a_pause_ends_one(tmp_path: Path) -> None:
    at = [T0, T0 + 29 * 60_000, T0 + 60 * 60_000, T0, T0 + 1]
    frame = clicks(user_id=[1, 1, 1, 2, 2], click_timestamp=at).drop(columns="session_id")
    log, _ = load(written(tmp_path / "a", frame))
    sessions = dict(zip(told_times(log), log.clicks.sessions.tolist(), strict=True))
    assert sessions[1, at[0]] == sessions[1, at[1]]
    assert len({sessions[1, at[1]], sessions[1, at[2]], sessions[2, at[3]]}) == 3
    assert sessions[2, at[3]] == sessions[2, at[4]]
    settings = '[sessions]\ngap_minutes = 10\n[columns]\nuser = "user_id"\n'
    (tmp_path / "a" / "dataset.toml").write_text(settings)
    log, _ = load(tmp_path / "a")
    assert len(set(log.clicks.sessions.tolist())) == 4


def told_times(log: ClickLog) -> list[tuple[int, int]]:
    return list(zip(log.user_ids[log.clicks.users].tolist(), log.clicks.times.tolist(), strict=True))


def test_a_session_stands_for_a_reader_of_whom_nothing_else_is_known(tmp_path: Path) -> None:
    log, report = load(written(tmp_path, clicks(user_id=[7, None, 7, 9, None])))
    assert [reader for reader, _, _ in told(log)] == ["7", "session 2", "7", "9", "session 2"]
    assert "where no reader is named, a session stands for one" in report.notes


def test_a_session_number_of_several_readers_is_several_sessions(tmp_path: Path) -> None:
    log, _ = load(written(tmp_path, clicks(session_id=[1, 1, 1, 1, 1])))
    of_readers = {
        (reader, session) for (reader, _), session in zip(told_times(log), log.clicks.sessions.tolist(), strict=True)
    }
    assert len(of_readers) == len({session for _, session in of_readers}) == 3


def test_context_is_optional_may_be_empty_and_may_be_names(tmp_path: Path) -> None:
    bare = clicks().drop(columns=["click_deviceGroup", "click_os", "click_country"])
    assert not load(written(tmp_path / "bare", bare))[0].clicks.contexts.any()
    empty, _ = load(written(tmp_path / "empty", clicks(click_country=[None, 1, 1, 10, 1])))
    assert empty.clicks.contexts[:, 2].tolist() == [0, 1, 1, 10, 1]
    named = clicks(click_country=["DK", "DK", None, "SE", "DK"], click_deviceGroup=["iPhone", "PC", "PC", "PC", "PC"])
    log, _ = load(written(tmp_path / "named", named))
    words = [log.dataset.label("country", code) for code in log.clicks.contexts[:, 2].tolist()]
    assert words == ["DK", "DK", "country unknown", "SE", "DK"]
    assert log.dataset.code("device", "iphone") == log.clicks.contexts[0, 0]


def test_a_browser_says_which_device_it_is_on(tmp_path: Path) -> None:
    agents = [
        "Mozilla/5.0 (iPhone; CPU iPhone OS 10_3 like Mac OS X) AppleWebKit/603 Mobile/14E277 Safari/602.1",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/60 Safari/537.36",
        "Mozilla/5.0 (iPad; CPU OS 10_3 like Mac OS X) AppleWebKit/603 Version/10.0 Mobile Safari/602.1",
        "",
        "Mozilla/5.0 (Linux; Android 7.0; SM-G930) AppleWebKit/537.36 Chrome/60 Mobile Safari/537.36",
    ]
    frame = clicks(user_agent=agents).drop(columns=["click_deviceGroup", "click_os"])
    log, _ = load(written(tmp_path, frame))
    devices = [log.dataset.label("device", code) for code in log.clicks.contexts[:, 0].tolist()]
    systems = [log.dataset.label("os", code) for code in log.clicks.contexts[:, 1].tolist()]
    assert devices == ["phone", "desktop", "tablet", "device unknown", "phone"]
    assert systems == ["iOS", "Windows", "iOS", "OS unknown", "Android"]


def test_articles_may_be_described_in_any_words(tmp_path: Path) -> None:
    written(tmp_path, clicks())
    written(tmp_path, described(), "articles.csv")
    log, _ = load(tmp_path)
    assert log.articles.texts["title"].tolist() == ["First", "Second", "Third"]
    sections = [log.dataset.label("section", code) for code in log.articles.sections.tolist()]
    assert sections == ["sport", "news", "sport"]
    shift = 3 * 3_600_000  # of the published layout, whose names the clicks have
    dates = pd.to_datetime(["2017-09-30T08:00", "2017-10-01T00:00"]).astype("datetime64[ms]").astype(np.int64) + shift
    assert log.articles.published.tolist() == [dates[0], -1, dates[1]]


def test_publication_times_in_seconds_are_not_half_a_century_ago(tmp_path: Path) -> None:
    written(tmp_path, clicks())
    described().assign(published_at=[SECONDS, SECONDS + 1, SECONDS + 2]).to_csv(tmp_path / "articles.csv", index=False)
    published = load(tmp_path)[0].articles.published
    assert (abs(published - T0) < 4 * 3_600_000).all()


def test_of_several_actions_those_named_are_clicks(tmp_path: Path) -> None:
    written(tmp_path, clicks(event=["view", "view", "cart", "view", "buy"]))
    columns = '[columns]\nuser = "user_id"\naction = "event"\n[actions]\nkeep = ["view"]\n'
    (tmp_path / "dataset.toml").write_text(columns)
    assert told(load(tmp_path)[0]) == [one for row, one in enumerate(SAME) if row not in (2, 4)]


def test_actions_may_weigh_differently_and_of_repeated_ones_the_weightiest_stays(tmp_path: Path) -> None:
    frame = clicks(event=["view", "buy", "view", "cart", "view"])
    frame = pd.concat([frame, frame.head(1).assign(event="buy"), frame.head(1).assign(event="like")])
    written(tmp_path, frame)
    columns = '[columns]\nuser = "user_id"\naction = "event"\n[actions.weights]\nview = 1\ncart = 2.5\nbuy = 5\n'
    (tmp_path / "dataset.toml").write_text(columns)
    log, report = load(tmp_path)
    assert told(log) == SAME
    assert log.clicks.weights is not None
    assert log.clicks.weights.tolist() == [5, 5, 1, 2.5, 1]
    assert report.repeated == 1
    assert "1 rows are other actions than view, cart, buy and are left out" in report.notes


def test_a_day_beyond_the_twelfth_settles_it(tmp_path: Path) -> None:
    days = [f"{day}-02-2021 07:01" for day in (3, 4, 13, 14, 15)]
    log, report = load(written(tmp_path, clicks(click_timestamp=days)))
    assert pd.to_datetime(log.clicks.times, unit="ms").day.tolist() == [3, 4, 13, 14, 15]
    assert "times are read as %d-%m-%Y %H:%M, UTC" in report.notes


def test_one_column_may_stand_for_several_fields_of_the_context(tmp_path: Path) -> None:
    frame = clicks(zero=0).drop(columns=["click_deviceGroup", "click_os", "click_country"])
    written(tmp_path, frame)
    (tmp_path / "dataset.toml").write_text('[columns]\ndevice = "zero"\nos = "zero"\ncountry = "zero"\n')
    assert told(load(tmp_path)[0]) == SAME


def test_a_file_without_a_header_is_read_by_the_numbers_of_its_columns(tmp_path: Path) -> None:
    written(tmp_path, clicks()[["session_id", "click_timestamp", "click_article_id"]], header=False)
    (tmp_path / "dataset.toml").write_text('[columns]\nuser = ""\nsession = "0"\ntime = "1"\narticle = "2"\n')
    assert [(article, at) for _, article, at in told(load(tmp_path)[0])] == list(zip(ARTICLES, AT, strict=True))


def test_a_corrected_column_leaves_the_files_what_they_are(tmp_path: Path) -> None:
    written(tmp_path / "clicks", clicks(reader=["a", "b", "a", "c", "b"]))
    described().to_csv(tmp_path / "articles_metadata.csv", index=False)
    before = inspect(tmp_path)
    after = corrected(before, {"user": "reader"})
    assert [file.name for file in after.resolved.files.clicks] == ["clicks/c.csv"]
    assert [file.name for file in after.resolved.files.articles] == ["articles_metadata.csv"]
    assert after.log is not None
    assert [reader for reader, _, _ in told(after.log)] == ["a", "b", "a", "c", "b"]
