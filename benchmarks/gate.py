"""A small slice of the real log, measured: CI compares the ensemble with what is kept in results/gate.json.

python -m benchmarks.gate --data GLOBO [--keep]
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from recsys.backtest import runs as backtest
from recsys.data.loader import load
from recsys.evaluation.report import BacktestReport, table

METADATA = "articles_metadata.csv"

KEPT = Path(__file__).parent / "results" / "gate.json"
HOURS = (192, 264)
"""Files of the slice: a day of clicks to count, a day for the reranker to learn from, a day to measure."""
WINDOWS = (48, 72)
LIMIT = 60
"""Requests of each window."""
TOLERATED = 0.98
"""The ensemble may not fall under this share of the kept figure."""


def measure(globo: Path, show: bool = False) -> BacktestReport:
    """The ``hourly`` protocol on the slice."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "clicks").mkdir()
        for hour in range(*HOURS):
            file = f"clicks/clicks_hour_{hour:03d}.csv"
            (folder / file).symlink_to(globo.resolve() / file)
        (folder / METADATA).symlink_to(globo.resolve() / METADATA)
        log, _ = load(folder)
        [report] = backtest.hourly(log, [WINDOWS], limit=LIMIT, show=show)
        return report


@click.command()
@click.option("--data", required=True, type=click.Path(path_type=Path, exists=True), help="The real log's folder.")
@click.option("--keep", is_flag=True, help="Keep the figures as those to hold.")
def main(data: Path, keep: bool) -> None:
    """Measure the slice."""
    report = measure(data, show=True)
    click.echo(table(report))
    if keep:
        report.write(KEPT)
    else:
        kept = BacktestReport.read(KEPT).results["ensemble"]["ndcg@20"]
        click.echo(f"kept: {kept:.4f}; now {report.results['ensemble']['ndcg@20'] / kept:.3f} of it")


if __name__ == "__main__":
    main()
