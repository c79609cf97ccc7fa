"""What a page says while lists follow a policy."""

from __future__ import annotations

import streamlit as st

from recsys.core.policy import NO_POLICY
from recsys.policy.base import rules_of
from recsys.ui.components import late
from recsys.ui.page_context import page_named
from recsys.ui.theme import plain
from recsys.ui.view_state import ViewState, set_policy

PAGE = "policies"


def draw(view: ViewState, lists: str = "Lists follow") -> None:
    """The policy in a line, with the ways to change it and to end it; nothing where there is none.

    ``lists`` says which of them follow it.
    """
    rules = [one.sentence() for one in rules_of(view.policy)]
    if not rules:
        return
    name = f" **{plain(view.policy.name)}**" if view.policy.name else ""
    st.markdown(f"{lists} the policy{name}: {plain(' '.join(rules))}")
    with late.links("of_the_policy"):
        st.page_link(page_named(PAGE), label="Change the policy", icon=":material/tune:")
        st.button("End the policy", key="end_policy", type="tertiary", on_click=set_policy, args=(NO_POLICY,))
