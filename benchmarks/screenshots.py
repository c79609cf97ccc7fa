"""Takes the pictures in docs/images/ from the running app: every page, light and dark.

python -m benchmarks.screenshots
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import numpy as np
from playwright.sync_api import FloatRect, Page, ViewportSize, sync_playwright

from benchmarks.browsing import chromium
from benchmarks.running_app import BROWSER_ARGUMENTS, ROOT, running_app
from recsys.analysis.replay import clicks_in_spans, timeline
from recsys.artifacts.store import load
from recsys.core.entities import ENSEMBLE, Request
from recsys.core.timestamps import iso
from recsys.core.types import HOUR
from recsys.engine.engine import Engine
from recsys.ui.page_context import FIRST_PAGE

PAGES = {path.stem: "/" if path.stem == FIRST_PAGE else f"/{path.stem}" for path in (ROOT / "pages").glob("*.py")}


def open_a_row(page: Page) -> None:
    """Show why the second candidate is there."""
    page.locator(".matrix tr[data-id]").nth(1).locator(".title").click()


def turn_the_clock(page: Page) -> None:
    """Let the lists move."""
    page.get_by_role("button", name="+ 10 min").click()


def click_twice(page: Page) -> None:
    """Read two articles."""
    for _ in range(2):
        page.get_by_role("region", name="Final list").get_by_role("button").first.click()
        rest(page)


PREPARED: dict[str, Callable[[Page], None]] = {
    "compare": open_a_row,
    "replay": turn_the_clock,
    "live_session": click_twice,
}


def rest(page: Page) -> None:
    """Wait until nothing is being computed."""
    page.wait_for_timeout(1500)
    page.get_by_test_id("stStatusWidget").wait_for(state="detached")
    page.wait_for_timeout(1500)


def story(engine: Engine) -> tuple[int, list[int]]:
    """The article that breaks most visibly in the replay hours, and four moments of its rise, ms."""
    film = timeline(engine, Request(), HOUR // 2, 10, lambda _: None)
    listed = film.listed_from(ENSEMBLE, 10)
    later = {item: time for item, time in listed.items() if time > engine.start.time + 3 * HOUR}
    clicks = {item: int(clicks_in_spans(engine, item, np.array([t, t + HOUR]))[0]) for item, t in later.items()}
    item = max(clicks, key=lambda one: clicks[one])
    return int(engine.articles.ids[item]), [later[item] + hours * HOUR // 2 for hours in (-1, 0, 1, 2)]


@click.command()
@click.option("--out", default=str(ROOT / "docs" / "images"), show_default=True)
@click.option("--width", default=1440, show_default=True)
@click.option("--artifacts", type=click.Path(path_type=Path), help="Another set than artifacts/demo.")
def main(out: str, width: int, artifacts: Path | None) -> None:
    """Start the app, take the pictures, stop it."""
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    size: ViewportSize = {"width": width, "height": 1000 if width > 500 else 844}
    with running_app(artifacts) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=BROWSER_ARGUMENTS)
        for name, path in PAGES.items():
            for scheme in ("light", "dark"):
                page = browser.new_context(color_scheme=scheme, viewport=size).new_page()
                page.goto(f"{address}{path}")
                page.get_by_role("heading", level=1).wait_for()
                rest(page)
                if name in PREPARED:
                    PREPARED[name](page)
                    rest(page)
                page.screenshot(path=str(folder / f"{name}-{scheme}.png"))
        article, moments = story(load(artifacts or ROOT / "artifacts" / "demo").engine)
        for number, moment in enumerate(moments, start=1):
            page = browser.new_context(color_scheme="light", viewport=size).new_page()
            page.goto(f"{address}/replay?user=none&as_of={iso(moment)}&article={article}&replay.below=stories")
            page.get_by_role("heading", name="The life of an article").wait_for()
            rest(page)
            lists: FloatRect = {"x": 220, "y": 40, "width": 1220, "height": 900}
            page.screenshot(path=str(folder / f"story-{number}.png"), clip=lists)
        browser.close()


if __name__ == "__main__":
    main()
