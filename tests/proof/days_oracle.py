"""Whether a day was right: what each ticket's rules had to say and when, and what was said, to whom and in how many letters.

The facts are what people wrote and when the desk dealt with it, read from its record with plain SQL; everything else is reckoned
anew (`days_life`). The laws of a day:

D1 alarms     every alarm that had to speak did, once, at its second; no other did
D2 letters    each told those whom it concerns, and nobody else was told anything by the clock
D3 peace      at once when it is urgent, else in their working hours and within the window; dropped only when it had become untrue
D4 outage     what was not said while the desk was down came in one letter to each of its people, with each ticket named once
D5 pace       not too many letters of the clock to requesters in a minute, and one for each ticket after the outage
D6 the end    every ticket ends as its life says
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from tests.proof.days_hours import NEVER
from tests.proof.days_life import Alarm, Life, Worked
from tests.proof.days_seen import Letter, Seen
from tests.proof.days_world import PEOPLE, Day, Said

NEAR = 2
"""Seconds between what was due and what was done: time is played in steps of a second."""

RINGING = 10
"""Seconds within which all are rung who must be at one moment."""

LATE = re.compile("overdue by|ago")
WINDOW, LOOKING_AROUND = 600, 120
LISTED = 30
"""So many tickets a letter names one by one."""

PACE = 30
TO_HOLDER = frozenset({"remind", "warn", "late", "ask", "missed", "delay", "resume", "resolve"})
OUTSIDE = {"chaser": "chaser", "delay": "delay", "rate": "survey"}
LEADS = frozenset(person.address for person in PEOPLE if person.line is None)


class Spoken(NamedTuple):
    """An alarm that had to speak: about which ticket, when, as what, and whom it tells."""

    ticket: int
    at: int
    alarm: Alarm
    urgent: bool
    letters: tuple[tuple[str, str], ...]


class Turned(NamedTuple):
    """Something that a person did to a ticket."""

    at: int
    said: Said


class Judge:
    """Compares what had to be said with what was."""

    def __init__(self, day: Day, seen: Seen, letters: Mapping[str, Path]) -> None:
        """`letters` are the files of what was sent, by Message-ID."""
        self.day, self.seen, self._files = day, seen, letters
        self._reached = {person.address: day.reached(person) for person in PEOPLE}
        self._worked = Worked(
            desk=day.office,
            by_priority=day.calendars,
            experts=tuple(day.shift(person) for person in PEOPLE if person.line == 2),
            anybody=tuple(day.shift(person) for person in PEOPLE if person.line),
        )
        self.ends: dict[int, str] = {}
        self._reopened: set[tuple[int, int]] = set()
        self.spoken = tuple(one for ticket in sorted(self._turns) for one in self._life(ticket))

    @property
    def settled(self) -> int:
        """From when on is said what was not said while the desk was down."""
        return self.day.dark[1] + LOOKING_AROUND

    @cached_property
    def late(self) -> int:
        """How many alarms were kept back by the outage."""
        return sum(one.at == self.day.dark[1] for one in self.spoken)

    @cached_property
    def counts(self) -> dict[str, int]:
        return {
            "tickets": len(self.seen.tickets),
            "mails dealt with": sum(map(len, self._turns.values())),
            "alarms": len(self.spoken),
            "calls": len(self.seen.calls),
            "letters of the clock": sum(1 for letter in self.seen.letters if letter.sent),
            "told after the outage": sum(1 for _ in self._catching_up()),
        }

    @cached_property
    def worst(self) -> dict[str, int]:
        gathered = Counter(letter.within for letter in self._catching_up())
        return {"alarms in one letter after the outage": max(gathered.values(), default=0)}

    def broken(self) -> Iterator[str]:
        """Every law that does not hold, in words."""
        yield from self._alarms()
        yield from self._letters()
        yield from self._peace()
        yield from self._outage()
        yield from self._pace()
        yield from self._ends()

    # -- lives ---------------------------------------------------------------------------------------------------------

    @cached_property
    def _turns(self) -> dict[int, list[Turned]]:
        """What people did, by ticket, in the order in which the desk dealt with it."""
        said = {f"{one.name}@demo.test": one for one in self.day.said}
        found: dict[int, list[Turned]] = defaultdict(list)
        for line in self.seen.lines:
            if line.message_id in said:
                found[line.ticket].append(Turned(line.at, said.pop(line.message_id)))
        return found

    def _life(self, ticket: int) -> Iterator[Spoken]:
        """A ticket's alarms from its opening to the end of the day; people first, where both fall on one second, but for those
        who answer the letter of that very alarm."""
        (at, _), *turns = self._turns[ticket]
        (_, first), *given = self.seen.holders[ticket]
        life, holder = Life(worked=self._worked, opened=at, priority=self.seen.tickets[ticket].proposed), first
        for turned in (*turns, None):
            until = turned.at + self._answers_alarm(ticket, turned) if turned else self.day.end + 1
            while (wakes := self._awake(life.wakes(), at)) < until:
                urgent, at = life.priority == "P1", wakes
                for alarm in life.speak(wakes):
                    handed = given and alarm.step == "handover" and life.worked.expert_there(wakes, life.priority)
                    expert = given.pop(0)[1] if handed else None
                    yield Spoken(ticket, wakes, alarm, urgent, _told(ticket, alarm, holder, expert))
                    holder = expert or holder
            if turned:
                at = turned.at
                holder = self._act(life, ticket, turned, holder, first)
        self.ends[ticket] = life.status

    def _answers_alarm(self, ticket: int, turned: Turned) -> bool:
        """Whether it is said at once in answer to the letter by which somebody was given the ticket."""
        return turned.said.kind == "handover" and any(abs(at - turned.at) <= NEAR for at, _ in self.seen.holders[ticket][1:])

    def _awake(self, due: int, now: int) -> int:
        """When the desk can say what is due then."""
        since, until = self.day.dark
        due = max(due, now)
        return until if since < due < until else due

    def _act(self, life: Life, ticket: int, turned: Turned, holder: str, first: str) -> str:
        """What somebody has done; who has the ticket then."""
        at, said = turned
        if said.what == "take":
            life.take(at, again=holder != first)
            return first
        if said.what == "user":
            self._asked_again(life, ticket, at)
        else:
            _obey(life, at, said)
        return holder

    def _asked_again(self, life: Life, ticket: int, at: int) -> None:
        """Words of the requester: they reopen what is solved, and end the waiting for them."""
        if life.status in ("resolved", "closed"):
            life.reopen(at)
            self._reopened.add((ticket, at))
        elif life.status == "observing" or life.waiting == "user":
            life.wake_up(at)

    # -- the laws ------------------------------------------------------------------------------------------------------

    def _alarms(self) -> Iterator[str]:
        wanted: dict[tuple[int, str, str, int, int], int] = {}
        for one in self.spoken:
            wanted[one.ticket, one.alarm.rule, one.alarm.step, one.alarm.nth, one.alarm.since] = one.at
        for line in (line for line in self.seen.lines if line.key):
            name = (line.ticket, *_named(str(line.key)))
            at = self._matching(wanted, name)
            if at is None:
                yield f"D1 {line.key} of ticket {line.ticket} spoke at {_clock(line.at)}, and had nothing to say"
            elif abs(at - line.at) > NEAR:
                yield f"D1 {line.key} of ticket {line.ticket} spoke at {_clock(line.at)}, not at {_clock(at)}"
        yield from (f"D1 {name[1:]} of ticket {name[0]} did not speak at {_clock(at)}" for name, at in wanted.items())

    def _matching(self, wanted: dict[tuple[int, str, str, int, int], int], name: tuple[int, str, str, int, int]) -> int | None:
        """When it had to speak, taken out of what is wanted."""
        near = ((*name[:4], name[4] + off) for off in sorted(range(-NEAR, NEAR + 1), key=abs))
        return next((wanted.pop(one) for one in near if one in wanted), None)

    def _letters(self) -> Iterator[str]:
        wanted = Counter((one.ticket, kind, to) for one in self.spoken for kind, to in one.letters)
        found = Counter((letter.ticket, letter.kind, letter.to) for letter in self._by_clock)
        for (ticket, kind, to), count in (wanted - found).items():
            yield f"D2 {count} letters {kind} about ticket {ticket} to {to} were not written"
        for (ticket, kind, to), count in (found - wanted).items():
            yield f"D2 {count} letters {kind} about ticket {ticket} to {to} too many"
        yield from self._calls()

    def _calls(self) -> Iterator[str]:
        wanted = {(one.ticket, one.alarm.nth, one.alarm.since): one.at for one in self.spoken if one.alarm.rings}
        for call in self.seen.calls:
            _, _, nth, since = _named(call.key)
            at = wanted.pop((call.ticket, nth, since), None)
            if at is None or not at <= call.heard <= at + RINGING:
                yield f"D2 somebody was rung for ticket {call.ticket} at {_clock(call.heard)}, not at {_clock(at or 0)}"
        yield from (f"D2 nobody was rung for ticket {ticket} at {_clock(at)}" for (ticket, *_), at in wanted.items())

    @cached_property
    def _by_clock(self) -> tuple[Letter, ...]:
        """The letters of the clock. The leads hear at once of what is taken up again, and that a person has said."""
        return tuple(one for one in self.seen.letters if (one.ticket, one.created) not in self._reopened)

    @cached_property
    def _inside(self) -> tuple[Letter, ...]:
        """Those for people of the desk that may wait: all but those about a P1."""
        urgent = {(one.ticket, one.at + off) for one in self.spoken if one.urgent for off in range(-NEAR, NEAR + 1)}
        return tuple(one for one in self._by_clock if one.to in self._reached and (one.ticket, one.created) not in urgent)

    def _peace(self) -> Iterator[str]:
        happened = defaultdict(list)
        for ticket, at in ((one.ticket, one.at) for one in self.spoken):
            happened[ticket].append(at)
        for ticket, turns in self._turns.items():
            happened[ticket] += [turned.at for turned in turns]
        inside = set(self._inside)
        for letter in (letter for letter in self._by_clock if letter.to in self._reached):
            first, last = self._time(letter) if letter in inside else (letter.created, letter.created)
            if letter.state == "outdated":
                if not any(letter.created < at <= last + NEAR for at in happened[letter.ticket]):
                    yield f"D3 {letter.kind} {letter.id} to {letter.to} was dropped, and was still true"
            elif last < self.day.end - NEAR and not (letter.sent and first - NEAR <= letter.sent <= last + NEAR):
                yield (
                    f"D3 {letter.kind} {letter.id} of {_clock(letter.created)} to {letter.to} went at {_clock(letter.sent)},"
                    f" not between {_clock(first)} and {_clock(last)}"
                )

    def _time(self, letter: Letter) -> tuple[int, int]:
        """The first and the last moment at which it may go: in the hours of its reader, and at once or in the window that an
        earlier one has opened; but not before the desk has looked around after the outage."""
        hours, (since, until) = self._reached[letter.to], self.day.dark
        ready = self.settled if until <= letter.created < self.settled else letter.created
        first = hours.opens(ready)
        waits = first == letter.created and letter.kind in ("reminder", "escalation")
        last = first + WINDOW if waits else first
        if letter.created <= since < last and first < self.settled:
            last = hours.opens(self.settled)
        return first, last

    def _catching_up(self) -> Iterator[Letter]:
        """What went to people of the desk because the outage was over."""
        since, until = self.day.dark
        for letter in self._inside:
            first, _ = self._time(letter)
            held = first < self.settled and letter.sent >= until
            if letter.sent and (until <= letter.created < self.settled or (letter.created <= since and held)):
                yield letter

    def _outage(self) -> Iterator[str]:
        within, until = defaultdict(set), self.day.dark[1]
        for letter in self._catching_up():
            within[letter.to].add(letter.within)
            if letter.sent < self.settled - NEAR:
                yield f"D4 {letter.kind} {letter.id} went to {letter.to} before the desk had looked around"
        for to, ids in within.items():
            if len(ids) > 1:
                yield f"D4 {to} got {len(ids)} letters after the outage"
            yield from (f"D4 {problem} to {to}" for id in ids for problem in self._names(id, until))

    def _names(self, letter: int, until: int) -> Iterator[str]:
        """What is wrong with the text of a letter: each ticket once, and by how much it is late."""
        told = [one for one in self._by_clock if one.within == letter and one.sent]
        text = _text(self._files[told[0].message_id])
        about = {self.seen.tickets[one.ticket].number for one in told}
        for number in about if len(told) > 1 else ():
            if (named := text.count(number)) > 1 or (named == 0 and len(about) <= LISTED):
                yield f"letter {letter} names {number} {named} times"
        if any((one.ticket, one.kind, one.to) in self._overdue for one in told) and not LATE.search(text):
            yield f"letter {letter} does not say what is overdue"

    @cached_property
    def _overdue(self) -> frozenset[tuple[int, str, str]]:
        """What was late already when the desk could speak again, as tickets, kinds of letters and readers."""
        until = self.day.dark[1]
        late = (one for one in self.spoken if one.at == until and one.alarm.step == "lead" and one.alarm.due < until - 60)
        return frozenset((one.ticket, kind, to) for one in late for kind, to in one.letters)

    def _pace(self) -> Iterator[str]:
        outside = sorted((letter for letter in self.seen.letters if letter.sent and letter.to not in self._reached), key=_sent)
        for first, last in zip(outside, outside[PACE:], strict=False):
            if last.sent - first.sent < 60:
                yield f"D5 more than {PACE} letters to requesters in the minute from {_clock(first.sent)} on"
                break
        again = Counter(letter.to for letter in outside if letter.created == self.day.dark[1])
        yield from (f"D5 {to} got {count} letters after the outage" for to, count in again.items() if count > 1)

    def _ends(self) -> Iterator[str]:
        for ticket, status in self.ends.items():
            if (found := self.seen.tickets[ticket].status) != status and not {found, status} <= {"assigned", "in_progress"}:
                yield f"D6 ticket {ticket} is {found}, not {status}"
        if len(self.ends) != len(self.seen.tickets):
            yield f"D6 {len(self.seen.tickets)} tickets, {len(self.ends)} of them were opened by somebody"


def _obey(life: Life, at: int, said: Said) -> None:
    """An order of somebody of the desk, or the requester's word that it is solved."""
    match said.what:
        case "answer" | "called":
            life.hear(at)
            life.called = at if said.what == "called" else life.called
        case "resolve":
            life.solve(at)
            life.hear(at)
        case "ask":
            life.wait(at, "user")
            life.hear(at)
        case "wait":
            life.wait(at, said.arg or "scheduled", said.until)
        case "note":
            life.progressed = at
        case "eta":
            life.expect(at, said.until)
        case "prio":
            life.become(at, f"P{said.arg}")
        case "observe":
            life.wait(at, "observing", said.until, "observing")
            life.hear(at)
        case "confirmed":
            life.close(at, survey=True)


def _told(ticket: int, alarm: Alarm, holder: str, expert: str | None) -> tuple[tuple[str, str], ...]:
    """The letters by which an alarm speaks, as kinds and recipients; `expert` is who takes over by it."""
    found = []
    if alarm.step in TO_HOLDER:
        asked = (alarm.rule, alarm.step) == ("progress", "ask")
        found.append(("progress_question" if asked else "reminder", holder))
    if expert is not None:
        found += [("handover", expert), ("reminder", holder)]
    if alarm.step == "lead" or (alarm.step == "handover" and expert is None):
        found += [("escalation", lead) for lead in sorted(LEADS - {holder})]
    if alarm.step in OUTSIDE:
        found.append((OUTSIDE[alarm.step], f"user{ticket}@demo.test"))
    return tuple(found)


def _text(file: Path) -> str:
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    part = mail.get_body(("plain",)) if isinstance(mail, EmailMessage) else None
    return f"{mail['subject']}\n{part.get_content() if part else ''}"


def _sent(letter: Letter) -> int:
    return letter.sent


def _named(key: str) -> tuple[str, str, int, int]:
    """The rule, the step, its number and the beginning of its clock."""
    match = re.fullmatch(r"alarm:(\w+):(\w+):(.+)/(\d+)", key)
    assert match is not None, key
    rule, step, since, nth = match.groups()
    return rule, step, int(nth), round(datetime.fromisoformat(since).timestamp())


def _clock(instant: int) -> str:
    return f"{datetime.fromtimestamp(instant, UTC):%m-%d %H:%M:%S}Z" if 0 < instant < NEVER else str(instant)
