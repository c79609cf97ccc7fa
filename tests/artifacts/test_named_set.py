"""A set of a log whose ids are names, and where what was opened may be listed again.

Ids go in and come out as they are, and new ones are kept.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as parquet
import pytest

from recsys.api.schemas.clicks import IncomingClick
from recsys.api.schemas.request import RecommendationRequest
from recsys.artifacts.store import load
from recsys.cli import main
from recsys.core.entities import Request
from recsys.core.progress import Progress
from recsys.core.timestamps import iso
from recsys.data.loader import load as load_log
from recsys.data.names import IdNames, Names
from recsys.engine import bulk
from recsys.engine.engine import Engine
from recsys.errors import InputError
from recsys.events.learning import LearningEngine
from recsys.events.sqlite_store import SQLiteStore
from recsys.ranking.reranker_settings import RerankerSettings
from recsys.retrieval.item_cf.settings import ItemCFSettings
from recsys.retrieval.popularity.settings import PopularitySettings
from recsys.training.pipeline import publish, train
from recsys.training.settings import HoldoutSettings, TrainingSettings, WalkForwardSettings

SETTINGS = TrainingSettings(
    retrievers={"item_cf": ItemCFSettings(), "popularity": PopularitySettings()},
    reranker=RerankerSettings(trees=10),
    holdout=HoldoutSettings(tasks_per_hour=20, sample_visits=20),
    walk_forward=WalkForwardSettings(training_spans=1),
)


@pytest.fixture(scope="module")
def folder(newsroom: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("named")
    (home / "log").mkdir()
    clicks = pd.concat([pd.read_csv(file) for file in sorted((newsroom / "clicks").iterdir())])
    readers, stories = "reader " + clicks["user_id"].astype(str), "/news/" + clicks["click_article_id"].astype(str)
    clicks.assign(user_id=readers, click_article_id=stories).to_csv(home / "log" / "clicks.csv", index=False)
    (home / "log" / "dataset.toml").write_text('name = "named"\ntitle = "Named"\nrepeats = true\n')
    described = pd.DataFrame({"article_id": stories.unique()})
    described = described.assign(link="https://a.example" + described["article_id"], text="word " * 99)
    described.to_csv(home / "log" / "articles.csv", index=False)
    log, _ = load_log(home / "log")
    publish(home / "set", log, train(log, SETTINGS, show=False))
    return home / "set"


@pytest.fixture(scope="module")
def engine(folder: Path) -> Engine:
    return load(folder).engine


def test_what_was_opened_may_be_listed_again_but_for_what_is_open(engine: Engine) -> None:
    lengths = np.diff(engine.histories.starts)
    reader = int(engine.user_ids[int(lengths.argmax())])
    answer = engine.recommend(Request(reader, k=100))
    opened = [click.article_id for click in answer.history]
    assert set(answer.articles) & set(opened[:-1])
    assert opened[-1] not in answer.articles
    own = answer.ranking.pool.candidates["opened_before"]
    assert set(engine.articles.ids[own.items[own.items >= 0]].tolist()) <= set(opened)
    assert {"opened_times", "opened_hours", "score_opened_before"} <= set(answer.ranking.feature_names)


def test_what_pages_show_of_articles_is_kept(engine: Engine) -> None:
    item = int(engine.start.live.items[0])
    outside = str(engine.names.article(int(engine.articles.ids[item])))
    assert engine.title(item) == outside
    assert engine.articles.text("url", item) == f"https://a.example{outside}"
    assert engine.articles.text("teaser", item) == f"{' '.join(['word'] * 40)} …"
    assert engine.articles.text("picture", item) == ""


def test_an_answer_names_articles_as_the_log_does(engine: Engine) -> None:
    reader = engine.names.user(int(engine.user_ids[3]))
    sent = RecommendationRequest.model_validate({"user_id": reader, "explain": True})
    answer = sent.answer(engine, engine.recommend(sent.request(engine.dataset, engine.names))).model_dump()
    assert len(answer["recommendations"]) == 10
    assert all(one.startswith("/news/") for one in answer["recommendations"])
    articles = [one["article_id"] for one in answer["explanation"]["articles"]]
    assert articles == answer["recommendations"]
    assert articles[0] in [one["article_id"] for one in answer["explanation"]["candidates"]]
    assert engine.title_of(engine.names.article_number(articles[0])) == articles[0]


def test_who_is_not_known_is_told_by_name(engine: Engine) -> None:
    sent = RecommendationRequest.model_validate({"user_id": "Somebody Else"})
    with pytest.raises(InputError, match=r"Unknown reader Somebody Else\. This set knows .* such as reader"):
        engine.recommend(sent.request(engine.dataset, engine.names))


def test_the_command_line_takes_names(folder: Path, engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    reader = str(engine.names.user(int(engine.user_ids[3])))
    main(["recommend", "--artifacts", str(folder), "--user-id", reader])
    said = capsys.readouterr().out
    assert f"for reader {reader}:" in said
    assert "/news/" in said


def test_lists_for_all_have_names(engine: Engine, tmp_path: Path) -> None:
    progress = Progress({"all": 1.0}, show=False)
    bulk.write_lists(engine, tmp_path / "lists", engine.end, 2, progress.stage("all"))
    table = parquet.read_table(tmp_path / "lists").to_pandas()
    assert table["user_id"].str.startswith("reader ").all()
    assert table["article_id"].str.startswith("/news/").all()
    assert table["user_id"].nunique() == len(engine.user_ids)


def test_names_that_come_in_later_survive_a_restart(engine: Engine, tmp_path: Path) -> None:
    moment, known = iso(engine.end), engine.names.article(int(engine.articles.ids[0]))
    sent = [
        {"id": "1", "user_id": "newcomer", "article_id": "/news/just-in", "time": moment},
        {"id": "2", "user_id": "newcomer", "article_id": known, "time": moment},
    ]
    clicks = [IncomingClick.model_validate(one).click(engine.dataset, engine.names) for one in sent]
    LearningEngine(engine, SQLiteStore(tmp_path / "events.db")).take_in(clicks)
    fresh = LearningEngine(load_again(engine), SQLiteStore(tmp_path / "events.db")).now()
    read = [fresh.names.article(click.article_id) for click in fresh.recommend(request_of(fresh)).history]
    assert read == [one["article_id"] for one in sent]
    assert np.isin(clicks[0].article_id, fresh.articles.ids)


def load_again(engine: Engine) -> Engine:
    """The engine as a new process has it: without the names that came in later."""
    kept = [one for one in (engine.names.users, engine.names.articles) if one is not None]
    users, articles = (IdNames([name for name in one.names if name not in LATER]) for one in kept)
    knowledge = replace(engine.knowledge, names=Names(users, articles))
    return Engine(engine.dataset, engine.ensemble, knowledge, engine.moments, engine.reranker)


LATER = {"newcomer", "/news/just-in"}


def request_of(engine: Engine) -> Request:
    return Request(engine.names.user_number("newcomer"), as_of=engine.end)
