"""What a policy costs and brings."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from recsys.artifacts.store import LoadedSet
from recsys.backtest.policy_price import KeptVisits
from recsys.cli.group import cli
from recsys.core.entities import Request
from recsys.core.policy import NO_POLICY, Policy
from recsys.core.types import PAD
from recsys.errors import InputError
from recsys.evaluation.policy_price import MEASURES, VisitLists, figures, gini, price
from recsys.policy.reader_candidates import CandidatesOfRanking, KeptCandidates
from recsys.policy.rules.block import Block
from recsys.policy.rules.calibration import Calibration
from recsys.policy.rules.freshness import Freshness
from recsys.policy.rules.pin import Pin
from recsys.policy.rules.section_cap import SectionCap


@pytest.fixture(scope="module")
def visits(loaded: LoadedSet) -> KeptVisits:
    return KeptVisits.of(loaded, lambda _: None)


def lists(items: list[list[int]]) -> VisitLists:
    """Articles whose section is a third of their number, and whose age in hours is their number."""
    shown = np.array(items, np.int32)
    return VisitLists(
        items=shown,
        targets=np.array([1, 2], np.int32),
        sections=np.where(shown == PAD, -1, shown // 3),
        age_hours=np.where(shown == PAD, np.inf, shown).astype(float),
        surprise=np.where(shown == PAD, 0, shown).astype(float),
        divergence=np.array([0.5, np.nan]),
    )


def test_figures_by_hand() -> None:
    found = figures(lists([[1, 2, 3], [4, 5, PAD]]))
    assert found["found"] == 50, "of two next clicks one"
    assert found["ndcg"] == pytest.approx(0.5)
    assert found["sections"] == 1.5, "two and one"
    assert found["distinct"] == 5
    assert found["new"] == pytest.approx(40), "two of five are under three hours old"
    assert found["gini"] == 0
    assert found["novelty"] == 3
    assert found["calibration"] == 0.5


@pytest.mark.parametrize(("counts", "expected"), [([5, 5], 0), ([0, 10], 0.5), ([1, 3], 0.25), ([], 0), ([0, 0], 0)])
def test_gini_by_hand(counts: list[int], expected: float) -> None:
    assert gini(np.array(counts)) == pytest.approx(expected)


def test_the_same_lists_cost_nothing() -> None:
    same = lists([[1, 2, 3], [4, 5, PAD]])
    for one in price(same, same, draws=20).values():
        assert one.before == one.after
        assert one.interval == (0, 0)
        assert not one.is_sure


def test_without_rules_the_lists_are_the_engines(loaded: LoadedSet, visits: KeptVisits) -> None:
    """Counts are as of the full hour, and so a few lists differ from those of the visits' own moments."""
    kept = visits.lists(NO_POLICY, 10)
    assert (kept.items != PAD).all()
    assert figures(kept)["found"] > 30
    candidates = visits.readers[-1]
    answer = loaded.engine.recommend(candidates.request)
    mine = loaded.engine.articles.ids[kept.items[-1]]
    assert len(set(mine.tolist()) & set(answer.articles)) >= 5


def test_vectors_that_readers_have_in_common_are_kept_once(loaded: LoadedSet) -> None:
    engine = loaded.engine
    requests = [Request(user_id=user) for user in engine.user_ids[:3].tolist()]
    ranking = engine.rank(requests, engine.at(engine.end))
    found = [
        CandidatesOfRanking(ranking, row, request, engine.catalogue, ranking.order[first:end])
        for row, (request, (first, end)) in enumerate(zip(requests, ranking.pool.spans(), strict=True))
    ]
    kept = KeptCandidates.of(found)
    tables = [one.table for one in kept]
    assert tables[0] is not None
    assert tables[0] is tables[1] is tables[2]
    assert len(tables[0]) == len(np.unique(ranking.pool.items))
    for one, before in zip(kept, found, strict=True):
        np.testing.assert_array_equal(one.vectors, before.vectors)


def test_each_rule_brings_what_it_is_there_for(visits: KeptVisits) -> None:
    for rule, measure, way in (
        (SectionCap(most=1), "sections", 1),
        (Freshness(half_life_hours=3), "new", 1),
        (Calibration(weight=0.8), "calibration", -1),
    ):
        found = visits.price(Policy(rules=(rule,)), 10)
        assert way * found[measure].difference > 0, rule.key
        low, high = found[measure].interval
        assert low <= found[measure].difference <= high
        assert found[measure].is_sure, rule.key
        assert set(found) == {one.key for one in MEASURES}


def test_a_curve_goes_from_off_to_the_strongest(visits: KeptVisits) -> None:
    points = visits.curve(Policy(rules=(Freshness(),)), SectionCap, 10)
    assert [value for value, _ in points] == [None, *SectionCap.dial_values]
    sections = [found["sections"] for _, found in points]
    assert sections == sorted(sections)
    assert points[0][1] == figures(visits.lists(Policy(rules=(Freshness(),)), 10)), "the other rules stay"


def test_rules_that_contradict_each_other_are_refused(visits: KeptVisits) -> None:
    article = int(visits.catalogue.articles.ids[0])
    with pytest.raises(InputError, match="leaves it out"):
        visits.price(Policy(rules=(Pin(article=article), Block(articles=(article,)))), 10)


def test_the_command_prints_the_price(small_set: Path, tmp_path: Path) -> None:
    file = tmp_path / "policies.toml"
    file.write_text('name = "One of each"\n[[rules]]\nrule = "section_cap"\nmost = 1\n')
    call = ["policy-price", "--artifacts", str(small_set), "--policies", str(file)]
    text = CliRunner().invoke(cli, call).stdout
    assert "One of each" in text
    assert "Sections on a list" in text
    found = json.loads(CliRunner().invoke(cli, [*call, "--json"]).stdout)
    assert found["k"] == 10
    assert (
        found["policies"]["One of each"]["sections"]["after"] > found["policies"]["One of each"]["sections"]["before"]
    )
