"""What every store must do, whichever it is."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from recsys.core.entities import Context, ObservedClick
from recsys.data.names import IdNames, Names
from recsys.errors import InputError
from recsys.events.opening import open_store
from recsys.events.sqlite_store import SQLiteStore
from recsys.events.store import EventStore, StoreError
from tests.shared import ROOT

T = 1_507_000_000_000
Opened = Callable[[], EventStore]


def click(number: int) -> ObservedClick:
    return ObservedClick(
        f"c{number}", 10**12 + number, 2**62 + number, T + number, Context(device=3), number % 2 or None
    )


@pytest.fixture(params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """Opens one and the same store, each time anew."""
    name = str(tmp_path / "events.db") if request.param == "sqlite" else request.getfixturevalue("database")
    return lambda: open_store(name)


def test_what_is_written_is_read_in_order_and_once(opened: Opened) -> None:
    store, clicks = opened(), [click(number) for number in (3, 1, 2)]
    assert store.position() == 0
    assert store.append(clicks) == 3
    assert store.append([clicks[0], click(4)]) == 1
    store.close()
    assert opened().clicks() == [*clicks, click(4)]


def test_whoever_has_read_up_to_a_position_gets_what_came_after_it(opened: Opened) -> None:
    one, other = opened(), opened()
    one.append([click(1), click(2)])
    first = other.since(0, T)
    assert first.clicks == [click(1), click(2)]
    assert first.position == other.position()
    assert other.since(first.position, T).clicks == []
    one.append([click(2), click(3)])
    assert other.position() > first.position
    assert other.since(first.position, T).clicks == [click(3)]
    assert other.since(0, T + 3).clicks == [click(3)], "what is older than a set is history to it"


def test_of_several_writers_nothing_is_passed_over(opened: Opened) -> None:
    """Positions are drawn by several at once: a reader must not get past one that is yet to appear."""
    reader, read, position = opened(), [], 0
    with ThreadPoolExecutor(5) as pool:

        def write(writer: int) -> None:
            store = opened()
            for number in range(40):
                store.append([click(1000 * writer + number)])
            store.close()

        writing = [pool.submit(write, writer) for writer in range(4)]
        while len(read) < 160 and not any(one.done() and one.exception() for one in writing):
            found = reader.since(position, T)
            position, read = found.position, [*read, *found.clicks]
    assert sorted(one.id for one in read) == sorted(click(1000 * w + n).id for w in range(4) for n in range(40))


def test_ids_come_back_as_what_they_were(opened: Opened) -> None:
    names = Names(IdNames([]), IdNames([], are_numbers=True))
    user, article = names.user_number("Jürgen"), names.article_number(-7)
    names.keep(user, article)
    store = opened()
    store.append([ObservedClick("x", user, article, T)], names)
    store.append([click(1)])
    fresh = Names(IdNames([]), IdNames([], are_numbers=True))
    [found, _] = opened().since(0, T, fresh).clicks
    assert (found.user_id, found.article_id) == (user, article)
    assert opened().clicks() == [click(1)], "a set whose ids are numbers has no use for names"


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database, but long enough to be taken for one" * 100)
    with pytest.raises(InputError, match="can't be used to store observed clicks"):
        open_store(str(tmp_path / "text.db"))
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE clicks (what TEXT)")
    other.commit()
    with pytest.raises(InputError, match="is not ours"):
        open_store(str(tmp_path / "other.db"))
    with pytest.raises(InputError, match="can't be used"):
        open_store(str(tmp_path / "nowhere" / "events.db"))


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "events.db"
    store = SQLiteStore(file)
    store.append([click(number) for number in range(2000)])
    store.close()
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 4] = bytes(4096)
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"damaged|malformed"):
        SQLiteStore(file)


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    file = tmp_path / "events.db"
    store = SQLiteStore(file)
    file.unlink()
    for use in (lambda: store.append([click(1)]), store.position, store.clicks):
        with pytest.raises(StoreError, match="deleted or replaced"):
            use()


def test_a_database_that_is_not_there_is_a_sentence(postgres: str) -> None:
    with pytest.raises(InputError, match=r"can't be used at the moment: .*nowhere"):
        open_store(f"{postgres}/nowhere")


def test_a_connection_that_breaks_is_made_again(database: str) -> None:
    store = open_store(database)
    store.append([click(1)])
    with psycopg.connect(database, autocommit=True) as other:
        other.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()"""
        )
    with pytest.raises(StoreError):
        store.append([click(2)])
    assert store.append([click(2)]) == 1
    assert len(store.clicks()) == 2


FULL = """
import resource, signal, sys
from pathlib import Path
from recsys.core.entities import ObservedClick
from recsys.events.sqlite_store import SQLiteStore
from recsys.events.store import StoreError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = SQLiteStore(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
kept = 0
try:
    while True:
        store.append([ObservedClick(f"{kept + number}", 1, 1, 1_507_000_000_000) for number in range(50)])
        kept += 50
except StoreError as error:
    print(error)
    print(kept, flush=True)
"""


def test_on_a_full_disk_nothing_is_acknowledged_that_is_not_kept(tmp_path: Path) -> None:
    """No file may be larger than 200 kB: as where the disk is full."""
    file = tmp_path / "events.db"
    run = subprocess.run([sys.executable, "-c", FULL, file], cwd=ROOT, capture_output=True, text=True, timeout=60)
    said, kept = run.stdout.splitlines()
    assert "can't be used at the moment" in said, run.stderr
    assert int(kept) > 100
    assert len(SQLiteStore(file).clicks()) == int(kept)
