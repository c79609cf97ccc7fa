"""The clock, a session of one's own clicks, the map of articles."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.person import (
    open_page,
    settled,
    titles,
)

pytestmark = pytest.mark.browser


def test_move_the_clock_forth_and_back(page: Page, address: str) -> None:
    open_page(page, f"{address}/replay", "What really happened next")
    start = titles(page, "Read most now")
    assert len(start) == 10
    page.get_by_role("button", name="+ 1 hour").click()
    settled(page)
    assert titles(page, "Read most now") != start
    moved = page.get_by_role("region", name="Read most now").locator(".mark").all_inner_texts()
    assert len(moved) == 10
    assert any(one == "new" or one[0] in "▲▼" for one in moved)
    page.get_by_role("button", name="− 1 hour").click()
    settled(page)
    assert titles(page, "Read most now") == start


def test_play_moves_the_clock_until_it_is_stopped(page: Page, address: str) -> None:
    open_page(page, f"{address}/replay", "What really happened next")
    before = page.url
    page.get_by_text("Play", exact=True).click()
    expect(page).not_to_have_url(before)
    first = page.url
    expect(page).not_to_have_url(first)
    page.get_by_text("Play", exact=True).click()
    settled(page)
    stopped = page.url
    page.wait_for_timeout(4_000)
    assert page.url == stopped


def test_click_through_a_session_undo_and_pass_it_on(page: Page, address: str) -> None:
    open_page(page, f"{address}/live_session", "What does each click change?")
    start = titles(page, "Final list")
    for _ in range(2):
        page.get_by_role("region", name="Final list").get_by_role("button").first.click()
        settled(page)
    expect(page).to_have_url(re.compile(r"session=\d+(,|%2C)\d+"))
    after = titles(page, "Final list")
    assert start[0] not in after, "what was clicked is not suggested again"
    with page.context.browser.new_context() as second:  # type: ignore[union-attr]
        other = second.new_page()
        open_page(other, page.url, "How much each click counts")
        assert titles(other, "Final list") == after
    for _ in range(2):
        page.get_by_role("button", name="Undo the last click").click()
        settled(page)
    assert titles(page, "Final list") == start


def test_a_dot_of_the_map_says_what_it_is_and_can_be_chosen(page: Page, address: str) -> None:
    open_page(page, f"{address}/embeddings", "Nearest neighbours")
    canvas = page.locator(".map canvas")
    box = canvas.bounding_box()
    assert box
    tip = page.locator(".map .tip")
    expect(tip).to_be_hidden()
    for share in range(20, 80, 2):
        canvas.hover(position={"x": box["width"] * share / 100, "y": box["height"] / 2})
        if tip.is_visible():
            break
    title = tip.locator("b").inner_text()
    canvas.click(position={"x": box["width"] * share / 100, "y": box["height"] / 2})
    expect(page).to_have_url(re.compile(r"article=\d+"))
    settled(page)
    expect(page.get_by_role("combobox", name="Article")).to_have_value(title)
