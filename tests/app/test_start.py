"""Start and the tour: figures that the command line prints too, and six views that are what their captions say."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from recsys.artifacts.store import LoadedSet
from recsys.evaluation.saved_reports import read_saved_reports
from recsys.ui import tour
from tests.app.conftest import OpenApp, drawn, listed, sentences
from tests.shared import ROOT

NEXT, BACK = "tour_arrow_forward", "tour_arrow_back"


@pytest.fixture
def start(small_set: Path, open_app: OpenApp) -> AppTest:
    return open_app(small_set).run()


def test_its_figures_are_those_that_training_printed(start: AppTest, loaded: LoadedSet) -> None:
    assert not start.exception
    metrics, shown = loaded.manifest.metrics, {one.label: one.value for one in start.metric}
    notes = [one.value for one in start.caption]
    assert shown["Of 100 next clicks, in our first 20"] == f"{100 * metrics['ensemble']['hr@20']:.0f}"
    assert f"{100 * metrics['popularity']['hr@20']:.0f} in the 20 most popular now" in notes
    best = max(one["hr@5"] for name, one in metrics.items() if name != "ensemble")
    assert any(note.startswith(f"{100 * best:.0f} with the best algorithm alone") for note in notes)
    real = read_saved_reports().hourly
    assert real is not None
    assert shown["On a real news site's log, NDCG@20"] == f"{real.results['ensemble']['ndcg@20']:.4f}"


def test_its_funnel_is_that_of_the_set(start: AppTest, loaded: LoadedSet) -> None:
    shown = {one.label: one.value for one in start.metric}
    sizes = loaded.highlights.sizes
    assert shown["In the catalogue"] == f"{len(loaded.engine.articles):,}"
    assert shown["In play"] == f"{sizes.in_play:,}"
    assert shown["Suggested"] == f"{sizes.suggested:,}"
    assert shown["Reranked"] == f"{sizes.reranked:,}"


def test_every_algorithm_says_what_it_is_good_at_and_blind_to(start: AppTest, loaded: LoadedSet) -> None:
    said = sentences(start)
    algorithms = len(loaded.engine.start.retrievers)
    assert said.count("**Good at**") == said.count("**Blind to**") == algorithms
    assert said.count("of 100 next clicks in its first 20") == algorithms


def test_the_tour_goes_through_six_pages_and_back(start: AppTest, loaded: LoadedSet) -> None:
    titles = []
    steps = tour.steps(loaded)
    start.button(key="step_1").click().run()
    for number, step in enumerate(steps, start=1):
        assert not start.exception
        assert f"Tour, {number} of {len(steps)}: {step.title}" in sentences(start)
        assert start.query_params["tour"] == str(number)
        titles.append(start.title[0].value)
        if number < len(steps):
            start.button(key=NEXT).click().run()
    assert len(set(titles)) == len(steps) == 6
    start.button(key=BACK).click().run()
    assert start.title[0].value == titles[-2]
    start.button(key="tour_end").click().run()
    assert "tour" not in start.query_params
    assert "Tour," not in sentences(start)


def test_the_win_is_marked_in_its_list(start: AppTest, loaded: LoadedSet) -> None:
    case = loaded.highlights.win
    assert case is not None
    start.button(key="step_1").click().run()
    assert [card["id"] for card in listed(start) if card["hit"]] == [case.opened]
    assert start.success[0].value.startswith("They really opened")


def test_the_miss_is_the_row_that_is_open(start: AppTest, loaded: LoadedSet) -> None:
    case = loaded.highlights.miss
    assert case is not None
    start.button(key="step_2").click().run()
    matrix = drawn(start, "matrix")
    assert matrix["chosen"] == case.opened
    [row] = [row for row in matrix["rows"] if row["hit"]]
    assert row["id"] == case.opened
    assert row["rank"] == case.ranks["ensemble"]
    assert matrix["detail"]["rows"], "the bars say why"


def test_the_made_up_session_is_that_of_the_set(start: AppTest, loaded: LoadedSet) -> None:
    case = loaded.highlights.own_clicks
    assert case is not None
    start.button(key="step_5").click().run()
    assert start.query_params["session"] == ",".join(map(str, case.clicks))


def test_another_page_leads_back_to_the_tour(start: AppTest) -> None:
    start.button(key="step_2").click().run()
    title = start.title[0].value
    start.switch_page(str(ROOT / "pages" / "explain.py")).run()
    assert "Tour, 2 of 6" in sentences(start)
    start.button(key="tour_undo").click().run()
    assert start.title[0].value == title
