"""The sentence that the app exists for: candidates, algorithms and scores side by side."""

import math
import re

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from recsys.analysis.candidate_matrix import candidate_matrix
from recsys.analysis.replay_visits import ReplayVisits
from recsys.artifacts.store import load
from recsys.core.entities import Request
from recsys.core.timestamps import iso
from tests.e2e.person import (
    choose,
    open_page,
    settled,
    type_reader,
)
from tests.shared import DEMO

pytestmark = pytest.mark.browser


def test_user_12345_on_a_phone_in_a_country_each_algorithms_candidates_and_the_rerankers_scores_side_by_side(
    page: Page, address: str
) -> None:
    """The sentence that the app exists for, held to what the engine says."""
    loaded = load(DEMO)
    engine = loaded.engine
    page.goto(f"{address}/compare")
    type_reader(page, "12345")
    expect(page).to_have_url(re.compile("user=12345"))
    choose(page, "Device", "phone")
    expect(page).to_have_url(re.compile("device=3"))
    choose(page, "Country", "DE")
    expect(page).to_have_url(re.compile("country=10"))
    page.get_by_text(re.compile(r"Whole pool \(")).click()
    settled(page)

    moment = ReplayVisits.of(engine).moment(12345)
    answer = engine.recommend(Request(12345, overrides={"device": 3, "country": 10}, as_of=moment, beside=True))
    wanted = candidate_matrix(engine, answer)
    algorithms = list(answer.ranking.pool.lists)
    rows = page.locator(".matrix tr[data-id]")
    expect(rows).to_have_count(len(wanted))
    shown = rows.evaluate_all(
        "rows => rows.map(row => [row.dataset.id, row.querySelector('td.score').innerText,"
        " ...[...row.querySelectorAll('td.algorithm')].map(cell => cell.innerText.split(/\\s+/).join(' '))])"
    )
    for row, (article, score, *cells) in zip(wanted.to_dict("records"), shown, strict=True):
        assert int(article) == row["article_id"]
        assert score == (f"{row['score']:.2f}" if row["reranked"] else "dropped")
        for name, cell in zip(algorithms, cells, strict=True):
            if pd.isna(row[f"rank_{name}"]):
                assert cell == ""
            else:
                rank, own = cell.split(" ")
                assert int(rank) == row[f"rank_{name}"]
                score = row[f"score_{name}"]
                if own in ("<0.001", ">-0.001"):
                    assert abs(score) < 0.001
                    assert own.startswith("<") == (score > 0)
                else:
                    assert float(own) == pytest.approx(score, rel=5e-3)

    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    assert "12345" in download.value.suggested_filename
    downloaded = pd.read_csv(download.value.path())
    for column in wanted:
        ours, theirs = (one[column].astype(float) if column != "article" and column != "section" else one[column]
                        for one in (wanted, downloaded))  # fmt: skip
        assert (ours == theirs).where(ours.notna() | theirs.notna(), True).all(), column

    asked = {"user_id": 12345, "env": {"device": "phone", "country": "DE"}, "as_of": iso(answer.as_of)}
    told = page.request.post(f"{address}/api/explain", data=asked).json()["explanation"]["candidates"]
    assert [one["article_id"] for one in told] == wanted["article_id"].tolist()
    assert [one["score"] for one in told] == [None if math.isnan(one) else one for one in wanted["score"].tolist()]
    for name in algorithms:
        ranks, scores = ([one[kind].get(name) for one in told] for kind in ("ranks", "scores"))
        assert ranks == [None if pd.isna(one) else one for one in wanted[f"rank_{name}"].tolist()]
        assert scores == [None if math.isnan(one) else one for one in wanted[f"score_{name}"].tolist()]


def test_a_row_of_the_matrix_opens_and_the_link_keeps_view_sorting_and_filter(page: Page, address: str) -> None:
    open_page(page, f"{address}/compare", "What did each algorithm suggest")
    page.get_by_text(re.compile(r"Whole pool \(")).click()
    settled(page)
    page.get_by_text(re.compile("Only CF suggested it")).click()
    settled(page)
    page.locator(".matrix thead").get_by_role("button", name="CF").click()
    settled(page)
    first = page.locator(".matrix tr[data-id]").first
    first.locator(".title").click()
    settled(page)
    expect(page.locator(".matrix tr.detail")).to_have_count(1)
    assert "compare.rows=pool" in page.url
    assert "compare.only=only_item_cf" in page.url
    assert "compare.sort=item_cf" in page.url
    shown = page.locator(".matrix tr[data-id]").evaluate_all("rows => rows.map(row => row.dataset.id)")
    ranks = page.locator(".matrix td.algorithm:nth-child(1 of .algorithm) b").all_inner_texts()
    assert len(ranks) == len(shown)
    assert ranks == sorted(ranks, key=int)
    with page.context.browser.new_context() as second:  # type: ignore[union-attr]
        other = second.new_page()
        open_page(other, page.url, "What did each algorithm suggest")
        rows = other.locator(".matrix tr[data-id]")
        assert rows.evaluate_all("rows => rows.map(row => row.dataset.id)") == shown
        expect(other.locator(".matrix tr.detail")).to_have_count(1)


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_a_row_that_opens_leaves_all_columns_where_they_were(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 1000})
    open_page(page, f"{address}/compare", "What did each algorithm suggest")
    columns = page.locator(".matrix thead th:visible")
    before = [one.bounding_box() for one in columns.all()]
    page.locator(".matrix tr[data-id] .title").nth(1).click()
    settled(page)
    why = page.locator(".matrix .opened").bounding_box()
    assert [one.bounding_box() for one in columns.all()] == before
    table = page.locator(".matrix .scroll").bounding_box()
    assert why is not None
    assert table is not None
    assert table["x"] <= why["x"] <= why["x"] + why["width"] <= table["x"] + table["width"]


def test_the_matrix_by_keyboard(page: Page, address: str) -> None:
    open_page(page, f"{address}/compare", "What did each algorithm suggest")
    rows = page.locator(".matrix tr[data-id]")
    assert rows.evaluate_all("rows => rows.filter(row => row.tabIndex === 0).length") == 1
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    settled(page)
    expect(page.locator(".matrix tr.detail")).to_have_count(1)
    expect(rows.nth(1)).to_be_focused()
