"""Somebody who has five minutes: the tour, two views side by side, a story, a file to send on."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from recsys.artifacts.store import load
from recsys.ui.words import lead_in_words
from tests.e2e.person import choose, open_page, settled, titles
from tests.shared import DEMO

pytestmark = pytest.mark.browser
FIRST = "What will this reader want to read next?"


@pytest.mark.parametrize("width", [1440, 390])
def test_the_tour_takes_six_clicks_and_shows_what_it_says(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    open_page(page, address, FIRST)
    page.get_by_role("button", name="Start the tour").click()
    headings = []
    for number in range(1, 7):
        expect(page.get_by_text(f"Tour, {number} of 6")).to_be_visible()
        settled(page)
        headings.append(page.get_by_role("heading", level=1).inner_text())
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), headings[-1]
        assert page.get_by_test_id("stException").count() == 0
        if number == 2:
            row = page.locator(".matrix tr.hit")
            expect(row).to_have_count(1)
            inside = page.locator(".matrix .scroll").bounding_box()
            box = row.bounding_box()
            assert inside
            assert box
            assert inside["y"] <= box["y"] <= inside["y"] + inside["height"], "the open row is in sight"
        if number < 6:
            page.get_by_role("button", name="Next", exact=True).click()
    assert len(set(headings)) == 6
    page.go_back()
    expect(page.get_by_text("Tour, 5 of 6")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(headings[-2])


def test_a_and_b_are_joined_by_lines_where_they_share_articles(page: Page, address: str) -> None:
    open_page(page, f"{address}/a_b", "What is different between A and B?")
    expect(page.locator(".pair path")).to_have_count(10)
    page.get_by_role("button", name="An hour earlier").click()
    settled(page)
    lists = page.locator(".pair .list")
    a, b = (lists.nth(number).locator(".title").all_inner_texts() for number in (0, 1))
    shared = set(a) & set(b)
    assert len(shared) < 10
    expect(page.locator(".pair path")).to_have_count(len(shared))
    expect(page.get_by_text(f"{len(shared)} shared, {10 - len(shared)} different")).to_be_visible()
    expect(page.locator(".pair .mark", has_text="gone in B")).to_have_count(10 - len(shared))
    choose(page, "Device", "tablet")
    settled(page)
    expect(page.get_by_text("tablet instead of the stored one")).to_be_visible()


def test_a_story_plays_until_it_is_over(page: Page, address: str) -> None:
    loaded = load(DEMO)
    stories = loaded.highlights.stories
    assert any(not one.is_early for one in stories), "one that was missed is among them"
    open_page(page, f"{address}/replay", "The stories of the day")
    heads = page.locator(".single .head").all_inner_texts()
    assert heads == [lead_in_words(one) for one in stories]
    story = min(stories, key=lambda one: one.peak - one.first_click)
    number = stories.index(story)
    page.locator(".single .article").nth(number).click()
    expect(page).to_have_url(re.compile(f"article={story.article_id}"))
    first = page.url
    expect(page).not_to_have_url(first)
    expect(page.get_by_role("heading", name=loaded.engine.title_of(story.article_id))).to_be_visible()
    expect(page.get_by_role("switch", name="Play").or_(page.get_by_role("checkbox", name="Play"))).not_to_be_checked(
        timeout=120_000
    )
    settled(page)
    stopped = page.url
    page.wait_for_timeout(3_000)
    assert page.url == stopped
    assert loaded.engine.title_of(story.article_id) in titles(page, "Read most now")


def test_a_click_on_the_story_moves_the_clock(page: Page, address: str) -> None:
    open_page(page, f"{address}/replay", "The stories of the day")
    before = page.url
    plot = page.locator(".story .plot")
    box = plot.bounding_box()
    assert box
    plot.click(position={"x": box["width"] / 2, "y": 120})
    settled(page)
    assert page.url != before
    engine = load(DEMO).engine
    middle = (engine.start.time + engine.end) / 2
    moment = page.evaluate("Date.parse(new URL(location).searchParams.get('as_of'))")
    assert moment == pytest.approx(middle, abs=(engine.end - engine.start.time) / 50)


def test_a_view_is_saved_as_one_file_that_needs_no_network(page: Page, address: str, tmp_path: Path) -> None:
    open_page(page, f"{address}/recommend", "What would we recommend to this reader?")
    shown = page.get_by_role("region", name="The final list").locator(".title").all_inner_texts()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save this view").click()
    assert download.value.suggested_filename.endswith(".html")
    file = tmp_path / "view.html"
    download.value.save_as(file)
    assert file.stat().st_size < 2_000_000
    with page.context.browser.new_context(offline=True) as offline:  # type: ignore[union-attr]
        other = offline.new_page()
        asked: list[str] = []
        other.on("request", lambda request: asked.append(request.url))
        other.goto(file.as_uri())
        saved = other.locator("table").first.locator("strong").all_inner_texts()
        assert saved == shown
        assert [url for url in asked if not url.startswith("file:")] == []
        link = other.get_by_role("link").first.get_attribute("href")
    assert link == page.url
