"""What a person does at the pages, and what they see."""

import re

from playwright.sync_api import Locator, Page, expect

from recsys.ui.page_context import FIRST_PAGE
from tests.shared import ROOT

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))

QUIET = 600  # ms; also how long what was computed takes to fade in
AT_REST = """(quiet) => {
  const app = document.querySelector("[data-test-script-state]");
  const said = app?.innerText + location.href;
  const same = app?.getAttribute("data-test-script-state") === "notRunning" && said === window.saidBefore;
  window.saidBefore = said;
  if (!same) window.atRestSince = performance.now();
  return same && performance.now() - window.atRestSince > quiet;
}"""
OURS_ARE_DRAWN = """() => [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"] *')]
  .every((host) => host.shadowRoot === null || host.shadowRoot.childNodes.length > 0)"""


def page_address(address: str, name: str) -> str:
    """The address of a page, with whatever its link says besides."""
    return f"{address}/{name}" if name != FIRST_PAGE else address


def cards(page: Page) -> Locator:
    """The articles of the final list on Recommend."""
    return page.get_by_role("region", name="The final list").locator(".title")


def choose(page: Page, control: str, option: str) -> None:
    """Choose an option of a control above the page."""
    page.locator(".st-key-control_bar").get_by_role("combobox", name=control, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def choose_column(page: Page, role: str, column: str) -> None:
    """Say which column of a dropped log has a role."""
    page.get_by_role("combobox", name=role, exact=True).click()
    page.get_by_role("option", name=column, exact=True).click()


def type_reader(page: Page, text: str) -> None:
    field = page.get_by_role("textbox", name="Reader")
    field.fill(text)
    expect(field).to_have_value(text)
    field.press("Enter")


def settled(page: Page) -> None:
    """Wait until nothing is being computed, and what is on screen stays as it is."""
    page.wait_for_timeout(QUIET)  # what was clicked may not have reached the program yet
    page.evaluate("window.saidBefore = null")
    page.wait_for_function(AT_REST, arg=QUIET, polling=50)
    expect(
        page.locator('[data-stale="true"], [data-testid="stSkeleton"], [data-testid="stAppSkeleton"]')
    ).to_have_count(0)
    page.wait_for_function(OURS_ARE_DRAWN)


def open_page(page: Page, link: str, heading: str) -> None:
    page.goto(link)
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    settled(page)


def go_to(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebar").get_by_role("link", name=name, exact=True).click()
    settled(page)


def titles(page: Page, name: str) -> list[str]:
    """The headlines of one of the lists side by side."""
    the_list = page.get_by_role("region", name=name, exact=True)
    expect(the_list).to_be_visible()
    return the_list.locator(".title").all_inner_texts()


def on_screen(page: Page) -> str:
    """What a page says, without the times that an answer took; what is chosen in its controls."""
    values = page.locator("input").evaluate_all("all => all.map(one => one.type === 'checkbox' ? '' : one.value)")
    own = page.locator(".board, .matrix").all_inner_texts()
    said = re.sub(r"This took:.*", "", page.get_by_test_id("stMain").inner_text())
    return "\n".join([said, *values, *own])
