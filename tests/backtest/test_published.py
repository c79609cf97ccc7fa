"""The published protocol: sessions filed by the hour in which they opened, and known whole from its end."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys.backtest import runs
from recsys.core.types import HOUR, MINUTE, Longs
from recsys.data.click_log import ClickLog, SessionStarts
from recsys.data.dataset_settings import Sessions
from recsys.data.loader import load
from recsys.errors import InputError
from recsys.evaluation import protocols
from recsys.testing import small_log
from tests.backtest.test_backtest import QUICK, SYSTEMS
from tests.helpers import T0, tiny_log, write_clicks


def opened(log: ClickLog, hours: dict[int, float]) -> ClickLog:
    """The log with the moments at which its sessions opened, in hours after T0."""
    sessions = np.array(sorted(hours), np.int64)
    times = np.array([T0 + round(hours[session] * HOUR) for session in sessions.tolist()], np.int64)
    return replace(log, session_starts=SessionStarts(sessions, times))


def hours_after(times: Longs, first: int) -> list[float]:
    return [round((time - first) / HOUR, 3) for time in times.tolist()]


def test_a_session_is_over_by_the_end_of_the_hour_in_which_it_opened() -> None:
    """Hours are counted from the first session's start, a quarter to: the first goes on until a quarter to one."""
    clicks = [(0, 1, 4, 0.0), (1, 2, 5, 0.5), (0, 1, 6, 0.9), (0, 1, 2, 1.1), (2, 4, 3, 1.2), (3, 5, 7, 1.3)]
    log = opened(tiny_log(clicks), {1: -0.25, 2: 0.45, 4: 0.7, 5: 1.3})
    filed = protocols.filed_as_published(log)
    assert filed.clicks.times.max() < protocols.origin(filed) + 3 * HOUR
    known = filed.before(protocols.origin(filed) + HOUR).clicks
    assert known.items.tolist() == [4, 5, 6, 2, 3], "the ends of sessions that opened in the hour, in their order"
    assert hours_after(known.times, protocols.origin(filed)) == [0.25, 0.75, 1.0, 1.0, 1.0]
    later = filed.clicks.rows(slice(5, None))
    assert (later.items.tolist(), hours_after(later.times, protocols.origin(filed))) == ([7], [1.55])


def test_hours_are_counted_from_where_the_dataset_says() -> None:
    log = opened(tiny_log([(0, 1, 4, 0.0), (0, 1, 6, 0.5)]), {1: -0.1})
    begin = datetime.fromtimestamp((T0 - 20 * MINUTE) / 1000, UTC)
    dataset = log.dataset.model_copy(update={"sessions": Sessions(filed_from=begin)})
    filed = protocols.filed_as_published(replace(log, dataset=dataset))
    assert hours_after(filed.clicks.times, protocols.origin(filed)) == [0.333, 0.833]


def test_starts_are_read_where_a_log_has_them(tmp_path: Path) -> None:
    rows = [(7, 30, 11, T0 + 5000), (7, 30, 12, T0 + 9000), (8, 31, 11, T0 + 7000), (8, 32, 12, T0 + 8000)]
    path = write_clicks(tmp_path, rows)
    frame = pd.read_csv(path)
    frame["session_start"] = [T0 + 1000, T0 + 2000, "soon", T0 + 9999]
    frame.to_csv(path, index=False)
    log, report = load(tmp_path)
    assert log.session_starts is not None
    assert not report.bad
    earliest = log.session_starts.opening(np.array([32, 30, 31]))
    assert (earliest - T0).tolist() == [8000, 1000, 7000], "its first click where what is given is no earlier time"

    frame.drop(columns="session_start").to_csv(path, index=False)
    log, _ = load(tmp_path)
    with pytest.raises(InputError, match="when sessions opened"):
        protocols.filed_as_published(log)


def test_it_is_measured_as_the_others_are() -> None:
    report = runs.hourly(small_log(), [(62, 64)], QUICK, limit=15, protocol="published", show=False)[0]
    assert report.protocol == "published"
    assert report.requests
    assert set(report.results) == SYSTEMS
