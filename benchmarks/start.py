"""Prints how long it takes from the start of the process until the first list is on the screen.

python -m benchmarks.start [--artifacts SET] [--repeats 5]

The process is started as it is hosted, with nothing compiled or cached but what its last start left; the browser is
already open and asks until the app answers, like the first person at an app that was asleep.
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

import click
from playwright.sync_api import Browser, sync_playwright

from benchmarks.browsing import chromium
from benchmarks.hosted import hosted_python
from benchmarks.running_app import BROWSER_ARGUMENTS, running_app

AFTER_THE_LIST = "Download as CSV"


def first_list(artifacts: Path | None, browser: Browser) -> tuple[float, float]:
    """Seconds until the process answers, and until the first list is on the screen."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    began = time.perf_counter()
    with running_app(artifacts, log=Path("/dev/null"), python=hosted_python()) as address:
        answers = time.perf_counter() - began
        page.goto(address)
        page.get_by_role("button", name=AFTER_THE_LIST).wait_for()
        shown = time.perf_counter() - began
    page.close()
    return answers, shown


@click.command()
@click.option("--artifacts", type=click.Path(path_type=Path), help="Another set than artifacts/demo.")
@click.option("--repeats", default=5, show_default=True)
def main(artifacts: Path | None, repeats: int) -> None:
    """Start it several times, and print the medians."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=BROWSER_ARGUMENTS)
        answers, shown = zip(*(first_list(artifacts, browser) for _ in range(repeats)), strict=True)
        browser.close()
    click.echo(
        f"the process answers after {median(answers):.1f} s, the first list is on the screen after "
        f"{median(shown):.1f} s (of {repeats} starts, {min(shown):.1f} to {max(shown):.1f} s)"
    )


if __name__ == "__main__":
    main()
