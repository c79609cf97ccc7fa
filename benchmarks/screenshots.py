"""Takes the pictures in docs/images/ from the running app: every page, light and dark.

python -m benchmarks.screenshots
"""

from __future__ import annotations

import shutil
from pathlib import Path

import click
from playwright.sync_api import sync_playwright

from benchmarks.running_app import BROWSER_ARGUMENTS, ROOT, running_app

PAGES = {path.stem: "/" if path.stem == "recommend" else f"/{path.stem}" for path in (ROOT / "pages").glob("*.py")}


@click.command()
@click.option("--out", default=str(ROOT / "docs" / "images"), show_default=True)
@click.option("--width", default=1440, show_default=True)
@click.option("--artifacts", help="Another set than artifacts/demo.")
def main(out: str, width: int, artifacts: str | None) -> None:
    """Start the app, take the pictures, stop it."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise click.ClickException("There is no Chromium on this machine (Debian: apt-get install chromium).")
    Path(out).mkdir(parents=True, exist_ok=True)
    with running_app(artifacts and Path(artifacts)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=BROWSER_ARGUMENTS)
        for name, path in PAGES.items():
            for scheme in ("light", "dark"):
                size = {"width": width, "height": 1000 if width > 500 else 844}
                page = browser.new_context(color_scheme=scheme, viewport=size).new_page()
                page.goto(f"{address}{path}")
                page.get_by_role("heading", level=1).wait_for()
                page.wait_for_timeout(1500)
                page.get_by_test_id("stStatusWidget").wait_for(state="detached")
                page.wait_for_timeout(1500)
                page.screenshot(path=str(Path(out) / f"{name}-{scheme}.png"))
        browser.close()


if __name__ == "__main__":
    main()
