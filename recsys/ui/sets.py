"""Which set of models is shown, and what of a view another set knows."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, count
from pathlib import Path

import streamlit as st

from recsys.artifacts.store import LoadedSet
from recsys.core.timestamps import in_words
from recsys.data.dataset_settings import DatasetSettings, title
from recsys.ui import address, cached
from recsys.ui.messages import warning
from recsys.ui.navigation import go_to
from recsys.ui.page_context import FIRST_PAGE
from recsys.ui.shown_set import OWN, available_here, show
from recsys.ui.training_job import TrainingJob
from recsys.ui.view_state import VIEW, ViewState

KEY, FRESH = "set", "fresh_set"
"""Of the choice of a set, and of whether it has just been made: then it is shown from its first view."""
JOB, KEPT_JOBS = "training_job", "trained"
"""Under which the session keeps its training, and what made its own sets."""


def choose_set() -> tuple[str, LoadedSet] | None:
    """Let the user of the app pick a set, in the sidebar; None where there is none.

    Raises:
        ArtifactError: the chosen set can't be used.
    """
    _take_up_trained()
    found = available_here()
    if not found:
        return None
    names = list(found)
    wanted = st.query_params.get("set")
    is_new = VIEW not in st.session_state
    if wanted is not None and wanted not in names and is_new:
        warning(f"There is no set {wanted!r} here, so {names[0]!r} is shown.")
    if wanted in names and (is_new or address.came_by_history()):
        st.session_state[KEY] = wanted
    name = names[0]
    if len(names) > 1:
        name = st.sidebar.selectbox("Set of models", names, key=KEY)
    with st.spinner("Loading the models …"):
        return name, show(name, found[name])


def begin_training(data: Path, settings: str, name: str, *, keep: bool, extra: tuple[str, ...]) -> None:
    """Train on a log, whose settings are given as a ``dataset.toml``."""
    taken = available_here()
    free = next(one for one in chain([name], (f"{name}-{number}" for number in count(2))) if one not in taken)
    st.session_state[JOB] = TrainingJob(data, settings, free, keep=keep, extra=extra)


def training() -> TrainingJob | None:
    """The training that this session has begun last, until its set is open."""
    found: TrainingJob | None = st.session_state.get(JOB)
    return found


def forget_training() -> None:
    """Let go of a training that has ended without a set."""
    st.session_state.pop(JOB, None)


def _take_up_trained() -> None:
    """Open the set that this session has trained as soon as it is there, on the first page."""
    job = training()
    if job is None or not job.is_published:
        return
    forget_training()
    st.session_state[OWN] = {**st.session_state.get(OWN, {}), job.name: job.folder}
    st.session_state[KEPT_JOBS] = [*st.session_state.get(KEPT_JOBS, []), job]  # its folder lives as long as it does
    st.session_state[KEY] = job.name
    st.session_state[FRESH] = True
    go_to(FIRST_PAGE)


def first_view(loaded: LoadedSet) -> ViewState:
    """What a newcomer sees first: a visit that shows what the combination is for."""
    if loaded.showcase:
        visit = loaded.showcase[len(loaded.showcase) // 2]
        return ViewState(visit.user_id, visit.as_of)
    visits = cached.visits(loaded)
    return ViewState(int(visits.user_ids[0]), int(visits.moments[0])) if len(visits.user_ids) else ViewState()


def carried_over(view: ViewState, before: DatasetSettings, loaded: LoadedSet) -> tuple[ViewState, list[str]]:
    """A view of one set as far as another one knows what is in it, and a sentence for each part that it does not."""
    engine, messages = loaded.engine, []
    here = loaded.manifest.title
    if view.user_id is not None and not engine.knows(view.user_id):
        first = first_view(loaded)
        messages.append(f"{here} does not have reader {engine.names.user(view.user_id)}, so another one is shown.")
        view = replace(view, user_id=first.user_id, as_of=first.as_of)
    if view.as_of is not None and not engine.can_replay(view.as_of):
        messages.append(f"{here} can't replay {in_words(view.as_of)}, so the clock was moved.")
        view = replace(view, as_of=None)
    overrides = {}
    for field, code in view.overrides.items():
        known = _same_code(field, code, before, loaded)
        if known is None:
            messages.append(f"{here} does not know the {title(field)} {before.label(field, code)}.")
        else:
            overrides[field] = known
    article = view.article
    if article is not None and engine.articles.index(article) < 0:
        messages.append(f"{here} does not have the highlighted article.")
        article = None
    without = tuple(name for name in view.without if name in engine.suggesting)
    return replace(view, overrides=overrides, article=article, without=without), messages


def _same_code(field: str, code: int, before: DatasetSettings, loaded: LoadedSet) -> int | None:
    """The code that means the same in another set: that of the same name where codes have names."""
    names, names_before = (one.labels.get(field) for one in (loaded.engine.dataset, before))
    name = None if names_before is None else names_before.of(code)
    if names is not None and name is not None:
        return names.code(name)
    return code if code in cached.codes(loaded, field) else None
