"""Prints what is installed where the app is hosted, and how large it is.

python -m benchmarks.hosted [--json FILE]

``requirements.txt`` alone goes into an environment of its own, ``build/hosted``, as a hosting service does it. Other
benchmarks start the app from there: what a developer has installed besides is imported, and would count as memory.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import click

from benchmarks.environments import python_with

ROOT = Path(__file__).resolve().parent.parent
TRAINING_ONLY = ("torch", "implicit", "scikit-learn")
_SIZES = """
import importlib.metadata, json
sizes = {}
for package in importlib.metadata.distributions():
    files = [file.locate() for file in package.files or ()]
    sizes[package.name] = sum(file.stat().st_size for file in files if file.exists())
print(json.dumps(sizes))
"""


def hosted_python() -> Path:
    """The interpreter with nothing but what ``requirements.txt`` names; the first call installs it."""
    return python_with(ROOT / "requirements.txt", "hosted")


def sizes_mb() -> dict[str, float]:
    """The packages, with what Python compiled of them, the largest first; without those that were there before."""
    printed = subprocess.run([hosted_python(), "-c", _SIZES], check=True, capture_output=True, text=True).stdout
    found = {name: size / 1e6 for name, size in json.loads(printed).items() if name not in ("pip", "setuptools")}
    return dict(sorted(found.items(), key=lambda entry: -entry[1]))


@click.command()
@click.option("--json", "json_file", type=click.Path(path_type=Path))
def main(json_file: Path | None) -> None:
    """Install, and print the largest packages and the sum."""
    sizes = sizes_mb()
    for name, size in list(sizes.items())[:10]:
        click.echo(f"{name:<20}{size:8.1f} MB")
    click.echo(f"{len(sizes)} packages, {sum(sizes.values()):.0f} MB.")
    for name in TRAINING_ONLY:
        click.echo(f"{name}: {'installed' if name in sizes else 'not installed'}")
    if json_file is not None:
        json_file.write_text(json.dumps(sizes, indent=1) + "\n")


if __name__ == "__main__":
    main()
