"""Laws of the clock over random lives: each alarm speaks once, and a ticket that has spoken wakes later or never."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.core.alarms import alarms, stands
from maildesk.core.decide import turning
from maildesk.core.letter import LetterKind
from maildesk.core.ticket import Eta, Pause, Priority, Status, Ticket, Turn, Waiting
from tests.core.clockwork import HOUR, KNOWN, MINUTE, OFFICE, POLICY, after, at, resumed, ticked, ticket

DEEDS = ("report", "answer", "observe", "wait", "resume", "eta", "raise", "lower", "resolve", "reopen", "call", "nothing")
WHOM = (Waiting.USER, Waiting.VENDOR, Waiting.APPROVAL, Waiting.SCHEDULED)


def done(ticket: Ticket, deed: str, now: datetime) -> Ticket:
    """What people do to a ticket, as far as the clock sees it; what cannot be done is not done."""
    match deed:
        case "report":
            return replace(ticket, progressed_at=now)
        case "answer":
            return replace(ticket, first_answer_at=now, heard_at=now, progressed_at=now, missing_asked_at=now)
        case "observe" if ticket.status.open and ticket.status is not Status.OBSERVING:
            return turning.observed(ticket, now + timedelta(hours=now.minute), now) or ticket
        case "wait" if ticket.status.open and ticket.status is not Status.OBSERVING and ticket.waiting is None:
            why = WHOM[now.minute % len(WHOM)]
            until = now + timedelta(days=3) if why is Waiting.SCHEDULED else None
            parked = replace(ticket, pauses=(*ticket.pauses, Pause(why=why, since=now)), waiting=why, waiting_until=until)
            return parked.turned(Turn.WAIT) or ticket
        case "resume" if ticket.status is Status.WAITING:
            return resumed(ticket, now)
        case "eta":
            return replace(ticket, eta=Eta(at=now + 3 * HOUR, said_at=now))
        case "raise" | "lower":
            return replace(ticket, confirmed=Priority.P1 if deed == "raise" else Priority.P3, priority_at=now)
        case "resolve":
            return turning.resolved(ticket, now) or ticket
        case "reopen":
            again = ticket.turned(Turn.REOPEN)
            return replace(again, reopened_at=now, surveyed_at=None) if again else ticket
        case "call":
            return replace(ticket, called_at=now)
    return ticket


@given(
    st.sampled_from(Priority),
    st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(1, 60 * 24 * 2), st.booleans()), min_size=1, max_size=15),
)
@settings(max_examples=150, deadline=None)
def test_over_any_life_each_alarm_speaks_once_and_the_ticket_wakes_later_or_never(
    priority: Priority, life: list[tuple[str, int, bool]]
) -> None:
    now, living = at("10-28 10:00"), ticket(proposed=priority, missing=("error",))
    keys: list[str] = []
    for deed, minutes, down in life:
        until = now + minutes * MINUTE
        while not down and living.wake_at is not None and living.wake_at <= until:
            now = max(now, living.wake_at)
            living = heard_once(living, now, keys)
        now = until
        living = heard_once(living, now, keys)
        living = done(living, deed, now)
        living = replace(living, wake_at=min((alarm.due for alarm in alarms(living, POLICY)), default=None))
    assert len(keys) == len(set(keys))


def heard_once(before: Ticket, now: datetime, keys: list[str]) -> Ticket:
    """One tick, with the laws that hold of every tick."""
    decision = ticked(before, KNOWN, now)
    living = after(decision)
    assert living.wake_at is None or living.wake_at > now
    said = Counter(line.key.split(":")[1] for line in decision.progress if line.key)
    assert all(count == 1 for count in said.values())
    if before.status in (Status.CLOSED, Status.RESOLVED):
        assert {letter.kind for letter in decision.letters} <= {LetterKind.CHASER, LetterKind.CLOSED, LetterKind.SURVEY}
    if before.priority is Priority.P4:
        assert living.line == before.line
    for letter in decision.letters:
        assert letter.alarm is None or stands(living, POLICY, letter.alarm)
        if letter.person is not None and before.priority is not Priority.P1:
            assert OFFICE.open_at(letter.not_before or now)
    keys.extend(line.key for line in decision.progress if line.key)
    return living
