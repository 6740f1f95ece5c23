"""The machine's clock is set while the desk works: nothing speaks twice, no number comes twice, nobody hears too early."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from maildesk.daemon import Daemon, utc_now
from maildesk.daemon.steadiness import REST, Steadiness
from maildesk.demo.world import FANG, Actor
from maildesk.store import Store
from tests.desk.house import House

LEAPS = tuple(timedelta(hours=hours) for hours in (1, 24, 24 * 365))


class Watch:
    """A wall clock that is set, and seconds that only go forward."""

    def __init__(self, house: House) -> None:
        self.house, self.ticks = house, 0.0

    def passes(self, seconds: float) -> None:
        self.house.now += timedelta(seconds=seconds)
        self.ticks += seconds


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path) -> Iterator[House]:
    (tmp_path / "maildesk.db").write_bytes(sqlite_template.read_bytes())
    store = Store.open(f"sqlite:///{tmp_path}/maildesk.db", tmp_path / "files", "here", durable=False)
    yield House(tmp_path, store)
    store.close()


def at_work(house: House) -> tuple[Daemon, Watch]:
    """A daemon whose turns are made by hand."""
    watch = Watch(house)
    daemon = Daemon(house.store, lambda: house.config, clock=lambda: house.now, ticks=lambda: watch.ticks)
    daemon._letters, daemon._calls, daemon._read_up = asyncio.Event(), asyncio.Event(), True
    daemon._scheduler = daemon._beats()
    return daemon, watch


async def beat(daemon: Daemon) -> None:
    if leap := daemon.steadiness.leap():
        await daemon._leapt(leap)
    await daemon._wake()


def spoken(house: House) -> Counter[tuple[int, str]]:
    """Every alarm of every ticket, and how often it spoke."""
    found: Counter[tuple[int, str]] = Counter()
    with house.store.read() as tx:
        for ticket in tx.tickets(limit=1000):
            found.update((ticket.id, line.key) for line in tx.history(ticket.id, 1000) if line.key)
    return found


def alarms(house: House) -> int:
    with house.store.read() as tx:
        return sum(letter.kind == "alarm" for letter in tx.outbox(limit=1000))


@pytest.mark.parametrize("leap", LEAPS, ids=str)
async def test_a_leap_forward_is_told_and_escalates_nothing_for_five_minutes(house: House, leap: timedelta) -> None:
    daemon, watch = at_work(house)
    house.mail(FANG, "打印机卡纸了，重启也没有用。")
    await beat(daemon)
    before = spoken(house)
    house.now += leap
    while watch.ticks < REST - 5:
        await beat(daemon)
        watch.passes(5)
    assert (spoken(house), alarms(house)) == (before, 1)
    watch.passes(10)
    await beat(daemon)
    assert spoken(house) > before
    assert set(spoken(house).values()) == {1}


@pytest.mark.parametrize("leap", LEAPS, ids=str)
async def test_a_clock_that_is_set_forth_and_back_again_makes_no_alarm_speak_twice(house: House, leap: timedelta) -> None:
    daemon, watch = at_work(house)
    house.mail(FANG, "打印机卡纸了，重启也没有用。")
    for step in (leap, -leap, -leap, leap):
        house.now += step
        for _ in range(80):
            await beat(daemon)
            watch.passes(5)
    assert spoken(house)
    assert set(spoken(house).values()) == {1}
    with house.store.read() as tx:
        keys = [letter.message_id for letter in tx.outbox(limit=1000) if letter.message_id]
    assert len(keys) == len(set(keys))


async def test_a_clock_that_is_right_again_at_once_disturbs_nobody(house: House) -> None:
    daemon, watch = at_work(house)
    house.mail(FANG, "打印机卡纸了，重启也没有用。")
    await beat(daemon)
    before = spoken(house)
    for step in (timedelta(days=1), timedelta(days=-1)):
        house.now += step
        await beat(daemon)
        watch.passes(60)
    assert daemon.steadiness.resting is False
    await beat(daemon)
    assert (spoken(house), house.desk.outage) == (before, None)


def test_a_number_comes_once_though_midnight_comes_twice(house: House) -> None:
    house.now = datetime(2026, 11, 23, 15, 50, tzinfo=UTC)  # ten minutes to midnight in Shanghai
    for number, step in enumerate((0, 20, -20, 20, -20, 20)):
        house.now += timedelta(minutes=step)
        house.mail(
            Actor(name="x", address=f"x{number}@partner.test", part=""), f"打印机 {number} 坏了。", subject=f"打印机 {number}"
        )
    numbers = [ticket.number for ticket in house.tickets()]
    assert len(set(numbers)) == len(numbers) == 6
    assert {number[:10] for number in numbers} == {"TS20261123", "TS20261124"}


def test_slow_corrections_are_no_leap() -> None:
    ticks, ahead = 0.0, timedelta()
    began = datetime(2026, 11, 23, tzinfo=UTC)
    steadiness = Steadiness(lambda: began + timedelta(seconds=ticks) + ahead, lambda: ticks)
    leaps = []
    for _ in range(100):
        ticks, ahead = ticks + 5, ahead + timedelta(minutes=1)
        leaps.append(steadiness.leap())
    assert leaps == [None] * 100


async def test_the_beats_go_on_when_the_clock_is_set_back_by_a_year(house: House) -> None:
    daemon, _ = at_work(house)
    daemon._scheduler.start(paused=True)
    for job in daemon._scheduler.get_jobs():
        job.modify(next_run_time=utc_now() + timedelta(days=365))
    await daemon._leapt(timedelta(days=-365))
    due = [job.next_run_time for job in daemon._scheduler.get_jobs()]
    daemon._scheduler.shutdown(wait=False)
    assert due
    assert max(due) <= utc_now()
