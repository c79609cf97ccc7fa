"""Whether what was opened may be listed again is learned from the log, or said in its settings."""

from dataclasses import replace

import pytest

from recsys.data.repeats import may_repeat, repeated_share, repeats_in_words
from recsys.testing.logs import small_log
from tests.helpers import DATASET, tiny_log

ROWS = [
    (0, 0, 1, 0.0), (0, 0, 2, 0.1), (0, 0, 1, 0.2),  # back to 1
    (0, 1, 2, 5.0), (0, 1, 2, 5.1), (0, 1, 3, 5.2),  # 2 twice in a row is one click
    (1, 2, 1, 1.0), (1, 2, 3, 1.1), (1, 2, 3, 1.2),  # what another has opened is no repeat
]  # fmt: skip


def test_a_return_is_a_click_on_what_the_same_reader_had_opened() -> None:
    assert repeated_share(tiny_log(ROWS)) == pytest.approx(1 / 4), "next clicks: 2, 1 (back), 3, 3"


def test_no_next_click_is_no_return() -> None:
    assert repeated_share(tiny_log([(0, 0, 1, 0.0), (1, 1, 1, 1.0)])) == 0


def test_the_log_decides_where_its_settings_do_not() -> None:
    log = tiny_log(ROWS)
    assert may_repeat(log)
    assert not may_repeat(replace(log, dataset=DATASET.model_copy(update={"repeats": False})))
    news = small_log()
    assert repeated_share(news) < 0.01
    assert not may_repeat(news)
    assert may_repeat(replace(news, dataset=news.dataset.model_copy(update={"repeats": True})))
    assert repeats_in_words(log).startswith("25 of 100 next clicks are on something that the reader had opened before")
