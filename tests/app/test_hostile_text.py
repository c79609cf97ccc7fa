"""Text that somebody else has written (in the address, in a log) is shown as it is: no link, no foreign picture."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from recsys.artifacts.store import LoadedSet, save
from recsys.data.dataset_settings import Labels
from recsys.engine.engine import Engine
from recsys.engine.moments import KeptMoments
from tests.app.conftest import OpenApp
from tests.shared import ROOT, SMALL

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
HOSTILE = "![x](https://foreign.example/x.png) [here](https://foreign.example) :red[x] $x$ <b>x</b> `x`"
LIVE = re.compile(r"(?<!\\)\]\(https://foreign|(?<!\\):red\[|(?<!\\)\$x|(?<!\\)<b>|(?<!\\)`x")
"""What of it Markdown would take for more than text."""
PARAMETERS = ["user", "set", "as_of", "device", "os", "country", "k", "without", "article", "session", "keep", "tour",
              "policy"]  # fmt: skip
CHOICES = ["a_b.a", "cold_start.contexts", "compare.only", "compare.rows", "compare.sort", "compare.view",
           "data_and_models.by", "embeddings.model", "embeddings.section", "explain.facts", "explain.other",
           "find_a_case.case", "find_a_case.read", "leaderboard.against", "leaderboard.by", "leaderboard.measure",
           "leaderboard.readers", "leaderboard.show", "leaderboard.systems", "policies.below", "policies.by",
           "policies.curve", "replay.below",
           "replay.minutes",
           "replay.pace", "where_it_is_lost.by", "where_it_is_lost.fate", "where_it_is_lost.segment"]  # fmt: skip
LARGE = [str(2**63 - 1), str(2**63), str(2**64 + 5), str(-(2**63) - 1), "9" * 5000]
AS_THEY_ARE = {"arrow_data_frame", "bidi_component", "vega_lite_chart", "iframe", "json", "code",
               "text", "download_button.data"}  # fmt: skip
"""Elements that show text as it is, or in a file."""

SETTINGS = {"value", "default", "raw_value", "raw_values", "id", "form_id", "url", "query_string", "page_script_hash"}
"""Fields that hold what a control is set to."""


def shown(app: AppTest) -> Iterator[tuple[str, str]]:
    """Every text that the browser may take for Markdown, and the kind of element that it is in."""
    waiting = [app._tree]
    while waiting:
        block = waiting.pop()
        for child in getattr(block, "children", {}).values():
            waiting.append(child)
            if (proto := getattr(child, "proto", None)) is not None and child.type not in AS_THEY_ARE:
                options = {"options"} if child.type in {"selectbox", "multiselect"} else set()
                yield from ((child.type, text) for text in texts(proto, SETTINGS | options))


def texts(proto: Any, without: set[str]) -> Iterator[str]:
    """The strings of a message, but those of some fields."""
    for field, value in proto.ListFields():
        if field.name in without:
            continue
        for one in value if field.is_repeated else [value]:
            if field.type == field.TYPE_STRING and isinstance(one, str):
                yield one
            elif field.type == field.TYPE_MESSAGE and hasattr(one, "ListFields"):
                yield from texts(one, without)


def assert_plain(app: AppTest) -> None:
    assert not app.exception
    live = {(kind, text.replace(HOSTILE, "!!!")) for kind, text in shown(app) if LIVE.search(text)}
    assert live == set()


def show(open_app: OpenApp, folder: Path, page: str, **parameters: str) -> AppTest:
    app = open_app(folder)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()


@pytest.mark.parametrize("page", PAGES)
def test_what_stands_in_the_address(open_app: OpenApp, small_set: Path, page: str) -> None:
    own = [name for name in CHOICES if name.startswith(f"{page}.")]
    for name in [*PARAMETERS, *own]:
        assert_plain(show(open_app, small_set, page, **{name: HOSTILE}))
    assert_plain(show(open_app, small_set, page, **dict.fromkeys([*PARAMETERS, *own], HOSTILE)))
    for name in PARAMETERS:
        assert_plain(show(open_app, small_set, page, **{name: f"set={HOSTILE}&user={HOSTILE}", "user": "none"}))


@pytest.mark.parametrize("page", PAGES)
def test_numbers_beyond_all_ids(open_app: OpenApp, small_set: Path, page: str) -> None:
    for number in LARGE:
        for name in ("user", "article", "session", "k", "device", "tour"):
            assert not show(open_app, small_set, page, **{name: number}).exception
    assert not show(
        open_app, small_set, page, user="none", article=LARGE[1], session=f"{LARGE[0]},{LARGE[1]}"
    ).exception


@pytest.fixture(scope="module")
def hostile_set(loaded: LoadedSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set trained on a log whose title, headlines, sections and contexts are like that."""
    folder, manifest, engine = tmp_path_factory.mktemp("sets") / "hostile", loaded.manifest, loaded.engine
    fields = ("section", "device", "os", "country")
    labels = {field: Labels(names={code: f"{HOSTILE} {code}" for code in range(500)}) for field in fields}
    dataset = engine.dataset.model_copy(update={"title": HOSTILE, "labels": labels})
    texts = {"title": np.array([f"{HOSTILE} {number}" for number in range(len(engine.articles))], object)}
    texts |= {"teaser": texts["title"], "url": np.full(len(engine.articles), "https://example.org/a", object)}
    articles = replace(engine.articles, texts=texts)
    knowledge = replace(engine.knowledge, articles=articles)
    moments = KeptMoments(engine.start.with_articles(articles))
    renamed = Engine(dataset, engine.ensemble, knowledge, moments, engine.reranker)
    save(
        folder, renamed, SMALL, fingerprint=manifest.fingerprint, measured=manifest.measured, metrics=manifest.metrics,
        seconds=manifest.seconds, peak_memory_mb=1.0, funnel=loaded.funnel, visits=loaded.visits,
        highlights=loaded.highlights, maps=loaded.maps,
    )  # fmt: skip
    return folder


@pytest.mark.parametrize("page", PAGES)
def test_what_stands_in_a_log(open_app: OpenApp, hostile_set: Path, loaded: LoadedSet, page: str) -> None:
    visit = loaded.visits[0]
    assert_plain(show(open_app, hostile_set, page))
    assert_plain(show(open_app, hostile_set, page, user=str(visit.user_id)))
    read = ",".join(map(str, loaded.engine.articles.ids[:3].tolist()))
    first = str(int(loaded.engine.articles.ids[0]))
    assert_plain(show(open_app, hostile_set, page, user="none", device="3", article=first, session=read))
