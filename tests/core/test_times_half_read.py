"""Times in words that are easily understood by half: read as they are meant, or asked, never obeyed by the half.

It is Wednesday, the 28th of October 2026, ten o'clock in Shanghai; the office works from 9 to 12 and from 13:30 to 18.
"""

import pytest

from maildesk.core.said import Said, Vague, Vagueness
from maildesk.core.stretch import stretch
from maildesk.core.when import when
from tests.core.clockwork import OFFICE, at
from tests.core.test_stretch import understood as stretched
from tests.core.test_when import NOW, understood


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        # blanks between a number and its sign
        ("下午 3 点", "10-28 15:00"),
        ("下午 3 点 半", "10-28 15:30"),
        ("明天上午 10 点", "10-29 10:00"),
        ("明天下午 三 点", "10-29 15:00"),
        ("10 点 30 分", "10-28 10:30"),
        ("16 时 30 分", "10-28 16:30"),
        ("周五下午 3 点半前", "10-30 15:30"),
        ("11 月 3 日 10 点", "11-03 10:00"),
        ("11 月 3 号下午 2 点", "11-03 14:00"),
        ("30 号 16:30", "10-30 16:30"),
        ("2026 年 11 月 3 日 10 点", "11-03 10:00"),
        ("2 个小时 30 分钟", "10-28 12:30"),
        # parts of a day in few letters
        ("周五晚8点", "10-30 20:00"),
        ("周五早 8 点", "10-30 08:00"),
        ("明天清晨6点", "10-29 06:00"),
        ("tomorrow pm 3:30", "10-29 15:30"),
        ("tonight at 8", "10-28 20:00"),
        # before a part of a day
        ("中午前", "10-28 12:00"),
        ("明天中午前", "10-29 12:00"),
        ("明天中午之前", "10-29 12:00"),
        ("明天傍晚前", "10-29 18:00"),
        ("周五晚上之前", "10-30 18:00"),
        # after a period
        ("周末后", "11-02 09:00"),
        ("周末之后", "11-02 09:00"),
        ("下周后", "11-09 09:00"),
        ("after the weekend", "11-02 09:00"),
        # lengths
        ("1 hour and 30 minutes", "10-28 11:30"),
        ("an hour and 15 minutes", "10-28 11:15"),
        ("1 day and 4 hours", "10-29 14:00"),
        # no more than a way to say it
        ("4pm sharp", "10-28 16:00"),
        ("4pm at the latest", "10-28 16:00"),
        ("2 hours or so", "10-28 12:00"),
        ("下午5点前后", "10-28 17:00"),
        # a dotted number that can only be one of both
        ("10.45", "10-28 10:45"),
        ("11.30 16:00", "11-30 16:00"),
        # a zone in brackets, or in front
        ("Friday 3pm (UTC)", "10-30 23:00"),
        ("Friday 3pm (UTC+8)", "10-30 15:00"),
        ("15:00（北京时间）", "10-28 15:00"),
        ("北京时间15:00", "10-28 15:00"),
        ("北京时间明天下午3点", "10-29 15:00"),
        ("明天北京时间 15:00", "10-29 15:00"),
        # where a part of a day begins and ends
        ("tomorrow before evening", "10-29 18:00"),
        ("before tomorrow evening", "10-29 18:00"),
        ("before Friday noon", "10-30 12:00"),
        ("今天六点前", "10-28 18:00"),
        ("today 4:30", "10-28 16:30"),
        ("Fri 6pm at the very latest", "10-30 18:00"),
        ("明天午饭前", "10-29 12:00"),
        ("before Friday 10:00", "10-30 10:00"),
        ("before COB Friday", "10-30 18:00"),
        ("before Christmas", "12-24 18:00"),
        ("half hour", "10-28 10:30"),
        ("in half an hour", "10-28 10:30"),
        ("tomorrow before morning", "10-29 09:00"),
        ("周五上午下班前", "10-30 12:00"),
        ("first thing tomorrow morning", "10-29 09:00"),
        ("明天下午一上班", "10-29 13:30"),
        # as anybody understands it
        ("tomorrow at 10", "10-29 10:00"),
        ("今天17.30", "10-28 17:30"),
        ("Friday 14.30", "10-30 14:30"),
        ("晚9点", "10-28 21:00"),
        ("晚上9点", "10-28 21:00"),
        ("还要2小时", "10-28 12:00"),
        ("还需要半小时", "10-28 10:30"),
        ("by 6 tonight", "10-28 18:00"),
        ("6pm tonight", "10-28 18:00"),
        ("3 tomorrow afternoon", "10-29 15:00"),
        ("Fri. 3pm", "10-30 15:00"),
        ("end of Friday", "10-30 18:00"),
        ("by end of tomorrow", "10-29 18:00"),
        ("30 mins approx", "10-28 10:30"),
        ("EOD, Fri", "10-30 18:00"),
        ("5pm, Fri.", "10-30 17:00"),
        ("4pm approx.", "10-28 16:00"),
        ("Fri@5pm", "10-30 17:00"),
        ("@ 17:00", "10-28 17:00"),
        ("下午5点吧", "10-28 17:00"),
        # dates in the ways of other countries
        ("11/27/26 5pm", "11-27 17:00"),
        ("30/11/26 17:00", "11-30 17:00"),
        ("30.11.26 17:00", "11-30 17:00"),
        ("27-11-2026 17:00", "11-27 17:00"),
        ("05-12-2026 17:00", "12-05 17:00"),
        ("27-Nov 5pm", "11-27 17:00"),
        ("27-Nov-2026, 5pm", "11-27 17:00"),
        ("27-Nov-26 5pm", "11-27 17:00"),
        ("27Nov 5pm", "11-27 17:00"),
        # how long, in more words
        ("九十分钟", "10-28 11:30"),
        ("thirty minutes", "10-28 10:30"),
        ("forty-five min", "10-28 10:45"),
        ("需要两小时", "10-28 12:00"),
        ("大概要2小时", "10-28 12:00"),
        ("差不多下午5点", "10-28 17:00"),
        ("1630", "10-28 16:30"),
        ("by 1630 tomorrow", "10-29 16:30"),
        ("EOB", "10-28 18:00"),
        ("by Friday EOB", "10-30 18:00"),
        ("latest 4pm", "10-28 16:00"),
        ("latest by tomorrow 4pm", "10-29 16:00"),
        ("tomorrow latest by 11", "10-29 11:00"),
        ("max 2 hours", "10-28 12:00"),
        ("再等20分钟", "10-28 10:20"),
        ("再20分钟", "10-28 10:20"),
        ("还有半小时", "10-28 10:30"),
        ("1.25h", "10-28 11:15"),
        ("0.75 hours", "10-28 10:45"),
        ("10.30 下午3点", "10-30 15:00"),
        ("10.30 in the morning", "10-28 10:30"),
        ("for 2 hours", "10-28 12:00"),
        # minutes in few signs
        ("下午3点五分", "10-28 15:05"),
        ("下午3点5", "10-28 15:05"),
        ("16点五十", "10-28 16:50"),
        ("16点20前", "10-28 16:20"),
        # with the sign of hours behind them
        ("16:30h", "10-28 16:30"),
        ("16:30 hrs", "10-28 16:30"),
        ("16:30 Uhr", "10-28 16:30"),
        ("17 Uhr", "10-28 17:00"),
        ("17.30h", "10-28 17:30"),
        ("10.30 Uhr", "10-28 10:30"),
        ("Friday 11.10 hrs", "10-30 11:10"),
        ("Friday 10.30 am", "10-30 10:30"),
        ("Fri 30.10. 14:00", "10-30 14:00"),
        ("30.10. 14 Uhr", "10-30 14:00"),
        ("1630hrs", "10-28 16:30"),
        ("1630h", "10-28 16:30"),
        ("tomorrow 0930 hours", "10-29 09:30"),
        ("0930 hrs tomorrow", "10-29 09:30"),
        ("2400 hrs", "10-29 00:00"),
        ("10:40分", "10-28 10:40"),
        # twelve by name
        ("12 noon", "10-28 12:00"),
        ("tomorrow 12noon", "10-29 12:00"),
        ("12 noon tomorrow", "10-29 12:00"),
    ],
)
def test_a_moment_is_read_to_its_end(text: str, moment: str) -> None:
    assert understood(text) == (moment, moment, "")


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("tomorrow am", "10-29 09:00", "10-29 12:00"),
        ("tomorrow pm", "10-29 13:30", "10-29 18:00"),
        ("Friday AM", "10-30 09:00", "10-30 12:00"),
        ("明天 pm", "10-29 13:30", "10-29 18:00"),
        ("周五早", "10-30 09:00", "10-30 12:00"),
        ("明天一大早", "10-29 09:00", "10-29 12:00"),
        ("周五晚", "10-30 18:00", "10-30 22:00"),
        ("week after next", "11-09 09:00", "11-13 18:00"),
        ("the week after next", "11-09 09:00", "11-13 18:00"),
        ("下下周", "11-09 09:00", "11-13 18:00"),
        ("30.11", "11-30 09:00", "11-30 18:00"),
        ("before the end of the week", "10-28 09:00", "10-30 18:00"),
        ("before the end of next week", "11-02 09:00", "11-06 18:00"),
        ("明天上午前", "10-29 09:00", "10-29 12:00"),
        ("周五吧", "10-30 09:00", "10-30 18:00"),
        ("through Friday", "10-30 09:00", "10-30 18:00"),
        ("明天晌午", "10-29 12:00", "10-29 13:00"),
        ("明天上半天", "10-29 09:00", "10-29 12:00"),
        ("周五下半天", "10-30 13:30", "10-30 18:00"),
        ("27-Nov", "11-27 09:00", "11-27 18:00"),
    ],
)
def test_a_span_of_hours_or_days_is_read_to_its_end(text: str, begin: str, end: str) -> None:
    assert understood(text) == (begin, end, "")


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


@pytest.mark.parametrize(
    "reason", ["4711", "sat link down", "下午再看", "after lunch", "3rd party", "Monday is off", "2-4 disks"]
)
def test_behind_an_exact_time_and_a_comma_anything_is_a_reason(reason: str) -> None:
    assert understood(f"2026-10-30 16:30, {reason}") == ("10-30 16:30", "10-30 16:30", reason)


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


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("16:30，9点已联系供应商", "9点已联系供应商"),
        ("周五, after the vendor has called", "after the vendor has called"),
        ("周五：后半段要重启", "后半段要重启"),
        ("16:30，晚上要观察", "晚上要观察"),
        ("下午3点10台机器要换", "10台机器要换"),
        ("周五 3 台机器要换", "3 台机器要换"),
        ("Friday 2 disks to replace", "2 disks to replace"),
        ("Friday 10.0.0.1 is down", "10.0.0.1 is down"),
        ("16:30 起草方案", "起草方案"),
        ("周五 后台升级", "后台升级"),
        ("周五 早班同事处理", "早班同事处理"),
        ("16:30 内存不够", "内存不够"),
        ("2h 内网不通", "内网不通"),
        ("2h 后台重启", "后台重启"),
        ("周五前修好", "修好"),
        ("周五 多台机器要换", "多台机器要换"),
        ("周五 中心机房停电", "中心机房停电"),
        ("16:30 time to replace the disk", "time to replace the disk"),
        ("tomorrow and a spare part", "and a spare part"),
        ("2h and a reboot", "and a reboot"),
        ("tomorrow on site", "on site"),
        ("tomorrow at 10, vendor visit", "vendor visit"),
        ("16:30 - waiting for parts", "waiting for parts"),
        ("周五——等备件", "等备件"),
        ("明天 和厂商一起处理", "和厂商一起处理"),
        ("2小时和厂商一起处理", "和厂商一起处理"),
        ("tomorrow's backup", "backup"),
        ("16:30, 2-4 disks to replace", "2-4 disks to replace"),
        ("周五 2-4台机器要换", "2-4台机器要换"),
        ("tomorrow 10am, parts", "parts"),
        ("2小时前端修复", "前端修复"),
        ("4pm tomorrow 上午开会", "上午开会"),
        ("16点 下午开会", "下午开会"),
        ("下午3点一线同事处理", "一线同事处理"),
        ("下午3点三楼", "三楼"),
        ("下午3点2号机", "2号机"),
        ("16点二期", "二期"),
        ("16点十二号机", "十二号机"),
        ("15:00, UAT sign-off", "UAT sign-off"),
        ("15:00 UAT sign-off", "UAT sign-off"),
        ("2h, TEST env is down", "TEST env is down"),
        ("16:30 Lead time is long", "Lead time is long"),
        ("16:30 Peak time for them", "Peak time for them"),
        ("16:30 hours of logs to read", "hours of logs to read"),
        ("16:30 Z drive is full", "Z drive is full"),
        ("16点 半数用户受影响", "半数用户受影响"),
        ("下午4点半 分机坏了", "分机坏了"),
        ("2026-10-28 16:30, sun jdk update", "sun jdk update"),
        ("Friday 5pm, morning shift does it", "morning shift does it"),
        ("16:30 h2 database", "h2 database"),
        ("4pm 1st line calls", "1st line calls"),
        ("16:30 2号楼停电", "2号楼停电"),
        ("16:30 H2O in the rack", "H2O in the rack"),
        ("4 hours max load test", "max load test"),
        ("16:30 Sharp printer", "Sharp printer"),
        ("16:30 Lunch time", "Lunch time"),
        ("tonight 10pm after backup", "after backup"),
        ("4pm before the vendor leaves", "before the vendor leaves"),
        ("Friday, 1200 hours are logged", "1200 hours are logged"),
        ("27.11. um 14:00 vor Ort", "vor Ort"),
        ("2h or so, says the vendor", "says the vendor"),
        ("周五 不影响生产", "不影响生产"),
        ("16:30 不能远程，要到现场", "不能远程，要到现场"),
        ("the 2nd, on site", "on site"),
        ("16:30 Central switch is replaced", "Central switch is replaced"),
        ("16:30 Pacific office is down", "Pacific office is down"),
        ("16:30 -5C in the server room", "-5C in the server room"),
        ("16:30 - 5C", "5C"),
        ("16:30 -48V supply", "-48V supply"),
        ("15:00 需要时间", "需要时间"),
        ("15:00，需要时间", "需要时间"),
        ("15:00, CET team takes over", "CET team takes over"),
        ("16:30 hr portal is down", "hr portal is down"),
    ],
)
def test_a_reason_that_only_looks_like_more_of_the_time_stays_a_reason(text: str, rest: str) -> None:
    assert understood(text)[2] == rest


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("明天下午 2 点到 4 点", "10-29 14:00", "10-29 16:00"),
        ("12 月 20 日到 28 日", "12-20 00:00", "12-29 00:00"),
        ("24-Dec to 2-Jan", "12-24 00:00", "01-03 00:00"),
        ("20 Dec-28 Dec", "12-20 00:00", "12-29 00:00"),
        ("20-Dec-28-Dec", "12-20 00:00", "12-29 00:00"),
        ("27-11-2026 to 01-12-2026", "11-27 00:00", "12-02 00:00"),
        ("11/30/26 - 12/4/26", "11-30 00:00", "12-05 00:00"),
        ("tomorrow 2-4pm", "10-29 14:00", "10-29 16:00"),
        ("tomorrow 10-4pm", "10-29 10:00", "10-29 16:00"),
        ("tomorrow 10:00-4pm", "10-29 10:00", "10-29 16:00"),
        ("tomorrow 11-12pm", "10-29 11:00", "10-29 12:00"),
        ("tomorrow am", "10-29 09:00", "10-29 12:00"),
        ("10.30", "10-30 00:00", "10-31 00:00"),
        ("10.30-11.15", "10-30 00:00", "11-16 00:00"),
        ("for 3 days", "10-28 10:00", "11-02 10:00"),
        ("明天一天", "10-29 00:00", "10-30 00:00"),
        ("明天全天", "10-29 00:00", "10-30 00:00"),
        ("tomorrow all day", "10-29 00:00", "10-30 00:00"),
        ("tomorrow 0900-1700 hrs", "10-29 09:00", "10-29 17:00"),
        ("1400hrs to 1600hrs", "10-28 14:00", "10-28 16:00"),
        ("tomorrow morning until 11", "10-29 09:00", "10-29 11:00"),
        ("tomorrow 9:00 until 11", "10-29 09:00", "10-29 11:00"),
    ],
)
def test_from_when_to_when_is_read_to_its_end(text: str, since: str, until: str) -> None:
    assert stretched(text) == (since, until)


@pytest.mark.parametrize("text", ["明天夜里", "明天午饭后", "周五15点起", "tomorrow after lunch", "周五到周一夜里"])
def test_an_absence_that_is_understood_by_half_is_asked(text: str) -> None:
    assert isinstance(stretch(text, NOW, OFFICE), Vague)
