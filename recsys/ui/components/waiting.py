"""Waiting for something that is being made in the background."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import streamlit as st

from recsys.ui.cached import Job

BEAT = timedelta(seconds=0.5)


def draw(job: Job[Any], what: str) -> None:
    """Show how far a job is; when it is done, draw the page again."""
    st.fragment(_beat, run_every=BEAT)(job, what)


def _beat(job: Job[Any], what: str) -> None:
    if job.is_done:
        st.rerun()
    st.progress(job.share, what)
