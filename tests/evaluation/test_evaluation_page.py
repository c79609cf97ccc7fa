"""The page of figures says what the kept results say."""

from pathlib import Path

import pytest

from benchmarks.evaluation_page import PAGES, filled


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_figures_of_the_pages_are_the_kept_ones(path: Path) -> None:
    page = path.read_text()
    assert "<!-- end -->" in page
    assert filled(page) == page, "run `make evaluation`"
