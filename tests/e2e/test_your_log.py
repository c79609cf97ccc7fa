"""From a file as it is to the first list: dropped, corrected, trained on, looked at."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.person import choose_column, go_to, open_page, settled

pytestmark = pytest.mark.browser
HEADING = "What would it recommend to your readers?"


def write_tsv(file: Path) -> None:
    """A paper's log with names as ids, no sessions, no context, and two columns of articles of which one is wrong."""
    rng = np.random.default_rng(4)
    clicks = 4_000
    start = pd.Timestamp("2024-03-04T06:00").value // 10**9
    seconds = np.sort(rng.integers(0, 4 * 86_400, clicks)) + start
    popular = (rng.zipf(1.4, clicks) + seconds // 21_600) % 90
    pd.DataFrame(
        {
            "reader": [f"reader-{number}" for number in rng.integers(0, 250, clicks)],
            "page": "front page",
            "headline": [f"Story {number}" for number in popular],
            "when": pd.to_datetime(seconds, unit="s").strftime("%Y-%m-%d %H:%M:%S"),
        }
    ).to_csv(file, sep="\t", index=False)


def test_a_dropped_file_becomes_a_set_that_compare_shows(page: Page, address: str, tmp_path: Path) -> None:
    file = tmp_path / "paper.tsv"
    write_tsv(file)
    open_page(page, f"{address}/your_log", HEADING)
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("4,000 clicks").or_(page.get_by_text(re.compile(r"Read as .* clicks")))).to_be_visible()
    settled(page)
    choose_column(page, "Article", "headline")
    settled(page)
    expect(page.get_by_text(re.compile("90 articles"))).to_be_visible()
    page.get_by_role("button", name="Train on this log").click()
    expect(page.get_by_role("button", name="Start the tour")).to_be_visible(timeout=240_000)
    settled(page)
    assert "set=paper" in page.url
    go_to(page, "Compare")
    expect(page).to_have_url(re.compile("user=reader-"))
    expect(page.locator(".matrix .title").first).to_have_text(re.compile(r"Story \d+"))
    controls = page.locator(".st-key-control_bar")
    expect(controls.get_by_role("textbox", name="Reader")).to_have_value(re.compile("reader-"))
    expect(controls.get_by_role("combobox", name="Device")).to_have_count(0)


def test_a_file_that_is_no_log_is_told_what_it_lacks(page: Page, address: str, tmp_path: Path) -> None:
    file = tmp_path / "notes.csv"
    file.write_text("colour,size\nred,1\nblue,2\n")
    open_page(page, f"{address}/your_log", HEADING)
    page.locator("input[type=file]").set_input_files(file)
    expect(
        page.get_by_text("No column looks like a time nor an article nor a user or a session: choose it above.")
    ).to_be_visible()
