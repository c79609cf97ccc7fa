"""What a set is shown with: the best there is, and the next best where there is none."""

from dataclasses import replace

import numpy as np
import pytest

from recsys.analysis.highlights import Highlights, find_highlights, find_miss, find_win
from recsys.analysis.live_session import LiveSession
from recsys.analysis.replay import Timeline, timeline
from recsys.analysis.sample_visits import SampleVisit
from recsys.analysis.stories import STEP, Story, find_stories
from recsys.artifacts.store import LoadedSet
from recsys.core.entities import ENSEMBLE, Request
from recsys.core.types import HOUR
from recsys.engine.engine import Engine


def visit(user_id: int, final: int, alone: int, fate: str = "shown") -> SampleVisit:
    return SampleVisit(user_id, 1, 9, {ENSEMBLE: final, "als": alone, "item_cf": 0}, fate, {})


def test_the_best_win_is_one_that_no_algorithm_had() -> None:
    visits = [visit(1, 1, 2), visit(2, 3, 40), visit(3, 2, 30), visit(4, 2, 50)]
    found = find_win(visits)
    assert found is not None
    assert found.user_id == 4, "the highest of those that none had, the farthest from any list"


def test_where_nobody_needed_the_combination_it_shows_the_best_list() -> None:
    found = find_win([visit(1, 5, 2), visit(2, 1, 1), visit(3, 0, 0)])
    assert found is not None
    assert found.user_id == 2
    assert find_win([visit(3, 0, 0)]) is None


def test_the_best_miss_is_one_that_can_be_explained() -> None:
    visits = [visit(1, 0, 0, "not_in_play"), visit(2, 30, 12, "below"), visit(3, 28, 4, "below"), visit(4, 1, 1)]
    found = find_miss(visits)
    assert found is not None
    assert (found.user_id, found.fate) == (3, "below")
    dropped = find_miss([visit(1, 0, 0, "not_in_play"), visit(5, 99, 9, "dropped")])
    assert dropped is not None
    assert dropped.fate == "dropped"


def test_where_nothing_was_missed_it_shows_the_lowest_hit() -> None:
    found = find_miss([visit(1, 3, 1), visit(2, 18, 9)])
    assert found is not None
    assert found.user_id == 2
    assert find_miss([]) is None


def test_a_set_without_visits_has_a_tour_too(engine: Engine) -> None:
    found = find_highlights(engine, [], lambda _: None)
    assert found.win is None
    assert found.miss is None
    assert found.new_reader is not None
    assert found.own_clicks is not None
    assert found.sizes.catalogue == len(engine.articles)


def test_cases_are_what_the_engine_says(loaded: LoadedSet) -> None:
    engine, shown = loaded.engine, loaded.highlights
    for case in (shown.win, shown.miss, shown.new_reader):
        assert case is not None
        answer = engine.recommend(Request(case.user_id, as_of=case.as_of, beside=True))
        assert answer.ground_truth == case.opened
        assert answer.ranks_of(case.opened or 0) == dict(case.ranks)
    assert shown.new_reader is not None
    assert not engine.recommend(Request(shown.new_reader.user_id, as_of=shown.new_reader.as_of)).history
    clicks = shown.own_clicks
    assert clicks is not None
    session = LiveSession(clicks.as_of, clicks.clicks)
    before, after = (engine.recommend(session.request(clicks.clicks[:n])).articles for n in (0, len(clicks.clicks)))
    assert len(set(after) - set(before)) >= 2, "a session that is worth showing changes the list"


def test_it_is_the_same_when_it_is_read_again(loaded: LoadedSet) -> None:
    assert Highlights.model_validate_json(loaded.highlights.model_dump_json()) == loaded.highlights


@pytest.fixture(scope="module")
def film(engine: Engine) -> Timeline:
    return timeline(engine, Request(), STEP, 10, lambda _: None)


def test_stories_say_when_the_list_had_them(engine: Engine, film: Timeline) -> None:
    stories = find_stories(engine, film)
    assert 3 <= len(stories) <= 6
    assert stories == sorted(stories, key=lambda one: one.first_click)
    assert any(not one.is_early for one in stories), "one that the list missed, or had too late, is among them"
    for story in stories:
        item = int(engine.articles.index(story.article_id))
        times = engine.replay.times[engine.replay.items == item]
        assert story.first_click <= times.min()
        around = np.abs(times - story.peak) <= 1.5 * STEP
        assert story.clicks == pytest.approx(around.sum(), abs=3)
        if story.listed is not None:
            listed = engine.recommend(Request(as_of=story.listed, k=10)).articles
            earlier = engine.recommend(Request(as_of=max(story.listed - STEP, engine.start.time), k=10)).articles
            assert story.article_id in listed
            assert story.article_id not in earlier or story.listed == engine.start.time


def test_a_day_without_anything_new_tells_of_what_was_read_most(engine: Engine, film: Timeline) -> None:
    """As if the replay hours had begun when everything had been opened once."""
    later = replace(film, moments=film.moments[-6:], lists={name: one[-6:] for name, one in film.lists.items()})
    assert len(find_stories(engine, later)) <= 6


def test_how_early_a_story_was() -> None:
    story = Story(article_id=1, first_click=0, listed=HOUR, peak=3 * HOUR, clicks=9)
    assert (story.lead, story.is_early) == (2 * HOUR, True)
    late = story.model_copy(update={"listed": 4 * HOUR})
    assert (late.lead, late.is_early) == (-HOUR, False)
    missed = story.model_copy(update={"listed": None})
    assert (missed.lead, missed.is_early) == (None, False)
