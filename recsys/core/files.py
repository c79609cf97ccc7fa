"""Files that somebody has asked for."""

from __future__ import annotations

from pathlib import Path

from recsys.errors import RecsysError


def write_text(file: Path, text: str) -> None:
    """Write a file, and the folder that it is in where there is none.

    Raises:
        RecsysError: it can't be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    except OSError as error:
        raise RecsysError(f"{file} can't be written: {error.strerror}.") from None
