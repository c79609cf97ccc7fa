"""Looks for the best settings of the published session recommenders, on tuning sessions: so many draws for each.

python -m benchmarks.tune_peers --data GLOBO [--windows 216:264] [--draws 40] [--limit 60] [--json FILE] [PEER ...]

The first draw of each is what it has now. Random search, log-uniform (Bergstra & Bengio, JMLR 2012); all draws answer
the same requests, in one walk.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from recsys.backtest.baselines.peers import PEERS
from recsys.backtest.baselines.registry import alone
from recsys.backtest.baselines.v_sknn import VSkNN
from recsys.backtest.walk import measured_spans
from recsys.data.click_log import ClickLog
from recsys.data.loader import load
from recsys.evaluation import protocols
from recsys.evaluation.metrics import gains, mean_over_groups
from recsys.evaluation.ranked_lists import RankedLists, rank_tasks
from recsys.evaluation.report import SavedReport
from recsys.retrieval.base import Retriever, RetrieverSettings
from recsys.training.settings import WalkForwardSettings

Range = tuple[float, float]
SIZES: dict[str, Range] = {"neighbours": (50, 1500), "sample": (200, 2500), "memory_hours": (6, 72)}
DECAYS: dict[str, Range] = {"own_decay": (0.3, 6), "session_decay": (1, 100), "distance_decay": (0.3, 6)}
RANGES: dict[str, dict[str, Range]] = {
    "v-sknn": SIZES,
    "stan": SIZES | DECAYS,
    "vstan": SIZES | DECAYS | {"latest_decay": (0.2, 6), "rarity": (0.02, 5)},
    "gru4rec": {
        "dimensions": (32, 128),
        "learning_rate": (0.001, 0.01),
        "batch": (32, 256),
        "popularity_half_life": (0.1, 1),
    },
}
KINDS: dict[str, type[Retriever]] = {VSkNN.name: VSkNN, **PEERS}
SEED = 7


class Tuning(SavedReport):
    """The draws of each peer, the best first: its settings and NDCG@20."""

    windows: tuple[int, int]
    requests: int
    draws: int
    found: dict[str, list[tuple[float, dict[str, Any]]]]


def drawn(kind: type[Retriever], ranges: dict[str, Range], draws: int) -> list[RetrieverSettings]:
    """The settings that a peer has, and random ones."""
    chance = np.random.default_rng(SEED)
    found = [kind.Settings()]
    for _ in range(draws - 1):
        values = {name: float(np.exp(chance.uniform(*np.log(ends)))) for name, ends in ranges.items()}
        whole = {name: round(one) if isinstance(getattr(found[0], name), int) else one for name, one in values.items()}
        found.append(kind.Settings.model_validate(whole))
    return found


def tune(
    log: ClickLog, windows: tuple[int, int], draws: int, limit: int | None, peers: Sequence[str] = tuple(KINDS)
) -> Tuning:
    """Ask them all, or some."""
    walk = WalkForwardSettings()
    tasks = protocols.hourly(log, windows, tuning=True, limit=limit)
    settings = {
        f"{name} {number}": one for name in peers for number, one in enumerate(drawn(KINDS[name], RANGES[name], draws))
    }
    ensembles = {name: alone(KINDS[name.split()[0]], one) for name, one in settings.items()}
    ranks: dict[str, list[np.ndarray]] = {name: [] for name in ensembles}
    asked = []
    measured = protocols.start_and_end(log, windows)
    for span, engines, report in measured_spans(walk, log, measured, ensembles, tasks=tasks):
        some = tasks.opening_in(*span)
        asked.append(protocols.windows_of(some, log))
        for number, (name, engine) in enumerate(engines.items(), start=1):
            lists: RankedLists = rank_tasks({name: engine}, some, lambda _: None)
            ranks[name].append(next(iter(lists.ranks.values())))
            report(number / len(engines))
    hours = np.concatenate(asked)
    found: dict[str, list[tuple[float, dict[str, Any]]]] = {name: [] for name in peers}
    for name, parts in ranks.items():
        ndcg = mean_over_groups(gains(np.concatenate(parts), "ndcg@20"), hours)
        peer = name.split()[0]
        chosen = settings[name].model_dump(mode="json")
        found[peer].append((round(ndcg, 5), {one: chosen[one] for one in RANGES[peer]}))
    for one in found.values():
        one.sort(key=lambda pair: -pair[0])
    return Tuning(windows=windows, requests=len(hours), draws=draws, found=found)


@click.command()
@click.argument("peers", nargs=-1, type=click.Choice(list(KINDS)))
@click.option("--data", required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--windows", default="216:264", show_default=True)
@click.option("--draws", default=40, show_default=True, type=click.IntRange(min=1))
@click.option("--limit", default=60, show_default=True, help="Most requests of a window.")
@click.option("--json", "json_file", type=click.Path(path_type=Path))
def main(peers: tuple[str, ...], data: Path, windows: str, draws: int, limit: int, json_file: Path | None) -> None:
    """Tune some peers or all, and print the best of each."""
    first, end = map(int, windows.split(":"))
    report = tune(load(data)[0], (first, end), draws, limit, peers or tuple(KINDS))
    if json_file is not None:
        report.write(json_file)
    for name, found in report.found.items():
        click.echo(f"{name}: {report.draws} draws, {report.requests:,} requests")
        for ndcg, settings in found[:5]:
            click.echo(f"  {ndcg:.4f}  " + ", ".join(f"{one} {value:.4g}" for one, value in settings.items()))


if __name__ == "__main__":
    main()
