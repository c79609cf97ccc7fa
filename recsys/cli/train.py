"""``recsys train``."""

from __future__ import annotations

from pathlib import Path

import click

from recsys.cli import options
from recsys.core.timestamps import parse_time
from recsys.errors import InputError
from recsys.retrieval.registry import RETRIEVERS


@click.command("train")
@click.option(
    "--data", required=True, help="A click log: a file, an archive or a folder; with Spark, on any filesystem it reads."
)
@click.option("--out", required=True, type=options.FOLDER, help="The set of artifacts to publish.")
@options.layout
@options.dataset
@click.option("--without", multiple=True, type=click.Choice(list(RETRIEVERS)), help="Train without this retriever.")
@options.settings_file
@click.option("--until", help="Use the log up to this moment (default: where its traffic ends).")
@click.option(
    "--replay-hours", type=click.IntRange(min=1),
    help="The last hours, held back from training: to replay, and to measure on (default: a day, or as many more as it "
    "takes to measure anything).",
)  # fmt: skip
@options.backend
@options.master
@click.option("--work", type=options.FOLDER, help="A folder that all of Spark can see (default: beside --out).")
@options.skip_bad_rows
def command(
    data: str,
    out: Path,
    layout: str | None,
    dataset: Path | None,
    without: tuple[str, ...],
    settings_file: Path | None,
    until: str | None,
    replay_hours: int | None,
    engine: str,
    master: str | None,
    work: Path | None,
    skip_bad_rows: bool,
) -> None:
    """Train the ensemble on a click log and publish it as a set of artifacts."""
    options.only_with_spark(engine, master=master, work=work)
    options.require_training_libraries(without)
    from recsys.training.settings import TrainingSettings

    settings = TrainingSettings() if settings_file is None else TrainingSettings.read(settings_file)
    settings = settings.without_retrievers(without)
    moment = None if until is None else parse_time(until)
    click.echo(f"Reading {data} …")
    if engine == "spark":
        if layout is not None or dataset is not None:
            raise InputError("--layout and --dataset are not for --engine spark, which reads the published layout.")
        from recsys.spark.session import require

        require()
        from recsys.spark import training as on_spark

        log, report, trained, saved = on_spark.train_and_save(
            data, out, settings, until=moment, replay_hours=replay_hours, skip_bad_rows=skip_bad_rows,
            master=master, work=work,
        )  # fmt: skip
    else:
        from recsys.data.loader import load
        from recsys.training.pipeline import publish, train

        log, report = load(data, layout=layout, dataset=dataset, skip_bad_rows=skip_bad_rows)
        trained = train(log, settings, until=moment, replay_hours=replay_hours)
        saved = publish(out, log, trained)
    from recsys.cli.training_output import load_report, training_report

    click.echo(load_report(log, report, trained))
    click.echo(training_report(trained, saved))
