"""A view that is pinned as A, to be set against what is on screen; kept in the address like everything else."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from recsys.artifacts.open_sets import open_set
from recsys.artifacts.store import LoadedSet
from recsys.core.entities import OVERRIDABLE
from recsys.data.dataset_settings import title
from recsys.errors import ArtifactError
from recsys.ui import address
from recsys.ui.shown_set import available_here, set_name, with_shown_set
from recsys.ui.theme import LOOKS
from recsys.ui.view_state import ViewState, set_choice
from recsys.ui.words import clock_time

CHOICE = "a_b.a"


@dataclass(frozen=True)
class Side:
    """A set and a view of it."""

    set_name: str
    loaded: LoadedSet
    view: ViewState


@with_shown_set
def pin(loaded: LoadedSet, view: ViewState) -> None:
    """Make a view A. For callbacks of widgets."""
    set_choice(CHOICE, _written(set_name(), loaded, view))


def prepare(set_name: str, loaded: LoadedSet, view: ViewState) -> ViewState:
    """The view with an A: itself, where none is pinned or it can't be read any more."""
    try:
        has_a = pinned(set_name, loaded, view) is not None
    except ArtifactError:
        has_a = True  # the page says what is wrong with its set
    return view if has_a else view.with_choice(CHOICE, _written(set_name, loaded, view))


def pinned(set_name: str, loaded: LoadedSet, view: ViewState) -> Side | None:
    """A, as a view has it; None where nothing is pinned, or what is pinned can't be read any more.

    Raises:
        ArtifactError: its set can't be used.
    """
    text = view.choices.get(CHOICE)
    if text is None:
        return None
    parameters = dict(parse_qsl(text))
    name = parameters.get("set", set_name)
    if name != set_name:
        folder = available_here().get(name)
        if folder is None:
            return None
        loaded = open_set(folder).get()
    own, messages = address.view_of(parameters, loaded, ViewState())
    return None if messages else Side(name, loaded, own)


def differences(a: Side, b: Side) -> list[str]:
    """In what two views differ, in words: "device (phone instead of desktop)"."""
    found = []
    if a.set_name != b.set_name:
        found.append(f"set of models ({b.set_name} instead of {a.set_name})")
    if a.view.user_id != b.view.user_id:
        found.append(f"reader ({_reader(b)} instead of {_reader(a)})")
    moments = [one.view.moment(one.loaded.engine) for one in (a, b)]
    if moments[0] != moments[1]:
        found.append(f"moment ({clock_time(moments[1])} instead of {clock_time(moments[0])})")
    for field in OVERRIDABLE:
        own = [one.view.overrides.get(field) for one in (a, b)]
        if own[0] != own[1]:
            names = ["the stored one" if code is None else b.loaded.engine.dataset.label(field, code) for code in own]
            found.append(f"{title(field)} ({names[1]} instead of {names[0]})")
    off = [", ".join(LOOKS[name].label for name in one.view.without) for one in (a, b)]
    if off[0] != off[1]:
        found.append(f"what is switched off ({off[1] or 'nothing'} instead of {off[0] or 'nothing'})")
    if a.view.policy != b.view.policy:
        names = [(one.view.policy.name or "without a name") if one.view.policy.rules else "none" for one in (a, b)]
        found.append(f"policy ({names[1]} instead of {names[0]})")
    return found


def _written(set_name: str, loaded: LoadedSet, view: ViewState) -> str:
    return urlencode(address.parameters_of(set_name, loaded, "", view))


def _reader(side: Side) -> str:
    user_id = side.view.user_id
    return "a new one" if user_id is None else str(side.loaded.engine.names.user(user_id))
