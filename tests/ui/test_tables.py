"""What the pages draw, as tables: held to the answers that they are made of."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recsys.analysis.candidate_matrix import candidate_matrix
from recsys.artifacts.store import LoadedSet
from recsys.core.entities import Request
from recsys.core.reasons import Reason
from recsys.core.types import HOUR
from recsys.engine.engine import Engine
from recsys.engine.recommendation import Recommendation
from recsys.retrieval.article_vectors import ArticleVectors
from recsys.retrieval.popularity.retriever import Popularity
from recsys.ui.components.cards import facts_in_words
from recsys.ui.tables import comparison, contexts, explanation, inventory, reasons
from recsys.ui.tables import embeddings as spaces
from recsys.ui.tables import visits as visitors


@pytest.fixture(scope="module")
def answer(loaded: LoadedSet) -> Recommendation:
    visit = loaded.showcase[0]
    return loaded.engine.recommend(Request(visit.user_id, as_of=visit.as_of, k=10, beside=True))


def test_the_lists_are_the_algorithms_and_the_answer(engine: Engine, answer: Recommendation) -> None:
    first = comparison.lists(answer, 10)
    assert list(first) == ["item_cf", "popularity", "two_tower", "als", "ensemble"]
    assert engine.articles.ids[first["ensemble"]].tolist() == list(answer.articles)
    rows = comparison.column(candidate_matrix(engine, answer), engine.articles.ids[first["ensemble"]])
    assert rows["opened_next"].sum() == 1
    assert rows["article_id"][rows["opened_next"]].item() == answer.ground_truth


def test_every_list_tells_where_the_others_have_its_articles(engine: Engine, answer: Recommendation) -> None:
    whole = candidate_matrix(engine, answer)
    for name, items in comparison.lists(answer, 10).items():
        if name in engine.beside:  # some of theirs were not suggested by anybody
            continue
        for row in comparison.column(whole, engine.articles.ids[items]).to_dict("records"):
            places = answer.ranks_of(row["article_id"])
            assert places[name] == row["rank"]
            assert places["ensemble"] == row["reranked"]


def test_the_matrix_is_what_the_engine_says(engine: Engine, answer: Recommendation) -> None:
    rows = candidate_matrix(engine, answer)
    assert rows["article_id"].head(10).tolist() == list(answer.articles)
    assert rows["score"].head(10).tolist() == list(answer.scores)
    assert rows["reranked"].sum() == answer.ranking.reranked.sum()
    assert (rows["score"].isna() == ~rows["reranked"]).all()
    assert (rows["first_stage_score"].isna() == rows["reranked"]).all()
    assert rows["article_id"][rows["opened_next"]].tolist() == [answer.ground_truth]
    pool = answer.ranking.pool
    for row in rows.iloc[::7].to_dict("records"):
        places = answer.ranks_of(row["article_id"])
        assert places.pop("ensemble") == row["rank"]
        assert row["moved_up"] == min(places[name] for name in pool.candidates if places[name]) - row["rank"]
        for name, place in places.items():
            assert place == (0 if pd.isna(row[f"rank_{name}"]) else row[f"rank_{name}"])
            score = row[f"score_{name}"]
            assert pd.isna(score) if not place else score == pool.lists[name].scores[0, place - 1]
    assert rows["rank_als"].notna().sum() == np.isin(pool.lists["als"].items[0], pool.items).sum() > 0


def test_chips_of_the_matrix(engine: Engine, answer: Recommendation) -> None:
    rows = candidate_matrix(engine, answer)
    names = list(answer.ranking.pool.candidates)
    assert [len(some) for some in comparison.scopes(rows, 10).values()] == [10, rows["reranked"].sum(), len(rows)]
    filters = comparison.filters(rows, names)
    for name, mask in filters.items():
        for article in rows["article_id"][mask].tolist():
            places = answer.ranks_of(article)
            final, by = places["ensemble"], [one for one in names if places[one]]
            if name == "moved":
                assert final < min(places[one] for one in by)
            else:
                assert by == (names if name == "all" else [name.removeprefix("only_")])
    moved = rows["moved_up"][filters["moved"]]
    assert len(moved) <= comparison.MOST_MOVED
    assert moved.min() >= rows["moved_up"][~filters["moved"]].max()


def test_the_overlap_of_two_lists() -> None:
    found = comparison.overlap({"a": np.array([1, 2, 3]), "b": np.array([3, 1]), "c": np.array([9])})
    assert found.to_numpy().tolist() == [[3, 2, 0], [2, 2, 0], [0, 0, 1]]


def test_who_contributed_and_who_found_something_alone(answer: Recommendation) -> None:
    rows = comparison.contributions(answer, 10).set_index("system")
    by_article = [{name for name, place in answer.ranks_of(one).items() if place} for one in answer.articles]
    for name in answer.ranking.pool.candidates:
        assert rows["in_final_list"][name] == sum(name in proposed for proposed in by_article)
        assert rows["alone"][name] == sum(proposed == {name, "ensemble"} for proposed in by_article)
        assert rows["in_first"][name] <= rows["in_final_list"][name] <= rows["suggested"][name]


def test_an_algorithm_that_is_switched_off_proposes_nothing(engine: Engine, answer: Recommendation) -> None:
    off = engine.recommend(replace(answer.request, without=frozenset({"item_cf"})))
    rows = comparison.contributions(off, 10).set_index("system")
    assert rows["suggested"]["item_cf"] == 0
    assert rows["suggested"]["popularity"] > 0
    proposed = set(off.ranking.pool.items.tolist())
    assert proposed <= set(answer.ranking.pool.items.tolist())


def test_what_the_facts_add_sums_up_to_the_score(engine: Engine, answer: Recommendation) -> None:
    reranked = answer.ranking.order[answer.ranking.reranked[answer.ranking.order]]
    rows = reranked[[0, 5, -1]].tolist()
    start, tables = explanation.contributions_of(engine, answer, rows)
    for row, facts in zip(rows, tables, strict=True):
        assert start + facts["adds"].sum() == pytest.approx(float(answer.ranking.scores[row]), abs=1e-4)
        assert facts["adds"].abs().is_monotonic_decreasing
        values = dict(zip(facts["name"], facts["value"], strict=True))
        mine = answer.ranking.features_of([row])[0].tolist()
        assert values == pytest.approx(dict(zip(answer.ranking.feature_names, mine, strict=True)), nan_ok=True)


def test_a_rank_is_blank_where_an_algorithm_did_not_suggest_the_article(engine: Engine, answer: Recommendation) -> None:
    rows = explanation.pool_table(engine, answer)
    ranks = [name for name in rows if name.startswith("rank_")]
    assert len(ranks) > 2
    assert rows[ranks].isna().to_numpy().any()
    for row in rows.to_dict("records"):
        elsewhere = answer.ranks_of(row["article_id"])
        assert {name: 0 if pd.isna(row[name]) else row[name] for name in ranks} == {
            name: elsewhere[name.removeprefix("rank_")] for name in ranks
        }


def test_facts_are_said_in_words_and_not_in_logarithms() -> None:
    values = {
        "rank": 3.0,
        "share": 0.125,
        "hours": 1.5,
        "log clicks": np.log1p(860),
        "log ratio": np.log(2),
        "yes/no": 1.0,
    }
    facts = pd.DataFrame(
        [{"fact": unit, "value": value, "unit": unit, "adds": 0.5, "meaning": "It."} for unit, value in values.items()]
        + [{"fact": "none", "value": np.nan, "unit": "hours", "adds": -0.5, "meaning": "It."}]
        + [{"fact": "raw", "value": -2.54, "unit": "logit", "adds": 0.5, "meaning": "It."}]
    )
    said = facts_in_words(facts).splitlines()
    amounts = [line.partition("): ")[2].partition(". :gray")[0] for line in said[:-1]]
    assert amounts == ["3rd", "12.5%", "2 h", "860 clicks", "2 times", "yes", "unknown"]
    assert said[-2].startswith("- **none** (-0.50)")
    assert said[-1] == "- **raw** (+0.50). :gray[It.]"


def test_one_article_against_another(engine: Engine, answer: Recommendation) -> None:
    first, second = answer.ranking.order[:2].tolist()
    _, (mine, theirs) = explanation.contributions_of(engine, answer, [first, second])
    rows = explanation.versus(mine, theirs)
    gap = float(answer.ranking.scores[first] - answer.ranking.scores[second])
    assert rows["difference"].sum() == pytest.approx(gap, abs=1e-4)


def test_single_changes_are_what_the_engine_says(engine: Engine, answer: Recommendation) -> None:
    pair = answer.articles[0], answer.articles[1]
    codes = {"device": [1, 3], "os": [17], "country": [1, 10]}
    rows = explanation.single_changes(engine, answer, pair, codes)
    used = answer.profile.used
    assert len(rows) == sum(code != getattr(used, field) for field, some in codes.items() for code in some)
    for row in rows.to_dict("records"):
        changed = engine.recommend(replace(answer.request, overrides={row["field"]: row["code"]}))
        places = [changed.ranks_of(one)["ensemble"] for one in pair]
        assert [row["rank"], row["rank_other"]] == places
        assert row["swapped"] == (places[0] > places[1])


def test_the_blend_says_who_filled_each_place(engine: Engine) -> None:
    rows = contexts.blend(engine, {"device": 1, "os": 17, "country": 1}, engine.end, 10)
    assert rows["article_id"].is_unique
    assert len(rows) == 10
    filled = rows["filled_by"].value_counts()
    assert set(filled.index) <= {"everybody", "OS Windows", "device desktop", "OS Windows and country US",
                                 "device desktop and country US"}  # fmt: skip
    assert filled["OS Windows"] <= dict(engine.start.get(Popularity).settings.blend)["os"]


def test_clicks_behind_a_context_are_fewer_than_everybodys(engine: Engine) -> None:
    rows = contexts.clicks_behind(engine, {"device": 1, "os": 17, "country": 1}, engine.end).set_index("family")
    assert 0 < rows["clicks"]["OS Windows and country US"] <= rows["clicks"]["OS Windows"] < rows["clicks"]["everybody"]
    unseen = contexts.clicks_behind(engine, {"device": 1, "country": 99}, engine.end)
    assert unseen["clicks"].iloc[-1] == 0


def test_how_different_a_contexts_list_is(engine: Engine) -> None:
    rows = contexts.distances(engine, ("device", [1, 3]), ("country", [1, 10]), {}, engine.end)
    assert rows.shape == (2, 2)
    everybody = engine.recommend(Request(as_of=engine.end)).articles
    phone = engine.recommend(Request(overrides={"device": 3, "country": 10}, as_of=engine.end)).articles
    assert rows.iloc[1, 1] == len(set(phone) - set(everybody))


def test_the_nearest_neighbours_of_an_article(engine: Engine) -> None:
    ids = engine.articles.ids[:4].tolist()
    trained = np.zeros((len(engine.articles) + 1, 2), np.float32)
    trained[:2] = [[1, 0], [0.6, 0.8]]
    vectors = ArticleVectors.of(trained).with_folded(np.array([2]), np.array([[0.8, 0.6]], np.float32))
    near = spaces.nearest(engine, vectors, ids[0], 5)
    assert near["article_id"].tolist() == [ids[2], ids[1]]
    assert near["cosine"].tolist() == pytest.approx([0.8, 0.6])
    assert spaces.nearest(engine, vectors, ids[3], 5).empty
    assert spaces.nearest(engine, vectors, -7, 5).empty


def test_the_map_marks_what_was_read_and_recommended(loaded: LoadedSet, answer: Recommendation) -> None:
    rows = spaces.on_map(loaded.engine, loaded.maps, "als", answer)
    recommended = set(rows["article_id"][rows["role"] == "recommended"])
    assert recommended == set(answer.articles) & set(rows["article_id"])
    read = {click.article_id for click in answer.history}
    assert set(rows["article_id"][rows["role"] == "read"]) == read & set(rows["article_id"])


def test_the_visits_as_a_table(loaded: LoadedSet) -> None:
    rows = visitors.table(loaded)
    names = visitors.algorithms(rows)
    assert names == [*loaded.engine.suggesting, *loaded.engine.beside]
    assert len(rows) == len(loaded.visits)
    for visit, row in zip(loaded.visits[::30], rows.iloc[::30].to_dict("records"), strict=True):
        shown = loaded.engine.recommend(Request(visit.user_id, as_of=visit.as_of))
        assert row["read_before"] == len(shown.history)
        assert row["device"] == loaded.engine.dataset.label("device", shown.profile.stored.device)
        for system, rank in visit.ranks.items():
            assert (0 if pd.isna(row[f"rank_{system}"]) else row[f"rank_{system}"]) == rank


def test_the_cases_say_who_found_what_was_opened_next() -> None:
    """Found is among the first ten: 11 is not, and neither is what is not listed."""
    ranks = {
        "rank_ensemble": [1, 11, None, 10, 12, 3],
        "rank_als": [4, 2, None, 40, None, 9],
        "rank_popularity": [None, 1, None, 11, 30, 11],
    }
    rows = pd.DataFrame({name: pd.array(values, "Int64") for name, values in ranks.items()})
    found = {name: mask.tolist() for name, mask in visitors.cases(rows, ["als", "popularity"]).items()}
    assert found == {
        "only_als": [True, False, False, False, False, True],
        "only_popularity": [False] * 6,
        "combination": [False, False, False, True, False, False],
        "lost": [False, True, False, False, False, False],
        "nobody": [False, False, True, False, True, False],
    }


def test_reasons_sum_up_all_facts(engine: Engine, answer: Recommendation) -> None:
    rows = answer.ranking.order[:3].tolist()
    start, tables = explanation.contributions_of(engine, answer, rows)
    for row, facts in zip(rows, tables, strict=True):
        summed = reasons.by_reason(facts)
        assert summed["reason"].tolist() == [one.value for one in Reason if one is not Reason.OPENED_BEFORE]
        assert start + summed["adds"].sum() == pytest.approx(float(answer.ranking.scores[row]), abs=1e-4)
        assert set(facts["reason"]) == set(summed["reason"]), "each reason has a fact"


def given(**adds: float) -> pd.DataFrame:
    return pd.DataFrame({"reason": [one.value for one in Reason], "adds": [adds.get(one.name, 0.0) for one in Reason]})


def test_a_sentence_gives_the_weightiest_reasons_and_what_speaks_against() -> None:
    both = given(JUST_READ=0.7, FRESH=0.4, TASTE=0.1, POPULAR_NOW=-0.3)
    assert reasons.in_a_sentence(both, 1, has_read=True) == (
        "First mainly because readers of their last articles went on to it (+0.70) and because it is new (+0.40), "
        "although it is not read much right now (-0.30)."
    )
    assert reasons.in_a_sentence(given(FRESH=-0.4), 12, has_read=True) == "12th although it is no longer new (-0.40)."
    assert "nothing speaks clearly" in reasons.in_a_sentence(given(FRESH=0.01), 2, has_read=True)


def test_nothing_is_said_of_what_a_new_reader_has_read() -> None:
    said = reasons.in_a_sentence(given(JUST_READ=0.7, TASTE=-0.4), 1, has_read=False)
    assert "last articles" not in said
    assert "like to read" not in said


def test_what_decides_between_two() -> None:
    said = reasons.in_a_sentence_against(given(FRESH=0.5, TASTE=0.2), given(FRESH=0.1, TASTE=0.3))
    assert said == "What decides: fresh (+0.40)."


def test_the_inventory_counts_every_click_and_file(loaded: LoadedSet) -> None:
    engine, manifest = loaded.engine, loaded.manifest
    by_hour = inventory.clicks_by_hour(engine)
    assert by_hour["clicks"].sum() == manifest.counts["clicks"]
    assert by_hour["clicks"][by_hour["replayed"]].sum() == manifest.counts["replay_clicks"]
    assert len(inventory.files(manifest)) == len(manifest.files)
    assert inventory.lives(engine)["articles"].sum() <= len(engine.articles)
    settings = inventory.settings(manifest).set_index(["part", "setting"])["value"]
    assert settings["reranker", "trees"]
    visitors_by_device = inventory.contexts(engine).query("field == 'device'")["visitors"]
    assert visitors_by_device.sum() == manifest.counts["users"]
    assert (by_hour["hour"].diff().dropna() == pd.Timedelta(HOUR, "ms")).all()


def test_what_was_fitted_to_the_log_is_told(loaded: LoadedSet) -> None:
    manifest = loaded.manifest
    assert inventory.fitted_to_log(manifest) == ["What a reader has opened is not listed again."]
    slow = manifest.model_copy(update={"settings": {**manifest.settings, "pace": 32.0, "repeats": True}})
    first, second = inventory.fitted_to_log(slow)
    assert "move on 32 times as slowly" in first
    assert second == "Readers come back to what they have opened, so it may be listed again."
