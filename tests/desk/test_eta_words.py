"""`/eta` by mail, in words of both languages: what was understood is repeated, and what may mean two things is asked."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from maildesk.demo.world import FANG, MING
from tests.desk.house import House, Letter

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def ordered(house: House, words: str, at: datetime) -> Letter:
    """The transcript of an engineer's `/eta`; he writes at this moment."""
    house.now = at
    house.mail(FANG, "打印机卡纸了，重启也没有用。")
    (assignment,) = house.letters(MING)
    house.mail(MING, f"/eta {words}", answering=assignment)
    (transcript,) = [letter for letter in house.letters(MING) if "/eta" in letter.text.partition("\n>")[0]]
    return transcript


@pytest.mark.parametrize(
    ("words", "until", "shown"),
    [
        ("16:30", "11-23 16:30", "11-23 周一 16:30"),
        ("明天上午", "11-24 12:00", "11-24 周二 12:00"),
        ("周五下班前", "11-27 18:00", "11-27 周五 18:00"),
        ("in 2h", "11-23 12:00", "11-23 周一 12:00"),
        ("next Monday", "11-30 18:00", "11-30 周一 18:00"),
        ("tomorrow morning", "11-24 12:00", "11-24 周二 12:00"),
        ("end of week", "11-27 18:00", "11-27 周五 18:00"),
    ],
)
def test_the_words_of_both_languages_are_understood_and_repeated(house: House, words: str, until: str, shown: str) -> None:
    transcript = ordered(house, words, datetime(2026, 11, 23, 10, tzinfo=SHANGHAI))
    eta = house.ticket().eta
    assert eta is not None
    assert f"{eta.at.astimezone(SHANGHAI):%m-%d %H:%M}" == until
    assert shown in transcript.text


@pytest.mark.parametrize(
    ("words", "ways"),
    [
        ("4:30", ("2026-11-23 16:30", "2026-11-24 04:30")),
        ("next Friday", ("2026-11-27", "2026-12-04")),
        ("11/12", ("2026-12-11",)),
        ("周二或周三", ("2026-11-24 18:00",)),
        ("尽快", ()),
    ],
)
def test_what_may_mean_two_things_is_asked_and_sets_nothing(house: House, words: str, ways: tuple[str, ...]) -> None:
    transcript = ordered(house, words, datetime(2026, 11, 23, 10, tzinfo=SHANGHAI))
    assert house.ticket().eta is None
    assert [way for way in ways if way not in transcript.text] == []


@pytest.mark.parametrize(
    ("at", "words", "ways"),
    [
        (datetime(2026, 3, 27, 10, tzinfo=BERLIN), "3-29 02:30", ("2026-03-29 03:30",)),
        (datetime(2026, 10, 23, 10, tzinfo=BERLIN), "10-25 凌晨2:30", ("UTC+02:00", "UTC+01:00")),
    ],
    ids=["an hour that the clocks skip", "an hour that comes twice"],
)
def test_hours_that_come_never_or_twice_are_asked(house: House, at: datetime, words: str, ways: tuple[str, ...]) -> None:
    policy = house.config.policy
    office = replace(policy.calendar, zone=BERLIN, holidays=frozenset(), workdays=frozenset())
    house.config = replace(house.config, policy=replace(policy, calendar=office, calendars={"office": office}))
    house.desk.reload(house.config)
    transcript = ordered(house, words, at)
    assert house.ticket().eta is None
    assert [way for way in ways if way not in transcript.text] == []


def test_the_end_of_a_day_is_told_in_one_form(house: House) -> None:
    """To who named the day and to who waits for it."""
    transcript = ordered(house, "周六", datetime(2026, 11, 23, 10, tzinfo=SHANGHAI))
    told = [letter.text for letter in (Letter(*one) for one in house.office.taken) if letter.to == FANG.address]
    assert "11-28 周六 24:00" in transcript.text
    assert "11月28日 周六 24:00" in told[-1]
    assert "00:00" not in told[-1]
