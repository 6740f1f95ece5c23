"""How the rules were kept, by the digest and by a count of our own: minutes counted one by one, over a week at random."""

import random
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from maildesk.core.rules import Rule
from maildesk.demo.world import ACTORS, ANN, FANG, JING
from maildesk.reports.compliance import Kept, compliance, looked_up
from maildesk.reports.digest import write_digests
from maildesk.store import Store
from tests.core.minutes import MINUTE, Minutes, Walls
from tests.desk.house import House, Letter

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, tzinfo=SHANGHAI)
STAFF = {actor.address: actor for actor in ACTORS if actor.staff}
TICKETS, ALLOWED, TARGET = 14, 10, 24 * 60
LAST = 7 * 24 * 60
"""The minute at which the week is over."""


@pytest.fixture
def house(tmp_path: Path, store: Store) -> House:
    return House(tmp_path, store)


def play(house: House) -> list[tuple[int, int | None]]:
    """A week of tickets that open at random and are answered and solved at once after random whiles, or never; both by the
    minute of the week."""
    chance = random.Random(7)
    opens = sorted(chance.sample(range(9 * 60, 4 * 24 * 60), TICKETS))
    whiles = [chance.choice((3, 9, 10, 11, 40, 700, 2000, None)) for _ in opens]
    plan = [(at, None if gap is None else at + gap) for at, gap in zip(opens, whiles, strict=True)]
    todo = sorted({minute for both in plan for minute in both if minute is not None})
    numbers: dict[int, str] = {}
    for minute in todo:
        pass_until(house, MONDAY + minute * MINUTE)
        for at, answered in plan:
            if at == minute:
                known = {ticket.number for ticket in house.tickets()}
                house.mail((FANG, ANN)[at % 2], f"打印机卡纸了，第 {at} 次。", subject=f"打印机 {at}")
                numbers[at] = next(ticket.number for ticket in house.tickets() if ticket.number not in known)
            if answered == minute:
                letter = assignment(house, numbers[at])
                house.mail(STAFF[letter.to], "/resolve 取出后盖里的纸。", answering=letter)
    pass_until(house, MONDAY + timedelta(days=7, hours=9, minutes=30))
    return plan


def pass_until(house: House, moment: datetime) -> None:
    """Every alarm at its own moment."""
    while True:
        with house.store.read() as tx:
            due = tx.next_wake()
        if due is None or due > moment:
            break
        house.now = max(house.now, due)
        while house.desk.wake(house.now):
            pass
    house.now = moment


def assignment(house: House, number: str) -> Letter:
    house.post()
    house.read = 0
    return next(one for one in house.letters() if one.subject.startswith(f"[{number}]") and one.to in STAFF)


def counted(house: House, plan: list[tuple[int, int | None]], allowed: int) -> tuple[int, int]:
    """How many were due in the week and how many of them were kept, counted minute by minute."""
    minutes = Minutes(house.config.policy.calendar, Walls("Asia/Shanghai", date(2026, 11, 28)))
    begin = (MONDAY - minutes.walls.start) // MINUTE
    took = [minutes.between(begin + at, begin + (LAST if done is None else min(done, LAST))) for at, done in plan]
    kept = [done is not None and done < LAST and used <= allowed for (_, done), used in zip(plan, took, strict=True)]
    broken = [not good and used > allowed for good, used in zip(kept, took, strict=True)]
    return sum(kept) + sum(broken), sum(kept)


def test_the_digest_counts_first_answers_as_we_do(house: House) -> None:
    plan = play(house)
    with house.store.read() as tx:
        week = looked_up(tx, MONDAY, MONDAY + timedelta(days=7))
    found = {one.rule: one for one in compliance(week, house.config.policy.calendar, house.now)}
    due, kept = counted(house, plan, ALLOWED)
    assert 3 < kept < due - 3
    assert (found[Rule.FIRST_ANSWER].due, found[Rule.FIRST_ANSWER].kept) == (due, kept)
    house.letters()
    write_digests(house.desk, house.now)
    (text,) = [letter.text for letter in house.letters(JING) if "上周" in letter.text]
    assert re.search(rf"首次答复.*{due} 次，按时 {kept} 次（{kept * 100 // due}%）", text)


def test_a_solution_is_counted_when_it_is_done(house: House) -> None:
    plan = play(house)
    with house.store.read() as tx:
        week = looked_up(tx, MONDAY, MONDAY + timedelta(days=7))
    found = {one.rule: one for one in compliance(week, house.config.policy.calendar, house.now)}
    done = [(at, answered) for at, answered in plan if answered is not None and answered < LAST]
    assert found["solution"] == Kept(rule="solution", due=len(done), kept=counted(house, done, TARGET)[1])
