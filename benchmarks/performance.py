"""The tables of docs/performance.md, from the kept figures of ``recsys bench`` and of ``benchmarks.pages``."""

from __future__ import annotations

import json

import pandas as pd

from benchmarks.growth import COSTS, Size, exponents
from recsys.bench.report import BenchReport
from recsys.evaluation.saved_reports import home

SETS = {"demo": "bench-demo.json", "real": "bench-real.json"}
PAGE_COLUMNS = {
    "first_visit_ms": "first visit, ms",
    "arriving_ms": "arriving, ms",
    "change_p50_ms": "change p50, ms",
    "change_p95_ms": "p95",
    "shift": "shift",
    "kilobytes": "KB",
}
"""Of ``benchmarks.pages``, and what the table calls them."""
TARGETS = {
    "one request": "p50 4 ms, p99 10 ms",
    "ours as a share of it": "1.0",
    "a new visitor": "p50 2 ms",
    "a new visitor, likewise": "0.5",
    "as a multiple of one at a time": "8",
    "with why, 20 articles": "p50 60 ms",
    "a batch of visitors": "1,500 a second",
    "the busiest hour": "250 ms",
    "load": "1 s, first answer 0.5 s after",
    "artifacts": "25 MB demo, 60 MB real",
}


def texts() -> dict[str, str]:
    """The places of the pages, by name."""
    return _bench() | _growth() | _scale() | _pages()


def _pages() -> dict[str, str]:
    files = {name: home() / f"pages-{name}.json" for name in SETS}
    reports = {name: json.loads(file.read_text()) for name, file in files.items() if file.exists()}
    if not reports:
        return {}
    columns = [f"{title}, {name}" for title in PAGE_COLUMNS.values() for name in reports]
    by_page = {name: {one["page"]: one for one in report["pages"]} for name, report in reports.items()}
    rows = []
    for page in next(iter(by_page.values())):
        cells = [by_page[name][page][column] for column in PAGE_COLUMNS for name in reports]
        rows.append(f"| {page} | " + " | ".join("" if cell is None else f"{cell:,}" for cell in cells) + " |")
    head = "| page | " + " | ".join(columns) + " |\n|" + "---|" * (1 + len(columns))
    held = "; ".join(f"{name} {one['memory_mb']} MB, at most {one['most_mb']} MB" for name, one in reports.items())
    return {"pages": "\n".join([head, *rows]), "pages memory": f"Memory of the process after all of them: {held}."}


def _growth() -> dict[str, str]:
    file = home() / "growth.json"
    if not file.exists():
        return {}
    sizes = [Size.model_validate(one) for one in json.loads(file.read_text())]
    rows = [
        f"| {size.times:g}× {size.way} | {size.users:,} | {size.articles:,} | {size.clicks:,} | "
        + " | ".join(f"{getattr(size, cost):,.1f}" for cost in COSTS)
        + " |"
        for size in sizes
    ]
    head = "|  | users | articles | clicks | " + " | ".join(COSTS.values()) + " |\n|" + "---|" * (4 + len(COSTS))
    slopes = exponents(sizes)
    for way in slopes:
        values = " | ".join(f"**{slopes[way][label]:.2f}**" for label in COSTS.values())
        rows.append(f"| exponent, {way} |  |  |  | {values} |")
    return {"growth": "\n".join([head, *rows])}


def _scale() -> dict[str, str]:
    file = home() / "spark-scale.json"
    if not file.exists():
        return {}
    table = pd.DataFrame(json.loads(file.read_text()))
    table["cell"] = table.apply(
        lambda row: (
            f"{row['seconds']:,.0f} s, {row['shuffled_mb']:,.0f} MB, {row['jvm_mb']:,.0f} + {row['python_mb']:,.0f} MB"
        ),
        axis=1,
    )
    parts = list(table["part"].unique())
    return {"scale": "\n\n".join(_runs(str(master), of_master, parts) for master, of_master in table.groupby("master"))}


def _runs(master: str, table: pd.DataFrame, parts: list[str]) -> str:
    """The runs on one master, a column for each size of the log."""
    cells = table.pivot(index="part", columns="clicks", values="cell").loc[parts]
    total = table.groupby("clicks")["seconds"].sum()
    driver = table.groupby("clicks")["driver_mb"].first()
    lines = [
        [f"`{master}`", *(f"{clicks:,} clicks" for clicks in cells)],
        ["---"] * (1 + cells.shape[1]),
        *([part, *row] for part, row in zip(parts, cells.to_numpy(), strict=True)),
        ["together", *(f"{seconds:,.0f} s" for seconds in total)],
        ["the driver's Python", *(f"{megabytes:,.0f} MB" for megabytes in driver)],
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _bench() -> dict[str, str]:
    reports = {name: BenchReport.read(home() / file) for name, file in SETS.items() if (home() / file).exists()}
    if not reports:
        return {}
    lines = {name: dict(report.lines()) for name, report in reports.items()}
    rows = [
        f"| {what} | " + " | ".join(one[what] for one in lines.values()) + f" | {TARGETS.get(what, '')} |"
        for what in next(iter(lines.values()))
    ]
    head = "|  | " + " | ".join(reports) + " | to reach |\n|" + "---|" * (len(reports) + 2)
    return {"bench": "\n".join([head, *rows])}
