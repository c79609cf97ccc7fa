"""Options and checks that several commands share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from recsys.core.policy import NO_POLICY, Policy
from recsys.errors import InputError
from recsys.policy.files import read_policies
from recsys.training.libraries import missing

FOLDER = click.Path(path_type=Path)

artifacts = click.option("--artifacts", required=True, type=FOLDER, help="A set of artifacts.")
as_of = click.option("--as-of", help="Answer as of this moment (default: the newest that the set knows).")
length = click.option("-k", default=10, show_default=True, type=click.IntRange(1, 100), help="How many articles.")
backend = click.option(
    "--engine", default="local", show_default=True, type=click.Choice(["local", "spark"]),
    help="Who does the work that grows with the log.",
)  # fmt: skip
master = click.option("--master", help="Spark's master, such as spark://host:7077 (default: this machine's cores).")
settings_file = click.option(
    "--settings", "settings_file", type=FOLDER, help="A TOML file of settings; see `recsys settings`."
)
policy = click.option("--policy", "policy_file", type=FOLDER, help="A TOML file with a policy that the list follows.")
layout = click.option("--layout", help="The layout of the log, by name (default: it is found out).")
dataset = click.option("--dataset", type=FOLDER, help="The settings of the log (default: the file beside it).")
skip_bad_rows = click.option("--skip-bad-rows", is_flag=True, help="Leave bad rows out and count them.")


def the_policy(file: Path | None) -> Policy:
    """The policy of a file; without a file, that of no rules.

    Raises:
        InputError: the file has none, or several.
    """
    if file is None:
        return NO_POLICY
    found = read_policies(file)
    if len(found) != 1:
        raise InputError(f"{file} has {len(found)} policies; one list follows one.")
    return found[0]


def require_training_libraries(without: Sequence[str] = ()) -> None:
    """See that what training needs is installed, where some retrievers are left out.

    Raises:
        InputError: something is missing; the message says how to install it.
    """
    if lacking := missing(without):
        raise InputError(
            f"Training needs {', '.join(lacking)}, which are not installed. Run `pip install -e '.[train]'`."
        )


def only_with_spark(engine: str, **options: object) -> None:
    """Refuse options that mean nothing without Spark.

    Raises:
        InputError: one of them is given.
    """
    for name, value in options.items():
        if engine != "spark" and value is not None:
            raise InputError(f"--{name} is only for --engine spark.")
