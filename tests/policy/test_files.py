"""Policies as files."""

from pathlib import Path

import pytest

from recsys.core.policy import Policy
from recsys.errors import InputError
from recsys.policy.base import RULES
from recsys.policy.files import as_toml, policy_of, read_policies
from recsys.policy.rules.pin import Pin
from recsys.policy.rules.section_cap import SectionCap
from recsys.policy.rules.variety import Variety

VARIED = Policy(name="Varied", rules=(SectionCap(most=2), Variety(weight=0.25)))
PINNED = Policy(name="With a pin", rules=(Pin(article="the-story", place=1),))


@pytest.mark.parametrize("policies", [[VARIED], [VARIED, PINNED], [Policy(name="Nothing")]])
def test_what_is_saved_is_read_back(policies: list[Policy], tmp_path: Path) -> None:
    file = tmp_path / "policies.toml"
    file.write_text(as_toml(policies))
    assert read_policies(file) == policies


@pytest.mark.parametrize("key", RULES)
def test_every_rule_can_be_written_down(key: str, tmp_path: Path) -> None:
    needed = {"article": 5} if key == "pin" else {}
    policy = policy_of({"name": key, "rules": [{"rule": key, **needed}]}, "a test")
    file = tmp_path / "policy.toml"
    file.write_text(as_toml([policy]))
    assert read_policies(file) == [policy]
    [rule] = policy.rules
    assert isinstance(rule, RULES[key])
    assert rule.sentence().endswith(".")
    assert rule.label


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules = 5", "rules is not a list"),
        ("rules = [5]", "rule 1 is not a table"),
        ('[[rules]]\nrule = "magic"', "unknown rule 'magic'. Known: block, "),
        ('[[rules]]\nrule = "section_cap"\nmost = 0', "(section_cap): most: "),
        ('[[rules]]\nrule = "section_cap"\nmots = 2', "unknown setting 'mots'"),
        ('title = "x"', "unknown setting 'title'"),
        ("[policies]", "a list of tables"),
        ("=", "is not TOML"),
        (None, "can't be read"),
    ],
)
def test_what_is_wrong_is_named(text: str | None, said: str, tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(InputError) as refused:
        read_policies(file)
    assert said in str(refused.value)
    assert str(file) in str(refused.value)
