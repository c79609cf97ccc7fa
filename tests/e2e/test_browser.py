"""A real browser on the real app, with the set that comes with it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect, sync_playwright

from benchmarks.running_app import BROWSER_ARGUMENTS, running_app
from recsys.analysis.replay_visits import ReplayVisits
from recsys.artifacts.store import load
from recsys.core.entities import Request
from tests.shared import DEMO, ROOT

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)  # a slow machine is no defect
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))


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


@pytest.fixture(scope="module")
def moved_by_device() -> tuple[int, str]:
    """A new reader of the demo set, and the name of a device that gives them another list."""
    engine = load(DEMO).engine
    visits = ReplayVisits.of(engine)
    for row in visits.of_kind("new")[:50]:
        request = Request(int(visits.user_ids[row]), as_of=int(visits.moments[row]))
        plain = engine.recommend(request)
        device = 1 if plain.profile.stored.device != 1 else 3
        if engine.recommend(replace(request, overrides={"device": device})).articles != plain.articles:
            return int(visits.user_ids[row]), engine.dataset.label("device", device)
    raise AssertionError("the device changes nobody's list")


def rows(page: Page) -> Locator:
    return page.get_by_role("table").first.locator("tbody tr")


def test_pick_a_reader_override_the_device_and_see_the_list_change(
    page: Page, address: str, moved_by_device: tuple[int, str]
) -> None:
    visitor, device = moved_by_device
    page.goto(address)
    expect(page.get_by_role("heading", name="What would we recommend to this reader?")).to_be_visible()
    field = page.get_by_role("textbox", name="Reader id")
    field.fill(str(visitor))
    field.press("Enter")
    expect(page.get_by_role("heading", name=f"Reader {visitor}")).to_be_visible()
    expect(page.get_by_text("based on context")).to_be_visible()
    expect(page).to_have_url(re.compile(f"user={visitor}"))
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    expect(rows(page)).to_have_count(10)
    before = rows(page).all_inner_texts()

    page.get_by_role("combobox", name=re.compile("Device")).click()
    page.get_by_role("option", name=device, exact=True).click()
    expect(page.get_by_text("changed by you")).to_be_visible()
    expect(rows(page)).not_to_have_text(before, use_inner_text=True)
    expect(page).to_have_url(re.compile(r"device=\d"))

    link, changed = page.url, rows(page).all_inner_texts()
    with page.context.browser.new_context() as second:  # type: ignore[union-attr]
        other = second.new_page()
        other.goto(link)
        expect(other.get_by_text("changed by you")).to_be_visible()
        expect(rows(other)).to_have_text(changed, use_inner_text=True)


def test_a_new_reader_at_random_gets_a_list_based_on_context(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="New", exact=True).click()
    expect(page.get_by_text("based on context")).to_be_visible()
    expect(rows(page)).to_have_count(10)


def test_typing_an_unknown_reader_gets_a_sentence(page: Page, address: str) -> None:
    page.goto(address)
    field = page.get_by_role("textbox", name="Reader id")
    field.fill("123456789")
    field.press("Enter")
    expect(page.get_by_text("Unknown reader 123456789")).to_be_visible()
    expect(page.get_by_text("Traceback")).to_have_count(0)


def settled(page: Page) -> None:
    """Wait until nothing is being computed."""
    page.wait_for_timeout(600)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    expect(page.locator('[data-stale="true"]')).to_have_count(0)
    page.wait_for_timeout(600)  # what was computed fades in


def open_page(page: Page, link: str, heading: str) -> None:
    page.goto(link)
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    settled(page)


def go_to(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
    settled(page)


def test_from_a_reader_to_the_reason_and_by_link_to_somebody_else(page: Page, address: str) -> None:
    """Pick a reader, compare lists, highlight an article, see why it is there, change the context, share the link."""
    open_page(page, f"{address}/visitors", "Which reader should I look at?")
    before = page.url
    table = page.get_by_test_id("stDataFrame").first
    table.click(position={"x": 20, "y": 130})  # the box of a row
    settled(page)
    expect(page).not_to_have_url(before)
    visitor = re.search(r"user=(\d+)", page.url)
    assert visitor
    expect(page.get_by_text(f"reader {visitor[1]}")).to_be_visible()

    go_to(page, "Compare")
    expect(page.get_by_role("heading", name="What did each algorithm suggest")).to_be_visible()
    final = page.get_by_role("region", name="Final list").get_by_role("button")
    final.nth(1).hover()
    followed = final.nth(1).get_attribute("data-id")
    lit = page.locator(f'[data-id="{followed}"]')
    for number in range(lit.count()):
        expect(lit.nth(number)).to_have_class(re.compile("pointed"))
    final.nth(1).click()
    settled(page)
    expect(final.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.locator('.article[aria-pressed="true"]')).to_have_count(lit.count())
    expect(page).to_have_url(re.compile(r"article=\d+"))
    expect(page.get_by_text("Highlighted:")).to_be_visible()

    go_to(page, "Explain")
    expect(page.get_by_role("heading", name="Why it is number 2")).to_be_visible()
    page.get_by_role("combobox", name=re.compile("Device")).click()
    page.get_by_role("option", name="tablet", exact=True).click()
    settled(page)
    expect(page).to_have_url(re.compile(r"device=\d+"))

    heading = page.get_by_role("heading", name=re.compile("Why it is number")).inner_text()
    with page.context.browser.new_context() as second:  # type: ignore[union-attr]
        other = second.new_page()
        other.goto(page.url)
        expect(other.get_by_role("heading", name=re.compile("Why it is number"))).to_have_text(heading)
        expect(other.get_by_role("textbox", name="Reader id")).to_have_value(visitor[1])


def titles(page: Page, name: str) -> list[str]:
    """The headlines of one of the lists side by side."""
    the_list = page.get_by_role("region", name=name, exact=True)
    expect(the_list).to_be_visible()
    return the_list.locator(".title").all_inner_texts()


def test_move_the_clock_forth_and_back(page: Page, address: str) -> None:
    open_page(page, f"{address}/replay", "The life of an article")
    start = titles(page, "Read most now")
    assert len(start) == 10
    page.get_by_role("button", name="+ 1 hour").click()
    settled(page)
    assert titles(page, "Read most now") != start
    moved = page.get_by_role("region", name="Read most now").locator(".note").all_inner_texts()
    assert len(moved) == 10
    assert any(one == "new" or one[0] in "▲▼" for one in moved)
    page.get_by_role("button", name="− 1 hour").click()
    settled(page)
    assert titles(page, "Read most now") == start


def test_play_moves_the_clock_until_it_is_stopped(page: Page, address: str) -> None:
    open_page(page, f"{address}/replay", "The life of an article")
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_serious_finding_of_accessibility(
    page: Page, address: str, name: str, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{address}/{name}" if name != "recommend" else address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settled(page)
    found = Axe().run(page).response["violations"]
    serious = [
        f"{one['id']}: {one['help']} ({node['html'][:200]})"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]
    assert not serious, "\n".join(serious)
