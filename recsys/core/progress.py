"""Progress of a long job: the stage, the share done, the time left."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tqdm import tqdm

Report = Callable[[float], None]
"""Called with the share of the work done, from 0 to 1."""
Stage = Callable[[str], Report]
"""Begins a stage by its name."""

PRIOR = 0.05
"""Share of the whole by which the expected pace steadies the first estimates of the time left."""


def part_of(report: Report, first: float, last: float) -> Report:
    """Reports a part of a job, which begins and ends at these shares of it."""
    return lambda share: report(first + share * (last - first))


class Progress:
    """Several stages of known relative length: a bar on a terminal, elsewhere a line for each stage.

    Args:
        lengths: the length of each stage relative to the others, in order; where the job has run on this machine
            before, what it took then is used instead.
        job: the name under which this machine keeps what each stage took; None for a job too short to keep.
        show: whether to print; times are measured either way.
    """

    def __init__(self, lengths: Mapping[str, float], job: str | None = None, *, show: bool = True) -> None:
        last = _times_of_last_run(job)
        self.lengths = {name: last[name] for name in lengths} if last.keys() >= lengths.keys() else dict(lengths)
        self.seconds: dict[str, float] = {}
        self._job = job
        self._total = sum(self.lengths.values())
        self._done = 0.0
        self._began = self._stage_began = time.perf_counter()
        self._stage: str | None = None
        on_terminal = sys.stderr.isatty()
        self._print_lines = show and not on_terminal
        self._bar = tqdm(
            total=self._total,
            disable=not (show and on_terminal),
            mininterval=1.0,
            bar_format="{desc:<34} {percentage:3.0f}% |{bar:30}| {elapsed} elapsed{postfix}",
        )

    def stage(self, name: str) -> Report:
        """Begin a stage; call what is returned with the share done, from 0 to 1."""
        self._end_stage()
        self._stage, self._stage_began = name, time.perf_counter()
        self._bar.set_description_str(name)
        length = self.lengths[name]

        def report(share: float) -> None:
            self._move_to(self._done + share * length)

        return report

    def close(self) -> None:
        """End the last stage, and keep what each took for the next run's estimates."""
        self._end_stage()
        self._bar.close()
        if self._job is not None:
            _keep_times(self._job, self.seconds)

    def seconds_left(self, done: float, elapsed: float) -> float:
        """The rest at the mean pace so far, at first steadied by the expected one.

        ``done`` is in units of the lengths, ``elapsed`` in seconds.
        """
        prior = PRIOR * self._total
        return (self._total - done) * (elapsed + prior) / (done + prior)

    def _move_to(self, done: float) -> None:
        left = tqdm.format_interval(self.seconds_left(done, time.perf_counter() - self._began))
        self._bar.set_postfix_str(f"about {left} left", refresh=False)
        self._bar.update(done - self._bar.n)

    def _end_stage(self) -> None:
        if self._stage is None:
            return
        took = time.perf_counter() - self._stage_began
        self.seconds[self._stage] = took
        self._done += self.lengths[self._stage]
        self._move_to(self._done)
        if self._print_lines:
            print(f"{100 * self._done / self._total:3.0f}%  {self._stage}: {took:.1f} s", file=sys.stderr, flush=True)
        self._stage = None


def _times_of_last_run(job: str | None) -> dict[str, float]:
    if job is None:
        return {}
    try:
        kept = json.loads(_file(job).read_text())
        return {str(name): max(float(seconds), 0.01) for name, seconds in kept.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _keep_times(job: str, seconds: Mapping[str, float]) -> None:
    file = _file(job)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({name: round(value, 2) for name, value in seconds.items()}, indent=1))
    except OSError:
        return  # estimates are a convenience: a read-only home must not end a training


def _file(job: str) -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "recsys" / f"{job}-stages.json"
