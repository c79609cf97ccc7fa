"""The page before anything has run: Streamlit's own, with our style in it, so that nothing moves when the rest comes.

Streamlit lets a program style a page only once it runs. By then the browser has drawn a page without a sidebar, and
everything on it would move aside.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from recsys.ui.browser import page_style
from recsys.ui.site import APP

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"


def routes(pages: Iterable[str]) -> list[Route]:
    """The first page and those of these names."""
    names = tuple(pages)
    html = _with_style(INDEX.read_text("utf-8"), page_style(names))

    async def page(_: Request) -> HTMLResponse:
        return HTMLResponse(html, headers={"Cache-Control": "no-cache"})

    return [Route(path, page) for path in ("/", *(f"/{name}" for name in names))]


def _with_style(html: str, style: str) -> str:
    return html.replace("<title>Streamlit</title>", f"<title>{APP}</title>").replace(
        "</head>", f"<style>{style}</style></head>", 1
    )
