"""What can be wrong with a log that somebody brings: always a sentence or a note, never a traceback."""

import contextlib
import gzip
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from recsys.data.inspection import inspect
from recsys.data.loader import load
from recsys.data.reading.source import unpacked
from recsys.errors import DataError, RecsysError
from tests.shared import ROOT

T = 1_507_000_000_000
HEADER = "user_id,session_id,click_article_id,click_timestamp,click_deviceGroup\n"
ROWS = [f"{u},{u * 10},{5000 + (u * 7 + s) % 9},{T + u * 60_000 + s * 20_000},1\n" for u in range(30) for s in range(3)]
CLICKS = HEADER + "".join(ROWS)
ARTICLES = "article_id,category_id,created_at_ts,publisher_id,words_count\n" + "".join(
    f"{5000 + number},{number},{T - 3_600_000},0,100\n" for number in range(9)
)


def log(folder: Path, content: str | bytes = CLICKS, name: str = "clicks.csv") -> Path:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def zipped(content: str) -> bytearray:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("clicks.csv", content)
    return bytearray(packed.getvalue())


def settings(folder: Path, text: str, encoding: str = "utf-8") -> None:
    log(folder)
    (folder / "dataset.toml").write_text(f'name = "x"\ntitle = "x"\n{text}\n', encoding)


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a field of 200,000 characters": (lambda d: log(d, f"{CLICKS}{'x' * 200_000},1,5000,{T},1\n"), "line 92"),
    "not UTF-8": (lambda d: log(d, CLICKS.encode() + "é,1,5000,1,1\n".encode("latin1")), "line 92"),
    "a column twice": (lambda d: log(d, CLICKS.replace("click_deviceGroup", "click_article_id", 1)), "twice"),
    "a folder called .csv": (lambda d: (log(d), (d / "b.csv").mkdir()), r"b\.csv is not a file"),
    "a link to nowhere": (lambda d: (log(d), os.symlink(d / "nowhere", d / "b.csv")), r"b\.csv does not exist"),
    "a pipe": (lambda d: os.mkfifo(d / "clicks.csv"), "is not a file"),
    "nothing in it": (lambda d: log(d, ""), "empty"),
    "settings in Latin-1": (lambda d: settings(d, 'layout = "Fußball"', "latin1"), "not valid TOML"),
    "an infinite shift": (lambda d: settings(d, "published_shift_hours = inf"), "published_shift_hours"),
    "a shift that is no number": (lambda d: settings(d, "published_shift_hours = nan"), "published_shift_hours"),
    "a shift beyond all times": (lambda d: settings(d, "published_shift_hours = 1e300"), "published_shift_hours"),
    "an infinite gap": (lambda d: settings(d, "[sessions]\ngap_minutes = inf"), "gap_minutes"),
    "brackets without end": (lambda d: log(d, "[" * 100_000, "clicks.json"), "clicks.json can't be read"),
    "a list of anything": (
        lambda d: log(d, '[{"user_id": 1}, {"user_id": "a"}, 5]', "clicks.json"),
        "clicks.json can't be read",
    ),
    "a broken archive": (lambda d: log(d, bytes(zipped(CLICKS)[:-80]), "log.zip"), "unpacked"),
    "a broken gzip file": (lambda d: log(d, gzip.compress(CLICKS.encode())[:-80], "clicks.csv.gz"), "unpacked"),
    "an article with a value too many": (
        lambda d: (log(d), log(d, ARTICLES.replace("5001,1,", "5001,1,9,"), "articles_metadata.csv")),
        "line 3: 6 values",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_wrong_is_named(tmp_path: Path, what: str) -> None:
    make, said = REFUSED[what]
    make(tmp_path)
    with pytest.raises(DataError, match=said):
        load(tmp_path)
    with contextlib.suppress(RecsysError):
        inspect(tmp_path)


def test_a_file_may_be_packed_whatever_its_name(tmp_path: Path) -> None:
    found, _ = load(log(tmp_path, gzip.compress(CLICKS.encode())))
    assert len(found.clicks) == 90


def test_a_small_file_that_unpacks_to_more_than_memory_holds_is_refused() -> None:
    packed = gzip.compress(bytes(20_000_000))
    assert len(unpacked(packed, "clicks.csv.gz")) == 20_000_000
    with pytest.raises(DataError, match="no memory"):
        unpacked(packed, "clicks.csv.gz", most=19_000_000)


ARTICLE_1 = "5001,1,"


@pytest.mark.parametrize(
    ("instead", "section", "note"),
    [
        ("5001,-7,", -1, "1 sections in"),
        ("5001,2000000000,", -1, "1 sections in"),
        (f"5001,{2**32 + 1},", -1, "1 sections in"),
        ("5001,,", -1, None),
    ],
)
def test_a_section_that_is_no_code_is_unknown(tmp_path: Path, instead: str, section: int, note: str | None) -> None:
    log(tmp_path)
    log(tmp_path, ARTICLES.replace(ARTICLE_1, instead), "articles_metadata.csv")
    found, report = load(tmp_path)
    assert found.articles.sections.tolist() == [0, section, *range(2, 9)]
    assert any(note in one for one in report.notes) if note else not any("sections in" in one for one in report.notes)


def test_large_numbers_of_sections_become_small_codes_that_keep_their_names(tmp_path: Path) -> None:
    log(tmp_path)
    large = ARTICLES.replace(",0,100", ",0,100")
    for number in range(9):
        large = large.replace(f"{5000 + number},{number},", f"{5000 + number},{3_000_000 + number},")
    log(tmp_path, large, "articles_metadata.csv")
    found, _ = load(tmp_path)
    assert sorted(found.articles.sections.tolist()) == list(range(1, 10))
    assert found.dataset.label("section", int(found.articles.sections[1])) == "3000001"


@pytest.mark.parametrize("words", ["-5", str(2**33), str(2**40)])
def test_a_length_that_no_article_has_is_unknown(tmp_path: Path, words: str) -> None:
    log(tmp_path)
    log(tmp_path, ARTICLES.replace(",0,100\n", f",0,{words}\n", 1), "articles_metadata.csv")
    found, report = load(tmp_path)
    assert found.articles.words.tolist() == [0] + [100] * 8
    assert any("1 lengths in articles_metadata.csv" in note for note in report.notes)


@pytest.mark.parametrize(("factor", "known"), [(1, 9), (1 / 1000, 9), (1000, 9)])
def test_publication_times_may_be_in_any_unit(tmp_path: Path, factor: float, known: int) -> None:
    log(tmp_path)
    log(tmp_path, ARTICLES.replace(str(T - 3_600_000), str(int((T - 3_600_000) * factor))), "articles_metadata.csv")
    published = load(tmp_path)[0].articles.published
    assert (published == published[0]).all()
    assert abs(int(published[0]) - T) < 4 * 3_600_000


FUZZ = """
import gzip, io, random, sys
from pathlib import Path
import pandas as pd
from recsys.data.inspection import inspect
from recsys.data.loader import load
from recsys.errors import RecsysError
folder, kind, chance = Path(sys.argv[1]), sys.argv[2], random.Random(sys.argv[2])
clicks, articles = (Path(one).read_text() for one in sys.argv[3:5])
frame = pd.read_csv(io.StringIO(clicks))
packed = io.BytesIO()
frame.to_parquet(packed)
name, seed = {
    "parquet": ("clicks.parquet", packed.getvalue()),
    "csv": ("clicks.csv", clicks.encode()),
    "gzip": ("clicks.csv.gz", gzip.compress(clicks.encode())),
    "json": ("clicks.jsonl", frame.to_json(orient="records", lines=True).encode()),
    "articles": ("articles_metadata.csv", articles.encode()),
}[kind]
if kind == "articles":
    (folder / "clicks.csv").write_text(clicks)
for number in range(int(sys.argv[5])):
    damaged = bytearray(seed)
    for _ in range(chance.randint(1, 4)):
        at, how = chance.randrange(len(damaged)), chance.randrange(3)
        if how == 0:
            damaged[at] = chance.randrange(256)
        elif how == 1:
            damaged[at:at] = chance.randbytes(chance.randint(1, 8))
        else:
            del damaged[at : at + chance.randint(1, 20)]
    (folder / name).write_bytes(damaged)
    for read in (load, inspect):
        try:
            read(folder)
        except RecsysError:
            pass
"""


@pytest.mark.parametrize("kind", ["parquet", "csv", "gzip", "json", "articles"])
def test_no_damage_to_a_file_is_a_traceback(tmp_path: Path, kind: str) -> None:
    """In a process of its own: a signal would show, too."""
    (tmp_path / "log").mkdir()
    log(tmp_path, CLICKS, "seed.csv")
    log(tmp_path, ARTICLES, "articles.csv")
    command = [sys.executable, "-c", FUZZ, tmp_path / "log", kind, tmp_path / "seed.csv", tmp_path / "articles.csv"]
    run = subprocess.run([*command, "150"], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
