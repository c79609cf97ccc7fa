"""The page Policies, and what other pages make of a policy."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from recsys.artifacts.store import LoadedSet
from recsys.policy.base import RULES
from recsys.policy.files import as_json, policy_from_json, standard
from tests.app.conftest import OpenPage, drawn, listed, sentences


@pytest.fixture
def policies(open_page: OpenPage) -> AppTest:
    return open_page("policies")


def ids(app: AppTest) -> list[list[int]]:
    """The articles of both lists."""
    return [[card["id"] for card in column["cards"]] for column in drawn(app, "pair")["columns"]]


def in_the_address(app: AppTest) -> str:
    """The policy in the address."""
    found = app.query_params["policy"]
    return found if isinstance(found, str) else found[0]


def with_visits(app: AppTest) -> AppTest:
    """The page once the visits are there."""
    for _ in range(200):
        if "What this can't say" in sentences(app):
            return app
        app.run()
    raise AssertionError(sentences(app))


def test_a_slider_changes_the_list_and_says_what_it_costs(policies: AppTest) -> None:
    before, after = ids(policies)
    assert before == after
    policies.select_slider(key="policies_section_cap").set_value(1).run()
    before, after = ids(policies)
    assert before != after
    assert len(after) == len(before)
    marks = {card["mark"] for card in drawn(policies, "pair")["columns"][1]["cards"]}
    assert "new" in marks
    app = with_visits(policies)
    assert "of 100 next clicks" in sentences(app)
    assert in_the_address(app) == '{"name":"","rules":[{"rule":"section_cap","most":1}]}'


def test_the_price_stands_beside_the_sliders_at_a_glance(policies: AppTest) -> None:
    def glance() -> dict[str, tuple[str, str]]:
        return {one.label: (one.value, one.delta) for one in with_visits(policies).metric}

    without = glance()
    assert {change for _, change in without.values()} == {""}
    policies.select_slider(key="policies_section_cap").set_value(1).run()
    under = glance()
    assert float(under["Sections on a list"][0]) > float(without["Sections on a list"][0])
    for label, (value, change) in under.items():
        assert float(value) - float(without[label][0]) == pytest.approx(float(change or 0), abs=0.16), "each is rounded"


def test_the_first_sliders_are_those_for_variety(policies: AppTest) -> None:
    assert [one.label for one in policies.select_slider][:2] == ["Articles of one section", "Variety"]


@pytest.mark.parametrize("key", [key for key, kind in RULES.items() if kind.dial])
def test_every_slider_goes_there_and_back(policies: AppTest, key: str) -> None:
    strongest = RULES[key].dial_values[-1]
    policies.select_slider(key=f"policies_{key}").set_value(strongest).run()
    assert not policies.exception
    found = policy_from_json(in_the_address(policies), "the address")
    assert [getattr(one, RULES[key].dial) for one in found.rules] == [strongest]
    policies.select_slider(key=f"policies_{key}").set_value("off").run()
    assert not policies.exception
    assert "policy" not in policies.query_params


def test_an_example_is_in_force_on_other_pages(policies: AppTest, open_page: OpenPage) -> None:
    policies.menu_button(key="policy_example").click(standard()[0].name).run()
    without, under = ids(policies)
    assert under != without
    recommend = open_page("recommend")
    assert [card["id"] for card in listed(recommend)] == under


def test_a_link_opens_the_policy(app: AppTest, loaded: LoadedSet) -> None:
    article = int(loaded.engine.articles.ids[loaded.engine.start.live.items[5]])
    app.query_params["policy"] = json.dumps({"name": "Mine", "rules": [{"rule": "pin", "article": article}]})
    app.run()
    assert listed(app)[0]["id"] == article
    assert "Lists follow the policy **Mine**" in sentences(app)
    app.button(key="end_policy").click().run()
    assert listed(app)[0]["id"] != article
    assert "Lists follow" not in sentences(app)


@pytest.mark.parametrize("name", ["compare", "explain", "cold_start", "live_session", "replay", "embeddings", "a_b"])
def test_pages_of_one_list_follow_the_policy_and_say_so(
    app: AppTest, open_page: OpenPage, loaded: LoadedSet, name: str
) -> None:
    app.query_params["policy"] = '{"rules":[{"rule":"section_cap","most":1}]}'
    page = open_page(name)
    assert not page.exception
    assert f"{'List B follows' if name == 'a_b' else 'Lists follow'} the policy: At most one of" in sentences(page)
    if name in {"cold_start", "live_session"}:
        articles = loaded.engine.articles
        sections = [int(articles.sections[articles.index(card["id"])]) for card in listed(page)]
        assert len(set(sections)) == len(sections), "for readers whom nobody knows, too"


@pytest.mark.parametrize("text", ["{", "5", '{"rules":[{"rule":"magic"}]}', '{"rules":[{"rule":"pin"}]}', "x" * 9000])
def test_a_broken_policy_in_an_address_is_a_sentence(app: AppTest, text: str) -> None:
    app.query_params["policy"] = text
    app.run()
    assert not app.exception
    assert "The policy in the address" in sentences(app)


def test_rules_that_contradict_each_other_are_a_sentence(app: AppTest, loaded: LoadedSet) -> None:
    article = int(loaded.engine.articles.ids[0])
    rules = [{"rule": "pin", "article": article}, {"rule": "block", "articles": [article]}]
    app.query_params["policy"] = json.dumps({"rules": rules})
    app.run()
    assert not app.exception
    assert "leaves it out" in sentences(app)


def test_what_is_written_short_is_read_back(loaded: LoadedSet) -> None:
    text = json.dumps({"name": "All", "rules": [{"rule": key} for key in RULES if key != "pin"]})
    policy = policy_from_json(text, "a test")
    assert policy_from_json(as_json(policy), "a test") == policy


def test_a_policy_can_be_set_against_none(open_page: OpenPage) -> None:
    a_b = open_page("a_b")
    [offered] = [one for one in a_b.button if one.label == standard()[0].name]
    offered.click().run()
    assert not a_b.exception
    without, under = ids(a_b)
    assert without != under
    assert f"policy ({standard()[0].name} instead of none)" in sentences(a_b)


def test_an_article_is_pinned_and_a_section_left_out(policies: AppTest, loaded: LoadedSet) -> None:
    first, *_, last = ids(policies)[0]
    policies.selectbox(key="policies_pin").set_value(last).run()
    assert ids(policies)[1][:2] == [last, first]
    policies.number_input(key="policies_place").set_value(2).run()
    assert ids(policies)[1][:2] == [first, last]
    section = int(loaded.engine.articles.sections[loaded.engine.articles.index(first)])
    policies.selectbox(key="policies_pin").set_value(None).run()
    policies.multiselect(key="policies_sections").set_value([section]).run()
    assert not policies.exception
    assert first not in ids(policies)[1]
    assert len(ids(policies)[1]) == 10


def test_what_a_rule_costs_over_its_whole_range(policies: AppTest) -> None:
    app = with_visits(policies)
    app.button_group(key="policies.below").set_value("curve").run()
    assert not app.exception
    assert app.get("vega_lite_chart")
    assert "Each point is one setting of the slider" in "\n".join(one.value for one in app.caption)


def test_who_and_what_is_shown(policies: AppTest) -> None:
    app = with_visits(policies)
    app.button_group(key="policies.below").set_value("exposure").run()
    assert "away from what their readers have read" in sentences(app)
    everybody = app.dataframe[0].value
    app.button_group(key="policies.whose").set_value("device.1").run()
    assert not app.dataframe[0].value.equals(everybody)
    app.button_group(key="policies.by").set_value("device").run()
    assert not app.exception
    assert "who pays for the policy" in "\n".join(one.value for one in app.caption)


def test_two_rules_of_the_same_strength_have_a_price_each(policies: AppTest) -> None:
    """They are told apart by what they are, not by their numbers alone."""
    policies.select_slider(key="policies_variety").set_value(0.8).run()
    variety = with_visits(policies).dataframe[0].value
    policies.select_slider(key="policies_variety").set_value("off").run()
    policies.select_slider(key="policies_calibration").set_value(0.8).run()
    calibration = with_visits(policies).dataframe[0].value
    assert not variety.equals(calibration)
