"""A trained engine on a log: it answers as if it had served it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recsys.artifacts.store import LoadedSet, load
from recsys.core.entities import Request
from recsys.core.types import HOUR
from recsys.data.click_log import ClickLog
from recsys.engine.on_log import on_log


@pytest.mark.parametrize("hours", [0.5, 7.2, 23])
def test_on_its_own_log_it_answers_what_it_answers(loaded: LoadedSet, log: ClickLog, hours: float) -> None:
    engine, _ = on_log(loaded.engine, log)
    as_of = loaded.engine.start.time + round(hours * HOUR)
    for user in loaded.engine.user_ids[::500].tolist():
        request = Request(user, as_of=as_of)
        mine, theirs = engine.recommend(request), loaded.engine.recommend(request)
        assert (mine.articles, mine.scores, mine.profile) == (theirs.articles, theirs.scores, theirs.profile)


def test_it_goes_on_where_its_own_hours_end_with_articles_that_it_was_not_trained_on(
    older_set: Path, log: ClickLog
) -> None:
    older = load(older_set).engine
    engine, mine = on_log(older, log)
    assert engine.end > older.end
    assert len(engine.articles) == len(mine.articles) == len(set(mine.articles.ids.tolist()))
    assert set(log.articles.ids.tolist()) <= set(mine.articles.ids.tolist())
    assert (mine.articles.ids[mine.clicks.items] == log.articles.ids[log.clicks.items]).all()
    later = log.clicks.items[log.clicks.times >= older.end]
    listed = engine.recommend(Request(as_of=engine.end, k=100)).articles
    assert set(listed) & set(log.articles.ids[np.unique(later)].tolist())


def test_what_is_later_than_a_moment_changes_no_answer(loaded: LoadedSet, log: ClickLog) -> None:
    as_of = loaded.engine.start.time + 9 * HOUR
    whole, _ = on_log(loaded.engine, log)
    past, _ = on_log(loaded.engine, replace(log, clicks=log.clicks.before(as_of)))
    for user in loaded.engine.user_ids[::700].tolist():
        request = Request(user, as_of=min(as_of, past.end))
        assert whole.recommend(request).articles == past.recommend(request).articles
