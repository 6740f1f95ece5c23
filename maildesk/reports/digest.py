"""The daily digest: to each engineer his list with what is due, to leads and managers the whole desk.

It is written on every working day of its reader, in his own time zone, at the hour the policy names or when the desk is next
awake on that day. Its key in the outbox holds reader and day, so that it is written once however often this is tried. The first
of a week also says how the rules were kept in the week before.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from maildesk.core.alarm import Alarm
from maildesk.core.alarms import DUTIES, alarms
from maildesk.core.decide.writing import to_person
from maildesk.core.known import Known
from maildesk.core.letter import Letter, LetterKind, instant
from maildesk.core.people import People, Person, Role, StaffId
from maildesk.core.policy import Policy
from maildesk.core.shift import absent, calendar_of, reachable_at
from maildesk.core.ticket import Priority, Ticket
from maildesk.desk import Desk
from maildesk.reports.compliance import Period, compliance, last_week, looked_up
from maildesk.store import NOBODY, NOTHING, Tx

MOST = 50
"""So many tickets of his own are listed."""

MOST_WATCHED = 20
"""So many tickets are put before the leads."""

TIMELY = timedelta(hours=1)
"""A digest that is written within this time after its hour comes at the hour that the policy wants, whatever the hour."""

Row = dict[str, Any]


def write_digests(desk: Desk, now: datetime, since: datetime | None = None) -> int:
    """Promise every digest whose hour has come today, but not before `since`, and that nobody has got yet; how many."""
    if not any(of_today(person, desk.config.policy, now, since) for person in desk.config.people.everyone):
        return 0  # for nobody the hour has come, whether he is there or not: that only the store knows
    with desk.store.read() as tx:
        gatherer = desk.gatherer(tx, now)
        known = Known(policy=desk.config.policy, people=gatherer.people)
        readers = tuple(due(known, now, since))
        done = tx.promised(one.key for one in readers)
        letters = tuple(digests(tx, known, [one for one in readers if one.key not in done], now))
    return desk.tell([(letter, None) for letter in letters], now)


# -- who gets one --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who is to get a digest of his day."""

    person: Person
    kind: LetterKind
    day: date

    @property
    def key(self) -> str:
        return f"report:{self.kind}:{self.person.staff_id}:{self.day}"


def reader(person: Person, kind: LetterKind, policy: Policy, now: datetime) -> Reader:
    """The same, asked for at any time."""
    return Reader(person=person, kind=kind, day=now.astimezone(calendar_of(person, policy).zone).date())


def due(known: Known, now: datetime, since: datetime | None = None) -> Iterator[Reader]:
    """Everybody whose hour has come on this day, whether he got his digest or not."""
    here = (person for person in known.people.everyone if not absent(person, now))
    return (one for person in here for one in of_today(person, known.policy, now, since))


def of_today(person: Person, policy: Policy, now: datetime, since: datetime | None = None) -> tuple[Reader, ...]:
    """The same of one person, present or absent."""
    engineer = Role.ENGINEER in person.roles
    meant = ((engineer, LetterKind.DIGEST, policy.digest_at), (person.leads, LetterKind.TEAM_DIGEST, policy.team_digest_at))
    return tuple(
        reader(person, kind, policy, now) for his, kind, hour in meant if his and hour_has_come(person, hour, policy, now, since)
    )


def hour_has_come(person: Person, hour: time, policy: Policy, now: datetime, since: datetime | None = None) -> bool:
    """Whether he works today and it is late enough: the hour of the policy, or when he begins if that is later. An hour before
    `since`, when there was no desk, comes no more.

    After an outage the hour may have passed long ago. Then it comes while he works, or not on that day.
    """
    calendar = calendar_of(person, policy)
    day = now.astimezone(calendar.zone).date()
    hours = calendar.hours_on(day)
    if not hours:
        return False
    meant = datetime.combine(day, max(hour, min(span.start for span in hours)), calendar.zone)
    if since is not None and meant < since:
        return False
    return meant <= now and (now - meant < TIMELY or reachable_at(person, policy, now) <= now)


# -- what it says --------------------------------------------------------------------------------------------------------


def digests(tx: Tx, known: Known, readers: Iterable[Reader], now: datetime) -> Iterator[Letter]:
    """The letters for these readers; the desk is looked through once for all of them."""
    team: Team | None = None
    weeks: dict[tuple[datetime, datetime], Period] = {}
    for one in readers:
        span = last_week(one.person, known.policy, now)
        week = None if span is None else weeks.get(span) or weeks.setdefault(span, looked_up(tx, *span))
        if one.kind is LetterKind.TEAM_DIGEST:
            team = team or look_through(tx, known, now)
            yield team_digest(one, team, known, now, week)
        else:
            tickets = tx.first_due(one.person.staff_id, MOST)
            yield digest(one, tickets, counts_of(tx, one, known.policy, now), known, now, week)


def _week(week: Period | None, policy: Policy, now: datetime, engineer: StaffId | None = None) -> dict[str, Any] | None:
    """How the rules were kept, as a fact; None where there is nothing to tell."""
    kept = compliance(week, policy.calendar, now, engineer) if week else ()
    if week is None or not kept:
        return None
    last = (week.until - timedelta(days=1)).date()
    return {"since": week.since.date().isoformat(), "until": last.isoformat(), "rules": [one.fact for one in kept]}


def digest(
    reader: Reader, tickets: Iterable[Ticket], counts: Mapping[str, int], known: Known, now: datetime, week: Period | None = None
) -> Letter:
    """An engineer's own list, what is due first on top; `counts` are of all that he has."""
    looks = sorted((look(ticket, known.policy, now) for ticket in tickets), key=_urgency)
    facts = {
        "day": reader.day.isoformat(),
        "rows": [look.row for look in looks],
        "counts": dict(counts),
        "week": _week(week, known.policy, now, reader.person.staff_id),
    }
    return replace(to_person(None, reader.person, reader.kind, known, **facts), key=reader.key)


def counts_of(tx: Tx, reader: Reader, policy: Policy, now: datetime) -> dict[str, int]:
    """How many tickets he has open, of which so many are late, due today, or wait."""
    who = reader.person.staff_id
    share = tx.shares().get(who, NOTHING)
    tomorrow = datetime.combine(reader.day + timedelta(days=1), time(0), calendar_of(reader.person, policy).zone)
    late = tx.due_before(who, now)
    return {"open": share.open, "late": late, "today": tx.due_before(who, tomorrow) - late, "waiting": share.waiting}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A ticket as a digest sees it: what is due next, and whether that is broken."""

    ticket: Ticket
    alarm: Alarm | None
    late: bool

    @property
    def due(self) -> datetime | None:
        return self.alarm.deadline if self.alarm else None

    @property
    def row(self) -> Row:
        ticket = self.ticket
        return {
            "number": ticket.number,
            "subject": ticket.subject,
            "status": ticket.status,
            "priority": ticket.priority,
            "requester": ticket.requester_name or ticket.requester,
            "due": instant(self.due) if self.due else None,
            "rule": self.alarm.rule if self.alarm else "",
            "age": instant(ticket.opened_at),
        }


def look(ticket: Ticket, policy: Policy, now: datetime) -> Look:
    """The first duty that is broken or will be; for a ticket without one, when it moves by itself."""
    every = alarms(replace(ticket, spoken=frozenset()), policy, now)
    duties = [alarm for alarm in every if alarm.rule in DUTIES]
    first = min(duties or every, key=lambda alarm: alarm.deadline, default=None)
    return Look(ticket=ticket, alarm=first, late=bool(duties) and first is not None and first.deadline < now)


def _urgency(look: Look) -> tuple[bool, bool, datetime, Priority]:
    """Late ones, then by what is due; without a deadline by age at the end."""
    return not look.late, look.due is None, look.due or look.ticket.opened_at, look.ticket.priority


@dataclass(slots=True, kw_only=True)
class Team:
    """The desk as its leads see it. `watched` are the tickets they should look at."""

    counts: Mapping[str, int]
    ignored: Mapping[str, int]
    people: list[list[Any]] = field(default_factory=list)
    watched: list[Row] = field(default_factory=list)


def look_through(tx: Tx, known: Known, now: datetime) -> Team:
    """What is open, by sums that are kept and by what is due first; what came and went since the last working day began."""
    since, until = _since_last_working_day(known.policy, now)
    shares = tx.shares()
    late = {who: tx.due_before(who, now) for who in shares}
    watched = sorted((look(ticket, known.policy, now) for ticket in tx.watched(now, MOST_WATCHED)), key=_urgency)
    people = {who: share.open for who, share in shares.items() if share.open and who != NOBODY}
    figures = tx.figures(since, until)
    counts = {
        "open": sum(share.open for share in shares.values()),
        "late": sum(late.values()),
        "unassigned": shares.get(NOBODY, NOTHING).open,
        "opened": figures.opened,
        "closed": figures.closed,
        "ignored": figures.ignored,
        "held": tx.held(),
    }
    return Team(
        counts=counts,
        ignored=tx.ignored(since, until),
        people=[
            [_name(known.people, who), number, late[who]]
            for who, number in sorted(people.items(), key=lambda one: (-one[1], one[0]))
        ],
        watched=[seen.row for seen in watched],
    )


def _since_last_working_day(policy: Policy, now: datetime) -> tuple[datetime, datetime]:
    """From the midnight that began the last working day before today to the one that began today, in the desk's zone."""
    calendar = policy.calendar
    today = now.astimezone(calendar.zone).date()
    day = today - timedelta(days=1)
    while not calendar.hours_on(day):
        day -= timedelta(days=1)
    since, until = (datetime.combine(one, time(0), calendar.zone) for one in (day, today))
    return since, until


def _name(people: People, staff_id: StaffId) -> str:
    person = people.get(staff_id)
    return person.name if person else staff_id


def team_digest(reader: Reader, team: Team, known: Known, now: datetime, week: Period | None = None) -> Letter:
    """The whole desk, for a lead or a manager."""
    facts = {
        "day": reader.day.isoformat(),
        "rows": team.watched,
        "counts": dict(team.counts),
        "people": team.people,
        "ignored": [[verdict, number] for verdict, number in team.ignored.items()],
        "week": _week(week, known.policy, now),
    }
    return replace(to_person(None, reader.person, reader.kind, known, **facts), key=reader.key)
