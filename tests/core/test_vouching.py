"""Who may let a held mail in or refuse it, and that it is decided once."""

from dataclasses import replace

import pytest

from maildesk.core.known import HeldMail, Known
from maildesk.core.people import People, Person
from maildesk.core.ticket import Mark, Ticket
from tests.core.clockwork import CHEN, HOUR, LI, WU, ZHOU, away_until, ticket
from tests.core.correspondence import DESKTOP, NOW, lines, obeyed, order, said
from tests.core.ordering import unchanged

MINE = ticket(engineer=LI.staff_id)


def known(held: HeldMail, people: tuple[Person, ...] = (LI, ZHOU, CHEN, WU)) -> Known:
    return replace(DESKTOP, held={17: held}, people=People(people))


@pytest.mark.parametrize(
    ("by", "about", "may"),
    [
        (LI, MINE, True),
        (ZHOU, MINE, False),
        (CHEN, MINE, True),
        (WU, MINE, True),
        (LI, None, False),
        (CHEN, None, True),
        (WU, None, True),
        (LI, replace(MINE, engineer=None), False),
        (CHEN, replace(MINE, engineer=None), True),
    ],
)
@pytest.mark.parametrize("text", ["/放行 17", "/拒绝 17 不是他写的"])
def test_who_has_the_ticket_and_every_lead_may_judge_a_held_mail(by: Person, about: Ticket | None, may: bool, text: str) -> None:
    decision = order(None, text, by, known=known(HeldMail(ticket=about)))
    assert obeyed(decision) is may
    assert len(decision.judgements) == may


def test_letting_in_is_written_down_where_it_was_held_and_changes_no_ticket() -> None:
    decision = order(MINE, "/admit 17", known=known(HeldMail(ticket=MINE)))
    (judged,) = decision.judgements
    assert (judged.mail, judged.admitted, judged.ticket, judged.why) == (17, True, MINE.id, "E1")
    assert (judged.line.mark, judged.line.author, judged.line.public) == (Mark.HELD, LI.staff_id, False)
    assert unchanged(decision, MINE)
    assert lines(decision) == []


def test_a_refusal_keeps_who_refused_and_why() -> None:
    decision = order(None, "/拒绝 17 打电话问过，不是他写的", CHEN, known=known(HeldMail()))
    (judged,) = decision.judgements
    assert (judged.admitted, judged.ticket, judged.why) == (False, None, "L1: 打电话问过，不是他写的")
    assert "打电话问过" in judged.line.text


def test_why_it_was_let_in_is_kept_too() -> None:
    (judged,) = order(MINE, "/admit 17 I called him", known=known(HeldMail(ticket=MINE))).judgements
    assert (judged.admitted, judged.why) == (True, "E1: I called him")
    assert "I called him" in judged.line.text


@pytest.mark.parametrize(
    ("before", "text", "fine"),
    [(True, "/admit 17", True), (False, "/refuse 17", True), (True, "/refuse 17", False), (False, "/admit 17", False)],
)
def test_what_was_decided_is_not_decided_again(before: bool, text: str, fine: bool) -> None:
    decision = order(None, text, CHEN, known=known(HeldMail(admitted=before)))
    assert decision.judgements == ()
    assert obeyed(decision) is fine
    assert "先前" in said(decision)[0]


def test_a_mail_that_was_never_held_cannot_be_judged() -> None:
    decision = order(None, "/admit 18", CHEN, known=known(HeldMail()))
    assert not obeyed(decision)
    assert "18" in said(decision)[0]


def test_the_same_mail_cannot_be_judged_twice_in_one_answer() -> None:
    decision = order(None, "/admit 17\n/refuse 17", CHEN, known=known(HeldMail()))
    assert not obeyed(decision)
    assert decision.judgements == ()


def test_several_are_judged_in_one_answer_all_or_none() -> None:
    several = replace(known(HeldMail()), held={17: HeldMail(), 18: HeldMail(), 19: HeldMail(ticket=MINE)})
    decision = order(None, "/admit 17\n/refuse 18 spam\n/admit 19", CHEN, known=several)
    assert [(one.mail, one.admitted) for one in decision.judgements] == [(17, True), (18, False), (19, True)]
    assert order(None, "/admit 17\n/admit 20", CHEN, known=several).judgements == ()


def test_he_whose_name_is_in_doubt_lets_nothing_in_while_there_is_somebody_to_ask() -> None:
    in_his_name = HeldMail(ticket=MINE, person=LI.staff_id)
    assert not obeyed(order(None, "/admit 17", LI, known=known(in_his_name)))
    assert obeyed(order(None, "/admit 17", CHEN, known=known(in_his_name)))
    own = HeldMail(person=CHEN.staff_id)
    assert not obeyed(order(None, "/admit 17", CHEN, known=known(own)))
    assert obeyed(order(None, "/admit 17", CHEN, known=known(own, (LI, CHEN))))


IN_HIS_NAME = HeldMail(ticket=replace(MINE, engineer=ZHOU.staff_id), person=LI.staff_id)


@pytest.mark.parametrize(
    ("person", "by", "may"),
    [
        (LI, ZHOU, False),
        (LI, CHEN, True),
        (LI, WU, True),
        (CHEN, ZHOU, False),
        (CHEN, WU, True),
        (WU, ZHOU, False),
        (WU, CHEN, False),
        (WU, WU, True),
    ],
)
def test_a_mail_in_a_colleagues_name_is_let_in_by_no_lower_office_than_his(person: Person, by: Person, may: bool) -> None:
    """Zhou has the ticket. The only manager may vouch for himself: nobody else of his office is there."""
    held = replace(IN_HIS_NAME, person=person.staff_id)
    decision = order(None, "/admit 17", by, known=known(held))
    assert (obeyed(decision), len(decision.judgements)) == (may, may)


def test_who_has_the_ticket_may_still_refuse_what_he_may_not_let_in() -> None:
    assert not obeyed(order(None, "/admit 17", ZHOU, known=known(IN_HIS_NAME)))
    assert obeyed(order(None, "/refuse 17", ZHOU, known=known(IN_HIS_NAME)))


@pytest.mark.parametrize("by", [LI, ZHOU, CHEN, WU])
def test_what_its_person_did_not_call_his_own_is_let_in_by_nobody(by: Person) -> None:
    denied = replace(IN_HIS_NAME, denied=True)
    assert not obeyed(order(None, "/admit 17", by, known=known(denied)))
    assert obeyed(order(None, "/refuse 17", CHEN, known=known(denied)))


@pytest.mark.parametrize(("by", "may"), [(LI, False), (CHEN, True), (WU, True)])
def test_words_that_end_a_ticket_are_let_in_by_a_lead(by: Person, may: bool) -> None:
    assert obeyed(order(None, "/admit 17", by, known=known(HeldMail(ticket=MINE, ends=True)))) is may


def test_not_even_a_lead_lets_in_what_ends_or_rates_his_own_ticket() -> None:
    own = HeldMail(ticket=replace(MINE, engineer=CHEN.staff_id), ends=True)
    assert not obeyed(order(None, "/admit 17", CHEN, known=known(own)))
    assert obeyed(order(None, "/admit 17", WU, known=known(own)))


def test_who_stands_in_for_a_lead_has_not_her_office() -> None:
    away = replace(CHEN, delegate=ZHOU.staff_id, absences=away_until(NOW + 48 * HOUR))
    assert not obeyed(order(None, "/admit 17", ZHOU, known=known(HeldMail(person=LI.staff_id), (LI, ZHOU, away))))


def test_who_stands_in_for_an_absent_lead_judges_in_his_stead() -> None:
    away = replace(CHEN, delegate=ZHOU.staff_id, absences=away_until(NOW + 48 * HOUR))
    assert obeyed(order(None, "/admit 17", ZHOU, known=known(HeldMail(), (LI, ZHOU, away))))
    assert not obeyed(order(None, "/admit 17", LI, known=known(HeldMail(), (LI, ZHOU, away))))


@pytest.mark.parametrize("text", ["/admit 17", "/refuse 17 not his"])
def test_a_mail_whose_row_cannot_be_read_is_judged_by_nobody(text: str) -> None:
    decision = order(None, text, WU, known=known(HeldMail(legible=False)))
    assert not obeyed(decision)
    assert decision.judgements == ()
    assert "17" in said(decision)[0]
