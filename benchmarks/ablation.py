"""What each retriever and each group of features is worth: each left out in turn, everything retrained.

python -m benchmarks.ablation --data GLOBO --windows 216:240 --json benchmarks/results/ablation.json
"""

from __future__ import annotations

from pathlib import Path

import click

from recsys.backtest.walk import measured_spans
from recsys.core.entities import ENSEMBLE
from recsys.data.loader import load
from recsys.engine.engine import Engine
from recsys.evaluation import protocols
from recsys.evaluation.cold_start import rank_cold_tasks
from recsys.evaluation.intervals import interval
from recsys.evaluation.metrics import gains
from recsys.evaluation.ranked_lists import RankedLists, rank_tasks
from recsys.evaluation.saved_reports import AblationReport
from recsys.ranking.ensemble import Ensemble
from recsys.ranking.training_set import TrainingSetSettings
from recsys.training.adaptation import adapted
from recsys.training.settings import TrainingSettings

SETTINGS = TrainingSettings(training_set=TrainingSetSettings(tasks_per_hour=TrainingSetSettings().tasks_per_hour // 2))
"""Half as many tasks as the ensemble is trained with, for every variant alike: the rows of all lie side by side."""


def variants(settings: TrainingSettings) -> dict[str, Ensemble]:
    """The whole ensemble, it without each part, and with what is only beside."""
    whole = Ensemble.of(settings)
    found = {ENSEMBLE: whole}
    found |= {f"without {name}": whole.without_retriever(name) for name in settings.suggesting}
    for name in settings.beside or ():
        others = tuple(one for one in settings.beside or () if one != name)
        found[f"with {name}"] = Ensemble.of(settings.model_copy(update={"beside": others}))
    groups = dict.fromkeys(feature.group for feature in whole.features)
    found |= {f"without {group.lower()} features": whole.without_group(group) for group in groups}
    return found


@click.command()
@click.option("--data", required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--windows", default="216:240", show_default=True)
@click.option("--limit", default=250, show_default=True, help="Most requests of a window.")
@click.option("--json", "json_file", required=True, type=click.Path(path_type=Path))
def main(data: Path, windows: str, limit: int, json_file: Path) -> None:
    """Measure every variant on the same requests."""
    first, end = map(int, windows.split(":"))
    log, _ = load(data)
    tasks = protocols.hourly(log, (first, end), limit=limit)
    new = protocols.cold(log, (first, end), limit=limit)
    lists: dict[str, list[RankedLists]] = {}
    cold: dict[str, list[RankedLists]] = {}
    measured = protocols.start_and_end(log, (first, end))
    settings = adapted(SETTINGS, log.before(measured[0]))
    for span, engines, report_share in measured_spans(settings.walk_forward, log, measured, variants(settings)):
        for number, (name, engine) in enumerate(engines.items(), start=1):
            assert isinstance(engine, Engine)
            lists.setdefault(name, []).append(rank_tasks({ENSEMBLE: engine}, tasks.opening_in(*span), lambda _: None))
            if "popularity" in engine.start.retrievers:
                cold.setdefault(name, []).append(rank_cold_tasks(engine, new.opening_in(*span), lambda _: None))
            report_share(number / len(engines))
    report = AblationReport(
        windows=(first, end),
        requests=len(tasks),
        cold_requests=len(new),
        tasks_per_hour=SETTINGS.training_set.tasks_per_hour,
        results=_compared({name: RankedLists.joined(parts) for name, parts in lists.items()}),
        cold=_compared({name: RankedLists.joined(parts) for name, parts in cold.items()}),
    )
    report.write(json_file)
    for kind, variants_of_kind in (("results", report.results), ("cold", report.cold)):
        for name, figures in variants_of_kind.items():
            low, high = figures["ci95_difference"]
            click.echo(
                f"{kind:8} {name:<34}{figures['ndcg@20']:.4f}  {figures['hr@20']:.4f}   {low:+.4f} to {high:+.4f}"
            )


def _compared(lists: dict[str, RankedLists]) -> dict[str, dict[str, object]]:
    """NDCG@20 and HR@20 of every variant, and the 95% interval of its difference to the whole, request by request."""
    whole = gains(lists[ENSEMBLE].ranks[ENSEMBLE], "ndcg@20")
    table: dict[str, dict[str, object]] = {}
    for name, ranked in lists.items():
        metrics = ranked.metrics()[ENSEMBLE]
        lost = gains(ranked.ranks[ENSEMBLE], "ndcg@20") - whole
        low, high = interval(lost, ranked.tasks.moments)
        table[name] = {metric: round(metrics[metric], 5) for metric in ("ndcg@20", "hr@20")}
        table[name]["ci95_difference"] = [round(low, 5), round(high, 5)]
    return table


if __name__ == "__main__":
    main()
