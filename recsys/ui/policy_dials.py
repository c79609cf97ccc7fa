"""The rules of a policy as controls: sliders, what is pinned, what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from recsys.core.policy import NO_POLICY, Policy, Rule
from recsys.data.names import Id
from recsys.evaluation.policy_price import BY_KEY
from recsys.policy import files
from recsys.policy.base import RULES, PolicyRule
from recsys.policy.rules.block import Block
from recsys.policy.rules.pin import Pin
from recsys.ui.browser import CONTROL, place
from recsys.ui.view_state import current, set_policy, show_in

OFF = "off"
NAME, PIN, PLACE, SECTIONS = "policies_name", "policies_pin", "policies_place", "policies_sections"
EXAMPLE = "policy_example"
"""The keys of the widgets."""
LONGEST_NAME = 80


def with_dials() -> list[type[PolicyRule]]:
    """The kinds of rules that have a slider, by what they are there for: those for more sections come first."""
    order = {measure: number for number, measure in enumerate(BY_KEY)}
    kinds = [kind for kind in RULES.values() if kind.dial]
    return sorted(kinds, key=lambda kind: order.get(kind.buys, len(order)))


def rule_of(policy: Policy, kind: type[PolicyRule]) -> PolicyRule | None:
    """The policy's rule of a kind, the first where there are several."""
    return next((one for one in policy.rules if isinstance(one, kind)), None)


def dial_text(kind: type[PolicyRule], value: float | str) -> str:
    """What a slider says."""
    return value if isinstance(value, str) else kind.dial_text.format(value)


def draw_sliders(policy: Policy) -> None:
    """A slider for each rule that can be stronger or weaker."""
    for kind in with_dials():
        own = rule_of(policy, kind)
        chosen = OFF if own is None else getattr(own, kind.dial)
        values = [*kind.dial_values, *([chosen] if own is not None and chosen not in kind.dial_values else [])]
        options = [OFF, *sorted(values, reverse=kind.dial_values[0] > kind.dial_values[-1])]
        show_in(_key(kind.key), chosen)
        st.select_slider(
            kind.label,
            options,
            key=_key(kind.key),
            format_func=partial(dial_text, kind),
            on_change=_turn,
            args=(kind.key,),
            help=kind().sentence() if own is None else own.sentence(),
        )


def draw_pin(policy: Policy, titles: Mapping[Id, str], k: int) -> None:
    """Which article is pinned, and at which place; ``titles`` by the ids of the log."""
    own = rule_of(policy, Pin)
    pinned = own.article if isinstance(own, Pin) else None
    options = [None, *([pinned] if pinned is not None and pinned not in titles else []), *titles]
    show_in(PIN, pinned)
    st.selectbox(
        "Pin an article",
        options,
        key=PIN,
        placeholder="none",
        format_func=lambda one: "none" if one is None else titles.get(one, str(one)),
        on_change=_pin,
    )
    show_in(PLACE, min(own.place if isinstance(own, Pin) else 1, k))
    st.number_input("At place", 1, k, key=PLACE, on_change=_pin, disabled=pinned is None)


def draw_sections(policy: Policy, names: Mapping[int, str]) -> None:
    """Which sections are left out; ``names`` by code."""
    own = rule_of(policy, Block)
    out = list(own.sections) if isinstance(own, Block) else []
    options: list[int | str] = [*names, *(one for one in out if one not in names)]
    labels = {one: names[one] if isinstance(one, int) and one in names else str(one) for one in options}
    show_in(SECTIONS, out)
    st.multiselect(
        "Leave out sections",
        options,
        key=SECTIONS,
        format_func=labels.__getitem__,
        placeholder="none",
        on_change=_leave_out,
    )


def draw_name(policy: Policy) -> None:
    """The policy's name."""
    show_in(NAME, policy.name)
    st.text_input("Name", key=NAME, max_chars=LONGEST_NAME, placeholder="without a name", on_change=_name)


def draw_examples() -> None:
    """Policies to try."""
    names = [policy.name for policy in files.standard()]
    with place("policy_examples", CONTROL), st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.menu_button("Try a policy", names, key=EXAMPLE, on_click=_try)
        st.button("No rules", key="no_policy", type="tertiary", on_click=set_policy, args=(NO_POLICY,))


def _key(key: str) -> str:
    return f"policies_{key}"


def _try() -> None:
    set_policy(next(one for one in files.standard() if one.name == st.session_state[EXAMPLE]))


def _turn(key: str) -> None:
    kind, value = RULES[key], st.session_state[_key(key)]
    policy = current().policy
    own = rule_of(policy, kind)
    if value == OFF:
        _replace(kind, None)
    else:
        _replace(kind, kind(**{kind.dial: value}) if own is None else own.model_copy(update={kind.dial: value}))


def _pin() -> None:
    article = st.session_state[PIN]
    _replace(Pin, None if article is None else Pin(article=article, place=int(st.session_state[PLACE])))


def _leave_out() -> None:
    sections = tuple(st.session_state[SECTIONS])
    own = rule_of(current().policy, Block)
    articles = own.articles if isinstance(own, Block) else ()
    _replace(Block, Block(articles=articles, sections=sections) if sections or articles else None)


def _name() -> None:
    set_policy(current().policy.model_copy(update={"name": st.session_state[NAME].strip()}))


def _replace(kind: type[PolicyRule], rule: PolicyRule | None) -> None:
    """The policy with one rule of a kind instead of what it had of that kind, or with none."""
    policy = current().policy
    rules: list[Rule] = [one for one in policy.rules if not isinstance(one, kind)]
    set_policy(policy.model_copy(update={"rules": tuple(rules if rule is None else [*rules, rule])}))
