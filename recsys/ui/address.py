"""The view in the address: reading it, writing it, and what Back and Forward do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote, unquote

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from recsys.analysis.live_session import MOST_CLICKS
from recsys.artifacts.store import LoadedSet
from recsys.core.entities import OVERRIDABLE
from recsys.core.numbers import whole_number
from recsys.core.policy import NO_POLICY
from recsys.core.timestamps import iso, parse_time
from recsys.engine.engine import LARGEST_K
from recsys.errors import InputError
from recsys.policy.files import as_json, policy_from_json
from recsys.ui.browser import component
from recsys.ui.view_state import DEFAULT_K, ViewState

CHOICE = re.compile(r"[a-z_]{1,40}\.[a-z_]{1,40}")
"""What a page's own choices are called."""
LONGEST_CHOICE = 5_000
"""A pinned view, with its policy, is the longest."""
_mount_history = component("history", ["history"])


def one_step_a_view() -> None:
    """Make one press of Back one view back: Streamlit puts each page into the history without its view first."""
    _mount_history(key="browser_history", height=1)


def came_by_history() -> bool:
    """Whether this run was caused by Back or Forward, so that the address is right and the session is not."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation and bool(st.query_params)


def read(loaded: LoadedSet, start: ViewState) -> tuple[ViewState, list[str]]:
    """The view in the address; otherwise as in ``view_of``."""
    return view_of(st.query_params.to_dict(), loaded, start)


def view_of(parameters: Mapping[str, str], loaded: LoadedSet, start: ViewState) -> tuple[ViewState, list[str]]:
    """The view that the parameters of an address describe, and a sentence for each part that could not be read.

    Where they name no reader, it is the view to start with, in the context and the length that they name.
    """
    settings, algorithms = loaded.engine.dataset, loaded.engine.suggesting
    known = (*algorithms, *loaded.engine.beside)  # to leave out who suggests nothing changes nothing
    names = loaded.engine.names
    messages: list[str] = []
    user_id, as_of = (None, None) if "user" in parameters else (start.user_id, start.as_of)
    text = parameters.get("user", "none").strip()
    if text.casefold() != "none":
        user_id = names.typed_user(text)
        if user_id is None:
            messages.append(f"{text!r} is not a reader id: ids are whole numbers. A new reader is shown instead.")
    k = whole_number(parameters.get("k", str(DEFAULT_K)))
    if k is None or not 1 <= k <= LARGEST_K:
        messages.append(f"k must be a whole number from 1 to {LARGEST_K}; {DEFAULT_K} is used.")
        k = DEFAULT_K
    overrides = {}
    try:
        if "as_of" in parameters:
            as_of = parse_time(parameters["as_of"])
    except InputError as error:
        messages.append(str(error))
    for name in OVERRIDABLE:
        try:
            if name in parameters:
                overrides[name] = settings.code(name, parameters[name])
        except InputError as error:
            messages.append(str(error))
    without = [name.strip() for name in parameters.get("without", "").split(",") if name.strip()]
    messages += [f"Unknown algorithm {name!r}." for name in without if name not in known]
    article = names.typed_article(parameters["article"]) if "article" in parameters else None
    clicked = [text for text in parameters.get("session", "").split(",") if text.strip()]
    session = tuple(number for text in clicked if (number := names.typed_article(unquote(text))) is not None)
    if len(session) < len(clicked):
        messages.append("Some of the session's clicks are not article ids; they are left out.")
    if len(session) > MOST_CLICKS:
        messages.append(f"A session can hold {MOST_CLICKS} clicks; only the last ones are kept.")
    policy = NO_POLICY
    try:
        if "policy" in parameters:
            policy = policy_from_json(parameters["policy"], "The policy in the address")
    except InputError as error:
        messages.append(str(error))
    view = ViewState(
        user_id=user_id,
        as_of=as_of,
        overrides=overrides,
        k=k,
        without=tuple(name for name in algorithms if name in without),
        keep=parameters.get("keep") == "yes",
        policy=policy,
        article=article,
        session=session[-MOST_CLICKS:],
        tour=whole_number(parameters.get("tour", "")),
        choices=_choices(parameters),
    )
    return view, messages


def with_other_pages(view: ViewState, page: str, before: ViewState) -> ViewState:
    """A view read from the address of one page, with what had been chosen on the others."""
    elsewhere = {name: own for name, own in before.choices.items() if not name.startswith(f"{page}.")}
    return replace(view, choices={**elsewhere, **view.choices})


def write(set_name: str, loaded: LoadedSet, page: str, view: ViewState) -> None:
    """Put the view into the address, so that its link opens the same page."""
    parameters = parameters_of(set_name, loaded, page, view)
    if st.query_params.to_dict() != parameters:
        st.query_params.from_dict(parameters)


def parameters_of(set_name: str, loaded: LoadedSet, page: str, view: ViewState) -> dict[str, str]:
    """A view of a page as the parameters of its address."""
    names = loaded.engine.names
    parameters = {"set": set_name, "user": "none" if view.user_id is None else str(names.user(view.user_id))}
    if view.as_of is not None:
        parameters["as_of"] = iso(view.as_of)
    parameters |= {name: str(code) for name, code in view.overrides.items()}
    if view.k != DEFAULT_K:
        parameters["k"] = str(view.k)
    if view.without:
        parameters["without"] = ",".join(view.without)
    if view.keep:
        parameters["keep"] = "yes"
    if view.policy != NO_POLICY:
        parameters["policy"] = as_json(view.policy)
    if view.article is not None:
        parameters["article"] = str(names.article(view.article))
    if view.session:
        parameters["session"] = ",".join(quote(str(names.article(one)), safe="") for one in view.session)
    if view.tour is not None:
        parameters["tour"] = str(view.tour)
    return parameters | {name: value for name, value in view.choices.items() if name.startswith(f"{page}.")}


def _choices(parameters: Mapping[str, str]) -> dict[str, str]:
    return {name: value[:LONGEST_CHOICE] for name, value in parameters.items() if CHOICE.fullmatch(name)}
