"""A disk that is full, or soon will be, costs time: nothing is lost, nobody is told too early, and work goes on by itself."""

import errno
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from maildesk import faults
from maildesk.demo.world import FANG, OPERATOR, Actor
from maildesk.desk.beside import FILE, unmailed
from maildesk.desk.posting import Posting
from maildesk.store import Full, Store, StoreError
from tests.daemon.running import Installed, install, until
from tests.desk.house import House
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

IN_THE_STEPS = (
    "raw-written",
    "kept",
    "struck",
    "read",
    "number-minted",
    "decided",
    "before-commit",
    "taken-in",
)
"""Points in whose state of things the disk may be full, before anything was said to the relay."""


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path) -> Iterator[House]:
    (tmp_path / "maildesk.db").write_bytes(sqlite_template.read_bytes())
    store = Store.open(f"sqlite:///{tmp_path}/maildesk.db", tmp_path / "files", "here", durable=False)
    yield House(tmp_path, store)
    store.close()


@contextmanager
def pages(store: Store, more: int) -> Iterator[None]:
    """The database may grow by so many pages, and then its disk is full."""
    with store.read() as tx:
        most = tx._connection.exec_driver_sql("PRAGMA page_count").scalar_one() + more

    def limit(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {most}")

    store._writing.dispose()
    sa.event.listen(store._writing, "connect", limit)
    try:
        yield
    finally:
        sa.event.remove(store._writing, "connect", limit)
        store._writing.dispose()


def work(house: House, *raws: bytes) -> list[bytes]:
    """One turn of the desk as far as it comes; the mails that it could not keep."""
    left = []
    for raw in raws:
        try:
            house.keep(raw)
        except (StoreError, OSError):
            left.append(raw)
    with suppress(StoreError, OSError):
        house.take_in()
    try:
        house.post()
    except (StoreError, OSError):
        again(house)
    return left


def again(house: House) -> None:
    """The post begins anew, in the loop of the next turn."""
    house.posting = Posting(house.desk, house.office, lambda: house.now)  # type: ignore[arg-type]
    with suppress(StoreError), house.store.write() as tx:
        tx.recover(house.now)


def somebody(number: int) -> Actor:
    return Actor(name=f"Somebody {number}", address=f"somebody{number:03}@partner.test", part="")


def acknowledged(house: House) -> list[str]:
    house.post()
    return [to for to, _ in house.office.taken if to.endswith("@partner.test")]


def settled(house: House) -> list[tuple[str, int]]:
    return [(mail.state, mail.strikes) for mail in house.inbox() if mail.state != "done"]


def test_a_database_that_cannot_grow_loses_no_mail_and_none_gets_a_strike(house: House) -> None:
    full, number = 0, 0
    for more in range(0, 60, 2):
        raws = [house.raw(somebody(number + n), "It is broken. " + "x" * 3000, subject=f"printer {number + n}") for n in range(3)]
        number += len(raws)
        with pages(house.store, more):
            left = work(house, *raws)
            with house.store.read() as tx:
                tickets, promised = len(tx.tickets(limit=1000)), len(tx.outbox(limit=1000))
        full += len(left) > 0 or tickets < number
        assert {state for state, _ in settled(house)} <= {"kept"}
        assert len([to for to, _ in house.office.taken if to.endswith("@partner.test")]) <= tickets <= promised
        again(house)
        assert work(house, *left) == []
        assert settled(house) == []
        assert len(house.tickets()) == number
    assert full >= 3
    assert [mail.strikes for mail in house.inbox()] == [1] * number
    assert sorted(acknowledged(house)) == sorted(somebody(n).address for n in range(number))
    house.store.quick_check()


@pytest.mark.parametrize("point", IN_THE_STEPS)
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_disk_that_is_full_at_any_step_stops_it_and_it_is_done_later(house: House, point: str, nth: int) -> None:
    raws = [house.raw(somebody(n), f"打印机 {n} 卡纸了。", subject=f"打印机 {n}") for n in range(4)]
    faults.arm(f"{point}:enospc:{nth}")
    try:
        left = work(house, *raws)
    finally:
        faults.arm("")
    again(house)
    assert work(house, *left) == []
    assert settled(house) == []
    assert {mail.strikes for mail in house.inbox() if mail.outcome != "duplicate"} <= {1}
    assert len(house.tickets()) == len(raws)
    assert sorted(acknowledged(house)) == [somebody(n).address for n in range(len(raws))]


def test_mails_that_could_not_be_given_back_are_given_back_later(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full from the moment at which the mails are claimed until they were to be given back, and after."""
    house.keep(house.raw(FANG, "打印机卡纸了。"))

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    faults.arm("read:enospc:1")
    write = house.store.write
    try:
        claimed = iter([write])
        monkeypatch.setattr(house.store, "write", lambda: next(claimed, full)())
        with pytest.raises(OSError, match="space"):
            house.take_in()
    finally:
        faults.arm("")
    monkeypatch.setattr(house.store, "write", write)
    assert [mail.strikes for mail in house.inbox()] == [1]
    assert house.take_in() == 1
    assert [(mail.state, mail.strikes) for mail in house.inbox()] == [("done", 1)]


def test_no_mail_is_taken_from_the_pipe_when_room_is_scarce(house: House) -> None:
    house.desk.config = replace(house.config, settings=replace(house.config.settings, reserve_free=1 << 60))
    with pytest.raises(Full, match="no mail is fetched"):
        house.desk.require_room()


# -- the real program ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def installed(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> Installed:
    return install(tmp_path, dovecot, sink.port)


def reserve(installed: Installed, size: str) -> None:
    text = installed.main.read_text("utf-8")
    before = next(line for line in text.splitlines() if line.startswith("reserve_free"))
    installed.main.write_text(text.replace(before, f'reserve_free = "{size}"'), "utf-8")


def test_mail_waits_in_its_mailbox_while_room_is_scarce_and_the_operator_is_told_once(
    installed: Installed, sink: SmtpSink
) -> None:
    reserve(installed, "1000000000 GB")
    installed.dovecot.deliver(
        installed.desk, b"From: ann@users.example.org\r\nSubject: x\r\nMessage-ID: <1@x>\r\n\r\nIt is broken.\r\n"
    )
    refused = installed.tell("ingest", stdin=b"From: bob@users.example.org\r\n\r\nThe pipe.\r\n")
    assert (refused.returncode, b"make room" in refused.stderr) == (75, True)
    with installed.running() as daemon:
        daemon.wait_for('"no room"')
        until(lambda: told(sink) == 1, told=daemon.said)
        until(lambda: daemon.said().count('"mailbox open"') >= 3, told=daemon.said)
        assert len(installed.dovecot.mails(installed.desk, "INBOX")) == 1
        reserve(installed, "1 MB")
        daemon.signal(signal.SIGHUP)
        daemon.wait_for('"mail in"')
        daemon.wait_for('"room again"')
        until(lambda: not installed.dovecot.mails(installed.desk, "INBOX"), told=daemon.said)
        daemon.signal(signal.SIGTERM)
        assert daemon.ended() == 0
        assert daemon.said().count('"no room"') == 1
    assert told(sink) == 1


def told(sink: SmtpSink) -> int:
    """How many letters the operator has."""
    return sum(b"X-Rcpt-Args: <operator@example.org>" in mail for mail in sink.mails())


def test_a_state_folder_that_cannot_be_written_is_refused_with_its_remedy(installed: Installed) -> None:
    """As the kernel refuses it: the folder is a file, so nothing can be made in it by anybody."""
    state = installed.state
    state.rename(state.with_name("away"))
    state.write_bytes(b"")
    ended = installed.tell("run", "--once")
    assert ended.returncode != 0
    assert b"Traceback" not in ended.stderr
    assert b"state" in ended.stderr


# -- the road beside the mail ----------------------------------------------------------------------------------------------------


def test_an_alarm_that_the_database_cannot_keep_is_written_beside_it_once_an_hour(house: House) -> None:
    with pages(house.store, 0):
        for number in (*range(30), 29, 29):
            house.desk.alarm(f"trouble {number}", "x" * 20_000, "make room", house.now)
    state = house.config.settings.state
    beside = [one.what for one in unmailed(state, house.now)]
    assert beside[-1] == "trouble 29"
    assert len(beside) == len(set(beside))
    assert len(house.letters(OPERATOR)) == 30 - len(beside)
    assert (state / FILE).stat().st_mode & 0o077 == 0
