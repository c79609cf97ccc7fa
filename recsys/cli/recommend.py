"""``recsys recommend``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from recsys.artifacts.store import load
from recsys.cli import options
from recsys.cli.one_request import options_of_request, request_of
from recsys.cli.output import answer_as_json, recommendation_text


@click.command("recommend")
@options.artifacts
@options_of_request
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def command(
    artifacts: Path,
    user_id: str,
    k: int,
    as_of: str | None,
    policy_file: Path | None,
    as_json: bool,
    **overrides: str | None,
) -> None:
    """Recommend articles to a stored reader."""
    engine = load(artifacts).engine
    answer = engine.recommend(request_of(engine, user_id, k, as_of, policy_file, overrides))
    click.echo(json.dumps(answer_as_json(engine, answer), indent=1) if as_json else recommendation_text(engine, answer))
