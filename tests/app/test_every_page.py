"""Every page with every kind of visitor and every state of the set: sentences, never a stack trace."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from recsys.analysis.article_maps import ArticleMaps
from recsys.analysis.highlights import Highlights, Sizes
from recsys.analysis.replay_visits import ReplayVisits
from recsys.artifacts.artifact_set import ArtifactSet
from recsys.artifacts.manifest import MANIFEST, VERSION
from recsys.artifacts.store import LoadedSet, save
from recsys.core.timestamps import iso
from recsys.evaluation.funnel import Funnel
from tests.app.conftest import OpenApp, sentences
from tests.shared import ROOT, SMALL

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
WITHOUT_VISITOR = {
    "cold_start",
    "data_and_models",
    "find_a_case",
    "leaderboard",
    "live_session",
    "start",
    "where_it_is_lost",
    "your_log",
}
"""Pages that have something to show where the visitor is unknown."""
WITHOUT_MOMENT = {"data_and_models", "find_a_case", "leaderboard", "start", "where_it_is_lost", "your_log"}
"""Pages that ask for nothing as of a moment."""
SIZES = Sizes(catalogue=30, in_play=20, suggested=10, reranked=5)
Show = Callable[..., AppTest]


@pytest.fixture
def show(open_app: OpenApp) -> Show:
    def show_page(name: str, folder: Path, **parameters: str) -> AppTest:
        app = open_app(folder)
        for key, value in parameters.items():
            app.query_params[key] = value
        return app.switch_page(str(ROOT / "pages" / f"{name}.py")).run()

    return show_page


@pytest.fixture(scope="module")
def bare_set(loaded: LoadedSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set that keeps neither visits nor maps, and nothing to show it with."""
    folder, manifest = tmp_path_factory.mktemp("sets") / "bare", loaded.manifest
    metrics, seconds = manifest.metrics, manifest.seconds
    known = {"fingerprint": manifest.fingerprint, "measured": manifest.measured, "metrics": metrics, "seconds": seconds}
    nothing = {"visits": [], "highlights": Highlights(sizes=SIZES), "maps": ArticleMaps.empty()}
    funnel = Funnel(requests=0, fates={}, by_segment={})
    save(folder, loaded.engine, SMALL, **known, peak_memory_mb=1.0, funnel=funnel, **nothing)
    return folder


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("visitor", ["returning", "new", "nobody"])
def test_visitors_that_there_are(show: Show, small_set: Path, loaded: LoadedSet, page: str, visitor: str) -> None:
    visits = ReplayVisits.of(loaded.engine)
    user = "none"
    if visitor != "nobody":
        user = str(visits.user_ids[visits.of_kind(visitor)[3]])
    app = show(page, small_set, user=user)
    assert not app.exception
    assert not app.error
    assert app.title[0].value.endswith("?"), "a page answers one question"
    assert app.query_params["user"] == user


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_whom_nobody_knows(show: Show, small_set: Path, page: str) -> None:
    app = show(page, small_set, user="99999999")
    assert not app.exception
    assert ("Unknown reader 99999999" in sentences(app)) == (page not in WITHOUT_VISITOR)


@pytest.mark.parametrize("page", PAGES)
def test_a_context_that_was_never_seen(show: Show, small_set: Path, page: str) -> None:
    app = show(page, small_set, user="none", device="3", os="77", country="99")
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("page", PAGES)
def test_all_algorithms_switched_off(show: Show, small_set: Path, page: str) -> None:
    app = show(page, small_set, without="item_cf,popularity,two_tower")
    assert not app.exception
    assert app.query_params["without"] == "item_cf,popularity,two_tower"


@pytest.mark.parametrize("page", PAGES)
def test_a_moment_that_the_set_cannot_replay(show: Show, small_set: Path, page: str) -> None:
    app = show(page, small_set, user="5", as_of="1999-01-01T00:00:00Z")
    assert not app.exception
    assert ("outside the hours" in sentences(app)) == (page not in WITHOUT_MOMENT)


@pytest.mark.parametrize("page", PAGES)
def test_a_set_without_visits_or_maps(show: Show, bare_set: Path, page: str) -> None:
    app = show(page, bare_set)
    assert not app.exception
    assert not app.error
    if page == "embeddings":
        assert "too few articles with vectors" in app.info[0].value
    if page == "find_a_case":
        assert "has no sample visits" in app.info[0].value
    if page == "where_it_is_lost":
        assert "has not been measured" in app.info[0].value


def test_the_tour_of_a_set_without_cases_shows_what_there_is(show: Show, bare_set: Path) -> None:
    app = show("start", bare_set)
    app.button(key="step_1").click().run()
    for _ in range(5):
        assert not app.exception
        assert not app.error
        app.button(key="tour_arrow_forward").click().run()
    assert "Tour, 6 of 6" in sentences(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_damaged_set(show: Show, small_set: Path, tmp_path: Path, page: str) -> None:
    folder = Path(shutil.copytree(small_set, tmp_path / "set"))
    path = folder / ArtifactSet.open(folder).manifest.home / "reranker" / "forest.txt"
    path.write_bytes(path.read_bytes()[:-100])
    app = show(page, folder)
    assert not app.exception
    assert "reranker/forest.txt has" in sentences(app)


@pytest.mark.parametrize("page", PAGES)
def test_an_older_set(show: Show, small_set: Path, tmp_path: Path, page: str) -> None:
    folder = Path(shutil.copytree(small_set, tmp_path / "set"))
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | {"version": 0}))
    app = show(page, folder)
    assert not app.exception
    assert f"has version 0 of the format; this program reads version {VERSION}" in sentences(app)


def test_the_view_goes_from_page_to_page(show: Show, small_set: Path, loaded: LoadedSet) -> None:
    visit = loaded.visits[7]
    app = show(
        "compare", small_set, user=str(visit.user_id), as_of=iso(visit.as_of), k="7", without="item_cf", country="10"
    )
    before = dict(app.query_params)
    app.switch_page(str(ROOT / "pages" / "explain.py")).run()
    assert dict(app.query_params) == before
    assert app.number_input(key="k").value == 7
    assert app.selectbox(key="context_country").value == 10
    assert app.text_input(key="user_text").value == str(visit.user_id)
