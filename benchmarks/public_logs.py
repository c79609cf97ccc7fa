"""Public logs as published, from the file to a set: ``python -m benchmarks.public_logs FILE ...`` prints a table.

Beside the ensemble and its retrievers stand baselines that know the same clicks, on the same questions: the most read
of late, and V-SkNN (its neighbours from as long ago as the log is slow). The last column is the ensemble less the best
of all others, with its 95% interval.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from recsys.artifacts.store import LoadedSet, load
from recsys.backtest.baselines.registry import fitted_to
from recsys.core.entities import ENSEMBLE
from recsys.data.loader import load as load_log
from recsys.data.next_click import next_click_tasks
from recsys.evaluation.ranked_lists import RankedLists, rank_tasks
from recsys.evaluation.verdict import METRIC, Verdict
from recsys.training.pipeline import held_back
from recsys.training.settings import TrainingSettings
from recsys.training.walk_forward import fitted_engines

SYSTEMS = (ENSEMBLE, "item_cf", "als", "popularity", "two_tower", "opened_before", "popular-1h", "v-sknn")
NOTHING = "–"


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def command(files: tuple[Path, ...]) -> None:
    click.echo(f"| log | time | memory | questions | {' | '.join(SYSTEMS)} | less the best other |")
    click.echo("|---" * (5 + len(SYSTEMS)) + "|")
    for file in files:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "set"
            began = time.perf_counter()
            arguments = ["train", "--data", str(file), "--out", str(out), "--skip-bad-rows"]
            done = subprocess.run([sys.executable, "-m", "recsys", *arguments], capture_output=True, text=True)
            seconds = time.perf_counter() - began
            if done.returncode:
                click.echo(f"| {file.name} | {re.sub(r'.*recsys: ', '', done.stderr.strip().splitlines()[-1])} |")
                continue
            loaded = load(out)
            lists = beside_baselines(file, loaded)
            figures = {name: metrics[METRIC] for name, metrics in lists.metrics().items()}
            best = max(figures.values())
            cells = [_cell(figures.get(one), best) for one in SYSTEMS]
            minutes, memory = f"{seconds / 60:.1f} min", f"{loaded.manifest.peak_memory_mb / 1000:.1f} GB"
            verdict = Verdict.of(lists)
            less = f"{verdict.difference:+.3f} ({verdict.low:+.3f} to {verdict.high:+.3f})"
            click.echo(f"| {file.name} | {minutes} | {memory} | {len(lists.tasks):,} | {' | '.join(cells)} | {less} |")


def beside_baselines(file: Path, loaded: LoadedSet) -> RankedLists:
    """The set's lists and the baselines', for the questions that the set was measured on."""
    log = load_log(str(file), skip_bad_rows=True)[0]
    settings = TrainingSettings.model_validate(loaded.manifest.settings)
    start, end = loaded.engine.start.time, loaded.engine.end
    log = log.before(end)
    baselines = {name: one for name, one in fitted_to(settings).items() if not one.is_reranked}
    engines = {ENSEMBLE: loaded.engine, **fitted_engines(log, start, end, baselines, lambda _: None)}
    return rank_tasks(engines, held_back(settings.holdout, next_click_tasks(log), start), lambda _: None)


def _cell(figure: float | None, best: float) -> str:
    if figure is None:
        return NOTHING
    return f"**{figure:.4f}**" if figure == best else f"{figure:.4f}"


if __name__ == "__main__":
    command()
