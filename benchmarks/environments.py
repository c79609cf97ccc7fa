"""Environments of their own, for what must not see what is installed here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BUILD = Path(__file__).resolve().parent.parent / "build"


def python_with(requirements: Path, name: str) -> Path:
    """The interpreter of ``build/NAME``, with nothing but what a file names; installed anew where that has changed."""
    folder = BUILD / name
    python, have = folder / "bin" / "python", folder / "requirements.txt"
    if not have.exists() or have.read_text() != requirements.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements], check=True
        )
        have.write_text(requirements.read_text())
    return python
