"""The hour of what has happened, a call above all, as people write it; it is Wednesday, ten o'clock in Shanghai."""

from datetime import datetime, timedelta

import pytest

from maildesk.core.said import Said, Vague, Vagueness
from maildesk.core.when import before
from tests.core.clockwork import OFFICE, at

NOW = at("10-28 10:00")


def happened(text: str) -> tuple[datetime, datetime, str]:
    """The beginning and the end of what is understood, and what stood behind it."""
    said = before(text, NOW, OFFICE)
    assert isinstance(said, Said), said
    return said.since, said.until, said.rest


def why_not(text: str) -> Vagueness:
    """Why nothing is understood."""
    vague = before(text, NOW, OFFICE)
    assert isinstance(vague, Vague), vague
    return vague.why


def test_something_that_happened_lies_in_the_past() -> None:
    assert happened("09:12 说好了") == (at("10-28 09:12"), at("10-28 09:12"), "说好了")
    assert why_not("11:00 说好了") is Vagueness.FUTURE


@pytest.mark.parametrize(
    ("text", "moment", "rest"),
    [
        ("at 9:50, no answer", "10-28 09:50", "no answer"),
        ("around 9.50 am VPN works", "10-28 09:50", "VPN works"),
        ("at 9, no answer", "10-28 09:00", "no answer"),
        ("@9:50 no answer", "10-28 09:50", "no answer"),
        ("大约9点半 用户在", "10-28 09:30", "用户在"),
        ("在09:50打的", "10-28 09:50", "打的"),
        ("this morning 9:15 fixed", "10-28 09:15", "fixed"),
    ],
)
def test_an_hour_of_the_past_may_be_led_by_a_word(text: str, moment: str, rest: str) -> None:
    assert happened(text) == (at(moment), at(moment), rest)


@pytest.mark.parametrize(
    ("text", "moment", "rest"),
    [
        ("today at 9:50 no answer", "10-28 09:50", "no answer"),
        ("yesterday at 3pm, voicemail", "10-27 15:00", "voicemail"),
        ("今天大约9:50 没接", "10-28 09:50", "没接"),
        ("昨天下午3点 没人接", "10-27 15:00", "没人接"),
        ("前天16:20", "10-26 16:20", ""),
        ("昨晚8点 已说明", "10-27 20:00", "已说明"),
        ("last night at 8, fixed", "10-27 20:00", "fixed"),
        ("Monday 3pm voicemail", "10-26 15:00", "voicemail"),
        ("周一下午3点 没接", "10-26 15:00", "没接"),
        ("上周五 15:00", "10-23 15:00", ""),
        ("last Wednesday 15:00", "10-21 15:00", ""),
        ("10/27 15:00 没接", "10-27 15:00", "没接"),
        ("10月27日 15:00 没接", "10-27 15:00", "没接"),
        ("27.10. 15:00 ok", "10-27 15:00", "ok"),
        ("27th at 15:00", "10-27 15:00", ""),
        ("29日15:00", "09-29 15:00", ""),
        ("9.30 没接", "10-28 09:30", "没接"),
        ("9.30. No answer", "10-28 09:30", "No answer"),
        ("9.12 no answer in building 9.12", "10-28 09:12", "no answer in building 9.12"),
        ("yesterday 16.20 said ok", "10-27 16:20", "said ok"),
    ],
)
def test_a_day_of_the_past_is_the_last_such_and_what_has_a_dot_an_hour(text: str, moment: str, rest: str) -> None:
    assert happened(text) == (at(moment), at(moment), rest)


@pytest.mark.parametrize(
    "text", ["about 10.5 GB of mail", "10.5 GB missing", "tomorrow he calls back", "明天再打", "by Friday he sends the log"]
)
def test_words_of_no_time_of_the_past_are_what_was_said(text: str) -> None:
    assert before(text, NOW, OFFICE) == Vague(Vagueness.UNKNOWN, "10:00")


@pytest.mark.parametrize(
    "text", ["about 3 invoices", "about tomorrow's update", "about 2 hours of logs", "约明天上午9点远程", "at home", "在外地"]
)
def test_what_a_call_was_about_is_no_hour(text: str) -> None:
    assert why_not(text) is Vagueness.UNKNOWN


@pytest.mark.parametrize(
    ("text", "right", "other"),
    [
        ("3:10 没接", "2026-10-27 15:10", "2026-10-28 03:10"),
        ("昨天4点", "2026-10-27 16:00", "2026-10-27 04:00"),
        ("4点多", "2026-10-27 16:00", "2026-10-28 04:00"),
    ],
)
def test_what_is_offered_for_an_hour_of_the_past_lies_there(text: str, right: str, other: str) -> None:
    assert before(text, NOW, OFFICE) == Vague(Vagueness.HALF, right, other)
    for way in (right, other):
        moment = datetime.fromisoformat(f"{way}+08:00")
        assert before(way, NOW, OFFICE) == Said(moment, moment)


@pytest.mark.parametrize(
    "text",
    [
        "11/12 没接",
        "9-11",
        "next Friday",
        "today, tomorrow 3pm",
        "周一或周二",
        "今天上午打过，没接",
        "yesterday no answer",
        "yesterday afternoon",
    ],
)
def test_a_day_or_a_part_of_it_is_no_hour_of_the_past(text: str) -> None:
    assert before(text, NOW, OFFICE) == Vague(Vagueness.PARTLY, "10:00")


@pytest.mark.parametrize(
    ("text", "why"),
    [("25:00 说好了", Vagueness.IMPOSSIBLE), ("2月30日 说好了", Vagueness.IMPOSSIBLE), ("说好了", Vagueness.UNKNOWN)],
)
def test_a_time_that_never_was_is_told_from_words(text: str, why: Vagueness) -> None:
    assert why_not(text) is why


@pytest.mark.parametrize(
    ("text", "minutes", "rest"),
    [
        ("10分钟前 没接", 10, "没接"),
        ("半小时前，说好了", 30, "说好了"),
        ("2 hours ago, no answer", 120, "no answer"),
        ("an hour ago", 60, ""),
        ("10分钟前提醒过他", 10, "提醒过他"),
    ],
)
def test_what_happened_a_while_ago_is_reckoned_back(text: str, minutes: int, rest: str) -> None:
    moment = NOW - timedelta(minutes=minutes)
    assert happened(text) == (moment, moment, rest)


@pytest.mark.parametrize("text", ["0001-01-01 00:00 UTC+14:00", "0001-01-01", "1066-10-14 10:00"])
def test_the_far_past_is_no_time_of_a_call(text: str) -> None:
    vague = before(text, NOW, OFFICE)
    assert isinstance(vague, Vague)
    assert vague.why is Vagueness.IMPOSSIBLE
