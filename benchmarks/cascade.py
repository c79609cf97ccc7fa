"""Prints what it costs in quality that the large forest weighs only some of the articles that the glance leaves.

python -m benchmarks.cascade --data GLOBO --artifacts SET [--limit 400]

Asked are the tuning sessions of the set's replay hours, as in ``hourly``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np

from recsys.data.loader import load as load_log
from recsys.core.types import HOUR, Ints
from recsys.evaluation import protocols
from recsys.evaluation.ranked_lists import DEPTH, run_batches
from recsys.evaluation.metrics import gains
from recsys.data.next_click import NextClickTasks
from recsys.artifacts.store import load

WEIGHED = (150, 100, 80, 60, 40, 30, 20)


@click.command()
@click.option("--data", required=True, type=click.Path(path_type=Path, exists=True), help="The log of the set.")
@click.option("--artifacts", required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--limit", default=400, show_default=True, help="Most requests of a window.")
def main(data: Path, artifacts: Path, limit: int) -> None:
    """Ask with every number of articles, and compare with the largest."""
    engine = load(artifacts).engine
    reranker = engine.reranker
    assert reranker is not None
    log, _ = load_log(data)
    origin = protocols.origin(log)
    windows = ((engine.start.time - origin) // HOUR, (engine.end - origin) // HOUR)

    def lists(batch: NextClickTasks, time: int) -> Iterator[tuple[str, Ints]]:
        pool = engine.pool(batch.requests(engine.histories, engine.articles.ids), engine.at(time))
        for most in WEIGHED:
            yield str(most), reranker.rank(pool, most).top(DEPTH)

    asked = protocols.hourly(log, windows, tuning=True, limit=limit)
    places = run_batches(asked, lists, lambda _: None).places
    gained = {most: gains(places[str(most)], "ndcg@20") for most in WEIGHED}
    click.echo(f"{len(asked):,} tuning requests, windows {windows[0]}:{windows[1]}; plain means over requests")
    for most, mine in gained.items():
        lost = mine - gained[WEIGHED[0]]
        error = lost.std() / np.sqrt(len(lost))
        click.echo(f"{most:>4} reranked: NDCG@20 {mine.mean():.5f}, {lost.mean():+.5f} ± {error:.5f}")


if __name__ == "__main__":
    main()
