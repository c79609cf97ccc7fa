"""One person at the pages, in a browser, and how long the app takes to follow."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from playwright.sync_api import Page, sync_playwright

from benchmarks.page_client import RETURNING
from benchmarks.running_app import BROWSER_ARGUMENTS

QUIET = 400
"""A page is at rest when nothing has run for this long, ms."""
WATCH = """() => {
  const state = "data-test-script-state";
  window.restedAt = performance.now();
  new MutationObserver((changes) => {
    const running = changes.at(-1).target.getAttribute(state) !== "notRunning";
    window.restedAt = running ? Infinity : performance.now();
  }).observe(document.body, { subtree: true, attributes: true, attributeFilter: [state] });
}"""
AT_REST = f"() => performance.now() - window.restedAt > {QUIET}"
CHANGED = "(since) => window.restedAt > since"


def timed(page: Page, change: Callable[[], None]) -> float:
    """The time from a change to the end of the last run that it causes, ms."""
    page.wait_for_function(AT_REST)
    since: float = page.evaluate("performance.now()")
    change()
    page.wait_for_function(CHANGED, arg=since)
    page.wait_for_function(AT_REST)
    return float(page.evaluate("window.restedAt")) - since


def another_reader(page: Page) -> None:
    """Pick some returning reader, at some other moment."""
    page.get_by_role("button", name=RETURNING, exact=True).click()


def chromium() -> str:
    """The browser's executable.

    Raises:
        click.ClickException: there is none.
    """
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        raise click.ClickException("There is no Chromium on this machine (Debian: apt-get install chromium).")
    return found


@contextmanager
def browser_page(address: str) -> Iterator[Page]:
    """A browser at the app's first page, once it is there.

    Raises:
        click.ClickException: there is no Chromium.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=BROWSER_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.goto(address)
        page.get_by_role("heading", level=1).wait_for()
        page.evaluate(WATCH)
        yield page
        browser.close()
