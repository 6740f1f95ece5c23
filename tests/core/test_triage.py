"""What a mail is to us: the tables of trust, row by row, and the rules around them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.event import (
    Answered,
    Confirmed,
    Confirming,
    Held,
    Ignored,
    Noted,
    Opened,
    Ordered,
    Outcome,
    Undelivered,
    Wrote,
)
from maildesk.core.letter import Audience
from maildesk.core.message import Address, Attachment, Bounce, FailedRecipient, Kind, Message, MessageId, Proof
from maildesk.core.orders import Verb
from maildesk.core.people import StaffId
from maildesk.core.policy import Machine
from maildesk.core.ticket import NOBODY, Feedback, Number, Status, Ticket, TicketId
from maildesk.core.triage import RULES, Claim, Found, Sent, Thread, Triaged, triage
from maildesk.core.trust import Scope, Trust
from tests.core.clockwork import LI, PEOPLE, ZHOU, at, ticket
from tests.core.correspondence import DESKTOP, NOW, POLICY, STRANGER, USER, file, machine, mail, passed_on

PASS, NONE, FAIL = Proof.PASS, Proof.NONE, Proof.FAIL
COLLEAGUE = Address("colleague@customer.example")
TICKET = ticket(watchers=(COLLEAGUE,))
MINUTES = timedelta(minutes=1)


def judged(message: Message, **found: Any) -> Triaged:
    return triage(message, Found(**found), DESKTOP, NOW)


def claim(who: str, scope: Scope = Scope.CUSTOMER, of: Ticket | None = TICKET) -> dict[str, Any]:
    """Found: a signed address that was given to somebody."""
    owner = Address(who) if "@" in who else StaffId(who)
    return {"claims": (Claim(scope=scope, ticket=of, who=owner),)}


def thread(of: Ticket = TICKET, **more: Any) -> dict[str, Any]:
    """Found: a Message-ID that the mail answers."""
    usual: dict[str, Any] = {"signed": True, "audience": Audience.REQUESTER, "automatic": False, "sent_at": None}
    return {"threads": (Thread(ticket=of, **usual | more),)}


def number(of: Ticket = TICKET) -> dict[str, Any]:
    return {"named": (of,)}


def kind_of(outcome: Outcome) -> str:
    """The outcome in a word, as the tables write it."""
    match outcome:
        case Wrote(verified=verified, public=public, by=by):
            return "public" if public else "note" if by else "in" if verified else "unverified"
        case Ordered(refusal=refusal):
            return "refused" if refusal else "obeyed"
        case Opened(trust=trust, linked=linked):
            return ("linked" if linked else "opened") + (", silent" if trust is Trust.FAILED else "")
        case _:
            return type(outcome).__name__.lower()


# -- who gets into a ticket ----------------------------------------------------------------------------------------------

HOW = {
    "his address": claim(USER),
    "another's address": claim(COLLEAGUE),
    "id": thread(),
    "old id": thread(signed=False),
    "number": number(),
}


@pytest.mark.parametrize(
    ("evidence", "sender", "passed", "nothing", "failed"),
    [
        ("his address", USER, "in", "in", "held"),
        ("another's address", USER, "in", "held", "held"),
        ("his address", STRANGER, "held", "held", "held"),
        ("another's address", STRANGER, "held", "held", "held"),
        ("his address", None, "held", "held", "held"),
        ("id", USER, "in", "in", "held"),
        ("id", COLLEAGUE, "in", "in", "held"),
        ("id", STRANGER, "linked", "linked", "linked, silent"),
        ("old id", COLLEAGUE, "in", "in", "held"),
        ("old id", STRANGER, "linked", "linked", "linked, silent"),
        ("number", USER, "in", "unverified", "linked, silent"),
        ("number", STRANGER, "linked", "linked", "linked, silent"),
    ],
)
def test_who_gets_in(evidence: str, sender: str | None, passed: str, nothing: str, failed: str) -> None:
    found = [kind_of(judged(mail(sender=sender, proof=proof), **HOW[evidence]).outcome) for proof in (PASS, NONE, FAIL)]
    assert found == [passed, nothing, failed]


def test_a_mail_that_nothing_ties_to_us_opens_a_ticket() -> None:
    outcome = judged(mail(sender=STRANGER, proof=NONE)).outcome
    assert isinstance(outcome, Opened)
    assert (outcome.requester, outcome.trust, outcome.linked) == (STRANGER, Trust.PLAUSIBLE, ())


def test_a_mail_of_nobody_opens_a_ticket_without_a_requester() -> None:
    outcome = judged(mail(sender=None)).outcome
    assert isinstance(outcome, Opened)
    assert outcome.requester == NOBODY


def test_a_stranger_with_a_number_gets_the_same_as_one_with_a_number_that_does_not_exist() -> None:
    known, unknown = judged(mail(sender=STRANGER), **number()), judged(mail(sender=STRANGER))
    assert isinstance(known.outcome, Opened)
    assert isinstance(unknown.outcome, Opened)
    assert replace(known.outcome, linked=()) == unknown.outcome
    assert known.ticket is unknown.ticket is None


def test_the_address_of_a_person_counts_in_any_letter_case() -> None:
    assert kind_of(judged(mail(sender="USER@customer.example", proof=NONE), **claim(USER)).outcome) == "in"


def test_a_person_of_the_directory_may_write_from_any_of_his_addresses() -> None:
    twofold = replace(LI, roles=frozenset(), addresses=(Address("li@a.example"), Address("li@b.example")))
    known = replace(DESKTOP, people=type(PEOPLE)((twofold,)))
    mine = replace(TICKET, requester=twofold.addresses[0])
    found = Found(**claim("li@a.example", of=mine))
    assert kind_of(triage(mail(sender="li@b.example", proof=NONE), found, known, NOW).outcome) == "in"


def test_the_signed_address_counts_more_than_the_number() -> None:
    other = ticket(number=Number("TS20261028009"), id=TicketId(9))
    assert judged(mail(), **claim(USER), **number(other)).ticket == TICKET


def test_the_record_names_the_evidence_and_the_rule() -> None:
    triaged = judged(mail(), **claim(USER))
    assert (triaged.rule, triaged.evidence) == ("a requester's signed address", "his signed address")


# -- what a requester says -----------------------------------------------------------------------------------------------


def test_his_words_for_the_desk_are_understood_once_he_is_in() -> None:
    resolved = replace(TICKET, status=Status.RESOLVED)
    outcome = judged(mail("未解决\n还是报错"), **claim(USER, of=resolved)).outcome
    assert isinstance(outcome, Answered)
    assert (outcome.feedback, outcome.comment) == (Feedback.UNSOLVED, "还是报错")


def test_nobody_unverified_withdraws_a_ticket() -> None:
    assert kind_of(judged(mail("撤回", proof=NONE), **number()).outcome) == "unverified"


@pytest.mark.parametrize(
    ("text", "found"), [("已解决", "noted"), ("撤回", "noted"), ("进度", "answered"), ("未解决", "answered"), ("还是不行", "in")]
)
def test_the_end_is_the_requesters_to_say_and_not_a_watchers(text: str, found: str) -> None:
    resolved = replace(TICKET, status=Status.RESOLVED)
    assert kind_of(judged(mail(text, sender=COLLEAGUE), **claim(COLLEAGUE, of=resolved)).outcome) == found


def test_a_rating_comes_by_the_address_of_the_survey() -> None:
    done = replace(TICKET, status=Status.CLOSED, closed_at=NOW - timedelta(days=100))
    outcome = judged(mail("5"), **claim(USER, Scope.SURVEY, done)).outcome
    assert isinstance(outcome, Answered)
    assert outcome.rating == 5


@pytest.mark.parametrize(
    ("status", "days", "text", "found"),
    [
        (Status.CLOSED, 13, "又登录不了", "in"),
        (Status.CLOSED, 15, "又登录不了", "linked"),
        (Status.CLOSED, 15, "谢谢", "in"),
        (Status.CLOSED, 15, "未解决", "linked"),
        (Status.CLOSED, 15, "已解决", "answered"),
        (Status.ARCHIVED, 1, "又登录不了", "linked"),
        (Status.WITHDRAWN, 1, "又登录不了", "in"),
        (Status.RESOLVED, 400, "又登录不了", "in"),
    ],
)
def test_a_ticket_that_is_over_for_too_long_gets_a_successor(status: Status, days: int, text: str, found: str) -> None:
    over = replace(TICKET, status=status, closed_at=NOW - timedelta(days=days))
    triaged = judged(mail(text), **claim(USER, of=over))
    assert kind_of(triaged.outcome) == found
    assert triaged.ticket == over


def test_thanks_with_a_screenshot_is_more_than_thanks() -> None:
    over = replace(TICKET, status=Status.CLOSED, closed_at=NOW - timedelta(days=15))
    shot: tuple[Attachment, ...] = (file("屏幕.png"),)
    assert kind_of(judged(mail("谢谢", attachments=shot), **claim(USER, of=over)).outcome) == "linked"


# -- engineers -----------------------------------------------------------------------------------------------------------

PUBLIC, INSIDE, ALL = Scope.ENGINEER, Scope.INTERNAL, Scope.DESK


@pytest.mark.parametrize(
    ("scope", "text", "passed", "nothing", "opened", "failed"),
    [
        (PUBLIC, "请重启试试。", "public", "confirming", "public", "held"),
        (INSIDE, "请重启试试。", "note", "note", "note", "held"),
        (PUBLIC, "/take", "obeyed", "confirming", "obeyed", "held"),
        (INSIDE, "/take", "obeyed", "confirming", "obeyed", "held"),
        (PUBLIC, "/note 看了日志", "obeyed", "obeyed", "obeyed", "held"),
        (PUBLIC, "/show", "obeyed", "obeyed", "obeyed", "held"),
        (PUBLIC, "/show\n请重启试试。", "obeyed", "confirming", "obeyed", "held"),
        (PUBLIC, "/note 看了日志\n怀疑是数据库", "obeyed", "obeyed", "obeyed", "held"),
        (INSIDE, "/note 看了日志\n怀疑是数据库", "obeyed", "obeyed", "obeyed", "held"),
        (INSIDE, "/public 请重启", "obeyed", "confirming", "obeyed", "held"),
        (PUBLIC, "/tkae", "obeyed", "obeyed", "obeyed", "held"),
    ],
)
def test_what_an_engineer_may_do_from_his_signed_address(
    scope: Scope, text: str, passed: str, nothing: str, opened: str, failed: str
) -> None:
    found = claim(LI.staff_id, scope)
    until = {"opened_until": NOW + MINUTES}
    results = [
        judged(mail(text, sender=LI.address, proof=PASS), **found),
        judged(mail(text, sender=LI.address, proof=NONE), **found),
        judged(mail(text, sender=LI.address, proof=NONE), **found, **until),
        judged(mail(text, sender=LI.address, proof=FAIL), **found, **until),
    ]
    assert [kind_of(one.outcome) for one in results] == [passed, nothing, opened, failed]


def test_a_confirmation_does_not_hold_for_ever() -> None:
    found = claim(LI.staff_id, PUBLIC)
    outcome = judged(mail("/take", sender=LI.address, proof=NONE), **found, opened_until=NOW).outcome
    assert isinstance(outcome, Confirming)
    assert outcome.text == "/take"


@pytest.mark.parametrize("scope", [PUBLIC, INSIDE])
@pytest.mark.parametrize("sender", [USER, STRANGER, ZHOU.address])
@pytest.mark.parametrize("proof", Proof)
def test_an_engineers_address_in_other_hands_does_nothing(scope: Scope, sender: str, proof: Proof) -> None:
    outcome = judged(mail("/close 不用了", sender=sender, proof=proof), **claim(LI.staff_id, scope)).outcome
    assert kind_of(outcome) == "held"


def test_who_no_longer_works_here_is_not_obeyed_by_an_old_address() -> None:
    retired = replace(LI, roles=frozenset())
    known = replace(DESKTOP, people=type(PEOPLE)((retired,)))
    found = Found(**claim(LI.staff_id, PUBLIC))
    assert kind_of(triage(mail("/take", sender=LI.address), found, known, NOW).outcome) == "held"


@pytest.mark.parametrize(
    ("how", "text", "passed", "nothing", "failed"),
    [
        (number(), "/note 看了日志", "obeyed", "refused", "held"),
        (number(), "/take", "refused", "refused", "held"),
        ({}, "/list", "obeyed", "refused", "ignored"),
        ({}, "/away 周五", "refused", "refused", "ignored"),
        (thread(audience=Audience.PUBLIC), "请重启试试。", "obeyed", "held", "held"),
        (thread(audience=Audience.INTERNAL), "看了日志", "note", "held", "held"),
        (number(), "看了日志", "obeyed", "held", "held"),
        ({}, "我的电脑坏了", "opened", "opened", "opened, silent"),
    ],
)
def test_what_an_engineer_may_do_without_a_signed_address(
    how: dict[str, Any], text: str, passed: str, nothing: str, failed: str
) -> None:
    found = [kind_of(judged(mail(text, sender=LI.address, proof=proof), **how).outcome) for proof in (PASS, NONE, FAIL)]
    assert found == [passed, nothing, failed]


def test_words_that_cannot_reach_the_requester_become_a_note_and_he_is_told() -> None:
    outcome = judged(mail("请重启试试。", sender=LI.address), **thread(audience=Audience.PUBLIC)).outcome
    assert isinstance(outcome, Ordered)
    assert [(order.verb, order.args["text"]) for order in outcome.orders] == [(Verb.NOTE, "请重启试试。")]
    assert not outcome.public


def test_an_engineer_in_his_own_ticket_is_a_requester() -> None:
    mine = replace(TICKET, requester=LI.address)
    assert kind_of(judged(mail("还是不行", sender=LI.address), **claim(LI.address, of=mine)).outcome) == "in"
    assert kind_of(judged(mail("还是不行", sender=LI.address, proof=NONE), **thread(mine)).outcome) == "in"


def test_text_beside_a_note_or_a_handover_stays_inside() -> None:
    for text in ("/note 看了日志\n怀疑是数据库", "/assign E2\n怀疑是数据库", "怀疑是数据库\n/升级 x"):
        outcome = judged(mail(text, sender=LI.address), **claim(LI.staff_id, PUBLIC)).outcome
        assert isinstance(outcome, Ordered)
        assert (outcome.public, outcome.text) == (False, "怀疑是数据库")


def test_text_beside_other_orders_goes_where_the_letter_said() -> None:
    for scope, public in ((PUBLIC, True), (INSIDE, False)):
        outcome = judged(mail("/take\n正在处理", sender=LI.address), **claim(LI.staff_id, scope)).outcome
        assert isinstance(outcome, Ordered)
        assert outcome.public is public


def test_orders_of_a_mail_that_somebody_sends_again_are_not_obeyed() -> None:
    old = mail("/close 不用了", sender=LI.address, date=NOW - timedelta(days=4))
    assert kind_of(judged(old, **claim(LI.staff_id, PUBLIC)).outcome) == "refused"
    assert kind_of(judged(replace(old, new_text="/show"), **claim(LI.staff_id, PUBLIC)).outcome) == "obeyed"


def test_orders_in_what_our_letter_quoted_are_none() -> None:
    quoted = "好的\n> ##- 请在这一行上方回复 -##\n> /close 不用了\n/close 不用了"
    outcome = judged(mail(quoted, sender=LI.address), **claim(LI.staff_id, PUBLIC)).outcome
    assert isinstance(outcome, Wrote)


def test_a_mail_that_shows_nothing_but_our_letter_says_nothing() -> None:
    quoted = "##- 请在这一行上方回复 -##\n\n内部备注"
    assert kind_of(judged(mail(quoted, sender=LI.address), **claim(LI.staff_id, PUBLIC)).outcome) == "noted"


def test_a_mail_passed_on_to_the_ticket_is_shown_inside_only() -> None:
    outcome = judged(passed_on("供应商说要换主板。\n/close 不用了"), **claim(LI.staff_id, PUBLIC)).outcome
    assert isinstance(outcome, Wrote | Ordered)
    assert not outcome.public


def test_an_answer_without_an_order_to_a_letter_of_the_desk_is_told_how_orders_are_written() -> None:
    outcome = judged(mail("帮我看看今天有什么", sender=LI.address), **claim(LI.staff_id, ALL, None)).outcome
    assert isinstance(outcome, Ordered)
    assert outcome.unclear[0].line == "帮我看看今天有什么"
    assert kind_of(judged(mail("谢谢", sender=LI.address), **claim(LI.staff_id, ALL, None)).outcome) == "ignored"


# -- a proven engineer passes a user's mail on ---------------------------------------------------------------------------


def test_a_proven_engineer_opens_a_ticket_for_somebody_else() -> None:
    outcome = judged(passed_on("打印机又卡纸了。", writer="Anna@CUSTOMER.example", above="请处理")).outcome
    assert isinstance(outcome, Opened)
    assert (outcome.requester, outcome.trust) == ("Anna@customer.example", Trust.PROVEN)


def test_an_unproven_one_opens_it_for_himself() -> None:
    unproven = replace(passed_on("打印机又卡纸了。", above="请处理"), authentication=mail(proof=NONE).authentication)
    outcome = judged(unproven).outcome
    assert isinstance(outcome, Opened)
    assert outcome.requester == LI.address


# -- the confirmation ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "text", "proof", "found"),
    [
        (LI.address, "确认", NONE, "confirmed"),
        (LI.address, "Confirm.\n\n-- \nLi", PASS, "confirmed"),
        (LI.address, "不是我写的", NONE, "ignored"),
        (LI.address, "不确认", NONE, "ignored"),
        (LI.address, "确认", FAIL, "ignored"),
        (ZHOU.address, "确认", PASS, "ignored"),
        (STRANGER, "确认", PASS, "ignored"),
    ],
)
def test_only_the_engineer_himself_confirms_and_only_by_saying_so(sender: str, text: str, proof: Proof, found: str) -> None:
    outcome = judged(mail(text, sender=sender, proof=proof), **claim(LI.staff_id, Scope.CONFIRM, None)).outcome
    assert kind_of(outcome) == found
    assert not isinstance(outcome, Confirmed) or outcome.by == LI


# -- machines ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.PERSON, Kind.OWN, Kind.SPAM}))
@pytest.mark.parametrize("how", [claim(USER), claim(LI.staff_id, PUBLIC), thread()])
def test_a_machine_in_a_ticket_is_noted_and_moves_nothing(kind: Kind, how: dict[str, Any]) -> None:
    triaged = judged(machine(kind), **how)
    assert isinstance(triaged.outcome, Noted)
    assert triaged.ticket == TICKET


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.PERSON}))
def test_a_machine_outside_of_any_ticket_is_ignored_by_name(kind: Kind) -> None:
    outcome = judged(machine(kind)).outcome
    assert isinstance(outcome, Ignored)
    assert outcome.rule


def test_what_a_server_calls_spam_is_shown_where_it_belongs_to_a_ticket() -> None:
    assert kind_of(judged(machine(Kind.SPAM), **claim(USER)).outcome) == "held"


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
    ],
)
def test_a_hasty_answer_to_an_automatic_letter_counts_as_a_machine_when_it_looks_like_one(
    seconds: int, automatic: bool, text: str, subject: str, found: str
) -> None:
    sent = NOW - timedelta(seconds=seconds)
    assert kind_of(judged(mail(text, subject=subject), **thread(automatic=automatic, sent_at=sent)).outcome) == found


# -- what came back ------------------------------------------------------------------------------------------------------


def report(address: str, permanent: bool | None = True) -> Message:
    failed = FailedRecipient(address=address, action="failed", status="5.1.1", permanent=permanent, diagnostic="user unknown")
    original = MessageId("md.1.x.abc@desk.example")
    return machine(Kind.BOUNCE, sender=None, bounce=Bounce(recipients=(failed,), original_message_id=original))


def test_a_report_about_our_letter_names_letter_recipient_and_reason() -> None:
    triaged = judged(report(USER), sent=Sent(kind="answer", to=USER, ticket=TICKET))
    assert triaged.outcome == Undelivered(letter="answer", to=USER, permanent=True, diagnostic="user unknown")
    assert triaged.ticket == TICKET


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


# -- laws ----------------------------------------------------------------------------------------------------------------

SENDERS = st.sampled_from([USER, COLLEAGUE, STRANGER, LI.address, ZHOU.address, None])
FOUND = st.fixed_dictionaries(
    {},
    optional={
        "claims": st.lists(
            st.builds(
                Claim,
                scope=st.sampled_from(Scope),
                ticket=st.sampled_from([TICKET, None]),
                who=st.sampled_from([USER, COLLEAGUE, LI.staff_id, ZHOU.staff_id]),
            ),
            max_size=3,
        ).map(tuple),
        "threads": st.sampled_from([thread()["threads"], thread(signed=False, audience=None)["threads"]]),
        "named": st.just((TICKET,)),
        "opened_until": st.sampled_from([NOW - MINUTES, NOW + MINUTES]),
    },
)
TEXTS = st.sampled_from(["/take", "/close x", "/list", "请重启", "已解决", "谢谢", "撤回", "/note x\ny", "", "确认", "/oops"])


@given(SENDERS, st.sampled_from(Proof), FOUND, TEXTS, st.sampled_from(Kind))
def test_every_mail_is_something_to_us(sender: str | None, proof: Proof, found: dict[str, Any], text: str, kind: Kind) -> None:
    message = replace(mail(text, sender=sender, proof=proof), verdict=machine(kind).verdict)
    triaged = judged(message, **found)
    assert triaged.rule in {name for name, _ in RULES}
    assert triaged.evidence
    if kind is not Kind.PERSON:
        assert isinstance(triaged.outcome, Ignored | Noted | Held)


@given(SENDERS, st.sampled_from(Proof), FOUND, TEXTS)
def test_nothing_acts_for_an_engineer_without_his_signed_address_and_a_second_proof(
    sender: str | None, proof: Proof, found: dict[str, Any], text: str
) -> None:
    outcome = judged(mail(text, sender=sender, proof=proof), **found).outcome
    acts = isinstance(outcome, Wrote) and outcome.public
    acts |= (
        isinstance(outcome, Ordered)
        and not outcome.refusal
        and any(order.verb in {Verb.TAKE, Verb.CLOSE} for order in outcome.orders)
    )
    if acts:
        assert isinstance(outcome, Wrote | Ordered)
        assert outcome.by is not None
        assert sender == outcome.by.address
        assert any(one.who == outcome.by.staff_id and one.scope in {PUBLIC, INSIDE, ALL} for one in found.get("claims", ()))
        assert proof is PASS or (proof is NONE and found.get("opened_until", at("01-01 00:00")) > NOW)


@given(SENDERS, FOUND, TEXTS)
def test_whom_the_host_calls_an_impostor_gets_into_no_ticket(sender: str | None, found: dict[str, Any], text: str) -> None:
    outcome = judged(mail(text, sender=sender, proof=FAIL), **found).outcome
    assert isinstance(outcome, Held | Ignored | Opened)
    assert not isinstance(outcome, Opened) or outcome.trust is Trust.FAILED
