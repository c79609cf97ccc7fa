"""What charts draw: valid specifications, every system once, in its own colour and mark."""

import re
from collections.abc import Callable
from typing import Any

import altair
import pandas as pd
import pytest

from recsys.core.entities import ENSEMBLE
from recsys.ui.figures import articles, policies, systems
from recsys.ui.figures.shapes import ROW, Figure, by_line, by_mark
from recsys.ui.theme import LOOKS, Look, look, theme_colour

SYSTEMS = [ENSEMBLE, "item_cf", "v-sknn", "static"]
OTHER = {"published": False, "low": 0.3, "high": 0.5}
RANKED = pd.DataFrame(
    [{"system": one, "label": look(one).label, "ndcg@20": 0.4, "coverage": 300.0, **OTHER} for one in SYSTEMS]
    + [{"system": "STAN", "label": "STAN (published)", "ndcg@20": 0.36, "published": True}]
)
WINDOWS = pd.DataFrame({"window": [1, 2, 3]} | {one: [0.1, 0.2, 0.3] for one in SYSTEMS})
MINUTES = pd.DataFrame({"moment": pd.date_range("2017-10-10", periods=3, freq="h", tz="UTC"), "clicks": [0, 2, 1]})
NOW = 1_507_600_000_000
FIGURES: dict[str, Callable[[], Figure]] = {
    "dots": lambda: systems.dots(RANKED, "ndcg@20", "NDCG@20"),
    "lines": lambda: systems.lines(WINDOWS, "window", SYSTEMS, "hour", "NDCG@20"),
    "points": lambda: systems.points(RANKED, "coverage", "ndcg@20", "Coverage", "NDCG@20"),
    "grouped": lambda: systems.grouped(WINDOWS.rename(columns={"window": "of"}), "of", SYSTEMS, "NDCG@20"),
    "by_age": lambda: systems.by_age(
        RANKED.head(2).assign(age=["a day", "the request's own moment"]), "ndcg@20", "NDCG@20", 0.3, "Static lists", 0.5
    ),
    "differences": lambda: systems.differences(RANKED.assign(difference=-0.01), "difference"),
    "trade_off": lambda: policies.trade_off(
        pd.DataFrame({"dial": ["off", "2"], "bought": [5.0, 7.0], "found": [54.0, 48.0]}), "2", "Sections", "Found"
    ),
    "clicks": lambda: articles.clicks(
        pd.DataFrame({"hour": MINUTES["moment"], "clicks": [3, 4, 5], "replayed": [False, False, True]})
    ),
    "clicks_by_minute": lambda: articles.clicks_by_minute(MINUTES, NOW),
    "ranks": lambda: articles.ranks(MINUTES.assign(**{ENSEMBLE: [1, 2, None], "als": [None, 9, 8]}), MINUTES, NOW),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_valid_vega_lite_of_columns_that_its_rows_have(name: str) -> None:
    figure = FIGURES[name]()
    altair.Chart.from_dict({**figure.spec, "data": {"values": []}}, validate=True)
    own = {one["field"] for one in parts(figure.spec, "field")}
    inline = {key for one in parts(figure.spec, "values") for row in one["values"] for key in row}
    pivoted = set(figure.rows.get("label", [])) if any(parts(figure.spec, "pivot")) else set()
    assert own <= {*map(str, figure.rows.columns)} | inline | pivoted


def test_every_system_has_its_own_look_and_grey_ones_differ_in_their_lines() -> None:
    told, legend = by_line(SYSTEMS)
    assert told["color"]["scale"]["domain"] == [look(one).label for one in SYSTEMS]
    assert told["color"]["scale"]["range"] == [theme_colour(look(one).colour) for one in SYSTEMS]
    solid, _, first, second = told["strokeDash"]["scale"]["range"]
    assert solid != first != second != solid
    assert [one.label for one in legend] == [look(one).label for one in SYSTEMS]
    assert len({(one.colour, one.character) for one in legend}) == len(SYSTEMS)
    marks, signs = by_mark(list(LOOKS))
    assert len(set(marks["shape"]["scale"]["range"])) == len(LOOKS) == len({one.character for one in signs})


def test_a_mark_that_can_not_be_drawn_is_a_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LOOKS, "newest", Look("newest first", "New", "yellow", "star-triangle-up"))
    marks, (sign,) = by_mark(["newest"])
    assert marks["shape"]["scale"]["range"] == ["circle"]
    assert (sign.colour, sign.character) == ("yellow", "●")


def test_a_colour_is_that_of_the_light_theme_and_of_the_dark_one() -> None:
    assert re.fullmatch(r"light-dark\(#[0-9a-f]{6}, #[0-9a-f]{6}\)", theme_colour("red"))
    assert theme_colour("a colour that charts lack") == theme_colour("gray")


def test_rows_stand_in_the_order_of_the_table_and_papers_figures_are_open_circles() -> None:
    figure = systems.dots(RANKED, "ndcg@20", "NDCG@20")
    assert figure.spec["encoding"]["y"]["sort"] == RANKED["label"].tolist()
    marks = [one["mark"] for one in figure.spec["layer"] if one["mark"]["type"] == "point"]
    assert [mark["filled"] for mark in marks] == [True, False]


def test_years_of_hours_are_one_shape() -> None:
    hours = pd.date_range("2015-01-01", periods=3 * 365 * 24, freq="h", tz="UTC")
    spec = articles.clicks(pd.DataFrame({"hour": hours, "clicks": 1, "replayed": hours.year == 2017})).spec
    assert spec["mark"]["type"] == "area"
    assert spec["encoding"]["x"]["axis"]["tickCount"]["step"] == pytest.approx(3 * 365 / 14, abs=1)
    assert FIGURES["clicks"]().spec["mark"]["type"] == "bar"


def test_a_figure_of_more_rows_needs_more_room() -> None:
    few, many = (systems.dots(RANKED.head(n), "ndcg@20", "NDCG@20") for n in (2, 5))
    assert many.height == few.height + 3 * ROW
    assert FIGURES["lines"]().height == FIGURES["lines"]().spec["height"]


def test_a_list_that_an_article_is_not_on_breaks_its_line() -> None:
    rows = articles.ranks(MINUTES.assign(**{ENSEMBLE: [1, None, 2]}), MINUTES, NOW).rows
    assert rows["value"].isna().tolist() == [False, True, False]


def parts(spec: Any, key: str) -> list[dict[str, Any]]:
    """Every part of a specification that has a key."""
    if isinstance(spec, list | tuple):
        return [found for one in spec for found in parts(one, key)]
    if not isinstance(spec, dict):
        return []
    return ([spec] if key in spec else []) + [found for one in spec.values() for found in parts(one, key)]
