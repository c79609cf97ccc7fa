"""Takes the pictures in docs/images/ from the running app: every page, light and dark.

python benchmarks/screenshots.py
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import click
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PAGES = {"recommend": "/"}
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


@click.command()
@click.option("--out", default=str(ROOT / "docs" / "images"), show_default=True)
@click.option("--width", default=1440, show_default=True)
def main(out: str, width: int) -> None:
    """Start the app, take the pictures, stop it."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise click.ClickException("There is no Chromium on this machine (Debian: apt-get install chromium).")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = subprocess.Popen([sys.executable, "-m", "recsys", "serve", "--port", str(port)], cwd=ROOT)
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health")
        Path(out).mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
            for name, path in PAGES.items():
                for scheme in ("light", "dark"):
                    context = browser.new_context(
                        color_scheme=scheme, viewport={"width": width, "height": 1000 if width > 500 else 844}
                    )
                    page = context.new_page()
                    page.goto(f"http://127.0.0.1:{port}{path}")
                    page.get_by_role("table").first.wait_for()
                    page.wait_for_timeout(1500)
                    page.screenshot(path=str(Path(out) / f"{name}-{scheme}.png"))
            browser.close()
    finally:
        app.terminate()
        app.wait(20)


def _wait(address: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(address, timeout=1)
            return
        except OSError:
            time.sleep(0.5)
    raise click.ClickException("The app did not start within a minute.")


if __name__ == "__main__":
    main()
