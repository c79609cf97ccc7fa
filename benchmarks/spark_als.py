"""Prints the quality of ALS trained here and on Spark, with several seeds each, so that a difference can be compared
with what the seed alone changes.

python -m benchmarks.spark_als LOG [--seeds 5] [--master local[2]] [--day-before --per-click .1 --per-click 1]
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np

from recsys.core.types import DAY
from recsys.data.click_log import ClickLog
from recsys.data.next_click import NextClickTasks
from recsys.evaluation.ranked_lists import DEPTH, BatchAnswer, run_batches
from recsys.ranking.ensemble import Ensemble, EnsembleSettings
from recsys.retrieval.als import ALS, ALSSettings
from recsys.spark.layout import lay_out
from recsys.spark.reading import read
from recsys.spark.session import connected
from recsys.spark.training import SparkBackend
from recsys.training.backend import Backend, LocalBackend
from recsys.training.pipeline import held_back
from recsys.training.settings import HoldoutSettings
from recsys.training.walk_forward import fitted_engine


def ndcg(backend: Backend, log: ClickLog, end: int, tasks: NextClickTasks, settings: ALSSettings) -> float:
    """NDCG@20 of ALS alone on the day up to ``end``, as ``recsys train`` prints it."""
    ensemble = Ensemble.of(EnsembleSettings(retrievers={"als": settings}, features=()))
    engine = fitted_engine(log, end - DAY, end, ensemble, {}, lambda _: None, backend)

    def answer(batch: NextClickTasks, time: int) -> BatchAnswer:
        moment = engine.at(time)
        visitors, _ = engine.visitors(batch.requests(engine.histories, engine.articles.ids), moment)
        return BatchAnswer({"als": moment.get(ALS).retrieve(visitors, DEPTH).items})

    return run_batches(tasks, answer, lambda _: None).metrics()["als"]["ndcg@20"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--seeds", default=5, show_default=True)
@click.option("--master", default="local[2]", show_default=True)
@click.option("--day-before", is_flag=True, help="Measure on the day before the held-back one, to choose a number by.")
@click.option(
    "--per-click", multiple=True, type=float, help="Spark's regularization (default: the one it trains with)."
)
def main(folder: Path, seeds: int, master: str, day_before: bool, per_click: tuple[float, ...]) -> None:
    """Train both ways with each seed, on Spark with each regularization."""
    settings = ALSSettings()
    with TemporaryDirectory() as place, connected(master) as spark:
        whole = lay_out(spark, read(spark, str(folder), Path(place), skip_bad_rows=False), Path(place))
        end = whole.end - DAY if day_before else whole.end
        log, on_spark = whole.before(end), SparkBackend(spark, whole)
        tasks = held_back(HoldoutSettings(), on_spark.tasks(log, end - DAY), end - DAY)

        def measure(name: str, backend: Backend, settings: ALSSettings) -> None:
            found = [ndcg(backend, log, end, tasks, settings.model_copy(update={"seed": s})) for s in range(seeds)]
            each = ", ".join(f"{one:.4f}" for one in found)
            click.echo(f"{name}: {np.mean(found):.4f} ± {np.std(found, ddof=1):.4f} ({each})")

        measure("here", LocalBackend(), settings)
        for number in per_click or (settings.spark_regularization_per_click,):
            own = settings.model_copy(update={"spark_regularization_per_click": number})
            measure(f"Spark, {number:g} a click", on_spark, own)


if __name__ == "__main__":
    main()
