"""The tour: six prepared views, each with a caption, through whatever set is open."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from recsys.analysis.highlights import Case
from recsys.analysis.sample_visits import FIRST
from recsys.artifacts.store import LoadedSet
from recsys.core.entities import ENSEMBLE
from recsys.core.types import HOUR
from recsys.ranking.fates import Fate
from recsys.ui.navigation import go_to
from recsys.ui.shown_set import with_shown_set
from recsys.ui.theme import LOOKS, plain
from recsys.ui.view_state import ViewState, change, current
from recsys.ui.words import context_in_words_of, lead_in_words, ordinal, story_in_words

EARLY_ENOUGH = HOUR
"""How early the story of the tour should have been on the list; beyond, its size counts."""


@dataclass(frozen=True)
class Step:
    """A prepared view: the page that shows it, what is in it, and what to look at."""

    title: str
    caption: str
    page: str
    view: ViewState


def steps(loaded: LoadedSet) -> list[Step]:
    """The tour of a set; where it has no such case, a step shows the next best."""
    return [_win(loaded), _miss(loaded), _new_reader(loaded), _story(loaded), _own_clicks(loaded), _scoreboard()]


@with_shown_set
def start(loaded: LoadedSet, number: int = 1) -> None:
    """Open a step, from 1. For callbacks of widgets."""
    step = steps(loaded)[number - 1]
    change(replace(step.view, tour=number))
    go_to(step.page)


def end() -> None:
    """End the tour, and stay where it is."""
    change(replace(current(), tour=None))


def draw(loaded: LoadedSet, page: str) -> None:
    """The caption of the step that is on, with the way back and on; nothing where there is no tour."""
    number = current().tour
    if number is None:
        return
    tour = steps(loaded)
    if not 1 <= number <= len(tour):
        return
    step = tour[number - 1]
    with st.container(border=True, key="tour", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**Tour, {number} of {len(tour)}: {step.title}.** {step.caption}", width="stretch")
        with st.container(horizontal=True, gap="small", vertical_alignment="center", width="content"):
            if page != step.page:
                _button("Back to the tour", "undo", number)
            elif number > 1:
                _button("Back", "arrow_back", number - 1)
            if number < len(tour):
                _button("Next", "arrow_forward", number + 1)
            st.button("End", on_click=end, type="tertiary", key="tour_end", help="End the tour")


def _button(label: str, icon: str, number: int) -> None:
    """A button that opens a step."""
    key = f"tour_{icon}"
    st.button(label, icon=f":material/{icon}:", on_click=start, args=(number,), key=key)


def _win(loaded: LoadedSet) -> Step:
    case = loaded.highlights.win
    if case is None:
        caption = "What this set would show a reader of whom nothing is known, and who suggested each article."
        return Step("A first list", caption, "recommend", ViewState())
    rank, best = case.ranks[ENSEMBLE], _best_alone(case)
    beaten = 0 < rank <= FIRST and not 0 < best[1] <= FIRST
    told = f"The combination ranked what they opened next {ordinal(rank)}. " if rank else ""
    alone = f"The best that one algorithm did with it was {ordinal(best[1])} ({best[0]})." if best[1] else ""
    caption = f"{told}{alone or 'No algorithm had it on its own list.'} It is marked in the list below."
    title = "A win for the combination" if beaten else "A list that was right"
    return Step(title, caption, "recommend", _view(case, k=max(FIRST, rank if rank <= 20 else FIRST)))


def _miss(loaded: LoadedSet) -> Step:
    case = loaded.highlights.miss
    if case is None:
        caption = "Every candidate, with its rank by each algorithm and the reranker's score. Click a row to see why."
        return Step("Every candidate", caption, "compare", ViewState())
    how = {
        Fate.SHOWN.key: f"it was ranked only {ordinal(case.ranks[ENSEMBLE])}",
        Fate.BELOW.key: f"the reranker put it {ordinal(case.ranks[ENSEMBLE])}, below the end of the list",
        Fate.DROPPED.key: "it was suggested, and the fast first stage dropped it",
        Fate.NOT_SUGGESTED.key: "no algorithm suggested it",
        Fate.NOT_IN_PLAY.key: "nobody had opened it lately, so nobody could know it",
        Fate.ALREADY_READ.key: "they had read it already, so it is not suggested",
    }[case.fate]
    name, rank = _best_alone(case)
    though = f", though {name} had it {ordinal(rank)}" if 0 < rank <= FIRST else ""
    caption = f"They opened an article that we did not show: {how}{though}. Its row is open: the bars say why."
    if not case.ranks[ENSEMBLE]:
        caption = f"They opened an article that we did not show: {how}."
    rows = "pool" if case.fate == Fate.DROPPED.key else "reranked"
    view = replace(_view(case), article=case.opened, choices={"compare.rows": rows})
    return Step("A miss", caption, "compare", view)


def _new_reader(loaded: LoadedSet) -> Step:
    case = loaded.highlights.new_reader
    if case is None:
        caption = "Choose a device, a system or a country above, and see which articles are there only because of it."
        return Step("A new reader", caption, "cold_start", ViewState())
    who = plain(context_in_words_of(loaded.engine, case.context))
    rank = case.ranks[ENSEMBLE]
    truth = f" With all that is known of a first visit, what they opened came {ordinal(rank)}." if rank else ""
    caption = f"Nothing is known of them but this: {who}. The marks say which articles that alone has changed.{truth}"
    overrides = {field: code for field, code in case.context.items() if code}
    return Step("A new reader", caption, "cold_start", ViewState(as_of=case.as_of, overrides=overrides))


def _story(loaded: LoadedSet) -> Step:
    stories = loaded.highlights.stories
    if not stories:
        caption = "Move the clock, or let it run: every list becomes what it would have been then."
        return Step("The clock", caption, "replay", ViewState())
    story = max(stories, key=lambda one: (one.is_early, min(one.lead or 0, EARLY_ENOUGH), one.clicks))
    title = plain(loaded.engine.title_of(story.article_id))
    caption = f"{title}: {story_in_words(story)}; {lead_in_words(story)}. Press play and watch it rise."
    view = ViewState(as_of=story.listed or story.first_click, article=story.article_id)
    return Step("A breaking story", caption, "replay", view)


def _own_clicks(loaded: LoadedSet) -> Step:
    case = loaded.highlights.own_clicks
    caption = "This reader has clicked {}. Every list has changed with every click: click on, or take one back."
    if case is None:
        return Step("Your own clicks", "Click what you would read, and see what changes.", "live_session", ViewState())
    titles = " and ".join(f"*{plain(loaded.engine.title_of(one))}*" for one in case.clicks)
    return Step(
        "Your own clicks", caption.format(titles), "live_session", ViewState(as_of=case.as_of, session=case.clicks)
    )


def _scoreboard() -> Step:
    caption = (
        "All of this measured on a real news site's log, and set beside the best published result on the same log."
    )
    return Step("The scoreboard", caption, "leaderboard", ViewState())


def _view(case: Case, k: int = FIRST) -> ViewState:
    return ViewState(user_id=case.user_id, as_of=case.as_of, k=k)


def _best_alone(case: Case) -> tuple[str, int]:
    """The algorithm that ranked it best by itself, and the rank; 0 where none listed it."""
    ranks = {name: rank for name, rank in case.ranks.items() if rank and name != ENSEMBLE}
    name = min(ranks, key=lambda one: ranks[one], default="")
    return (LOOKS[name].label, ranks[name]) if name else ("", 0)
