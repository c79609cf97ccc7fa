"""What is in here?"""

import pandas as pd
import streamlit as st

from recsys.domain import OVERRIDABLE
from recsys.ui import charts, inventory
from recsys.ui.choices import choose
from recsys.ui.figures.articles import clicks
from recsys.ui.figures.shapes import bars
from recsys.ui.page import shown
from recsys.ui.theme import plain

page = shown()
engine, manifest = page.loaded.engine, page.loaded.manifest

st.title("What is in here?", anchor=False)
st.markdown(
    f"*{plain(manifest.title)}*, trained on everything up to **{manifest.trained_at}**; the {manifest.replay_hours} "
    f"hours after that were held back and can be replayed, up to {manifest.until}."
)
megabytes = sum(entry.bytes for entry in manifest.files.values()) / 1e6
told = {
    "Visitors": f"{manifest.counts['users']:,}",
    "Articles": f"{manifest.counts['articles']:,}",
    "Clicks": f"{manifest.counts['clicks']:,}",
    "Size": f"{megabytes:.1f} MB",
    "Training": f"{sum(manifest.seconds.values()) / 60:.1f} min",
}
for column, (name, value) in zip(st.columns(len(told)), told.items(), strict=True):
    column.metric(name, value)

st.subheader("Clicks by hour", anchor=False)
by_hour = inventory.clicks_by_hour(engine)
charts.show(clicks(by_hour), "Clicks in each hour; the replayed hours at the right.", by_hour, "clicks_by_hour")

left, right = st.columns(2, gap="large")
with left:
    st.subheader("How long articles are read", anchor=False)
    lives = inventory.lives(engine)
    charts.show(bars(lives, "life", "articles", "articles"), "Articles by their life.", lives, "lives")
with right:
    st.subheader("Whom the visitors come with", anchor=False)
    field = choose("Field", OVERRIDABLE)
    contexts = inventory.contexts(engine)
    mine = contexts[contexts["field"] == field]
    charts.show(bars(mine.head(8), "name", "visitors", "visitors"), f"Visitors by {field}.", contexts, "contexts")

st.subheader("The time of the last request", anchor=False)
answer = page.answer()
took = pd.DataFrame(
    {"stage": list(answer.timings_ms), "milliseconds": [round(ms, 2) for ms in answer.timings_ms.values()]}
)
charts.table(took, "timings")

st.subheader("The parts and their settings", anchor=False)
charts.table(inventory.parts(manifest), "settings")

st.subheader("How long training took", anchor=False)
st.caption(f"At its peak it held {manifest.peak_memory_mb / 1000:.1f} GB of memory.")
charts.table(pd.DataFrame({"stage": list(manifest.seconds), "seconds": list(manifest.seconds.values())}), "training")

st.subheader("Versions", anchor=False)
charts.table(
    pd.DataFrame({"library": list(manifest.versions), "version": list(manifest.versions.values())}), "versions"
)

st.subheader("Files", anchor=False)
st.caption(
    f"Each was checked against its SHA-256 before anything read it. The click log's own is {manifest.fingerprint}."
)
charts.table(inventory.files(manifest), "files")
