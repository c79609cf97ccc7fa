"""One person at the pages, in a browser: how long the app takes to follow, what moves meanwhile, what is loaded."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as NothingHappened

from benchmarks.page_client import PICK, RETURNING
from benchmarks.running_app import BROWSER_ARGUMENTS

QUIET = 400
"""A page is at rest when nothing has run for this long, ms."""
PATIENCE = 20_000
"""A click that has caused nothing by then, ms, met a page that was being redrawn: it is made again."""
ATTEMPTS = 4
LONG = 60_000
"""A page that is not at rest by then, ms, never will be."""
WATCH = """() => {
  const state = "data-test-script-state";
  window.restedAt = Infinity;
  window.shifted = 0;
  new MutationObserver((changes) => {
    const running = changes.at(-1).target.getAttribute(state) !== "notRunning";
    window.restedAt = running ? Infinity : performance.now();
  }).observe(document, { subtree: true, attributes: true, attributeFilter: [state] });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""
# Drawn: the run is over, there is a heading, nothing stands in for what is still loaded.
DRAWN = """() => {
  const waits = '[data-testid="stSkeleton"], [data-testid="stAppSkeleton"], [data-stale="true"]';
  const ours = [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"] *')];
  return window.restedAt < Infinity && document.querySelector("h1") && !document.querySelector(waits)
    && ours.every((host) => host.shadowRoot === null || host.shadowRoot.childNodes.length > 0)
    ? performance.now() : 0;
}"""
AT_REST = f"() => performance.now() - window.restedAt > {QUIET}"
CHANGED = "(since) => window.restedAt > since"


@dataclass(frozen=True)
class Visit:
    """A first visit: when the page was drawn, ms after it was asked for; its layout shift; what was loaded, bytes."""

    ms: float
    shift: float
    bytes: int


def timed(page: Page, change: Callable[[], None], prepare: Callable[[], None] = lambda: None) -> float:
    """The time from a change to the end of the last run that it causes, ms; ``prepare`` opens a menu, say, before it.

    Raises:
        click.ClickException: the change causes nothing, again and again.
    """
    for _ in range(ATTEMPTS):
        page.wait_for_function(AT_REST, timeout=LONG)
        try:
            prepare()
            since: float = page.evaluate("performance.now()")
            change()
            page.wait_for_function(CHANGED, arg=since, timeout=PATIENCE)
        except NothingHappened:
            page.keyboard.press("Escape")  # a menu that was left open
            continue
        page.wait_for_function(AT_REST, timeout=LONG)
        return float(page.evaluate("window.restedAt")) - since
    raise click.ClickException("The page does not follow.")


def first_visit(browser: Browser, address: str) -> Visit:
    """Somebody whose browser has loaded nothing yet opens a page."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.add_init_script(f"({WATCH})()")
    loaded = 0

    def count(event: dict[str, float]) -> None:
        nonlocal loaded
        loaded += int(event["encodedDataLength"])

    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", count)
    page.goto(address)
    ms = float(page.wait_for_function(DRAWN, polling="raf").json_value())
    page.wait_for_function(AT_REST, timeout=LONG)
    page.wait_for_timeout(1000)  # what moves late counts too
    visit = Visit(ms, float(page.evaluate("window.shifted")), loaded)
    context.close()
    return visit


def another_reader(page: Page) -> float:
    """Pick some returning reader, at some other moment; how long until the page has followed, ms."""
    return timed(
        page,
        page.get_by_role("menuitem", name=RETURNING, exact=True).click,
        page.get_by_role("button", name=PICK, exact=True).click,
    )


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
def open_browser() -> Iterator[Browser]:
    """A browser.

    Raises:
        click.ClickException: there is no Chromium.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=BROWSER_ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def browser_page(address: str) -> Iterator[Page]:
    """A browser at the app's first page, once it is there. Errors as in ``open_browser``."""
    with open_browser() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.set_default_timeout(PATIENCE)
        page.add_init_script(f"({WATCH})()")
        page.goto(address)
        page.wait_for_function(DRAWN, polling="raf", timeout=LONG)
        yield page
