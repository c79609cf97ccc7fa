"""Reports as files: everything in one, nothing from a log taken for HTML."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recsys.artifacts.store import LoadedSet
from recsys.core.entities import Request
from recsys.engine.engine import Engine
from recsys.evaluation.set_comparison import Answered, compare
from recsys.ui.reports.comparison import comparison_report
from recsys.ui.reports.view import view_report

EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def named(loaded: LoadedSet, title: str) -> LoadedSet:
    """The set with one headline for all articles."""
    engine = loaded.engine
    articles = replace(engine.articles, texts={"title": np.full(len(engine.articles), title, object)})
    moments = engine.moments.with_articles(articles, engine.start.time)
    knowledge = replace(engine.knowledge, articles=articles)
    evil = Engine(engine.dataset, engine.ensemble, knowledge, moments, engine.reranker)
    return replace(loaded, engine=evil)


def test_a_view_has_list_reasons_candidates_and_versions(loaded: LoadedSet) -> None:
    engine, visit = loaded.engine, loaded.visits[5]
    answer = engine.recommend(Request(visit.user_id, overrides={"device": 4}, as_of=visit.as_of, k=7))
    page = view_report(loaded, answer, "http://here/recommend?user=1&as_of=2")
    for article in answer.articles:
        assert (
            engine.title_of(article).replace("'", "&#39;").replace("&", "&amp;").replace("&amp;#39;", "&#39;") in page
        )
    assert page.count('<td class="n">7</td>') >= 2, "in the list and among the candidates"
    assert f"reader {visit.user_id}" in page
    assert "changed; stored:" in page
    assert "http://here/recommend?user=1&amp;as_of=2" in page
    assert loaded.manifest.fingerprint in page
    assert page.count("<tr") >= len(answer.ranking.pool) + len(answer.articles)


@pytest.mark.parametrize("user", [None, 5])
def test_what_a_headline_contains_stays_text(loaded: LoadedSet, user: int | None) -> None:
    evil = named(loaded, EVIL)
    page = view_report(evil, evil.engine.recommend(Request(user)))
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_it_loads_nothing_and_stays_small(loaded: LoadedSet) -> None:
    answer = loaded.engine.recommend(Request(5, k=100))
    page = view_report(loaded, answer)
    assert "src=" not in page
    assert "@import" not in page
    assert "url(" not in page
    assert "default-src 'none'" in page
    assert len(page.encode()) < 2_000_000


def test_nobody_and_nothing_to_suggest(loaded: LoadedSet) -> None:
    engine = loaded.engine
    answer = engine.recommend(Request(without=frozenset(engine.start.retrievers)))
    page = view_report(loaded, answer)
    assert "No algorithm had anything to suggest." in page
    assert "Nothing is known of what they read." in page


def test_a_comparison_as_a_page(tmp_path: Path) -> None:
    lists = np.arange(40).reshape(2, 20)
    answered = Answered(
        user_ids=np.array([1, 2]),
        as_of=np.array([0, 3_600_000]),
        targets=np.array([0, 20]),
        segments={"visitor": np.array(["new", EVIL])},
        old=lists,
        new=lists[:, ::-1],
    )
    found = compare(answered, EVIL, "new", "two requests", ["A note."])
    page = comparison_report(found)
    assert "<script" not in page
    assert "The old set is better" in page
    assert "A note." in page
    assert f"{found.metrics['ndcg@20'].difference:+.4f}" in page
