"""``recsys recommend-all``."""

from __future__ import annotations

from pathlib import Path

import click

from recsys.artifacts.store import load
from recsys.cli import options
from recsys.core.progress import Progress
from recsys.core.timestamps import parse_time
from recsys.engine import bulk
from recsys.errors import InputError


@click.command("recommend-all")
@options.artifacts
@click.option("--out", required=True, type=options.FOLDER, help="The folder of Parquet files to write.")
@options.length
@options.as_of
@options.policy
@options.backend
@options.master
def command(
    artifacts: Path, out: Path, k: int, as_of: str | None, policy_file: Path | None, engine: str, master: str | None
) -> None:
    """Write the lists of all stored readers as Parquet: user_id, rank, article_id, score."""
    options.only_with_spark(engine, master=master)
    if engine == "spark" and policy_file is not None:
        raise InputError("--policy is only for --engine local.")
    policy = options.the_policy(policy_file)
    bulk.refuse_existing(out)
    ours = load(artifacts).engine
    moment = ours.end if as_of is None else parse_time(as_of)
    ours.at(moment)
    if engine == "spark":
        from recsys.spark.session import require

        require()
        from recsys.spark.bulk import write_lists

        rows = write_lists(artifacts, out, len(ours.user_ids), moment, k, master)
    else:
        stage = "Recommending"
        progress = Progress({stage: 1.0})
        rows = bulk.write_lists(ours, out, moment, k, progress.stage(stage), policy)
        progress.close()
    click.echo(f"{rows:,} rows for {len(ours.user_ids):,} readers written to {out}.")
