"""The request and the answer as JSON: what goes in comes out, and the shape that clients know."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from recsys.api.schemas.request import RecommendationRequest
from recsys.core.entities import Click, Request
from recsys.data.dataset_settings import DatasetSettings, Labels
from recsys.data.names import IdNames, Names
from recsys.engine.engine import Engine
from recsys.errors import InputError
from recsys.retrieval.registry import RETRIEVERS

SETTINGS = DatasetSettings(
    name="tiny", title="Tiny", labels={"os": Labels(names={17: "Windows"}), "country": Labels(names={10: "DE"})}
)
times = st.integers(0, 4_000_000_000_000)
requests = st.builds(
    Request,
    user_id=st.integers(0, 10**6),
    history=st.none() | st.lists(st.builds(Click, st.integers(0, 10**6), times), max_size=3).map(tuple),
    overrides=st.dictionaries(st.sampled_from(["device", "os", "country"]), st.integers(0, 300)),
    as_of=st.none() | times,
    k=st.integers(1, 100),
    without=st.frozensets(st.sampled_from(list(RETRIEVERS))),
)


@given(requests)
def test_a_request_survives_the_way_over_the_wire(request: Request) -> None:
    assert (
        RecommendationRequest.model_validate_json(RecommendationRequest.of(request).to_json()).request(SETTINGS)
        == request
    )


def test_a_new_visitor_is_requested_with_an_empty_history() -> None:
    sent = RecommendationRequest.of(Request(overrides={"device": 1}))
    assert json.loads(sent.to_json()) == {"k": 10, "env": {"device": 1}, "history": []}


def test_labels_are_understood_in_any_case() -> None:
    sent = RecommendationRequest.model_validate({"user_id": 1, "env": {"os": " windows", "country": "de"}})
    assert sent.request(SETTINGS).overrides == {"os": 17, "country": 10}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "user_id is required"),
        ({"user_id": True}, "user_id"),
        ({"user_id": 1, "k": 0}, "k"),
        ({"user_id": 1, "k": 101}, "k"),
        ({"user_id": 1, "environment": {}}, "environment"),
        ({"user_id": 1, "env": {"device": 1.5}}, "env"),
        ({"user_id": ""}, "user_id"),
        ({"user_id": 1.5}, "user_id"),
        ({"user_id": 1, "history": [{"article_id": None, "time": "2017-10-10"}]}, "article_id"),
    ],
)
def test_what_is_no_request_is_refused_by_the_name_of_the_field(body: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        RecommendationRequest.model_validate(body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"user_id": "12345"}, "user_id: '12345' is not a whole number"),
        ({"user_id": -1}, "user_id: -1 is not"),
        ({"user_id": 2**63}, "user_id"),
        ({"user_id": 1, "history": [{"article_id": -1, "time": "2017-10-10"}]}, "article_id: -1 is not"),
    ],
)
def test_a_set_with_whole_numbers_knows_no_other_ids(body: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        RecommendationRequest.model_validate(body).request(SETTINGS)


def test_ids_that_are_names_come_back_as_they_came() -> None:
    names = Names(IdNames(["u-7", "u-8"]), IdNames(["-12", "40"], are_numbers=True))
    clicks = [{"article_id": -12, "time": "2017-10-10"}]
    body = {"user_id": "u-7", "k": 3, "history": clicks}
    request = RecommendationRequest.model_validate(body).request(SETTINGS, names)
    assert names.user(request.user_id or 0) == "u-7"
    again = RecommendationRequest.of(request, names)
    assert again.user_id == "u-7"
    assert again.history is not None
    assert [one.article_id for one in again.history] == [-12]


def test_the_answer_has_the_shape_that_clients_know(engine: Engine) -> None:
    user = int(engine.user_ids[5])
    stored = engine.recommend(Request(user)).profile.stored
    device = 1 if stored.device != 1 else 3
    sent = RecommendationRequest.model_validate({"user_id": user, "k": 3, "env": {"device": device}})
    found = engine.recommend(sent.request(engine.dataset))
    answer = json.loads(sent.answer(engine, found).model_dump_json())
    assert list(answer) == ["recommendations", "ground_truth", "user_profile"]
    assert answer["recommendations"] == list(found.articles)
    country = engine.dataset.label("country", stored.country)
    assert answer["user_profile"] == {
        "stored": {"device": stored.device, "os": stored.os, "country": country},
        "used": {"device": device, "os": stored.os, "country": country},
        "overrides_applied": True,
    }


def test_a_country_that_the_log_has_never_seen_is_shown_and_changes_nothing_else(engine: Engine) -> None:
    sent = RecommendationRequest.model_validate({"user_id": int(engine.user_ids[5]), "env": {"country": "zz"}})
    found = engine.recommend(sent.request(engine.dataset))
    profile = sent.answer(engine, found).user_profile
    assert profile.used.country == "ZZ"
    assert profile.overrides_applied
    assert (profile.used.device, profile.used.os) == (profile.stored.device, profile.stored.os)


def test_an_override_by_what_is_stored_anyway_changes_nothing(engine: Engine) -> None:
    user = int(engine.user_ids[5])
    device = engine.recommend(Request(user)).profile.stored.device
    sent = RecommendationRequest.model_validate({"user_id": user, "env": {"device": device}})
    found = engine.recommend(sent.request(engine.dataset))
    assert not sent.answer(engine, found).user_profile.overrides_applied
