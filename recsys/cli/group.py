"""The group of commands, and how their errors end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from recsys.errors import RecsysError

COMMANDS = {
    "simulate": "recsys.cli.simulate",
    "inspect": "recsys.cli.inspect",
    "train": "recsys.cli.train",
    "settings": "recsys.cli.settings",
    "verify": "recsys.cli.verify",
    "recommend": "recsys.cli.recommend",
    "recommend-all": "recsys.cli.recommend_all",
    "compare-sets": "recsys.cli.compare_sets",
    "report": "recsys.cli.report",
    "policy-price": "recsys.cli.policy_price",
    "backtest": "recsys.cli.backtest",
    "bench": "recsys.cli.bench",
    "serve": "recsys.cli.serve",
}
"""The module of each command, which has it as ``command``. A module is imported when its command runs: ``verify`` need
not wait for PyTorch, nor ``train`` for Streamlit."""


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name]).command
        return command


cli = _LazyGroup("recsys", help="A hybrid news recommender: from a click log to recommendations on screen.")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command, by default that of the process. What a user can cause ends in one sentence and status 1 or 2."""
    try:
        cli.main(arguments, standalone_mode=False)
    except RecsysError as error:
        _fail(str(error), error.exit_status)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.exceptions.Abort:
        _fail("Stopped.", 1)
    except click.ClickException as error:
        _fail(error.format_message(), 2)
    except OSError as error:
        _fail(f"{error.filename or 'A file'} can't be read or written: {error.strerror or error}.", 1)
    except MemoryError:
        _fail("There is not enough memory for this.", 1)


def _fail(sentence: str, status: int) -> None:
    click.echo(f"recsys: {sentence}", err=True)
    sys.exit(status)
