"""What a machine's mail is to us, and what came back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from maildesk.core.event import Ignored, Noted, Opened, Undelivered
from maildesk.core.message import Address, Bounce, FailedRecipient, Kind, Message, MessageId
from maildesk.core.policy import Machine
from maildesk.core.ticket import NOBODY
from maildesk.core.triage import Found, Sent, triage
from maildesk.core.trust import Scope
from tests.core.clockwork import LI
from tests.core.correspondence import DESKTOP, NOW, POLICY, STRANGER, USER, machine, mail
from tests.core.judging import COLLEAGUE, FAIL, TICKET, claim, judged, kind_of, number, thread

PUBLIC = Scope.ENGINEER

# -- machines ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.PERSON, Kind.OWN, Kind.SPAM}))
@pytest.mark.parametrize("how", [claim(USER), claim(LI.staff_id, PUBLIC), thread()])
def test_a_machine_in_a_ticket_is_noted_and_moves_nothing(kind: Kind, how: dict[str, Any]) -> None:
    triaged = judged(machine(kind), **how)
    assert isinstance(triaged.outcome, Noted)
    assert triaged.ticket == TICKET


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.PERSON, Kind.OWN, Kind.BOUNCE}))
@pytest.mark.parametrize("how", [thread(), thread(signed=False), number()])
def test_a_machine_writes_nothing_into_a_ticket_in_which_its_sender_has_no_part(kind: Kind, how: dict[str, Any]) -> None:
    assert kind_of(judged(machine(kind, sender=STRANGER), **how).outcome) == "ignored"
    assert kind_of(judged(machine(kind, proof=FAIL), **how).outcome) == "ignored"
    assert kind_of(judged(machine(kind, sender=STRANGER, proof=FAIL), **claim(USER)).outcome) in ("noted", "held")


def test_a_machine_that_the_policy_lets_in_is_noted_with_the_ticket_that_it_names() -> None:
    known = replace(DESKTOP, policy=replace(POLICY, accept_machines=(Machine(sender=STRANGER),)))
    found = Found(**number())
    assert kind_of(triage(machine(Kind.AUTOMATIC, sender=STRANGER), found, known, NOW).outcome) == "noted"
    assert kind_of(triage(machine(Kind.AUTOMATIC, sender=STRANGER, proof=FAIL), found, known, NOW).outcome) == "ignored"


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.PERSON}))
def test_a_machine_outside_of_any_ticket_is_ignored_by_name(kind: Kind) -> None:
    outcome = judged(machine(kind)).outcome
    assert isinstance(outcome, Ignored)
    assert outcome.rule


def test_what_a_server_calls_spam_is_shown_where_it_belongs_to_a_ticket() -> None:
    assert kind_of(judged(machine(Kind.SPAM), **claim(USER)).outcome) == "held"
    assert kind_of(judged(machine(Kind.SPAM), vouched=True, **claim(USER)).outcome) == "in"


def test_our_own_mail_is_recognised_by_its_id() -> None:
    assert kind_of(judged(mail(), own=True, **claim(USER)).outcome) == "ignored"


@pytest.mark.parametrize(
    "let", [Machine(sender="zabbix@monitor.example"), Machine(header="X-Alert-Source", contains="Prometheus")]
)
def test_a_machine_that_the_policy_lets_in_opens_a_ticket_that_writes_to_nobody(let: Machine) -> None:
    known = replace(DESKTOP, policy=replace(POLICY, accept_machines=(let,)))
    for kind in (Kind.AUTOMATIC, Kind.PERSON):
        alert = machine(kind, sender="zabbix@monitor.example", headers={"x-alert-source": "prometheus/1"})
        outcome = triage(alert, Found(), known, NOW).outcome
        assert isinstance(outcome, Opened)
        assert (outcome.requester, outcome.quiet) == (NOBODY, True)
        assert kind_of(triage(replace(alert, authentication=mail(proof=FAIL).authentication), Found(), known, NOW).outcome) != "x"


@pytest.mark.parametrize(
    ("seconds", "automatic", "text", "subject", "found"),
    [
        (20, True, "我在休假，回来处理。", "回复：登录失败", "noted"),
        (20, True, "I am out of the office until Monday", "Re: x", "noted"),
        (20, True, "收到", "Automatic reply: x", "noted"),
        (20, True, "已解决", "Re: x", "answered"),
        (20, True, "还是报错 500", "Re: x", "in"),
        (20, False, "我在休假，回来处理。", "Re: x", "in"),
        (130, True, "我在休假，回来处理。", "Re: x", "in"),
        (20, True, "打印机不在线，休假申请也提交不了", "Re: x", "in"),
        (20, True, "在休假系统里报错，系统邮件也收不到", "Re: x", "in"),
        (20, True, "The absence and vacation form shows an error", "Re: x", "in"),
        (20, True, "I am on annual leave until Monday", "Re: x", "noted"),
        (20, True, "本人现不在办公室", "Re: x", "noted"),
        (20, True, "这是系统邮件，请勿回复", "Re: x", "noted"),
    ],
)
def test_a_hasty_answer_to_an_automatic_letter_counts_as_a_machine_when_it_looks_like_one(
    seconds: int, automatic: bool, text: str, subject: str, found: str
) -> None:
    sent = NOW - timedelta(seconds=seconds)
    assert kind_of(judged(mail(text, subject=subject), **thread(automatic=automatic, sent_at=sent)).outcome) == found


@pytest.mark.parametrize(
    ("sender", "found"),
    [
        ("no-reply@users.example", "noted"),
        ("alerts+7@users.example", "noted"),
        ("build.bot@users.example", "noted"),
        ("j.abbott@users.example", "in"),
        ("talbot@robot.example", "in"),
    ],
)
def test_a_hasty_answer_is_a_machines_when_its_address_says_so(sender: str, found: str) -> None:
    sent = NOW - timedelta(seconds=20)
    ticket = replace(TICKET, requester=Address(sender))
    known = thread(ticket, automatic=True, sent_at=sent)
    assert kind_of(judged(mail("还是报错 500", sender=sender), **known).outcome) == found


# -- what came back ------------------------------------------------------------------------------------------------------


def report(address: str, permanent: bool | None = True) -> Message:
    failed = FailedRecipient(address=address, action="failed", status="5.1.1", permanent=permanent, diagnostic="user unknown")
    original = MessageId("md.1.x.abc@desk.example")
    return machine(Kind.BOUNCE, sender=None, bounce=Bounce(recipients=(failed,), original_message_id=original))


def test_a_report_about_our_letter_names_letter_recipient_and_reason() -> None:
    triaged = judged(report(USER), sent=Sent(kind="answer", to=USER, ticket=TICKET), **claim(USER, Scope.BOUNCE))
    assert triaged.outcome == Undelivered(letter="answer", to=USER, permanent=True, diagnostic="user unknown")
    assert triaged.ticket == TICKET


@pytest.mark.parametrize(
    ("back", "sure"), [({}, False), (claim(COLLEAGUE, Scope.BOUNCE), False), (claim(USER, Scope.BOUNCE), True)]
)
def test_only_a_report_that_came_back_to_the_address_of_that_letter_is_sure(back: dict[str, Any], sure: bool) -> None:
    outcome = judged(report(USER), sent=Sent(kind="answer", to=USER, ticket=TICKET), **back).outcome
    assert isinstance(outcome, Undelivered)
    assert (outcome.sure, outcome.to) == (sure, USER)


def test_a_delay_is_not_permanent_and_neither_is_what_nobody_knows() -> None:
    for permanent in (False, None):
        outcome = judged(report(USER, permanent), sent=Sent(kind="answer", to=USER, ticket=TICKET)).outcome
        assert isinstance(outcome, Undelivered)
        assert not outcome.permanent


def test_a_report_that_came_back_by_the_signed_address_needs_no_id() -> None:
    outcome = judged(report("other@forward.example"), **claim(USER, Scope.BOUNCE)).outcome
    assert isinstance(outcome, Undelivered)
    assert outcome.to == USER


def test_a_forged_report_about_no_letter_of_ours_marks_nothing() -> None:
    assert kind_of(judged(report(USER)).outcome) == "ignored"
    assert kind_of(judged(report(USER), **number()).outcome) == "ignored"
