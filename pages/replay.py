"""What did it know, minute by minute?"""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import streamlit as st

from recsys.analysis.replay import clicks_in_spans
from recsys.analysis.stories import FIRST
from recsys.core.entities import ENSEMBLE
from recsys.core.types import HOUR, MINUTE, PAD
from recsys.ui import cached, replay_clock
from recsys.ui.components import article_lists, charts, moving_lists, story_chart, waiting
from recsys.ui.components.article_lists import Column, card
from recsys.ui.components.choices import choose, choose_article
from recsys.ui.components.story_chart import Mark
from recsys.ui.control_bar import moment_in_words
from recsys.ui.figures import articles as figures
from recsys.ui.page_context import page_context
from recsys.ui.tables import comparison
from recsys.ui.tables import replay as clock
from recsys.ui.theme import LOOKS, plain
from recsys.ui.view_changes import wall
from recsys.ui.view_state import highlight_article, show_in
from recsys.ui.words import clock_time, lead_in_words, story_in_words

STEPS = {"1 hour": HOUR, "10 min": 10 * MINUTE, "1 min": MINUTE}
PAUSE = timedelta(seconds=2)
page = page_context()
engine, view = page.loaded.engine, page.view
now = view.moment(engine)
stories = {story.article_id: story for story in page.loaded.highlights.stories}


def story_cards() -> None:
    """The stories of the day, a card each."""
    st.header("The stories of the day", anchor=False)
    st.markdown(
        f"When each was among the first {FIRST} articles of a reader of whom nothing is known, and how long before it "
        "was read most, which only hindsight can tell. **Click a story to play it.**"
    )
    columns = [
        Column(
            lead_in_words(story),
            "green" if story.is_early else "orange",
            [card(engine, story.article_id, now, note=story_in_words(story), mark="▶")],
        )
        for story in stories.values()
    ]
    article_lists.draw(columns, view.article, replay_clock.play, key="stories", kind="single")


def story_on_screen() -> None:
    """How often the story was opened through the day, when the list had it, and where the clock stands."""
    article_id = view.article if view.article is not None else next(iter(stories), None)
    item = PAD if article_id is None else int(engine.articles.index(article_id))
    if article_id is None or item == PAD:
        return
    edges = np.append(np.arange(engine.start.time, engine.end, STEPS["10 min"]), engine.end)
    story, title = stories.get(article_id), plain(engine.title_of(article_id))
    st.subheader(title, anchor=False)
    marks = []
    if story is not None:
        marks = [Mark(story.first_click, "first read"), Mark(story.peak, "most read")]
        if story.listed is not None:
            marks.append(Mark(story.listed, "on the list", "listed"))
    told = f": {story_in_words(story)}" if story is not None else ""
    story_chart.draw(
        edges,
        clicks_in_spans(engine, item, edges),
        marks,
        now,
        replay_clock.move_to,
        f"Clicks on {title} in every ten minutes of the day{told}. The clock is at {clock_time(now)}.",
    )


def controls() -> None:
    """The clock: a slider, steps back and forth, and play."""
    playing_story = stories.get(view.article) if view.article is not None else None
    if playing_story is not None and now >= playing_story.peak + replay_clock.LEAD_OUT:
        st.session_state[replay_clock.PLAYING] = False
    show_in(replay_clock.CLOCK, wall(replay_clock.within(engine, now)))
    hours: tuple[datetime, datetime] = wall(engine.start.time), wall(engine.end)
    st.slider(
        "Clock (UTC)",
        *hours,
        key=replay_clock.CLOCK,
        step=timedelta(minutes=1),
        format="MMM D, HH:mm",
        on_change=replay_clock.slide,
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name, step in STEPS.items():
            st.button(f"− {name}", on_click=replay_clock.move, args=(-step,))
        for name, step in reversed(STEPS.items()):
            st.button(f"+ {name}", on_click=replay_clock.move, args=(step,))
        playing = st.toggle("Play", key=replay_clock.PLAYING)
    if playing:
        pace = choose("replay.pace", "One step every two seconds", reversed(STEPS))
        st.session_state[replay_clock.FIRST_TICK] = True
        st.fragment(tick, run_every=PAUSE)(STEPS[pace])


def every_list() -> pd.DataFrame:
    """All lists, one after the other."""
    entries = [(one, engine.title_of(one), name) for name, ids in ids_now.items() for one in ids]
    return pd.DataFrame(entries, columns=["article_id", "article", "list"])


def tick(step: int) -> None:
    """Move the clock by a step; not in a run of the whole page, but with every beat after it."""
    if st.session_state.pop(replay_clock.FIRST_TICK, False) or now >= engine.end:
        return
    replay_clock.move(step)
    st.rerun()


def happened_next() -> None:
    """What readers really opened in the next minutes."""
    st.header("What really happened next", anchor=False)
    minutes = int(choose("replay.minutes", "In the next", {"10": "10 minutes", "30": "30 minutes", "60": "an hour"}))
    came, total = clock.happened(engine, now, minutes, view.k)
    if came.empty:
        st.info("Nobody came: the set's clicks end here, or it is a quiet hour.")
    else:
        mine, most_read = int(came[ENSEMBLE].notna().sum()), int(came["popular"].notna().sum())
        first = "all" if total == len(came) else f"the first {len(came)}"
        st.markdown(
            f"{total:,} readers opened something in the next {minutes} minutes. Of {first}, **{mine}** opened one of "
            f"the first {view.k} articles of their own list as of now, and **{most_read}** one of the {view.k} most "
            "read."
        )
        charts.table(
            came,
            "happened",
            {
                "moment": st.column_config.DatetimeColumn("At (UTC)", format="HH:mm:ss"),
                "visitor": charts.reader_column(),
                "article": "Opened",
                ENSEMBLE: "Rank in their list",
                "popular": "Rank among the most read",
            },
        )


def life_of_an_article() -> None:
    """How one article fared in every list through the day."""
    st.header("The life of an article", anchor=False)
    day = film.made()
    if day is None:
        waiting.draw(film, "Working out the whole day once, for everyone who opens this set …")
        return
    highlighted = [] if view.article is None or engine.articles.index(view.article) < 0 else [view.article]
    ids = list(dict.fromkeys([*highlighted, *stories, *answer.articles]))
    if not ids:
        st.info("There is no article to show at this moment.")
        return
    article = choose_article(st, "Article", ids, ids[0], engine.title_of)
    item = int(engine.articles.index(article))
    rows = clock.life(engine, day, item)
    minutes = clock.by_minute(engine, item)
    title = plain(engine.title_of(article))
    charts.draw(figures.clicks_by_minute(minutes, now), f"Clicks on {title} by minute.", "clicks_by_minute")
    charts.show(figures.ranks(rows, minutes, now), f"The rank of {title} in every list through the day.", rows, "life")
    st.caption("The ranks are those in an unknown reader's lists, every half hour. The line is the clock.")


st.title("What did it know, minute by minute?", anchor=False)
st.markdown(
    f"It is **{moment_in_words(page.loaded, view)}**. Move the clock, and every list becomes what it would have been "
    "then: the models know nothing that happened later. Under each article is how it has moved since the last change."
)
if stories:
    story_cards()
story_on_screen()
controls()
answer = page.answer()
own = {name: engine.articles.ids[items].tolist() for name, items in comparison.lists(answer, view.k).items()}
lists: dict[str, tuple[str, list[int]]] = {
    LOOKS[ENSEMBLE].label: (LOOKS[ENSEMBLE].colour, own.pop(ENSEMBLE)),
    "Read most now": ("gray", clock.popular(engine, answer, view.k)["article_id"].tolist()),
    "Rising fastest": ("gray", clock.fastest(engine, answer, view.k)["article_id"].tolist()),
} | {LOOKS[name].label: (LOOKS[name].colour, ids) for name, ids in own.items()}
ids_now = {name: ids for name, (_, ids) in lists.items()}
# What moved is told of the clock alone: another reader, or another context, has not moved.
asked = replace(view.request(), as_of=None)
asked_then, shown_at, before, shown_then = st.session_state.get("lists_before", (asked, now, {}, {}))
if asked_then != asked:
    before = {}
elif shown_at != now:
    before = shown_then
st.session_state["lists_before"] = (asked, now, before, ids_now)
columns = [
    moving_lists.column(engine, name, colour, ids, now, before.get(name), answer.ground_truth)
    for name, (colour, ids) in lists.items()
]
article_lists.draw(columns, view.article, highlight_article)
charts.on_demand(every_list, "lists", "Show the lists as a table")

film = cached.film(page.loaded)  # made meanwhile, whether or not it is looked at
below = {"next": "What really happened next", "life": "The life of an article"}
if choose("replay.below", "Below", below) == "next":
    happened_next()
else:
    life_of_an_article()
