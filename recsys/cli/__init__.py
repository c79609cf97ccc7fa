"""The command ``recsys``: a module a command, named in ``COMMANDS``."""

from recsys.cli.group import main

__all__ = ["main"]
