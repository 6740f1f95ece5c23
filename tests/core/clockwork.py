"""A small desk for the tests of the clock: an office in Shanghai, a few people, a ticket to begin with."""

from dataclasses import fields, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from maildesk.core.absence import EVER, Absence
from maildesk.core.alarm import Alarm
from maildesk.core.alarms import alarms
from maildesk.core.calendar import Calendar, Hours
from maildesk.core.decide import decide
from maildesk.core.decision import Decision
from maildesk.core.event import Ticked
from maildesk.core.known import Known
from maildesk.core.message import Address
from maildesk.core.people import People, Person, Role, StaffId
from maildesk.core.policy import Policy
from maildesk.core.rules import Duties
from maildesk.core.ticket import Number, Pause, Status, Ticket, TicketId, Waiting

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = (Hours(time(9), time(12)), Hours(time(13, 30), time(18)))
OFFICE = Calendar(name="office", zone=SHANGHAI, week=(DAY,) * 5 + ((), ()))
POLICY = Policy(calendar=OFFICE)


def at(text: str) -> datetime:
    """A moment in the office: `10-28 10:00`, in 2026. The 28th of October is a Wednesday."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def person(staff_id: str, name: str, *roles: Role, **more: Any) -> Person:
    address = Address(f"{staff_id.lower()}@desk.example")
    return Person(staff_id=StaffId(staff_id), name=name, addresses=(address,), roles=frozenset(roles), **more)


def away_until(moment: datetime) -> tuple[Absence, ...]:
    """Absent since long ago up to this moment."""
    return (Absence(since=EVER, until=moment),)


LI = person("E1", "李明", Role.ENGINEER, line=1)
ZHOU = person("E2", "周强", Role.ENGINEER, line=2)
CHEN = person("L1", "陈静", Role.LEAD)
WU = person("M1", "吴刚", Role.MANAGER)
PEOPLE = People((LI, ZHOU, CHEN, WU))
KNOWN = Known(policy=POLICY, people=PEOPLE)


def staffed(*people: Person, **policy: Any) -> Known:
    """What is known when only these people are there."""
    return replace(KNOWN, people=People(people), policy=replace(POLICY, **policy))


def after(decision: Decision) -> Ticket:
    """The ticket as it was left."""
    assert decision.ticket is not None
    return decision.ticket


def ticket(opened: str = "10-28 10:00", **facts: Any) -> Ticket:
    """Assigned to 李明 when it was opened; P3 until somebody says otherwise."""
    begun = at(opened)
    usual: dict[str, Any] = {
        "id": TicketId(1),
        "number": Number("TS20261028001"),
        "version": 1,
        "status": Status.ASSIGNED,
        "subject": "登录失败",
        "requester": Address("user@customer.example"),
        "opened_at": begun,
        "engineer": LI.staff_id,
        "assigned_at": begun,
        "line_since": begun,
    }
    return Ticket(**usual | facts)


def waiting(why: Waiting, since: str, opened: str = "10-28 10:00", **facts: Any) -> Ticket:
    pause = Pause(why=why, since=at(since))
    return ticket(opened, status=Status.WAITING, waiting=why, pauses=(pause,), **facts)


def resumed(ticket: Ticket, when: datetime) -> Ticket:
    """The ticket as it is when the waiting ends."""
    pauses = tuple(replace(pause, until=pause.until or when) for pause in ticket.pauses)
    return replace(ticket, status=Status.IN_PROGRESS, waiting=None, waiting_until=None, pauses=pauses)


def ruled(**rules: Any) -> Policy:
    """A policy in which these rules are other ones."""
    return replace(POLICY, usual=replace(POLICY.usual, **rules))


def quiet_but(*rules: str) -> Policy:
    """A policy in which only these rules speak."""
    others = (duty.name for duty in fields(Duties) if duty.name not in rules)
    return ruled(**{name: replace(getattr(POLICY.usual, name), on=False) for name in others})


def spoken(ticket: Ticket, policy: Policy = POLICY, rule: str | None = None) -> list[tuple[str, str]]:
    """What will speak, as (`10-28 10:05`, `first_answer remind 1`) by the office's clock."""
    return [(_local(alarm), _named(alarm)) for alarm in alarms(ticket, policy) if rule in (None, alarm.rule)]


def _local(alarm: Alarm) -> str:
    return f"{alarm.due.astimezone(SHANGHAI):%m-%d %H:%M}"


def _named(alarm: Alarm) -> str:
    return f"{alarm.rule} {alarm.step} {alarm.nth}"


def ticked(one: Ticket, known: Known, now: datetime) -> Decision:
    """What the clock says of a ticket."""
    (decision,) = decide((one,), Ticked(), known, now)
    return decision
