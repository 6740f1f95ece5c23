"""Orders about who has a ticket, and about who is there."""

from dataclasses import replace
from typing import Any

import pytest

from maildesk.core.letter import LetterKind
from maildesk.core.message import Address
from maildesk.core.people import People, StaffId
from maildesk.core.ticket import Eta, Mark, Pause, Status, Waiting
from tests.core.clockwork import CHEN, LI, WU, ZHOU, at, ticket, waiting
from tests.core.correspondence import (
    DESKTOP,
    NOW,
    after,
    history,
    letter,
    obeyed,
    order,
    outside,
    said,
    written,
)
from tests.core.ordering import TICKET, WORKING, inside, unchanged

K = LetterKind


# -- who has it ----------------------------------------------------------------------------------------------------------


def test_take_begins_the_work_and_says_nothing_to_the_requester() -> None:
    decision = order(TICKET, "/take")
    assert (after(decision).status, after(decision).first_answer_at) == (Status.IN_PROGRESS, None)
    assert outside(decision) == []
    assert obeyed(decision)


def test_take_with_a_time_is_told_and_counts_as_an_answer() -> None:
    decision = order(TICKET, "/接单 16:30")
    taken = after(decision)
    assert (taken.eta, taken.first_answer_at) == (Eta(at=at("10-28 16:30"), said_at=NOW), NOW)
    assert letter(decision, K.TAKEN).facts == {"engineer": "李明", "until": "2026-10-28T16:30:00+08:00"}
    assert said(decision) == ["预计 10-28 16:30 周三 前解决，已告诉提交人"]


def test_who_takes_a_colleagues_ticket_has_it_and_the_colleague_is_told() -> None:
    decision = order(WORKING, "/take", by=ZHOU)
    taken = after(decision)
    assert (taken.engineer, taken.assigned_at, taken.line, taken.line_since) == (ZHOU.staff_id, NOW, 2, NOW)
    assert inside(decision) == [(K.NOTE, LI.address)]


def test_take_ends_the_waiting() -> None:
    taken = after(order(waiting(Waiting.VENDOR, "10-28 10:10"), "/take"))
    assert (taken.status, taken.waiting) == (Status.IN_PROGRESS, None)
    assert taken.pauses == (Pause(why=Waiting.VENDOR, since=at("10-28 10:10"), until=NOW),)


@pytest.mark.parametrize(
    "text", ["/assign 周强 他熟悉", "/转派周强，他熟悉", "/assign E2: 他熟悉", "/assign @e2@desk.example 他熟悉"]
)
def test_assign_hands_the_case_over_with_what_was_tried(text: str) -> None:
    known = replace(DESKTOP, history=history((Mark.OPENED, "登录失败", True), (Mark.NOTE, "看了日志", False)))
    decision = order(WORKING, text, known=known)
    assert (after(decision).engineer, after(decision).status, after(decision).line) == (ZHOU.staff_id, Status.ASSIGNED, 2)
    assert written(decision) == [(K.HANDOVER, ZHOU.address), (K.TRANSCRIPT, LI.address)]
    facts = letter(decision, K.HANDOVER).facts
    assert (facts["why"], facts["by"], facts["giver"], facts["text"]) == ("他熟悉", "李明", "李明", "登录失败")
    assert [text for _, _, text in facts["brief"]] == ["登录失败", "看了日志"]


def test_a_case_nobody_has_touched_is_a_new_one_for_him() -> None:
    known = replace(DESKTOP, history=history((Mark.OPENED, "登录失败", True)))
    decision = order(ticket(status=Status.NEW, engineer=None), "/assign E1 他在", by=CHEN, known=known)
    assert inside(decision) == [(K.ASSIGNMENT, LI.address)]
    assert letter(decision, K.ASSIGNMENT).facts["by"] == "陈静"


def test_a_waiting_ticket_goes_on_waiting_with_somebody_else() -> None:
    given = after(order(waiting(Waiting.VENDOR, "10-28 10:10"), "/assign E2"))
    assert (given.status, given.engineer, given.waiting) == (Status.WAITING, ZHOU.staff_id, Waiting.VENDOR)


@pytest.mark.parametrize("who", ["me", "我", "自己"])
def test_who_assigns_to_himself_gets_no_letter_about_it(who: str) -> None:
    decision = order(ticket(status=Status.NEW, engineer=None), f"/assign {who}", by=ZHOU)
    assert after(decision).engineer == ZHOU.staff_id
    assert written(decision) == [(K.TRANSCRIPT, ZHOU.address)]


def test_only_the_holder_and_the_leads_give_a_ticket_away() -> None:
    refused = order(WORKING, "/assign E2", by=ZHOU)
    assert unchanged(refused, WORKING)
    assert said(refused) == ["这张工单在 李明 手里，只有他或主管能转；你可以先 /接单"]
    assert obeyed(order(WORKING, "/assign E2", by=CHEN))
    assert obeyed(order(WORKING, "/take\n/assign E2", by=ZHOU))


def test_who_stands_in_for_somebody_absent_gives_his_tickets_away() -> None:
    away = replace(LI, absent_until=at("11-02 09:00"), delegate=ZHOU.staff_id)
    known = replace(DESKTOP, people=People((away, ZHOU, CHEN)))
    assert obeyed(order(WORKING, "/assign L1", by=ZHOU, known=known))


def test_when_a_lead_moves_a_ticket_both_colleagues_are_told() -> None:
    assert inside(order(WORKING, "/assign E2", by=CHEN)) == [(K.HANDOVER, ZHOU.address), (K.NOTE, LI.address)]


@pytest.mark.parametrize("text", ["/assign 张飞", "/assign U9", "/assign 王", "/assign 李明明"])
def test_nobody_of_that_name_is_no_guess(text: str) -> None:
    assert said(order(WORKING, text))[0].startswith("没有这个人")


def test_a_name_that_two_people_have_is_asked_back() -> None:
    twin = replace(ZHOU, staff_id=StaffId("E7"), addresses=(Address("e7@desk.example"),))
    refused = order(WORKING, "/assign 周强", known=replace(DESKTOP, people=People((LI, ZHOU, twin))))
    assert said(refused) == ["不止一个人：周强 E2、周强 E7"]


def test_who_is_away_or_does_not_work_here_gets_no_ticket() -> None:
    away = replace(ZHOU, absent_until=at("11-02 09:00"), delegate=CHEN.staff_id)
    idle = replace(WU, roles=frozenset())
    known = replace(DESKTOP, people=People((LI, away, CHEN, idle)))
    assert said(order(WORKING, "/assign E2", known=known)) == ["周强 请假到 11-02 09:00 周一，代理人是 陈静"]
    assert said(order(WORKING, "/assign M1", known=known)) == ["吴刚 不处理工单"]


def test_escalate_finds_an_expert() -> None:
    decision = order(WORKING, "/escalate\n重启过，没用")
    assert (after(decision).engineer, after(decision).line, after(decision).line_since) == (ZHOU.staff_id, 2, NOW)
    assert letter(decision, K.HANDOVER).facts["why"] == "重启过，没用"


def test_escalate_reaches_the_lead_when_no_expert_is_there() -> None:
    decision = order(WORKING, "/escalate", known=replace(DESKTOP, people=People((LI, CHEN))))
    assert after(decision).engineer == LI.staff_id
    assert inside(decision) == [(K.ESCALATION, CHEN.address)]


def test_words_for_a_colleague_are_never_sent_to_the_requester() -> None:
    for text in ("/assign E2\n怀疑是他改坏的", "/escalate 怀疑是他改坏的"):
        assert outside(order(WORKING, text)) == []


# -- who is there -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("/away", at("10-29 00:00")),
        ("/请假 周五", at("10-31 00:00")),
        ("/away until 2026-11-06", at("11-07 00:00")),
        ("/away fri 12:00", at("10-30 12:00")),
        ("/请假到明天上午", at("10-29 12:00")),
        ("/back", None),
    ],
)
def test_an_absence_lasts_to_the_end_of_the_day_that_is_named(text: str, until: Any) -> None:
    assert order(None, text).absences == {LI.staff_id: until}
