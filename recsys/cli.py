"""The command ``recsys``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from recsys.domain import OVERRIDABLE, Recommendation, Request
from recsys.errors import InputError, RecsysError
from recsys.times import iso, parse


@click.group(help="A hybrid news recommender: from a click log to recommendations on screen.")
def cli() -> None:
    """Hold the commands."""


@cli.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder to write to.")
@click.option("--users", default=65_535, show_default=True, type=click.IntRange(min=1))
@click.option("--days", default=10, show_default=True, type=click.IntRange(1, 365))
@click.option("--seed", default=7, show_default=True, type=click.IntRange(min=0))
def simulate(out: Path, users: int, days: int, seed: int) -> None:
    """Write a simulated newsroom's click log, in the published layout."""
    from recsys.data.newsroom import simulate as run

    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise InputError(f"{out} is there already and not an empty folder.")
    clicks = run(out, users=users, days=days, seed=seed)
    click.echo(f"{clicks:,} clicks of {users:,} users on {days} days written to {out}.")


@cli.command()
@click.option("--data", required=True, help="A folder with a click log; with Spark, on any filesystem that it reads.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The set of artifacts to publish.")
@click.option("--until", help="Use the log up to this moment (default: where its traffic ends).")
@click.option("--replay-hours", default=24, show_default=True, type=click.IntRange(1, 24 * 14))
@click.option("--engine", default="local", show_default=True, type=click.Choice(["local", "spark"]))
@click.option("--master", help="Of the Spark cluster, such as spark://host:7077 (default: this machine's cores).")
@click.option("--work", type=click.Path(path_type=Path), help="A folder that all of Spark sees (default: by --out).")
@click.option("--skip-bad-rows", is_flag=True, help="Leave bad rows out and count them.")
def train(
    data: str,
    out: Path,
    until: str | None,
    replay_hours: int,
    engine: str,
    master: str | None,
    work: Path | None,
    skip_bad_rows: bool,
) -> None:
    """Train the ensemble on a click log and publish it as a set of artifacts."""
    _only_with_spark(engine, master=master, work=work)
    _require("implicit", "pandera", "torch")
    from recsys.reports import load_report, training_report

    moment = None if until is None else parse(until)
    click.echo(f"Reading {data} …")
    if engine == "spark":
        _require_spark()
        from recsys.spark import training as on_spark

        found = on_spark.train_and_save(data, out, moment, replay_hours, skip_bad_rows, master=master, work=work)
    else:
        from recsys.training import train_and_save

        found = train_and_save(Path(data), out, moment, replay_hours, skip_bad_rows)
    log, report, trained, saved = found
    click.echo(load_report(log, report, trained))
    click.echo(training_report(trained, saved))


@cli.command()
@click.argument("artifacts", type=click.Path(path_type=Path))
def verify(artifacts: Path) -> None:
    """Check every file of a set against its manifest."""
    from recsys.artifacts import ArtifactSet

    found = ArtifactSet.open(artifacts)
    problems = list(found.problems())
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(1)
    total = sum(entry.bytes for entry in found.manifest.files.values())
    click.echo(f"{artifacts} is sound: {len(found.manifest.files)} files, {total / 1e6:.1f} MB.")


@cli.command()
@click.option("--artifacts", required=True, type=click.Path(path_type=Path))
@click.option("--user-id", required=True, type=click.IntRange(min=0))
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 100))
@click.option("--device", help="A code or a name.")
@click.option("--os", help="A code or a name.")
@click.option("--country", help="A code or a name.")
@click.option("--as-of", help="The moment to answer for (default: the newest that the set knows).")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def recommend(artifacts: Path, user_id: int, k: int, as_of: str | None, as_json: bool, **overrides: str | None) -> None:
    """Recommend articles to a stored visitor."""
    from recsys.reports import recommendation_text
    from recsys.store import load

    engine = load(artifacts).engine
    codes = {field: engine.settings.code(field, text) for field in OVERRIDABLE if (text := overrides[field])}
    moment = None if as_of is None else parse(as_of)
    answer = engine.recommend(Request(user_id=user_id, overrides=codes, as_of=moment, k=k))
    if as_json:
        click.echo(json.dumps(_as_json(answer), indent=1))
    else:
        click.echo(recommendation_text(engine, answer))


@cli.command("recommend-all")
@click.option("--artifacts", required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder of Parquet files to write.")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 100))
@click.option("--as-of", help="The moment to answer for (default: the newest that the set knows).")
@click.option("--engine", default="local", show_default=True, type=click.Choice(["local", "spark"]))
@click.option("--master", help="Of the Spark cluster, such as spark://host:7077 (default: this machine's cores).")
def recommend_all(artifacts: Path, out: Path, k: int, as_of: str | None, engine: str, master: str | None) -> None:
    """Write the lists of all stored visitors as Parquet: user_id, rank, article_id, score."""
    _only_with_spark(engine, master=master)
    from recsys import batch
    from recsys.progress import Progress
    from recsys.store import load

    batch.refuse_existing(out)
    ours = load(artifacts).engine
    moment = ours.end if as_of is None else parse(as_of)
    ours.at(moment)
    if engine == "spark":
        _require_spark()
        from recsys.spark.recommending import write_lists

        rows = write_lists(artifacts, out, len(ours.user_ids), moment, k, master)
    else:
        stage = "Recommending"
        progress = Progress({stage: 1.0})
        rows = batch.write_lists(ours, out, moment, k, progress.stage(stage))
        progress.close()
    click.echo(f"{rows:,} rows for {len(ours.user_ids):,} visitors written to {out}.")


@cli.command()
@click.option("--data", required=True, type=click.Path(path_type=Path), help="A folder with a click log.")
@click.option("--protocol", required=True, type=click.Choice(["hourly", "last-click"]))
@click.option("--windows", multiple=True, help="Hours since the log's start, from:to (default: the last 48).")
@click.option("--limit", type=click.IntRange(min=1), help="Most requests of a window (hourly) or users (last-click).")
@click.option("--tuning", is_flag=True, help="Ask the sessions that are there for tuning, not those for testing.")
@click.option("--json", "files", multiple=True, type=click.Path(path_type=Path), help="Keep the figures in this file.")
@click.option("--skip-bad-rows", is_flag=True, help="Leave bad rows out and count them.")
def backtest(
    data: Path,
    protocol: str,
    windows: tuple[str, ...],
    limit: int | None,
    tuning: bool,
    files: tuple[Path, ...],
    skip_bad_rows: bool,
) -> None:
    """Measure the ensemble, each retriever and the baselines on a click log.

    --windows may be given several times, and --json with it: one walk through the log, a report for each.
    """
    _require("implicit", "pandera", "torch")
    from recsys.data.loader import load
    from recsys.evaluation import backtest as run
    from recsys.evaluation.report import table

    spans = [_windows(text) for text in windows]
    if protocol == "last-click" and (spans or tuning):
        raise InputError("--windows and --tuning are for the hourly protocol.")
    if len(files) not in (0, max(len(spans), 1)):
        raise InputError("--json needs a file for each --windows.")
    log, _ = load(data, skip_bad_rows=skip_bad_rows)
    if protocol == "last-click":
        reports = [run.last_click(log, limit=limit)]
    else:
        reports = run.hourly(log, spans, limit=limit, tuning=tuning)
    for report, file in zip(reports, files, strict=False):
        report.write(file)
    for report in reports:
        click.echo(table(report))


@cli.command()
@click.option("--artifacts", required=True, type=click.Path(path_type=Path))
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Keep the figures in this file.")
def bench(artifacts: Path, json_file: Path | None) -> None:
    """Measure how fast and how large a set is, beside the seed's way of doing the same work."""
    from recsys.bench.measure import measure

    found = measure(artifacts)
    if json_file is not None:
        found.write(json_file)
    click.echo(found)


@cli.command()
@click.option("--artifacts", type=click.Path(path_type=Path), help="The set to show (default: artifacts/demo).")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8501, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--events", type=click.Path(path_type=Path, dir_okay=False), help="Take in clicks, and keep them here.")
@click.option("--workers", type=click.IntRange(1, 64), help="Serve the API alone, by so many processes.")
def serve(artifacts: Path | None, host: str, port: int, events: Path | None, workers: int | None) -> None:
    """Serve the pages and the REST API in one process, or the API alone in several.

    Variables of the environment guard the API: docs/operations.md.
    """
    import os
    from tempfile import TemporaryDirectory

    from recsys.sets import VARIABLE

    if artifacts is not None:
        os.environ[VARIABLE] = str(artifacts.resolve())
    if workers is None:
        from recsys.ui.server import run

        run(host, port, None if events is None else events.resolve())
        return
    if events is not None:
        raise InputError("--events needs one process: leave --workers out.")
    import uvicorn

    from recsys.api.settings import ServerSettings
    from recsys.api.telemetry import SHARED

    ServerSettings.of()  # what is wrong with them is said once, not by every worker
    quiet: dict[str, Any] = {"access_log": False, "log_level": "warning"}
    with TemporaryDirectory() as figures:
        os.environ[SHARED] = figures
        uvicorn.run("recsys.api.app:alone", factory=True, host=host, port=port, workers=workers, **quiet)


def main() -> None:
    """Run the command; what a user can cause ends in one sentence and exit status 1 or 2."""
    try:
        cli.main(standalone_mode=False)
    except RecsysError as error:
        _fail(str(error), error.exit_status)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.exceptions.Abort:
        _fail("Stopped.", 1)
    except click.ClickException as error:
        _fail(error.format_message(), 2)
    except MemoryError:
        _fail("There is not enough memory for this.", 1)


def _fail(sentence: str, status: int) -> None:
    click.echo(f"recsys: {sentence}", err=True)
    sys.exit(status)


def _require(*libraries: str) -> None:
    from importlib.util import find_spec

    missing = [library for library in libraries if find_spec(library) is None]
    if missing:
        raise InputError(f"Training needs {', '.join(missing)}: install them with `pip install -e '.[train]'`.")


def _require_spark() -> None:
    from recsys.spark.session import require

    require()


def _only_with_spark(engine: str, **options: object) -> None:
    for name, value in options.items():
        if engine != "spark" and value is not None:
            raise InputError(f"--{name} is for --engine spark.")


def _as_json(answer: Recommendation) -> dict[str, Any]:
    def context(which: str) -> dict[str, int]:
        return {field: getattr(getattr(answer.profile, which), field) for field in OVERRIDABLE}

    return {
        "as_of": iso(answer.as_of),
        "recommendations": list(answer.articles),
        "scores": list(answer.scores),
        "ground_truth": answer.ground_truth,
        "user_profile": {
            "stored": context("stored"),
            "used": context("used"),
            "overrides_applied": answer.profile.overrides_applied,
        },
    }


def _windows(text: str) -> tuple[int, int]:
    first, colon, last = text.partition(":")
    if not (colon and first.isdigit() and last.isdigit()):
        raise InputError(f"{text!r} is not a range of windows; write it as from:to, such as 288:336.")
    return int(first), int(last)
