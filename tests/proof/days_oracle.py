"""Whether a day was right: what each ticket's rules had to say and when, and what was said, to whom and in how many letters.

What had to be said is reckoned anew (`days_lives`), what was said is read from the desk's record with plain SQL. The laws of a
day:

D1 alarms     every alarm that had to speak did, once, at its second; no other did
D2 letters    each told those whom it concerns, and nobody else was told anything by the clock
D3 peace      at once when it is urgent, else in their working hours and within the window; dropped only when it had become untrue
D4 outage     what was not said while the desk was down came in one letter to each of its people, with each ticket named once
D5 pace       not too many letters of the clock to requesters in a minute, but for those about a P1, and one for each ticket
              after the outage
D6 the end    every ticket ends as its life says, and what it is
D7 absence    nobody who is away, or soon will be, is given a ticket while somebody is there; what was meant for him when he left
              goes to who stands in for him, who also reads what the requester writes
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path

from tests.proof.days_hours import NEVER
from tests.proof.days_life import NEAR
from tests.proof.days_lives import Lives
from tests.proof.days_seen import Letter, Seen
from tests.proof.days_staff import LEADS
from tests.proof.days_world import Day

RINGING = 10
"""Seconds within which all are rung who must be at one moment."""

LATE = re.compile("overdue by|ago")
WINDOW, LOOKING_AROUND = 600, 120
LISTED = 30
"""So many tickets a letter names one by one."""

PACE = 30


class Judge:
    """Compares what had to be said with what was."""

    def __init__(self, day: Day, seen: Seen, letters: Mapping[str, Path]) -> None:
        """`letters` are the files of what was sent, by Message-ID."""
        self.day, self.seen, self._files = day, seen, letters
        self.lives = Lives(day, seen)
        self.spoken, self._staff = self.lives.spoken, self.lives.staff
        self._reached = self._staff.reached

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
            "mails dealt with": sum(map(len, self.lives.turns.values())),
            "alarms": len(self.spoken),
            "calls": len(self.seen.calls),
            "letters of the clock": sum(1 for letter in self.seen.letters if letter.sent),
            "told after the outage": sum(1 for _ in self._catching_up()),
            "absences": self._staff.absences,
            "letters to who stands in": sum(one.stood_in for one in self.spoken),
            "letters passed on": len(self._passed_on),
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
        yield from self._absence()

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
        wanted += Counter((letter.ticket, letter.kind, letter.to) for letter in self._passed_on.values())
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
        return tuple(one for one in self.seen.letters if (one.ticket, one.created) not in self.lives.reopened)

    @cached_property
    def _inside(self) -> tuple[Letter, ...]:
        """Those for people of the desk that may wait: all but those about a P1."""
        urgent = {(one.ticket, one.at + off) for one in self.spoken if one.urgent for off in range(-NEAR, NEAR + 1)}
        urgent |= {(one.ticket, one.created) for one in self._passed_on.values() if self.lives.urgent(one.ticket, one.created)}
        return tuple(one for one in self._by_clock if one.to in self._reached and (one.ticket, one.created) not in urgent)

    def _peace(self) -> Iterator[str]:
        happened = defaultdict(list)
        for ticket, at in ((one.ticket, one.at) for one in self.spoken):
            happened[ticket].append(at)
        for ticket, turns in self.lives.turns.items():
            happened[ticket] += [turned.at for turned in turns]
        inside = set(self._inside)
        for letter in (letter for letter in self._by_clock if letter.to in self._reached):
            first, last = self._time(letter) if letter in inside else (letter.created, letter.created)
            if letter.state == "outdated":
                moved = any(letter.created < at <= last + NEAR for at in happened[letter.ticket])
                if letter.id not in self._passed_on and not moved:
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
        """What went to people of the desk because the outage was over; not what is about a ticket that is a P1 by then."""
        since, until = self.day.dark
        for letter in (one for one in self._inside if one.sent and not self.lives.urgent(one.ticket, one.sent)):
            first, _ = self._time(letter)
            held = first < self.settled and letter.sent >= until
            if until <= letter.created < self.settled or (letter.created <= since and held):
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
            if (named := len(re.findall(rf"{number}(?!\d)", text))) > 1 or (named == 0 and len(about) <= LISTED):
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
        paced = [one for one in outside if not self.lives.urgent(one.ticket, one.created)]
        for first, last in zip(paced, paced[PACE:], strict=False):
            if last.sent - first.sent < 60:
                yield f"D5 more than {PACE} letters to requesters in the minute from {_clock(first.sent)} on"
                break
        again = Counter(letter.to for letter in outside if letter.created == self.day.dark[1])
        yield from (f"D5 {to} got {count} letters after the outage" for to, count in again.items() if count > 1)

    def _ends(self) -> Iterator[str]:
        for ticket, life in self.lives.lives.items():
            found, status = self.seen.tickets[ticket], life.status
            if found.status != status and not {found.status, status} <= {"assigned", "in_progress"}:
                yield f"D6 ticket {ticket} is {found.status}, not {status}"
            if found.category != life.kind.category:
                yield f"D6 ticket {ticket} is {found.category}, not {life.kind.category}"
        if len(self.lives.lives) != len(self.seen.tickets):
            yield f"D6 {len(self.seen.tickets)} tickets, {len(self.lives.lives)} of them were opened by somebody"

    # -- who is away ---------------------------------------------------------------------------------------------------

    @cached_property
    def _passed_on(self) -> dict[int, Letter]:
        """The letters whose readers had left when their time came, by id, and those that others got instead."""
        about = defaultdict(list)
        for one in self._by_clock:
            about[one.ticket, one.kind].append(one)
        gone = (one for one in self._by_clock if one.state == "outdated" and one.why.endswith("is away"))
        found = ((one.id, self._instead(one, about[one.ticket, one.kind])) for one in gone)
        return {id: other for id, other in found if other is not None}

    def _instead(self, letter: Letter, others: list[Letter]) -> Letter | None:
        """The letter that somebody else got because its reader was away when it should have gone."""
        first, last = self._time(letter)

        def due(at: int) -> bool:
            return first - NEAR <= at <= last + NEAR

        return next((one for one in others if due(one.created) and one.to == self._stands_in(letter, one.created)), None)

    def _stands_in(self, letter: Letter, at: int) -> str | None:
        """Who reads a letter instead of somebody who has left; none who has the ticket himself reads what the leads must hear."""
        there = self._staff.stands_in(letter.to, lambda one: self._staff.away(one, at, at))
        own = letter.kind == "escalation" and there == self.lives.holder(letter.ticket, at)
        return None if own or there == letter.to else there

    def _absence(self) -> Iterator[str]:
        yield from self._givings()
        for one in self._by_clock:
            if one.state == "outdated" and one.why.endswith("is away") and one.id not in self._passed_on:
                yield f"D7 {one.kind} {one.id} was not passed on from {one.to} to who stands in for him"
            if one.sent and self._must_be_there(one) and self._stands_in(one, one.sent):
                yield f"D7 {one.kind} {one.id} went to {one.to} at {_clock(one.sent)}, who was away"
        wanted, found = Counter(self.lives.replies), Counter(self.seen.replies)
        yield from (f"D7 {to} did not read what was written to ticket {ticket}" for ticket, _, to in wanted - found)
        yield from (f"D7 {to} read what was written to ticket {ticket}" for ticket, _, to in found - wanted)

    def _must_be_there(self, letter: Letter) -> bool:
        """Whether its reader must not have left when it goes."""
        near = (letter.created + off for off in range(-NEAR, NEAR + 1))
        return letter.to in self._reached and not any((letter.ticket, at, letter.kind) in self._lasting for at in near)

    @cached_property
    def _lasting(self) -> frozenset[tuple[int, int, str]]:
        return frozenset((one.ticket, one.at, kind) for one in self.spoken if one.lasts for kind, _ in one.letters)

    def _givings(self) -> Iterator[str]:
        for ticket, at, to, free in self.lives.given:
            if to not in (free or LEADS) or (not free and self._staff.leaving(to, at, at)):
                yield f"D7 ticket {ticket} was given to {to} at {_clock(at)}"


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
