"""``recsys backtest``."""

from __future__ import annotations

from pathlib import Path
from typing import cast, get_args

import click

from recsys.cli import options
from recsys.errors import InputError
from recsys.policy.files import read_policies

PROTOCOLS = ("hourly", "live", "published", "freshness", "last-click")


@click.command("backtest")
@click.option("--data", required=True, type=options.FOLDER, help="A click log: a file, an archive or a folder.")
@options.layout
@click.option("--protocol", required=True, type=click.Choice(PROTOCOLS), help="See docs/evaluation.md.")
@options.settings_file
@click.option("--policies", type=options.FOLDER, help="A TOML file of policies to measure beside the ensemble.")
@click.option("--windows", multiple=True, help="Hours since the log's start, from:to (default: the last 48).")
@click.option("--limit", type=click.IntRange(min=1), help="Most requests of a window, or users (last-click).")
@click.option("--tuning", is_flag=True, help="Measure on the sessions for tuning, not on those for testing.")
@click.option("--json", "files", multiple=True, type=options.FOLDER, help="Save the figures in this file.")
@options.skip_bad_rows
def command(
    data: Path,
    layout: str | None,
    protocol: str,
    settings_file: Path | None,
    policies: Path | None,
    windows: tuple[str, ...],
    limit: int | None,
    tuning: bool,
    files: tuple[Path, ...],
    skip_bad_rows: bool,
) -> None:
    """Measure the ensemble, each retriever and the baselines on a click log.

    For hourly, live and published, --windows may be given several times, and --json with it: one walk through the log,
    a report for each.
    """
    options.require_training_libraries()
    from recsys.backtest import freshness, runs
    from recsys.data.loader import load
    from recsys.evaluation.freshness import freshness_table
    from recsys.evaluation.report import table
    from recsys.training.settings import TrainingSettings

    spans = [parse_windows(text) for text in windows]
    if protocol == "last-click" and (spans or tuning):
        raise InputError("--windows and --tuning are not for the last-click protocol.")
    if protocol == "freshness" and len(spans) > 1:
        raise InputError("The freshness protocol takes --windows once.")
    if policies is not None and protocol not in get_args(runs.Protocol):
        raise InputError("--policies is for the hourly, live and published protocols.")
    if len(files) not in (0, max(len(spans), 1)):
        raise InputError("--json needs a file for each --windows.")
    wanted = () if policies is None else read_policies(policies)
    settings = TrainingSettings() if settings_file is None else TrainingSettings.read(settings_file)
    log, _ = load(data, layout=layout, skip_bad_rows=skip_bad_rows)
    if protocol == "freshness":
        found = freshness.freshness(log, spans[0] if spans else None, settings, limit=limit, tuning=tuning)
        for file in files:
            found.write(file)
        click.echo(freshness_table(found))
        return
    if protocol == "last-click":
        reports = [runs.last_click(log, settings, limit=limit)]
    else:
        one = cast(runs.Protocol, protocol)
        reports = runs.hourly(log, spans, settings, protocol=one, limit=limit, tuning=tuning, policies=wanted)
    for report, file in zip(reports, files, strict=False):
        report.write(file)
    for report in reports:
        click.echo(table(report))


def parse_windows(text: str) -> tuple[int, int]:
    """A range of windows as people write it, ``288:336``.

    Raises:
        InputError: it is not one.
    """
    first, colon, last = text.partition(":")
    if not (colon and first.isdigit() and last.isdigit()):
        raise InputError(f"{text!r} is not a range of windows; write it as from:to, such as 288:336.")
    return int(first), int(last)
