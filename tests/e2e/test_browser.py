"""A real browser on the real app, with the set that comes with it."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect, sync_playwright

from benchmarks.browsing import first_visit
from benchmarks.running_app import BROWSER_ARGUMENTS, running_app
from recsys.analysis.candidate_matrix import candidate_matrix
from recsys.analysis.replay_visits import ReplayVisits
from recsys.artifacts.store import load
from recsys.core.entities import Request
from recsys.core.timestamps import iso
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


def cards(page: Page) -> Locator:
    """The articles of the final list on Recommend."""
    return page.get_by_role("region", name="The final list").locator(".title")


def choose(page: Page, control: str, option: str) -> None:
    """Choose an option of a control above the page."""
    page.locator(".st-key-control_bar").get_by_role("combobox", name=control, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def type_reader(page: Page, text: str) -> None:
    field = page.get_by_role("textbox", name="Reader")
    field.fill(text)
    field.press("Enter")


def test_pick_a_reader_override_the_device_and_see_the_list_change(
    page: Page, address: str, moved_by_device: tuple[int, str]
) -> None:
    visitor, device = moved_by_device
    page.goto(address)
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
    page.goto(address)
    page.get_by_role("button", name="Pick", exact=True).click()
    page.get_by_role("menuitem", name="New", exact=True).click()
    expect(page.get_by_text("based on context")).to_be_visible()
    expect(cards(page)).to_have_count(10)


def test_typing_an_unknown_reader_gets_one_sentence(page: Page, address: str) -> None:
    page.goto(address)
    type_reader(page, "abc")
    expect(page.get_by_text("not a reader id")).to_be_visible()
    type_reader(page, "123456789")
    expect(page.get_by_text("Unknown reader 123456789")).to_be_visible()
    expect(page.get_by_text("not a reader id")).to_have_count(0)
    expect(page.get_by_text("Traceback")).to_have_count(0)


def test_user_12345_on_a_phone_in_a_country_each_algorithms_candidates_and_the_rerankers_scores_side_by_side(
    page: Page, address: str
) -> None:
    """The sentence that the app exists for, held to what the engine says."""
    loaded = load(DEMO)
    engine = loaded.engine
    page.goto(f"{address}/compare")
    type_reader(page, "12345")
    expect(page).to_have_url(re.compile("user=12345"))
    choose(page, "Device", "phone")
    expect(page).to_have_url(re.compile("device=3"))
    choose(page, "Country", "DE")
    expect(page).to_have_url(re.compile("country=10"))
    page.get_by_text(re.compile(r"Whole pool \(")).click()
    settled(page)

    moment = ReplayVisits.of(engine).moment(12345)
    answer = engine.recommend(Request(12345, overrides={"device": 3, "country": 10}, as_of=moment))
    wanted = candidate_matrix(engine, answer)
    algorithms = list(answer.ranking.pool.candidates)
    rows = page.locator(".matrix tr[data-id]")
    expect(rows).to_have_count(len(wanted))
    shown = rows.evaluate_all(
        "rows => rows.map(row => [row.dataset.id, row.querySelector('td.score').innerText,"
        " ...[...row.querySelectorAll('td.algorithm')].map(cell => cell.innerText.split(/\\s+/).join(' '))])"
    )
    for row, (article, score, *cells) in zip(wanted.to_dict("records"), shown, strict=True):
        assert int(article) == row["article_id"]
        assert score == (f"{row['score']:.2f}" if row["reranked"] else "dropped")
        for name, cell in zip(algorithms, cells, strict=True):
            if pd.isna(row[f"rank_{name}"]):
                assert cell == ""
            else:
                rank, own = cell.split(" ")
                assert int(rank) == row[f"rank_{name}"]
                assert float(own) == pytest.approx(row[f"score_{name}"], rel=5e-3)

    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    assert "12345" in download.value.suggested_filename
    downloaded = pd.read_csv(download.value.path())
    for column in wanted:
        ours, theirs = (one[column].astype(float) if column != "article" and column != "section" else one[column]
                        for one in (wanted, downloaded))  # fmt: skip
        assert (ours == theirs).where(ours.notna() | theirs.notna(), True).all(), column

    asked = {"user_id": 12345, "env": {"device": "phone", "country": "DE"}, "as_of": iso(answer.as_of)}
    told = page.request.post(f"{address}/api/explain", data=asked).json()["explanation"]["candidates"]
    assert [one["article_id"] for one in told] == wanted["article_id"].tolist()
    assert [one["score"] for one in told] == [None if math.isnan(one) else one for one in wanted["score"].tolist()]
    for name in algorithms:
        ranks, scores = ([one[kind].get(name) for one in told] for kind in ("ranks", "scores"))
        assert ranks == [None if pd.isna(one) else one for one in wanted[f"rank_{name}"].tolist()]
        assert scores == [None if math.isnan(one) else one for one in wanted[f"score_{name}"].tolist()]


def test_a_row_of_the_matrix_opens_and_the_link_keeps_view_sorting_and_filter(page: Page, address: str) -> None:
    open_page(page, f"{address}/compare", "What did each algorithm suggest")
    page.get_by_text(re.compile(r"Whole pool \(")).click()
    settled(page)
    page.get_by_text(re.compile("Only CF suggested it")).click()
    settled(page)
    page.locator(".matrix thead").get_by_role("button", name="CF").click()
    settled(page)
    first = page.locator(".matrix tr[data-id]").first
    first.locator(".title").click()
    settled(page)
    expect(page.locator(".matrix tr.detail")).to_have_count(1)
    assert "compare.rows=pool" in page.url
    assert "compare.only=only_item_cf" in page.url
    assert "compare.sort=item_cf" in page.url
    shown = page.locator(".matrix tr[data-id]").evaluate_all("rows => rows.map(row => row.dataset.id)")
    ranks = page.locator(".matrix td.algorithm b").all_inner_texts()
    assert ranks == sorted(ranks, key=int)
    with page.context.browser.new_context() as second:  # type: ignore[union-attr]
        other = second.new_page()
        open_page(other, page.url, "What did each algorithm suggest")
        rows = other.locator(".matrix tr[data-id]")
        assert rows.evaluate_all("rows => rows.map(row => row.dataset.id)") == shown
        expect(other.locator(".matrix tr.detail")).to_have_count(1)


def test_the_matrix_by_keyboard(page: Page, address: str) -> None:
    open_page(page, f"{address}/compare", "What did each algorithm suggest")
    rows = page.locator(".matrix tr[data-id]")
    assert rows.evaluate_all("rows => rows.filter(row => row.tabIndex === 0).length") == 1
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    settled(page)
    expect(page.locator(".matrix tr.detail")).to_have_count(1)
    expect(rows.nth(1)).to_be_focused()


JOURNEYS: dict[str, tuple[str, Callable[[Page], None]]] = {
    "reader": ("", lambda page: type_reader(page, "22222")),
    "device": ("", lambda page: choose(page, "Device", "tablet")),
    "rows": ("compare", lambda page: page.get_by_text(re.compile(r"Reranked \(")).click()),
    "tab": ("leaderboard", lambda page: page.get_by_text("By segment", exact=True).click()),
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


def on_screen(page: Page) -> str:
    """What a page says, without the times that an answer took; what is chosen in its controls."""
    values = page.locator("input").evaluate_all("all => all.map(one => one.type === 'checkbox' ? '' : one.value)")
    own = page.locator(".board, .matrix").all_inner_texts()
    said = re.sub(r"This took:.*", "", page.get_by_test_id("stMain").inner_text())
    return "\n".join([said, *values, *own])


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
    page.get_by_test_id("stSidebar").get_by_role("link", name=name, exact=True).click()
    settled(page)


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


def test_on_a_phone_the_controls_unfold_and_close_again(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, address, "What would we recommend to this reader?")
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


def titles(page: Page, name: str) -> list[str]:
    """The headlines of one of the lists side by side."""
    the_list = page.get_by_role("region", name=name, exact=True)
    expect(the_list).to_be_visible()
    return the_list.locator(".title").all_inner_texts()


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*PAGES, "compare?compare.view=lists", "replay?replay.below=stories"])
def test_no_finding_of_accessibility(page: Page, address: str, name: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{address}/{name}" if name != "recommend" else address)
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
  const texts = [...document.querySelectorAll(".js-plotly-plot text")].filter((text) => text.textContent.trim());
  return texts.map((text) => {
    const own = luminance(parse(getComputedStyle(text).fill));
    const [light, dark] = [Math.max(page, own), Math.min(page, own)];
    return [(light + 0.05) / (dark + 0.05), text.textContent];
  });
}"""
CHARTS = {
    "leaderboard?leaderboard.show=Every%20system": 15,
    "leaderboard?leaderboard.show=By%20hour": 5,
    "leaderboard?leaderboard.show=What%20each%20part%20is%20worth": 5,
    "data_and_models": 5,
    "replay?replay.below=stories": 5,
}
"""Pages with charts, and how many texts each has at least."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("link", CHARTS)
def test_texts_in_charts_can_be_read(page: Page, address: str, link: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{address}/{link}")
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    settled(page)
    contrasts = page.evaluate(CHART_CONTRAST)
    assert len(contrasts) >= CHARTS[link]
    assert not [(round(contrast, 2), text) for contrast, text in contrasts if contrast < 4.5]


WITH_CHARTS = {"data_and_models", "leaderboard"}
"""At first; Replay has one once it is asked for."""


@pytest.mark.parametrize("name", sorted(set(PAGES) - WITH_CHARTS))
def test_pages_without_a_chart_do_not_load_the_library_of_charts(page: Page, address: str, name: str) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(f"{address}/{name}" if name != "recommend" else address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settled(page)
    assert loaded
    assert not [url for url in loaded if "Plotly" in url]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_moves_while_a_page_comes(chromium: str, address: str, name: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=BROWSER_ARGUMENTS)
        visit = first_visit(browser, f"{address}/{name}" if name != "recommend" else address)
        browser.close()
    assert visit.shift <= 0.1


def test_a_newcomer_finds_it_within_three_clicks(page: Page, address: str) -> None:
    """From the first page, each: who suggested the first article; another context; a visit that only ALS got right."""
    open_page(page, address, "What would we recommend to this reader?")
    first = page.get_by_role("region", name="The final list").get_by_role("button").first
    title, score = (first.locator(part).inner_text() for part in (".title", ".score"))
    page.get_by_test_id("stMain").get_by_role("link", name="Who suggested what?").click()  # 1
    row = page.locator(".matrix tr[data-id]").first
    expect(row.locator(".title")).to_have_text(title)
    expect(row.locator("td.score")).to_have_text(score)
    assert re.search(r"^\d+ -?[\d.]+$", row.locator("td.algorithm:not(:empty)").first.inner_text())

    open_page(page, address, "What would we recommend to this reader?")
    page.get_by_role("button", name="What if …").click()  # 1
    page.get_by_role("menuitem").filter(has_text="phone").filter(has_not_text="US").first.click()  # 2
    expect(page.get_by_text("In this context")).to_be_visible()
    expect(page.locator(".mark").first).to_be_visible()

    open_page(page, address, "What would we recommend to this reader?")
    page.get_by_test_id("stSidebar").get_by_role("link", name="Find a case").click()  # 1
    page.get_by_text(re.compile(r"Only ALS \(")).click()  # 2
    settled(page)
    page.get_by_test_id("stDataFrame").first.click(position={"x": 20, "y": 60})  # 3
    expect(page.get_by_role("heading", name="What did each algorithm suggest")).to_be_visible()
    found = page.get_by_text("They really opened").inner_text()
    ranks = dict(re.findall(r"([A-Z][\w -]+) \((\d+)\)", found.partition("Suggested by: ")[2]))
    assert int(ranks.pop("ALS")) <= 10
    assert all(int(rank) > 10 for rank in ranks.values())


def test_a_dot_of_the_map_says_what_it_is_and_can_be_chosen(page: Page, address: str) -> None:
    open_page(page, f"{address}/embeddings", "Nearest neighbours")
    canvas = page.locator(".map canvas")
    box = canvas.bounding_box()
    assert box
    tip = page.locator(".map .tip")
    for share in range(20, 80, 2):
        canvas.hover(position={"x": box["width"] * share / 100, "y": box["height"] / 2})
        if tip.is_visible():
            break
    title = tip.locator("b").inner_text()
    canvas.click(position={"x": box["width"] * share / 100, "y": box["height"] / 2})
    expect(page).to_have_url(re.compile(r"article=\d+"))
    settled(page)
    expect(page.get_by_role("combobox", name="Article")).to_have_value(title)
