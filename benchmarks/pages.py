"""Prints how long after a change each page can be used again, measured in a browser.

python -m benchmarks.pages [--artifacts SET]

A change is another reader (at another moment, so that the clock moves), another device, or coming from another page.
The time runs from the click to the end of the last run that it causes, as the browser sees it. All pages are browsed by
one person; beside each change stands what the process of the app, started as it is hosted, held after the changes of
its page, and the most that it held during them.
"""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median

import click
import pandas as pd
from playwright.sync_api import Page

from benchmarks.browsing import another_reader, browser_page, timed
from benchmarks.hosted import hosted_python
from benchmarks.running_app import ROOT, memory_mb, running_app, watched_memory

PAGES = [path.stem for path in sorted((ROOT / "pages").glob("*.py"))]


def measure(name: str, repeats: int, page: Page) -> dict[str, list[float]]:
    """The times of each kind of change on one page."""
    links = page.get_by_test_id("stSidebarNav").get_by_role("link")
    paths = [(link.get_attribute("href") or "").rsplit("/", 1)[-1] for link in links.all()]
    here = links.nth(paths.index("" if name == "recommend" else name))
    elsewhere = links.nth(paths.index("visitors" if name == "recommend" else ""))
    arrivals = []
    for _ in range(3):
        timed(page, elsewhere.click)
        arrivals.append(timed(page, here.click))
    times = {"arriving": arrivals}
    times["another reader"] = [timed(page, lambda: another_reader(page)) for _ in range(repeats)]
    device = page.get_by_test_id("stSidebar").get_by_role("combobox", name="Device")

    def next_device() -> None:
        device.click()
        device.press("ArrowDown")
        device.press("Enter")

    times["another device"] = [timed(page, next_device) for _ in range(3)]
    return times


@click.command()
@click.option("--artifacts", type=click.Path(path_type=Path), help="Another set than artifacts/demo.")
@click.option("--repeats", default=7, show_default=True)
@click.option("--json", "json_file", type=click.Path(path_type=Path))
def main(artifacts: Path | None, repeats: int, json_file: Path | None) -> None:
    """Start the app, browse all pages as one person, print medians and the longest of each change."""
    rows = []
    with (
        running_app(artifacts, python=hosted_python()) as address,
        watched_memory(address) as held,
        browser_page(address) as page,
    ):
        for name in PAGES:
            first = len(held)
            measured = measure(name, repeats, page)
            memory, most = round(memory_mb(address)), round(max(held[first:]))
            rows += [
                {
                    "page": name,
                    "change": change,
                    "median_ms": round(median(times)),
                    "longest_ms": round(max(times)),
                    "memory_mb": memory,
                    "most_mb": most,
                }
                for change, times in measured.items()
            ]
        memory, most = round(memory_mb(address)), round(max(held))
    frame = pd.DataFrame(rows)
    click.echo(frame.to_string(index=False))
    click.echo(f"Memory of the process after all of them: {memory} MB; at most {most} MB.")
    if json_file is not None:
        json_file.write_text(
            json.dumps(
                {"artifacts": str(artifacts or "demo"), "memory_mb": memory, "most_mb": most, "times": rows}, indent=1
            )
            + "\n"
        )


if __name__ == "__main__":
    main()
