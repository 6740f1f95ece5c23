"""The loops outlive what they work with, and end in time."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from maildesk.config import Config
from maildesk.core.ticket import Priority
from maildesk.daemon import Daemon, run_once
from maildesk.daemon.mailbox import MailboxLoop
from maildesk.demo.world import FANG
from maildesk.desk import Desk
from maildesk.desk.filing import Filing
from maildesk.imap import Mailbox, MailboxError, Selected
from maildesk.imap.trouble import Trouble
from maildesk.reader import ReaderFailed
from maildesk.store import Store, Tx, Unreachable
from tests.desk.house import House


@pytest.fixture
def house(tmp_path: Path, store: Store) -> House:
    return House(tmp_path, store)


def looped(house: House) -> MailboxLoop:
    """The loop of the only mailbox, by the clock of the house."""
    (account,) = house.config.settings.accounts
    return MailboxLoop(house.desk, account, clock=lambda: house.now, kept=lambda: None)


@asynccontextmanager
async def at_work(daemon: Daemon) -> AsyncIterator[None]:
    """The daemon is ready within, and has ended afterwards."""
    stop = asyncio.Event()
    running = asyncio.create_task(daemon.run(stop))
    await daemon._ready.wait()
    yield
    stop.set()
    await running


def test_a_mailbox_is_read_again_even_when_the_database_was_away_as_well(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    told = threading.Semaphore(0)

    def away(*_: object) -> None:
        told.release()
        raise Unreachable("the network is down", "wait")

    monkeypatch.setattr(house.store, "write", away)
    loop = looped(house)
    loop.worked_at = house.now - timedelta(hours=1)
    loop.start()
    try:
        assert told.acquire(timeout=10)
        assert told.acquire(timeout=10)
        assert loop.is_alive()
    finally:
        loop.end()
        loop.join(timeout=10)
    assert not loop.is_alive()


def test_one_turn_ends_well_when_a_server_closes_the_line_meanwhile(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(_: Filing, __: object) -> int:
        raise MailboxError(Trouble.UNREACHABLE, "closed")

    monkeypatch.setattr(Mailbox, "open", lambda self: Selected(uidvalidity=1, uidnext=1, exists=0))
    monkeypatch.setattr(Mailbox, "after", lambda self, uid, since=None: ())
    monkeypatch.setattr(Filing, "file", lost)
    turned = run_once(house.desk, lambda: house.now)
    assert any("closed" in trouble for trouble in turned.troubles)


def test_a_reload_that_breaks_in_an_unforeseen_way_leaves_the_desk_at_work(house: House) -> None:
    configs: list[Config | Exception] = [RuntimeError("a disk that cannot be read"), house.config]

    def load() -> Config:
        found = configs.pop()
        if isinstance(found, Exception):
            raise found
        return found

    async def story() -> None:
        daemon = Daemon(house.store, load, clock=lambda: house.now)
        async with at_work(daemon):
            await daemon.reload()
            assert daemon.desk.config == house.config

    asyncio.run(asyncio.wait_for(story(), 60))


def test_a_reload_that_changes_the_policy_looks_at_all_tickets_anew(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = replace(house.config, settings=replace(house.config.settings, accounts=()))
    changed = replace(alone, policy=replace(alone.policy, targets=dict.fromkeys(Priority, timedelta(hours=1))))
    configs = [changed, alone, alone]
    roused: list[datetime] = []
    monkeypatch.setattr(Tx, "rouse", lambda _, now, __: roused.append(now))

    async def story() -> None:
        daemon = Daemon(house.store, configs.pop, clock=lambda: house.now)
        async with at_work(daemon):
            await daemon.reload()
            assert roused == []
            await daemon.reload()
            assert (roused, daemon.desk.config.policy) == ([house.now], changed.policy)

    asyncio.run(story())


def test_a_reload_names_what_only_a_restart_changes(house: House, caplog: pytest.LogCaptureFixture) -> None:
    settings = replace(house.config.settings, accounts=())
    retry, state = replace(settings.retry, heartbeat=timedelta(seconds=30)), settings.state / "elsewhere"
    configs = [replace(house.config, settings=one) for one in (replace(settings, retry=retry, state=state), settings)]

    async def story() -> None:
        daemon = Daemon(house.store, configs.pop, clock=lambda: house.now)
        async with at_work(daemon):
            await daemon.reload()

    asyncio.run(story())
    told = [record.facts["setting"] for record in caplog.records if record.message == "change needs a restart"]  # type: ignore[attr-defined]
    assert told == ["state", "retry.heartbeat"]


def test_a_desk_that_is_stopped_in_the_middle_of_a_turn_of_its_clock_has_nothing_to_report(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    turning, ended = threading.Event(), threading.Event()

    def turn(_: Desk, __: datetime) -> bool:
        turning.set()
        ended.wait(30)
        return False

    monkeypatch.setattr(Desk, "wake", turn)
    alone = replace(house.config, settings=replace(house.config.settings, accounts=()))

    async def story() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(Daemon(house.store, lambda: alone, clock=lambda: house.now).run(stop))
        await asyncio.to_thread(turning.wait, 30)
        stop.set()
        try:
            await running
        finally:
            ended.set()

    asyncio.run(asyncio.wait_for(story(), 60))
    assert turning.is_set()
    assert [record.message for record in caplog.records if record.name.startswith("apscheduler")] == []


def test_the_operator_hears_of_a_step_that_cannot_be_done(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object, __: object) -> Iterator[int]:
        raise ReaderFailed("no memory")
        yield 0

    monkeypatch.setattr(Desk, "take_in", broken)

    async def story() -> None:
        async with at_work(Daemon(house.store, lambda: house.config, clock=lambda: house.now)):
            for _ in range(600):
                if told():
                    break
                await asyncio.sleep(0.05)

    def told() -> list[str]:
        with house.store.read() as tx:
            return [letter.kind for letter in tx.outbox() if letter.kind == "alarm"]

    asyncio.run(asyncio.wait_for(story(), 60))
    assert told() == ["alarm"]


async def test_after_an_outage_the_clock_waits_until_the_mail_of_that_time_was_read(house: House) -> None:
    house.desk.alive(house.now)
    house.mail(FANG, "打印机卡纸了，重启也没有用。")
    house.now += timedelta(hours=2)
    daemon = Daemon(house.store, lambda: house.config, clock=lambda: house.now)
    daemon._letters, daemon._calls = asyncio.Event(), asyncio.Event()
    await daemon._wake()
    waited = house.ticket().spoken
    daemon._read_up = True
    await daemon._wake()
    assert (waited, bool(house.ticket().spoken)) == (frozenset(), True)
    assert daemon._letters.is_set()


async def test_a_desk_that_was_only_restarted_waits_for_nothing(house: House) -> None:
    house.desk.alive(house.now)
    house.mail(FANG, "打印机卡纸了，重启也没有用。")
    house.now += timedelta(minutes=5)
    daemon = Daemon(house.store, lambda: house.config, clock=lambda: house.now)
    daemon._letters, daemon._calls = asyncio.Event(), asyncio.Event()
    await daemon._wake()
    assert house.ticket().spoken != frozenset()


@pytest.mark.parametrize(
    ("trouble", "at_most"),
    [(Trouble.UNREACHABLE, 60.0), (Trouble.PROTOCOL, 60.0), (Trouble.LOGIN, 300.0), (Trouble.THROTTLED, 300.0)],
)
def test_a_line_that_is_lost_is_looked_for_once_a_minute_and_who_was_refused_is_patient(
    house: House, monkeypatch: pytest.MonkeyPatch, trouble: Trouble, at_most: float
) -> None:
    pauses: list[float] = []

    def refused(_: Mailbox) -> Selected:
        raise MailboxError(trouble, "no")

    def wait(seconds: float) -> bool:
        pauses.append(seconds)
        if len(pauses) == 12:
            loop.end()
        return loop.stopped.is_set()

    loop = looped(house)
    monkeypatch.setattr(Mailbox, "open", refused)
    monkeypatch.setattr(loop.stopped, "wait", wait)
    loop.run()
    assert pauses[0] <= 1.0
    assert at_most / 2 <= pauses[-1] <= at_most


def test_a_mailbox_that_gives_no_answer_for_ten_minutes_is_told_and_broken_off(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_off: list[Mailbox] = []
    monkeypatch.setattr(Mailbox, "hang_up", lambda box: broken_off.append(box))
    loop = looped(house)
    loop.box.asking = True
    for minutes in (0, 9):
        loop.look(house.now + timedelta(minutes=minutes))
    assert (broken_off, house.letters()) == ([], [])
    loop.look(house.now + timedelta(minutes=10))
    assert broken_off == [loop.box]
    with house.store.read() as tx:
        assert [letter.kind for letter in tx.outbox()] == ["alarm"]


def test_ten_minutes_in_which_a_mailbox_was_asked_nothing_are_not_its_fault(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_off: list[Mailbox] = []
    monkeypatch.setattr(Mailbox, "hang_up", lambda box: broken_off.append(box))
    loop = looped(house)
    for minutes in (0, 10, 20):
        loop.look(house.now + timedelta(minutes=minutes))
    loop.box.asking = True
    loop.look(house.now + timedelta(minutes=29))
    assert (broken_off, house.letters()) == ([], [])


def test_a_mail_that_rests_is_looked_for_as_soon_as_its_rest_ends(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    looked: list[datetime] = []
    there = Selected(uidvalidity=1, uidnext=1, exists=0)

    def idle(_: Mailbox, seconds: float, __: threading.Event) -> bool:
        waits.append(seconds)
        house.now += timedelta(seconds=seconds)
        if len(waits) == 2:
            loop.end()
        return False

    def select(_: Mailbox) -> Selected:
        looked.append(house.now)
        return there

    loop = looped(house)
    for _ in range(3):
        loop.caution.cut(7, house.now)
    rests_until = loop.caution.rests[7]
    monkeypatch.setattr(Mailbox, "open", lambda self: there)
    monkeypatch.setattr(Mailbox, "select", select)
    monkeypatch.setattr(Mailbox, "after", lambda self, uid, since=None: ())
    monkeypatch.setattr(Mailbox, "removes_some", True)
    monkeypatch.setattr(Mailbox, "idle", idle)
    loop.run()
    assert looked[0] == rests_until
    assert waits[0] < waits[1]
