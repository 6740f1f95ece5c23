"""What an engineer's mail is to us, or one that says it is his."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from maildesk.core.event import Confirmed, Confirming, Deed, Held, Opened, Ordered, Wrote
from maildesk.core.letter import Audience
from maildesk.core.message import Authentication, Message, Proof
from maildesk.core.orders import Verb
from maildesk.core.people import People, Person, StaffId
from maildesk.core.triage import Found, triage
from maildesk.core.trust import Scope, Suspicion, Trust
from tests.core.clockwork import CHEN, LI, PEOPLE, ZHOU
from tests.core.correspondence import DESKTOP, NOW, STRANGER, USER, mail, passed_on
from tests.core.judging import FAIL, MINUTES, NONE, PASS, TICKET, claim, judged, kind_of, number, thread

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


@pytest.mark.parametrize(
    ("scope", "text", "outcome"),
    [
        (PUBLIC, "/take", "refused"),
        (PUBLIC, "/note 看了日志", "refused"),
        (INSIDE, "/note 看了日志", "refused"),
        (PUBLIC, "/show", "obeyed"),
        (PUBLIC, "请重启试试。", "confirming"),
        (INSIDE, "请重启试试。", "note"),
    ],
)
def test_a_mail_under_a_message_id_that_was_used_before_is_not_obeyed_again(scope: Scope, text: str, outcome: str) -> None:
    again = replace(mail(text, sender=LI.address, proof=PASS), repeated=True)
    found = judged(again, **claim(LI.staff_id, scope)).outcome
    refused = isinstance(found, Ordered) and "Message-ID" in found.refusal
    assert ("refused" if refused else kind_of(found)) == outcome
    renamed = judged(replace(again, repeated=False), **claim(LI.staff_id, scope), again=True).outcome
    assert kind_of(renamed) == outcome


@pytest.mark.parametrize("odd", [{"repeated": True}, {"date": NOW - timedelta(days=4)}, {"date": None}])
def test_the_words_of_a_mail_sent_again_go_out_when_he_says_that_they_are_his(odd: dict[str, Any]) -> None:
    again = replace(mail("请重启试试。", sender=LI.address, proof=PASS), **odd)
    assert kind_of(judged(again, **claim(LI.staff_id, PUBLIC)).outcome) == "confirming"
    assert kind_of(judged(again, **claim(LI.staff_id, PUBLIC), vouched=True).outcome) == "public"


def test_a_confirmation_does_not_hold_for_ever() -> None:
    found = claim(LI.staff_id, PUBLIC)
    outcome = judged(mail("/take", sender=LI.address, proof=NONE), **found, opened_until=NOW).outcome
    assert isinstance(outcome, Confirming)
    assert (outcome.deed, outcome.text, outcome.whom, outcome.number) == (Deed.ORDERS, "/take", "", TICKET.number)


def test_a_confirmation_shows_to_whom_the_words_will_go() -> None:
    for text, deed in (("请重启试试。", Deed.ANSWER), ("/take\n请重启试试。", Deed.ORDERS)):
        outcome = judged(mail(text, sender=LI.address, proof=NONE), **claim(LI.staff_id, PUBLIC)).outcome
        assert isinstance(outcome, Confirming)
        assert (outcome.deed, outcome.whom) == (deed, USER)


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
    ("left", "owner", "proof", "why"),
    [
        (replace(LI, roles=frozenset()), LI.staff_id, PASS, Suspicion.LEFT),
        (replace(LI, roles=frozenset()), LI.staff_id, NONE, Suspicion.LEFT),
        (replace(LI, roles=frozenset()), LI.staff_id, FAIL, Suspicion.FAILED),
        (None, LI.staff_id, PASS, Suspicion.LEFT),
        (LI, ZHOU.staff_id, PASS, Suspicion.OTHER),
    ],
)
@pytest.mark.parametrize("scope", [PUBLIC, INSIDE])
def test_why_an_old_address_is_worth_nothing_is_said_as_it_is(
    left: Person | None, owner: StaffId, proof: Proof, why: Suspicion, scope: Scope
) -> None:
    people = People((ZHOU, CHEN, *((left,) if left else ())))
    message = mail("/take", sender=LI.address, proof=proof)
    found = Found(**claim(owner, scope))
    outcome = triage(message, found, replace(DESKTOP, people=people), NOW).outcome
    assert isinstance(outcome, Held)
    assert outcome.why is why


@pytest.mark.parametrize(
    ("how", "text", "passed", "nothing", "failed"),
    [
        (number(), "/note 看了日志", "obeyed", "held", "held"),
        (number(), "/take", "refused", "held", "held"),
        ({}, "/list", "obeyed", "held", "held"),
        ({}, "/away 周五", "refused", "held", "held"),
        (thread(audience=Audience.PUBLIC), "请重启试试。", "obeyed", "held", "held"),
        (thread(audience=Audience.INTERNAL), "看了日志", "note", "held", "held"),
        (number(), "看了日志", "obeyed", "held", "held"),
        ({}, "我的电脑坏了", "opened", "opened", "held"),
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
    assert kind_of(judged(replace(old, date=None), **claim(LI.staff_id, PUBLIC)).outcome) == "refused"
    assert kind_of(judged(replace(old, new_text="/show"), **claim(LI.staff_id, PUBLIC)).outcome) == "obeyed"


def test_orders_in_what_our_letter_quoted_are_none() -> None:
    quoted = "好的\n> ##- 请在这一行上方回复 -##\n> /close 不用了\n/close 不用了"
    outcome = judged(mail(quoted, sender=LI.address), **claim(LI.staff_id, PUBLIC)).outcome
    assert isinstance(outcome, Wrote)


def test_a_line_that_an_engineer_answers_is_not_sent_to_the_requester() -> None:
    answered = "> 内部：数据库昨晚坏过\n\n已经恢复，请重新登录。"
    outcome = judged(mail(answered, sender=LI.address), **claim(LI.staff_id, PUBLIC)).outcome
    assert isinstance(outcome, Wrote)
    assert (outcome.public, outcome.message.new_text) == (True, "已经恢复，请重新登录。")


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


def forward(proof: Proof) -> Message:
    forwarded = passed_on("打印机又卡纸了。", above="请处理")
    return replace(forwarded, authentication=Authentication(proof=proof, why="as the test says"))


def test_of_whom_the_host_says_nothing_he_must_confirm_what_he_passes_on_and_sees_all_of_it() -> None:
    triaged = judged(forward(NONE))
    assert isinstance(triaged.outcome, Confirming)
    assert triaged.ticket is None
    assert (triaged.outcome.deed, triaged.outcome.whom) == (Deed.TICKET, USER)
    assert triaged.outcome.text == "请处理\n\n打印机又卡纸了。"


@pytest.mark.parametrize("said", [{"vouched": True, "asked": True}, {"opened_until": NOW + MINUTES}])
def test_once_he_has_confirmed_it_opens_the_users_ticket(said: dict[str, Any]) -> None:
    outcome = judged(forward(NONE), **said).outcome
    assert isinstance(outcome, Opened)
    assert (outcome.requester, outcome.trust) == (USER, Trust.PROVEN)


def test_of_whom_the_host_says_that_it_is_not_he_it_is_held_and_he_is_named() -> None:
    triaged = judged(forward(FAIL), mail=17)
    assert isinstance(triaged.outcome, Held)
    assert triaged.ticket is None
    assert (triaged.outcome.why, triaged.outcome.by, triaged.outcome.mail) == (Suspicion.FAILED, LI, 17)
    outcome = judged(forward(FAIL), vouched=True).outcome
    assert isinstance(outcome, Opened)
    assert outcome.requester == USER


def test_what_he_passes_on_to_his_address_of_the_desk_opens_a_ticket_too() -> None:
    outcome = judged(forward(PASS), **claim(LI.staff_id, ALL, None)).outcome
    assert isinstance(outcome, Opened)
    assert outcome.requester == USER


# -- the confirmation ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "text", "proof", "found"),
    [
        (LI.address, "确认", NONE, "confirmed"),
        (LI.address, "Confirm.\n\n-- \nLi", PASS, "confirmed"),
        (LI.address, "不是我写的", NONE, "denied"),
        (LI.address, "不确认", NONE, "denied"),
        *(
            (LI.address, said, NONE, "confirmed")
            for said in ("是的，是我", "好的", "没错", "\u200b确认，谢谢", "Yes, that was me.", "yes please")
        ),
        *(
            (LI.address, said, NONE, "denied")
            for said in ("是的，不是我写的", "yes?", "OK, what is this?", "可以告诉我是谁写的吗", "收到")
        ),
        (LI.address, "", NONE, "ignored"),
        (LI.address, "确认", FAIL, "held"),
        (ZHOU.address, "确认", PASS, "held"),
        (STRANGER, "确认", PASS, "held"),
    ],
)
def test_only_the_engineer_himself_confirms_and_only_by_saying_so(sender: str, text: str, proof: Proof, found: str) -> None:
    triaged = judged(mail(text, sender=sender, proof=proof), **claim(LI.staff_id, Scope.CONFIRM, None, mail=17))
    outcome = triaged.outcome
    denied = isinstance(outcome, Confirmed) and not outcome.yes
    assert ("denied" if denied else kind_of(outcome)) == found
    assert triaged.ticket is None
    assert not isinstance(outcome, Confirmed) or (outcome.by, outcome.mail) == (LI, 17)


@pytest.mark.parametrize(("said", "why"), [("", Suspicion.UNCONFIRMED), ("不是我写的", Suspicion.DENIED)])
@pytest.mark.parametrize("opened", [{}, {"opened_until": NOW + MINUTES}])
def test_what_he_did_not_confirm_is_held_though_he_confirmed_others_since(
    said: str, why: Suspicion, opened: dict[str, Any]
) -> None:
    triaged = judged(mail("/take", sender=LI.address, proof=NONE), **claim(LI.staff_id, PUBLIC), asked=True, said=said, **opened)
    assert isinstance(triaged.outcome, Held)
    assert (triaged.outcome.why, triaged.outcome.by, triaged.outcome.said) == (why, LI, said)
    assert triaged.ticket == TICKET


# -- what somebody of the desk lets in -----------------------------------------------------------------------------------


def test_a_mail_that_is_let_in_does_what_it_would_if_the_host_vouched_for_it() -> None:
    for scope, text, found in ((PUBLIC, "/take", "obeyed"), (PUBLIC, "请重启试试。", "public"), (INSIDE, "请重启试试。", "note")):
        outcome = judged(mail(text, sender=LI.address, proof=FAIL), vouched=True, **claim(LI.staff_id, scope)).outcome
        assert kind_of(outcome) == found
    assert kind_of(judged(mail("/close x", sender=LI.address, proof=FAIL), vouched=True, **number()).outcome) == "refused"


def test_a_strangers_mail_to_a_requester_that_is_let_in_goes_into_the_ticket() -> None:
    triaged = judged(mail(sender=STRANGER), vouched=True, **claim(USER))
    assert isinstance(triaged.outcome, Wrote)
    assert (triaged.outcome.author, triaged.outcome.by, triaged.ticket) == (STRANGER, None, TICKET)


def test_a_strangers_mail_to_an_engineer_that_is_let_in_gets_a_ticket_of_its_own_linked_inside() -> None:
    triaged = judged(mail(sender=STRANGER), vouched=True, **claim(LI.staff_id, PUBLIC))
    assert isinstance(triaged.outcome, Opened)
    assert (triaged.outcome.requester, triaged.outcome.linked) == (STRANGER, (TICKET.number,))


def test_a_colleagues_mail_to_a_requester_that_is_let_in_stays_inside() -> None:
    triaged = judged(mail(sender=LI.address), vouched=True, **claim(USER), **thread(audience=Audience.REQUESTER))
    assert isinstance(triaged.outcome, Ordered)
    assert [order.verb for order in triaged.outcome.orders] == [Verb.NOTE]
