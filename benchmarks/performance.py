"""The tables of docs/performance.md, from the kept figures of ``recsys bench``."""

from __future__ import annotations

from recsys.bench.report import BenchReport
from recsys.evaluation.kept import HOME

SETS = {"demo": "bench-demo.json", "real": "bench-real.json"}
TARGETS = {
    "one request": "p50 4 ms, p99 10 ms",
    "a new visitor": "p50 2 ms",
    "with why, 20 articles": "p50 60 ms",
    "a batch of visitors": "1,500 a second",
    "the busiest hour": "250 ms",
    "load": "1 s, first answer 1.5 s after",
    "artifacts": "25 MB demo, 60 MB real",
}


def texts() -> dict[str, str]:
    """The places of the page, by name."""
    reports = {name: BenchReport.read(HOME / file) for name, file in SETS.items() if (HOME / file).exists()}
    if not reports:
        return {}
    lines = {name: dict(report.lines()) for name, report in reports.items()}
    rows = [
        f"| {what} | " + " | ".join(one[what] for one in lines.values()) + f" | {TARGETS.get(what, '')} |"
        for what in next(iter(lines.values()))
    ]
    head = "|  | " + " | ".join(reports) + " | to reach |\n|" + "---|" * (len(reports) + 2)
    return {"bench": "\n".join([head, *rows])}
