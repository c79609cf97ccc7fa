"""A real browser on the real app, with the set that comes with it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from benchmarks.running_app import BROWSER_ARGUMENTS, running_app

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_app() as address:
        yield address


@pytest.fixture
def page(chromium: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=BROWSER_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.set_default_timeout(30_000)
        yield page
        browser.close()


def articles(page: Page) -> list[str]:
    expect(page.get_by_role("table").first).to_be_visible()
    rows = page.get_by_role("table").first.locator("tbody tr")
    return [row.locator("td").nth(1).inner_text() for row in rows.all()]


def test_pick_a_visitor_override_the_device_and_see_the_list_change(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", name="What would this visitor get, now?")).to_be_visible()
    page.get_by_role("button", name="New", exact=True).click()
    expect(page.get_by_text("contextual path")).to_be_visible()
    before = articles(page)
    assert len(before) == 10

    page.get_by_role("combobox", name=re.compile("^.*Device")).click()
    page.get_by_role("option", name="TV").click()
    expect(page.get_by_text("changed by you")).to_be_visible()
    expect(page).to_have_url(re.compile("device=2"))
    assert articles(page) != before

    link, changed = page.url, articles(page)
    with page.context.browser.new_context() as second:  # type: ignore[union-attr]
        other = second.new_page()
        other.goto(link)
        expect(other.get_by_text("changed by you")).to_be_visible()
        assert articles(other) == changed


def test_typing_an_unknown_visitor_gets_a_sentence(page: Page, address: str) -> None:
    page.goto(address)
    field = page.get_by_role("textbox", name="Visitor id")
    field.fill("123456789")
    field.press("Enter")
    expect(page.get_by_text("There is no visitor 123456789")).to_be_visible()
    expect(page.get_by_text("Traceback")).to_have_count(0)
