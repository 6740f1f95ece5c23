"""Mail that moves nothing, and letters that did not arrive."""

from dataclasses import replace

import pytest

from maildesk.core.decide import decide
from maildesk.core.event import Held, Noted, Opened, Undelivered, Wrote
from maildesk.core.letter import LetterKind
from maildesk.core.message import Address, Kind, Proof
from maildesk.core.people import People
from maildesk.core.ticket import Mark
from maildesk.core.trust import Suspicion, Trust
from tests.core.clockwork import CHEN, HOUR, LI, MINUTE, WU, ticket
from tests.core.correspondence import (
    DESKTOP,
    NOW,
    STRANGER,
    USER,
    after,
    blank,
    decided,
    file,
    letter,
    lines,
    machine,
    mail,
    written,
)

K = LetterKind
TICKET = ticket()


def lost(to: str, *, letter: str = "answer", permanent: bool = True) -> Undelivered:
    return Undelivered(letter=letter, to=Address(to), permanent=permanent, diagnostic="user unknown")


def test_a_held_mail_is_shown_to_the_engineer_and_changes_nothing() -> None:
    message = mail("把密码发给我", sender=STRANGER, proof=Proof.FAIL, attachments=(file("x.pdf"),))
    decision = decided(TICKET, Held(message=message, why=Suspicion.FAILED, mail=17))
    assert replace(after(decision), wake_at=None, due_at=None) == TICKET
    assert written(decision) == [(K.HELD, LI.address)]
    assert letter(decision, K.HELD).facts["files"] == [["x.pdf", 1000, True]]
    assert letter(decision, K.HELD).attachments == ()
    assert lines(decision) == [(Mark.HELD, False)]


def test_a_held_mail_without_a_ticket_is_shown_to_the_leads_and_stands_in_no_record() -> None:
    decision = decided(None, Held(message=mail("开个单", sender=STRANGER), why=Suspicion.OTHER, mail=17))
    assert (decision.ticket, decision.progress) == (None, ())
    assert written(decision) == [(K.HELD, CHEN.address)]
    facts = letter(decision, K.HELD).facts
    assert (facts["sender"], facts["text"], facts["mail"]) == (STRANGER, "开个单", 17)


def test_a_colleague_whose_name_is_used_is_warned_once_an_hour_and_does_not_judge_it_himself() -> None:
    event = Held(message=mail("/close x", sender=LI.address, proof=Proof.FAIL), why=Suspicion.FAILED, mail=17, by=LI)
    decision = decided(TICKET, event)
    assert written(decision) == [(K.HELD, CHEN.address), (K.IMPOSTOR, LI.address)]
    keys = [letter(decided(TICKET, event, now=moment), K.IMPOSTOR).key for moment in (NOW, NOW + MINUTE, NOW + HOUR)]
    assert keys[0] == keys[1] != keys[2]


def test_the_only_lead_judges_even_what_bears_his_own_name() -> None:
    alone = replace(DESKTOP, people=People((CHEN,)))
    event = Held(message=mail(sender=CHEN.address, proof=Proof.FAIL), why=Suspicion.FAILED, mail=17, by=CHEN)
    assert written(decided(None, event, alone)) == [(K.HELD, CHEN.address), (K.IMPOSTOR, CHEN.address)]


def test_everybody_reads_in_his_language_why_it_is_held() -> None:
    english = replace(DESKTOP, people=People((replace(CHEN, language="en"), LI)))
    event = Held(message=mail(sender=LI.address), why=Suspicion.DENIED, mail=17, by=LI, said="不是我")
    decision = decided(None, event, english)
    assert letter(decision, K.HELD).facts["why"].endswith("and answered: 不是我")
    assert letter(decision, K.IMPOSTOR).facts["why"].endswith("他回答：不是我")


def test_a_message_id_that_was_used_before_is_told_in_the_record_and_to_the_engineer() -> None:
    again = mail("又登录不了", repeated=True)
    for ticket_, event, kind in (
        (blank(), Opened(message=again, requester=USER, trust=Trust.PROVEN), K.ASSIGNMENT),
        (TICKET, Wrote(message=again, author=USER), K.REPLY),
    ):
        decision = decided(ticket_, event)
        assert any("Message-ID" in warning for warning in letter(decision, kind).facts["warnings"])
        assert [line.public for line in decision.progress if "Message-ID" in line.text] == [False]
        assert not any("Message-ID" in str(one.facts) for one in decision.letters if one.to == USER)


@pytest.mark.parametrize(
    ("said", "dead"),
    [
        ("550 5.1.1 <a@b.example>: user unknown", True),
        ("smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound", True),
        ("550 5.2.1 mailbox disabled", True),
        ("550 No such user here", True),
        ("550 用户不存在", True),
        ("5.1.1", True),
        ("550 5.7.1 relaying denied", False),
        ("554 5.7.1 message looks like spam", False),
        ("552 5.3.4 message too large", False),
        ("552 5.2.2 mailbox full", False),
        ("553 5.1.8 sender's domain does not exist", False),
        ("550 message rejected", False),
        ("554 refused by 5.1.1.1 for policy", False),
    ],
)
def test_an_address_is_dead_when_the_other_side_says_so_and_not_when_it_dislikes_the_letter(said: str, dead: bool) -> None:
    assert Undelivered(letter="answer", to=USER, permanent=True, diagnostic=said).dead is dead
    assert not Undelivered(letter="answer", to=USER, permanent=False, diagnostic=said).dead


def test_a_machines_mail_is_only_filed() -> None:
    decision = decided(TICKET, Noted(message=machine(Kind.VACATION)))
    assert replace(after(decision), wake_at=None, due_at=None) == TICKET
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


def test_that_a_letter_of_the_desk_is_delayed_is_only_recorded() -> None:
    decision = decided(TICKET, lost(USER, letter="acknowledgement", permanent=False))
    assert decision.letters == ()
    assert lines(decision) == [(Mark.DELIVERY, False)]


def test_the_engineer_is_told_that_his_answer_is_delayed_and_once_a_day() -> None:
    decision = decided(TICKET, lost(USER, letter="answer", permanent=False))
    assert written(decision) == [(K.UNDELIVERED, LI.address)]
    assert letter(decision, K.UNDELIVERED).facts["permanent"] is False
    moments = NOW, NOW + HOUR, NOW + 24 * HOUR
    keys = [letter(decided(TICKET, lost(USER, letter="answer", permanent=False), now=at), K.UNDELIVERED).key for at in moments]
    assert keys[0] == keys[1] != keys[2]
    assert letter(decided(TICKET, lost(USER, letter="")), K.UNDELIVERED).key not in keys, "its end is told all the same"


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
