"""A reader is picked, put into a context, compared and explained."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from recsys.analysis.replay_visits import ReplayVisits
from recsys.artifacts.store import load
from recsys.core.entities import Request
from tests.e2e.person import (
    cards,
    choose,
    go_to,
    open_page,
    settled,
    type_reader,
)
from tests.shared import DEMO

pytestmark = pytest.mark.browser
FIRST = "What will this reader want to read next?"


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


def test_pick_a_reader_override_the_device_and_see_the_list_change(
    page: Page, address: str, moved_by_device: tuple[int, str]
) -> None:
    visitor, device = moved_by_device
    page.goto(f"{address}/recommend")
    expect(page.get_by_role("heading", name="What would we recommend to this reader?")).to_be_visible()
    type_reader(page, str(visitor))
    expect(page.get_by_role("heading", name=f"Reader {visitor}")).to_be_visible()
    expect(page.get_by_text("based on context")).to_be_visible()
    expect(page).to_have_url(re.compile(f"user={visitor}"))
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    expect(cards(page)).to_have_count(10)
    before = cards(page).all_inner_texts()

    choose(page, "Device", device)
    expect(page.get_by_text("changed by you")).to_be_visible()
    expect(cards(page)).not_to_have_text(before, use_inner_text=True)
    expect(page).to_have_url(re.compile(r"device=\d"))

    link, changed = page.url, cards(page).all_inner_texts()
    with page.context.browser.new_context() as second:  # type: ignore[union-attr]
        other = second.new_page()
        other.goto(link)
        expect(other.get_by_text("changed by you")).to_be_visible()
        expect(cards(other)).to_have_text(changed, use_inner_text=True)


def test_a_new_reader_at_random_gets_a_list_based_on_context(page: Page, address: str) -> None:
    page.goto(f"{address}/recommend")
    page.get_by_role("button", name="Pick", exact=True).click()
    page.get_by_role("menuitem", name="New", exact=True).click()
    expect(page.get_by_text("based on context")).to_be_visible()
    expect(cards(page)).to_have_count(10)


def test_typing_an_unknown_reader_gets_one_sentence(page: Page, address: str) -> None:
    page.goto(f"{address}/recommend")
    field = page.get_by_role("textbox", name="Reader")
    expect(field).to_have_value(re.compile(r"\d+"))
    shown = field.input_value()
    type_reader(page, "abc")
    expect(page.get_by_text("not a reader id")).to_be_visible()
    settled(page)
    expect(field).to_have_value(shown)
    type_reader(page, "123456789")
    expect(page.get_by_text("Unknown reader 123456789")).to_be_visible()
    expect(page.get_by_text("not a reader id")).to_have_count(0)
    expect(page.get_by_text("Traceback")).to_have_count(0)


def test_from_a_case_to_the_reason_and_by_link_to_somebody_else(page: Page, address: str) -> None:
    """Find a case, compare lists, highlight an article, see why it is there, change the context, share the link."""
    open_page(page, f"{address}/find_a_case", "Which reader should I look at?")
    table = page.get_by_test_id("stDataFrame").first
    table.click(position={"x": 20, "y": 130})  # the box of a row
    expect(page.get_by_role("heading", name="What did each algorithm suggest")).to_be_visible()
    settled(page)
    visitor = re.search(r"user=(\d+)", page.url)
    assert visitor

    page.get_by_text("Lists side by side").click()
    settled(page)
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
    expect(page.get_by_text("Number 2 is")).to_be_visible()
    choose(page, "Device", "tablet")
    settled(page)
    expect(page).to_have_url(re.compile(r"device=\d+"))

    why = page.get_by_text(re.compile("Number .* is")).inner_text()
    with page.context.browser.new_context() as second:  # type: ignore[union-attr]
        other = second.new_page()
        other.goto(page.url)
        expect(other.get_by_text(re.compile("Number .* is"))).to_have_text(why, use_inner_text=True)
        expect(other.get_by_role("textbox", name="Reader")).to_have_value(visitor[1])


def test_a_newcomer_finds_it_within_three_clicks(page: Page, address: str) -> None:
    """From the first page, each: who suggested the first article; another context; a visit that only CF got right."""
    open_page(page, address, FIRST)
    page.get_by_role("link", name="Or look at a reader yourself").click()  # 1
    expect(page.get_by_role("heading", name="What would we recommend to this reader?")).to_be_visible()
    settled(page)
    first = page.get_by_role("region", name="The final list").get_by_role("button").first
    title, score = (first.locator(part).inner_text() for part in (".title", ".score"))
    page.get_by_test_id("stMain").get_by_role("link", name="Who suggested what?").click()  # 2
    row = page.locator(".matrix tr[data-id]").first
    expect(row.locator(".title")).to_have_text(title)
    expect(row.locator("td.score")).to_have_text(score)
    assert re.search(r"^\d+ -?[\d.]+$", row.locator("td.algorithm:not(:empty)").first.inner_text())

    open_page(page, address, FIRST)
    page.get_by_role("link", name="Or look at a reader yourself").click()  # 1
    page.get_by_role("button", name="What if …").click()  # 2
    page.get_by_role("menuitem").filter(has_text="phone").filter(has_not_text="US").first.click()  # 3
    expect(page.get_by_text("In this context")).to_be_visible()
    expect(page.locator(".mark").first).to_be_visible()

    open_page(page, address, FIRST)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Find a case").click()  # 1
    page.get_by_text(re.compile(r"Only CF \(")).click()  # 2
    settled(page)
    page.get_by_test_id("stDataFrame").first.click(position={"x": 20, "y": 60})  # 3
    expect(page.get_by_role("heading", name="What did each algorithm suggest")).to_be_visible()
    found = page.get_by_text("They really opened").inner_text()
    ranks = dict(re.findall(r"([A-Z][\w -]+) \((\d+)\)", found.partition("Suggested by: ")[2]))
    assert int(ranks.pop("Item-to-item CF")) <= 10
    assert all(int(rank) > 10 for rank in ranks.values())


def test_on_a_phone_the_controls_unfold_and_close_again(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, f"{address}/recommend", "What would we recommend to this reader?")
    field = page.get_by_role("textbox", name="Reader")
    expect(field).to_be_hidden()
    line = page.locator(".st-key-control_bar_line").get_by_role("button")
    expect(line).to_have_attribute("aria-expanded", "false")
    line.click()
    expect(field).to_be_visible()
    type_reader(page, "12345")
    expect(line).to_contain_text("Reader 12345")
    expect(field).to_be_visible()
    line.click()
    expect(field).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)])
def test_all_controls_are_in_sight_without_scrolling(page: Page, address: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    open_page(page, f"{address}/compare", "What did each algorithm suggest")
    bar = page.locator(".st-key-control_bar").bounding_box()
    assert bar
    assert bar["y"] + bar["height"] < size[1] / 3
    boxes = [one.bounding_box() for one in page.locator(".st-key-control_bar_controls .stColumn").all()]
    assert len({round(box["y"] + box["height"]) for box in boxes if box}) == 1, "one row"
    matrix = page.locator(".matrix").bounding_box()
    assert matrix
    assert matrix["y"] < size[1]
