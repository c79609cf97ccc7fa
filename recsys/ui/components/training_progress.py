"""A training that is at work: how far it is, and a button that stops it."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from recsys.ui import sets
from recsys.ui.training_job import TrainingJob

BEAT = timedelta(seconds=1)


def draw(job: TrainingJob) -> None:
    """Show how far it is; once its set is there, the app opens it; where there is none, say why."""
    if job.is_running:
        st.fragment(_beat, run_every=BEAT)(job)
        return
    if not job.is_published:
        st.error("There is no new set: the training has ended before.", icon=":material/error:")
        st.code(job.report or "It was stopped.", language=None)
        st.button("Close", on_click=sets.forget_training)


def _beat(job: TrainingJob) -> None:
    if not job.is_running:
        st.rerun()
    st.progress(job.share, f"{job.stage} …")
    st.button("Stop", icon=":material/stop:", on_click=job.stop, key="stop_training")
