"""Progress of a long job: the stage, the share done, the time left."""

from __future__ import annotations

import resource
import time
from collections.abc import Mapping

from tqdm import tqdm

from recsys.retrieval.base import Report


class Progress:
    """One bar over several stages of known relative length.

    Args:
        lengths: each stage's share of the whole, in any unit, in order.
        show: whether to draw; times are kept either way.
    """

    def __init__(self, lengths: Mapping[str, float], *, show: bool = True) -> None:
        self.lengths = dict(lengths)
        self.seconds: dict[str, float] = {}
        self._bar = tqdm(
            total=sum(lengths.values()),
            disable=not show,
            mininterval=1.0,
            bar_format="{desc:<34} {percentage:3.0f}% |{bar:30}| {elapsed} gone, {remaining} left",
        )
        self._done = 0.0
        self._started = time.perf_counter()
        self._stage: str | None = None

    def stage(self, name: str) -> Report:
        """Begin a stage; what is returned is told its share done, from 0 to 1."""
        self._close_stage()
        self._stage, self._started = name, time.perf_counter()
        self._bar.set_description_str(name)
        length = self.lengths[name]

        def report(share: float) -> None:
            self._bar.update(self._done + share * length - self._bar.n)

        return report

    def close(self) -> None:
        """End the last stage."""
        self._close_stage()
        self._bar.close()

    def _close_stage(self) -> None:
        if self._stage is not None:
            self.seconds[self._stage] = time.perf_counter() - self._started
            self._done += self.lengths[self._stage]
            self._bar.update(self._done - self._bar.n)
            self._stage = None


def peak_memory_mb() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
