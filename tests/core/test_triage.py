"""What a mail is to us: the table of trust for those who ask us, row by row, and the laws over all mails."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.event import Answered, Confirming, Held, Ignored, Noted, Opened, Ordered, Wrote
from maildesk.core.message import Address, Attachment, Kind, Proof
from maildesk.core.orders import Verb
from maildesk.core.ticket import NOBODY, Feedback, Number, Status, TicketId
from maildesk.core.triage import RULES, Claim, Found, triage
from maildesk.core.trust import Scope, Trust
from tests.core.clockwork import LI, PEOPLE, ZHOU, at, ticket
from tests.core.correspondence import DESKTOP, NOW, STRANGER, USER, file, machine, mail
from tests.core.judging import COLLEAGUE, FAIL, MINUTES, NONE, PASS, TICKET, claim, judged, kind_of, number, thread

PUBLIC, INSIDE, ALL = Scope.ENGINEER, Scope.INTERNAL, Scope.DESK

# -- who gets into a ticket ----------------------------------------------------------------------------------------------

HOW = {
    "his address": claim(USER),
    "another's address": claim(COLLEAGUE),
    "id": thread(),
    "old id": thread(signed=False),
    "number": number(),
    "two tickets": {**thread(), **number(replace(TICKET, id=TicketId(8), number=Number("TS20231027008")))},
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
        ("old id", USER, "in", "unverified", "held"),
        ("old id", COLLEAGUE, "in", "unverified", "held"),
        ("old id", STRANGER, "linked", "linked", "linked, silent"),
        ("number", USER, "in", "unverified", "linked, silent"),
        ("number", STRANGER, "linked", "linked", "linked, silent"),
        ("two tickets", USER, "in", "in", "held"),
        ("two tickets", STRANGER, "linked", "linked", "held"),
    ],
)
def test_evidence_and_proof_say_who_gets_in(evidence: str, sender: str | None, passed: str, nothing: str, failed: str) -> None:
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


@pytest.mark.parametrize(
    ("one", "other"),
    [("anna.weiss@a.example", "anna.weiß@a.example"), ("i@a.example", "\u0131@a.example"), ("é@a.example", "É@a.example")],
)
def test_an_address_that_unicode_calls_equal_is_another_persons(one: str, other: str) -> None:
    """RFC 6531: what a server makes of letters beyond ASCII is its own affair; here it makes two mailboxes of them."""
    mine = replace(TICKET, requester=Address(one))
    assert kind_of(judged(mail("撤销", sender=other), **number(mine)).outcome) == "linked"
    assert kind_of(judged(mail("撤销", sender=other), **claim(one, of=mine)).outcome) == "held"


def test_an_address_in_composed_letters_is_the_same_in_decomposed_ones() -> None:
    mine = replace(TICKET, requester=Address("e\u0301@a.example"))
    assert kind_of(judged(mail(sender="\u00e9@a.example"), **number(mine)).outcome) == "in"


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
    assert kind_of(judged(mail("撤回", proof=NONE), **thread(signed=False)).outcome) == "unverified"


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
        (Status.ARCHIVED, 1, "又登录不了", "in"),
        (Status.ARCHIVED, 15, "又登录不了", "linked"),
        (Status.MERGED, 1, "又登录不了", "linked"),
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


@given(SENDERS, st.sampled_from(Proof), FOUND, TEXTS, st.sampled_from([Kind.PERSON, Kind.SPAM]), st.booleans())
def test_what_somebody_vouches_for_is_never_held_again(
    sender: str | None, proof: Proof, found: dict[str, Any], text: str, kind: Kind, asked: bool
) -> None:
    message = replace(mail(text, sender=sender, proof=proof), verdict=machine(kind).verdict)
    assert not isinstance(judged(message, vouched=True, asked=asked, **found).outcome, Held | Confirming)


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
    assert isinstance(outcome, Held | Opened)
    assert not isinstance(outcome, Opened) or outcome.trust is Trust.FAILED
    assert not isinstance(outcome, Held) or outcome.by == PEOPLE.at(Address(sender or ""))


@given(SENDERS, FOUND, TEXTS)
def test_a_mail_about_which_he_was_asked_acts_only_when_he_said_yes_to_it(
    sender: str | None, found: dict[str, Any], text: str
) -> None:
    outcome = judged(mail(text, sender=sender, proof=NONE), asked=True, **found).outcome
    assert not isinstance(outcome, Confirming)
    assert not isinstance(outcome, Wrote) or not outcome.public
    if isinstance(outcome, Ordered) and outcome.orders and not outcome.refusal and not outcome.unclear:
        assert outcome.orders[0].verb not in {Verb.TAKE, Verb.CLOSE}


def test_a_mail_that_names_two_tickets_goes_into_one_and_links_the_other() -> None:
    other = replace(TICKET, id=TicketId(8), number=Number("TS20231027008"))
    for text in ("也和那张单有关，请看一下。", "进度"):
        triaged = judged(mail(text), **thread(), **number(other))
        assert isinstance(triaged.outcome, Wrote | Answered)
        assert (triaged.ticket, triaged.outcome.linked) == (TICKET, (other.number,))
    alone = judged(mail("请看一下"), **thread(), **number(TICKET)).outcome
    assert isinstance(alone, Wrote)
    assert alone.linked == ()
