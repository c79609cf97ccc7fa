"""``recsys train``."""

from __future__ import annotations

from pathlib import Path

import click

from recsys.cli import options
from recsys.core.timestamps import parse_time


@click.command("train")
@click.option("--data", required=True, help="A folder with a click log; with Spark, on any filesystem that it reads.")
@click.option("--out", required=True, type=options.FOLDER, help="The set of artifacts to publish.")
@options.settings_file
@click.option("--until", help="Use the log up to this moment (default: where its traffic ends).")
@click.option(
    "--replay-hours", default=24, show_default=True, type=click.IntRange(1, 24 * 14),
    help="The last hours, held back from training: to replay, and to measure on.",
)  # fmt: skip
@options.backend
@options.master
@click.option("--work", type=options.FOLDER, help="A folder that all of Spark can see (default: beside --out).")
@options.skip_bad_rows
def command(
    data: str,
    out: Path,
    settings_file: Path | None,
    until: str | None,
    replay_hours: int,
    engine: str,
    master: str | None,
    work: Path | None,
    skip_bad_rows: bool,
) -> None:
    """Train the ensemble on a click log and publish it as a set of artifacts."""
    options.only_with_spark(engine, master=master, work=work)
    options.require_training_libraries()
    from recsys.cli.training_output import load_report, training_report
    from recsys.training.pipeline import train_and_save
    from recsys.training.settings import TrainingSettings

    settings = TrainingSettings() if settings_file is None else TrainingSettings.read(settings_file)
    moment = None if until is None else parse_time(until)
    if engine == "spark":
        from recsys.spark.session import require

        require()
        from recsys.spark import training as on_spark

        click.echo(f"Reading {data} …")
        log, report, trained, saved = on_spark.train_and_save(
            data, out, settings, until=moment, replay_hours=replay_hours, skip_bad_rows=skip_bad_rows,
            master=master, work=work,
        )  # fmt: skip
    else:
        click.echo(f"Reading {data} …")
        log, report, trained, saved = train_and_save(
            Path(data), out, settings, until=moment, replay_hours=replay_hours, skip_bad_rows=skip_bad_rows
        )
    click.echo(load_report(log, report, trained))
    click.echo(training_report(trained, saved))
