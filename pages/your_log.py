"""What would it recommend to your readers?"""

from pathlib import Path
from typing import Any

import streamlit as st

from recsys.core.process import free_memory_gb
from recsys.data.inspection import Inspection, corrected, inspect, preview, proposed_toml
from recsys.data.reading.resolve import settings_file
from recsys.data.reading.source import JSON, PACKED, PARQUET, TEXT
from recsys.errors import InputError, RecsysError
from recsys.evaluation.holdout import choose_holdout
from recsys.training.cost import Cost
from recsys.ui import messages, sets, training_job, uploads
from recsys.ui.components import training_progress
from recsys.ui.page_context import page_context
from recsys.ui.tables import log_columns
from recsys.ui.theme import plain
from recsys.ui.words import counted

ENDINGS = [one.removeprefix(".") for one in (*TEXT, *JSON, *PARQUET, *PACKED)]
page_context()
may_train = training_job.is_allowed()


def choose_log() -> Path | None:
    """A log that was dropped here, or the path of one on the machine that serves this page."""
    uploads.ask_for_files()
    files = st.file_uploader(
        "Drop a file of clicks here, and one about the articles beside it if there is one",
        ENDINGS,
        accept_multiple_files=True,
        max_upload_size=uploads.LARGEST_MB,
        key="log_files",
        help=f"CSV, TSV, JSON Lines or Parquet, packed or not; up to {uploads.LARGEST_MB} MB. Deleted when you leave.",
    )
    uploads.can_be_heard()
    uploaded = uploads.stored(files)
    if uploaded is not None:
        return uploaded.path
    if may_train:
        path = st.text_input("Or name a file or a folder on this machine", key="log_path").strip()
        return Path(path).expanduser() if path else None
    return None


def inspected(path: Path) -> Inspection:
    """What a log is, looked at once."""
    stamp = (path, path.stat().st_mtime if path.exists() else 0)
    if st.session_state.get("inspected", (None, None))[0] != stamp:
        st.session_state["inspected"] = stamp, inspect(path)
    found: Inspection = st.session_state["inspected"][1]
    return found


def columns_of(found: Inspection) -> dict[str, str]:
    """What each column is: as it was found out, until somebody says otherwise."""
    st.subheader("Which column is what?", anchor=False)
    names = ["", *(column.name for column in found.columns)]
    roles = {column.role: column.name for column in found.columns if column.role}
    chosen = {}
    for column, (role, words) in zip(st.columns(len(log_columns.ROLES)), log_columns.ROLES.items(), strict=True):
        start = roles.get(role, "")
        chosen[role] = column.selectbox(
            words, names, names.index(start), format_func=lambda name: name or "none", key=f"role_{role}_{found.path}"
        )
    return {role: name for role, name in chosen.items() if name != roles.get(role, "")}


def show(found: Inspection) -> None:
    """How the log was read, and what of it would be lost."""
    if found.log is None or found.report is None:
        if lacking := found.resolved.lacking:
            st.warning(f"No column looks like {' nor '.join(lacking)}: choose it above.", icon=":material/help:")
        else:
            messages.error(found.refusal)
        return
    if found.resolved.doubt:
        st.warning("Which column is what is a guess here: please check it.", icon=":material/help:")
    log, report = found.log, found.report
    figures = {"Clicks": len(log.clicks), "Readers": len(log.user_ids), "Articles": len(log.articles)}
    told = ", ".join(f"**{count:,}** {name.lower()}" for name, count in figures.items())
    lost = [f"{counted(len(report.bad), 'row')} that can't be read"] if report.bad else []
    lost += [f"{counted(report.repeated, 'repeated row')}"] if report.repeated else []
    st.markdown(f"Read as {told}. {'Left out: ' + '; '.join(lost) + '.' if lost else 'No row is lost.'}")
    notes = [*map(str, report.bad[:5]), *report.notes]
    st.caption("  \n".join(plain(f"{note[0].upper()}{note[1:].removesuffix('.')}.") for note in notes))
    columns: dict[str, Any] = {
        "time": st.column_config.DatetimeColumn("Time (UTC)", format="YYYY-MM-DD HH:mm:ss"),
        **log_columns.PREVIEW,
    }
    st.dataframe(preview(found), hide_index=True, placeholder="", key="log_preview", column_config=columns)


def train(found: Inspection) -> None:
    """Train on the log, and open what comes of it."""
    st.header("Train", anchor=False)
    assert found.log is not None
    try:
        holding = choose_holdout(found.log, found.log.end)
    except InputError as error:
        messages.error(str(error))
        return
    st.markdown(holding.in_words())
    if not may_train:
        st.info(
            "This server does not train. On a machine of your own: clone the project, then "
            f"`recsys train --data {plain(found.path.name)} --out artifacts/mine`, and `recsys serve`."
        )
        return
    cost, free = Cost.of(len(found.log.clicks)), free_memory_gb()
    st.markdown(cost.in_words(free))
    missing = training_job.left_out()
    if missing:
        st.warning(f"Libraries are missing here, so these algorithms are left out: {', '.join(missing)}.")
    keep = st.checkbox("Keep the set when I leave", key="keep_set", help="Your file is deleted either way.")
    fits = cost.fits(free)
    if st.button("Train on this log", type="primary", icon=":material/model_training:", disabled=not fits):
        extra = ("--skip-bad-rows", *(part for one in missing for part in ("--without", one)))
        settings = found.resolved.settings
        sets.begin_training(found.path, proposed_toml(found.resolved), settings.name, keep=keep, extra=extra)
        st.rerun()


st.title("What would it recommend to your readers?", anchor=False)
st.markdown(
    "Bring a log of clicks as it is: who opened what, and when. We work out the rest, and you can correct it. "
    "Training takes a few minutes; you are told how many before it begins."
)
job = sets.training()
if job is not None:
    training_progress.draw(job)
path = choose_log()
if path is not None and (job is None or not job.is_running):
    try:
        found = inspected(path)
        changed = columns_of(found) if found.resolved.unfold is None else {}
        if changed:
            found = corrected(found, changed)
        show(found)
        if found.log is not None:
            train(found)
        st.download_button("Download these settings", proposed_toml(found.resolved), settings_file(path).name)
    except RecsysError as error:
        messages.error(str(error))
