"""What a browser says of itself, to a device and a system."""

from __future__ import annotations

import pyarrow as arrow

MOBILE = ("iPhone", "iPod")
UNKNOWN_FAMILIES = ("Other", "Generic Smartphone", "Generic Feature Phone")


def devices_and_systems(table: arrow.Table) -> arrow.Table:
    """The table with ``device`` and ``os`` by its ``user_agent``, where it has no column of them."""
    encoded = table["user_agent"].combine_chunks().cast(arrow.string()).dictionary_encode()
    found = [device_and_system(text) for text in encoded.dictionary.to_pylist()]
    for role, names in zip(("device", "os"), zip(*found, strict=True) if found else ((), ()), strict=True):
        if role not in table.column_names:
            known = arrow.DictionaryArray.from_arrays(encoded.indices, arrow.array(list(names), arrow.string()))
            table = table.append_column(role, known.cast(arrow.string()))
    return table


def device_and_system(user_agent: str) -> tuple[str, str]:
    """The kind of device (phone, tablet, desktop, robot) and the family of the system; empty where it can't be told."""
    from ua_parser import parse

    read = parse(user_agent)
    system = read.os.family if read.os is not None else ""
    device = read.device.family if read.device is not None else ""
    if device == "Spider":
        kind = "robot"
    elif device == "iPad" or "Tablet" in user_agent or (system == "Android" and "Mobile" not in user_agent):
        kind = "tablet"
    elif device in MOBILE or system in ("iOS", "Android", "Windows Phone", "BlackBerry OS") or "Mobile" in user_agent:
        kind = "phone"
    else:
        kind = "desktop" if system else ""
    return kind, "" if system == "Other" else system
