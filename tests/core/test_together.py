"""Several orders in one mail that speak of time: what the requester is told, what the desk keeps and what the transcript says."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from maildesk.core.letter import LetterKind
from maildesk.core.people import People
from maildesk.core.ticket import NOBODY, Eta, Pause, Status, Ticket, Waiting
from tests.core.clockwork import LI, at
from tests.core.correspondence import DESKTOP, NOW, USER, after, letter, obeyed, order, outside, said
from tests.core.ordering import WORKING, unchanged

K = LetterKind
TOLD = Eta(at=at("10-28 18:00"), said_at=at("10-28 10:00"))
OVER = Eta(at=at("10-28 10:10"), said_at=at("10-28 10:00"))


@pytest.mark.parametrize(
    ("text", "kind", "fact", "told"),
    [
        ("/eta 明天下午 等备件\n/take 17:00", K.TAKEN, "until", "10-28 17:00"),
        ("/eta 明天下午 等备件\n/接单 17:00\n您好。", K.TAKEN, "until", "10-28 17:00"),
        ("/take 11:00\n/eta 明天下午", K.ETA, "at", "10-29 18:00"),
        ("/take 16:30\n/eta 12:00", K.ETA, "at", "10-28 12:00"),
        ("/eta 16:00\n/eta 明天 10:00", K.ETA, "at", "10-29 10:00"),
        ("/eta 明天 10:00\n/eta 16:00", K.ETA, "at", "10-28 16:00"),
        ("/eta 明天 10:00\n/eta 12:00", K.ETA, "at", "10-28 12:00"),
        ("/take 17:00\n/take 11:00", K.TAKEN, "until", "10-28 11:00"),
    ],
)
def test_of_several_times_the_last_is_the_one_told_and_kept(text: str, kind: LetterKind, fact: str, told: str) -> None:
    """He knows of none, so none has moved."""
    decision = order(WORKING, text)
    facts = letter(decision, kind).facts
    assert outside(decision) == [kind]
    assert datetime.fromisoformat(facts[fact]) == at(told)
    assert (facts.get("moved", False), facts.get("earlier", False), facts["reason"]) == (False, False, "")
    assert after(decision).promised == after(decision).eta == Eta(at=at(told), said_at=NOW)


@pytest.mark.parametrize(("text", "moved", "earlier"), [("/eta 16:00", True, True), ("/eta 18:00", False, False)])
def test_a_time_has_moved_that_is_another_than_he_knew_before_the_mail(text: str, moved: bool, earlier: bool) -> None:
    decision = order(replace(WORKING, eta=TOLD, promised=TOLD), f"/eta 明天 10:00\n{text}")
    facts = letter(decision, K.ETA).facts
    assert (facts["moved"], facts["earlier"]) == (moved, earlier)


@pytest.mark.parametrize("heard", [None, at("10-28 10:10")])
@pytest.mark.parametrize(
    "last", ["/wait vendor 备件", "/wait user", "/wait approval", "/wait until 10-29 14:00", "/take", "/ask 哪台？"]
)
def test_the_last_waiting_alone_is_told_and_kept(last: str, heard: Any) -> None:
    before = replace(WORKING, eta=TOLD, promised=TOLD, heard_at=heard)
    both, alone = order(before, f"/wait until 10-30 14:00 等货\n{last}"), order(before, last)
    assert after(both) == after(alone)
    assert [one.facts for one in both.letters if one.kind is not K.TRANSCRIPT] == [
        one.facts for one in alone.letters if one.kind is not K.TRANSCRIPT
    ]


def test_what_a_later_line_unsays_stands_inside_alone() -> None:
    decision = order(WORKING, "/wait until 10-30 14:00 等货\n/wait user 截图")
    assert [("等货" in line.text, line.public) for line in decision.progress] == [(True, False), (False, True)]


@pytest.mark.parametrize("end", ["/resolve 换了硬盘", "/observe 1d 换了硬盘", "/close 不用了"])
def test_a_time_that_nobody_was_told_is_not_kept_behind_the_end_of_the_work(end: str) -> None:
    decision = order(WORKING, f"/eta 明天 10:00\n{end}")
    assert (after(decision).eta, after(decision).promised) == (None, None)


@pytest.mark.parametrize("waits", ["/wait user until 10-30 14:00", "/wait user"])
def test_who_hears_a_time_only_now_hears_of_the_waiting_too(waits: str) -> None:
    decision = order(replace(WORKING, heard_at=at("10-28 10:10")), f"/eta 10-29 10:00\n{waits}")
    assert K.WAITING in outside(decision)


@pytest.mark.parametrize(
    "text", ["/take", "/take 17:00", "/eta 10-29 10:00", "/wait until 10-30 14:00", "/wait user", "/ask 好了吗？"]
)
def test_who_calls_the_work_done_does_not_go_on_with_it_in_the_same_mail(text: str) -> None:
    decision = order(WORKING, f"/observe 1d 换了硬盘\n/note 查过\n{text}")
    assert said(decision) == ["", "", "工单现在是“观察中”，不能这样做"]
    assert unchanged(decision, WORKING)
    assert outside(decision) == []


@pytest.mark.parametrize("text", ["/take 17:00", "/eta 10-29 10:00", "/wait until 10-30 14:00"])
def test_a_mail_of_its_own_goes_on_with_what_was_called_done(text: str) -> None:
    observed = after(order(WORKING, "/observe 1d 换了硬盘"))
    assert obeyed(order(observed, text))
    assert obeyed(order(observed, f"{text}\n/observe 2d 又换了一块"))


@pytest.mark.parametrize("wait", ["/wait approval 预算", "/wait user 预算"])
@pytest.mark.parametrize("time", ["/eta 17:00 换主板", "/take 17:00 换主板"])
def test_who_waits_without_a_date_reads_the_time_in_the_same_letter(time: str, wait: str) -> None:
    decision = order(replace(WORKING, promised=TOLD), f"{time}\n{wait}")
    facts = letter(decision, K.WAITING).facts
    assert outside(decision) == [K.WAITING]
    assert (facts["until"], facts["by"], facts["eta"]) == (None, "2026-10-28T17:00:00+08:00", True)
    assert facts["reason"] == "换主板\n\n预算"
    assert after(decision).promised == after(decision).eta == Eta(at=at("10-28 17:00"), said_at=NOW)
    assert all("已告诉提交人" in words for words in said(decision))


def test_the_time_may_stand_behind_a_waiting_without_a_date() -> None:
    decision = order(WORKING, "/wait approval\n/eta 17:00")
    assert outside(decision) == [K.WAITING]
    assert letter(decision, K.WAITING).facts["by"] == "2026-10-28T17:00:00+08:00"
    assert said(decision) == [
        "等待审批，之后预计 10-28 周三 17:00 前解决，已告诉提交人",
        "预计 10-28 周三 17:00 前解决，已告诉提交人",
    ]


def test_a_time_stands_beside_a_date_where_nothing_was_promised_before_that_could_move() -> None:
    decision = order(replace(WORKING, promised=OVER), "/wait until 10-30 14:00\n/eta 10-30 17:00")
    assert outside(decision) == [K.WAITING]
    assert letter(decision, K.WAITING).facts["by"] == "2026-10-30T17:00:00+08:00"


@pytest.mark.parametrize("time", ["", "/eta 11-02 17:00\n", "/eta 10-29 10:00\n", "/take 17:00\n"])
@pytest.mark.parametrize("heard", [None, at("10-28 10:10")])
def test_who_is_asked_is_waited_for_until_the_date_whichever_stands_first(heard: Any, time: str) -> None:
    before = replace(WORKING, eta=TOLD, promised=TOLD, heard_at=heard)
    wait, ask = "/wait user until 10-30 14:00 截图", "/ask 哪台？"
    first, last = order(before, f"{time}{wait}\n{ask}"), order(before, f"{time}{ask}\n{wait}")
    assert (after(first).waiting, after(first).waiting_until) == (Waiting.USER, at("10-30 14:00"))
    assert after(first) == after(last)
    assert sorted(outside(first)) == sorted(outside(last))
    assert said(first) == [*said(last)[:-2], said(last)[-1], said(last)[-2]]


@pytest.mark.parametrize(("now", "until"), [("10-30 13:59", at("10-30 14:00")), ("10-30 14:00", None)])
def test_a_question_more_leaves_the_date_until_which_he_is_waited_for(now: str, until: datetime | None) -> None:
    waits = after(order(WORKING, "/wait user until 10-30 14:00"))
    assert after(order(waits, "/ask 哪台？", now=at(now))).waiting_until == until


@pytest.mark.parametrize("text", ["/wait until 10-30 14:00", "/wait vendor until 10-30 14:00", "/wait user"])
def test_a_question_leaves_no_date_of_another_waiting(text: str) -> None:
    asked = after(order(WORKING, f"{text}\n/ask 哪台？"))
    assert (asked.waiting, asked.waiting_until) == (Waiting.USER, None)


def test_a_time_before_the_date_is_asked_also_where_he_is_asked() -> None:
    decision = order(WORKING, "/wait user until 10-30 14:00\n/eta 10-29 18:00\n/ask 哪台？")
    assert unchanged(decision, WORKING)
    assert said(decision)[1].startswith("工单要等到 10-30 周五 14:00")


WAITS_LESS = after(order(replace(WORKING, promised=TOLD, eta=TOLD), "/wait until 10-29 10:00"))


@pytest.mark.parametrize(
    "before",
    [
        WORKING,
        WAITS_LESS,
        after(order(WAITS_LESS, "/eta 10-30 10:00")),
        after(order(WORKING, "/wait until 10-30 14:00")),
        after(order(WORKING, "/wait user until 10-30 14:00")),
    ],
)
@pytest.mark.parametrize("estimate", ["/eta", "/take"])
def test_a_time_behind_a_new_date_stands_whatever_the_ticket_waited_for_before(estimate: str, before: Ticket) -> None:
    decision = order(before, f"{estimate} 11-02 17:00\n/wait until 11-02 10:00")
    assert outside(decision) == [K.WAITING]
    assert letter(decision, K.WAITING).facts["by"] == "2026-11-02T17:00:00+08:00"
    assert after(decision).promised == after(decision).eta == Eta(at=at("11-02 17:00"), said_at=at("11-02 10:00"))


@pytest.mark.parametrize("wait", ["/wait until 10-30 14:00", "/wait user until 10-30 14:00", "/wait approval until 10-30 14:00"])
@pytest.mark.parametrize(
    "last",
    [
        *(
            "/wait vendor",
            "/wait vendor until 10-30 14:00",
            "/wait until 10-29 14:00",
            "/wait user",
            "/wait user until 10-29 14:00",
        ),
        *("/wait approval", "/take", "/wait until 10-30 16:00"),
    ],
)
def test_a_time_need_not_fit_a_waiting_to_which_the_same_mail_puts_an_end(last: str, wait: str) -> None:
    """What is told and kept is what would be of a ticket that had not waited."""
    promised = replace(WORKING, promised=TOLD, eta=TOLD, heard_at=at("10-28 10:10"))
    waits, text = after(order(promised, wait)), f"/eta 10-29 18:00\n{last}"
    decision, plain = order(waits, text), order(promised, text)
    assert obeyed(decision)
    assert (after(decision).waiting, after(decision).waiting_until) == (after(plain).waiting, after(plain).waiting_until)
    assert after(decision).promised == after(decision).eta == after(plain).promised


@pytest.mark.parametrize("last", ["/note 查过", "/priority P2 全楼", "/wait until 10-30 14:00\n/eta 10-29 10:00"])
def test_a_time_before_the_end_of_a_waiting_that_stays_is_asked(last: str) -> None:
    waits = after(order(WORKING, "/wait until 10-30 14:00"))
    assert not obeyed(order(waits, f"/eta 10-29 18:00\n{last}"))


TAKES = ["/take", "/take 11:00", "/take 17:00", "/take 11-02 17:00"]
ESTIMATES = ["/eta 12:00", "/eta 17:00", "/eta 10-29 18:00", "/eta 10-30 17:00", "/eta 11-02 17:00"]
WAITS = [
    *("/wait user", "/wait user until 10-30 14:00", "/wait vendor", "/wait vendor until 10-30 14:00", "/wait approval"),
    *("/wait approval until 10-29 14:00", "/wait until 10-30 14:00", "/wait until 10-29 14:00", "/wait until 11-02 10:00"),
]
ENDS = ["/ask 哪台？", "/observe 1d 换了", "/resolve 换了", "/close 不用了"]
STANDS = {
    "told nothing": WORKING,
    "told a time": replace(WORKING, promised=TOLD, heard_at=at("10-28 10:10")),
    "told the estimate": replace(WORKING, promised=TOLD, eta=TOLD, heard_at=at("10-28 10:10")),
    "estimated": replace(WORKING, eta=TOLD),
    "waiting": after(order(replace(WORKING, promised=TOLD, eta=TOLD), "/wait until 10-30 14:00")),
    "observed": after(order(WORKING, "/observe 1d")),
    "told a time that is over": replace(WORKING, promised=OVER, eta=OVER),
    "waiting for less": WAITS_LESS,
    "waiting for less, and estimated": after(order(WAITS_LESS, "/eta 10-30 10:00")),
    "waiting for the user until a date": after(order(replace(WORKING, promised=TOLD, eta=TOLD), "/wait user until 10-29 10:00")),
    "waiting for a vendor": after(order(replace(WORKING, promised=TOLD), "/wait vendor")),
}
ORDERS = TAKES + ESTIMATES + WAITS + ENDS
TIME_OF = {K.TAKEN: "until", K.ETA: "at", K.WAITING: "by"}


@pytest.mark.parametrize("answer", ["", "\n\n您好。"])
@pytest.mark.parametrize("before", STANDS.values(), ids=STANDS)
@pytest.mark.parametrize("first", ORDERS)
def test_one_letter_at_most_names_a_time_and_it_is_the_one_kept(first: str, before: Ticket, answer: str) -> None:
    for second in ("", *ORDERS):
        decision = order(before, f"{first}\n{second}{answer}", public=bool(answer))
        kept, facts = after(decision), [(one.kind, one.facts) for one in decision.letters if one.to == USER]
        named = [one[TIME_OF[kind]] for kind, one in facts if kind in TIME_OF and one[TIME_OF[kind]]]
        waited = [one["until"] for kind, one in facts if kind is K.WAITING]
        assert len(named) <= 1, second
        assert len({kind for kind, _ in facts} & TIME_OF.keys()) <= 1, second
        if not obeyed(decision):
            assert (facts, unchanged(decision, replace(before, wake_at=None, due_at=None))) == ([], True), second
            continue
        if named:
            assert kept.promised == kept.eta or kept.eta == before.eta, second
            assert kept.promised is not None, second
            assert datetime.fromisoformat(named[0]) == kept.promised.at, second
        else:
            assert kept.promised == before.promised, second
        for until in waited:
            assert (kept.status, until and datetime.fromisoformat(until)) == (Status.WAITING, kept.waiting_until), second
        told = ["已告诉提交人" in words for words in said(decision)]
        assert any(told) == bool({kind for kind, _ in facts} & {*TIME_OF, K.OBSERVING}), second


@pytest.mark.parametrize("apart", [False, True])
def test_a_date_moves_an_estimate_that_he_was_not_told_and_tells_it(apart: bool) -> None:
    """An hour of work is left of it: half past eleven of a day long over would stand in the next letter about its state."""
    promised = replace(WORKING, promised=TOLD)
    before = after(order(promised, "/eta 11:30")) if apart else promised
    decision = order(before, "/wait until 10-30 14:00" if apart else "/eta 11:30\n/wait until 10-30 14:00")
    assert (letter(decision, K.WAITING).facts["by"], letter(decision, K.WAITING).facts["eta"]) == (
        "2026-10-30T07:00:00+00:00",
        True,
    )
    assert after(decision).promised == after(decision).eta == Eta(at=at("10-30 15:00"), said_at=at("10-30 14:00"))


def test_what_is_estimated_while_it_is_watched_is_moved_by_a_date_too() -> None:
    observed = after(order(WORKING, "/observe 1d"))
    decision = order(observed, "/eta 10-29 10:00\n/wait until 10-30 14:00")
    assert letter(decision, K.WAITING).facts["by"] == "2026-11-02T04:00:00+00:00"
    assert after(decision).promised == after(decision).eta == Eta(at=at("11-02 12:00"), said_at=at("10-30 14:00"))


DATED = after(order(replace(WORKING, promised=TOLD, heard_at=NOW), "/wait until 10-30 14:00"))


@pytest.mark.parametrize(
    ("text", "by"), [("/wait vendor 备件", "2026-11-02T11:00:00+08:00"), ("/wait user", None), ("/wait approval", None)]
)
def test_who_was_told_a_date_hears_that_it_holds_no_more(text: str, by: str | None) -> None:
    """What waiting for a vendor does not stop stays as it was told."""
    decision = order(DATED, text)
    facts = letter(decision, K.WAITING).facts
    assert outside(decision) == [K.WAITING]
    assert (facts["until"], facts["by"] and datetime.fromisoformat(facts["by"])) == (None, by and datetime.fromisoformat(by))
    assert (after(decision).waiting_until, after(decision).promised) == (None, DATED.promised)


# -- the transcript ------------------------------------------------------------------------------------------------------

FRIDAY = "等待 到 10-30 周五 14:00"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "/eta 10-29 10:00\n/wait until 10-30 14:00",
            ["预计 10-29 周四 10:00 前解决，以后面的指令为准", f"{FRIDAY}，之后预计 11-02 周一 12:00 前解决，已告诉提交人"],
        ),
        (
            "/eta 10-30 17:00\n/wait until 10-30 14:00 等货",
            [
                "预计 10-30 周五 17:00 前解决，已告诉提交人",
                f"{FRIDAY}（原因：等货），之后预计 10-30 周五 17:00 前解决，已告诉提交人",
            ],
        ),
        (
            "/wait until 10-30 14:00\n/take 17:00",
            [f"{FRIDAY}，以后面的指令为准", "预计 10-28 周三 17:00 前解决，已告诉提交人"],
        ),
        (
            "/take 17:00\n/eta 10-29 10:00",
            ["预计 10-28 周三 17:00 前解决，以后面的指令为准", "预计 10-29 周四 10:00 前解决，已告诉提交人"],
        ),
        (
            "/wait until 10-30 14:00\n/wait vendor 备件",
            [f"{FRIDAY}，以后面的指令为准", "等待供应商（原因：备件）"],
        ),
        (
            "/eta 10-29 10:00\n/observe 1d 换了硬盘",
            ["预计 10-29 周四 10:00 前解决，以后面的指令为准", "已处理，观察到 10-29 周四 10:30，已告诉提交人"],
        ),
        (
            "/observe 1d 换了硬盘\n/resolve 换了硬盘",
            ["已处理，观察到 10-29 周四 10:30，以后面的指令为准", "已解决，请提交人确认"],
        ),
        ("/resolve 换了硬盘\n/close", ["已解决，请提交人确认，以后面的指令为准", "已关闭"]),
        ("/eta 12:00\n/take", ["预计 10-28 周三 12:00 前解决，没有告诉提交人（不晚于他预期的 10-28 周三 15:30）", "已照办"]),
    ],
)
def test_only_of_what_he_is_really_told_it_says_so(text: str, lines: list[str]) -> None:
    assert said(order(WORKING, text)) == lines


def test_it_says_in_english_what_the_waiting_makes_of_the_time() -> None:
    him = replace(LI, language="en")
    decision = order(
        WORKING,
        "/eta 10-29 10:00\n/wait until 10-30 14:00 parts",
        by=him,
        known=replace(DESKTOP, people=People((him,))),
    )
    assert said(decision) == [
        "due to be solved by 10-29 Thu 10:00; a later line stands instead",
        "waiting until 10-30 Fri 14:00 (reason: parts); due to be solved by 11-02 Mon 12:00 then; the requester was told",
    ]


@pytest.mark.parametrize(
    ("eta", "words"), [(TOLD, "，之后预计 11-02 周一 11:00 前解决"), (None, "，11-02 周一 11:00 前要再给他消息")]
)
def test_a_waiting_that_moves_what_was_told_before_names_the_new_time(eta: Eta | None, words: str) -> None:
    decision = order(replace(WORKING, eta=eta, promised=TOLD), "/wait until 10-30 14:00")
    assert said(decision) == [f"{FRIDAY}{words}，已告诉提交人"]
    assert letter(decision, K.WAITING).facts["by"] == "2026-11-02T03:00:00+00:00"


@pytest.mark.parametrize("text", ["/take 17:00", "/eta 10-29 10:00", "/wait until 10-30 14:00", "/observe 1d"])
def test_nobody_was_told_where_there_is_no_requester(text: str) -> None:
    assert "提交人" not in said(order(replace(WORKING, requester=NOBODY), text))[0]


@pytest.mark.parametrize("later", ["/eta 17:00", "/take 17:00", "/observe 1d 换了硬盘", "/resolve 换了硬盘"])
def test_the_reason_of_a_take_whose_time_is_unsaid_is_kept_inside(later: str) -> None:
    decision = order(WORKING, f"/take 16:30 查日志\n{later}")
    assert [line.public for line in decision.progress if "查日志" in line.text] == [False]


@pytest.mark.parametrize("later", ["/resolve 换了硬盘", "/take 17:00"])
def test_a_time_that_a_later_line_unsays_needs_not_fit_the_waiting(later: str) -> None:
    waits = after(order(WORKING, "/wait until 10-30 14:00"))
    assert obeyed(order(waits, f"/eta 17:00 备件\n{later}"))


def test_a_date_of_a_waiting_that_a_question_takes_back_moves_no_estimate() -> None:
    """He is waited for until Friday; the date named beside the question is none, so the estimate before Friday is asked back."""
    waits = replace(
        WORKING,
        status=Status.WAITING,
        waiting=Waiting.USER,
        waiting_until=at("10-30 14:00"),
        heard_at=at("10-28 10:10"),
        pauses=(Pause(why=Waiting.USER, since=at("10-28 10:10")),),
    )
    decision = order(waits, "/eta 10-29 10:00\n/wait until 11-02 10:00\n/ask 哪台？")
    assert unchanged(decision, waits)
    assert outside(decision) == []


@pytest.mark.parametrize("whom", ["supplıer", "suppl\u0130er"])
def test_letters_that_only_look_like_those_of_a_word_are_not_taken_for_it(whom: str) -> None:
    decision = order(WORKING, f"/wait {whom} x")
    assert unchanged(decision, WORKING)
