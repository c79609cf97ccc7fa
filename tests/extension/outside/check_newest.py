"""What the package outside tests: the project's suite, and that its retriever is everywhere."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from newest import Newest
from streamlit.testing.v1 import AppTest

from recsys.artifacts.store import LoadedSet, load
from recsys.cli.settings import as_toml
from recsys.core.entities import Request
from recsys.ranking.reranker_settings import RerankerSettings
from recsys.retrieval.base import RetrieverSettings
from recsys.retrieval.popularity.settings import PopularitySettings
from recsys.testing import RetrieverConformance, small_log
from recsys.training.pipeline import publish, train
from recsys.training.settings import HoldoutSettings, TrainingSettings, WalkForwardSettings

APP = Path(os.environ["CHECKOUT"]) / "streamlit_app.py"
SETTINGS = TrainingSettings(
    retrievers={"popularity": PopularitySettings(), "newest": RetrieverSettings(list_size=30)},
    reranker=RerankerSettings(trees=20),
    holdout=HoldoutSettings(tasks_per_hour=20, sample_visits=40),
    walk_forward=WalkForwardSettings(training_spans=1),
)


class TestNewest(RetrieverConformance):
    kind = Newest


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    log = small_log()
    folder = tmp_path_factory.mktemp("artifacts") / "own"
    publish(folder, log, train(log, SETTINGS, show=False))
    return folder


@pytest.fixture(scope="session")
def loaded(trained: Path) -> LoadedSet:
    return load(trained)


def test_it_has_settings_like_any_other(trained: Path, loaded: LoadedSet, tmp_path: Path) -> None:
    assert loaded.manifest.settings["retrievers"]["newest"] == {"list_size": 30}
    (tmp_path / "settings.toml").write_text(as_toml(SETTINGS))
    assert TrainingSettings.read(tmp_path / "settings.toml").retrievers["newest"].list_size == 30


def test_it_is_in_the_pool_and_the_features(loaded: LoadedSet) -> None:
    answer = loaded.engine.recommend(Request(int(loaded.engine.user_ids[3])))
    assert list(answer.ranking.pool.candidates) == ["popularity", "newest"]
    assert (answer.ranking.pool.rank("newest") == 1).sum() == 1
    assert {"rank_newest", "score_newest"} <= set(answer.ranking.feature_names)


def test_it_is_on_the_pages(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECSYS_ARTIFACTS", str(trained))
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not app.exception
    assert any("Newest first" in element.value for element in app.subheader)
    app.switch_page(str(APP.parent / "pages" / "recommend.py")).run()
    assert not app.exception
    assert any("Newest first: 30" in element.value for element in app.markdown)
    app.switch_page(str(APP.parent / "pages" / "compare.py")).run()
    assert not app.exception
    drawn = next(e.proto for e in app.get("bidi_component") if e.proto.component_name == "recsys.matrix")
    assert [one["name"] for one in json.loads(drawn.json)["algorithms"]] == ["popularity", "newest"]
