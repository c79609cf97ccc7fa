"""Policies over the REST API, and on the command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from benchmarks.running_app import running_app
from recsys.cli.group import cli
from recsys.core.entities import Request
from recsys.core.policy import Policy
from recsys.engine.engine import Engine
from recsys.errors import InputError
from recsys.policy.files import as_policy_table, as_toml
from recsys.policy.rules.section_cap import SectionCap
from recsys.policy.rules.variety import Variety

VARIED = Policy(name="Varied", rules=(Variety(weight=0.6),))
MIXED = Policy(name="One of each", rules=(SectionCap(most=1),))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("policies") / "policies.toml"
    file.write_text(as_toml([VARIED, MIXED]))
    return file


@pytest.fixture(scope="module")
def address(small_set: Path, file: Path) -> Iterator[str]:
    """A server under the first of two policies."""
    with running_app(small_set, "--policy", str(file)) as address:
        yield address


def post(address: str, **body: object) -> httpx.Response:
    return httpx.post(f"{address}/api/reco", json=body, timeout=30)


def under(engine: Engine, user: int, policy: Policy) -> list[int]:
    return list(engine.recommend(Request(user, policy=policy)).articles)


def test_the_servers_policy_is_in_force_and_named(address: str, engine: Engine) -> None:
    user = int(engine.user_ids[11])
    answer = post(address, user_id=user).json()
    assert answer["recommendations"] == under(engine, user, VARIED)
    assert answer["policy"] == {"name": "Varied", "notes": []}


def test_another_can_be_asked_for_by_name_or_as_rules_or_none(address: str, engine: Engine) -> None:
    user = int(engine.user_ids[11])
    for wanted in ("One of each", as_policy_table(MIXED)):
        answer = post(address, user_id=user, policy=wanted).json()
        assert answer["recommendations"] == under(engine, user, MIXED)
        assert answer["policy"]["name"] == "One of each"
    answer = post(address, user_id=user, policy={"rules": []}).json()
    assert answer["recommendations"] == list(engine.recommend(Request(user)).articles)
    assert "policy" not in answer


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("Magic", "unknown policy 'Magic'. Known: Varied, One of each."),
        (5, "policy: "),
        ({"rules": [{"rule": "magic"}]}, "policy.rules.0: "),
        ({"rules": [{"rule": "section_cap", "most": 0}]}, "policy.rules.0.most: "),
        ({"rules": [{"rule": "section_cap", "most": "2"}]}, "policy.rules.0.most: "),
        ({"rules": [{"rule": "pin"}]}, "policy.rules.0.article: "),
        ({"rules": [{"rule": "pin", "article": 10**12}]}, "which this set does not have"),
        ({"rules": [{"rule": "block", "sections": ["no such section"]}]}, "Unknown section"),
        ({"rules": [{"rule": "variety"}] * 21}, "policy.rules: "),
    ],
)
def test_what_is_wrong_with_a_policy_is_named(address: str, engine: Engine, policy: object, said: str) -> None:
    answer = post(address, user_id=int(engine.user_ids[0]), policy=policy)
    assert answer.status_code == 400
    assert said in answer.json()["error"]


def test_a_command_follows_a_policy(small_set: Path, engine: Engine, tmp_path: Path) -> None:
    file, user = tmp_path / "policy.toml", int(engine.user_ids[11])
    file.write_text(as_toml([MIXED]))
    call = ["recommend", "--artifacts", str(small_set), "--user-id", str(user), "--policy", str(file)]
    answer = json.loads(CliRunner().invoke(cli, [*call, "--json"]).output)
    assert answer["recommendations"] == under(engine, user, MIXED)
    assert answer["policy"]["name"] == "One of each"
    assert "At most one of a section among the first ten." in CliRunner().invoke(cli, call).output


def test_a_file_of_several_is_too_many_for_one_list(small_set: Path, file: Path, engine: Engine) -> None:
    call = ["recommend", "--artifacts", str(small_set), "--user-id", str(engine.user_ids[0]), "--policy", str(file)]
    done = CliRunner().invoke(cli, call)
    assert isinstance(done.exception, InputError)
    assert "has 2 policies" in str(done.exception)
