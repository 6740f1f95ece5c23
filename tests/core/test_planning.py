"""Orders about when a ticket goes on, and for what it waits."""

from dataclasses import replace
from typing import Any

import pytest

from maildesk.core.clock import used
from maildesk.core.letter import LetterKind
from maildesk.core.people import People
from maildesk.core.rules import Rule, Scheduled
from maildesk.core.standing import standing
from maildesk.core.ticket import NOBODY, Eta, Pause, Status, Waiting
from tests.core.clockwork import HOUR, LI, at, resumed, ruled, waiting
from tests.core.correspondence import (
    DESKTOP,
    NOW,
    after,
    letter,
    order,
    outside,
    said,
)
from tests.core.ordering import CLOSED, WORKING, unchanged

K = LetterKind


# -- when it will be done ------------------------------------------------------------------------------------------------


def test_a_near_eta_is_written_down_and_not_told() -> None:
    decision = order(WORKING, "/eta 12:00")
    assert after(decision).eta == Eta(at=at("10-28 12:00"), said_at=NOW)
    assert outside(decision) == []
    assert (after(decision).first_answer_at, after(decision).promised) == (None, None)


def test_an_eta_beyond_four_hours_is_told() -> None:
    decision = order(WORKING, "/eta 明天 10:00 等备件")
    facts = letter(decision, K.ETA).facts
    assert (facts["moved"], facts["reason"], facts["missed"]) == (False, "等备件", False)
    assert after(decision).first_answer_at == NOW
    assert after(decision).promised == after(decision).eta == Eta(at=at("10-29 10:00"), said_at=NOW)


@pytest.mark.parametrize(("promised", "told"), [("10-28 11:30", True), ("10-28 12:00", False), ("10-28 15:00", False)])
def test_an_eta_later_than_what_he_was_promised_is_told_however_near(promised: str, told: bool) -> None:
    expecting = replace(WORKING, promised=Eta(at=at(promised), said_at=at("10-28 10:00")))
    decision = order(expecting, "/eta 12:00")
    assert outside(decision) == ([K.ETA] if told else [])
    assert after(decision).promised == (Eta(at=at("10-28 12:00"), said_at=NOW) if told else expecting.promised)


def test_an_eta_that_changes_is_told_however_near() -> None:
    decision = order(replace(WORKING, eta=Eta(at=at("10-28 11:00"), said_at=at("10-28 10:00"))), "/eta 12:00")
    assert letter(decision, K.ETA).facts["moved"] is True


def test_an_eta_that_is_said_again_has_not_moved() -> None:
    told = Eta(at=at("10-29 15:00"), said_at=at("10-28 10:00"))
    decision = order(replace(WORKING, eta=told, promised=Eta(at=at("10-28 11:00"), said_at=NOW)), "/eta 明天 15:00")
    assert letter(decision, K.ETA).facts["moved"] is False


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
        ("/等待供应商至周五", Waiting.VENDOR, at("10-30 09:00")),
        ("/等待到周五", Waiting.SCHEDULED, at("10-30 09:00")),
        ("/wait vendor until fri 15:00", Waiting.VENDOR, at("10-30 15:00")),
    ],
)
def test_a_ticket_waits_for_somebody_or_something(text: str, why: Waiting, until: Any) -> None:
    paused = after(order(WORKING, text))
    assert (paused.status, paused.waiting, paused.waiting_until) == (Status.WAITING, why, until)
    assert paused.pauses == (Pause(why=why, since=NOW),)


@pytest.mark.parametrize(
    ("text", "why", "reason"),
    [
        ("/wait vendor for the spare part", Waiting.VENDOR, "the spare part"),
        ("/wait user to send screenshots", Waiting.USER, "to send screenshots"),
        ("/等待 供应商寄备件", Waiting.VENDOR, "寄备件"),
        ("/等待 供应商到货", Waiting.VENDOR, "到货"),
        ("/等待用户反馈", Waiting.USER, "反馈"),
        ("/等待 审批，预算要批", Waiting.APPROVAL, "预算要批"),
        ("/等待 供应商 节点恢复", Waiting.VENDOR, "节点恢复"),
        ("/等待 供应商 天线", Waiting.VENDOR, "天线"),
        ("/等待 用户 月报", Waiting.USER, "月报"),
        ("/等待 供应商 几个补丁", Waiting.VENDOR, "几个补丁"),
        ("/wait vendor ticket 12345", Waiting.VENDOR, "ticket 12345"),
        ("/wait vendor 2 disks", Waiting.VENDOR, "2 disks"),
        ("/wait vendor KB5031", Waiting.VENDOR, "KB5031"),
        ("/wait vendor #4711", Waiting.VENDOR, "#4711"),
        ("/wait vendor firmware 10.2", Waiting.VENDOR, "firmware 10.2"),
        ("/wait vendor may need a new board", Waiting.VENDOR, "may need a new board"),
        ("/wait user test again", Waiting.USER, "test again"),
        ("/wait vendor because Sun Microsystems", Waiting.VENDOR, "Sun Microsystems"),
        ("/wait vendor since 3rd party reply", Waiting.VENDOR, "3rd party reply"),
        ("/等待 供应商 因为明天才有货", Waiting.VENDOR, "明天才有货"),
    ],
)
def test_what_somebody_is_waited_for_with_is_kept_and_repeated(text: str, why: Waiting, reason: str) -> None:
    decision = order(WORKING, text)
    assert (after(decision).waiting, after(decision).waiting_until) == (why, None)
    assert reason in said(decision)[0]
    assert reason in decision.progress[0].text


@pytest.mark.parametrize(
    "text",
    [
        *(
            "/wait user soon",
            "/wait vendor, promised callback Thu 3pm",
            "/wait user to come back on Monday",
            "/wait user a while",
        ),
        *("/等待 用户春节后反馈", "/等待 供应商 明天到货后", "/等待 用户 月初", "/wait users", "/wait user's answer in May"),
    ],
)
def test_a_reason_to_wait_that_speaks_of_time_is_asked(text: str) -> None:
    decision = order(WORKING, text)
    assert after(decision).waiting is None


@pytest.mark.parametrize(
    "reason", ["Sun Microsystems", "3rd party reply", "3号机", "promised callback Thu 3pm", "下个月再说", "call at 5"]
)
def test_a_reason_that_may_be_a_time_is_asked_with_a_way_to_write_it(reason: str) -> None:
    decision = order(WORKING, f"/wait vendor {reason}")
    assert after(decision).waiting is None
    assert f"“因为{reason}”" in said(decision)[0]
    assert after(order(WORKING, f"/wait vendor 因为{reason}")).waiting is Waiting.VENDOR


def test_a_reason_alone_is_nothing_to_wait_for() -> None:
    assert after(order(WORKING, "/wait because of the rain")).waiting is None


def test_a_dash_in_front_of_a_reason_is_none_of_it() -> None:
    assert said(order(WORKING, "/wait vendor - spare part")) == ["等待供应商（原因：spare part）"]


TOLD = Eta(at=at("10-28 18:00"), said_at=at("10-28 10:00"))


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "/等待 到 10-30 14:00 等新硬盘到货",
            {
                "why": "scheduled",
                "until": "2026-10-30T14:00:00+08:00",
                "by": "2026-11-02T03:00:00+00:00",
                "reason": "等新硬盘到货",
            },
        ),
        (
            "/wait approval until 10-29 09:00 the budget",
            {"why": "approval", "until": "2026-10-29T09:00:00+08:00", "by": "2026-10-29T08:30:00+00:00", "reason": "the budget"},
        ),
        ("/wait approval", {"why": "approval", "until": None, "by": None, "reason": ""}),
        ("/wait user", {"why": "user", "until": None, "by": None, "reason": ""}),
    ],
)
def test_what_stops_the_time_that_he_was_told_is_told_at_once(text: str, facts: dict[str, Any]) -> None:
    """Half an hour of work of the six and a half is over: six hours are left when it goes on."""
    decision = order(replace(WORKING, promised=TOLD, opened_at=at("10-28 10:00")), text)
    assert outside(decision) == [K.WAITING]
    assert letter(decision, K.WAITING).facts == {"engineer": "李明", "eta": False, **facts}
    assert said(decision)[0].endswith("，已告诉提交人")
    assert (decision.progress[0].public, after(decision).heard_at) == (True, NOW)


def test_the_time_told_with_the_waiting_is_the_promise_from_then_on() -> None:
    decision = order(replace(WORKING, eta=TOLD, promised=TOLD), "/wait until 10-30 14:00")
    waits = after(decision)
    assert waits.promised == waits.eta == Eta(at=at("11-02 11:00"), said_at=at("10-30 14:00"))
    assert letter(decision, K.WAITING).facts["eta"] is True
    assert [one for one in decision.settled if one.rule == "eta"] == []
    awake = standing(resumed(waits, at("10-30 14:00")), DESKTOP.policy, Rule.PROMISE)
    assert (awake.deadline, used(awake.runs, at("10-30 15:00"))) == (at("11-02 11:00"), HOUR)


def test_an_estimate_in_the_same_mail_is_the_time_told() -> None:
    decision = order(replace(WORKING, promised=TOLD), "/eta 10-30 17:00 等备件\n/wait until 10-30 14:00 明天到货")
    assert outside(decision) == [K.WAITING]
    facts = letter(decision, K.WAITING).facts
    assert (facts["by"], facts["eta"], facts["reason"]) == ("2026-10-30T17:00:00+08:00", True, "等备件\n\n明天到货")
    assert after(decision).promised == after(decision).eta == Eta(at=at("10-30 17:00"), said_at=at("10-30 14:00"))


def test_no_time_is_told_at_which_nobody_goes_on_by_himself() -> None:
    known = replace(DESKTOP, policy=ruled(scheduled=Scheduled(on=False)))
    decision = order(replace(WORKING, promised=TOLD), "/wait until 10-30 14:00", known=known)
    facts = letter(decision, K.WAITING).facts
    assert (facts["until"], facts["by"]) == (None, None)
    assert (after(decision).waiting_until, after(decision).promised) == (at("10-30 14:00"), TOLD)


@pytest.mark.parametrize("promised", ["10-28 10:10", "10-28 10:29"])
def test_a_time_that_is_over_is_not_told_anew_as_the_end_of_the_waiting(promised: str) -> None:
    """Nothing of it is left that could count from then on: he hears of a new one when it goes on."""
    late = replace(WORKING, promised=Eta(at=at(promised), said_at=at("10-28 10:00")), opened_at=at("10-28 10:00"))
    decision = order(late, "/wait until 10-30 14:00")
    assert letter(decision, K.WAITING).facts["by"] is None
    assert after(decision).promised == late.promised


@pytest.mark.parametrize("text", ["/wait vendor the part", "/等待 供应商 至周五"])
def test_what_stops_nothing_that_he_waits_for_is_not_told(text: str) -> None:
    decision = order(replace(WORKING, promised=TOLD), text)
    assert outside(decision) == []
    assert not decision.progress[0].public
    assert after(decision).promised == TOLD


def test_who_was_written_to_knows_that_we_wait_for_him() -> None:
    assert outside(order(replace(WORKING, heard_at=at("10-28 10:10")), "/wait user")) == []
    assert outside(order(WORKING, "请发一张截图。\n/wait user", public=True)) == [K.ANSWER]


def test_words_beside_the_waiting_go_out_with_it() -> None:
    decision = order(WORKING, "/wait until 10-30 14:00 等新硬盘到货\n您好，硬盘坏了。", public=True)
    assert outside(decision) == [K.WAITING]
    assert letter(decision, K.WAITING).facts["reason"] == "您好，硬盘坏了。\n\n等新硬盘到货"


def test_nobody_is_told_where_there_is_no_requester() -> None:
    assert outside(order(replace(WORKING, requester=NOBODY), "/wait until 10-30 14:00")) == []


def test_waiting_for_something_else_ends_the_pause_before() -> None:
    paused = after(order(waiting(Waiting.USER, "10-28 10:10"), "/wait vendor"))
    assert [(pause.why, pause.until) for pause in paused.pauses] == [(Waiting.USER, NOW), (Waiting.VENDOR, None)]


def test_a_closed_ticket_waits_for_nothing() -> None:
    decision = order(CLOSED, "/wait user")
    assert said(decision) == ["工单现在是“已关闭”，不能这样做"]
    assert unchanged(decision, CLOSED)


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("周五下班前", "预计 10-30 周五 18:00 前解决"),
        ("next Monday", "预计 11-02 周一 18:00 前解决"),
        ("1月5日 9:00", "预计 2027-01-05 周二 09:00 前解决"),
    ],
)
def test_what_was_understood_of_natural_words_is_repeated(text: str, understood: str) -> None:
    assert said(order(WORKING, f"/eta {text}"))[0].startswith(understood)


def test_a_promise_that_may_mean_two_days_is_asked_with_both() -> None:
    decision = order(WORKING, "/eta next Friday")
    assert said(decision) == ["是这周还是下周？请写 2026-10-30 或 2026-11-06"]
    assert after(decision).eta is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/eta 周六", "预计 10-31 周六 24:00 前解决（那天不上班）"),
        ("/eta 周一", "预计 11-02 周一 18:00 前解决"),
        ("/wait until 周六", "等待 到 10-31 周六 00:00（那天不上班）"),
        ("/wait vendor 周五之后", "等待供应商 到 11-02 周一 09:00"),
    ],
)
def test_a_day_on_which_nobody_works_is_repeated_as_such(text: str, told: str) -> None:
    assert said(order(WORKING, text))[0].startswith(told)


def test_an_hour_that_comes_twice_is_repeated_with_its_offset() -> None:
    berlin = replace(LI, timezone="Europe/Berlin", language="en")
    known = replace(DESKTOP, people=People((berlin,)))
    decision = order(WORKING, "/eta 2027-10-31 02:30 UTC+01:00", by=berlin, known=known)
    assert said(decision)[0].startswith("due to be solved by 2027-10-31 Sun 02:30 UTC+01:00")


@pytest.mark.parametrize(
    ("text", "language", "asked"),
    [
        ("/eta 10.30", "zh", "是日期还是钟点？请写 2026-10-30 或 2026-10-29 10:30"),
        ("/eta 10.30", "en", "a day or an hour? write 2026-10-30 or 2026-10-29 10:30"),
        ("/eta 明天下午前", "zh", "是这段时间开始前，还是结束前？请写 2026-10-29 12:00 或 2026-10-29 18:00"),
        ("/eta 明天下午前", "en", "before it begins or before it ends? write 2026-10-29 12:00 or 2026-10-29 18:00"),
        ("/eta 明天夜里", "zh", "这个时间只看懂了一部分；写成 2026-10-29 18:00 这样，后面要写原因的，用逗号隔开"),
        (
            "/eta Friday after lunch",
            "en",
            "only a part of that time is clear; write it like 2026-10-30 18:00, and put a comma before a reason",
        ),
    ],
)
def test_a_promise_that_is_understood_by_half_is_asked_in_his_language(text: str, language: str, asked: str) -> None:
    him = replace(LI, language=language)
    decision = order(WORKING, text, by=him, known=replace(DESKTOP, people=People((him,))))
    assert said(decision) == [asked]
    assert unchanged(decision, WORKING)


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("/eta 明天 10:00，等备件", "zh", "预计 10-29 周四 10:00 前解决（原因：等备件），已告诉提交人"),
        (
            "/eta 10-29 10:00 waiting for parts",
            "en",
            "due to be solved by 10-29 Thu 10:00 (reason: waiting for parts); the requester was told",
        ),
        (
            "/eta 12:00 重启",
            "zh",
            "预计 10-28 周三 12:00 前解决（原因：重启），没有告诉提交人（不晚于他预期的 10-28 周三 15:30）",
        ),
        (
            "/eta 12:00 reboot",
            "en",
            "due to be solved by 10-28 Wed 12:00 (reason: reboot); no later than he expects (10-28 Wed 15:30), "
            "so the requester was not told",
        ),
        ("/take 16:30 等备件", "zh", "预计 10-28 周三 16:30 前解决（原因：等备件），已告诉提交人"),
        ("/take 16:30 parts", "en", "due to be solved by 10-28 Wed 16:30 (reason: parts); the requester was told"),
    ],
)
def test_what_was_taken_as_the_reason_is_repeated(text: str, language: str, told: str) -> None:
    him = replace(LI, language=language)
    decision = order(WORKING, text, by=him, known=replace(DESKTOP, people=People((him,))))
    assert said(decision) == [told]


def test_a_reason_behind_the_time_of_a_take_is_sent_and_kept() -> None:
    decision = order(WORKING, "/take 16:30 等备件")
    assert letter(decision, K.TAKEN).facts["reason"] == "等备件"
    assert decision.progress[0].text.endswith("：等备件")


@pytest.mark.parametrize(
    ("text", "language", "idle"),
    [
        ("周六", "zh", "（那天不上班）"),
        ("周六", "en", " (nobody works that day)"),
        ("周末", "zh", "（那段时间不上班）"),
        ("周五晚", "zh", "（那段时间不上班）"),
        ("Friday night", "en", " (nobody works then)"),
        ("明天中午", "zh", "（那段时间不上班）"),
    ],
)
def test_hours_in_which_nobody_works_are_no_day_on_which_nobody_does(text: str, language: str, idle: str) -> None:
    him = replace(LI, language=language)
    decision = order(WORKING, f"/eta {text}", by=him, known=replace(DESKTOP, people=People((him,))))
    assert idle in said(decision)[0]


@pytest.mark.parametrize(("before", "earlier"), [("10-29 10:00", True), ("10-28 12:00", False)])
def test_a_letter_of_a_new_time_knows_whether_it_is_an_earlier_one(before: str, earlier: bool) -> None:
    expecting = Eta(at=at(before), said_at=at("10-28 10:00"))
    decision = order(replace(WORKING, eta=expecting, promised=expecting), "/eta 17:00")
    assert letter(decision, K.ETA).facts["earlier"] is earlier


@pytest.mark.parametrize(("text", "day"), [("周六", "10-31"), ("24:00", "10-28"), ("周六 24:00", "10-31")])
def test_the_end_of_a_day_is_its_midnight_in_the_transcript_and_in_the_record(text: str, day: str) -> None:
    decision = order(WORKING, f"/eta {text}")
    assert said(decision)[0].startswith(f"预计 {day} ")
    assert " 24:00 前解决" in said(decision)[0]
    assert decision.progress[0].text == f"预计 {day} 24:00 前解决"


@pytest.mark.parametrize("estimate", ["/eta 10-30 17:00 等备件", "/take 10-30 17:00 等备件"])
def test_a_time_told_beside_the_waiting_is_told_once_whichever_stands_first(estimate: str) -> None:
    decision = order(replace(WORKING, promised=TOLD), f"{estimate}\n/wait until 10-30 14:00")
    assert outside(decision) == [K.WAITING]
    facts = letter(decision, K.WAITING).facts
    assert (facts["by"], facts["eta"], facts["reason"]) == ("2026-10-30T17:00:00+08:00", True, "等备件")


def test_a_time_named_behind_the_waiting_is_the_one_told_and_kept() -> None:
    decision = order(replace(WORKING, promised=TOLD), "/wait until 10-30 14:00 明天到货\n/eta 10-30 17:00 等备件")
    assert outside(decision) == [K.WAITING]
    facts = letter(decision, K.WAITING).facts
    assert (facts["by"], facts["eta"], facts["reason"]) == ("2026-10-30T17:00:00+08:00", True, "等备件\n\n明天到货")
    assert after(decision).promised == after(decision).eta == Eta(at=at("10-30 17:00"), said_at=at("10-30 14:00"))


def test_a_time_named_while_it_waits_until_a_date_reckons_with_that() -> None:
    """It was told in the knowledge that nobody works on it until then, and the waiting does not move it."""
    waits = after(order(replace(WORKING, promised=TOLD), "/wait until 10-30 14:00"))
    estimated = after(order(waits, "/eta 10-30 17:00"))
    awake = resumed(estimated, at("10-30 14:00"))
    assert standing(awake, DESKTOP.policy, Rule.PROMISE).deadline == at("10-30 17:00")
    assert standing(awake, DESKTOP.policy, Rule.ETA).deadline == at("10-30 17:00")


STANDS = ["/wait until 10-30 14:00", "/等待 审批 到 10-30 14:00", "/wait user until 10-30 14:00"]


@pytest.mark.parametrize("wait", STANDS)
@pytest.mark.parametrize("early", ["10-29 18:00", "10-30 14:00"])
@pytest.mark.parametrize("apart", [False, True])
def test_a_time_before_the_end_of_the_waiting_is_asked(wait: str, early: str, apart: bool) -> None:
    """Nobody works on it until then: whoever means it takes it up first, or waits for a shorter time."""
    promised = replace(WORKING, promised=TOLD)
    before = after(order(promised, wait)) if apart else promised
    decision = order(before, f"/eta {early}" if apart else f"{wait}\n/eta {early}")
    assert said(decision)[-1] == (
        "工单要等到 10-30 周五 14:00，在那之前没有人处理；请写更晚的时间，"
        "或者先写一行 /接单，再写这一条，或者用 /等待 改成更早的日期"
    )
    assert unchanged(decision, replace(before, wake_at=None, due_at=None))
    assert outside(decision) == []


def test_a_time_before_the_end_of_the_waiting_is_asked_in_english() -> None:
    him = replace(LI, language="en")
    decision = order(WORKING, "/wait until 10-30 14:00\n/eta 10-29 18:00", by=him, known=replace(DESKTOP, people=People((him,))))
    assert said(decision)[-1] == (
        "the ticket waits until 10-30 Fri 14:00, and nobody works on it before that: name a later time, or write /take on a line "
        "before this one, or name an earlier date with /wait"
    )


@pytest.mark.parametrize(
    "remedy", ["/eta 10-30 17:00", "/take\n/eta 10-29 18:00", "/接单 10-29 18:00", "/wait until 10-29 14:00\n/eta 10-29 18:00"]
)
def test_each_way_out_of_a_time_before_the_end_of_the_waiting_is_obeyed(remedy: str) -> None:
    waits = after(order(replace(WORKING, promised=TOLD), "/wait until 10-30 14:00"))
    estimated = after(order(waits, remedy))
    assert estimated.eta == estimated.promised != waits.promised


def test_a_vendor_until_a_date_stops_no_estimate() -> None:
    estimated = after(order(WORKING, "/wait vendor until 10-30 14:00\n/eta 10-29 18:00"))
    assert estimated.promised == Eta(at=at("10-29 18:00"), said_at=NOW)


@pytest.mark.parametrize("before", ["", "/take 16:30\n"])
def test_who_takes_it_up_until_a_time_does_not_wait(before: str) -> None:
    decision = order(replace(WORKING, promised=TOLD), f"{before}/wait until 10-30 14:00\n/take 10-30 17:00")
    assert outside(decision) == [K.TAKEN]
    assert letter(decision, K.TAKEN).facts["until"] == "2026-10-30T17:00:00+08:00"


@pytest.mark.parametrize("before", ["/take 17:00", "/eta 10-30 17:00", "/wait until 10-30 14:00", "/wait approval"])
@pytest.mark.parametrize(("end", "told"), [("/resolve 换了硬盘", K.RESOLVED), ("/observe 1d 换了硬盘", K.OBSERVING)])
def test_who_hears_that_the_work_is_done_hears_no_time_for_it(before: str, end: str, told: LetterKind) -> None:
    assert outside(order(replace(WORKING, promised=TOLD), f"{before}\n{end}")) == [told]


@pytest.mark.parametrize("far", ["2036-10-29", "9000-01-01", "9999-06-01 12:00", "9999-12-31 23:59"])
@pytest.mark.parametrize("text", ["/eta", "/take", "/wait until", "/wait user until", "/observe", "/away until", "/away"])
def test_a_time_that_is_too_far_away_is_refused_by_every_order(text: str, far: str) -> None:
    decision = order(WORKING, f"{text} {far}")
    assert unchanged(decision, WORKING)
    assert decision.absences == {}
    assert "太远" in said(decision)[0]
