"""Your log: what a server that trains and one that does not say of a log."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from recsys.ui.training_job import VARIABLE
from tests.app.conftest import OpenPage, sentences
from tests.helpers import T0, write_clicks


@pytest.fixture
def log(tmp_path: Path) -> Path:
    rows = [(f"reader-{n % 7}", n // 21 * 7 + n % 7, 100 + n % 5, T0 + n * 600_000) for n in range(400)]
    write_clicks(tmp_path / "log", [*rows, ("reader-1", 999, 101, "noon")])
    return tmp_path / "log"


def named(open_page: OpenPage, path: Path) -> AppTest:
    page = open_page("your_log")
    return page.text_input(key="log_path").set_value(str(path)).run()


def reader_of(page: AppTest) -> Selectbox:
    return next(one for one in page.selectbox if one.label == "Reader")


def test_a_named_folder_is_read_and_what_is_lost_is_told(open_page: OpenPage, log: Path) -> None:
    page = named(open_page, log)
    assert not page.exception
    said = sentences(page)
    assert "**400** clicks, **7** readers, **5** articles. Left out: 1 row that can't be read" in said
    assert "click\\_timestamp is not a time ('noon')" in said
    columns = [one.label for one in page.selectbox if one.key != "set"]
    assert columns == ["Reader", "Article", "Time", "Session", "Device", "OS", "Country"]
    assert reader_of(page).value == "user_id"
    assert any("Train on this log" in one.label for one in page.button)


def test_another_column_is_read_at_once(open_page: OpenPage, log: Path) -> None:
    page = named(open_page, log)
    reader_of(page).set_value("session_id").run()
    assert not page.exception
    assert "**7** readers" not in sentences(page)


def test_a_server_that_does_not_train_says_how_to_go_on(
    open_page: OpenPage, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "off")
    page = open_page("your_log")
    assert not page.exception
    assert [one.key for one in page.text_input] == []


def test_what_is_no_log_is_a_sentence(open_page: OpenPage, tmp_path: Path) -> None:
    page = named(open_page, tmp_path / "nowhere")
    assert not page.exception
    assert "does not exist" in page.error[0].value


def test_columns_that_are_not_found_are_chosen(open_page: OpenPage, tmp_path: Path) -> None:
    lines = [f"{n % 7},{100 + n % 5},{T0 + n * 600_000}" for n in range(400)]
    (tmp_path / "own.csv").write_text("\n".join(["x,y,z", *lines]) + "\n")
    page = named(open_page, tmp_path / "own.csv")
    assert not page.exception
    assert [one.value for one in page.warning] == [
        "No column looks like an article nor a user or a session: choose it above."
    ]
    for label, column in (("Reader", "x"), ("Article", "y"), ("Time", "z")):
        next(one for one in page.selectbox if one.label == label).set_value(column).run()
    assert not page.exception
    assert list(page.warning) == []
    assert "**400** clicks, **7** readers, **5** articles. No row is lost." in sentences(page)
