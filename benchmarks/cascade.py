"""Prints what it costs in quality that only the articles that the first stage keeps are scored by all features.

python -m benchmarks.cascade --data GLOBO --artifacts SET [--limit 400]

Measured on the tuning sessions of the set's replay hours, as in ``hourly``.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from recsys.artifacts.store import load
from recsys.core.types import HOUR
from recsys.data.loader import load as load_log
from recsys.data.next_click import NextClickTasks
from recsys.evaluation import protocols
from recsys.evaluation.metrics import gains
from recsys.evaluation.ranked_lists import DEPTH, BatchAnswer, run_batches

KEPT = (150, 100, 80, 60, 40, 30, 20)


@click.command()
@click.option("--data", required=True, type=click.Path(path_type=Path, exists=True), help="The log of the set.")
@click.option("--artifacts", required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--limit", default=400, show_default=True, help="Most requests of a window.")
def main(data: Path, artifacts: Path, limit: int) -> None:
    """Rank with every number of articles, and compare with the largest."""
    engine = load(artifacts).engine
    log, _ = load_log(data)
    origin = protocols.origin(log)
    windows = ((engine.start.time - origin) // HOUR, (engine.end - origin) // HOUR)

    def answer(batch: NextClickTasks, time: int) -> BatchAnswer:
        pool = engine.pool(batch.requests(engine.histories, engine.articles.ids), engine.at(time))
        return BatchAnswer({str(most): engine.reranker.rank(pool, most).top(DEPTH) for most in KEPT})

    tasks = protocols.hourly(log, windows, tuning=True, limit=limit)
    ranks = run_batches(tasks, answer, lambda _: None).ranks
    gained = {most: gains(ranks[str(most)], "ndcg@20") for most in KEPT}
    click.echo(f"{len(tasks):,} tuning requests, windows {windows[0]}:{windows[1]}; plain means over requests")
    for most, mine in gained.items():
        lost = mine - gained[KEPT[0]]
        error = lost.std() / np.sqrt(len(lost))
        click.echo(f"{most:>4} reranked: NDCG@20 {mine.mean():.5f}, {lost.mean():+.5f} ± {error:.5f}")


if __name__ == "__main__":
    main()
