"""Every rule by itself, on lists small enough to work out by hand."""

import numpy as np
import pytest

from recsys.errors import InputError
from recsys.policy.contradictions import check
from recsys.policy.rules.block import Block
from recsys.policy.rules.calibration import Calibrated, Calibration, divergence
from recsys.policy.rules.exploration import Exploration
from recsys.policy.rules.freshness import Freshness
from recsys.policy.rules.most_read_cap import MostReadCap
from recsys.policy.rules.pin import Pin
from recsys.policy.rules.section_cap import SectionCap
from recsys.policy.rules.variety import Variety
from tests.policy.made_up import listed, made_up, under


def test_no_rules_no_change() -> None:
    candidates = made_up([3.0, 2.0, 2.0, 1.0], reranked=2)
    assert listed(candidates) == [0, 1, 2, 3]
    assert under(candidates).notes == ()


def test_a_section_is_held_to_its_cap_and_no_longer() -> None:
    candidates = made_up([6, 5, 4, 3, 2, 1], sections=[7, 7, 7, 8, 8, 9])
    assert listed(candidates, SectionCap(most=2, first=4), k=6) == [0, 1, 3, 4, 2, 5]
    assert listed(candidates, SectionCap(most=1, first=2), k=6) == [0, 3, 1, 2, 4, 5], (
        "from the third place on by score"
    )


def test_articles_of_an_unknown_section_are_not_held_to_a_cap() -> None:
    assert listed(made_up([3, 2, 1], sections=[-1, -1, -1]), SectionCap(most=1, first=3)) == [0, 1, 2]


def test_a_cap_that_cant_be_held_says_so_and_the_list_stays_full() -> None:
    found = under(made_up([4, 3, 2, 1], sections=[5, 5, 5, 6]), SectionCap(most=1, first=4), k=4)
    assert found.order.tolist() == [0, 3, 1, 2]
    assert len(found.notes) == 1
    assert "At most one of a section among the first four." in found.notes[0]


def test_of_the_most_read_only_so_many() -> None:
    """The first is read most, the second next, and so on."""
    assert listed(made_up([5, 4, 3, 2, 1]), MostReadCap(most=1, top=3, first=3), k=5) == [0, 3, 4, 1, 2]


def test_age_halves_the_odds() -> None:
    """Scores are log-odds: twelve hours at a half-life of six are worth 2 log 2 = 1.386."""
    for ahead, order in ((1.4, [0, 1]), (1.37, [1, 0])):
        assert listed(made_up([ahead, 0.0], ages=[12.0, 0.0]), Freshness(half_life_hours=6)) == order


def test_maximal_marginal_relevance_by_hand() -> None:
    """Relevance is 1, .9 and 0; the second is just like the first, the third like neither.

    At .5 the second is worth .9 - 1 = -.1 after the first, the third 0. At .3 it is .9 - .3 / .7 = .47.
    """
    alike = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    candidates = made_up([10.0, 9.0, 0.0], vectors=alike)
    assert listed(candidates, Variety(weight=0.5)) == [0, 2, 1]
    assert listed(candidates, Variety(weight=0.3)) == [0, 1, 2]
    assert listed(candidates, Variety(weight=0.0)) == [0, 1, 2]


def test_variety_without_vectors_says_so() -> None:
    assert under(made_up([2, 1]), Variety()).notes == ("No algorithm of this set knows which articles are alike.",)


SHARES = np.array([0.75, 0.25])


def test_divergence_by_hand() -> None:
    """A reader with three quarters of one section and a quarter of another, and a list with one of each.

    With one more of the first: q = .99 (2/3, 1/3) + .01 (.75, .25) = (.6675, .3325), and
    KL = .75 log(.75 / .6675) + .25 log(.25 / .3325) = .0161. With one of neither: q = (.3375, .3325), KL = .5276.
    On an empty list: (.9975, .0025), KL = .9374; (.0075, .9925), KL = 3.1092; (.0075, .0025), KL = log 100 = 4.6052.
    """
    first = np.array([[2 / 3, 1 / 3], [1 / 3, 1 / 3]])
    assert divergence(SHARES, first) == pytest.approx([0.0161, 0.5276], abs=5e-5)
    one_of_each = np.array([0, 1, 2])
    calibrated = Calibrated.empty(SHARES.tolist(), one_of_each, 1.0, 3)
    assert calibrated.values() == pytest.approx([4.6052 - 0.9374, 4.6052 - 3.1092, 0], abs=5e-4)
    calibrated.take(0)
    calibrated.take(1)
    assert calibrated.values()[0] == pytest.approx(0.5276 - 0.0161, abs=1e-4)


def test_a_calibrated_list_has_the_readers_shares() -> None:
    candidates = made_up([4, 3, 2, 1], sections=[0, 0, 0, 1], read=[0, 0, 0, 1])
    assert listed(candidates, Calibration(weight=0.9)) == [0, 3, 1, 2]
    assert listed(candidates, Calibration(weight=0.0)) == [0, 1, 2, 3]


def test_nothing_is_calibrated_for_who_has_read_nothing() -> None:
    found = under(made_up([2, 1], sections=[0, 1]), Calibration(weight=0.9))
    assert found.order.tolist() == [0, 1]
    assert found.notes == ("This reader has read nothing whose section is known.",)


def test_a_place_goes_to_an_article_with_few_clicks() -> None:
    candidates = made_up([6, 5, 4, 3, 2, 1], clicks=[900, 800, 700, 3, 600, 2])
    rule = Exploration(places=(2,), at_most_clicks=5)
    assert listed(candidates, rule)[1] in (3, 5)
    assert under(candidates, rule).put_by[:3] == ("", "exploration", "")
    assert listed(candidates, rule) == listed(candidates, rule), "the same reader, the same minute, the same draw"
    drawn = {listed(candidates, rule.model_copy(update={"seed": seed}))[1] for seed in range(40)}
    assert drawn == {3, 5}, "both get their chance"


def test_who_is_clicked_more_often_in_the_same_time_is_drawn_more_often() -> None:
    candidates = made_up([3, 2, 1], clicks=[900, 1, 20], ages=[10, 10, 10])
    drawn = [listed(candidates, Exploration(places=(1,), at_most_clicks=50, seed=seed))[0] for seed in range(200)]
    assert drawn.count(2) > 150
    assert 0 not in drawn


def test_too_few_to_try_out() -> None:
    found = under(made_up([2, 1]), Exploration(places=(1,), at_most_clicks=5))
    assert found.order.tolist() == [0, 1]
    assert found.notes == ("None of the candidates has 5 clicks or fewer; 1 was wanted.",)


def test_a_pinned_article_has_its_place() -> None:
    found = under(made_up([4, 3, 2, 1]), Pin(article=3, place=2), k=3)
    assert found.order.tolist() == [0, 3, 1, 2]
    assert found.put_by == ("", "pin", "")


def test_a_pin_counts_towards_a_cap() -> None:
    candidates = made_up([4, 3, 2, 1], sections=[5, 6, 6, 5])
    assert listed(candidates, Pin(article=3, place=2), SectionCap(most=1, first=2), k=3)[:2] == [1, 3]


def test_what_is_left_out_is_on_no_list() -> None:
    candidates = made_up([4, 3, 2, 1], sections=[5, 6, 6, 5])
    assert listed(candidates, Block(articles=(0,), sections=(6,))) == [3]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ((Pin(article=0, place=1), Pin(article=1, place=1)), "gives place 1 to two articles"),
        ((Pin(article=0, place=3), Exploration(places=(3,))), "gives place 3 to two articles"),
        ((Pin(article=0, place=1), Pin(article=0, place=2)), "pins article 0 to two places"),
        ((Pin(article=0, place=1), Block(articles=(0,))), "pins article 0 and leaves it out"),
        ((Pin(article=0, place=1), Block(sections=(5,))), "pins article 0 and leaves it out"),
        ((Pin(article=99, place=1),), "article 99, which this set does not have"),
        ((Block(sections=("sports",)),), "Unknown section 'sports'"),
    ],
)
def test_rules_that_cant_hold_together_are_refused(rules: tuple, said: str) -> None:
    with pytest.raises(InputError, match=said):
        check(rules, made_up([2, 1], sections=[5, 6]).catalogue)
