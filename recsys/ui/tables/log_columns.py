"""What the columns of a log can be, as the page Your log offers it."""

from __future__ import annotations

ROLES = {
    "user": "Reader",
    "article": "Article",
    "time": "Time",
    "session": "Session",
    "device": "Device",
    "os": "OS",
    "country": "Country",
}
"""The columns that people correct, in words."""
PREVIEW = {
    "reader": "Reader",
    "article": "Article",
    "session": "Session",
    "device": "Device",
    "os": "OS",
    "country": "Country",
    "region": "Region",
    "environment": "Environment",
    "referrer": "Referrer",
}
"""The heads of the columns of the first clicks."""
