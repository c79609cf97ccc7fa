"""Prints how much memory several processes of the API hold, and how much of it they share.

python -m benchmarks.workers [--artifacts SET] [--workers 4]

From the kernel's account of each process (``smaps_rollup``): *resident* is all that it holds, *of its own* what would
be gone with it, *shared* is mapped by the others too, such as the arrays of the set.
"""

from __future__ import annotations

import urllib.parse
from pathlib import Path

import click

from benchmarks.hosted import hosted_python
from benchmarks.load import offered, some_users
from benchmarks.running_app import running_app


@click.command()
@click.option("--artifacts", type=click.Path(path_type=Path), help="Another set than artifacts/demo.")
@click.option("--workers", default=4, show_default=True)
def main(artifacts: Path | None, workers: int) -> None:
    """Start them, give all something to do, and look."""
    with running_app(artifacts, "--workers", str(workers), log=Path("/dev/null"), python=hosted_python()) as address:
        offered(address, some_users(artifacts), 60, 5)
        found = [memory(process) for process in answering(urllib.parse.urlsplit(address).port or 0)]
    for number, (resident, own, shared) in enumerate(found, start=1):
        click.echo(f"{number}: resident {resident:.0f} MB, of its own {own:.0f} MB, shared {shared:.0f} MB")
    together = sum(own for _, own, _ in found) + max(shared for *_, shared in found)
    click.echo(f"{len(found)} workers together: {together:.0f} MB; without sharing {sum(r for r, *_ in found):.0f} MB")


def answering(port: int) -> list[Path]:
    """The processes that the server on a port has started to answer with."""
    parents: dict[str, list[Path]] = {}
    servers = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:  # it has ended in the meantime
            continue
        parents.setdefault(parent, []).append(folder)
        if b"serve" in command and str(port).encode() in command:
            servers.append(folder)
    started = [process for server in servers for process in parents.get(server.name, [])]
    return [process for process in started if b"spawn_main" in (process / "cmdline").read_bytes()]


def memory(process: Path) -> tuple[float, float, float]:
    """What a process holds, what is its own and what it shares, MB."""
    lines = [line.split() for line in (process / "smaps_rollup").read_text().splitlines()[1:]]
    kilobytes = {line[0].rstrip(":"): int(line[1]) for line in lines}
    own = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
    shared = kilobytes["Shared_Clean"] + kilobytes["Shared_Dirty"]
    return kilobytes["Rss"] / 1e3, own / 1e3, shared / 1e3


if __name__ == "__main__":
    main()
