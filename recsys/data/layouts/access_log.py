"""A web server's log: what a line asks for, and whether somebody opened a page with it."""

from __future__ import annotations

from zlib import crc32

import pyarrow as arrow
import pyarrow.compute as compute

PAGE = r"^GET (?:https?://[^/ ]+)?(?P<path>/[^?# ]*)"
"""A request for a page; what follows its path is left out."""
NO_PAGE = (
    r"(?i)\.(?:css|js|mjs|map|png|jpe?g|gif|svg|webp|ico|bmp|woff2?|ttf|eot|otf|mp[34]|avi|webm|xml|rss|atom|json|txt|"
    r"zip|t?gz|iso|jar|exe|pdf)$|/(?:feed|rss|wp-json|xmlrpc\.php)/?$"
)
ROBOT = r"(?i)bot\b|bot/|crawl|spider|slurp|feed|monitor|curl|wget|python|java/|http-?client|^-$"


def unfold(table: arrow.Table) -> arrow.Table:
    """With a page, a reader and a kind for each line.

    A reader is an address with a browser: many share an address. The kind is ``page`` where a person opened one: not
    a picture or a feed, not what failed, not a robot.
    """
    path = compute.struct_field(compute.extract_regex(table["request"], PAGE), "path")
    agents = table["agent"].fill_null("")
    opened = compute.and_(compute.is_valid(path), compute.match_substring_regex(table["status"], "^(?:2..|304)$"))
    other = compute.or_(
        compute.match_substring_regex(path.fill_null(""), NO_PAGE), compute.match_substring_regex(agents, ROBOT)
    )
    kind = compute.if_else(compute.and_(opened, compute.invert(other)), "page", "other")
    return (
        table.append_column("page", path)
        .append_column("reader", compute.binary_join_element_wise(table["host"], _short(agents), ""))
        .append_column("kind", kind)
    )


def _short(agents: arrow.ChunkedArray) -> arrow.ChunkedArray:
    """Four digits for each browser, after a space; nothing where it is not known."""
    browsers = agents.combine_chunks().dictionary_encode()
    short = [f" {crc32(one.encode()) & 0xFFFF:04x}" if one else "" for one in browsers.dictionary.to_pylist()]
    return arrow.array(short, arrow.string()).take(browsers.indices)
