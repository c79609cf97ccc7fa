"""Files that somebody has asked for."""

from pathlib import Path

import pytest

from recsys.core.files import write_text
from recsys.errors import RecsysError


def test_a_file_with_its_folder(tmp_path: Path) -> None:
    write_text(tmp_path / "some" / "where" / "file.txt", "é\n")
    assert (tmp_path / "some" / "where" / "file.txt").read_text("utf-8") == "é\n"


def test_where_nothing_can_be_written_it_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecsysError, match="can't be written"):
        write_text(tmp_path / "file" / "below.txt", "x")
