"""Prints how fast and how still each page is, measured in a browser.

python -m benchmarks.pages [--artifacts SET]

A first visit is by somebody whose browser has loaded nothing yet, at a warm server: from the request until the page is
drawn. Its shift (cumulative layout shift) and what was loaded stand beside it. Arriving is coming from another page for
the first time; a change is another reader (at another moment, so that the clock moves) or another device, from the
click to the end of the last run that it causes. Last stands what the process of the app, started as it is hosted, held
after the changes of its page, and the most that it held during them.
"""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import Any

import click
import numpy as np
import pandas as pd
from playwright.sync_api import Page

from benchmarks.browsing import another_reader, browser_page, first_visit, open_browser, timed
from benchmarks.hosted import hosted_python
from benchmarks.running_app import ROOT, memory_mb, running_app, watched_memory
from recsys.ui.page_context import FIRST_PAGE

PAGES = [path.stem for path in sorted((ROOT / "pages").glob("*.py"))]
VISITS = 3


def path_of(name: str) -> str:
    """The address of a page, without the host."""
    return "" if name == FIRST_PAGE else name


def first_visits(address: str) -> dict[str, dict[str, float]]:
    """Each page in a new browser's first visit: medians of the time and the bytes, the largest shift."""
    found = {}
    with open_browser() as browser:
        first_visit(browser, address)  # the server is warm for those who count
        for name in PAGES:
            visits = [first_visit(browser, f"{address}/{path_of(name)}") for _ in range(VISITS)]
            found[name] = {
                "first_visit_ms": round(median(one.ms for one in visits)),
                "shift": round(max(one.shift for one in visits), 3),
                "kilobytes": round(median(one.bytes for one in visits) / 1000),
            }
    return found


def changes(name: str, repeats: int, page: Page) -> dict[str, list[float]]:
    """The times of arriving at a page and of each change that it has the controls for."""
    links = page.get_by_test_id("stSidebar").get_by_role("link")
    paths = [(link.get_attribute("href") or "").split("?")[0].rsplit("/", 1)[-1] for link in links.all()]
    here, elsewhere = (links.nth(paths.index(path_of(one))) for one in (name, "leaderboard"))
    if name != "leaderboard":
        timed(page, elsewhere.click)
    times = {"arriving": [] if name == "leaderboard" else [timed(page, here.click)]}
    bar = page.locator(".st-key-control_bar")
    if bar.get_by_role("textbox", name="Reader").count():
        times["another reader"] = [another_reader(page) for _ in range(repeats)]
    device = bar.get_by_role("combobox", name="Device")

    def another_device() -> float:
        return timed(page, page.get_by_role("option", selected=False).first.click, device.click)

    if device.count():
        times["another device"] = [another_device() for _ in range(3)]
    return times


def row_of(name: str, visit: dict[str, float], times: dict[str, list[float]]) -> dict[str, Any]:
    """A page's line in the table."""
    changed = [ms for change, some in times.items() if change != "arriving" for ms in some]
    return {
        "page": name,
        **visit,
        "arriving_ms": round(times["arriving"][0]) if times["arriving"] else None,
        "change_p50_ms": round(median(changed)) if changed else None,
        "change_p95_ms": round(float(np.quantile(changed, 0.95))) if changed else None,
    }


@click.command()
@click.option("--artifacts", type=click.Path(path_type=Path), help="Another set than artifacts/demo.")
@click.option("--repeats", default=7, show_default=True)
@click.option("--json", "json_file", type=click.Path(path_type=Path))
def main(artifacts: Path | None, repeats: int, json_file: Path | None) -> None:
    """Start the app, visit all pages as new people, browse them as one person, print a line a page."""
    rows = []
    with running_app(artifacts, python=hosted_python()) as address, watched_memory(address) as held:
        visits = first_visits(address)
        with browser_page(address) as page:
            for name in PAGES:
                first = len(held)
                times = changes(name, repeats, page)
                memory, most = round(memory_mb(address)), round(max(held[first:], default=memory_mb(address)))
                rows.append(row_of(name, visits[name], times) | {"memory_mb": memory, "most_mb": most})
        memory, most = round(memory_mb(address)), round(max(held))
    click.echo(pd.DataFrame(rows).astype(object).fillna("").to_string(index=False))
    click.echo(f"Memory of the process after all of them: {memory} MB; at most {most} MB.")
    if json_file is not None:
        name = "demo" if artifacts is None else artifacts.name
        report = {"artifacts": name, "memory_mb": memory, "most_mb": most, "pages": rows}
        json_file.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
