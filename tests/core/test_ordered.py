"""Orders: what each does to the ticket and to whom it is told, and that a mail's orders are obeyed all or not at all."""

from dataclasses import replace
from typing import Any

import pytest

from maildesk.core.decision import Decision
from maildesk.core.event import Ordered
from maildesk.core.letter import LetterKind
from maildesk.core.message import Address
from maildesk.core.orders import ORDERS, Order, Verb, parse
from maildesk.core.people import People, StaffId
from maildesk.core.ticket import NOBODY, Eta, Mark, Pause, Priority, Status, Ticket, Waiting
from tests.core.clockwork import CHEN, LI, WU, ZHOU, at, ticket, waiting
from tests.core.correspondence import (
    DESKTOP,
    LOGIN,
    NOW,
    PRINTER,
    USER,
    after,
    decided,
    file,
    history,
    letter,
    lines,
    mail,
    obeyed,
    order,
    outside,
    said,
    written,
)

K = LetterKind
TICKET = ticket(missing=("error", "system"))
WORKING = replace(TICKET, status=Status.IN_PROGRESS)
RESOLVED = ticket(status=Status.RESOLVED, resolved_at=at("10-28 10:00"), solution="重启了服务")
CLOSED = replace(RESOLVED, status=Status.CLOSED, closed_at=at("10-28 10:10"))


def inside(decision: Decision) -> list[tuple[LetterKind, str]]:
    """The letters to colleagues; the transcript, which goes to the giver, left out."""
    return [(kind, to) for kind, to in written(decision) if to != USER and kind is not K.TRANSCRIPT]


def unchanged(decision: Decision, before: Ticket) -> bool:
    return replace(after(decision), wake_at=None) == before


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
    assert said(decision) == ["已照办，已告诉提交人"]


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
    assert said(order(WORKING, "/assign E2", known=known)) == ["周强 请假到 11-02 09:00，代理人是 陈静"]
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


# -- what it is ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "text", "done"),
    [
        ({}, "/priority P3", True),
        ({}, "/priority P2", False),
        ({}, "/priority P2 全部门无法登录", True),
        ({"asked": Priority.P1}, "/priority P1", True),
        ({"asked": Priority.P1}, "/priority P3", False),
        ({"asked": Priority.P1, "confirmed": Priority.P2}, "/priority P2", True),
        ({"asked": Priority.P1, "confirmed": Priority.P2}, "/priority P1", False),
    ],
)
def test_a_priority_that_differs_needs_a_reason(facts: dict[str, Any], text: str, done: bool) -> None:
    before = replace(WORKING, **facts)
    decision = order(before, text)
    assert obeyed(decision) is done
    assert done or unchanged(decision, before)


def test_the_confirmed_priority_is_kept_with_its_reason() -> None:
    changed = after(order(WORKING, "/优先级 P1 因该故障导致全部门无法登录"))
    assert (changed.confirmed, changed.priority_reason, changed.priority_at) == (Priority.P1, "因该故障导致全部门无法登录", NOW)
    assert changed.proposed is Priority.P3


def test_who_makes_it_a_p1_is_told_to_phone() -> None:
    assert said(order(WORKING, "/priority P1 全部门"))[0].endswith("请在 15 分钟内打电话给提交人")
    assert "电话" not in said(order(replace(WORKING, proposed=Priority.P1), "/priority P1"))[0]


def test_the_same_priority_again_does_not_start_its_clock_anew() -> None:
    before = replace(WORKING, confirmed=Priority.P2, priority_at=at("10-28 10:05"), priority_reason="x")
    assert after(order(before, "/priority P2")).priority_at == at("10-28 10:05")


@pytest.mark.parametrize("text", ["/分类 系统故障-登录异常", "/category System-Login", "/分类 登录异常"])
def test_a_category_is_set_by_its_name(text: str) -> None:
    changed = after(order(WORKING, text))
    assert (changed.category, changed.category_source) == (LOGIN.name, "engineer")


def test_another_category_may_need_other_facts() -> None:
    assert after(order(WORKING, f"/category {PRINTER.name}")).missing == ("symptom", "occurred", "error", "system", "contact")


def test_an_unknown_category_is_refused_with_those_there_are() -> None:
    assert said(order(WORKING, "/分类 天气")) == [f"没有这个分类。有：{LOGIN.name}、{PRINTER.name}"]


# -- when it will be done ------------------------------------------------------------------------------------------------


def test_a_near_eta_is_written_down_and_not_told() -> None:
    decision = order(WORKING, "/eta 12:00")
    assert after(decision).eta == Eta(at=at("10-28 12:00"), said_at=NOW)
    assert outside(decision) == []
    assert after(decision).first_answer_at is None


def test_an_eta_beyond_four_hours_is_told() -> None:
    decision = order(WORKING, "/eta 明天 10:00 等备件")
    facts = letter(decision, K.ETA).facts
    assert (facts["moved"], facts["reason"], facts["missed"]) == (False, "等备件", False)
    assert after(decision).first_answer_at == NOW


def test_an_eta_that_changes_is_told_however_near() -> None:
    decision = order(replace(WORKING, eta=Eta(at=at("10-28 11:00"), said_at=at("10-28 10:00"))), "/eta 12:00")
    assert letter(decision, K.ETA).facts["moved"] is True


@pytest.mark.parametrize(
    ("text", "right"), [("/eta 09:00", "2026-10-29 09:00"), ("/eta 4点", "16:00"), ("/eta soon", "2026-10-29")]
)
def test_a_time_that_is_not_understood_is_refused_with_one_that_would_be(text: str, right: str) -> None:
    decision = order(WORKING, text)
    assert right in said(decision)[0]
    assert unchanged(decision, WORKING)


def test_times_are_those_of_the_engineers_own_zone() -> None:
    berlin = replace(LI, timezone="Europe/Berlin", shift="mon-fri 00:00-24:00")
    decision = order(WORKING, "/eta 16:30", by=berlin, known=replace(DESKTOP, people=People((berlin,))))
    assert after(decision).eta == Eta(at=at("10-28 23:30"), said_at=NOW)


# -- waiting -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "why", "until"),
    [
        ("/wait user", Waiting.USER, None),
        ("/等待 供应商", Waiting.VENDOR, None),
        ("/等待 审批", Waiting.APPROVAL, None),
        ("/wait 2d", Waiting.SCHEDULED, at("10-30 10:30")),
        ("/等待到周五", Waiting.SCHEDULED, at("10-30 09:00")),
        ("/wait vendor until fri 15:00", Waiting.VENDOR, at("10-30 15:00")),
    ],
)
def test_a_ticket_waits_for_somebody_or_something(text: str, why: Waiting, until: Any) -> None:
    paused = after(order(WORKING, text))
    assert (paused.status, paused.waiting, paused.waiting_until) == (Status.WAITING, why, until)
    assert paused.pauses == (Pause(why=why, since=NOW),)


def test_waiting_for_something_else_ends_the_pause_before() -> None:
    paused = after(order(waiting(Waiting.USER, "10-28 10:10"), "/wait vendor"))
    assert [(pause.why, pause.until) for pause in paused.pauses] == [(Waiting.USER, NOW), (Waiting.VENDOR, None)]


def test_a_closed_ticket_waits_for_nothing() -> None:
    decision = order(CLOSED, "/wait user")
    assert said(decision) == ["工单现在是“已关闭”，不能这样做"]
    assert unchanged(decision, CLOSED)


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


@pytest.mark.parametrize("time", ["25:00", "10:75", "２５：００", "2月30日"])
def test_a_call_at_a_time_that_never_was_is_refused_with_the_right_form(time: str) -> None:
    decision = order(WORKING, f"/called {time} 说可以")
    assert said(decision) == ["没有这样的时间；写成 10:30 这样"]
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


# -- one letter to the requester -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kinds", "fact", "words"),
    [
        ("/resolve 重启了服务\n\n您好，请再试一次。", [K.RESOLVED], "solution", "您好，请再试一次。\n\n重启了服务"),
        ("/ask 哪个版本？\n\n您好。", [K.ASK], "text", "您好。\n\n哪个版本？"),
        ("/eta 明天 10:00 等备件\n您好，正在处理。", [K.ETA], "reason", "您好，正在处理。\n\n等备件"),
        ("/take 16:30\n您好，正在处理。", [K.ETA], "reason", "您好，正在处理。"),
        ("/take\n您好，正在处理。", [K.ANSWER], "text", "您好，正在处理。"),
        ("/resolve 重启了\n/close", [K.CLOSED], "solution", "重启了"),
        ("/take 16:30\n/eta 明天 10:00", [K.ETA], "reason", ""),
        ("/priority P2 多人\n/category System-Login\n您好。", [K.ANSWER], "text", "您好。"),
    ],
)
def test_whatever_the_orders_the_requester_gets_one_letter(text: str, kinds: list[LetterKind], fact: str, words: str) -> None:
    decision = order(WORKING, text, public=True)
    assert obeyed(decision)
    assert outside(decision) == kinds
    assert letter(decision, kinds[0]).facts[fact] == words


def test_an_answer_to_a_closed_case_that_reopens_it_is_the_only_letter() -> None:
    assert outside(order(CLOSED, "/reopen\n您好，我们再看看。", public=True)) == [K.ANSWER]


def test_files_beside_public_orders_go_with_the_letter() -> None:
    message = mail("/resolve 见附件", sender=LI.address, attachments=(file("步骤.pdf"),))
    parsed = parse("/resolve 见附件")
    decision = decided(WORKING, Ordered(by=LI, orders=parsed.orders, message=message, public=True))
    assert [one.filename for one in letter(decision, K.RESOLVED).attachments] == ["步骤.pdf"]


def test_files_beside_orders_are_recorded_and_reach_who_has_the_ticket() -> None:
    message = mail("/note 见截图", sender=CHEN.address, attachments=(file("屏幕.png"),))
    decision = decided(WORKING, Ordered(by=CHEN, orders=parse("/note 见截图").orders, message=message))
    assert [one.filename for one in decision.progress[0].attachments] == ["屏幕.png"]
    assert [one.filename for one in letter(decision, K.NOTE).attachments] == ["屏幕.png"]


def test_only_the_requester_is_asked_to_rate() -> None:
    watched = replace(RESOLVED, watchers=(Address("w@customer.example"),))
    rates = {one.to: one.facts["rate"] for one in order(watched, "/close").letters if one.kind is K.CLOSED}
    assert rates == {USER: True, "w@customer.example": False}


def test_text_beside_orders_on_an_inside_letter_is_a_note() -> None:
    decision = order(WORKING, "/take\n怀疑是数据库")
    assert outside(decision) == []
    assert (Mark.NOTE, False) in lines(decision)


# -- questions and people ------------------------------------------------------------------------------------------------


def test_show_answers_with_the_whole_history_to_the_giver_only() -> None:
    known = replace(DESKTOP, history=history((Mark.OPENED, "登录失败", True), (Mark.NOTE, "看了日志", False)))
    decision = order(WORKING, "/show", known=known)
    facts = letter(decision, K.TRANSCRIPT).facts
    assert [text for _, _, text in facts["history"]] == ["登录失败", "看了日志"]
    assert written(decision) == [(K.TRANSCRIPT, LI.address)]
    assert unchanged(decision, WORKING)


def test_list_answers_with_what_is_due() -> None:
    known = replace(DESKTOP, own=(WORKING, waiting(Waiting.USER, "10-28 10:10")))
    decision = order(None, "/list", known=known)
    rows = letter(decision, K.TRANSCRIPT).facts["rows"]
    assert rows[0] == ["TS20261028001", "登录失败", "in_progress", "P3", "李明", "2026-10-28T02:10:00+00:00"]
    assert decision.ticket is None


def test_a_ticket_of_his_can_be_looked_at_from_anywhere_and_no_other() -> None:
    known = replace(DESKTOP, own=(WORKING,))
    shown = letter(order(None, "/show TS20261028001", known=known), K.TRANSCRIPT).facts
    assert [row[0] for row in shown["rows"]] == ["TS20261028001"]
    assert said(order(None, "/show TS20261028009", known=known)) == ["没有找到 TS20261028009，或者它不在你手里"]


def test_help_shows_the_help() -> None:
    assert letter(order(None, "/帮助"), K.TRANSCRIPT).facts["help"] is True


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


@pytest.mark.parametrize("verb", [verb for verb in Verb if ORDERS[verb].on_ticket])
def test_an_order_about_a_ticket_needs_one(verb: Verb) -> None:
    assert said(decided(None, Ordered(by=LI, orders=(Order(verb=verb, line=f"/{verb}"),)))) == ["这条指令要写在某张工单的回信里"]


# -- all or nothing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["/assign 张飞", "/eta 09:00", "/priority P1", "/tkae", "/reopen", "/分类 天气", "/priority"])
def test_one_wrong_order_stops_all_of_them(wrong: str) -> None:
    decision = order(WORKING, f"/note 看了日志\n/take 16:30\n{wrong}\n\n您好，正在处理。", public=True)
    assert not obeyed(decision)
    assert unchanged(decision, WORKING)
    assert written(decision) == [(K.TRANSCRIPT, LI.address)]
    results = letter(decision, K.TRANSCRIPT).facts["results"]
    assert {result["done"] for result in results} == {False}
    assert [result["line"] for result in results if result["said"]] == [wrong]


def test_what_stood_beside_orders_that_were_not_obeyed_is_kept_inside() -> None:
    decision = order(WORKING, "/tkae\n您好，正在处理。", public=True)
    assert lines(decision) == [(Mark.NOTE, False)]
    assert decision.progress[0].text == "您好，正在处理。"


def test_an_absence_is_not_granted_when_another_order_is_wrong() -> None:
    assert order(WORKING, "/away 周五\n/eta 09:00").absences == {}


def test_a_refused_mail_does_nothing_whatever_it_orders() -> None:
    parsed = parse("/close x\n/away 周五")
    decision = decided(WORKING, Ordered(by=LI, orders=parsed.orders, refusal="没法证明是你", text="随便", public=True))
    assert unchanged(decision, WORKING)
    assert decision.absences == {}
    assert lines(decision) == [(Mark.HELD, False)]
    assert written(decision) == [(K.TRANSCRIPT, LI.address)]
    assert letter(decision, K.TRANSCRIPT).facts["refusal"] == "没法证明是你"


def test_each_order_sees_what_the_one_before_it_did() -> None:
    decision = order(CLOSED, "/reopen\n/priority P2 多人\n/wait user")
    assert obeyed(decision)
    assert (after(decision).status, after(decision).confirmed) == (Status.WAITING, Priority.P2)


# -- the transcript ------------------------------------------------------------------------------------------------------


def test_the_transcript_goes_to_the_stored_address_and_says_what_became_of_each_line() -> None:
    second = replace(LI, addresses=(LI.address, Address("li@home.example")))
    message = mail("/take\n/note x", sender="li@home.example")
    parsed = parse(message.new_text)
    event = Ordered(by=second, orders=parsed.orders, message=message)
    decision = decided(WORKING, event, replace(DESKTOP, people=People((second,))))
    transcript = letter(decision, K.TRANSCRIPT)
    assert (transcript.to, transcript.answers) == (LI.address, message.message_id)
    assert transcript.facts["results"] == [
        {"line": "/take", "done": True, "said": "已照办"},
        {"line": "/note x", "done": True, "said": "已记下，只有内部看得到"},
    ]


@pytest.mark.parametrize(("language", "words"), [("zh", "已照办"), ("en", "done"), ("de", "done"), (None, "已照办")])
def test_it_speaks_the_language_of_the_giver(language: str | None, words: str) -> None:
    assert said(order(WORKING, "/take", by=replace(LI, language=language))) == [words]


def test_a_colleagues_orders_are_told_to_who_has_the_ticket() -> None:
    decision = order(WORKING, "/priority P2 多人报修\n/note 看了日志", by=CHEN)
    assert inside(decision) == [(K.NOTE, LI.address)]
    text = letter(decision, K.NOTE).facts["text"]
    assert "优先级 P3 → P2" in text
    assert "看了日志" in text


def test_an_order_from_the_shell_needs_no_mail() -> None:
    parsed = parse("/note 从命令行")
    decision = decided(WORKING, Ordered(by=LI, orders=parsed.orders))
    assert letter(decision, K.TRANSCRIPT).answers is None
    assert obeyed(decision)
