"""Words of time that mean something else than their parts, or one thing here and another there: asked, or understood as a whole.

It is Wednesday, the 28th of October 2026, ten o'clock in Shanghai.
"""

import pytest

from maildesk.core.said import Said, Vague, Vagueness
from maildesk.core.when import when
from tests.core.clockwork import OFFICE
from tests.core.test_when import NOW, understood


@pytest.mark.parametrize(
    ("text", "this", "later"),
    [
        ("Friday week", "2026-10-30", "2026-11-06"),
        ("by Friday week, parts", "2026-10-30", "2026-11-06"),
        ("Monday week 10:00", "2026-11-02", "2026-11-09"),
    ],
)
def test_a_weekday_and_week_is_asked_with_both_weeks(text: str, this: str, later: str) -> None:
    assert when(text, NOW, OFFICE) == Vague(Vagueness.WEEK, this, later)


@pytest.mark.parametrize("text", ["tomorrow week", "today week", "Friday fortnight", "十天半个月", "十天半月", "三天两头"])
def test_words_that_mean_another_time_than_their_parts_are_asked(text: str) -> None:
    assert isinstance(when(text, NOW, OFFICE), Vague)


@pytest.mark.parametrize("hour", [13, 17, 23])
@pytest.mark.parametrize("sign", ["h", " h", "h.", "h on site", "h，等备件"])
def test_an_hour_of_the_afternoon_or_so_many_hours_is_asked(hour: int, sign: str) -> None:
    assert when(f"{hour}{sign}", NOW, OFFICE) == Vague(Vagueness.SEVERAL, f"2026-10-28 {hour}:00", f"{hour} hours")


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("at 8h", "2026-10-29 08:00", "8 hours"),
        ("by 17h, parts", "2026-10-28 17:00", "17 hours"),
        ("16:30, 17h", "2026-10-28 16:30", "2026-10-29 03:00"),
        ("tomorrow 8h", "2026-10-29 18:00", ""),
    ],
)
def test_so_is_an_hour_behind_other_words(text: str, first: str, second: str) -> None:
    assert when(text, NOW, OFFICE) == Vague(Vagueness.SEVERAL, first, second)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2h", "10-28 12:00"),
        ("4h", "10-28 14:00"),
        ("8h", "10-28 18:00"),
        ("12h", "10-28 22:00"),
        ("24h", "10-29 10:00"),
        ("48h", "10-30 10:00"),
        ("17 hours", "10-29 03:00"),
        ("17h 30m", "10-29 03:30"),
        ("17小时", "10-29 03:00"),
        ("17h30", "10-28 17:30"),
        ("tomorrow 17h", "10-29 17:00"),
        ("周五 17h", "10-30 17:00"),
        ("Friday at 14 h", "10-30 14:00"),
        ("2d 17h", "10-31 03:00"),
        ("1天半", "10-29 15:15"),
        ("1天半个小时", "10-29 10:30"),
    ],
)
def test_what_can_only_be_a_length_or_an_hour_is_that(text: str, moment: str) -> None:
    assert understood(text) == (moment, moment, "")


@pytest.mark.parametrize("text", ["Friday week", "17h", "十天半个月"])
def test_what_it_offers_instead_is_understood(text: str) -> None:
    vague = when(text, NOW, OFFICE)
    assert isinstance(vague, Vague)
    assert all(isinstance(when(way, NOW, OFFICE), Said) for way in (vague.right, vague.other) if way)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Friday week's backup is due", "week's backup is due"),
        ("Friday weekly backup", "weekly backup"),
        ("16:30 week-old logs", "week-old logs"),
        ("周五 两头都要换", "两头都要换"),
    ],
)
def test_a_reason_that_begins_so_stays_one(text: str, rest: str) -> None:
    assert understood(text)[2] == rest
