"""From … to, as people write it; it is Wednesday, the 28th of October 2026, ten o'clock in Shanghai."""

import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.decide.saying import doubtful
from maildesk.core.said import Said, Vague, Vagueness
from maildesk.core.stretch import stretch
from tests.core.clockwork import OFFICE, SHANGHAI, at

NOW = at("10-28 10:00")


_ONE = r"[\d-]{10}(?: \d\d:\d\d)?(?: UTC[+-]\d\d:\d\d)?"
OFFERED = re.compile(rf"(?:until )?{_ONE}(?: (?:–|to) {_ONE})?|\d days")
"""What a question says to write."""


def understood(text: str) -> tuple[str, str]:
    said = stretch(text, NOW, OFFICE)
    assert isinstance(said, Said), said
    since, until = (f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}" for moment in (said.since, said.until))
    return since, until


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        # whole days
        ("12-20 to 12-28", "12-20 00:00", "12-29 00:00"),
        ("from 12-20 to 12-28", "12-20 00:00", "12-29 00:00"),
        ("12月20日到28日", "12-20 00:00", "12-29 00:00"),
        ("从12月20日至12月28日", "12-20 00:00", "12-29 00:00"),
        ("１２月２０日－２８日", "12-20 00:00", "12-29 00:00"),
        ("12月20-28日", "12-20 00:00", "12-29 00:00"),
        ("12.20-12.28", "12-20 00:00", "12-29 00:00"),
        ("2026-12-20..2026-12-28", "12-20 00:00", "12-29 00:00"),
        ("Dec 20 through Dec 28", "12-20 00:00", "12-29 00:00"),
        ("Dec 20-28", "12-20 00:00", "12-29 00:00"),
        ("20 Dec till 28 Dec", "12-20 00:00", "12-29 00:00"),
        ("12-28 to 1-5", "12-28 00:00", "01-06 00:00"),
        ("Fri-Tue", "10-30 00:00", "11-04 00:00"),
        ("周五到下周二", "10-30 00:00", "11-04 00:00"),
        ("周五-周二", "10-30 00:00", "11-04 00:00"),
        ("下周一到周三", "11-02 00:00", "11-05 00:00"),
        ("Monday to Wednesday", "11-02 00:00", "11-05 00:00"),
        ("明天到后天", "10-29 00:00", "10-31 00:00"),
        ("today until Friday", "10-28 00:00", "10-31 00:00"),
        ("2-6 Nov", "11-02 00:00", "11-07 00:00"),
        ("from 2 to 6 November 2026", "11-02 00:00", "11-07 00:00"),
        ("2nd–6th of November", "11-02 00:00", "11-07 00:00"),
        ("Nov 27 - 6 Dec", "11-27 00:00", "12-07 00:00"),
        ("2026-11-27 - 6 Dec", "11-27 00:00", "12-07 00:00"),
        ("12-1 to 12-5", "12-01 00:00", "12-06 00:00"),
        # a day or a week alone
        ("tomorrow", "10-29 00:00", "10-30 00:00"),
        ("明天", "10-29 00:00", "10-30 00:00"),
        ("周五", "10-30 00:00", "10-31 00:00"),
        ("下周", "11-02 00:00", "11-09 00:00"),
        ("next week", "11-02 00:00", "11-09 00:00"),
        ("周末", "10-31 00:00", "11-02 00:00"),
        ("until the end of the month", "10-28 10:00", "11-01 00:00"),
        ("12-24", "12-24 00:00", "12-25 00:00"),
        # only the end
        ("until Friday", "10-28 10:00", "10-31 00:00"),
        ("到周五", "10-28 10:00", "10-31 00:00"),
        ("现在到周五", "10-28 10:00", "10-31 00:00"),
        ("from now until 16:00", "10-28 10:00", "10-28 16:00"),
        ("until tomorrow noon", "10-28 10:00", "10-29 12:00"),
        ("到明天上午", "10-28 10:00", "10-29 12:00"),
        # this week, and the rest of it
        ("this week", "10-28 10:00", "11-02 00:00"),
        ("本周", "10-28 10:00", "11-02 00:00"),
        ("这周 出差", "10-28 10:00", "11-02 00:00"),
        ("rest of the week", "10-28 10:00", "11-02 00:00"),
        ("for the rest of the day", "10-28 00:00", "10-29 00:00"),
        ("now", "10-28 00:00", "10-29 00:00"),
        # how long
        ("the next 2 hours", "10-28 10:00", "10-28 12:00"),
        ("next three days", "10-28 10:00", "11-02 10:00"),
        ("2h", "10-28 10:00", "10-28 12:00"),
        ("两小时", "10-28 10:00", "10-28 12:00"),
        # hours and parts of days
        ("today 14:00-16:00", "10-28 14:00", "10-28 16:00"),
        ("今天下午2点到4点", "10-28 14:00", "10-28 16:00"),
        ("明天 14:00 到 16:00", "10-29 14:00", "10-29 16:00"),
        ("tomorrow from 2pm to 4pm", "10-29 14:00", "10-29 16:00"),
        ("Fri 22:00 to Sat 06:00", "10-30 22:00", "10-31 06:00"),
        ("明天上午", "10-29 09:00", "10-29 12:00"),
        ("tomorrow afternoon", "10-29 13:30", "10-29 18:00"),
        ("明天下午到周五中午", "10-29 13:30", "10-30 13:00"),
        ("tomorrow 9 to 12", "10-29 09:00", "10-29 12:00"),
        ("today 15 to 17", "10-28 15:00", "10-28 17:00"),
        ("Mon 9-11", "11-02 09:00", "11-02 11:00"),
        ("周一9-11 看牙", "11-02 09:00", "11-02 11:00"),
        ("11月2日 9-12", "11-02 09:00", "11-02 12:00"),
        ("tomorrow 0900 to 1200", "10-29 09:00", "10-29 12:00"),
        ("Mon 0900 - Tue 1200", "11-02 09:00", "11-03 12:00"),
        # over night, and until a time
        ("8pm to 8am", "10-28 20:00", "10-29 08:00"),
        ("Fri 22:00-06:00", "10-30 22:00", "10-31 06:00"),
        ("晚上8点到早上8点", "10-28 20:00", "10-29 08:00"),
        ("周五下班前", "10-28 10:00", "10-30 18:00"),
        ("before noon", "10-28 10:00", "10-28 12:00"),
        ("月底前", "10-28 10:00", "11-01 00:00"),
        # how long, and when
        ("3天，下周一到周三", "11-02 00:00", "11-05 00:00"),
        ("三天（11月2日-4日）", "11-02 00:00", "11-05 00:00"),
        ("2 days Mon-Tue", "11-02 00:00", "11-04 00:00"),
        ("2 weeks starting Monday", "11-02 00:00", "11-16 00:00"),
        ("三天，从明天开始", "10-29 00:00", "11-03 00:00"),
        ("Mon-Tue 2 days", "11-02 00:00", "11-04 00:00"),
        ("明天请一天假", "10-29 00:00", "10-30 00:00"),
        ("下周一到周三，3天", "11-02 00:00", "11-05 00:00"),
        ("2 weeks from Nov 2", "11-02 00:00", "11-16 00:00"),
        ("2 days from tomorrow", "10-29 00:00", "11-02 00:00"),
        ("tmr 1400-1530 dentist", "10-29 14:00", "10-29 15:30"),
        ("1 week next week", "11-02 00:00", "11-09 00:00"),
        ("11月2日起3天", "11-02 00:00", "11-05 00:00"),
        ("from tomorrow for 3 days", "10-29 00:00", "11-03 00:00"),
        ("today from 3pm", "10-28 15:00", "10-29 00:00"),
        ("for lunch until 13:30", "10-28 10:00", "10-28 13:30"),
        ("出差到周三", "10-28 10:00", "10-29 00:00"),
        ("3天 年假", "10-28 10:00", "11-02 10:00"),
        ("half a day", "10-28 10:00", "10-28 12:00"),
        ("半天 看牙", "10-28 10:00", "10-28 12:00"),
        # the order of the first date is that of the second
        ("24.12.2026-02.01.2027", "12-24 00:00", "01-03 00:00"),
        ("24.12. bis 02.01.", "12-24 00:00", "01-03 00:00"),
        ("30/11-4/12", "11-30 00:00", "12-05 00:00"),
        ("12/25 - 1/4", "12-25 00:00", "01-05 00:00"),
        # what stands behind it is a reason
        ("12-20 to 12-28 skiing", "12-20 00:00", "12-29 00:00"),
        ("明天 自驾游", "10-29 00:00", "10-30 00:00"),
        ("明天 看牙", "10-29 00:00", "10-30 00:00"),
    ],
)
def test_from_when_to_when_is_understood(text: str, since: str, until: str) -> None:
    assert understood(text) == (since, until)


@pytest.mark.parametrize(
    ("text", "vague"),
    [
        ("fri 12:00", Vague(Vagueness.BOUND, "2026-10-30 12:00", "2026-10-31")),
        ("16:30", Vague(Vagueness.BOUND, "2026-10-28 16:30", "2026-10-29")),
        ("月底", Vague(Vagueness.BOUND, "2026-10-31", "2026-11-07")),
        ("EOW", Vague(Vagueness.BOUND, "2026-11-01", "2026-11-08")),
        ("from Friday", Vague(Vagueness.END, "2026-10-30 09:00", "2026-11-06")),
        ("从周五起", Vague(Vagueness.END, "2026-10-30 09:00", "2026-11-06")),
        ("yesterday", Vague(Vagueness.PAST, "2026-10-29")),
        ("10-30 to 10-29", Vague(Vagueness.REVERSED, "2026-10-29", "2026-10-30")),
        ("周四或周五", Vague(Vagueness.SEVERAL, "2026-10-29")),
        ("14:00 to 12:00", Vague(Vagueness.REVERSED, "2026-10-28 12:00", "2026-10-28 14:00")),
        ("before Friday", Vague(Vagueness.EDGE, "2026-10-28 10:00 – 2026-10-30 09:00", "2026-10-28 10:00 – 2026-10-30 18:00")),
        ("周五前", Vague(Vagueness.EDGE, "2026-10-28 10:00 – 2026-10-30 09:00", "2026-10-28 10:00 – 2026-10-30 18:00")),
        (
            "3 days, Mon-Fri",
            Vague(Vagueness.SEVERAL, "2026-10-28 10:00 – 2026-11-02 10:00", "2026-11-02 – 2026-11-06"),
        ),
        ("3天年假，下周一起", Vague(Vagueness.SEVERAL, "2026-10-28 10:00 – 2026-11-02 10:00")),
        ("Mon 9 - Tue 12", Vague(Vagueness.SEVERAL, "2026-11-02 00:00 – 2026-11-03 12:00")),
        ("3天前", Vague(Vagueness.PAST, "2026-10-29")),
        ("周一到周三、周五", Vague(Vagueness.SEVERAL, "2026-11-02 – 2026-11-04")),
        ("12-20 12-28", Vague(Vagueness.SEVERAL, "2026-12-20")),
        ("11/12 to 20/12", Vague(Vagueness.ORDER, "2026-11-12 – 2026-12-20", "2026-12-11 – 2026-12-20")),
        ("2月30日到3月2日", Vague(Vagueness.IMPOSSIBLE, "2026-10-29")),
        ("vacation", Vague(Vagueness.UNKNOWN, "2026-10-29")),
        ("3-4", Vague(Vagueness.ORDER, "2027-03-04", "2027-04-03")),
        ("周五 4点", Vague(Vagueness.HALF, "2026-10-30 16:00 – 2026-10-30 24:00", "2026-10-30 04:00 – 2026-10-30 24:00")),
        ("from Friday to 4点", Vague(Vagueness.HALF, "2026-10-30 – 2026-10-30 16:00", "2026-10-30 – 2026-10-30 04:00")),
        ("12-24 to 02.01.", Vague(Vagueness.ORDER, "2026-12-24 – 2027-02-01", "2026-12-24 – 2027-01-02")),
        ("until 1/12", Vague(Vagueness.ORDER, "2026-10-28 10:00 – 2027-01-12", "2026-10-28 10:00 – 2026-12-01")),
        ("until 2-3 days", Vague(Vagueness.SEVERAL, "3 days")),
        ("10-02", Vague(Vagueness.ORDER, "2027-10-02", "2027-02-10")),
        ("05-11 to 06-11", Vague(Vagueness.ORDER, "2027-05-11 – 2027-06-11", "2026-11-05 – 2026-11-06")),
        ("1/12-5/12", Vague(Vagueness.ORDER, "2027-01-12 – 2027-05-12", "2026-12-01 – 2026-12-05")),
        ("next Friday until 6 Nov", Vague(Vagueness.WEEK, "2026-10-30 – 2026-11-06", "2026-11-06")),
        ("下周一请三天", Vague(Vagueness.SEVERAL, "2026-11-02", "2026-11-02 – 2026-11-04")),
        ("周五请半天假", Vague(Vagueness.SEVERAL, "2026-10-30")),
        ("Friday, half a day off", Vague(Vagueness.SEVERAL, "2026-10-30")),
        ("Friday half day", Vague(Vagueness.SEVERAL, "2026-10-30")),
        ("9999-12-31 23:59", Vague(Vagueness.IMPOSSIBLE, "2026-10-29")),
        ("9999-12-31 10:00-11:00", Vague(Vagueness.IMPOSSIBLE, "2026-10-29")),
        ("9999-12-31 20:00 to 08:00", Vague(Vagueness.IMPOSSIBLE, "2026-10-29")),
        ("from 9999-12-31 18:00 UTC", Vague(Vagueness.IMPOSSIBLE, "2026-10-29")),
        ("until 9999-12-31 23:59", Vague(Vagueness.IMPOSSIBLE, "2026-10-28 10:00 – 2026-10-29 16:30")),
        ("tomorrow to 9999-06-01", Vague(Vagueness.IMPOSSIBLE, "2026-10-29 – 2026-10-30 16:30")),
        ("2 weeks starting 9999-12-25", Vague(Vagueness.IMPOSSIBLE, "2026-10-29")),
        ("2 weeks starting 2027-02-30", Vague(Vagueness.IMPOSSIBLE, "2026-10-29")),
        ("2 days, 2099-01-01", Vague(Vagueness.IMPOSSIBLE, "2026-10-29")),
        ("明天 9:00-11:00 或 14:00", Vague(Vagueness.SEVERAL, "2026-10-29 09:00 – 2026-10-29 11:00")),
    ],
)
def test_what_may_mean_two_things_is_asked(text: str, vague: Vague) -> None:
    assert stretch(text, NOW, OFFICE) == vague


@pytest.mark.parametrize(
    "text",
    [
        *(
            "fri 12:00",
            "月底",
            "EOW",
            "from Friday",
            "yesterday",
            "10-30 to 10-29",
            "周四或周五",
            "周一到周三、周五",
            "11/12 to 20/12",
        ),
        *(
            "明天 9:00 或 10:00",
            "2月30日",
            "vacation",
            "3-4",
            "周五 4点",
            "until 4点",
            "until 17:00 CET",
            "17:00 CET",
            "next Friday",
            "2-3 days",
            "明天下午前",
        ),
        *(
            "tomorrow 2-4 meeting",
            "2h or more",
            "Fri 14:00 to 25:00",
            "today to 09:00",
            "Sat or Sun",
            "明天午饭后",
            "周五到周一夜里",
            "from Friday to 4点",
            "until 11-2",
            "until next Friday",
            "1/12-5/12",
            "12-24 to 02.01.",
            "before Friday",
            "周五前",
            "3 days, Mon-Fri",
            "14:00 to 12:00",
            "半天 明天",
            "下周一请三天",
        ),
    ],
)
def test_what_a_question_offers_is_understood_when_it_is_copied(text: str) -> None:
    vague = stretch(text, NOW, OFFICE)
    assert isinstance(vague, Vague)
    question = doubtful("en", vague)
    offered = OFFERED.findall(question)
    assert offered, question
    for way in offered:
        assert isinstance(stretch(way, NOW, OFFICE), Said), way


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)])
def test_a_whole_day_is_as_long_as_it_is_in_his_own_zone(day: str, hours: int) -> None:
    berlin = replace(OFFICE, zone=ZoneInfo("Europe/Berlin"))
    said = stretch(day, datetime(2026, 3, 1, 12, tzinfo=berlin.zone), berlin)
    assert isinstance(said, Said)
    assert (said.until.timestamp() - said.since.timestamp()) / 3600 == hours


WORDS = ["from ", "to ", "-", "到", "until ", "周五", "下周", "Fri ", "12-20 ", "28", "2h", "4点", "16:00", "明天", "2026-10-28"]


@given(st.lists(st.sampled_from(WORDS), max_size=6).map("".join))
def test_what_is_understood_ends_after_it_begins_and_lies_ahead(text: str) -> None:
    said = stretch(text, NOW, OFFICE)
    assert isinstance(said, Vague) or (said.since < said.until and said.until > NOW)
