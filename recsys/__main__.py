"""``python -m recsys``."""

from recsys.cli.group import main

main()
