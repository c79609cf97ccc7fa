"""The rules, a file each."""

from recsys.policy.rules import (
    block,
    calibration,
    exploration,
    freshness,
    most_read_cap,
    pin,
    section_cap,
    variety,
)

__all__ = ["block", "calibration", "exploration", "freshness", "most_read_cap", "pin", "section_cap", "variety"]
