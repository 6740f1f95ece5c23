"""What had to be said on a day: the lives of all tickets, played through by what people did and when the desk dealt with it.

The facts are what people wrote and when it was dealt with, read from the desk's record; everything else is reckoned anew
(`days_life`).
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from tests.proof.days_courses import Said
from tests.proof.days_life import NEAR, Alarm, Life
from tests.proof.days_seen import Seen
from tests.proof.days_staff import LEADS, Staff
from tests.proof.days_terms import Kind
from tests.proof.days_world import Day

TO_HOLDER = frozenset({"remind", "warn", "late", "ask", "missed", "delay", "resume", "resolve"})
ONCE = frozenset({"resume", "delay", "resolve"})
"""What is true for ever when it was said: who has left meanwhile reads it when he is back."""

OUTSIDE = {"chaser": "chaser", "delay": "delay", "rate": "survey"}


class Spoken(NamedTuple):
    """An alarm that had to speak: about which ticket, when, as what, and whom it tells."""

    ticket: int
    at: int
    alarm: Alarm
    urgent: bool
    letters: tuple[tuple[str, str], ...]
    stood_in: int

    @property
    def lasts(self) -> bool:
        """Whether it is true for ever."""
        return self.alarm.step in ONCE or any(kind == "handover" for kind, _ in self.letters)


class Turned(NamedTuple):
    """Something that a person did to a ticket."""

    at: int
    said: Said


class Given(NamedTuple):
    """Somebody was given a ticket, and these were free to begin with it then, if anybody was."""

    ticket: int
    at: int
    to: str
    free: frozenset[str]


class Lives:
    """All tickets of a day. `staff` knows who was away when, by the file and by mail; `replies` are who had to read, and when,
    what the requester of a ticket wrote."""

    def __init__(self, day: Day, seen: Seen) -> None:
        self._day, self._seen = day, seen
        self.staff = self._told(day.staff())
        self.lives: dict[int, Life] = {}
        self.held: dict[int, list[tuple[int, str]]] = {}
        self.reopened: set[tuple[int, int]] = set()
        self.given: list[Given] = []
        self.replies: list[tuple[int, int, str]] = []
        self.spoken = tuple(one for ticket in sorted(self.turns) for one in self._life(ticket))

    @cached_property
    def turns(self) -> dict[int, list[Turned]]:
        """What people did, by ticket, in the order in which the desk dealt with it."""
        said = {f"{one.name}@demo.test": one for one in self._day.said}
        found: dict[int, list[Turned]] = defaultdict(list)
        for line in self._seen.lines:
            if line.message_id in said:
                found[line.ticket].append(Turned(line.at, said.pop(line.message_id)))
        return found

    def _told(self, staff: Staff) -> Staff:
        """With what people said by mail of their absences: each was written by whoever was given that ticket first."""
        for at, said in sorted((one for turns in self.turns.values() for one in turns), key=lambda one: one.at):
            who = self._seen.holders[said.ticket][0][1]
            if said.what == "away":
                staff.leaves(who, at, max(at, said.since), said.until)
            elif said.what == "back":
                staff.returns(who, at)
        return staff

    def holder(self, ticket: int, at: int) -> str:
        """Who had it at an instant."""
        return [who for since, who in self.held[ticket] if since <= at][-1]

    def urgent(self, ticket: int, at: int) -> bool:
        """Whether it was a P1 at an instant."""
        return self.lives[ticket].kind_at(at).priority == "P1"

    def _life(self, ticket: int) -> Iterator[Spoken]:
        """A ticket's alarms from its opening to the end of the day; people first, where both fall on one second, but for those
        who answer the letter of that very alarm."""
        (at, opened), *turns = self.turns[ticket]
        (_, first), *given = self._seen.holders[ticket]
        life = self.lives[ticket] = self._born(ticket, at, opened)
        self.given.append(Given(ticket, at, first, self.staff.free(1, at, at)))
        holder, self.held[ticket] = first, [(at, first)]
        for turned in (*turns, None):
            until = turned.at + self._answers_alarm(ticket, turned) if turned else self._day.end + 1
            while (wakes := self._awake(life.wakes(), at)) < until:
                urgent, at = life.priority == "P1", wakes
                for alarm in life.speak(wakes):
                    handed = given and alarm.step == "handover" and life.expert_there(wakes)
                    expert = self._expert(life, ticket, wakes, given.pop(0)[1]) if handed else None
                    letters = self._letters(alarm, opened, holder, expert, wakes, urgent=urgent)
                    stood_in = len({to for _, to in letters} - {holder, expert, opened.sender, *LEADS})
                    yield Spoken(ticket, wakes, alarm, urgent, letters, stood_in)
                    holder = self._holds(ticket, wakes, expert or holder)
            if turned:
                at = turned.at
                holder = self._holds(ticket, at, self._act(life, ticket, turned, holder, first))

    def _born(self, ticket: int, at: int, opened: Said) -> Life:
        kind = Kind(self._seen.tickets[ticket].proposed, opened.category, opened.sender.endswith("@demo.test"))
        return Life(calendars=self._day.calendars, staff=self.staff, put_off=self._seen.put_off[ticket], opened=at, kind=kind)

    def _expert(self, life: Life, ticket: int, at: int, to: str) -> str:
        """Who has taken over; it was on him if he was there, or will be when work goes on."""
        self.given.append(Given(ticket, at, to, self.staff.free(2, life.hours("line2").opens(at), at)))
        return to

    def _holds(self, ticket: int, at: int, who: str) -> str:
        self.held[ticket].append((at, who))
        return who

    def _answers_alarm(self, ticket: int, turned: Turned) -> bool:
        """Whether it is said at once in answer to the letter by which somebody was given the ticket, or that the alarm wrote."""
        at, said = turned
        if said.kind == "handover":
            return any(abs(given - at) <= NEAR for given, _ in self._seen.holders[ticket][1:])
        return said.at < at - NEAR and abs(self._first_sent.get((ticket, said.kind), 0) - at) <= NEAR

    @cached_property
    def _first_sent(self) -> dict[tuple[int, str], int]:
        """When the first letter of the clock went out that could be answered, by ticket and kind: one about that ticket alone."""
        about: dict[int, set[int]] = defaultdict(set)
        for letter in self._seen.letters:
            about[letter.within].add(letter.ticket)
        alone = (one for one in self._seen.letters if one.sent and one.id == one.within and len(about[one.id]) == 1)
        found: dict[tuple[int, str], int] = {}
        for letter in alone:
            found[letter.ticket, letter.kind] = min(letter.sent, found.get((letter.ticket, letter.kind), letter.sent))
        return found

    def _awake(self, due: int, now: int) -> int:
        """When the desk can say what is due then."""
        since, until = self._day.dark
        due = max(due, now)
        return until if since < due < until else due

    def _letters(
        self, alarm: Alarm, opened: Said, holder: str, expert: str | None, at: int, *, urgent: bool
    ) -> tuple[tuple[str, str], ...]:
        """The letters by which an alarm speaks, as kinds and recipients; `expert` is who takes over by it."""
        found = []
        if alarm.step in TO_HOLDER:
            asked = (alarm.rule, alarm.step) == ("progress", "ask")
            kind = "progress_question" if asked else "reminder"
            found += [(kind, to) for to in self.staff.attending(holder, at, urgent=urgent)]
        if expert is not None:
            found += [("handover", expert), ("reminder", holder)]
        if alarm.step == "lead" or (alarm.step == "handover" and expert is None):
            found += [("escalation", lead) for lead in self.staff.leads(holder, at, urgent=urgent)]
        if alarm.step in OUTSIDE:
            found.append((OUTSIDE[alarm.step], opened.sender))
        return tuple(found)

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
        if said.what in ("user", "confirmed"):
            readers = self.staff.attending(holder, at, urgent=life.priority == "P1")
            self.replies += [(ticket, at, reader) for reader in readers]
        return holder

    def _asked_again(self, life: Life, ticket: int, at: int) -> None:
        """Words of the requester: they reopen what is solved, and end the waiting for them."""
        if life.status in ("resolved", "closed"):
            life.reopen(at)
            self.reopened.add((ticket, at))
        elif life.status == "observing" or life.waiting == "user":
            life.wake_up(at)


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
            life.wait_for(at, said.arg or "scheduled", said.until)
        case "note" | "away" | "back":
            life.progressed = at
        case "eta":
            life.expect(at, said.until)
        case "prio":
            life.confirmed = True
            life.become(at, life.kind._replace(priority=f"P{said.arg}"))
        case "category":
            life.become(at, life.kind._replace(category=said.arg))
        case "observe":
            life.wait(at, "observing", said.until, "observing")
            life.hear(at)
        case "confirmed":
            life.close(at, survey=True)
