"""What changed between two saved backtests of the same requests: NDCG@20 of one system, window by window.

python -m benchmarks.difference OLD.json NEW.json [--system ensemble]
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from recsys.core.entities import ENSEMBLE
from recsys.errors import InputError
from recsys.evaluation.intervals import interval
from recsys.evaluation.report import BacktestReport


@click.command()
@click.argument("old", type=click.Path(path_type=Path, exists=True))
@click.argument("new", type=click.Path(path_type=Path, exists=True))
@click.option("--system", default=ENSEMBLE, show_default=True)
def main(old: Path, new: Path, system: str) -> None:
    """Print the mean difference of the windows, with its 95% interval by a bootstrap over them."""
    try:
        before, after = BacktestReport.read(old), BacktestReport.read(new)
    except InputError as error:
        raise click.ClickException(str(error)) from None
    asked = [{window: found["requests"] for window, found in one.by_window.items()} for one in (before, after)]
    if asked[0] != asked[1]:
        raise click.ClickException("These two were not asked the same requests: the numbers by window differ.")
    if missing := [str(file) for file, one in ((old, before), (new, after)) if system not in one.results]:
        raise click.ClickException(f"There is no {system!r} in {' and '.join(missing)}.")
    gained = np.array([after.by_window[one][system] - before.by_window[one][system] for one in before.by_window])
    low, high = interval(gained, np.arange(len(gained)))
    was, now = (one.results[system]["ndcg@20"] for one in (before, after))
    click.echo(f"{system}: {was:.4f} -> {now:.4f}, {gained.mean():+.4f} ({low:+.4f} to {high:+.4f})")


if __name__ == "__main__":
    main()
