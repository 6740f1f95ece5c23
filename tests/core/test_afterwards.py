"""When the work is done: it is watched whether it holds, and what was learned is archived."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from maildesk.core.event import Answered, Wrote
from maildesk.core.letter import LetterKind
from maildesk.core.rules import ArchiveDuty, Observing
from maildesk.core.ticket import NOBODY, Archive, Feedback, Mark, Pause, Priority, Status, Ticket, Waiting
from tests.core.clockwork import LI, at, ruled, ticket
from tests.core.correspondence import (
    DESKTOP,
    NOW,
    USER,
    after,
    decided,
    letter,
    lines,
    mail,
    order,
    outside,
    said,
    written,
)
from tests.core.ordering import CLOSED, RESOLVED, WORKING

K = LetterKind
OBSERVED = replace(
    WORKING,
    status=Status.OBSERVING,
    waiting_until=at("10-29 10:00"),
    pauses=(Pause(why=Waiting.OBSERVING, since=at("10-28 10:00")),),
)
OWING = replace(CLOSED, archive=Archive.PENDING)


# -- observing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "until", "solution"),
    [
        ("/观察", "10-29 10:30", ""),
        ("/观察 2d", "10-30 10:30", ""),
        ("/观察 2d 扩了连接池", "10-30 10:30", "扩了连接池"),
        ("/观察 扩了连接池", "10-29 10:30", "扩了连接池"),
        ("/观察到周五下班前", "10-30 18:00", ""),
        ("/observe", "10-29 10:30", ""),
        ("/observe until Fri 16:00 pool enlarged", "10-30 16:00", "pool enlarged"),
        ("/observe 90m", "10-28 12:00", ""),
    ],
)
def test_it_is_watched_until_the_time_named_or_for_a_working_day(text: str, until: str, solution: str) -> None:
    decision = order(WORKING, text)
    watched = after(decision)
    assert (watched.status, watched.waiting, watched.waiting_until) == (Status.OBSERVING, None, at(until))
    assert watched.solution == solution
    assert watched.pauses == (Pause(why=Waiting.OBSERVING, since=NOW),)
    facts = letter(decision, K.OBSERVING).facts
    assert (facts["engineer"], facts["solution"]) == ("李明", solution)
    assert datetime.fromisoformat(facts["until"]) == at(until)


def test_the_policy_says_how_long_when_nobody_does() -> None:
    known = replace(DESKTOP, policy=ruled(observing=Observing(days=3)))
    assert after(order(WORKING, "/观察", known=known)).waiting_until == at("11-02 10:30")


def test_to_say_that_it_is_watched_is_a_word_to_the_requester() -> None:
    decision = order(WORKING, "/观察 2d 扩了连接池")
    assert written(decision) == [(K.OBSERVING, USER), (K.TRANSCRIPT, LI.address)]
    assert lines(decision) == [(Mark.TURN, True)]
    assert decision.progress[0].text == "已处理，观察到 10-30 10:30\n扩了连接池"
    assert (after(decision).heard_at, after(decision).first_answer_at) == (NOW, NOW)
    assert said(decision) == ["已处理，观察到 10-30 周五 10:30，已告诉提交人"]


def test_words_beside_the_order_go_into_the_same_letter() -> None:
    decision = order(WORKING, "/观察 2d\n\n您好，已经扩容。", public=True)
    assert outside(decision) == [K.OBSERVING]
    assert letter(decision, K.OBSERVING).facts["solution"] == "您好，已经扩容。"


@pytest.mark.parametrize("text", ["/观察 4点", "/观察 2026-10-27 16:00", "/观察 2月30日"])
def test_a_time_that_may_mean_two_or_never_comes_is_asked(text: str) -> None:
    decision = order(WORKING, text)
    assert after(decision).status is Status.IN_PROGRESS
    assert outside(decision) == []
    assert said(decision) != [""]


EXAMPLE = "2026-10-29 16:30"


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("/observe over the weekend, replaced the fuser", "2026-11-01 24:00"),
        ("/observe a couple of days, replaced the fuser", EXAMPLE),
        ("/observe a few weeks", EXAMPLE),
        ("/observe overnight, replaced the fuser", EXAMPLE),
        ("/observe the rest of the week, pool enlarged", "2026-10-30 18:00"),
        ("/观察 一个月，扩了连接池", EXAMPLE),
        ("/观察 两三天 扩了连接池", "2026-11-02 10:30"),
        ("/观察 几天，扩了连接池", EXAMPLE),
        ("/观察 一段时间", EXAMPLE),
        ("/观察 半年", EXAMPLE),
    ],
)
def test_what_is_like_a_time_is_no_solution_and_is_asked(text: str, way: str) -> None:
    decision = order(WORKING, text)
    assert after(decision).status is Status.IN_PROGRESS
    assert outside(decision) == []
    assert said(decision) == [f"看不懂时间；写成 {way} 这样"]


@pytest.mark.parametrize(
    "done",
    [
        "weekly job switched off",
        "months of logs deleted",
        "两台交换机换了",
        "日志清了",
        "after the fix the pool is larger",
        "5 disks",
    ],
)
def test_what_was_done_is_not_taken_for_a_time(done: str) -> None:
    assert after(order(WORKING, f"/observe {done}")).solution == done


def test_what_waited_waits_no_more_while_it_is_watched() -> None:
    waited = replace(
        WORKING, status=Status.WAITING, waiting=Waiting.VENDOR, pauses=(Pause(why=Waiting.VENDOR, since=at("10-28 10:00")),)
    )
    watched = after(order(waited, "/观察"))
    assert watched.waiting is None
    assert watched.pauses == (
        Pause(why=Waiting.VENDOR, since=at("10-28 10:00"), until=NOW),
        Pause(why=Waiting.OBSERVING, since=NOW),
    )


def test_a_ticket_without_a_requester_is_watched_in_silence() -> None:
    decision = order(replace(WORKING, requester=NOBODY), "/观察 2d")
    assert after(decision).status is Status.OBSERVING
    assert written(decision) == [(K.TRANSCRIPT, LI.address)]


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED, Status.ARCHIVED])
def test_what_is_over_is_not_watched(status: Status) -> None:
    assert said(order(replace(RESOLVED, status=status), "/观察"))[0].startswith("工单现在是")


# -- and the requester writes --------------------------------------------------------------------------------------------


def wrote(text: str) -> Ticket:
    return after(decided(OBSERVED, Wrote(message=mail(text), author=USER)))


def test_what_he_writes_meanwhile_brings_it_back_to_work() -> None:
    again = wrote("又开始报错了，和昨天一样。")
    assert (again.status, again.waiting_until, again.round) == (Status.IN_PROGRESS, None, 1)
    assert again.pauses[-1].until == NOW


def test_thanks_do_not_end_the_watch() -> None:
    assert wrote("谢谢！").status is Status.OBSERVING


@pytest.mark.parametrize("feedback", [Feedback.PARTLY, Feedback.UNSOLVED])
def test_not_solved_ends_the_watch(feedback: Feedback) -> None:
    decision = decided(OBSERVED, Answered(message=mail("未解决"), author=USER, feedback=feedback))
    again = after(decision)
    assert (again.status, again.feedback, again.waiting_until) == (Status.IN_PROGRESS, feedback, None)
    assert (K.REPLY, LI.address) in written(decision)


def test_solved_closes_it_before_the_watch_is_over() -> None:
    done = after(decided(OBSERVED, Answered(message=mail("已解决"), author=USER, feedback=Feedback.SOLVED)))
    assert (done.status, done.closed_how, done.pauses[-1].until) == (Status.CLOSED, "confirmed", NOW)


@pytest.mark.parametrize("text", ["/接单", "/等待 供应商", "/解决 换了网线", "/关闭 用户说不用了"])
def test_any_order_of_an_engineer_ends_the_watch(text: str) -> None:
    went_on = after(order(OBSERVED, text))
    assert went_on.status is not Status.OBSERVING
    assert went_on.waiting_until is None
    assert went_on.pauses[0].until == NOW


# -- the archive ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("priority", "rule", "owed"),
    [
        (Priority.P1, ArchiveDuty(), Archive.PENDING),
        (Priority.P3, ArchiveDuty(), Archive.PENDING),
        (Priority.P4, ArchiveDuty(), Archive.NOT_OWED),
        (Priority.P4, ArchiveDuty(never=frozenset()), Archive.PENDING),
        (Priority.P3, ArchiveDuty(on=False), Archive.NOT_OWED),
    ],
)
def test_a_closed_ticket_owes_an_article_where_the_policy_asks_for_one(
    priority: Priority, rule: ArchiveDuty, owed: Archive
) -> None:
    known = replace(DESKTOP, policy=ruled(archive=rule))
    assert after(order(replace(RESOLVED, proposed=priority), "/关闭", known=known)).archive is owed


def test_what_is_withdrawn_owes_nothing() -> None:
    withdrawn = after(decided(WORKING, Answered(message=mail("撤回"), author=USER, withdrawn=True)))
    assert (withdrawn.status, withdrawn.archive) == (Status.WITHDRAWN, Archive.NOT_OWED)


@pytest.mark.parametrize("text", ["/归档 KB-012", "/archive KB-012"])
def test_an_article_archives_the_ticket(text: str) -> None:
    decision = order(OWING, text)
    done = after(decision)
    assert (done.status, done.archive, done.article) == (Status.ARCHIVED, Archive.LINKED, "KB-012")
    assert decision.progress[0].text == "已归档\nKB-012"
    assert lines(decision) == [(Mark.TURN, False)]
    assert outside(decision) == []


def test_an_address_is_kept_as_it_was_written() -> None:
    address = "https://wiki.example.com/TS001?a=1"
    assert after(order(OWING, f"/归档 {address}")).article == address


def test_a_debt_is_not_settled_by_naming_nothing() -> None:
    decision = order(OWING, "/归档")
    assert (after(decision).status, after(decision).archive) == (Status.CLOSED, Archive.PENDING)
    assert said(decision) == ["还欠一篇知识文档：写上编号或网址；没有要写的，写 /无需入库 原因"]


def test_what_owes_nothing_is_archived_without_an_article() -> None:
    done = after(order(CLOSED, "/归档"))
    assert (done.status, done.archive, done.article) == (Status.ARCHIVED, Archive.NOT_OWED, "")


@pytest.mark.parametrize("text", ["/无需入库 一次性的误操作", "/no-kb 一次性的误操作", "/无需入库\n一次性的误操作"])
def test_a_reason_settles_the_debt_too_and_is_kept(text: str) -> None:
    decision = order(OWING, text)
    assert (after(decision).status, after(decision).archive) == (Status.ARCHIVED, Archive.WAIVED)
    assert decision.progress[0].text == "已归档，没有要写进知识库的\n一次性的误操作"


def test_no_article_needs_its_reason() -> None:
    decision = order(OWING, "/无需入库")
    assert after(decision).status is Status.CLOSED
    assert "后面缺内容" in said(decision)[0]


@pytest.mark.parametrize("text", ["/归档 KB-012", "/无需入库 没有"])
def test_only_a_closed_ticket_can_be_archived(text: str) -> None:
    for open_ticket in (WORKING, RESOLVED):
        assert said(order(open_ticket, text))[0].startswith("工单现在是")


def test_an_archived_ticket_is_reopened_by_its_requester_and_owes_anew() -> None:
    archived: Any = replace(OWING, status=Status.ARCHIVED, archive=Archive.LINKED, article="KB-012")
    again = after(decided(archived, Answered(message=mail("未解决"), author=USER, feedback=Feedback.UNSOLVED)))
    assert (again.status, again.round, again.archive, again.article) == (Status.IN_PROGRESS, 2, Archive.NOT_OWED, "")
    assert ticket().archive is Archive.NOT_OWED


def test_a_day_on_which_it_is_watched_is_watched_to_its_end() -> None:
    decision = order(WORKING, "/observe 周六")
    assert "10-31 周六 24:00" in said(decision)[0]
    assert "10-31 24:00" in decision.progress[0].text
