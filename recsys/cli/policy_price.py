"""``recsys policy-price``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from recsys.artifacts.store import load
from recsys.backtest.policy_price import KeptVisits
from recsys.cli import options
from recsys.core.progress import Progress
from recsys.evaluation.policy_price import price_table
from recsys.policy.files import read_policies


@click.command("policy-price")
@options.artifacts
@click.option("--policies", required=True, type=options.FOLDER, help="A TOML file with one policy or several.")
@options.length
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def command(artifacts: Path, policies: Path, k: int, as_json: bool) -> None:
    """Say what policies cost and bring, on the visits that a set keeps."""
    wanted = read_policies(policies)
    stage = "Asking about the visits"
    progress = Progress({stage: 1.0})
    visits = KeptVisits.of(load(artifacts), progress.stage(stage))
    progress.close()
    found = {policy.name: visits.price(policy, k) for policy in wanted}
    if as_json:
        figures = {name: {key: one.model_dump() for key, one in prices.items()} for name, prices in found.items()}
        click.echo(json.dumps({"visits": len(visits.readers), "k": k, "policies": figures}, indent=1))
        return
    click.echo(f"{len(visits.readers)} visits that the set keeps, lists of {k}.")
    for name, prices in found.items():
        click.echo(f"\n{name or 'A policy without a name'}\n{price_table(prices)}")
