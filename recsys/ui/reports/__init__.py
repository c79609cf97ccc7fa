"""Views and comparisons as single HTML files to send to somebody: nothing is loaded when they are opened.

Whatever a log's headlines contain is escaped. Nothing here knows Streamlit, so that commands can write reports too.
"""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

_pages = Environment(
    loader=PackageLoader(__name__),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, **values: object) -> str:
    """A template of this package with its values."""
    return _pages.get_template(template).render(values)
