"""Everybody can read every page, and nothing on it moves or is loaded without need."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from benchmarks.browsing import first_visit
from benchmarks.running_app import BROWSER_ARGUMENTS
from tests.e2e.person import PAGES, page_address, settled

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*PAGES, "compare?compare.view=lists", "replay?replay.below=life", "start?tour=2"])
def test_no_finding_of_accessibility(page: Page, address: str, name: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(page_address(address, name))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settled(page)
    found = Axe().run(page).response["violations"]
    told = [f"{one['id']}: {one['help']} ({node['html'][:200]})" for one in found for node in one["nodes"]]
    assert not told, "\n".join(told)


CHART_CONTRAST = """() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = ([r, g, b]) => {
    const linear = [r, g, b].map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const page = luminance(parse(getComputedStyle(document.querySelector('[data-testid="stApp"]')).backgroundColor));
  const all = document.querySelectorAll("[data-testid=stVegaLiteChart] svg text");
  const texts = [...all].filter((text) => text.textContent.trim());
  return texts.map((text) => {
    const own = luminance(parse(getComputedStyle(text).fill));
    const [light, dark] = [Math.max(page, own), Math.min(page, own)];
    return [(light + 0.05) / (dark + 0.05), text.textContent];
  });
}"""
CHARTS = {
    "leaderboard?leaderboard.show=Every%20system": 15,
    "leaderboard?leaderboard.show=By%20hour": 5,
    "leaderboard?leaderboard.show=How%20fresh%20must%20it%20be": 8,
    "leaderboard?leaderboard.show=What%20each%20part%20is%20worth": 5,
    "data_and_models": 5,
    "replay?replay.below=life": 5,
}
"""Pages with charts, and how many texts each has at least."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("link", CHARTS)
def test_texts_in_charts_can_be_read(page: Page, address: str, link: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{address}/{link}")
    expect(page.locator("[data-testid=stVegaLiteChart] svg").first).to_be_visible()
    settled(page)
    contrasts = page.evaluate(CHART_CONTRAST)
    assert len(contrasts) >= CHARTS[link]
    assert not [(round(contrast, 2), text) for contrast, text in contrasts if contrast < 4.5]


WITH_CHARTS = {"data_and_models"}
"""At first; Leaderboard and Replay have some once they are asked for."""


@pytest.mark.parametrize("name", sorted(set(PAGES) - WITH_CHARTS))
def test_pages_without_a_chart_do_not_load_the_library_of_charts(page: Page, address: str, name: str) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(page_address(address, name))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settled(page)
    assert loaded
    assert not [url for url in loaded if "VegaLiteChart" in url]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_moves_while_a_page_comes(chromium: str, address: str, name: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=BROWSER_ARGUMENTS)
        visit = first_visit(browser, page_address(address, name))
        browser.close()
    assert visit.shift <= 0.08


PROTRUDING = """articles => articles
  .filter((article) => article.getBoundingClientRect().right > article.closest("ol").getBoundingClientRect().right)
  .map((article) => article.textContent)"""


@pytest.mark.parametrize("name", ["recommend", "compare?compare.view=lists", "live_session"])
def test_no_article_is_cut_at_the_edge_of_its_list(page: Page, address: str, name: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(page_address(address, name))
    settled(page)
    expect(page.locator("ol .article").first).to_be_attached()
    assert page.locator("ol .article").evaluate_all(PROTRUDING) == []


def test_a_headline_takes_the_width_that_its_list_has(page: Page, address: str) -> None:
    """Those of *Read so far* have neither labels nor scores to leave room for."""
    page.set_viewport_size({"width": 1024, "height": 1000})
    page.goto(page_address(address, "recommend"))
    settled(page)
    read = page.locator(".st-key-history li").first
    expect(read).to_be_attached()
    whole, title = read.bounding_box(), read.locator(".title").bounding_box()
    assert whole is not None
    assert title is not None
    assert title["width"] > whole["width"] - 70
