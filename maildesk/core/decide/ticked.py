"""A moment came at which rules speak: say what is due, once, and to whom it matters.

Of a rule that has several steps due (the desk was down) only the last speaks, or what the leads must hear; the others are taken
as said. The chasers of a silent requester are the exception: each must be heard before the next, so the first one due speaks and
the rest moves on.

    remind, warn, late   a reminder to the engineer           lead      the case before the leads
    ask                  a question to him                    handover  an expert of line 2 takes over
    missed               he and the requester are told        chaser    the requester is asked again
    close                closed as unconfirmed                resume    the waiting is over, he is told
    rate                 the requester is reminded to rate us delay     both are told that it takes longer than promised
    resolve              it was observed, the requester is asked whether it is solved
    call                 whoever is on call is rung

Letters to the people of the desk wait for their working hours and, for a while, for each other (see `core.peace`), unless it is a
P1. They carry the name of their alarm, so that one which is no longer true when its time comes is not sent. Letters to requesters
go out in working hours, and not too many at once.
"""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, assert_never

from maildesk.core import clock, promise
from maildesk.core.alarm import UNATTENDED, Alarm, Step
from maildesk.core.alarms import alarms, due_by, spoken_with
from maildesk.core.assign import choose
from maildesk.core.call import Call
from maildesk.core.decide import colleagues, turning, writing
from maildesk.core.decide.telling import told
from maildesk.core.decision import Decision
from maildesk.core.known import Known
from maildesk.core.letter import Letter, LetterKind, instant
from maildesk.core.peace import patience
from maildesk.core.people import Person
from maildesk.core.rules import Rule
from maildesk.core.shift import on_shift, reachable_at
from maildesk.core.speaking import told_when_missed
from maildesk.core.standing import standing
from maildesk.core.ticket import Eta, Mark, Priority, Progress, Ticket, Turn, Waiting


class Spoken(NamedTuple):
    """What a step makes of the ticket, with its letters and calls; `deed` is what was done in the end, `people` who heard it."""

    ticket: Ticket
    letters: tuple[Letter, ...]
    deed: Step
    people: tuple[Person, ...] = ()
    calls: tuple[Call, ...] = ()


def ticked(ticket: Ticket, known: Known, now: datetime) -> Decision:
    """Say everything that is due at `now`; afterwards nothing is."""
    progress: tuple[Progress, ...] = ()
    letters: tuple[Letter, ...] = ()
    calls: tuple[Call, ...] = ()
    due = due_by(ticket, known.policy, now)
    while due:
        alarm, said = _speaking(due)
        silent = _silent(ticket, alarm, said, known, now)
        ticket = heard = replace(ticket, spoken=spoken_with(ticket, said))
        due = tuple(one for one in due if one not in said)
        if silent:
            continue
        spoken = _speak(heard, alarm, known, now)
        ticket = spoken.ticket
        due = due if ticket is heard else due_by(ticket, known.policy, now)
        progress += (_line(alarm, spoken, known, now),)
        letters += spoken.letters
        calls += spoken.calls
    return Decision(ticket=ticket, progress=progress, letters=letters, calls=calls)


def _silent(ticket: Ticket, alarm: Alarm, said: tuple[Alarm, ...], known: Known, now: datetime) -> bool:
    """Whether there is no reason to speak: for the call at once, when somebody is on shift; for what is tried again, when it
    cannot be done yet either."""
    if alarm.rings:
        return alarm.nth == UNATTENDED and _attended(known, now)
    return alarm.tries and all(one.tries for one in said) and _expert(ticket, known, now) is None


MOVES = frozenset({Step.HANDOVER, Step.RESUME, Step.RESOLVE, Step.CLOSE})
"""What these do to a ticket decides who hears the rest, and whether there is a rest."""


def _speaking(due: tuple[Alarm, ...]) -> tuple[Alarm, tuple[Alarm, ...]]:
    """The alarm that speaks now, with all that are said by it; of those that were put off to one moment, the last."""
    first = min(due, key=lambda alarm: alarm.step not in MOVES)
    rule, said = first.rule, tuple(alarm for alarm in due if (alarm.rule, alarm.rings) == (first.rule, first.rings))
    if rule in (Rule.WAITING, Rule.RESOLVED):
        return said[0], said[:1]
    return max(reversed(said), key=lambda alarm: (alarm.escalates, alarm.due)), said


def _line(alarm: Alarm, spoken: Spoken, known: Known, now: datetime) -> Progress:
    text = told(alarm, spoken.deed, spoken.people, known.policy.language, known.policy.calendar.zone)
    return Progress(at=now, mark=Mark.ALARM, author="desk", text=text, key=alarm.key)


def _speak(ticket: Ticket, alarm: Alarm, known: Known, now: datetime) -> Spoken:
    match alarm.step:
        case Step.REMIND | Step.WARN | Step.LATE | Step.ASK:
            return _remind(ticket, alarm, known, now)
        case Step.LEAD:
            return _escalate(ticket, alarm, known, now)
        case Step.CALL:
            return _ring(ticket, alarm, known)
        case Step.HANDOVER:
            return _hand_over(ticket, alarm, known, now)
        case Step.MISSED:
            return _missed(ticket, alarm, known, now)
        case Step.DELAY:
            return _delay(ticket, alarm, known, now)
        case Step.CHASER:
            return _chase(ticket, alarm, known, now)
        case Step.CLOSE:
            return _close(ticket, known, now)
        case Step.RESUME:
            return _resume(ticket, alarm, known, now)
        case Step.RESOLVE:
            return _resolve(ticket, alarm, known, now)
        case Step.RATE:
            return _ask_rating(ticket, known, now)
        case _:
            assert_never(alarm.step)


# -- to those who work on it ---------------------------------------------------------------------------------------------


def _remind(ticket: Ticket, alarm: Alarm, known: Known, now: datetime) -> Spoken:
    """A word to whoever is to act. The question for progress waits for no company, because its answer is the update."""
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
    return _merging(replace(letter, alarm=alarm.key), ticket, person, alarm, known, now)


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
    return _merging(replace(letter, alarm=alarm.key), ticket, person, alarm, known, now)


def _merging(letter: Letter, ticket: Ticket, person: Person, alarm: Alarm, known: Known, now: datetime) -> Letter:
    """A letter that may come together with others. It waits for them a little, unless it is about a P1 or held back anyway."""
    letter = replace(_in_peace(letter, ticket, person, known, now), bundle_for=person.staff_id)
    if ticket.priority is Priority.P1 or letter.not_before is not None:
        return letter
    return replace(letter, patience=patience(alarm.since, alarm.deadline, now, known.policy.peace.window))


def _ring(ticket: Ticket, alarm: Alarm, known: Known) -> Spoken:
    """Whoever is on call is rung at any hour."""
    call = Call(
        alarm=alarm.key,
        number=ticket.number,
        priority=ticket.priority,
        subject=ticket.subject,
        requester=ticket.requester_name or ticket.requester,
        phone=writing.phone_of(ticket, known) or "",
        due=alarm.deadline,
    )
    return Spoken(ticket, (), alarm.step, calls=(call,))


def _attended(known: Known, now: datetime) -> bool:
    """Whether anybody who works on tickets is on shift."""
    return any(person.works and on_shift(person, known.policy, now) for person in known.people.everyone)


def _in_peace(letter: Letter, ticket: Ticket, person: Person, known: Known, now: datetime) -> Letter:
    """Held back until he works and, after an outage, until it is clear what is still worth saying; unless it is about a P1.

    What was held back for one person comes as one letter.
    """
    if ticket.priority is Priority.P1:
        return letter
    reached = reachable_at(person, known.policy, _settled(known, now))
    return letter if reached <= now else replace(letter, not_before=reached, bundle_for=person.staff_id)


def _settled(known: Known, now: datetime) -> datetime:
    outage = known.outage
    return outage.settled_at if outage and outage.told_at(now) else now


def _hand_over(ticket: Ticket, alarm: Alarm, known: Known, now: datetime) -> Spoken:
    """An expert becomes the holder and gets the case with what was tried; the old holder is told. Nobody there: the leads."""
    expert = _expert(ticket, known, now)
    given = turning.given(ticket, expert, now) if expert else None
    if expert is None or given is None:
        return _escalate(ticket, alarm, known, now)
    given = turning.on_line(given, 2, now)
    giver = known.people.get(ticket.engineer)
    handover = colleagues.handover(given, expert, giver, known, by=None, why=Rule.LINE2)
    letters = [_in_peace(handover, given, expert, known, now)]
    if giver is not None:
        letters.append(replace(_reminder(given, giver, alarm, known, now), alarm=None))
    return Spoken(given, tuple(letters), alarm.step, (expert,))


def _expert(ticket: Ticket, known: Known, now: datetime) -> Person | None:
    """Who of line 2 takes over. The hour may be used up at the very moment at which work ends: then it is he who is there when
    work goes on."""
    works = known.policy.rules(ticket).calendar_of(Rule.LINE2).next_open(now)
    expert, _ = choose(ticket, known, works, line=2)
    return expert


def _resume(ticket: Ticket, alarm: Alarm, known: Known, now: datetime) -> Spoken:
    """The date until which it waited has come."""
    awake = turning.awake(ticket, Turn.RESUME, now)
    assert awake is not None
    people = writing.attending(awake, known, now)
    letters = tuple(replace(_reminder(awake, person, alarm, known, now), alarm=None) for person in people)
    return Spoken(awake, letters, alarm.step, people)


# -- to the requester ----------------------------------------------------------------------------------------------------


def _missed(ticket: Ticket, alarm: Alarm, known: Known, now: datetime) -> Spoken:
    """A promise was broken: both hear it, but the requester only where he was not told before that it would be."""
    reminded = _remind(ticket, alarm, known, now)
    if not told_when_missed(ticket, known.policy.rules(ticket)):
        return reminded
    engineer, promised = known.people.get(ticket.engineer), ticket.eta.at if ticket.eta else alarm.deadline
    letters = writing.to_requester(
        ticket,
        LetterKind.ETA,
        known,
        engineer=engineer.name if engineer else "",
        at=instant(promised),
        moved=False,
        earlier=False,
        missed=True,
        reason="",
    )
    return reminded._replace(letters=reminded.letters + _at_his_hours(letters, ticket, known, now))


def _delay(ticket: Ticket, alarm: Alarm, known: Known, now: datetime) -> Spoken:
    """A promise is about to break, or the waiting has moved it: the requester hears it before, with the time that holds from now
    on; the engineer hears that he did."""
    waited = _waited(ticket, known, now)
    again, expected = (alarm.deadline, ticket.promised == ticket.eta) if waited else promise.again(ticket, known, now)
    engineer, said = known.people.get(ticket.engineer), Eta(at=again, said_at=now)
    told = replace(ticket, promised=said, eta=said if waited and expected else ticket.eta)
    letters = writing.to_requester(
        told,
        LetterKind.DELAY,
        known,
        engineer=engineer.name if engineer else "",
        said=instant(ticket.promised.at if ticket.promised else alarm.deadline),
        next=instant(again),
        eta=expected,
        waited=waited or "",
    )
    reminded = _remind(told, alarm._replace(step=Step.REMIND) if waited else alarm, known, now)
    inside = tuple(replace(letter, alarm=None) for letter in reminded.letters)
    return reminded._replace(deed=alarm.step, letters=(*_at_his_hours(letters, ticket, known, now), *inside))


def _waited(ticket: Ticket, known: Known, now: datetime) -> Waiting | None:
    """What the ticket waited for, where only that has moved the time: the engineer has more of it left than when he is reminded,
    and expects nothing later himself."""
    how = standing(ticket, known.policy, Rule.PROMISE)
    assert how.span is not None
    assert how.told is not None
    remind, _ = known.policy.rules(ticket).promises.left(how.span)
    stops = clock.stops(ticket, known.policy, Rule.PROMISE)
    if how.deadline <= how.told or how.span - clock.used(how.runs, now) <= remind:
        return None
    later = ticket.eta is not None and ticket.eta.at > max(now, how.told)
    return None if later else stops[-1].why


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
    closed = turning.closed(ticket, "unconfirmed", known.policy, now)
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


def _resolve(ticket: Ticket, alarm: Alarm, known: Known, now: datetime) -> Spoken:
    """It was observed, and nobody says that it does not hold: the requester is asked, as by /resolve, and the engineer is told.
    Where there is no requester, nobody can confirm, and it is closed."""
    solved = turning.resolved(ticket, now)
    assert solved is not None
    reachable = colleagues.reachable(solved)
    after = solved if reachable else turning.closed(solved, "engineer", known.policy, now) or solved
    engineer, people = known.people.get(after.engineer), writing.attending(after, known, now)
    inside = tuple(replace(_reminder(after, person, alarm, known, now), alarm=None) for person in people)
    outside = writing.to_requester(
        after,
        LetterKind.RESOLVED,
        known,
        engineer=engineer.name if engineer else "",
        solution=after.solution,
        closes_on=instant(promise.closes_on(known.policy.rules(after), now)),
        observed=True,
    )
    return Spoken(after, (*_later(outside, known, now), *inside), alarm.step)


def _ask_rating(ticket: Ticket, known: Known, now: datetime) -> Spoken:
    letters = writing.to_requester(ticket, LetterKind.SURVEY, known, solution=ticket.solution, reminder=True)
    return Spoken(ticket, _later(letters, known, now), Step.RATE)


def _at_his_hours(letters: tuple[Letter, ...], ticket: Ticket, known: Known, now: datetime) -> tuple[Letter, ...]:
    """The same, unless it is about a P1, which cannot wait."""
    urgent = ticket.priority is Priority.P1
    return tuple(replace(letter, paced=True) for letter in letters) if urgent else _later(letters, known, now)


def _later(letters: tuple[Letter, ...], known: Known, now: datetime) -> tuple[Letter, ...]:
    """What the clock says to requesters, it says in working hours, and not to all of them at once."""
    opens = known.policy.calendar.next_open(now)
    return tuple(replace(letter, paced=True, not_before=opens if opens > now else None) for letter in letters)
