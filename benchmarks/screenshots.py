"""Takes the pictures in docs/images/ from the running app: every page, light and dark, and the tour as a film.

python -m benchmarks.screenshots
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import click
from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

from benchmarks.browsing import chromium
from benchmarks.running_app import BROWSER_ARGUMENTS, ROOT, running_app
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


def rest(page: Page) -> None:
    """Wait until nothing is being computed."""
    page.wait_for_timeout(1500)
    page.get_by_test_id("stStatusWidget").wait_for(state="detached")
    page.wait_for_timeout(1500)


def another_hour(page: Page) -> None:
    """Make B something else than A."""
    page.get_by_role("button", name="An hour earlier").click()


FILM_SIZE: ViewportSize = {"width": 1280, "height": 860}
FILM_WIDTH, FILM_COLOURS, FRAME_MS = 960, 128, 3_000
PREPARED: dict[str, Callable[[Page], None]] = {
    "compare": open_a_row,
    "replay": turn_the_clock,
    "live_session": click_twice,
    "a_b": another_hour,
}


def take_the_tour(page: Page, address: str) -> list[bytes]:
    """Pictures of the way from Start through the tour to A | B."""
    page.goto(address)
    page.get_by_role("heading", level=1).wait_for()
    rest(page)
    found = [page.screenshot()]
    page.get_by_role("button", name="Start the tour").click()
    rest(page)
    found.append(page.screenshot())
    while page.get_by_role("button", name="Next", exact=True).count():
        page.get_by_role("button", name="Next", exact=True).click()
        rest(page)
        found.append(page.screenshot())
    page.goto(f"{address}/a_b")
    page.get_by_role("heading", level=1).wait_for()
    rest(page)
    another_hour(page)
    rest(page)
    return [*found, page.screenshot()]


def save_film(pictures: Sequence[bytes], file: Path) -> None:
    """One picture after the other, as an animation that goes on for ever."""
    frames = [Image.open(BytesIO(one)).convert("RGB") for one in pictures]
    small = [one.resize((FILM_WIDTH, FILM_WIDTH * one.height // one.width)) for one in frames]
    shades = [one.quantize(FILM_COLOURS, dither=Image.Dither.NONE) for one in small]
    shades[0].save(file, save_all=True, append_images=shades[1:], duration=FRAME_MS, loop=0, optimize=True)


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
        page = browser.new_context(color_scheme="light", viewport=FILM_SIZE).new_page()
        save_film(take_the_tour(page, address), folder / "tour.gif")
        browser.close()


if __name__ == "__main__":
    main()
