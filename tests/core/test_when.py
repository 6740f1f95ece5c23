"""Times as people write them; it is Wednesday, the 28th of October 2026, ten o'clock in Shanghai."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.said import Said, Vague, Vagueness
from maildesk.core.when import when
from tests.core.clockwork import OFFICE, SHANGHAI, at

NOW = at("10-28 10:00")


def understood(text: str) -> tuple[str, str, str]:
    """Beginning, end and rest, by the clock on the wall."""
    said = when(text, NOW, OFFICE)
    assert isinstance(said, Said), said
    begin, end = (f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}" for moment in (said.since, said.until))
    return begin, end, said.rest


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("16:30", "10-28 16:30"),
        ("今天18:00", "10-28 18:00"),
        ("today 18:00", "10-28 18:00"),
        ("下午4点", "10-28 16:00"),
        ("下午四点半", "10-28 16:30"),
        ("4pm", "10-28 16:00"),
        ("at 4 pm", "10-28 16:00"),
        ("24:00", "10-29 00:00"),
        ("今晚8点", "10-28 20:00"),
        ("明天 10:00", "10-29 10:00"),
        ("tomorrow 10:00", "10-29 10:00"),
        ("后天上午9点", "10-30 09:00"),
        ("周五 10:00", "10-30 10:00"),
        ("星期五下午3点一刻", "10-30 15:15"),
        ("fri 5pm", "10-30 17:00"),
        ("下周一 10点半", "11-02 10:30"),
        ("2026-11-21 16:30", "11-21 16:30"),
        ("2026年11月21日 16:30", "11-21 16:30"),
        ("11月2日 9:00", "11-02 09:00"),
        ("1-5 9:00", "01-05 09:00"),
        ("11-02 9:00", "11-02 09:00"),
        ("11-05 周四 18:00", "11-05 18:00"),
        ("05-11 周二 9:00", "05-11 09:00"),
        ("2h", "10-28 12:00"),
        ("in 30 minutes", "10-28 10:30"),
        ("半小时", "10-28 10:30"),
        ("1.5h", "10-28 11:30"),
        ("2小时后", "10-28 12:00"),
        ("2d", "10-30 10:00"),
        ("两天", "10-30 10:00"),
        ("3 days", "11-02 10:00"),
        ("1d 4h", "10-29 14:00"),
        ("两小时内", "10-28 12:00"),
        ("1个半小时", "10-28 11:30"),
        ("an hour and a half", "10-28 11:30"),
        ("in half an hour", "10-28 10:30"),
        ("within two hours", "10-28 12:00"),
        ("四十五分钟后", "10-28 10:45"),
        ("一刻钟", "10-28 10:15"),
        ("两个工作日内", "10-30 10:00"),
        ("3 business days", "11-02 10:00"),
        ("半天", "10-28 15:15"),
        ("一天半", "10-29 15:15"),
        ("in a week", "11-04 10:00"),
        ("两周后", "11-11 10:00"),
        ("下班前", "10-28 18:00"),
        ("周五下班前", "10-30 18:00"),
        ("EOD", "10-28 18:00"),
        ("by Friday EOD", "10-30 18:00"),
        ("end of day tomorrow", "10-29 18:00"),
        ("close of business on Monday", "11-02 18:00"),
        ("tomorrow noon", "10-29 12:00"),
        ("4pm tomorrow", "10-29 16:00"),
        ("noon on Friday", "10-30 12:00"),
        ("10 in the morning on Nov 2", "11-02 10:00"),
        ("5 in the afternoon", "10-28 17:00"),
        ("tomorrow at 10", "10-29 10:00"),
        ("tomorrow by 10am", "10-29 10:00"),
        ("30th of November 16:30", "11-30 16:30"),
        ("November 30, 2026 4pm", "11-30 16:00"),
        ("30日下午3点", "10-30 15:00"),
        ("2026-11-30T16:30", "11-30 16:30"),
        ("2026-11-30 16:30 UTC+01:00", "11-30 23:30"),
        ("１６：３０", "10-28 16:30"),
        ("16h30", "10-28 16:30"),
        ("十八点三十分", "10-28 18:30"),
        ("明天凌晨2点", "10-29 02:00"),
        ("今晚12点", "10-29 00:00"),
        ("中午11点半", "10-28 11:30"),
        ("中午1点", "10-28 13:00"),
        ("12am tomorrow", "10-29 00:00"),
        # as it is typed on a phone
        ("90min", "10-28 11:30"),
        ("1小时30分", "10-28 11:30"),
        ("15分", "10-28 10:15"),
        ("1h30", "10-28 11:30"),
        ("1h30m", "10-28 11:30"),
        ("1.5小时", "10-28 11:30"),
        ("２小时", "10-28 12:00"),
        ("再过两小时", "10-28 12:00"),
        ("~2h", "10-28 12:00"),
        ("approx. 2 hours", "10-28 12:00"),
        ("5 p.m.", "10-28 17:00"),
        ("5:30PM", "10-28 17:30"),
        ("17.30", "10-28 17:30"),
        ("10.30am", "10-28 10:30"),
        ("下午５点半", "10-28 17:30"),
        ("17点前", "10-28 17:00"),
        ("明天零点", "10-29 00:00"),
        ("下午四点零五分", "10-28 16:05"),
        ("by midnight", "10-29 00:00"),
        ("tmr 4pm", "10-29 16:00"),
        ("周5下午3点", "10-30 15:00"),
        ("后天下午三点半", "10-30 15:30"),
        ("十二月二十五日上午十点", "12-25 10:00"),
        ("二十五号下午两点", "11-25 14:00"),
        ("the 25th at 4pm", "11-25 16:00"),
        ("下月3号 10:00", "11-03 10:00"),
        # where the day begins and ends
        ("by COB Friday", "10-30 18:00"),
        ("推迟到周五下班前", "10-30 18:00"),
        ("changed to Fri 3pm", "10-30 15:00"),
        ("new eta: Monday 9am", "11-02 09:00"),
        ("明天上班前", "10-29 09:00"),
        ("周一一上班", "11-02 09:00"),
        ("first thing tomorrow", "10-29 09:00"),
        ("start of business on Monday", "11-02 09:00"),
        ("下班后", "10-28 18:00"),
        # after a day, and hours in which somebody works
        ("周五之后", "11-02 09:00"),
        ("after Friday", "11-02 09:00"),
        ("after tomorrow noon", "10-29 13:30"),
        ("3 working hours", "10-28 14:30"),
        ("10个工作小时", "10-29 14:00"),
        # by another clock
        ("2026-10-30T06:00:00Z", "10-30 14:00"),
        ("2026-10-30T14:00:00+09:00", "10-30 13:00"),
        ("14:00 UTC", "10-28 22:00"),
        ("14:00 GMT+9", "10-28 13:00"),
        ("14:00 Beijing time", "10-28 14:00"),
    ],
)
def test_an_exact_time_is_understood(text: str, moment: str) -> None:
    assert understood(text) == (moment, moment, "")


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("今天", "10-28 09:00", "10-28 18:00"),
        ("明天", "10-29 09:00", "10-29 18:00"),
        ("明天上午", "10-29 09:00", "10-29 12:00"),
        ("tomorrow morning", "10-29 09:00", "10-29 12:00"),
        ("明早", "10-29 09:00", "10-29 12:00"),
        ("下午", "10-28 13:30", "10-28 18:00"),
        ("周五", "10-30 09:00", "10-30 18:00"),
        ("friday", "10-30 09:00", "10-30 18:00"),
        ("周三", "10-28 09:00", "10-28 18:00"),
        ("下周三", "11-04 09:00", "11-04 18:00"),
        ("sat", "10-31 00:00", "11-01 00:00"),
        ("2026-11-21", "11-21 00:00", "11-22 00:00"),
        ("2026/11/20", "11-20 09:00", "11-20 18:00"),
        ("by Friday", "10-30 09:00", "10-30 18:00"),
        ("最晚周五", "10-30 09:00", "10-30 18:00"),
        ("本周五", "10-30 09:00", "10-30 18:00"),
        ("this friday", "10-30 09:00", "10-30 18:00"),
        ("next Monday", "11-02 09:00", "11-02 18:00"),
        ("next wed", "11-04 09:00", "11-04 18:00"),
        ("Friday next week", "11-06 09:00", "11-06 18:00"),
        ("下下周一", "11-09 09:00", "11-09 18:00"),
        ("next week", "11-02 09:00", "11-06 18:00"),
        ("下周", "11-02 09:00", "11-06 18:00"),
        ("本周内", "10-28 09:00", "10-30 18:00"),
        ("月底前", "10-28 09:00", "10-30 18:00"),
        ("end of month", "10-28 09:00", "10-30 18:00"),
        ("30号", "10-30 09:00", "10-30 18:00"),
        ("Nov 30", "11-30 09:00", "11-30 18:00"),
        ("11/25", "11-25 09:00", "11-25 18:00"),
        ("25/11", "11-25 09:00", "11-25 18:00"),
        ("中午", "10-28 12:00", "10-28 13:00"),
        ("今天内", "10-28 09:00", "10-28 18:00"),
        ("周5", "10-30 09:00", "10-30 18:00"),
        ("next week Monday", "11-02 09:00", "11-02 18:00"),
        ("周末", "10-31 00:00", "11-02 00:00"),
        ("下周末", "11-07 00:00", "11-09 00:00"),
        ("周末前", "10-28 09:00", "10-30 18:00"),
        ("before the weekend", "10-28 09:00", "10-30 18:00"),
        ("下个月底", "11-02 09:00", "11-30 18:00"),
        ("年底前", "10-28 09:00", "12-31 18:00"),
        ("end of year", "10-28 09:00", "12-31 18:00"),
        ("12月25号", "12-25 09:00", "12-25 18:00"),
        ("the 25th", "11-25 09:00", "11-25 18:00"),
    ],
)
def test_a_day_means_its_working_hours_and_the_day_itself_where_nobody_works(text: str, begin: str, end: str) -> None:
    assert understood(text) == (begin, end, "")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("16:30 等备件", "等备件"),
        ("周五前，供应商发货", "供应商发货"),
        ("2h because of the vendor", "because of the vendor"),
        ("明天上午 换硬盘", "换硬盘"),
        ("4pm tomorrow because of the vendor", "because of the vendor"),
        ("周五前台换打印机", "前台换打印机"),
        ("周五前提供结果", "提供结果"),
        ("周五前提交报告", "提交报告"),
        ("周五 前提是备件到货", "前提是备件到货"),
    ],
)
def test_what_stands_behind_a_time_is_kept(text: str, rest: str) -> None:
    assert understood(text)[2] == rest


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        ("Friday, ", "the vendor ships before the weekend"),
        ("Friday, ", "parts come the week after next"),
        ("4 p.m. ", "vendor calls at 5 p.m. and tests for 1h30"),
        ("next week Friday, ", "the next week Monday is a holiday"),
        ("before the weekend, ", "parts come before the weekend"),
        ("1h30 ", "更新要 1h30"),
    ],
)
def test_the_words_of_a_reason_stay_as_they_were_written(time: str, reason: str) -> None:
    """Though the same words mean something in a time, where they are read in another form."""
    assert understood(f"{time}{reason}")[2] == reason


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        *(
            ("Friday!", ""),
            ("周五！", ""),
            ("Friday...", ""),
            ("16:30!!", ""),
            ("Friday, !", ""),
            ("Friday ;)", ""),
            ("2h 👍", ""),
        ),
        *(("Friday! parts", "parts"), ("Friday!!! - parts!", "parts!"), ("周五！等备件", "等备件"), ("周五…… 等备件", "等备件")),
        *(("16:30 !important", "!important"), ("16:30 (parts)", "(parts)"), ("16:30 -5C", "-5C"), ("16:30 2 disks", "2 disks")),
    ],
)
def test_signs_alone_are_no_reason(text: str, rest: str) -> None:
    assert understood(text)[2] == rest


@pytest.mark.parametrize(
    ("text", "why", "right"),
    [
        ("09:00", Vagueness.PAST, "2026-10-29 09:00"),
        ("周三 9:00", Vagueness.PAST, "2026-11-04 09:00"),
        ("本周一", Vagueness.PAST, "2026-11-02 18:00"),
        ("2026-10-20", Vagueness.PAST, "2026-10-28 18:00"),
        ("yesterday", Vagueness.PAST, "2026-10-28 18:00"),
        ("soon", Vagueness.UNKNOWN, "2026-10-29 16:30"),
        ("尽快", Vagueness.UNKNOWN, "2026-10-29 16:30"),
        ("sunset", Vagueness.UNKNOWN, "2026-10-29 16:30"),
        ("25:00", Vagueness.IMPOSSIBLE, "2026-10-29 16:30"),
        ("10:75", Vagueness.IMPOSSIBLE, "2026-10-29 16:30"),
        ("2026-13-01", Vagueness.IMPOSSIBLE, "2026-10-29 16:30"),
        ("2月30日", Vagueness.IMPOSSIBLE, "2026-10-29 16:30"),
        ("9999d", Vagueness.IMPOSSIBLE, "2026-10-29 16:30"),
        ("9999-12-31 23:59", Vagueness.IMPOSSIBLE, "2026-10-29 16:30"),
        ("9999-12-31 18:00 UTC", Vagueness.IMPOSSIBLE, "2026-10-29 16:30"),
        ("until 9999-06-01", Vagueness.IMPOSSIBLE, "2026-10-29 16:30"),
        ("2036-10-28", Vagueness.IMPOSSIBLE, "2026-10-29 16:30"),
        ("明天 10:30-12:00", Vagueness.SEVERAL, "2026-10-29 10:30"),
        ("2-3 hours", Vagueness.SEVERAL, "3 hours"),
        ("2 weeks from 2099-01-01", Vagueness.SEVERAL, "2026-11-11 10:00"),
        ("2 weeks from 2027-02-30", Vagueness.SEVERAL, "2026-11-11 10:00"),
        ("a day or two", Vagueness.SEVERAL, "2026-10-29 10:00"),
        ("14:00 CST", Vagueness.ZONE, "2026-10-28 14:00 UTC+08:00"),
        ("春节前", Vagueness.UNKNOWN, "2026-10-29 16:30"),
        ("原定周五，顺延到下周二", Vagueness.UNKNOWN, "2026-11-03 18:00"),
        ("Feb 30", Vagueness.IMPOSSIBLE, "2026-10-29 16:30"),
        ("Feb 29", Vagueness.IMPOSSIBLE, "2026-10-29 16:30"),
        ("31 November", Vagueness.IMPOSSIBLE, "2026-10-29 16:30"),
        ("", Vagueness.UNKNOWN, "2026-10-29 16:30"),
    ],
)
def test_a_time_that_is_none_is_told_with_a_way_to_write_it(text: str, why: Vagueness, right: str) -> None:
    assert when(text, NOW, OFFICE) == Vague(why, right)


@pytest.mark.parametrize(
    ("text", "why", "right", "other"),
    [
        ("4点", Vagueness.HALF, "2026-10-28 16:00", "2026-10-29 04:00"),
        ("明天3点", Vagueness.HALF, "2026-10-29 15:00", "2026-10-29 03:00"),
        ("tomorrow 4:30", Vagueness.HALF, "2026-10-29 16:30", "2026-10-29 04:30"),
        ("by 5", Vagueness.HALF, "2026-10-28 17:00", "2026-10-29 05:00"),
        ("5点半", Vagueness.HALF, "2026-10-28 17:30", "2026-10-29 05:30"),
        ("5 o'clock", Vagueness.HALF, "2026-10-28 17:00", "2026-10-29 05:00"),
        ("11/12", Vagueness.ORDER, "2026-11-12", "2026-12-11"),
        ("12/1", Vagueness.ORDER, "2026-12-01", "2027-01-12"),
        ("10-02", Vagueness.ORDER, "2027-10-02", "2027-02-10"),
        ("05-11 9:00", Vagueness.ORDER, "2027-05-11", "2026-11-05"),
        ("12/1/2027", Vagueness.ORDER, "2027-12-01", "2027-01-12"),
        ("next Friday", Vagueness.WEEK, "2026-10-30", "2026-11-06"),
        ("周四或周五", Vagueness.SEVERAL, "2026-10-29 18:00", "2026-10-30 18:00"),
        ("周六或周日", Vagueness.SEVERAL, "2026-10-31 24:00", "2026-11-01 24:00"),
        ("明天、后天", Vagueness.SEVERAL, "2026-10-29 18:00", "2026-10-30 18:00"),
        ("周五到下周二", Vagueness.SEVERAL, "2026-10-30 18:00", "2026-11-03 18:00"),
        ("tomorrow or Friday", Vagueness.SEVERAL, "2026-10-29 18:00", "2026-10-30 18:00"),
        ("2h, 3h max", Vagueness.SEVERAL, "2h", "3h"),
        ("2天，3天也可能", Vagueness.SEVERAL, "2天", "3天"),
        ("1天，一周内肯定", Vagueness.SEVERAL, "1天", "一周内"),
        ("3 days, 2 days if lucky", Vagueness.SEVERAL, "3 days", "2 days"),
        ("30 minutes and 1 hour", Vagueness.SEVERAL, "30 minutes", "1 hour"),
        ("3 working hours, 2h", Vagueness.SEVERAL, "3 working hours", "2h"),
        ("tomorrow 15:00, 16:00", Vagueness.SEVERAL, "2026-10-29 15:00", ""),
    ],
)
def test_a_time_that_may_mean_two_things_is_asked_with_both(text: str, why: Vagueness, right: str, other: str) -> None:
    assert when(text, NOW, OFFICE) == Vague(why, right, other)


@pytest.mark.parametrize("text", ["4点", "11/12", "next Friday", "soon", "09:00", "2-3 hours", "14:00 CST", "2天，3天"])
def test_what_it_offers_instead_is_understood(text: str) -> None:
    vague = when(text, NOW, OFFICE)
    assert isinstance(vague, Vague)
    for way in filter(None, (vague.right, vague.other)):
        assert isinstance(when(way, NOW, OFFICE), Said)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("25.12.2026 10:00", "2026-12-25 10:00"),
        ("12/25/2026 10:00", "2026-12-25 10:00"),
        ("25/12/2026 10:00", "2026-12-25 10:00"),
        ("26.11.2027 16:30", "2027-11-26 16:30"),
    ],
)
def test_a_year_behind_a_date_is_of_it(text: str, moment: str) -> None:
    """And is no reason that the requester is told."""
    said = when(text, NOW, OFFICE)
    assert isinstance(said, Said)
    assert (f"{said.until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", said.rest) == (moment, "")


@pytest.mark.parametrize("text", ["2 days ago", "an hour ago", "1小时前", "10分钟以前", "三天前提交的"])
def test_how_long_ago_is_no_time_to_come(text: str) -> None:
    said = when(text, NOW, OFFICE)
    assert isinstance(said, Vague)
    assert said.why is Vagueness.PAST


NATIONAL = replace(OFFICE, holidays=frozenset(date(2027, 10, day) for day in range(1, 8)))


@pytest.mark.parametrize(
    ("text", "now", "moment"),
    [
        ("国庆后", "2027-09-28 10:00", "2027-10-08 09:00"),
        ("国庆节之后", "2027-09-28 10:00", "2027-10-08 09:00"),
        ("after National Day", "2027-09-28 10:00", "2027-10-08 09:00"),
        ("国庆后", "2027-10-03 10:00", "2027-10-08 09:00"),
        ("国庆前", "2027-09-20 10:00", "2027-09-30 18:00"),
        ("after Christmas", "2027-12-20 10:00", "2027-12-27 09:00"),
    ],
)
def test_a_feast_has_days_around_it_on_which_nobody_works(text: str, now: str, moment: str) -> None:
    said = when(text, datetime.fromisoformat(now).replace(tzinfo=SHANGHAI), NATIONAL)
    assert isinstance(said, Said)
    assert said.since == said.until == datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)


def test_a_day_on_which_nobody_works_is_told_apart() -> None:
    holiday = replace(OFFICE, holidays=frozenset({date(2026, 11, 2)}))
    said = [when("by Monday", NOW, calendar) for calendar in (holiday, OFFICE)]
    assert [isinstance(one, Said) and one.idle for one in said] == [True, False]


BERLIN = replace(OFFICE, zone=ZoneInfo("Europe/Berlin"))
SPRING = datetime(2026, 3, 28, 22, 30, tzinfo=BERLIN.zone)
AUTUMN = datetime(2026, 10, 24, 22, 30, tzinfo=BERLIN.zone)


@pytest.mark.parametrize(
    "words", ["下个工作日", "下一个工作日", "next business day", "by the next working day", "下个工作日下班前"]
)
def test_the_next_working_day_is_the_one_after_the_holidays(words: str) -> None:
    holiday = replace(OFFICE, holidays=frozenset({date(2026, 10, 29), date(2026, 10, 30)}))
    for calendar, day in ((OFFICE, "10-29"), (holiday, "11-02")):
        said = when(words, NOW, calendar)
        assert isinstance(said, Said)
        assert said.until == at(f"{day} 18:00")


def test_beijing_time_is_asked_elsewhere_where_no_hour_is_named() -> None:
    vague = when("北京时间明天下午", NOW, BERLIN)
    assert isinstance(vague, Vague)
    assert vague.why is Vagueness.ZONE
    said = when("北京时间明天 15:00", NOW, BERLIN)
    assert isinstance(said, Said)
    assert said.until == at("10-29 15:00")


def test_a_moment_in_the_gap_of_spring_is_told_with_the_next_there_is() -> None:
    assert when("tomorrow 02:30", SPRING, BERLIN) == Vague(Vagueness.GAP, "2026-03-29 03:30")


def test_a_moment_that_comes_twice_in_autumn_is_asked_and_each_can_be_written() -> None:
    vague = when("明天凌晨2点半", AUTUMN, BERLIN)
    assert vague == Vague(Vagueness.TWICE, "2026-10-25 02:30 UTC+02:00", "2026-10-25 02:30 UTC+01:00")
    first, second = (when(way, AUTUMN, BERLIN) for way in (vague.right, vague.other))
    assert isinstance(first, Said)
    assert isinstance(second, Said)
    assert (first.until, second.until) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))


@pytest.mark.parametrize(("now", "end"), [(SPRING, "2026-03-29 03:30+02:00"), (AUTUMN, "2026-10-25 02:30+02:00")])
def test_hours_are_real_ones_though_the_clocks_change(now: datetime, end: str) -> None:
    said = when("4h", now, BERLIN)
    assert isinstance(said, Said)
    assert said.until == now.astimezone(UTC) + timedelta(hours=4) == datetime.fromisoformat(end)


def test_a_week_keeps_the_time_on_the_wall_though_the_clocks_change() -> None:
    said = when("1 week", SPRING, BERLIN)
    assert isinstance(said, Said)
    assert said.until == datetime(2026, 4, 4, 22, 30, tzinfo=BERLIN.zone)


WORDS = [
    "next ",
    "周",
    "Fri ",
    "tomorrow ",
    "a ",
    "half ",
    "hour ",
    "d ",
    "4",
    "16:30 ",
    "下",
    "五",
    "-",
    "2026-10-25",
    "EOD ",
    "UTC+99:00",
]
PHRASES = st.lists(st.sampled_from(WORDS), max_size=5).map("".join)


@given(st.text(max_size=40) | st.from_regex(r"[0-9:点半日月周下两个时天-]{1,12}", fullmatch=True) | PHRASES)
def test_no_text_breaks_it_and_what_it_understands_lies_ahead(text: str) -> None:
    said = when(text, NOW, OFFICE)
    assert isinstance(said, Vague) or said.until > NOW
