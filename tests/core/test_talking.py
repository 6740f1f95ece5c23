"""Orders that speak: inside, to the requester, about the end."""

from dataclasses import replace

import pytest

from maildesk.core.letter import LetterKind
from maildesk.core.people import People
from maildesk.core.rules import Rule
from maildesk.core.standing import State, standing
from maildesk.core.ticket import NOBODY, Mark, Priority, Status, Waiting
from tests.core.clockwork import LI, at, ticket
from tests.core.correspondence import (
    DESKTOP,
    NOW,
    USER,
    after,
    letter,
    lines,
    order,
    outside,
    said,
    written,
)
from tests.core.ordering import CLOSED, RESOLVED, TICKET, WORKING, inside

K = LetterKind


# -- talking -------------------------------------------------------------------------------------------------------------


def test_a_note_stays_inside() -> None:
    decision = order(WORKING, "/note\n怀疑是数据库\n锁表了")
    assert lines(decision) == [(Mark.NOTE, False)]
    assert decision.progress[0].text == "怀疑是数据库\n锁表了"
    assert outside(decision) == []
    assert after(decision).progressed_at == NOW


def test_ask_names_the_gaps_and_waits_for_the_requester() -> None:
    decision = order(TICKET, "/ask")
    asked = after(decision)
    assert (asked.status, asked.waiting, asked.missing_asked_at, asked.first_answer_at) == (
        Status.WAITING,
        Waiting.USER,
        NOW,
        NOW,
    )
    assert letter(decision, K.ASK).facts == {"engineer": "李明", "missing": ["error", "system"], "text": ""}


def test_ask_with_words_asks_just_that() -> None:
    facts = letter(order(TICKET, "/追问\n是哪个版本？"), K.ASK).facts
    assert facts == {"engineer": "李明", "missing": [], "text": "是哪个版本？"}


def test_there_must_be_something_to_ask_and_somebody_to_answer() -> None:
    assert said(order(ticket(), "/ask")) == ["没有缺的信息，请写上要问什么"]
    assert said(order(ticket(requester=NOBODY), "/ask 版本？"))[0].startswith("这张工单没有提交人")


def test_a_call_is_an_answer_and_stops_the_clock_of_the_phone() -> None:
    decision = order(WORKING, "/called 10:12 用户说可以")
    called = after(decision)
    assert (called.called_at, called.first_answer_at) == (at("10-28 10:12"), NOW)
    assert decision.progress[0].text == "10-28 10:12 给提交人打了电话\n用户说可以"
    assert outside(decision) == []


def test_a_call_without_a_time_was_just_now_and_none_is_still_to_come() -> None:
    assert after(order(WORKING, "/called 说可以")).called_at == NOW
    assert "还没到" in said(order(WORKING, "/called 11:00 说可以"))[0]


@pytest.mark.parametrize("time", ["09:55", "昨天 10:31", "2026-10-27 10:31"])
def test_a_call_before_the_mail_is_the_call_of_this_ticket(time: str) -> None:
    """He rang first and wrote then, or his clock is not ours: somebody has spoken with him."""
    urgent = replace(WORKING, confirmed=Priority.P1, priority_at=WORKING.opened_at)
    decision = order(urgent, f"/called {time} 说可以")
    phone = standing(after(decision), DESKTOP.policy, Rule.PHONE)
    assert (phone.state, phone.until) == (State.DONE, urgent.opened_at)
    assert decision.progress[0].text.startswith("10-27 10:31" if "09" not in time else "10-28 09:55")


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("zh", "这张工单 10-28 周三 10:00 才开始，10-26 周一 10:12 太早了；请核对日期，写成 2026-10-28 10:30 结果 这样"),
        (
            "en",
            "this ticket began on 10-28 Wed 10:00, and 10-26 Mon 10:12 is too long before it; check the date and write it like "
            "2026-10-28 10:30 result",
        ),
    ],
)
def test_a_call_of_days_before_the_mail_is_a_slip_and_asked(language: str, asked: str) -> None:
    him = replace(LI, language=language)
    decision = order(WORKING, "/called 2026-10-26 10:12 说可以", by=him, known=replace(DESKTOP, people=People((him,))))
    assert said(decision) == [asked]
    assert after(decision).called_at is None


@pytest.mark.parametrize("time", ["25:00", "10:75", "２５：００", "2月30日"])
def test_a_call_at_a_time_that_never_was_is_refused_with_the_right_form(time: str) -> None:
    decision = order(WORKING, f"/called {time} 说可以")
    assert said(decision) == ["没有这样的时间，或者太远了；写成 10:30 这样"]
    assert after(decision).called_at is None


def test_a_call_may_be_written_in_full_width() -> None:
    assert after(order(WORKING, "/已电话 １０：１２ 说可以")).called_at == at("10-28 10:12")


def test_public_words_reach_the_requester_from_anywhere() -> None:
    decision = order(WORKING, "/public\n请重启试试。")
    assert written(decision) == [(K.ANSWER, USER), (K.TRANSCRIPT, LI.address)]
    assert lines(decision) == [(Mark.ANSWER, True)]
    assert after(decision).first_answer_at == NOW


# -- the end -------------------------------------------------------------------------------------------------------------


def test_resolve_asks_the_requester() -> None:
    decision = order(WORKING, "/resolve 重启了服务")
    solved = after(decision)
    assert (solved.status, solved.solution, solved.resolved_at) == (Status.RESOLVED, "重启了服务", NOW)
    facts = letter(decision, K.RESOLVED).facts
    assert (facts["solution"], facts["closes_on"]) == ("重启了服务", "2026-11-05T02:30:00+00:00")


def test_what_nobody_can_confirm_is_closed_at_once() -> None:
    decision = order(ticket(requester=NOBODY), "/resolve 重启了服务")
    assert (after(decision).status, after(decision).closed_how) == (Status.CLOSED, "engineer")
    assert inside(decision) == []


def test_close_needs_a_solution_or_a_reason_and_tells_it() -> None:
    assert said(order(WORKING, "/close"))[0].startswith("还没有“解决”就关闭")
    decision = order(WORKING, "/close 重复提交")
    assert (after(decision).status, after(decision).archive) == (Status.CLOSED, "pending")
    assert letter(decision, K.CLOSED).facts["solution"] == "重复提交"
    assert letter(order(RESOLVED, "/close"), K.CLOSED).facts["solution"] == "重启了服务"


def test_reopen_goes_on_with_another_round() -> None:
    decision = order(CLOSED, "/reopen 又坏了")
    assert (after(decision).status, after(decision).round) == (Status.IN_PROGRESS, 2)
    assert outside(decision) == [K.REOPENED]
    assert said(order(WORKING, "/reopen")) == ["工单现在是“处理中”，不能这样做"]
