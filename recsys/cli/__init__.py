"""The command ``recsys``: one module for each command, named in ``COMMANDS``."""

from recsys.cli.group import main

__all__ = ["main"]
