"""What holds for every policy and every list."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recsys.policy.base import PolicyRule
from recsys.policy.reader_candidates import KeptCandidates
from recsys.policy.rules.block import Block
from recsys.policy.rules.calibration import Calibration
from recsys.policy.rules.exploration import Exploration
from recsys.policy.rules.freshness import Freshness
from recsys.policy.rules.most_read_cap import MostReadCap
from recsys.policy.rules.pin import Pin
from recsys.policy.rules.section_cap import SectionCap
from recsys.policy.rules.variety import Variety
from tests.policy.made_up import listed, made_up, under

MOST = 30
lengths = st.integers(1, 12)


@st.composite
def candidate_lists(draw: st.DrawFn) -> KeptCandidates:
    n = draw(st.integers(1, MOST))
    chance = np.random.default_rng(draw(st.integers(0, 10_000)))
    vectors = chance.normal(size=(n, 4)).astype(np.float32)
    return made_up(
        np.sort(chance.normal(size=n))[::-1].tolist(),
        sections=chance.integers(-1, draw(st.integers(1, 6)), n).tolist(),
        ages=chance.exponential(12, n).tolist(),
        clicks=chance.integers(0, 60, n).tolist(),
        vectors=vectors / np.linalg.norm(vectors, axis=1)[:, None],
        read=chance.integers(0, 6, draw(st.integers(0, 8))).tolist(),
        reranked=draw(st.integers(0, n)),
    )


caps = st.builds(SectionCap, most=st.integers(1, 3), first=lengths)
favours = st.one_of(
    st.builds(Variety, weight=st.floats(0, 0.95)),
    st.builds(Calibration, weight=st.floats(0, 0.95)),
    st.builds(Freshness, half_life_hours=st.floats(0.5, 100)),
)
others = st.one_of(
    caps,
    favours,
    st.builds(MostReadCap, most=st.integers(0, 3), top=lengths, first=lengths),
    st.builds(Exploration, places=st.sampled_from([(1,), (2, 5), (10,)]), at_most_clicks=st.integers(0, 50)),
    st.builds(Block, sections=st.sampled_from([(), (0,), (1, 2)])),
)
policies = st.lists(others, max_size=5)


@given(candidate_lists(), policies, lengths)
def test_a_list_is_full_and_has_no_article_twice(
    candidates: KeptCandidates, rules: Sequence[PolicyRule], k: int
) -> None:
    found = under(candidates, *rules, k=k)
    assert sorted(found.order.tolist()) == list(range(len(candidates.items))), "every candidate is somewhere"
    assert len(found.put_by) == min(k, found.shown)
    assert all(note.endswith(".") for note in found.notes)


@given(candidate_lists(), policies, lengths)
def test_the_order_of_the_rules_does_not_matter(
    candidates: KeptCandidates, rules: Sequence[PolicyRule], k: int
) -> None:
    assert listed(candidates, *rules, k=k) == listed(candidates, *reversed(rules), k=k)


@given(candidate_lists(), caps, st.lists(favours, max_size=2), lengths)
def test_a_cap_is_never_broken_without_a_word(
    candidates: KeptCandidates, cap: SectionCap, rules: Sequence[PolicyRule], k: int
) -> None:
    found = under(candidates, cap, *rules, k=k)
    first = candidates.sections[found.order[: min(k, cap.first)]]
    fullest = max(Counter(first[first >= 0].tolist()).values(), default=0)
    assert fullest <= cap.most or found.notes


@given(candidate_lists(), st.integers(0, MOST - 1), st.integers(1, 12), policies)
def test_a_pin_is_where_it_should_be(
    candidates: KeptCandidates, article: int, place: int, rules: Sequence[PolicyRule]
) -> None:
    article %= len(candidates.items)
    rules = [one for one in rules if not isinstance(one, Block | Exploration)]
    found = listed(candidates, Pin(article=article, place=place), *rules, k=12)
    assert found[min(place, len(found)) - 1] == article


@given(candidate_lists(), st.sampled_from([(0,), (1, 2)]), policies, lengths)
def test_a_section_that_is_left_out_is_never_shown(
    candidates: KeptCandidates, sections: tuple[int, ...], rules: Sequence[PolicyRule], k: int
) -> None:
    found = listed(candidates, Block(sections=sections), *rules, k=k)
    assert not set(candidates.sections[found].tolist()) & set(sections)


@given(candidate_lists(), lengths)
def test_no_weight_no_change(candidates: KeptCandidates, k: int) -> None:
    rules = (Variety(weight=0), Calibration(weight=0), Block(), SectionCap(most=20, first=1))
    assert listed(candidates, *rules, k=k) == list(range(min(k, len(candidates.items))))
