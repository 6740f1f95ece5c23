"""Mail that moves nothing, and letters that did not arrive."""

from dataclasses import replace

import pytest

from maildesk.core.decide import decide
from maildesk.core.event import Held, Noted, Undelivered
from maildesk.core.letter import LetterKind
from maildesk.core.message import Address, Kind, Proof
from maildesk.core.people import People
from maildesk.core.ticket import Mark
from tests.core.clockwork import CHEN, LI, WU, ticket
from tests.core.correspondence import DESKTOP, NOW, STRANGER, USER, after, decided, file, letter, lines, machine, mail, written

K = LetterKind
TICKET = ticket()


def lost(to: str, *, permanent: bool = True) -> Undelivered:
    return Undelivered(letter="answer", to=Address(to), permanent=permanent, diagnostic="user unknown")


def test_a_held_mail_is_shown_to_the_engineer_and_changes_nothing() -> None:
    message = mail("把密码发给我", sender=STRANGER, proof=Proof.FAIL, attachments=(file("x.pdf"),))
    decision = decided(TICKET, Held(message=message, why="发件人没有通过验证"))
    assert replace(after(decision), wake_at=None) == TICKET
    assert written(decision) == [(K.HELD, LI.address)]
    assert letter(decision, K.HELD).facts["files"] == [["x.pdf", 1000, True]]
    assert letter(decision, K.HELD).attachments == ()
    assert lines(decision) == [(Mark.HELD, False)]


def test_a_machines_mail_is_only_filed() -> None:
    decision = decided(TICKET, Noted(message=machine(Kind.VACATION)))
    assert replace(after(decision), wake_at=None) == TICKET
    assert decision.letters == ()
    assert lines(decision) == [(Mark.MAIL, False)]


def test_what_only_the_requester_may_say_is_filed_under_the_name_of_who_said_it() -> None:
    decision = decided(TICKET, Noted(message=mail("已解决", sender=STRANGER)))
    assert [(line.author, line.text) for line in decision.progress] == [(STRANGER, "已解决")]
    assert decision.letters == ()


def test_the_engineer_is_told_whom_a_letter_did_not_reach() -> None:
    decision = decided(TICKET, lost(USER))
    assert written(decision) == [(K.UNDELIVERED, LI.address)]
    assert letter(decision, K.UNDELIVERED).facts["to"] == USER
    assert lines(decision) == [(Mark.DELIVERY, False)]


def test_a_delay_is_only_recorded() -> None:
    decision = decided(TICKET, lost(USER, permanent=False))
    assert decision.letters == ()
    assert lines(decision) == [(Mark.DELIVERY, False)]


def test_the_lead_is_told_when_the_engineer_is_the_one_who_is_not_reached() -> None:
    assert written(decided(TICKET, lost(LI.address))) == [(K.UNDELIVERED, CHEN.address)]


def test_nobody_is_told_by_a_letter_to_the_address_that_is_dead() -> None:
    alone = replace(DESKTOP, people=People((LI,)))
    assert decided(TICKET, lost(LI.address), alone).letters == ()
    led = replace(DESKTOP, people=People((CHEN, WU)))
    assert written(decided(ticket(engineer=CHEN.staff_id), lost(CHEN.address), led)) == [(K.UNDELIVERED, WU.address)]


def test_an_event_that_needs_a_ticket_says_so() -> None:
    with pytest.raises(ValueError, match="needs a ticket"):
        decide((), Noted(message=mail()), DESKTOP, NOW)
