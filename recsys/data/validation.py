"""The checks of a log: what a row must be, and what is said of one that is not."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pandera.pandas as pa

from recsys.core.entities import CONTEXT_FIELDS
from recsys.data.reader import BadRow, RawFile

YEAR_1990 = 631_152_000_000
YEAR_2039 = 2_177_452_800_000
"""The last moment that a (user, time) key can hold (see ``histories.TIME_BITS``)."""
LARGEST_CODE = int(np.iinfo(np.int16).max)


def check_rows(files: list[RawFile]) -> tuple[pd.DataFrame, list[BadRow]]:
    """All files' rows together, without the bad ones, and the bad ones with file, line and reason."""
    frame = pd.concat([file.frame for file in files], ignore_index=True)
    bad = [row for file in files for row in file.bad]
    try:
        _SCHEMA.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases.dropna(subset=["index"])
        reasons: dict[int, str] = {}
        for index, value, check in zip(cases["index"], cases["failure_case"], cases["check"], strict=True):
            reasons.setdefault(int(index), _reason(str(check), value))
    else:
        reasons = {}
    repeats = np.flatnonzero(frame.duplicated(["user", "session", "article", "time"]))
    for index in repeats.tolist():
        reasons.setdefault(index, "the row is repeated")
    if reasons:
        first_rows = np.cumsum([0] + [len(file.frame) for file in files])
        for index in sorted(reasons):
            of = int(np.searchsorted(first_rows, index, side="right")) - 1
            line = int(files[of].lines[index - first_rows[of]])
            bad.append(BadRow(files[of].name, line, reasons[index]))
        frame = frame.drop(index=list(reasons)).reset_index(drop=True)
    return frame, bad


def summary(bad: list[BadRow]) -> str:
    """Bad rows in one line: how many, of which kinds, and the first of them."""
    kinds = Counter(row.reason.split(" (")[0] for row in bad)
    by_kind = "; ".join(f"{count} × {kind}" for kind, count in kinds.most_common(4))
    return f"{len(bad)} bad row{'s' if len(bad) != 1 else ''} ({by_kind}), the first {bad[0]}"


def _at_least(least: int, reason: str) -> pa.Check:
    return pa.Check.ge(least, error=reason)


_CODE = [_at_least(0, "negative"), pa.Check.le(LARGEST_CODE, error="too large for a code")]
_SCHEMA = pa.DataFrameSchema(
    {
        "user": pa.Column(np.int64, _at_least(0, "negative")),
        "session": pa.Column(np.int64, _at_least(0, "negative")),
        "article": pa.Column(np.int64, _at_least(0, "negative")),
        "time": pa.Column(
            np.int64,
            [_at_least(YEAR_1990, "before 1990"), pa.Check.lt(YEAR_2039, error="after 2038")],
        ),
        **{field: pa.Column(np.int64, _CODE) for field in CONTEXT_FIELDS},
    }
)


def _reason(check: str, value: object) -> str:
    number = int(float(str(value)))
    if check == "before 1990":
        seconds = YEAR_1990 // 1000 <= number < YEAR_2039 // 1000
        hint = "in seconds, not milliseconds" if seconds else "before 1990"
        return f"the time is {hint} ({number})"
    if check == "after 2038":
        return f"the time is after 2038, or not in milliseconds ({number})"
    return f"a value is {check} ({number})"
