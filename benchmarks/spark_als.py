"""Prints how much ALS finds when it is trained here and on Spark, with several seeds each: a difference counts beside
what the seed alone changes.

python -m benchmarks.spark_als LOG [--seeds 5] [--master local[2]] [--day-before --per-click .1 --per-click 1]
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np

from recsys.training.backend import Backend, LocalBackend
from recsys.data.click_log import ClickLog
from recsys.core.types import Ints
from recsys.evaluation.ranked_lists import DEPTH, run_batches
from recsys.data.next_click import NextClickTasks
from recsys.ranking.ensemble import Recipe
from recsys.retrieval import als
from recsys.spark import learning
from recsys.spark.layout import lay_out
from recsys.spark.reading import read
from recsys.spark.session import connected
from recsys.spark.training import SparkBackend
from recsys.training.pipeline import held_back
from recsys.training.walk_forward import SPAN, fitted_engine


def ndcg(backend: Backend, log: ClickLog, end: int, asked: NextClickTasks, seed: int) -> float:
    """NDCG@20 of ALS alone on the day up to ``end``, as ``recsys train`` prints it."""
    als.SEED = seed
    engine = fitted_engine(log, end - SPAN, end, Recipe({"als": als.ALS}), {}, lambda _: None, backend)

    def lists(batch: NextClickTasks, time: int) -> Iterator[tuple[str, Ints]]:
        moment = engine.at(time)
        visitors, _ = engine.visitors(batch.requests(engine.histories, engine.articles.ids), moment)
        yield "als", moment.retrievers["als"].retrieve(visitors, DEPTH).items

    return run_batches(asked, lists, lambda _: None).metrics()["als"]["ndcg@20"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--seeds", default=5, show_default=True)
@click.option("--master", default="local[2]", show_default=True)
@click.option("--day-before", is_flag=True, help="Ask on the day before the held-back one, to choose a number by.")
@click.option("--per-click", multiple=True, type=float, default=[learning.REGULARIZATION_PER_CLICK], show_default=True)
def main(folder: Path, seeds: int, master: str, day_before: bool, per_click: tuple[float, ...]) -> None:
    """Train both ways with each seed, on Spark with each regularization."""
    with TemporaryDirectory() as place, connected(master) as spark:
        whole = lay_out(spark, read(spark, str(folder), Path(place), skip_bad_rows=False), Path(place))
        end = whole.end - SPAN if day_before else whole.end
        log, there = whole.before(end), SparkBackend(spark, whole)
        questions = held_back(there.questions(log, end - SPAN), end - SPAN)

        def measure(name: str, backend: Backend) -> None:
            found = [ndcg(backend, log, end, questions, seed) for seed in range(seeds)]
            each = ", ".join(f"{one:.4f}" for one in found)
            click.echo(f"{name}: {np.mean(found):.4f} ± {np.std(found, ddof=1):.4f} ({each})")

        measure("here", LocalBackend())
        for number in per_click:
            learning.REGULARIZATION_PER_CLICK = number
            measure(f"Spark, {number:g} a click", there)


if __name__ == "__main__":
    main()
