"""What is in here?"""

import pandas as pd
import streamlit as st

from recsys.core.entities import OVERRIDABLE
from recsys.core.timestamps import in_words
from recsys.data.dataset_settings import title
from recsys.ui.components import bars, charts, late
from recsys.ui.components.choices import choose
from recsys.ui.figures.articles import clicks
from recsys.ui.page_context import page_context
from recsys.ui.tables import inventory
from recsys.ui.theme import plain

page = page_context()
engine, manifest = page.loaded.engine, page.loaded.manifest

st.title("What is in here?", anchor=False)
st.markdown(
    f"*{plain(manifest.title)}*. The models were trained on everything before **{in_words(engine.start.time)}**. The "
    f"{manifest.replay_hours} hours after that were held back: they can be replayed, and quality is measured on them. "
    + " ".join(inventory.fitted_to_log(manifest))
)
megabytes = sum(entry.bytes for entry in manifest.files.values()) / 1e6
figures = {
    "Readers": f"{manifest.counts['users']:,}",
    "Articles": f"{manifest.counts['articles']:,}",
    "Clicks": f"{manifest.counts['clicks']:,}",
    "Size": f"{megabytes:.1f} MB",
    "Training": f"{sum(manifest.seconds.values()) / 60:.1f} min",
}
for column, (name, value) in zip(st.columns(len(figures)), figures.items(), strict=True):
    with column:
        late.metric(name, name, value)

st.header("Clicks by hour", anchor=False)
by_hour = inventory.clicks_by_hour(engine)
charts.show(
    clicks(by_hour), "Clicks in each hour, with the hours held back for replay on the right.", by_hour, "clicks_by_hour"
)

left, right = st.columns(2, gap="large")
with left:
    st.header("How long articles are read", anchor=False)
    lives = inventory.lives(engine)
    told = "Articles by the time from their first to their last click."
    bars.draw_table(lives, "life", "articles", told, "lives")
with right:
    st.header("Readers by device, OS and country", anchor=False)
    field = choose("data_and_models.by", "By", {field: title(field) for field in OVERRIDABLE})
    contexts = inventory.contexts(engine)
    mine = contexts[contexts["field"] == field]
    bars.draw_table(mine, "name", "visitors", f"Readers by {title(field)}.", "contexts", most=8)

st.header("Settings", anchor=False)
st.caption("Every number that this set was trained with, as `recsys settings` prints them.")
charts.table(inventory.settings(manifest), "settings")

st.header("Training time", anchor=False)
st.caption(f"Peak memory: {manifest.peak_memory_mb / 1000:.1f} GB.")
charts.table(pd.DataFrame({"stage": list(manifest.seconds), "seconds": list(manifest.seconds.values())}), "training")

st.header("Versions", anchor=False)
charts.table(
    pd.DataFrame({"library": list(manifest.versions), "version": list(manifest.versions.values())}), "versions"
)

st.header("Files", anchor=False)
st.caption(
    f"Each file was checked against its SHA-256 before it was read. That of the click log is {manifest.fingerprint}."
)
charts.table(inventory.files(manifest), "files")
