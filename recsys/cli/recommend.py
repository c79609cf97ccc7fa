"""``recsys recommend``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from recsys.artifacts.store import load
from recsys.cli import options
from recsys.cli.output import answer_as_json, recommendation_text
from recsys.core.entities import OVERRIDABLE, Request
from recsys.core.timestamps import parse_time


@click.command("recommend")
@options.artifacts
@click.option("--user-id", required=True, type=click.IntRange(min=0), help="The reader's id.")
@options.length
@click.option("--device", help="Instead of the stored one: a code or a name.")
@click.option("--os", help="Instead of the stored one: a code or a name.")
@click.option("--country", help="Instead of the stored one: a code or a name.")
@options.as_of
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def command(artifacts: Path, user_id: int, k: int, as_of: str | None, as_json: bool, **overrides: str | None) -> None:
    """Recommend articles to a stored reader."""
    engine = load(artifacts).engine
    codes = {field: engine.dataset.code(field, text) for field in OVERRIDABLE if (text := overrides[field])}
    moment = None if as_of is None else parse_time(as_of)
    answer = engine.recommend(Request(user_id=user_id, overrides=codes, as_of=moment, k=k))
    click.echo(json.dumps(answer_as_json(answer), indent=1) if as_json else recommendation_text(engine, answer))
