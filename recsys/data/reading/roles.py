"""Which column of a file is what: by its name first, and by what is in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd
import pyarrow as arrow

from recsys.data.reading.times import find_time_form
from recsys.data.reading.values import Column
from recsys.errors import DataError

CLICK_NAMES: Mapping[str, tuple[str, ...]] = {
    "article": (
        "click_article_id", "article_id", "article", "item_id", "item", "product_id", "product", "content_id",
        "content", "news_id", "news", "story_id", "story", "post_id", "movie_id", "movie", "video_id", "track_id",
        "song_id", "book_id", "hotel_id", "aid", "iid", "asin", "sku", "page_location", "page_path", "page_url",
        "page_id", "page", "url", "path", "document_id", "doc_id", "document", "object_id", "target_id",
        "artist_id", "business_id", "venue_id", "poi_id", "location_id", "place_id", "game_id", "recipe_id", "sub",
        "target",
    ),
    "time": (
        "click_timestamp", "timestamp", "event_timestamp", "event_time", "time", "datetime", "date_time",
        "impression_time", "server_time", "unix_timestamp", "time_stamp", "created_at", "occurred_at", "clicked_at",
        "viewed_at", "ts", "t", "unixtime", "epoch", "start_time", "visit_time", "date", "day", "when", "at",
        "rev_timestamp",
    ),
    "user": (
        "user_id", "user", "uid", "userid", "visitor_id", "visitor", "reader_id", "reader", "customer_id",
        "customer", "person_id", "person", "member_id", "member", "client_id", "user_pseudo_id", "full_visitor_id",
        "id_visitor", "anonymous_id", "cookie_id", "cookie", "account_id", "profile_id", "subscriber_id",
        "username", "user_name", "author", "reviewer_id", "src", "source_id", "ip", "host", "remote_host",
    ),
    "session": (
        "session_id", "session", "user_session", "ga_session_id", "sessionid", "sid", "visit_id", "id_visit", "visit",
    ),
    "device": ("click_device_group", "device", "device_type", "device_category", "device_group", "device_class"),
    "os": ("click_os", "os", "operating_system", "os_name", "platform", "device_operating_system"),
    "country": ("click_country", "country", "country_code", "user_country", "geo_country", "country_name"),
    "region": ("click_region", "region", "user_region", "geo_region", "state"),
    "environment": ("click_environment", "environment"),
    "referrer": ("click_referrer_type", "referrer_type", "referrer", "medium", "traffic_source"),
    "user_agent": ("user_agent", "useragent", "ua"),
    "action": ("event_type", "event", "event_name", "action", "action_type", "behavior", "behavior_type", "type"),
}  # fmt: skip
"""How logs call each column of a click, in lower case with underscores; an earlier name is the likelier one."""
ARTICLE_NAMES: Mapping[str, tuple[str, ...]] = {
    "article": CLICK_NAMES["article"] + ("id",),
    "section": (
        "category_id", "section", "category", "category_str", "genre", "genres", "class", "topic", "subcategory",
    ),
    "published": (
        "created_at_ts", "published_at", "published", "published_time", "publication_date", "publish_date",
        "publish_time", "pub_date", "created_at", "timestamp", "date", "last_modified_time",
    ),
    "words": ("words_count", "word_count", "words"),
    "url": ("url", "link", "article_url", "page_url", "web_url", "href", "permalink"),
    "picture": ("picture", "image_url", "image", "picture_url", "thumbnail", "img", "photo"),
    "teaser": ("teaser", "abstract", "subtitle", "description", "summary", "lead", "text", "body", "content"),
    "title": ("title", "headline", "movie_title", "name", "article_title", "product_name", "item_name"),
}  # fmt: skip
"""The same for the columns of articles."""


SHORTEST_PART = 3
"""Likely names that are shorter say nothing as a part of a name."""
MOSTLY = 0.9
"""Share of values that makes a column one of numbers."""
FEWEST_IDS = 12
"""Ids are at least so many, more than ratings or days of the week; and some come again, unlike the numbers of rows."""
FEW_ROWS = 200
"""So many tell of what kind a column is."""


def plain_name(column: str) -> str:
    """A column's name as the tables above have it: ``userId:token`` is ``user_id``."""
    text = column.split(":")[0].strip()
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")


def find_roles(columns: Sequence[str], names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The column for each role that one fits by its name, each column once."""
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(plain_name(column), column)
    squeezed = {name.replace("_", ""): column for name, column in reversed(by_name.items())}
    found: dict[str, str] = {}
    for role, likely in names.items():
        for name in likely:
            match = by_name.get(name) or squeezed.get(name.replace("_", ""))
            if match is not None and match not in found.values():
                found[role] = match
                break
    return found


def find_roles_in_part(table: arrow.Table, found: Mapping[str, str]) -> dict[str, list[str]]:
    """For each role of a click that is not found, the columns whose names hold one of its likely names.

    The likeliest come first: ``server_timestamp_ms`` holds ``timestamp``. What is in them has to fit too.
    """
    free = {
        column: plain_name(column).replace("_", "") for column in table.column_names if column not in found.values()
    }
    likely: dict[str, list[str]] = {}
    for role in ("user", "session", "article", "time"):
        if role not in found:
            names = [name.replace("_", "") for name in CLICK_NAMES[role] if len(name) >= SHORTEST_PART]
            fits = dict.fromkeys(column for name in names for column, squeezed in free.items() if name in squeezed)
            likely[role] = [one for one in fits if (_can_be_times if role == "time" else _can_be_ids)(table[one])]
    return likely


def find_roles_by_contents(table: arrow.Table, found: Mapping[str, str]) -> dict[str, str]:
    """A guess at what else the columns of clicks are, by what is in them.

    The time is the first column of times. The reader and the article are the first columns, in this order, of values
    that come again, and are neither decimal numbers nor only a few.
    """
    free = [name for name in table.column_names if name not in found.values()]
    guessed = dict(found)
    times = [name for name in free if _can_be_times(table[name])]
    if "time" not in guessed and times:
        guessed["time"] = times[0]
    can_be_ids = [name for name in free if name not in guessed.values() and _can_be_ids(table[name])]
    lacking = [role for role in ("user", "article") if role not in guessed]
    if "session" in guessed and "user" in lacking:
        lacking.remove("user")
    return guessed | dict(zip(lacking, can_be_ids, strict=False))


def _can_be_times(values: arrow.ChunkedArray) -> bool:
    return kind_of(values.slice(0, FEW_ROWS)).startswith("times")


def _can_be_ids(values: arrow.ChunkedArray) -> bool:
    if kind_of(values.slice(0, FEW_ROWS)) not in ("whole numbers", "text"):
        return False
    return FEWEST_IDS <= len(values.unique()) < len(values)


def kind_of(values: arrow.ChunkedArray) -> str:
    """What is in a column, in a word or two, by some of its values."""
    if not len(values):
        return "empty"
    kind = values.type
    if arrow.types.is_timestamp(kind) or arrow.types.is_date(kind):
        return "times"
    if arrow.types.is_list(kind) or arrow.types.is_large_list(kind) or arrow.types.is_struct(kind):
        return "lists"
    if not (arrow.types.is_integer(kind) or arrow.types.is_floating(kind) or arrow.types.is_string(kind)):
        return str(kind)
    column = Column(values)
    try:
        form = find_time_form(column)
    except DataError:
        return "times"
    if form is not None:
        return f"times, {form.unit}" if form.unit else "times"
    if column.holds_numbers():
        return "whole numbers"
    if arrow.types.is_floating(kind) or pd.to_numeric(values.to_pandas(), errors="coerce").notna().mean() > MOSTLY:
        return "numbers"
    return "text"


def has_clicks(roles: Mapping[str, str]) -> bool:
    """Whether a file with these roles can be one of clicks."""
    return {"article", "time"} <= roles.keys() and ("user" in roles or "session" in roles)
