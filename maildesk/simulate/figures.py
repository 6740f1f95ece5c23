"""What a rehearsal showed, counted: how much came, which duties were broken, who got how many letters at which hour."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, TypeVar

from maildesk.core.alarm import Step
from maildesk.core.duration import Spread, spread
from maildesk.core.policy import Policy
from maildesk.core.settled import solved_at
from maildesk.core.ticket import Mark, Number, Progress, Ticket, TicketId
from maildesk.reports.compliance import Kept, compliance, looked_up
from maildesk.simulate.calls import Made
from maildesk.simulate.letters import Sent
from maildesk.simulate.playing import Came, Playing
from maildesk.store import Inbox, Store

BROKEN = frozenset({Step.LEAD, Step.LATE, Step.HANDOVER, Step.MISSED})
"""The steps that speak when a duty is broken, or just before the leads must know."""

EVERYTHING = 1_000_000

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A rehearsal that has come to its end; its store is still open."""

    playing: Playing
    since: datetime
    until: datetime

    @property
    def store(self) -> Store:
        return self.playing.store


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One line of the timeline: `what` is mail, letter, call, alarm or the mark of a line of progress."""

    at: datetime
    what: str
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A rehearsal in numbers. `kept` tells how each rule was kept, `broken` counts tickets by rule and step; `hours` letters by
    reader and hour of the desk's day."""

    since: datetime
    until: datetime
    mails: int
    tickets: int
    solved: int
    still_open: int
    letters: int
    calls: int
    outcomes: Mapping[str, int]
    priorities: Mapping[str, int]
    categories: Mapping[str, int]
    kept: Mapping[str, Kept]
    broken: Mapping[tuple[str, str], int]
    kinds: Mapping[str, int]
    hours: Mapping[str, tuple[int, ...]]
    first_answer: Spread | None
    solution: Spread | None
    waiting: tuple[str, ...]


def happened(played: Played) -> tuple[Happened, ...]:
    """Every mail, letter, alarm, turn and call, in the order of their moments, which are told in the zone of the desk."""
    zone = played.playing.desk.config.settings.zone
    with played.store.read() as tx:
        rows = {row.digest: row for row in tx.inbox(limit=EVERYTHING) if isinstance(row, Inbox)}
        tickets = [ticket for ticket in tx.tickets(limit=EVERYTHING) if isinstance(ticket, Ticket)]
        lines = [(ticket, tx.history(ticket.id, EVERYTHING)) for ticket in tickets]
    numbers = {ticket.id: ticket.number for ticket in tickets}
    first = {one.digest: one for one in reversed(played.playing.came)}
    subjects = played.playing.letters.subjects()
    found = [
        *(_mail(one, rows.get(one.digest), numbers, again=first[one.digest] is not one) for one in played.playing.came),
        *(_letter(one, subjects[one.file]) for one in played.playing.letters.sent),
        *(_call(one, zone) for one in played.playing.calls.made),
        *(_line(ticket, line) for ticket, history in lines for line in history if line.mark is not Mark.MAIL),
    ]
    return tuple(replace(one, at=one.at.astimezone(zone)) for one in sorted(found, key=lambda one: one.at))


def _mail(came: Came, row: Inbox | None, numbers: Mapping[TicketId, Number], *, again: bool) -> Happened:
    """What a mail became; the very same bytes `again` are the same mail to the store and become nothing."""
    number = numbers.get(row.ticket) if row and row.ticket else None
    outcome = "duplicate" if again or (row and row.state == "duplicate") else row.outcome if row else ""
    said = {"file": came.name, "number": number, "outcome": outcome, "verdict": row.verdict if row else ""}
    return Happened(at=came.at, what="mail", said=said)


def _letter(sent: Sent, subject: str) -> Happened:
    said = {"file": sent.file, "kind": sent.kind, "to": sent.to, "number": sent.number, "subject": subject}
    return Happened(at=sent.at, what="letter", said=said)


def _call(made: Made, zone: tzinfo) -> Happened:
    call, due = made.call, made.call.due.astimezone(zone)
    said = {"number": call.number, "priority": call.priority, "requester": call.requester, "phone": call.phone, "due": due}
    return Happened(at=made.at, what="call", said=said)


def _line(ticket: Ticket, line: Progress) -> Happened:
    said: dict[str, Any] = {"number": ticket.number, "author": line.author, "text": line.text}
    if line.key:
        _, rule, step, *_ = line.key.split(":")
        said |= {"rule": rule, "step": step}
    return Happened(at=line.at, what=line.mark, said=said)


def figures(played: Played, timeline: tuple[Happened, ...], tickets: tuple[Ticket, ...]) -> Figures:
    """The numbers of a rehearsal. Spans are service time, those of a P1 real time; hours are those of the desk's zone."""
    policy = played.playing.desk.config.policy
    alarms = {(one.said["number"], one.said["rule"], one.said["step"]) for one in timeline if "rule" in one.said}
    return Figures(
        since=played.since,
        until=played.until,
        mails=len(played.playing.came),
        tickets=len(tickets),
        solved=sum(solved_at(ticket) is not None for ticket in tickets),
        still_open=sum(ticket.status.open for ticket in tickets),
        letters=len(played.playing.letters.sent),
        calls=len(played.playing.calls.made),
        outcomes=_most(str(one.said["outcome"]).partition(":")[0] for one in timeline if one.what == "mail"),
        priorities=dict(sorted(_most(str(ticket.priority) for ticket in tickets).items())),
        categories=_most(ticket.category or "—" for ticket in tickets),
        kept=_kept(played),
        broken=_most((rule, step) for _, rule, step in sorted(alarms) if step in BROKEN),
        kinds=_most(str(sent.kind) for sent in played.playing.letters.sent),
        hours=_hours(played),
        first_answer=_spread(_span(ticket, ticket.first_answer_at, policy) for ticket in tickets),
        solution=_spread(_span(ticket, solved_at(ticket), policy) for ticket in tickets),
        waiting=tuple(mail.name for mail in played.playing.waiting),
    )


def _most(values: Iterable[T]) -> dict[T, int]:
    """How often each value occurs, the most frequent first."""
    return dict(Counter(values).most_common())


def _hours(played: Played) -> dict[str, tuple[int, ...]]:
    """Letters by reader, the most written to first: twenty-four numbers each."""
    zone = played.playing.desk.config.settings.zone
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * 24)
    for sent in played.playing.letters.sent:
        counts[sent.to][sent.at.astimezone(zone).hour] += 1
    return {to: tuple(hours) for to, hours in sorted(counts.items(), key=lambda item: (-sum(item[1]), item[0]))}


def _span(ticket: Ticket, until: datetime | None, policy: Policy) -> timedelta | None:
    if until is None:
        return None
    return policy.rules(ticket).calendar.between(ticket.opened_at, until)


def _spread(spans: Iterable[timedelta | None]) -> Spread | None:
    return spread(span for span in spans if span is not None)


def _kept(played: Played) -> dict[str, Kept]:
    """By rule; everything that was settled up to the end, that moment included."""
    with played.store.read() as tx:
        period = looked_up(tx, played.since, played.until + timedelta(seconds=1))
    kept = compliance(period, played.playing.desk.config.policy.calendar, played.until)
    return {one.rule: one for one in kept}
