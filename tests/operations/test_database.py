"""A database that is held by somebody else, or damaged: nothing is lost, nobody gets a strike, what is wrong is told."""

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from maildesk.demo.world import FANG
from maildesk.desk.beside import unmailed
from maildesk.store import Broken, Busy, Store, StoreError
from tests.daemon.running import install, until
from tests.desk.house import House
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

FLIPS = 400

Dump = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path) -> Iterator[House]:
    (tmp_path / "maildesk.db").write_bytes(sqlite_template.read_bytes())
    url, files = f"sqlite:///{tmp_path}/maildesk.db", tmp_path / "files"
    store = Store.open(url, files, "here", durable=False, patience=0.2)
    yield House(tmp_path, store)
    store.close()


def test_a_lock_that_is_held_for_too_long_costs_time_and_no_strike(house: House, tmp_path: Path) -> None:
    house.keep(*(house.raw(FANG, f"打印机 {n} 卡纸了。") for n in range(3)))
    with closing(sqlite3.connect(tmp_path / "maildesk.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for step in (house.take_in, house.post, lambda: house.desk.wake(house.now)):
            with pytest.raises(Busy):
                step()
        house.desk.alarm("database", "it is held", "end the other program", house.now)
        other.execute("ROLLBACK")
    assert [one.what for one in unmailed(house.config.settings.state, house.now)] == ["database"]
    assert [(mail.state, mail.strikes) for mail in house.inbox()] == [("kept", 0)] * 3
    assert house.take_in() == 3
    assert [(mail.state, mail.strikes) for mail in house.inbox()] == [("done", 1)] * 3


def test_a_damage_that_is_met_at_work_parks_no_mail_and_is_told(house: House, tmp_path: Path) -> None:
    for number in range(3):
        house.mail(FANG, f"打印机 {number} 卡纸了。")
    house.keep(house.raw(FANG, "显示器黑了。"))
    house.store.close()
    with closing(sqlite3.connect(tmp_path / "maildesk.db")) as base:
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = base.execute("SELECT rootpage FROM sqlite_master WHERE name = 'tickets'").fetchone()
        (size,) = base.execute("PRAGMA page_size").fetchone()
    whole = bytearray((tmp_path / "maildesk.db").read_bytes())
    whole[(root - 1) * size : root * size] = b"\xa5" * size
    (tmp_path / "maildesk.db").write_bytes(whole)
    with pytest.raises(Broken, match="maildesk restore"):
        house.take_in()
    house.desk.alarm("database", "it is damaged", "restore the last backup", house.now)
    with closing(sqlite3.connect(tmp_path / "maildesk.db")) as base:
        found = base.execute("SELECT state, strikes FROM inbox ORDER BY id DESC LIMIT 1").fetchall()
    assert found == [("kept", 0)]


# -- flipped bytes ---------------------------------------------------------------------------------------------------


def dump(path: Path) -> Dump:
    """Everything that stands in the tables."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        base.text_factory = bytes
        names = [name.decode() for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: base.execute(f'SELECT rowid, * FROM "{name}" ORDER BY 1').fetchall() for name in names}


def verdict(path: Path, whole: Dump, folder: Path) -> str:
    """What becomes of a desk on this file: refused at the start, harmless, or a word of one row that is another."""
    try:
        with closing(Store.open(f"sqlite:///{path}", folder, "here", durable=False)) as store:
            if store.state() != "current":
                return "refused"
            store.quick_check()
        found = dump(path)
    except (StoreError, sqlite3.Error, UnicodeDecodeError):  # the last when a name in what SQLite complains of is no text
        return "refused"
    if found == whole:
        return "harmless"
    changed = [(name, len(set(found[name]) ^ set(whole[name]))) for name in whole if found.get(name) != whole[name]]
    same_rows = all([row[0] for row in found[name]] == [row[0] for row in whole[name]] for name, _ in changed)
    return "one value" if same_rows and [count for _, count in changed] == [2] else f"silently wrong: {changed}"


def test_a_flipped_byte_is_refused_or_harmless_or_changes_one_value_and_never_a_row(house: House, tmp_path: Path) -> None:
    """SQLite keeps no checksum of what stands in a column, so a flipped letter of a text cannot be seen; no row is lost by it."""
    for number in range(20):
        house.mail(FANG, f"打印机 {number} 卡纸了。" * 20, subject=f"打印机 {number}")
    house.post()
    house.store.close()
    path, broken = tmp_path / "maildesk.db", tmp_path / "broken.db"
    with closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole, expected, chance = path.read_bytes(), dump(path), random.Random(1)
    found = Counter[str]()
    for _ in range(FLIPS):
        place = chance.randrange(len(whole))
        flipped = whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :]
        for leftover in tmp_path.glob("broken.db*"):
            leftover.unlink()
        broken.write_bytes(flipped)
        found[verdict(broken, expected, tmp_path / "files")] += 1
    assert set(found) <= {"refused", "harmless", "one value"}, found
    assert found["refused"] >= 3, found


def test_a_desk_on_a_damaged_database_refuses_to_begin_and_tells_beside_the_mail(
    tmp_path: Path, dovecot: Dovecot, sink: SmtpSink
) -> None:
    installed = install(tmp_path, dovecot, sink.port)
    shutil.copy(installed.database, tmp_path / "whole.db")
    whole = installed.database.read_bytes()
    for leftover in installed.state.glob("maildesk.db-*"):
        leftover.unlink()
    installed.database.write_bytes(whole[:8192] + b"\xa5" * (len(whole) - 8192))
    for verb in (("run",), ("run", "--once")):
        ended = installed.tell(*verb)
        assert (ended.returncode, b"maildesk restore" in ended.stderr) == (1, True), ended.stderr
    lines = (installed.state / "alarms.log").read_text("utf-8").splitlines()
    assert len(lines) == 1
    shutil.copy(tmp_path / "whole.db", installed.database)
    checked = installed.tell("check", "--no-servers")
    assert checked.returncode == 1
    assert b"alarms" in checked.stdout
    with installed.running() as daemon:
        until(lambda: "desk open" in daemon.said(), told=daemon.said)


def test_one_turn_writes_nothing_to_a_database_with_a_damaged_page(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> None:
    """A page that the turn does not need would else be found when the backups have it, too."""
    installed = install(tmp_path, dovecot, sink.port)
    for leftover in installed.state.glob("maildesk.db-*"):
        leftover.unlink()
    whole = installed.database.read_bytes()
    last = len(whole) - 4096
    installed.database.write_bytes(whole[:last] + b"\xa5" * 4096)
    ended = installed.tell("run", "--once")
    assert (ended.returncode, b"is damaged" in ended.stderr, b"maildesk restore" in ended.stderr) == (1, True, True), ended.stderr
    assert installed.database.read_bytes()[:last] == whole[:last]
