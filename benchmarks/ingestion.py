"""Prints what one more click costs, by how many have come in.

python -m benchmarks.ingestion [--artifacts SET] [--rounds 15]

*learn*: the engine takes the click in. *ready*: the moment after it is made, and what the next answer needs is worked
out, which a server does before it acknowledges the click. *answer*: an answer then, and *again* one without a click
before it. *late*: all of it for a click from 5 to 55 minutes ago. Medians, ms; 100,000 clicks are a day's.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import click
import numpy as np

from benchmarks.running_app import ROOT
from recsys.analysis.replay import keep_checkpoints
from recsys.artifacts.store import load
from recsys.core.entities import ObservedClick, Request
from recsys.core.types import DAY, MINUTE
from recsys.engine.engine import Engine

COUNTS = (0, 1_000, 10_000, 50_000, 100_000)
USERS = 50


@click.command()
@click.option("--artifacts", type=click.Path(path_type=Path), default=ROOT / "artifacts" / "demo", show_default=False)
@click.option("--rounds", default=15, show_default=True)
def main(artifacts: Path, rounds: int) -> None:
    """Measure after so many clicks each."""
    engine = load(artifacts).engine
    keep_checkpoints(engine)
    chance = np.random.default_rng(7)
    apart = DAY // 100_000  # ms between two clicks: 100,000 a day, about what the real site has
    articles = engine.articles.ids[engine.at(engine.end).live.items]
    start = engine.end

    def made_up(number: int) -> ObservedClick:
        user, article = chance.choice(engine.user_ids[:5000]), chance.choice(articles[:500])
        return ObservedClick(f"c{number}", int(user), int(article), start + number * apart)

    requests = [Request(user) for user in engine.user_ids[:: len(engine.user_ids) // USERS].tolist()]
    known = 0
    click.echo("clicks      learn   ready  answer   again    late")
    for count in COUNTS:
        began = time.perf_counter()
        engine = engine.observe([made_up(number) for number in range(known, count)])
        warm(engine)
        taken_in = time.perf_counter() - began
        known = count
        found = []
        for number in range(rounds):
            one = made_up(known)
            known += 1
            times = [time.perf_counter()]
            engine = engine.observe([one])
            times.append(time.perf_counter())
            warm(engine)
            times.append(time.perf_counter())
            engine.recommend(requests[number % USERS])
            times.append(time.perf_counter())
            engine.recommend(requests[(number + 1) % USERS])
            times.append(time.perf_counter())
            back = int(chance.integers(5, 55)) * MINUTE
            late = replace(one, id=f"late {known}", time=max(engine.end - back, start))
            warm(engine.observe([late]))
            times.append(time.perf_counter())
            found.append(np.diff(times))
        figures = "".join(f"{one:8.1f}" for one in 1000 * np.median(found, axis=0))
        click.echo(f"{count:>7,} {figures}   (taken in within {taken_in:.1f} s)")


def warm(engine: Engine) -> None:
    """What a server works out before it acknowledges clicks."""
    engine.recommend_all([Request(), Request(int(engine.user_ids[0]))])


if __name__ == "__main__":
    main()
