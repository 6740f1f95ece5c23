"""What the clock says to a requester may wait for his hours: by then it is still so, or is not said."""

from dataclasses import replace
from datetime import timedelta

import pytest

from maildesk.core.alarms import holds
from maildesk.core.letter import FACTS, Letter, LetterKind
from maildesk.core.ticket import Eta, Pause, Status, Ticket, Waiting
from tests.core.clockwork import at, ticket
from tests.core.correspondence import USER

K = LetterKind
SAID = at("10-30 19:00")
BEFORE, AFTER = SAID - timedelta(hours=3), SAID + timedelta(hours=3)


def letter(kind: LetterKind, **facts: object) -> Letter:
    return Letter(kind=kind, to=USER, language="zh", paced=True, facts={**dict.fromkeys(FACTS[kind], ""), **facts})


ASKED, OFFERED = letter(K.CHASER, about="waiting"), letter(K.CHASER, about="resolved")
WAITS = ticket(status=Status.WAITING, waiting=Waiting.USER, pauses=(Pause(why=Waiting.USER, since=BEFORE),))
SOLVED = ticket(status=Status.RESOLVED, resolved_at=SAID)
OVER = ticket(status=Status.CLOSED, closed_at=SAID)
LATER = ticket(status=Status.IN_PROGRESS, promised=Eta(at=at("11-02 17:00"), said_at=SAID))
MISSED = ticket(status=Status.IN_PROGRESS, eta=Eta(at=BEFORE, said_at=at("10-30 10:00")))


@pytest.mark.parametrize(
    ("said", "so"),
    [
        (ASKED, WAITS),
        (OFFERED, SOLVED),
        (letter(K.RESOLVED), SOLVED),
        (letter(K.CLOSED), OVER),
        (letter(K.CLOSED), replace(OVER, status=Status.ARCHIVED)),
        (letter(K.SURVEY), OVER),
        (letter(K.DELAY), LATER),
        (letter(K.ETA), MISSED),
        (letter(K.ACKNOWLEDGEMENT), OVER),
    ],
)
def test_what_has_not_changed_is_said(said: Letter, so: Ticket) -> None:
    assert holds(so, said, SAID)


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
        (letter(K.CLOSED), replace(OVER, status=Status.IN_PROGRESS)),
        (letter(K.CLOSED), replace(OVER, closed_at=AFTER)),
        (letter(K.SURVEY), replace(OVER, rating=4)),
        (letter(K.DELAY), replace(LATER, promised=Eta(at=at("11-02 12:00"), said_at=AFTER))),
        (letter(K.DELAY), replace(LATER, status=Status.RESOLVED, resolved_at=AFTER)),
        (letter(K.DELAY), replace(WAITS, promised=LATER.promised, pauses=(replace(WAITS.pauses[0], since=AFTER),))),
        (letter(K.ETA), replace(MISSED, eta=Eta(at=at("11-02 12:00"), said_at=AFTER))),
        (letter(K.ETA), replace(MISSED, status=Status.OBSERVING)),
    ],
)
def test_what_is_so_no_more_is_not_said(said: Letter, now: Ticket) -> None:
    assert not holds(now, said, SAID)
