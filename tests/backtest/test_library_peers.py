"""Libraries beside ours: what they are asked, and that their lists come back for the same requests."""

import sys
from pathlib import Path

import numpy as np
from click.testing import CliRunner

from benchmarks.library_peers import main
from benchmarks.library_ways import WAYS, Way, ask, available, best_ways, drawn, quality, tuned_ways
from recsys.data.newsroom.simulate import simulate
from recsys.evaluation import protocols
from recsys.evaluation.saved_reports import LibraryReport
from recsys.testing import small_log
from tests.helpers import T0, tiny_log

PYTHON = Path(sys.executable)


def test_neighbours_come_from_the_sessions_before_the_window_alone() -> None:
    """Who opened 1 opened 2 before; the window's own sessions go on to 4."""
    before = [(user, user, article, 0.1 + user / 10) for user in range(4) for article in (1, 2)]
    before += [(user, user, user, 0.5) for user in (5, 6, 7)]
    window = [(4, 11, 1, 1.1), (4, 11, 4, 1.2), (4, 13, 1, 1.1), (4, 13, 4, 1.2)]
    log = tiny_log([*before, *window])
    tasks = protocols.hourly(log, (1, 2))
    assert tasks.moments.tolist() == [T0 + 3_600_000] * 2
    (answers,) = ask(PYTHON, log, tasks, [Way("implicit BM25")])
    assert answers.lists[:, 0].tolist() == [2, 2]
    assert (answers.lists[:, 1:] == -1).all()
    assert answers.times.hour_ms.shape == answers.times.batch_ms.shape == (1,)
    assert answers.times.in_batches == 2
    assert quality(log, tasks, answers.lists) == (0.0, 0.0)
    assert quality(log, tasks, np.full((2, 1), 4, np.int32)) == (1.0, 1.0)


def test_the_best_draw_of_what_is_installed_is_kept() -> None:
    log = small_log()
    assert set(available(PYTHON)) <= set(WAYS)
    ways = best_ways(PYTHON, log, (58, 60), draws=2, limit=10)
    assert [way.name for way in ways] == available(PYTHON)
    assert all(way in drawn(way.name, WAYS[way.name], 2) for way in ways)


def test_a_run_tells_what_each_came_to_and_what_it_takes(tmp_path: Path) -> None:
    simulate(tmp_path / "log", users=500, days=3, seed=3)
    file = tmp_path / "peers.json"
    options = ["--windows", "56:58", "--tuned-on", "52:53", "--limit", "10", "--draws", "1", "--json", str(file)]
    done = CliRunner().invoke(main, ["--data", str(tmp_path / "log"), "--python", str(PYTHON), *options])
    assert done.exit_code == 0, done.output
    report = LibraryReport.read(file)
    assert {"ensemble", "v-sknn", "stan", "vstan", "gru4rec", "implicit BM25", "implicit ALS"} <= set(report.found)
    assert set(report.left_out) == set(WAYS) - set(available(PYTHON))
    for name, peer in report.found.items():
        assert 0 <= peer.ndcg <= peer.hr <= 1, name
        assert 0 < peer.request_ms <= peer.request_ms_p99
        assert peer.hour_ms is not None
        assert peer.hour_ms > 0
        assert peer.batch_per_s is not None
        assert peer.batch_per_s > 0
        assert name in done.output
    again = tuned_ways(report, available(PYTHON))
    assert [(way.name, {**way.settings, "hours": way.hours}) for way in again] == [
        (name, report.found[name].settings) for name in available(PYTHON)
    ]
