"""Measures every figure of the docs anew, in order, and fills the pages: hours of work, which can be broken off.

make figures GLOBO=DIR      or      python -m benchmarks.figures --data DIR [--list] [STEP ...]

It begins by saying what is to be done and how long that takes on two quiet cores. A step that is done is not done
again until the code that it runs has changed. Nothing else should run beside it: some of the figures are times.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from recsys.core.files import write_text

ROOT = Path(__file__).resolve().parent.parent
RESULTS, WORK = Path("benchmarks/results"), Path("build/figures")
DEMO, REAL, NEWSROOM = Path("artifacts/demo"), WORK / "real", WORK / "newsroom"
CODE = ("recsys/**/*.py", "recsys/**/*.toml", "benchmarks/*.py", "pages/*.py", "streamlit_app.py", "requirements.txt")
"""What a figure depends on, besides the log."""


@dataclass(frozen=True)
class Step:
    """A command, and how long it takes.

    Attributes:
        name: by which it can be asked for.
        minutes: on two cores with nothing beside.
        command: what Python is given; GLOBO stands for the folder of the real log.
    """

    name: str
    minutes: float
    command: tuple[str, ...]

    def with_log(self, data: Path) -> list[str]:
        """The command for a log."""
        return [sys.executable, *(str(data) if part == "GLOBO" else part for part in self.command)]


def recsys(name: str, minutes: float, text: str, *files: str) -> Step:
    """A command of the project's own; the results that it writes are named last, each with its own --json."""
    return Step(name, minutes, ("-m", "recsys", *text.split(), *_json(files)))


def benchmark(name: str, minutes: float, text: str, *files: str) -> Step:
    """One of ``benchmarks``."""
    module, *options = text.split()
    return Step(name, minutes, ("-m", f"benchmarks.{module}", *options, *_json(files)))


def _json(files: Sequence[str]) -> list[str]:
    return [part for file in files for part in ("--json", str(RESULTS / f"{file}.json"))]


HOURLY = "backtest --data GLOBO --protocol hourly"
STEPS = (
    recsys("newsroom", 1, f"simulate --out {NEWSROOM}"),
    recsys("demo set", 6, f"train --data {NEWSROOM} --out {DEMO}"),
    recsys("real set", 6, f"train --data GLOBO --out {REAL}"),
    benchmark("gate", 3, "gate --data GLOBO --keep"),
    recsys("hourly", 40, f"{HOURLY} --limit 250 --windows 24:336 --windows 192:336", "hourly-24-336", "hourly-192-336"),
    recsys(
        "published", 40, "backtest --data GLOBO --protocol published --limit 250 --windows 24:336", "published-24-336"
    ),
    recsys("all requests", 15, f"{HOURLY} --windows 288:336", "hourly-288-336"),
    recsys("policies", 30, f"{HOURLY} --policies recsys/policy/standard.toml --windows 192:336", "policies-192-336"),
    recsys("live", 15, "backtest --data GLOBO --protocol live --windows 312:336 --limit 40", "live-312-336"),
    recsys("freshness", 30, "backtest --data GLOBO --protocol freshness --windows 288:336", "freshness"),
    recsys("last click", 10, "backtest --data GLOBO --protocol last-click", "last-click"),
    benchmark("whole sessions", 50, "whole_sessions --data GLOBO", "whole-sessions"),
    benchmark("libraries", 80, f"library_peers --data GLOBO --artifacts {REAL}", "library-peers"),
    benchmark("ablation", 25, "ablation --data GLOBO", "ablation"),
    recsys("bench, demo", 1, f"bench --artifacts {DEMO}", "bench-demo"),
    recsys("bench, real", 1, f"bench --artifacts {REAL}", "bench-real"),
    benchmark("pages, demo", 4, "pages", "pages-demo"),
    benchmark("pages, real", 4, f"pages --artifacts {REAL}", "pages-real"),
    benchmark("growth", 130, f"growth --work {WORK / 'growth'} --plot docs/images/growth.svg", "growth"),
    benchmark("spark", 40, f"spark_scale {NEWSROOM}", "spark-scale"),
    benchmark("pictures", 5, "screenshots"),
    benchmark("docs", 0.1, "evaluation_page"),
)


def code_stamp() -> str:
    """What all code comes to: another one after any change of it."""
    found = hashlib.sha256()
    for file in sorted({file for pattern in CODE for file in ROOT.glob(pattern)}):
        found.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return found.hexdigest()


def run(steps: Sequence[Step], data: Path, work: Path, stamp: str) -> None:
    """Run what is not done, and note what is.

    Raises:
        ClickException: a step failed; what is done stays done.
    """
    file = work / "done.json"
    done: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    left = [step for step in steps if done.get(step.name) != stamp]
    click.echo(plan(steps, left))
    for number, step in enumerate(left, start=1):
        click.echo(f"{number} of {len(left)}: {step.name}, about {step.minutes:g} minutes")
        began = time.perf_counter()
        if status := subprocess.run(step.with_log(data), cwd=ROOT, check=False).returncode:
            raise click.ClickException(f"{step.name} ended with status {status}. Run this again to go on from there.")
        click.echo(f"{step.name}: {(time.perf_counter() - began) / 60:.1f} minutes")
        done[step.name] = stamp
        write_text(file, json.dumps(done, indent=1) + "\n")


def plan(steps: Sequence[Step], left: Sequence[Step]) -> str:
    """What is to be done, and how long it takes."""
    minutes = sum(step.minutes for step in left)
    lines = [f"{len(left)} of {len(steps)} steps are left: about {minutes / 60:.1f} hours on two quiet cores."]
    return "\n".join([*lines, *(f"  {step.minutes:>5g} min  {step.name}" for step in left)])


@click.command()
@click.argument("names", nargs=-1)
@click.option("--data", required=True, type=click.Path(path_type=Path, exists=True), help="The real log's folder.")
@click.option("--list", "only_list", is_flag=True, help="Say what would be done, and do nothing.")
def main(names: tuple[str, ...], data: Path, only_list: bool) -> None:
    """Measure all figures, or those of some steps."""
    known = {step.name: step for step in STEPS}
    if unknown := [name for name in names if name not in known]:
        raise click.ClickException(f"There is no step {unknown[0]!r}. There are: {', '.join(known)}.")
    steps = [known[name] for name in names] or list(STEPS)
    if only_list:
        click.echo(plan(steps, steps))
        return
    run(steps, data.resolve(), ROOT / WORK, code_stamp())


if __name__ == "__main__":
    main()
