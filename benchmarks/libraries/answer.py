"""Answers requests with libraries: ``python answer.py FOLDER``, in an environment that has them.

FOLDER holds ``clicks.npz`` (sessions, items, times), ``requests.npz`` (moments, items, starts) and ``ways.json``, a
list of ways: a name, settings, and how many hours of clicks to learn from. For each way, ``N.npz`` gets the lists,
padded with -1, the milliseconds of each request, of each fit and of each moment's requests as one batch, and the most
memory that the process has held, MB. It knows nothing of this project.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

LIBRARIES = ("implicit", "lenskit", "wsknn")
HOUR = 3_600_000
SHOWN = 20


def ways() -> dict[str, Any]:
    """What can be asked here, by name: the ways of those libraries that are installed."""
    found: dict[str, Any] = {}
    for library in LIBRARIES:
        if importlib.util.find_spec(library) is not None:
            found |= importlib.import_module(f"from_{library}").WAYS
    return found


def answer(model: Any, hours: float, clicks: Any, requests: Any) -> dict[str, Any]:
    """Fit before each moment, and ask one request after the other; what was fitted is as fresh as it can be."""
    moments, starts = requests["moments"], requests["starts"]
    lists = np.full((len(moments), SHOWN), -1, np.int64)
    fit_ms, batch_ms, ms = [], [], np.zeros(len(moments))
    for moment in np.unique(moments).tolist():
        first, last = np.searchsorted(clicks["times"], [moment - hours * HOUR, moment])
        known, items = np.unique(clicks["items"][first:last], return_inverse=True)
        began = time.perf_counter()
        model.fit(clicks["sessions"][first:last], items, clicks["times"][first:last])
        fit_ms.append(1000 * (time.perf_counter() - began))
        batch = []
        for row in np.flatnonzero(moments == moment).tolist():
            read = requests["items"][starts[row] : starts[row + 1]]
            read = np.searchsorted(known, read[np.isin(read, known)])
            if len(read):
                began = time.perf_counter()
                found = model.recommend(read)
                ms[row] = 1000 * (time.perf_counter() - began)
                lists[row, : len(found)] = known[found]
                batch.append(read)
        if batch:
            began = time.perf_counter()
            model.recommend_all(batch)
            batch_ms.append(1000 * (time.perf_counter() - began))
    times = {"ms": ms, "fit_ms": np.array(fit_ms), "batch_ms": np.array(batch_ms)}
    return {"lists": lists, **times, "memory_mb": np.array(most_memory_mb())}


def most_memory_mb() -> float:
    """Of this process alone; what ``getrusage`` says begins with what the process that started it held."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def main(folder: Path) -> None:
    """Answer all requests in every way."""
    clicks, requests = dict(np.load(folder / "clicks.npz")), dict(np.load(folder / "requests.npz"))
    for number, way in enumerate(json.loads((folder / "ways.json").read_text())):
        library = way["name"].split()[0].lower()  # the others would take up memory
        model = importlib.import_module(f"from_{library}").WAYS[way["name"]](SHOWN, **way["settings"])
        np.savez(folder / f"{number}.npz", **answer(model, way["hours"], clicks, requests))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
