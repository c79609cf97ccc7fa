"""What the published figures of session kNN owe to clicks from after the window's start.

The published protocol files a session under the hour in which it opened, and then knows whole sessions: those that
opened before the window, with the clicks that they had within it. The protocol here knows clicks up to the window's
start. This measures the session recommenders both ways: by ``hourly`` and by ``published``.

python -m benchmarks.whole_sessions --data GLOBO --windows 24:336 --json benchmarks/results/whole-sessions.json
"""

from __future__ import annotations

from pathlib import Path

import click

from recsys.backtest.baselines.peers import PEERS
from recsys.backtest.baselines.registry import BASELINES, alone
from recsys.backtest.walk import measured_spans
from recsys.data.click_log import ClickLog
from recsys.data.loader import load
from recsys.data.next_click import NextClickTasks
from recsys.evaluation import protocols, report
from recsys.evaluation.ranked_lists import RankedLists, rank_tasks
from recsys.evaluation.saved_reports import WholeSessionReport
from recsys.training.settings import WalkForwardSettings
from recsys.training.walk_forward import Span

SETTINGS = WalkForwardSettings()
ENSEMBLES = {name: entry.ensemble for name, entry in BASELINES.items() if not entry.ensemble.is_reranked} | {
    name: alone(kind) for name, kind in PEERS.items()
}
"""The session recommenders: what only lists by visitor, as the static lists do, knows no sessions."""


def lists_for(log: ClickLog, tasks: NextClickTasks, measured: Span) -> RankedLists:
    """The baselines' lists for the tasks, where they know ``log``."""
    walk = measured_spans(SETTINGS, log, measured, ENSEMBLES, tasks=tasks)
    return RankedLists.joined(
        [rank_tasks(engines, tasks.opening_in(*span), report_share) for span, engines, report_share in walk]
    )


@click.command()
@click.option("--data", required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--windows", default="24:336", show_default=True)
@click.option("--limit", default=None, type=int, help="Most requests of a window.")
@click.option("--json", "json_file", required=True, type=click.Path(path_type=Path))
def main(data: Path, windows: str, limit: int | None, json_file: Path) -> None:
    """Measure the baselines both ways."""
    first, end = map(int, windows.split(":"))
    log, _ = load(data)
    found = {}
    for title, known in (("up to the window", log), ("whole sessions", protocols.filed_as_published(log))):
        tasks = protocols.hourly(known, (first, end), limit=limit)
        lists = lists_for(known, tasks, protocols.start_and_end(known, (first, end)))
        found[title] = report.results(lists, protocols.windows_of(lists.tasks, known))
    WholeSessionReport(windows=(first, end), requests=len(tasks), limit=limit, results=found).write(json_file)
    for title, systems in found.items():
        for name, figures in systems.items():
            click.echo(f"{title:<18} {name:<12} {figures['ndcg@20']:.4f}  {figures['hr@20']:.4f}")


if __name__ == "__main__":
    main()
