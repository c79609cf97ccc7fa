from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.core.numbers import whole_number
from recsys.core.timestamps import iso, parse_time
from recsys.errors import InputError


@given(st.integers(-(10**13), 10**14))
def test_a_moment_survives_being_written(time: int) -> None:
    assert parse_time(iso(time)) == time


@given(st.integers())
def test_any_number_can_be_written(time: int) -> None:
    assert iso(time)


def test_a_time_without_a_zone_is_utc() -> None:
    assert (
        parse_time("2017-10-10 12:00") == parse_time("2017-10-10T12:00:00Z") == parse_time("2017-10-10T09:00:00-03:00")
    )


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_a_sentence(text: str) -> None:
    with suppress(InputError):
        assert isinstance(parse_time(text), int)
    assert whole_number(text) is None or text.strip().isdecimal()


@pytest.mark.parametrize("text", ["0001-01-01T00:00+23:59", "9999-12-31T23:59-23:59", "²", "1" * 6000])
def test_texts_that_break_naive_readers(text: str) -> None:
    assert whole_number(text) is None
    with suppress(InputError):
        parse_time(text)
