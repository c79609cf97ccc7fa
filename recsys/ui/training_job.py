"""A training started from a page: in a process of its own, with progress, that can be stopped."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import deque
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from recsys.artifacts.manifest import MANIFEST
from recsys.artifacts.open_sets import home
from recsys.data.dataset_settings import SETTINGS_FILE
from recsys.training.libraries import NEEDED_BY, missing

VARIABLE = "RECSYS_TRAINING"
"""The environment variable that is ``off`` where nobody may train from the pages."""
LAST_LINES = 12
_STAGE = re.compile(r"^ *(\d+)%  (.*): [\d.]+ s$")


def is_allowed() -> bool:
    """Whether this server trains: nobody has switched it off, and what every training needs is installed."""
    is_on = os.environ.get(VARIABLE, "on").casefold() not in ("off", "no", "0", "false")
    return is_on and not missing(without=[one for one in NEEDED_BY.values() if one])


def left_out() -> list[str]:
    """The retrievers that can't be trained here, because a library is missing."""
    return [retriever for library in missing() if (retriever := NEEDED_BY[library])]


class TrainingJob:
    """``recsys train`` on a log, watched.

    Args:
        data: the log.
        settings: of the log, as a ``dataset.toml``.
        name: of the set; that of its folder.
        keep: whether the set stays once the session is over.
        extra: further arguments of the command.
    """

    def __init__(self, data: Path, settings: str, name: str, *, keep: bool, extra: tuple[str, ...] = ()) -> None:
        self.name = name
        self._settings = TemporaryDirectory(prefix="recsys-settings-")
        dataset = Path(self._settings.name) / SETTINGS_FILE
        dataset.write_text(settings, "utf-8")
        self._away = None if keep else TemporaryDirectory(prefix="recsys-set-")
        self.folder = (home() if self._away is None else Path(self._away.name)) / name
        self.share, self.stage = 0.0, "Reading the log"
        self._lines: deque[str] = deque(maxlen=LAST_LINES)
        command = [sys.executable, "-m", "recsys", "train", "--data", str(data), "--out", str(self.folder)]
        command += ["--dataset", str(dataset), *extra]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "COLUMNS": "120"}
        )
        self._watching = Thread(target=self._watch, daemon=True)
        self._watching.start()

    @property
    def is_running(self) -> bool:
        """Whether it is still at work."""
        return self._watching.is_alive()

    @property
    def is_published(self) -> bool:
        """Whether the set is there."""
        return not self.is_running and self._process.returncode == 0 and (self.folder / MANIFEST).is_file()

    @property
    def report(self) -> str:
        """The last that it said."""
        return "\n".join(self._lines)

    def stop(self) -> None:
        """End it; nothing is published."""
        self._process.terminate()

    def _watch(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            found = _STAGE.match(line.rstrip())
            if found:
                self.share, self.stage = int(found[1]) / 100, found[2]
            elif line.strip():
                self._lines.append(line.rstrip())
        self._process.wait()
