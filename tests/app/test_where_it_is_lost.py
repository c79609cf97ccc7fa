"""Where it is lost: the set's funnel, and visits that show it."""

import pytest
from streamlit.testing.v1 import AppTest

from recsys.artifacts.store import LoadedSet
from tests.app.conftest import OpenPage, drawn, sentences


@pytest.fixture
def lost(open_page: OpenPage) -> AppTest:
    app = open_page("where_it_is_lost")
    assert not app.exception
    return app


def test_its_bars_are_the_funnel_that_training_printed(lost: AppTest, loaded: LoadedSet) -> None:
    funnel = loaded.funnel
    bars = drawn(lost, "bar_chart")["rows"]
    occurring = [count for count in funnel.fates.values() if count]
    assert [bar["text"] for bar in bars] == [f"{100 * count / funnel.requests:.1f} of 100" for count in occurring]
    assert f"Of {funnel.requests:,} next clicks" in sentences(lost)


@pytest.mark.parametrize("cut", ["New and returning readers", "Device", "Section", "Age of the article"])
def test_each_cut_has_all_requests(lost: AppTest, loaded: LoadedSet, cut: str) -> None:
    next(one for one in lost.segmented_control if one.label == "By").set_value(cut).run()
    table = lost.table[0].value
    assert table.iloc[:, 1:].sum(axis=1).between(99.5, 100.5).all()
    requests = table.iloc[:, 0].str.extract(r"\(([\d,]+)\)")[0].str.replace(",", "").astype(int)
    assert requests.sum() == loaded.funnel.requests


def test_examples_are_what_they_are_called(lost: AppTest, loaded: LoadedSet) -> None:
    rows = lost.dataframe[0].value
    below = [visit for visit in loaded.visits if visit.fate == "below"]
    assert rows["visitor"].tolist() == [visit.user_id for visit in below]
    assert (rows["rank_ensemble"] > 20).all()
    fates = next(one for one in lost.segmented_control if one.label.startswith("The article"))
    fates.set_value("Shown").run()
    assert (lost.dataframe[0].value["rank_ensemble"] <= 20).all()


def test_examples_of_a_segment(lost: AppTest, loaded: LoadedSet) -> None:
    chips = lost.pills[0]
    assert any(option.startswith("new (") for option in chips.options)
    chips.set_value("new").run()
    mine = [one for one in loaded.visits if one.fate == "below" and one.segments["visitor"] == "new"]
    if mine:
        assert lost.dataframe[0].value["visitor"].tolist() == [one.user_id for one in mine]
    else:
        assert "None of the visits" in lost.info[0].value
