"""Times in words that are understood by half: asked, with what they may have meant, never obeyed by the half.

It is Wednesday, the 28th of October 2026, ten o'clock in Shanghai; the office works from 9 to 12 and from 13:30 to 18.
"""

import pytest

from maildesk.core.said import Said, Vague, Vagueness
from maildesk.core.stretch import stretch
from maildesk.core.when import when
from tests.core.clockwork import OFFICE, at
from tests.core.test_when import NOW


@pytest.mark.parametrize(
    "text",
    [
        # from one time to another
        "3-4pm",
        "4 - 5 pm",
        "4–5pm",
        "9-11 点",
        "9-11点",
        "9-11号",
        "明天 9-11:30",
        "下午三四点",
        "下午3、4点",
        "tomorrow 3 or 4pm",
        # nobody knows how much more
        "2小时以上",
        "2 hours or more",
        "2 hours at least",
        "2 hours plus",
        "3天多",
        "下午5点多",
        "2小时不到",
        # from then on, or after it
        "周五15点起",
        "明天开始",
        "16:00后",
        "4pm onwards",
        "4pm or later",
        "4pm at the earliest",
        "from 4pm",
        "tomorrow after lunch",
        "Friday after 3pm",
        "4pm after Friday",
        "明天下午后",
        # parts that no table knows
        "明天午饭后",
        "明天夜里",
        "今天夜里2点",
        "明天半夜",
        "明天午夜",
        "周五晚些时候",
        "下周中",
        "Friday late",
        # days reckoned from another one
        "Friday the week after next",
        "the Friday after next",
        "a week from Friday",
        "a week on Friday",
        "weekend after next",
        "the week after",
        # two days, or before and after what is no time
        "周一二",
        "周四、五",
        "周一或二",
        "Mon & Tue",
        "明天会后",
        "明天饭前",
        "周五 升级后",
        "周五（晚饭后）",
        # a time that is taken back, or may never be
        "周五来不及",
        "周五赶不上",
        "周五取消，等通知",
        "周五推迟",
        "明天没戏",
        "明天可能",
        "Friday cancelled",
        "Friday was cancelled, no parts",
        "Friday is off",
        "Friday was the plan, no parts",
        "tomorrow no longer",
        "Friday at risk",
        "tomorrow maybe",
        "tomorrow, maybe",
        "Friday?",
        "周五？",
        # hours in words
        "tomorrow 10ish",
        "tomorrow at ten",
        "tomorrow at half past four",
        "tomorrow same time",
        "16:30, sun jdk update",
        "EOD, 3rd party involved",
        "EOD 3rd party involved",
        "EOD, 1号机",
        "Friday, morning shift does it",
        "周五，下午再看",
        "tomorrow 2nd half",
        "tomorrow first half",
        "2nd half tomorrow",
        "1st line is on it",
        "今天搞不定，明天下午",
        "明天修不好",
        "周五不行，下周一",
        "today not possible, tomorrow 3pm",
        "today is unlikely",
        "Friday next",
        "26/11/27 5pm",
        "26/11/27",
        "05-12-2027",
        "2030",
        "tomorrow lunch time",
        "tomorrow at the same time",
        "Friday this time",
        "明天这个时候",
        "周五同一时间",
        "明天此时",
        "4pm Eastern",
        "4pm pacific, vendor's window",
        "EOD Eastern",
        "12 midnight",
        "tomorrow 12 midnight",
        "明天差五分十点",
        # on another clock
        "17:00 Berlin time",
        "17:00 London time",
        "17:00 local time",
        "EOD Berlin time",
        "17:00 柏林时间",
        "17:00（柏林时间）",
        "17:00 pst",
        "4pm tomorrow morning",
        "Friday 3pm (CET)",
        "Friday 3pm UK time",
        "Friday 3pm (US time)",
        "Friday 3pm our time",
        "EOD UTC",
        "tomorrow morning UTC",
        "17:00, London time",
        # what is left is a number or the sign of one
        "明天 9.30",
        "tomorrow 10.30",
        "16:30 4711",
        "周五 4点开会",
        "明天上午或3点",
        "明天下午 pm",
        "tomorrow 2-4 vendor visit",
        "明天 9-11 割接",
        "tomorrow 10, parts",
        "Fri 2-3 Nov",
        "2-3 Nov",
        "3-4",
        "10-11",
    ],
)
def test_what_is_understood_by_half_is_asked(text: str) -> None:
    said = when(text, NOW, OFFICE)
    assert isinstance(said, Vague), said
    assert said.right


@pytest.mark.parametrize(
    ("text", "date", "clock"),
    [
        ("10.30", "2026-10-30", "2026-10-28 10:30"),
        ("9.30", "2027-09-30", "2026-10-29 09:30"),
        ("at 10.30", "2026-10-30", "2026-10-28 10:30"),
        ("3.30", "2027-03-30", "2026-10-28 15:30"),
        ("20.11", "2026-11-20", "2026-10-28 20:11"),
    ],
)
def test_a_dotted_number_that_is_a_date_and_an_hour_is_asked_with_both(text: str, date: str, clock: str) -> None:
    assert when(text, NOW, OFFICE) == Vague(Vagueness.DOTTED, date, clock)


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("before Friday", "2026-10-30 09:00", "2026-10-30 18:00"),
        ("before next week", "2026-11-02 09:00", "2026-11-06 18:00"),
        ("before Nov 30", "2026-11-30 09:00", "2026-11-30 18:00"),
        ("before tomorrow, on site", "2026-10-29 09:00", "2026-10-29 18:00"),
    ],
)
def test_before_a_day_is_asked_with_its_beginning_and_its_end(text: str, begin: str, end: str) -> None:
    assert when(text, NOW, OFFICE) == Vague(Vagueness.EDGE, begin, end)


@pytest.mark.parametrize(
    ("text", "front", "whole"),
    [
        ("EOD, 3rd party calls", "2026-10-28 18:00, 3rd party calls", "2026-11-03 18:00"),
        ("EOD 3rd party calls", "2026-10-28 18:00, 3rd party calls", "2026-11-03 18:00"),
        ("周五，下午再看", "2026-10-30 18:00，下午再看", "2026-10-30 18:00"),
        ("16:30, sat link down", "2026-10-28 16:30, sat link down", "2026-10-31 16:30"),
        ("Friday, morning shift does it", "2026-10-30 18:00, morning shift does it", "2026-10-30 12:00"),
        ("EOD, 1号机 ２ 台", "2026-10-28 18:00，1号机 ２ 台", "2026-11-01 24:00"),
    ],
)
def test_what_may_begin_a_reason_is_asked_with_the_reason_kept(text: str, front: str, whole: str) -> None:
    assert when(text, NOW, OFFICE) == Vague(Vagueness.REASON, front, whole)
    said = [when(way, NOW, OFFICE) for way in (front, whole)]
    assert [isinstance(one, Said) and one.rest for one in said] == [front[17:].strip(), ""]


@pytest.mark.parametrize("text", ["明天下午前", "tomorrow before afternoon"])
def test_before_an_afternoon_is_asked_with_its_beginning_and_its_end(text: str) -> None:
    assert when(text, NOW, OFFICE) == Vague(Vagueness.EDGE, "2026-10-29 12:00", "2026-10-29 18:00")


@pytest.mark.parametrize(
    "text",
    [
        *("10.30", "明天下午前", "2小时以上", "明天夜里", "17:00 Berlin time", "3-4pm", "2-3 Nov", "3-4", "10-11", "sat or sun"),
        *("tomorrow 2-4 vendor visit", "EOD UTC", "next Friday", "11/12", "2-3 days", "from 4pm", "2 days ago", "25:00", "soon"),
    ],
)
def test_what_it_offers_instead_is_understood(text: str) -> None:
    assert not_understood(text, "10-28 10:00") == []


@pytest.mark.parametrize("text", ["今天4点", "下午前", "今天晚UTC", "下午4点CET", "今天五", "下午明天"])
def test_what_it_offers_late_in_the_day_is_understood_too(text: str) -> None:
    assert not_understood(text, "10-28 23:10") == []


def not_understood(text: str, now: str) -> list[str]:
    """What is offered for a text that is asked about and would be asked about itself."""
    vague = when(text, at(now), OFFICE)
    assert isinstance(vague, Vague)
    return [way for way in (vague.right, vague.other) if way and not isinstance(when(way, at(now), OFFICE), Said)]


@pytest.mark.parametrize("text", ["明天夜里", "明天午饭后", "周五15点起", "tomorrow after lunch", "周五到周一夜里"])
def test_an_absence_that_is_understood_by_half_is_asked(text: str) -> None:
    assert isinstance(stretch(text, NOW, OFFICE), Vague)
