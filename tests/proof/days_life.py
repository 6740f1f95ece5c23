"""One ticket's life as the engineer's handbook tells it: what its clocks do, and at which second each of its rules must speak.

Written from the rules, not from the desk: no line of it is shared with `maildesk`. Rules, steps, states and kinds of waiting are
their names in the policy file. Instants are seconds, whole ones but for the times that a requester is told: who is put off again
and again is put off twice as long each time, and so would be what is lost in rounding. Whatever was due while the desk was down
speaks when it is up again: of each rule the last step, or what the leads must hear, once; of chasers the first, because each must
be heard before the next.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from tests.proof.days_hours import NEVER, Hours
from tests.proof.days_staff import Staff
from tests.proof.days_terms import HOUR, MINUTE, NO_SECOND_LINE, Kind, Terms, terms

DUTY = frozenset({"assigned", "in_progress", "waiting"})
SOLVED = frozenset({"resolved", "closed"})
ALL = frozenset({"first_answer", "confirm_priority", "line2", "progress", "eta", "promise", "phone", "silence"})
STOPS = {
    "user": ALL,
    "scheduled": ALL,
    "observing": ALL,
    "approval": frozenset({"line2", "eta", "promise", "silence"}),
    "vendor": frozenset({"line2"}),
}
SELDOM, TRIES = 16, 14
NEAR = 2
"""Seconds between what was due and what was done: time is played in steps of a second."""
MOVES = frozenset({"handover", "resume", "resolve", "close"})
AGAIN = frozenset({"progress", "silence", "stalled"})


class Alarm(NamedTuple):
    """A rule that speaks; `nth` counts the repetitions of a step, `since` is when its clock began."""

    due: int
    rule: str
    step: str
    nth: int
    since: int

    @property
    def rings(self) -> bool:
        return self.step == "call"


class Pause(NamedTuple):
    why: str
    since: int
    until: int


class Clock(NamedTuple):
    """A clock of a rule: its steps with the spans after which they come. `period` is that of a rule that speaks again and again,
    `by` the hours of a clock that keeps to them whatever the ticket becomes."""

    rule: str
    since: float
    steps: tuple[tuple[str, int, float], ...]
    period: int = 0
    by: Hours | None = None


@dataclass(slots=True, kw_only=True)
class Life:
    """A ticket from its opening on. What happens to it changes it, `wakes` says when it speaks next, `speak` what it says.
    `calendars` are there by name; `former` is what it was, each with the instant until which it was that. `put_off` is when the
    requester was told of a delay, to the fraction of the second in which it is due."""

    calendars: Mapping[str, Hours]
    staff: Staff
    put_off: Sequence[float]
    opened: int
    kind: Kind
    status: str = "assigned"
    begun: int = 0
    former: list[tuple[int, Kind]] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    until: int = 0
    assigned: int = 0
    line: int = 1
    line_since: int = 0
    answered: int = 0
    progressed: int = 0
    heard: int = 0
    called: int = 0
    confirmed: bool = False
    eta: tuple[float, float] | None = None
    promised: tuple[float, float] = (0, 0)
    chased: int = 0
    resolved: int = 0
    surveyed: int = 0
    spoken: dict[tuple[str, str], tuple[int, frozenset[int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.begun = self.assigned = self.line_since = self.opened
        self.promised = self.opened, self.hours("promise").add(self.opened, self.terms.target)

    @property
    def priority(self) -> str:
        return self.kind.priority

    @property
    def terms(self) -> Terms:
        """What its rules ask for now."""
        return terms(self.kind)

    @property
    def desk(self) -> Hours:
        return self.calendars["office"]

    def hours(self, rule: str) -> Hours:
        """By which a rule goes now."""
        return self.calendars[self.terms.calendar_of(rule)]

    def expert_there(self, at: int) -> bool:
        """Whether an expert is there, or will be when work goes on that ends at this very moment."""
        return bool(self.staff.free(2, self.hours("line2").opens(at), at))

    @property
    def waiting(self) -> str:
        last = self.pauses[-1] if self.pauses else None
        return last.why if last and last.until == NEVER else ""

    # -- what happens to it --------------------------------------------------------------------------------------------

    def hear(self, at: int) -> None:
        """The requester has a person's word: an answer, and progress."""
        self.answered = self.answered if self.answered >= self.begun and self.answered else at
        self.heard = self.progressed = at

    def wake_up(self, at: int, status: str = "in_progress") -> None:
        self.pauses = [pause._replace(until=min(pause.until, at)) for pause in self.pauses]
        self.status, self.until = status, 0

    def wait(self, at: int, why: str, until: int = 0, status: str = "waiting") -> None:
        self.wake_up(at, status)
        self.pauses.append(Pause(why, at, NEVER))
        self.until = until

    def wait_for(self, at: int, why: str, until: int) -> None:
        """By an order. Who is waited for in vain is told so at once, and what that makes of the time that he was told."""
        knows = why == "user" and self.heard >= self.begun
        before, moved = self.promised, self._afterwards(at, until) if until else None
        self.wait(at, why, until)
        if knows or STOPS[why].isdisjoint({"promise", "silence"}):
            return
        self.hear(at)
        if moved:
            self.promised = moved
            self.eta = moved if self.eta == before else self.eta

    def _afterwards(self, at: int, until: int) -> tuple[float, float] | None:
        """The time that he was told, later by the waiting: what is left of it counts from then on."""
        for clock in (one for one in self._clocks() if one.rule == "promise"):
            span, hours = self._until(*self.promised)
            if left := span - self.used(clock, at):
                return until, max(hours.add(until, left), self.promised[1])
        return None

    def take(self, at: int, *, again: bool) -> None:
        """Somebody works on it; `again` when it was another's, on line 2."""
        self.wake_up(at)
        if again:
            self.assigned = at
            self.line, self.line_since = 1, at

    def solve(self, at: int) -> None:
        self.wake_up(at, "resolved")
        self.resolved = at

    def close(self, at: int, *, survey: bool) -> None:
        self.wake_up(at, "closed")
        self.surveyed = at if survey else self.surveyed

    def reopen(self, at: int) -> None:
        self.wake_up(at)
        self.begun, self.resolved, self.chased = at, 0, 0

    def become(self, at: int, kind: Kind) -> None:
        if kind != self.kind:
            self.former.append((at, self.kind))
            self.kind = kind

    def expect(self, at: int, until: int) -> None:
        """An engineer's estimate; the requester is told what is later than he was to expect, or another than before."""
        expected = self.hours("eta").add(self.begun, self.terms.eta_beyond)
        if self.promised[0] >= self.begun:
            expected = min(expected, self.promised[1])
        moved = self.eta is not None and self.eta[1] != until
        self.eta, self.progressed = (at, until), at
        if until > expected or moved:
            self.promised = at, until
            self.hear(at)

    # -- clocks --------------------------------------------------------------------------------------------------------

    def kind_at(self, at: float) -> Kind:
        return next((was for until, was in self.former if at < until), self.kind)

    def _first_urgent(self, since: int) -> int:
        """When it first was a P1 from an instant on; it is one now."""
        moments = (since, *(until for until, _ in self.former if until > since))
        return next(at for at in moments if self.kind_at(at).priority == "P1")

    def _stands_still(self, rule: str, at: float) -> bool:
        """Whether a clock is stopped at an instant: that of the phone while it is no P1; a P1 never stops the progress duty, but
        while a solution is watched."""
        if rule == "phone" and self.kind_at(at).priority != "P1":
            return True
        stops = (pause.why for pause in self.pauses if pause.since <= at < pause.until and rule in STOPS[pause.why])
        urgent = rule == "progress" and self.kind_at(at).priority == "P1"
        return any(why == "observing" or not urgent for why in stops)

    def _stretches(self, clock: Clock) -> Iterator[tuple[float, float, Hours]]:
        """When the clock ran, until when, and by whose hours."""
        if not self.pauses and not self.former:
            yield clock.since, NEVER, clock.by or self.hours(clock.rule)
            return
        cuts = {at for pause in self.pauses for at in (pause.since, pause.until)} | {until for until, _ in self.former}
        edges = [clock.since, *sorted(at for at in cuts if clock.since < at < NEVER), NEVER]
        for start, end in pairwise(edges):
            if not self._stands_still(clock.rule, start):
                yield start, end, clock.by or self.calendars[terms(self.kind_at(start)).calendar_of(clock.rule)]

    def used(self, clock: Clock, at: float) -> float:
        return sum(hours.between(start, min(end, at)) for start, end, hours in self._stretches(clock) if start < at)

    def reached(self, clock: Clock, span: float) -> float:
        """When it has run so long; NEVER while it stands still."""
        for start, end, hours in self._stretches(clock):
            ran = NEVER if end == NEVER else hours.between(start, end)
            if ran >= span:
                return hours.add(start, span)
            span -= ran
        return NEVER

    # -- rules ---------------------------------------------------------------------------------------------------------

    def _clocks(self) -> Iterator[Clock]:
        """Those that concern it now."""
        if self.status not in DUTY:
            return
        begun, asked = self.begun, self.terms
        if not self.answered >= begun:
            yield Clock("first_answer", begun, (*_steps("remind", asked.first_answer), *_steps("lead", asked.first_lead)))
        if not self.confirmed and asked.confirm:
            yield Clock("confirm_priority", begun, _steps("remind", asked.confirm))
        if self.line == 1 and self.priority != NO_SECOND_LINE:
            yield Clock("line2", max(begun, self.line_since), (("warn", 1, asked.warn), ("handover", 1, asked.handover)))
        if self.priority == "P1" and not self.called >= begun:
            yield Clock(
                "phone", self._first_urgent(begun), (*_steps("lead", asked.phone), ("call", 0, 0), *_steps("call", asked.calls))
            )
        yield from self._promises()
        if asked.progress:
            first, due, last = asked.progress
            steps = (("ask", 1, first), ("late", 1, due), ("lead", 1, last))
            yield Clock("progress", max(begun, self.assigned, self.progressed), steps, due)
        due = asked.silence
        steps = (("ask", 1, due - asked.before), ("late", 1, due), ("lead", 1, due + asked.after))
        yield Clock("silence", max(begun, self.answered, self.heard), steps, due)

    def _promises(self) -> Iterator[Clock]:
        asked = self.terms
        if self.eta is None or self.eta[0] < self.begun:
            yield Clock("eta", self.begun, (("ask", 1, asked.eta_ask),))
        else:
            span, by = self._until(*self.eta)
            yield Clock("eta", self.eta[0], (("missed", 1, span),), by=by)
        said, at = self.promised
        if said >= self.begun:
            span, hours = self._until(said, at)
            remind = min(max(span * asked.remind, asked.margin), span / 2)
            tell = min(max(span * asked.tell, asked.margin / 2), remind / 2)
            yield Clock("promise", said, (("remind", 1, span - remind), ("delay", 1, span - tell)), by=hours)

    def _until(self, said: float, at: float) -> tuple[float, Hours]:
        """The working time until a moment that somebody was told, and whose; real time where nobody works until then."""
        hours = self.hours("promise")
        return (span, hours) if (span := hours.between(said, at)) else (at - said, self.calendars["always"])

    def _told(self, now: int | None) -> Iterator[Alarm]:
        """What speaks if nothing changes, spoken or not; of what repeats, the present period (that of `now`) and the next."""
        for clock in self._clocks():
            if self.reached(clock, 0) == NEVER or self._stands_still(clock.rule, NEVER - 1):
                continue
            told = [alarm for step in clock.steps for alarm in self._of(clock, *step, now)]
            tries = list(self._tries(told[-1], now)) if clock.rule == "line2" else []
            yield from self._in_grace(clock, [*told, *tries])
        yield from self._by_days(now)

    def _tries(self, first: Alarm, now: int | None) -> Iterator[Alarm]:
        """When the hand-over is tried again because nobody of line 2 was there: when the hours of one of them begin, but not for
        ever; up to the next."""
        begins = (at for at in self.staff.begins(2) if at > first.due)
        tried = self._last("line2", "handover", first.since)
        for nth, due in enumerate(begins if tried or (now is not None and first.due <= now) else (), 2):
            if nth > TRIES:
                return
            yield first._replace(due=due, nth=nth)
            if nth > tried and (now is None or due > now):
                return

    def _of(self, clock: Clock, step: str, nth: int, span: float, now: int | None) -> Iterator[Alarm]:
        numbers: tuple[int, ...] = (nth,)
        if clock.period:
            passed = 0 if now is None else int((self.used(clock, now) - span) // clock.period) + 1
            numbers = _rounds(clock.rule, max(passed, self._last(clock.rule, step, round(clock.since)), 1))
        for number in numbers:
            due = self.reached(clock, span + (number - 1) * clock.period if clock.period else span)
            if step == "missed" and self.eta:
                due = max(due, self.eta[1])
            if (clock.rule, step) == ("promise", "delay"):
                due = self._delayed(clock, span, due)
            yield Alarm(round(due), clock.rule, step, number, round(clock.since))

    def _delayed(self, clock: Clock, span: float, due: float) -> float:
        """He hears of it before the moment that he was told, though the clock stood still meanwhile; if that was over by then,
        when it goes on. Only a P1 is told of at night: else a quarter of an hour before the end of work before that, or when
        work begins again."""
        desk, hours = self.desk, clock.by or self.desk
        ended = [pause.until for pause in self.pauses if clock.rule in STOPS[pause.why] and pause.until < NEVER]
        woke = max([clock.since, *ended])
        due = min(due, max(hours.add(clock.since, span), woke))
        if self.priority == "P1" or due == NEVER or desk.opens(due) == due:
            return due
        worked = desk.between(woke, due)
        return desk.opens(due) if worked < HOUR else desk.add(woke, worked - 15 * MINUTE)

    def _in_grace(self, clock: Clock, alarms: list[Alarm]) -> list[Alarm]:
        """Nothing that new rules have put into the past is said before the first step has had its time under them."""
        changed = self.former[-1][0] if self.former else 0
        passed = [alarm for alarm in alarms if alarm.due <= changed and not self._has(alarm)]
        if clock.by is not None or changed <= clock.since or not passed:
            return alarms
        first = min(span for _, _, span in clock.steps)
        end = round(self.reached(clock, self.used(clock, changed) + first))
        return [alarm._replace(due=max(alarm.due, end)) for alarm in alarms]

    def _by_days(self, now: int | None) -> Iterator[Alarm]:
        if self.status == "waiting" and self.until:
            yield Alarm(self.until, "scheduled", "resume", 1, self.until)
        elif self.status == "waiting" and self.waiting in ("vendor", "approval"):
            yield from self._stalled(self.pauses[-1].since, now)
        if self.status == "observing":
            yield Alarm(self.until, "observing", "resolve", 1, self.until)
        if self.status == "waiting" and self.waiting == "user":
            yield from self._chased("waiting", self.pauses[-1].since)
        if self.status == "resolved":
            yield from self._chased("resolved", self.resolved)
        if self.status == "closed" and self.surveyed:
            yield Alarm(self.hours("survey").days_later(self.surveyed, self.terms.survey), "survey", "rate", 1, self.surveyed)

    def _stalled(self, since: int, now: int | None) -> Iterator[Alarm]:
        desk = self.hours("stalled")
        for step, days in zip(("ask", "lead"), self.terms.stalled, strict=True):
            nth = max(self._last("stalled", step, since), 1)
            while now is not None and desk.days_later(since, (nth + 1) * days) <= now:
                nth += 1
            for number in (nth, nth + 1):
                yield Alarm(desk.days_later(since, number * days), "stalled", step, number, since)

    def _chased(self, rule: str, since: int) -> Iterator[Alarm]:
        """Chasers and the end; one that came late moves what follows."""
        desk, heard, last = self.hours(rule), len(self._spoken_of(rule, "chaser", since)), self.terms.close
        said = max(self.terms.chasers[:heard], default=0)
        for nth, days in enumerate((*self.terms.chasers, last), 1):
            due = desk.days_later(since, days)
            if self.chased and 0 < said < days:
                due = max(due, desk.days_later(self.chased, days - said))
            yield Alarm(due, rule, *(("close", 1) if days == last else ("chaser", nth)), since)

    # -- speaking ------------------------------------------------------------------------------------------------------

    def _spoken_of(self, rule: str, step: str, since: int) -> frozenset[int]:
        clock, numbers = self.spoken.get((rule, step), (since, frozenset()))
        return numbers if clock == since else frozenset()

    def _last(self, rule: str, step: str, since: int) -> int:
        return max(self._spoken_of(rule, step, since), default=0)

    def _has(self, alarm: Alarm) -> bool:
        return alarm.nth in self._spoken_of(alarm.rule, alarm.step, alarm.since)

    def wakes(self) -> int:
        """When it has something to say next."""
        return min((alarm.due for alarm in self._told(None) if not self._has(alarm)), default=NEVER)

    def speak(self, at: int) -> Iterator[Alarm]:
        """Everything that is due, each rule once; the ticket is changed by it."""
        while due := sorted((alarm for alarm in self._told(at) if alarm.due <= at and not self._has(alarm)), key=_turn):
            first = min(due, key=lambda alarm: alarm.step not in MOVES)
            said = [alarm for alarm in due if (alarm.rule, alarm.rings) == (first.rule, first.rings)]
            loudest = max(reversed(said), key=lambda alarm: (alarm.step == "lead", alarm.due))
            if first.rule in ("waiting", "resolved"):
                said, loudest = said[:1], said[0]
            for alarm in said:
                earlier = frozenset() if alarm.rule in AGAIN else self._spoken_of(alarm.rule, alarm.step, alarm.since)
                self.spoken[alarm.rule, alarm.step] = alarm.since, earlier | {alarm.nth}
            if loudest.rings and not loudest.nth and self.staff.attended(at):
                continue
            again = all(alarm.step == "handover" and alarm.nth > 1 for alarm in said)
            if again and not self.expert_there(at):
                continue
            yield loudest
            self._moved(loudest, at)

    def _moved(self, alarm: Alarm, at: int) -> None:
        """What an alarm does beside speaking."""
        match alarm.step:
            case "handover" if self.expert_there(at):
                self.assigned, self.line = at, 2
                self.status = "assigned" if self.status == "in_progress" else self.status
            case "delay":
                self._delay(next((told for told in self.put_off if abs(told - at) <= NEAR), at))
            case "chaser":
                self.chased = at
            case "close":
                self.close(at, survey=False)
            case "resume":
                self.wake_up(at)
            case "resolve":
                self.solve(at)

    def _delay(self, at: float) -> None:
        """Waiting alone has moved the time, where more of it is left than when the engineer is reminded; the estimate that he was
        told moves with it. Else he is put off."""
        (clock,) = (one for one in self._clocks() if one.rule == "promise")
        span, _ = self._until(*self.promised)
        last, later = span - clock.steps[0][2], self.eta and self.eta[1] > max(at, self.promised[1])
        moved, left = self.reached(clock, span), span - self.used(clock, at)
        if moved <= self.promised[1] or left <= last or later:
            self.promised = at, self._again(at)
            return
        self.eta = (at, moved) if self.eta == self.promised else self.eta
        self.promised = at, moved

    def _again(self, at: float) -> float:
        """Until when he is put off: a later estimate, else the time that such a ticket takes, twice as long each further time;
        it counts from the time that he was told where that would be later than the new one."""
        if self.eta and self.eta[0] >= self.begun and self.eta[1] > max(at, self.promised[1]):
            return self.eta[1]
        hours, (said, until) = self.hours("promise"), self.promised
        by = hours.add(at, self.terms.target)
        if self.promised != self.eta and said > (self.heard or self.begun):
            by = max(by, hours.add(at, 2 * hours.between(said, until)))
        put_off = self._at_work(by)
        return put_off if put_off > until else self._at_work(hours.add(until, self.terms.target))

    def _at_work(self, at: float) -> float:
        return at if self.priority == "P1" or self.desk.opens(at) == at else self.desk.add(at, HOUR)


def _turn(alarm: Alarm) -> tuple[int, str]:
    return alarm.due, alarm.rule


def _steps(step: str, spans: tuple[int, ...]) -> tuple[tuple[str, int, int], ...]:
    return tuple((step, nth, span) for nth, span in enumerate(spans, 1))


def _rounds(rule: str, period: int) -> tuple[int, int]:
    """The last period up to this one in which a rule speaks, and the next."""
    if rule != "silence":
        return period, period + 1
    spoken = [n for n in range(1, period + 1) if n % SELDOM == 0 or (n < SELDOM and n & (n - 1) == 0)]
    following = period + 1
    while not (following % SELDOM == 0 or (following < SELDOM and following & (following - 1) == 0)):
        following += 1
    return spoken[-1], following
