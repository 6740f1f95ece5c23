"""What the clock says to a requester may wait for his hours: by then it is still so, or is not said."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from maildesk.core.alarms import holds
from maildesk.core.decide import turning
from maildesk.core.letter import FACTS, Letter, LetterKind
from maildesk.core.ticket import Eta, Pause, Status, Ticket, Waiting
from tests.core.clockwork import POLICY, at, ticket
from tests.core.correspondence import USER

K = LetterKind
SAID = at("10-30 19:00")
BEFORE, AFTER = SAID - timedelta(hours=3), SAID + timedelta(hours=3)


def letter(kind: LetterKind, **facts: object) -> Letter:
    return Letter(kind=kind, to=USER, language="zh", paced=True, facts={**dict.fromkeys(FACTS[kind], ""), **facts})


ASKED, OFFERED = letter(K.CHASER, about="waiting"), letter(K.CHASER, about="resolved")
WAITS = ticket(status=Status.WAITING, waiting=Waiting.USER, pauses=(Pause(why=Waiting.USER, since=BEFORE),))
SOLVED = ticket(status=Status.RESOLVED, resolved_at=SAID)
OVER = ticket(status=Status.CLOSED, closed_at=SAID, closed_how="unconfirmed")
UNHEARD = letter(K.CLOSED, how="unconfirmed")
LATER = ticket(status=Status.IN_PROGRESS, promised=Eta(at=at("11-02 17:00"), said_at=SAID))


def waits(whom: Waiting) -> Ticket:
    """A ticket of which he was told a later time, and that waits since then."""
    return replace(LATER, status=Status.WAITING, waiting=whom, pauses=(Pause(why=whom, since=AFTER),))


def reopened(over: Ticket, now: datetime) -> Ticket:
    again = turning.reopened(over, now)
    assert again is not None
    return again


MISSED = ticket(status=Status.IN_PROGRESS, eta=Eta(at=BEFORE, said_at=at("10-30 10:00")))


@pytest.mark.parametrize(
    ("said", "so"),
    [
        (ASKED, WAITS),
        (OFFERED, SOLVED),
        (letter(K.RESOLVED), SOLVED),
        (UNHEARD, OVER),
        (UNHEARD, replace(OVER, rating=5)),
        (UNHEARD, replace(OVER, status=Status.ARCHIVED)),
        (letter(K.SURVEY), OVER),
        (letter(K.DELAY), LATER),
        (letter(K.DELAY), waits(Waiting.USER)),
        (letter(K.DELAY), waits(Waiting.VENDOR)),
        (letter(K.DELAY), replace(waits(Waiting.APPROVAL), pauses=(Pause(why=Waiting.APPROVAL, since=BEFORE),))),
        (letter(K.ETA), MISSED),
        (letter(K.ACKNOWLEDGEMENT), OVER),
    ],
)
def test_what_has_not_changed_is_said(said: Letter, so: Ticket) -> None:
    assert holds(so, POLICY, said, SAID)


@pytest.mark.parametrize(
    ("said", "now"),
    [
        (ASKED, replace(WAITS, status=Status.IN_PROGRESS, waiting=None, pauses=())),
        (ASKED, replace(WAITS, waiting=Waiting.VENDOR, pauses=(Pause(why=Waiting.VENDOR, since=AFTER),))),
        (ASKED, replace(WAITS, pauses=(replace(WAITS.pauses[0], until=SAID), Pause(why=Waiting.USER, since=AFTER)))),
        (ASKED, SOLVED),
        (OFFERED, WAITS),
        (OFFERED, replace(SOLVED, resolved_at=AFTER)),
        (letter(K.RESOLVED), OVER),
        (UNHEARD, reopened(OVER, AFTER)),
        (UNHEARD, replace(OVER, closed_at=AFTER)),
        (UNHEARD, replace(OVER, closed_how="confirmed")),
        (letter(K.SURVEY), replace(OVER, rating=4)),
        (letter(K.DELAY), replace(LATER, promised=Eta(at=at("11-02 12:00"), said_at=AFTER))),
        (letter(K.DELAY), replace(LATER, status=Status.RESOLVED, resolved_at=AFTER)),
        (letter(K.DELAY), waits(Waiting.APPROVAL)),
        (letter(K.DELAY), waits(Waiting.SCHEDULED)),
        (letter(K.DELAY), replace(LATER, reopened_at=AFTER)),
        (letter(K.ETA), replace(MISSED, eta=Eta(at=at("11-02 12:00"), said_at=AFTER))),
        (letter(K.ETA), replace(MISSED, status=Status.OBSERVING)),
        (letter(K.ETA), replace(MISSED, reopened_at=AFTER)),
    ],
)
def test_what_is_so_no_more_is_not_said(said: Letter, now: Ticket) -> None:
    assert not holds(now, POLICY, said, SAID)
