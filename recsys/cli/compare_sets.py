"""``recsys compare-sets``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from recsys.artifacts.store import load
from recsys.cli import options
from recsys.core.files import write_text
from recsys.core.progress import Progress
from recsys.evaluation.set_comparison import comparison_table


@click.command("compare-sets")
@click.argument("old", type=options.FOLDER)
@click.argument("new", type=options.FOLDER)
@click.option("--data", type=options.FOLDER, help="A click log (default: the visits that the sets keep).")
@options.layout
@click.option(
    "--tolerance", default=0.0, show_default=True, type=click.FloatRange(0, 1),
    help="By so much NDCG@20 the new set may be worse.",
)  # fmt: skip
@click.option("--limit", type=click.IntRange(min=1), help="Most requests of an hour of the log.")
@click.option("--json", "json_file", type=options.FOLDER, help="Save the figures in this file.")
@click.option("--html", "html_file", type=options.FOLDER, help="Save them as a page in this file.")
@options.skip_bad_rows
def command(
    old: Path,
    new: Path,
    data: Path | None,
    layout: str | None,
    tolerance: float,
    limit: int | None,
    json_file: Path | None,
    html_file: Path | None,
    skip_bad_rows: bool,
) -> None:
    """Ask two sets the same questions, and say whether the new one is better, and for whom.

    The exit status is 1 where the new one is worse by more than the tolerance, beyond chance: a gate for a release.
    """
    from recsys.backtest import two_sets

    sets = load(old), load(new)
    stage = "Asking both sets"
    if data is None:
        progress = Progress({stage: 1.0})
        found = two_sets.on_kept_visits(*sets, progress.stage(stage))
    else:
        options.require_training_libraries()
        from recsys.data.loader import load as load_log

        log, _ = load_log(data, layout=layout, skip_bad_rows=skip_bad_rows)
        progress = Progress({stage: 1.0})
        found = two_sets.on_a_log(*sets, log, limit, progress.stage(stage))
    progress.close()
    if json_file is not None:
        found.write(json_file)
    if html_file is not None:
        from recsys.ui.reports.comparison import comparison_report

        write_text(html_file, comparison_report(found))
    click.echo(comparison_table(found))
    if found.is_worse(tolerance):
        click.echo(f"The new set is worse by more than {tolerance:g} NDCG@20.")
        sys.exit(1)
