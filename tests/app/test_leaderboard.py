"""The leaderboard draws what is kept, and says so where nothing is."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from recsys.artifacts.store import LoadedSet, save
from recsys.evaluation.published import PUBLISHED
from recsys.evaluation.saved_reports import VARIABLE, read_saved_reports
from recsys.ui.tables import leaderboard
from tests.app.conftest import OpenApp, OpenPage, sentences
from tests.shared import ROOT, SMALL

TABLES = (
    "in_short",
    "freshness_counts",
    "freshness_trained",
    "systems",
    "beside_papers",
    "beside_libraries",
    "by_hour",
    "by_segment",
    "beyond_accuracy",
    "ablation",
    "new_readers",
    "last_click",
    "this_set",
)
VIEWS = [
    "Every system",
    "Beside the papers",
    "Beside libraries",
    "By hour",
    "By segment",
    "Beyond accuracy",
    "What each part is worth",
    "How fresh must it be",
    "New readers",
    "Last click",
    "This set",
]


def table(app: AppTest) -> "leaderboard.pd.DataFrame":
    """The table under the chart, unfolded."""
    assert not app.exception
    for name in TABLES:
        app.session_state[f"table_of_{name}"] = True
    return app.run().dataframe[0].value


def test_the_ensemble_stands_above_every_published_figure(open_page: OpenPage) -> None:
    app = open_page("leaderboard")
    app.segmented_control[0].set_value("Every system").run()
    rows = table(app)
    assert app.title[0].value == "How good is it, and at what?"
    assert rows["system"][0] == "ensemble"
    assert rows["published"].sum() == len(PUBLISHED)
    kept = read_saved_reports().hourly
    assert kept is not None
    assert rows["ndcg@20"][0] == kept.results["ensemble"]["ndcg@20"]


def test_by_the_rules_of_the_papers_it_stands_above_them_too(open_page: OpenPage) -> None:
    app = open_page("leaderboard")
    app.segmented_control[0].set_value("Beside the papers").run()
    rows = table(app)
    kept = read_saved_reports().published
    assert kept is not None
    mine = kept.results["ensemble"]["ndcg@20"]
    assert rows["system"][0] == "ensemble"
    assert rows["ndcg@20"][0] == mine > rows.loc[rows["published"], "ndcg@20"].max()
    said = sentences(app)
    assert f"{mine:.4f}" in said
    assert f"{kept.results['v-sknn']['ndcg@20']:.4f}" in said


def test_the_libraries_that_people_would_pick_stand_beside_it(open_page: OpenPage) -> None:
    kept = read_saved_reports().libraries
    assert kept is not None
    app = open_page("leaderboard")
    app.segmented_control[0].set_value("Beside libraries").run()
    rows = table(app)
    assert rows["system"][0] == "ensemble"
    assert rows["of_100"][0] == round(100 * kept.found["ensemble"].hr, 1)
    assert {"LensKit ALS", "implicit BM25", "wsknn", "GRU4Rec, trained every hour"} <= set(rows["label"])
    said = sentences(app)
    assert f"{rows['of_100'][0]:.0f} are among our first 20" in said
    assert f"{rows['label'][1]}, finds {rows['of_100'][1]:.0f}" in said


def test_it_opens_with_what_anybody_understands(open_page: OpenPage) -> None:
    kept = read_saved_reports().hourly
    assert kept is not None
    app = open_page("leaderboard")
    rows = table(app)
    assert rows["of_100"].tolist() == sorted(rows["of_100"], reverse=True)
    mine = kept.results["ensemble"]["hr@20"]
    assert rows["of_100"][0] == round(100 * mine, 1)
    said = sentences(app)
    assert f"Of 100 such clicks, {100 * mine:.0f} are on an article among our first 20" in said
    assert "Globo.com" in said


def test_live_figures_stand_apart_from_the_published_ones(open_page: OpenPage) -> None:
    kept = read_saved_reports()
    assert kept.live is not None
    assert kept.freshness is not None
    app = open_page("leaderboard")
    app.segmented_control[0].set_value("How fresh must it be").run()
    assert f"{kept.live.results['ensemble']['ndcg@20']:.4f}" in sentences(app)
    assert table(app)["age"].tolist() == [point.age for point in kept.freshness.counts]
    assert app.dataframe[1].value["age"].tolist() == [point.age for point in kept.freshness.trained]
    app.segmented_control[0].set_value("Every system").run()
    assert "live" not in table(app)["system"].tolist()


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_draws_its_table(open_page: OpenPage, view: str) -> None:
    app = open_page("leaderboard")
    app.segmented_control[0].set_value(view).run()
    kept = read_saved_reports()
    taken = {
        "What each part is worth": kept.ablation,
        "Last click": kept.last_click,
        "Beside libraries": kept.libraries,
        "How fresh must it be": kept.freshness,
    }
    if taken.get(view, kept.hourly) is None:
        assert "have not been measured yet" in app.info[0].value
    else:
        assert len(table(app)) > 1


def test_a_segment_of_choice(open_page: OpenPage) -> None:
    app = open_page("leaderboard")
    app.segmented_control[0].set_value("By segment").run()
    app.segmented_control[1].set_value("article age").run()
    assert any(name.startswith("under 3 h") for name in table(app)["segment"])


def test_the_sets_own_figures(open_page: OpenPage, loaded: LoadedSet) -> None:
    app = open_page("leaderboard")
    app.segmented_control[0].set_value("This set").run()
    rows = table(app).set_index("system")
    assert rows["ndcg@20"]["ensemble"] == loaded.manifest.metrics["ensemble"]["ndcg@20"]
    assert f"{loaded.manifest.measured:,} requests" in sentences(app)


def test_figures_that_are_not_there_or_not_readable_are_a_sentence(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    app = open_page("leaderboard")
    assert "have not been measured yet" in app.info[0].value
    (tmp_path / "hourly-192-336.json").write_text("{}")
    app.run()
    assert not app.exception
    assert "measure the figures again" in app.error[0].value


def test_means_over_six_hours() -> None:
    """Two blocks: windows 6 to 8 and 12."""
    report = read_saved_reports().hourly
    assert report is not None
    values = {"6": 0.1, "7": 0.2, "8": 0.6, "12": 0.5}
    report.by_window = {window: {"requests": 3, "ensemble": value} for window, value in values.items()}
    rows = leaderboard.by_window(report)
    assert rows["window"].tolist() == [9, 15]
    assert rows["ensemble"].tolist() == pytest.approx([0.3, 0.5])


def test_somebodys_own_set_is_shown_first_on_its_own_log(
    loaded: LoadedSet, tmp_path: Path, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = loaded.engine.dataset.model_copy(update={"name": "mine", "title": "My paper"})
    monkeypatch.setattr(loaded.engine, "dataset", own)
    kept = {name: getattr(loaded.manifest, name) for name in ("fingerprint", "measured", "metrics", "seconds")}
    shown = {name: getattr(loaded, name) for name in ("funnel", "visits", "highlights", "maps")}
    save(tmp_path / "mine", loaded.engine, SMALL, **kept, **shown, peak_memory_mb=1.0)
    app = open_app(tmp_path / "mine")
    app.run()
    app.switch_page(str(ROOT / "pages" / "leaderboard.py")).run()
    assert not app.exception
    said = sentences(app)
    assert "is measured on its own log" in said
    assert "*My paper*, the set that is open now" in said
