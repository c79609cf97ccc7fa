"""Logs that nobody has described: columns known by a part of their names, or guessed by what is in them and asked."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys.cli import main
from recsys.data.inspection import corrected, inspect
from recsys.data.loader import load
from recsys.errors import DataError

CLICKS = 300
SECONDS = 1_700_000_000


def frame() -> pd.DataFrame:
    """Clicks of twenty readers on thirty articles, a minute apart."""
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "reader": [f"r{one}" for one in rng.integers(1, 21, CLICKS)],
            "article": [f"a{one}" for one in rng.integers(1, 31, CLICKS)],
            "time": SECONDS + 60 * np.arange(CLICKS),
        }
    )


def read(path: Path) -> list[tuple[str, str, int]]:
    log = load(path)[0]
    own, names = log.clicks, log.names
    users, articles = log.user_ids[own.users].tolist(), log.articles.ids[own.items].tolist()
    moments = (own.times // 1000).tolist()
    return [(str(names.user(u)), str(names.article(a)), t) for u, a, t in zip(users, articles, moments, strict=True)]


EXPECTED = list(frame().itertuples(index=False, name=None))


def test_parts_of_names_that_fit_one_column_each_are_enough(tmp_path: Path) -> None:
    own = frame().set_axis(["domain_userid", "page_urlpath", "collector_tstamp_ts"], axis=1)
    own = own.rename(columns={"collector_tstamp_ts": "server_timestamp_epoch"}).assign(website_id="w", timeframe=7)
    own.to_csv(tmp_path / "c.csv", index=False)
    assert read(tmp_path) == EXPECTED
    columns = {column.name: column.role for column in inspect(tmp_path).columns}
    assert columns["website_id"] == columns["timeframe"] == ""


@pytest.mark.parametrize("header", [["Nutzer", "Artikel", "Zeitpunkt"], None], ids=["unknown words", "no header"])
def test_a_guess_is_shown_and_asked_before_training(
    tmp_path: Path, header: list[str] | None, capsys: pytest.CaptureFixture[str]
) -> None:
    own = frame().assign(rating=np.arange(CLICKS) % 5 / 2, event=np.arange(CLICKS))
    own = own[["rating", "event", "reader", "article", "time"]]
    named = own if header is None else own.rename(columns=dict(zip(frame().columns, header, strict=True)))
    file = tmp_path / "mine.csv"
    named.to_csv(file, index=False, header=header is not None)
    user, article, time = header or ["2", "3", "4"]
    with pytest.raises(DataError, match=f"is a guess: '{user}' is the reader, '{article}' is the article, '{time}' is"):
        load(file)
    main(["inspect", str(file), "--write"])
    assert "300 clicks by 20 readers on 30 articles" in capsys.readouterr().out
    assert read(file) == EXPECTED, "what was written down stands"


def test_two_columns_that_fit_are_a_question(tmp_path: Path) -> None:
    own = frame().rename(columns={"article": "page_urlpath"}).assign(product_sku=frame()["article"].to_numpy()[::-1])
    own.to_csv(tmp_path / "c.csv", index=False)
    with pytest.raises(DataError, match="is a guess"):
        load(tmp_path)


def test_of_several_files_the_one_that_can_be_clicks_is_guessed(tmp_path: Path) -> None:
    frame().set_axis(["x", "y", "z"], axis=1).to_csv(tmp_path / "b.csv", index=False)
    pd.DataFrame({"colour": ["red", "blue"], "size": [1, 2]}).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(DataError, match="'x' is the reader, 'y' is the article, 'z' is the time"):
        load(tmp_path)


def test_what_cannot_be_guessed_can_still_be_named(tmp_path: Path) -> None:
    own = frame().assign(reader=np.arange(CLICKS) % 5).set_axis(["x", "y", "z"], axis=1)
    own.to_csv(tmp_path / "c.csv", index=False)
    found = inspect(tmp_path)
    assert "looks like an article" in found.refusal, "its readers are so few that they may be marks"
    halfway = corrected(found, {"user": "x"})
    assert halfway.log is None
    named = corrected(halfway, {"article": "y"})
    assert named.log is not None
    assert len(named.log.clicks) == CLICKS


def test_a_log_without_a_time_shows_its_columns_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame()[["reader", "article"]].set_axis(["x", "y"], axis=1).to_csv(tmp_path / "c.csv", index=False)
    found = inspect(tmp_path)
    assert found.log is None
    assert [column.name for column in found.columns] == ["x", "y"]
    assert "looks like a time" in found.refusal
    with pytest.raises(DataError, match="looks like a time"):
        load(tmp_path)
    main(["inspect", str(tmp_path)])
    assert "looks like a time" in capsys.readouterr().out


def test_times_that_count_from_the_logs_beginning_need_a_moment(tmp_path: Path) -> None:
    own = frame().assign(time=60 * np.arange(CLICKS)).set_axis(["user", "item", "timestamp"], axis=1)
    own.to_csv(tmp_path / "c.csv", index=False)
    with pytest.raises(DataError, match=r"origin = 2020-01-01"):
        load(tmp_path)
    (tmp_path / "dataset.toml").write_text('name = "mine"\ntitle = "Mine"\n[times]\nunit = "s"\norigin = 2020-01-01\n')
    log, report = load(tmp_path)
    assert log.clicks.times[[0, 1]].tolist() == [1_577_836_800_000, 1_577_836_860_000]
    assert "times are read as seconds from 2020-01-01T00:00:00Z on, UTC" in report.notes


@pytest.mark.parametrize(("form", "back"), [("%Y%m%d%H%M%S", 0), ("%Y%m%d", SECONDS % 86_400)])
def test_dates_that_look_like_numbers_are_dates(tmp_path: Path, form: str, back: int) -> None:
    moments = pd.to_datetime(SECONDS + 86_400 * np.arange(CLICKS), unit="s").strftime(form)
    frame().assign(time=moments).set_axis(["user", "item", "date"], axis=1).to_csv(tmp_path / "c.csv", index=False)
    assert load(tmp_path)[0].clicks.times[0] == 1000 * (SECONDS - back)


@pytest.mark.parametrize("pattern", ["(", "no groups"])
def test_a_pattern_that_is_none_is_told(tmp_path: Path, pattern: str) -> None:
    frame().to_csv(tmp_path / "c.csv", index=False)
    (tmp_path / "dataset.toml").write_text(f'name = "m"\ntitle = "M"\n[files]\npattern = "{pattern}"\n')
    with pytest.raises(DataError, match="pattern"):
        load(tmp_path)


def test_lines_of_any_form_are_cut_by_a_pattern(tmp_path: Path) -> None:
    lines = [f"<{reader}> opened {article} at {time}" for reader, article, time in EXPECTED]
    (tmp_path / "own.log").write_text("# a comment\n" + "\n".join(lines) + "\n\n")
    (tmp_path / "dataset.toml").write_text(
        'name = "own"\ntitle = "Own"\n[files]\npattern = \'^<(?P<who>[^>]+)> opened (?P<what>\\S+) at (?P<at>\\d+)$\'\n'
        '[columns]\nuser = "who"\narticle = "what"\ntime = "at"\nsession = ""\n'
    )
    assert read(tmp_path) == EXPECTED
