"""A moment came at which rules speak: say what is due, once, and to whom it matters.

Of a rule that has several steps due (the desk was down) only the last speaks; the others are taken as said. The chasers of a
silent requester are the exception: each must be heard before the next, so the first one due speaks and the rest moves on.

    remind, warn, late   a reminder to the engineer           lead      the case before the leads
    ask                  a question to him                    handover  an expert of line 2 takes over
    missed               he and the requester are told        chaser    the requester is asked again
    close                closed as unconfirmed                resume    the waiting is over, he is told
    rate                 the requester is reminded to rate us

Letters to the people of the desk wait for their working hours, unless it is a P1. They carry the name of their alarm, so that
one which is no longer true when its time comes is not sent.
"""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, assert_never

from maildesk.core.alarms import Alarm, Step, alarms, spoken_with, wake_at
from maildesk.core.assign import choose
from maildesk.core.decide import colleagues, turning, writing
from maildesk.core.decide.telling import told
from maildesk.core.decision import Decision
from maildesk.core.known import Known
from maildesk.core.letter import Letter, LetterKind, instant
from maildesk.core.people import Person
from maildesk.core.rules import Rule
from maildesk.core.shift import reachable_at
from maildesk.core.ticket import Mark, Priority, Progress, Ticket, Turn


class Spoken(NamedTuple):
    """What a step makes of the ticket, with its letters; `deed` is what was done in the end, and `people` who heard it."""

    ticket: Ticket
    letters: tuple[Letter, ...]
    deed: Step
    people: tuple[Person, ...] = ()


def ticked(ticket: Ticket, known: Known, now: datetime) -> Decision:
    """Say everything that is due at `now`. Afterwards nothing is: the ticket wakes later, or never."""
    progress: tuple[Progress, ...] = ()
    letters: tuple[Letter, ...] = ()
    while due := [alarm for alarm in alarms(ticket, known.policy, now) if alarm.due <= now]:
        alarm, said = _speaking(due)
        spoken = _speak(replace(ticket, spoken=spoken_with(ticket, said)), alarm, known, now)
        ticket = spoken.ticket
        progress += (_line(alarm, spoken, known, now),)
        letters += spoken.letters
    return Decision(ticket=replace(ticket, wake_at=wake_at(ticket, known.policy)), progress=progress, letters=letters)


MOVES = frozenset({Step.HANDOVER, Step.RESUME, Step.CLOSE})
"""What these do to a ticket decides who hears the rest, and whether there is a rest."""


def _speaking(due: list[Alarm]) -> tuple[Alarm, tuple[Alarm, ...]]:
    """The alarm that speaks now, with all that are said by it."""
    rule = min(due, key=lambda alarm: alarm.step not in MOVES).rule
    said = tuple(alarm for alarm in due if alarm.rule is rule)
    return (said[0], said[:1]) if rule in (Rule.WAITING, Rule.RESOLVED) else (said[-1], said)


def _line(alarm: Alarm, spoken: Spoken, known: Known, now: datetime) -> Progress:
    text = told(alarm, spoken.deed, spoken.people, known.policy.language, known.policy.calendar.zone)
    return Progress(at=now, mark=Mark.ALARM, author="desk", text=text, key=alarm.key)


def _speak(ticket: Ticket, alarm: Alarm, known: Known, now: datetime) -> Spoken:
    match alarm.step:
        case Step.REMIND | Step.WARN | Step.LATE | Step.ASK:
            return _remind(ticket, alarm, known, now)
        case Step.LEAD:
            return _escalate(ticket, alarm, known, now)
        case Step.HANDOVER:
            return _hand_over(ticket, alarm, known, now)
        case Step.MISSED:
            return _missed(ticket, alarm, known, now)
        case Step.CHASER:
            return _chase(ticket, alarm, known, now)
        case Step.CLOSE:
            return _close(ticket, known, now)
        case Step.RESUME:
            return _resume(ticket, alarm, known, now)
        case Step.RATE:
            return _ask_rating(ticket, known, now)
        case _:
            assert_never(alarm.step)


# -- to those who work on it ---------------------------------------------------------------------------------------------


def _remind(ticket: Ticket, alarm: Alarm, known: Known, now: datetime) -> Spoken:
    """A word to whoever is to act. The question for progress stands alone, because its answer is the update."""
    people = writing.attending(ticket, known, now)
    write = _question if alarm.rule is Rule.PROGRESS and alarm.step is Step.ASK else _reminder
    return Spoken(ticket, tuple(write(ticket, person, alarm, known, now) for person in people), alarm.step, people)


def _question(ticket: Ticket, person: Person, alarm: Alarm, known: Known, now: datetime) -> Letter:
    facts = {"step": alarm.step, "since": instant(alarm.since), "due": instant(alarm.deadline)}
    letter = writing.to_person(ticket, person, LetterKind.PROGRESS_QUESTION, known, **facts)
    return replace(_in_peace(letter, ticket, person, known, now), alarm=alarm.key)


def _reminder(ticket: Ticket, person: Person, alarm: Alarm, known: Known, now: datetime) -> Letter:
    facts = {"rule": alarm.rule, "step": alarm.step, "due": instant(alarm.deadline)}
    letter = writing.to_person(ticket, person, LetterKind.REMINDER, known, **facts)
    return replace(_in_peace(letter, ticket, person, known, now), alarm=alarm.key, bundle_for=person.staff_id)


def _escalate(ticket: Ticket, alarm: Alarm, known: Known, now: datetime) -> Spoken:
    people = writing.leads(ticket, known, now)
    return Spoken(ticket, tuple(_escalation(ticket, person, alarm, known, now) for person in people), Step.LEAD, people)


def _escalation(ticket: Ticket, person: Person, alarm: Alarm, known: Known, now: datetime) -> Letter:
    engineer = known.people.get(ticket.engineer)
    letter = writing.to_person(
        ticket,
        person,
        LetterKind.ESCALATION,
        known,
        rule=alarm.rule,
        step=alarm.step,
        due=instant(alarm.deadline),
        brief=writing.brief(known),
        engineer=engineer.name if engineer else "",
        phone=writing.phone_of(ticket, known),
    )
    return replace(_in_peace(letter, ticket, person, known, now), alarm=alarm.key, bundle_for=person.staff_id)


def _in_peace(letter: Letter, ticket: Ticket, person: Person, known: Known, now: datetime) -> Letter:
    """Held back until he works, unless it is about a P1."""
    reached = now if ticket.priority is Priority.P1 else reachable_at(person, known.policy, now)
    return letter if reached <= now else replace(letter, not_before=reached)


def _hand_over(ticket: Ticket, alarm: Alarm, known: Known, now: datetime) -> Spoken:
    """An expert becomes the holder and gets the case with what was tried; the old holder is told. Nobody there: the leads."""
    expert, _ = choose(ticket, known, now, line=2)
    given = turning.given(ticket, expert, now) if expert else None
    if expert is None or given is None:
        return _escalate(ticket, alarm, known, now)
    given = replace(given, line=2)
    giver = known.people.get(ticket.engineer)
    handover = colleagues.handover(given, expert, giver, known, by=None, why=Rule.LINE2)
    letters = [_in_peace(handover, given, expert, known, now)]
    if giver is not None:
        letters.append(replace(_reminder(given, giver, alarm, known, now), alarm=None))
    return Spoken(given, tuple(letters), alarm.step, (expert,))


def _resume(ticket: Ticket, alarm: Alarm, known: Known, now: datetime) -> Spoken:
    """The date until which it waited has come."""
    awake = turning.awake(ticket, Turn.RESUME, now)
    assert awake is not None
    people = writing.attending(awake, known, now)
    letters = tuple(replace(_reminder(awake, person, alarm, known, now), alarm=None) for person in people)
    return Spoken(awake, letters, alarm.step, people)


# -- to the requester ----------------------------------------------------------------------------------------------------


def _missed(ticket: Ticket, alarm: Alarm, known: Known, now: datetime) -> Spoken:
    """A promise was broken: both hear it."""
    reminded = _remind(ticket, alarm, known, now)
    engineer, promised = known.people.get(ticket.engineer), ticket.eta.at if ticket.eta else alarm.deadline
    letters = writing.to_requester(
        ticket,
        LetterKind.ETA,
        known,
        engineer=engineer.name if engineer else "",
        at=instant(promised),
        moved=False,
        missed=True,
        reason="",
    )
    return reminded._replace(letters=reminded.letters + letters)


def _chase(ticket: Ticket, alarm: Alarm, known: Known, now: datetime) -> Spoken:
    """Ask again, naming the day on which the ticket will be closed; a late chaser gives the days that follow it in full."""
    chased = replace(ticket, chased_at=now)
    closes_on = next((one.due for one in alarms(chased, known.policy) if one.step is Step.CLOSE), alarm.deadline)
    resolved = alarm.rule is Rule.RESOLVED
    letters = writing.to_requester(
        chased,
        LetterKind.CHASER,
        known,
        about="resolved" if resolved else "waiting",
        step=alarm.nth,
        question=chased.solution if resolved else writing.last_question(known),
        closes_on=instant(closes_on),
    )
    return Spoken(chased, _later(letters, known, now), alarm.step)


def _close(ticket: Ticket, known: Known, now: datetime) -> Spoken:
    closed = turning.closed(ticket, "unconfirmed", now)
    assert closed is not None
    letters = writing.to_requester(
        closed,
        LetterKind.CLOSED,
        known,
        how="unconfirmed",
        solution=closed.solution,
        reopen_until=instant(now + known.policy.reopen_within),
        rate=False,
    )
    return Spoken(closed, _later(letters, known, now), Step.CLOSE)


def _ask_rating(ticket: Ticket, known: Known, now: datetime) -> Spoken:
    letters = writing.to_requester(ticket, LetterKind.SURVEY, known, solution=ticket.solution, reminder=True)
    return Spoken(ticket, _later(letters, known, now), Step.RATE)


def _later(letters: tuple[Letter, ...], known: Known, now: datetime) -> tuple[Letter, ...]:
    """What the clock says to requesters, it says in working hours."""
    opens = known.policy.calendar.next_open(now)
    return letters if opens <= now else tuple(replace(letter, not_before=opens) for letter in letters)
