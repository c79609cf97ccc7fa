"""What holds for every policy and every list."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recsys.policy.base import PolicyRule
from recsys.policy.case import KeptCase
from recsys.policy.rules.block import Block
from recsys.policy.rules.calibration import Calibration
from recsys.policy.rules.exploration import Exploration
from recsys.policy.rules.freshness import Freshness
from recsys.policy.rules.most_read_cap import MostReadCap
from recsys.policy.rules.pin import Pin
from recsys.policy.rules.section_cap import SectionCap
from recsys.policy.rules.variety import Variety
from tests.policy.cases import a_case, listed, under

MOST = 30
lengths = st.integers(1, 12)


@st.composite
def cases(draw: st.DrawFn) -> KeptCase:
    n = draw(st.integers(1, MOST))
    chance = np.random.default_rng(draw(st.integers(0, 10_000)))
    vectors = chance.normal(size=(n, 4)).astype(np.float32)
    return a_case(
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


@given(cases(), policies, lengths)
def test_a_list_is_full_and_has_no_article_twice(case: KeptCase, rules: Sequence[PolicyRule], k: int) -> None:
    found = under(case, *rules, k=k)
    assert sorted(found.order.tolist()) == list(range(len(case.items))), "every candidate is somewhere"
    assert len(found.put_by) == min(k, found.shown)
    assert all(note.endswith(".") for note in found.notes)


@given(cases(), policies, lengths)
def test_the_order_of_the_rules_does_not_matter(case: KeptCase, rules: Sequence[PolicyRule], k: int) -> None:
    assert listed(case, *rules, k=k) == listed(case, *reversed(rules), k=k)


@given(cases(), caps, st.lists(favours, max_size=2), lengths)
def test_a_cap_is_never_broken_without_a_word(
    case: KeptCase, cap: SectionCap, rules: Sequence[PolicyRule], k: int
) -> None:
    found = under(case, cap, *rules, k=k)
    first = case.sections[found.order[: min(k, cap.first)]]
    fullest = max(Counter(first[first >= 0].tolist()).values(), default=0)
    assert fullest <= cap.most or found.notes


@given(cases(), st.integers(0, MOST - 1), st.integers(1, 12), policies)
def test_a_pin_is_where_it_should_be(case: KeptCase, article: int, place: int, rules: Sequence[PolicyRule]) -> None:
    article %= len(case.items)
    rules = [one for one in rules if not isinstance(one, Block | Exploration)]
    found = listed(case, Pin(article=article, place=place), *rules, k=12)
    assert found[min(place, len(found)) - 1] == article


@given(cases(), st.sampled_from([(0,), (1, 2)]), policies, lengths)
def test_a_section_that_is_left_out_is_never_shown(
    case: KeptCase, sections: tuple[int, ...], rules: Sequence[PolicyRule], k: int
) -> None:
    found = listed(case, Block(sections=sections), *rules, k=k)
    assert not set(case.sections[found].tolist()) & set(sections)


@given(cases(), lengths)
def test_no_weight_no_change(case: KeptCase, k: int) -> None:
    rules = (Variety(weight=0), Calibration(weight=0), Block(), SectionCap(most=20, first=1))
    assert listed(case, *rules, k=k) == list(range(min(k, len(case.items))))
