"""Orders about who has a ticket, and about who is there."""

from dataclasses import replace

import pytest

from maildesk.core.absence import Absence, away, together
from maildesk.core.letter import LetterKind
from maildesk.core.message import Address
from maildesk.core.people import People, Person, StaffId
from maildesk.core.ticket import Eta, Mark, Pause, Status, Waiting
from tests.core.clockwork import CHEN, LI, WU, ZHOU, at, away_until, ticket, waiting
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
    assert taken.promised == taken.eta
    assert letter(decision, K.TAKEN).facts == {"engineer": "李明", "until": "2026-10-28T16:30:00+08:00", "reason": ""}
    assert said(decision) == ["预计 10-28 周三 16:30 前解决，已告诉提交人"]


def test_who_takes_a_colleagues_ticket_has_it_and_the_colleague_is_told() -> None:
    decision = order(WORKING, "/take", by=ZHOU)
    taken = after(decision)
    assert (taken.engineer, taken.assigned_at, taken.line, taken.line2_at) == (ZHOU.staff_id, NOW, 2, NOW)
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
    away = replace(LI, absences=away_until(at("11-02 09:00")), delegate=ZHOU.staff_id)
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
    away = replace(ZHOU, absences=away_until(at("11-02 09:00")), delegate=CHEN.staff_id)
    idle = replace(WU, roles=frozenset())
    known = replace(DESKTOP, people=People((LI, away, CHEN, idle)))
    assert said(order(WORKING, "/assign E2", known=known)) == ["周强 请假到 11-02 周一 09:00，代理人是 陈静"]
    assert said(order(WORKING, "/assign M1", known=known)) == ["吴刚 不处理工单"]


def test_escalate_finds_an_expert() -> None:
    decision = order(WORKING, "/escalate\n重启过，没用")
    assert (after(decision).engineer, after(decision).line, after(decision).line2_at) == (ZHOU.staff_id, 2, NOW)
    assert letter(decision, K.HANDOVER).facts["why"] == "重启过，没用"


def test_escalate_reaches_the_lead_when_no_expert_is_there() -> None:
    decision = order(WORKING, "/escalate", known=replace(DESKTOP, people=People((LI, CHEN))))
    assert after(decision).engineer == LI.staff_id
    assert inside(decision) == [(K.ESCALATION, CHEN.address)]


def test_words_for_a_colleague_are_never_sent_to_the_requester() -> None:
    for text in ("/assign E2\n怀疑是他改坏的", "/escalate 怀疑是他改坏的"):
        assert outside(order(WORKING, text)) == []


# -- who is there -------------------------------------------------------------------------------------------------------


def absence(since: str, until: str, *, here: bool = False) -> Absence:
    return Absence(since=at(since), until=at(until), here=here)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("/away", "10-28 10:30", "10-29 00:00"),
        ("/请假 周五", "10-30 00:00", "10-31 00:00"),
        ("/请假周五到下周二", "10-30 00:00", "11-04 00:00"),
        ("/away from 12-20 to 12-28", "12-20 00:00", "12-29 00:00"),
        ("/请假 12月20日到28日", "12-20 00:00", "12-29 00:00"),
        ("/away until 2026-11-06", "10-28 10:30", "11-07 00:00"),
        ("/away today 14:00-16:00", "10-28 14:00", "10-28 16:00"),
        ("/请假到明天上午", "10-28 10:30", "10-29 12:00"),
    ],
)
def test_an_absence_goes_from_one_time_to_another(text: str, since: str, until: str) -> None:
    assert order(None, text).absences == {LI.staff_id: (absence(since, until),)}


def test_an_absence_is_whole_days_of_the_engineers_own_zone() -> None:
    anna = replace(LI, timezone="Europe/Berlin", language="en")
    decision = order(None, "/away 12-20", by=anna, known=replace(DESKTOP, people=People((anna, CHEN))))
    (berlin,) = decision.absences[LI.staff_id]
    assert (berlin.since, berlin.until) == (at("12-20 07:00"), at("12-21 07:00"))
    assert said(decision)[0].startswith("noted, you get no tickets while you are away: 12-20 Sun (whole day)")


def test_all_absences_are_repeated_back_with_who_stands_in() -> None:
    planned = replace(LI, absences=(absence("11-05 00:00", "11-06 00:00"),), delegate=ZHOU.staff_id)
    known = replace(DESKTOP, people=People((planned, ZHOU, CHEN)))
    decision = order(None, "/请假 12-20 到 12-28\n/请假 11-06", by=planned, known=known)
    assert said(decision) == [
        "已记下，请假期间不派单给你：11-05 周四（整天）；12-20 周日 到 12-28 周一（整天）。期间由 周强 代理",
        "已记下，请假期间不派单给你：11-05 周四 到 11-06 周五（整天）；12-20 周日 到 12-28 周一（整天）。期间由 周强 代理",
    ]
    assert decision.absences == {LI.staff_id: (absence("12-20 00:00", "12-29 00:00"), absence("11-06 00:00", "11-07 00:00"))}


@pytest.mark.parametrize(
    ("by", "text", "span"),
    [
        (LI, "/请假 明天14:00到16:00", "10-29 周四 14:00 到 16:00"),
        (LI, "/请假 周四22:00到周五6:00", "10-29 周四 22:00 到 10-30 周五 06:00"),
        (LI, "/请假 12-28 到 1-3", "12-28 周一 到 2027-01-03 周日（整天）"),
        (replace(LI, language="en"), "/away tomorrow 14:00-16:00", "10-29 Thu 14:00 to 16:00"),
        (replace(LI, language="en"), "/away Fri-Tue", "10-30 Fri to 11-03 Tue (whole days)"),
        (replace(LI, language="en"), "/away until 16:00", "now to 10-28 Wed 16:00"),
    ],
)
def test_an_absence_is_repeated_as_briefly_as_it_can_be(by: Person, text: str, span: str) -> None:
    assert f"：{span}。" in said(order(None, text, by=by))[0].replace(": ", "：").replace(". Nobody", "。")


def test_who_has_nobody_to_stand_in_hears_that_too() -> None:
    assert said(order(None, "/请假")) == ["已记下，请假期间不派单给你：现在到 10-28 周三 24:00。期间没有代理人，有事找主管"]


def test_a_delegate_who_will_be_away_himself_passes_it_on() -> None:
    zhou = replace(ZHOU, absences=(absence("12-21 00:00", "12-23 00:00"),), delegate=CHEN.staff_id)
    known = replace(DESKTOP, people=People((replace(LI, delegate=ZHOU.staff_id), zhou, CHEN)))
    li = known.people.get(LI.staff_id)
    assert li is not None
    assert said(order(None, "/请假 12-20", by=li, known=known))[0].endswith("期间由 周强 代理")
    assert said(order(None, "/请假 12-21", by=li, known=known))[0].endswith("期间由 陈静 代理")


AWAY = (absence("10-20 00:00", "10-31 00:00"), absence("12-20 00:00", "12-29 00:00"))


def test_back_ends_the_present_absence_and_keeps_the_later_ones() -> None:
    gone = replace(LI, absences=AWAY)
    decision = order(None, "/回来", by=gone, known=replace(DESKTOP, people=People((gone, CHEN))))
    assert decision.absences == {LI.staff_id: (absence("10-28 10:30", "10-31 00:00", here=True),)}
    assert said(decision) == ["欢迎回来，可以派单了。后面的请假照旧：12-20 周日 到 12-28 周一（整天）；要全部取消，写 /回来 全部"]


@pytest.mark.parametrize("text", ["/back all", "/回来 全部", "/销假全部"])
def test_back_all_takes_every_absence_back(text: str) -> None:
    gone = replace(LI, absences=AWAY)
    decision = order(None, text, by=gone, known=replace(DESKTOP, people=People((gone, CHEN))))
    assert away(together(*AWAY, *decision.absences[LI.staff_id]), NOW) == ()
    assert said(decision) == ["欢迎回来，可以派单了"]


def test_who_was_not_away_is_welcome_all_the_same() -> None:
    decision = order(None, "/back")
    assert decision.absences == {}
    assert said(decision) == ["欢迎回来，可以派单了"]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("/请假 周五12:00", "是请到这个时间，还是从这个时间起？请写 到 2026-10-30 12:00，或者 2026-10-30 12:00 到 2026-10-31"),
        ("/请假 从周五", "请到什么时候？写成 2026-10-30 09:00 到 2026-11-06 这样"),
        ("/请假 12-20 到 12-10", "结束早于开始；写成 2026-12-10 到 2026-12-20 这样"),
        ("/请假 周四或周五", "请只写一个时间，写成 2026-10-29 这样"),
    ],
)
def test_an_absence_that_may_mean_two_things_is_asked(text: str, asked: str) -> None:
    decision = order(None, text)
    assert decision.absences == {}
    assert said(decision) == [asked]
