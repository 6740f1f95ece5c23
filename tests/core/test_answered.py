"""What follows from the requester's own words."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from maildesk.core.alarms import alarms
from maildesk.core.decision import Decision
from maildesk.core.event import Answered
from maildesk.core.letter import LetterKind
from maildesk.core.message import Address
from maildesk.core.rules import Rule
from maildesk.core.ticket import Feedback, Mark, Status, Ticket, Waiting
from tests.core.clockwork import CHEN, LI, at, ticket, waiting
from tests.core.correspondence import DESKTOP, NOW, USER, after, decided, history, letter, mail, outside, written

K = LetterKind
SOLVED, PARTLY, UNSOLVED = Feedback.SOLVED, Feedback.PARTLY, Feedback.UNSOLVED
RESOLVED = ticket(status=Status.RESOLVED, resolved_at=at("10-27 17:00"), solution="重启了服务")
CLOSED = replace(RESOLVED, status=Status.CLOSED, closed_at=at("10-28 09:00"), closed_how="unconfirmed", archive="pending")


def answer(of: Ticket = RESOLVED, text: str = "已解决", known: Any = DESKTOP, **what: Any) -> Decision:
    return decided(of, Answered(message=mail(text), author=USER, **what), known)


# -- solved --------------------------------------------------------------------------------------------------------------


def test_his_word_closes_the_ticket_and_one_letter_says_so_and_asks_for_a_rating() -> None:
    decision = answer(feedback=SOLVED)
    done = after(decision)
    assert (done.status, done.closed_how, done.closed_at, done.feedback) == (Status.CLOSED, "confirmed", NOW, SOLVED)
    assert (done.archive, done.surveyed_at) == ("pending", NOW)
    assert written(decision) == [(K.CLOSED, USER), (K.REPLY, LI.address)]
    facts = letter(decision, K.CLOSED).facts
    assert (facts["how"], facts["rate"], facts["solution"]) == ("confirmed", True, "重启了服务")


def test_nobody_is_asked_to_rate_twice_in_a_week() -> None:
    decision = answer(feedback=SOLVED, known=replace(DESKTOP, surveyed_at=NOW - timedelta(days=6)))
    assert letter(decision, K.CLOSED).facts["rate"] is False
    assert after(decision).surveyed_at is None


def test_who_rates_in_the_same_mail_is_not_asked_again() -> None:
    decision = answer(feedback=SOLVED, rating=5, comment="很快")
    assert (after(decision).rating, after(decision).rating_comment) == (5, "很快")
    assert letter(decision, K.CLOSED).facts["rate"] is False


def test_only_the_requester_is_asked_to_rate() -> None:
    watched = replace(RESOLVED, watchers=(Address("w@customer.example"),))
    rates = {one.to: one.facts["rate"] for one in answer(watched, feedback=SOLVED).letters if one.kind is K.CLOSED}
    assert rates == {USER: True, "w@customer.example": False}


def test_a_late_yes_to_a_ticket_closed_unheard_is_recorded() -> None:
    decision = answer(CLOSED, feedback=SOLVED)
    assert (after(decision).closed_how, after(decision).feedback, after(decision).closed_at) == (
        "confirmed",
        SOLVED,
        CLOSED.closed_at,
    )
    assert outside(decision) == []


# -- not solved ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", [RESOLVED, CLOSED])
@pytest.mark.parametrize("feedback", [PARTLY, UNSOLVED])
def test_not_solved_opens_another_round_and_the_lead_hears_of_it(of: Ticket, feedback: Feedback) -> None:
    decision = answer(of, "未解决\n还是报错", feedback=feedback, comment="还是报错")
    again = after(decision)
    assert (again.status, again.round, again.feedback, again.reopened_at) == (Status.IN_PROGRESS, 2, feedback, NOW)
    assert written(decision) == [(K.REPLY, LI.address), (K.REOPENED, USER), (K.ESCALATION, CHEN.address)]
    assert (letter(decision, K.REPLY).facts["event"], letter(decision, K.ESCALATION).facts["rule"]) == (feedback, "resolved")


def test_the_clock_of_the_first_answer_begins_anew() -> None:
    again = after(answer(replace(RESOLVED, first_answer_at=at("10-27 10:00")), feedback=UNSOLVED))
    due = [alarm.due for alarm in alarms(again, DESKTOP.policy) if alarm.rule is Rule.FIRST_ANSWER]
    assert due[0] == at("10-28 10:35")


def test_a_ticket_that_is_in_work_goes_on_with_his_words() -> None:
    decision = answer(ticket(status=Status.IN_PROGRESS), feedback=UNSOLVED)
    assert (after(decision).status, after(decision).round) == (Status.IN_PROGRESS, 1)
    assert written(decision) == [(K.REPLY, LI.address)]
    assert after(answer(waiting(Waiting.USER, "10-28 10:10"), feedback=PARTLY)).status is Status.IN_PROGRESS


# -- rating, withdrawal, state -------------------------------------------------------------------------------------------


def test_a_rating_is_kept_with_its_comment_and_ends_the_reminder() -> None:
    asked = replace(CLOSED, surveyed_at=CLOSED.closed_at)
    decision = answer(asked, "4\n还行", rating=4, comment="还行")
    assert (after(decision).rating, after(decision).rating_comment) == (4, "还行")
    assert after(decision).wake_at is None
    assert written(decision) == [(K.REPLY, LI.address)]


def test_a_low_rating_is_put_before_the_lead() -> None:
    decision = answer(CLOSED, "2\n等太久", rating=2, comment="等太久")
    assert written(decision) == [(K.REPLY, LI.address), (K.NOTE, CHEN.address)]
    assert letter(decision, K.NOTE).facts["text"] == "评分 2\n\n等太久"


def test_a_withdrawal_ends_the_ticket_and_both_sides_know() -> None:
    decision = answer(ticket(), "撤回", withdrawn=True)
    assert (after(decision).status, after(decision).wake_at) == (Status.WITHDRAWN, None)
    assert written(decision) == [(K.WITHDRAWN, USER), (K.REPLY, LI.address)]


def test_what_is_closed_cannot_be_withdrawn() -> None:
    decision = answer(CLOSED, "撤回", withdrawn=True)
    assert after(decision).status is Status.CLOSED
    assert decision.letters == ()


def test_who_asks_how_it_stands_reads_what_he_may_know_and_nothing_else() -> None:
    said = (Mark.ANSWER, "请重启", True), (Mark.ORDER, "李明 接单", True)
    past = history((Mark.OPENED, "登录失败", True), (Mark.NOTE, "怀疑是数据库", False), *said)
    decision = answer(ticket(), "进度", known=replace(DESKTOP, history=past), status_asked=True)
    assert written(decision) == [(K.STATUS, USER)]
    facts = letter(decision, K.STATUS).facts
    assert facts["engineer"] == "李明"
    assert [text for _, text in facts["last"]] == ["请重启", "李明 接单"]


def test_a_watcher_who_asks_is_told_and_nobody_else() -> None:
    watched = ticket(watchers=(Address("w@customer.example"),))
    event = Answered(message=mail("进度"), author=Address("W@customer.example"), status_asked=True)
    assert written(decided(watched, event)) == [(K.STATUS, "w@customer.example")]


def test_the_question_for_the_state_moves_nothing() -> None:
    of = ticket()
    assert replace(after(answer(of, "进度", status_asked=True)), wake_at=None, due_at=None) == of


def test_every_answer_stands_in_the_record() -> None:
    for what in ({"feedback": SOLVED}, {"rating": 3}, {"withdrawn": True}, {"status_asked": True}):
        assert [line.mark for line in answer(RESOLVED, **what).progress][:1] == [Mark.MAIL]
