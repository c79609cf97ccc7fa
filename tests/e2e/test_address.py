"""Back, Forward, reload and a link show what the address says."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.person import (
    choose,
    on_screen,
    settled,
    type_reader,
)

pytestmark = pytest.mark.browser


JOURNEYS: dict[str, tuple[str, Callable[[Page], None]]] = {
    "reader": ("recommend", lambda page: type_reader(page, "22222")),
    "device": ("recommend", lambda page: choose(page, "Device", "tablet")),
    "rows": ("compare", lambda page: page.get_by_text(re.compile(r"Reranked \(")).click()),
    "tab": ("leaderboard", lambda page: page.get_by_text("By segment", exact=True).click()),
    "pair": ("a_b", lambda page: page.get_by_role("button", name="An hour earlier").click()),
    "tour": ("", lambda page: page.get_by_role("button", name="Start the tour").click()),
    "case": (
        "find_a_case",
        lambda page: page.get_by_test_id("stDataFrame").first.click(position={"x": 20, "y": 60}),
    ),
    "page": ("explain", lambda page: page.get_by_test_id("stSidebar").get_by_role("link", name="Compare").click()),
}


@pytest.mark.parametrize("journey", JOURNEYS)
def test_back_forward_reload_and_a_link_show_what_the_address_says(page: Page, address: str, journey: str) -> None:
    start, change = JOURNEYS[journey]
    page.goto(f"{address}/{start}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settled(page)
    first, before = page.url, on_screen(page)
    change(page)
    settled(page)
    second, after = page.url, on_screen(page)
    assert second != first
    assert after != before
    page.go_back()
    settled(page)
    assert (page.url, on_screen(page)) == (first, before)
    page.go_forward()
    settled(page)
    assert (page.url, on_screen(page)) == (second, after)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settled(page)
    assert (page.url, on_screen(page)) == (second, after)
    with page.context.browser.new_context() as elsewhere:  # type: ignore[union-attr]
        other = elsewhere.new_page()
        other.goto(second)
        expect(other.get_by_role("heading", level=1)).to_be_visible()
        settled(other)
        assert on_screen(other) == after
