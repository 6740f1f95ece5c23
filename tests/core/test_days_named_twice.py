"""A day is often named twice in one breath: by its date and its weekday, or by its date and a word like tomorrow."""

from datetime import datetime

import pytest

from maildesk.core.said import Said, Vague, Vagueness
from maildesk.core.when import when
from tests.core.clockwork import OFFICE
from tests.core.test_when import NOW


def understood(text: str) -> tuple[datetime, str]:
    """The end of what is understood, and what stood behind it."""
    said = when(text, NOW, OFFICE)
    assert isinstance(said, Said), said
    return said.until, said.rest


def in_shanghai(moment: str) -> datetime:
    return datetime.fromisoformat(f"{moment}+08:00")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Thu 29 Oct 10:00", "2026-10-29 10:00"),
        ("Thursday, 29 October at 3pm", "2026-10-29 15:00"),
        ("10:00 on Thursday 29 October", "2026-10-29 10:00"),
        ("10月29日 周四 10:00", "2026-10-29 10:00"),
        ("10月29日（周四）10:00", "2026-10-29 10:00"),
        ("10月29日(星期四)下午3点", "2026-10-29 15:00"),
        ("周四（10月29日）下午3点", "2026-10-29 15:00"),
        ("2026-11-05 (Thu) 10:00", "2026-11-05 10:00"),
        ("明天（10月29日）下午3点", "2026-10-29 15:00"),
        ("tomorrow, 29 Oct, 3pm", "2026-10-29 15:00"),
        ("Thu 12 Nov 10:00", "2026-11-12 10:00"),
        ("周四 11月12日 10:00", "2026-11-12 10:00"),
    ],
)
def test_the_day_is_the_date_and_the_time_behind_it_counts(text: str, moment: str) -> None:
    assert understood(text) == (in_shanghai(moment), "")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("11/5（周四）10:00", "2026-11-05 10:00"),
        ("11/12 (Thu) 10:00", "2026-11-12 10:00"),
        ("next Friday (6 Nov) noon", "2026-11-06 12:00"),
        ("next Friday, 30 Oct, 16:30", "2026-10-30 16:30"),
    ],
)
def test_the_second_name_settles_what_the_first_left_open(text: str, moment: str) -> None:
    assert understood(text)[0] == in_shanghai(moment)


@pytest.mark.parametrize("text", ["Fri 29 Oct at 3pm", "10月29日（周五）10:00", "明天（10月30日）", "下周四 11月12日 10:00"])
def test_two_names_of_different_days_are_asked_about(text: str) -> None:
    said = when(text, NOW, OFFICE)
    assert isinstance(said, Vague)
    assert said.why is Vagueness.SEVERAL


@pytest.mark.parametrize(
    ("text", "vague"),
    [
        ("Tue 10-12 on site", Vague(Vagueness.SEVERAL, "2026-11-03 10:00")),
        ("Mon 9-11", Vague(Vagueness.SEVERAL, "2026-11-02 09:00")),
        ("周一9-11", Vague(Vagueness.SEVERAL, "2026-11-02 09:00")),
        ("周五 14-16 上门", Vague(Vagueness.SEVERAL, "2026-10-30 14:00")),
        ("Fri 2-4 disks", Vague(Vagueness.HALF, "2026-10-30 14:00", "2026-10-30 02:00")),
        ("Thu 11-12", Vague(Vagueness.SEVERAL, "2026-11-12", "2026-10-29 11:00")),
        ("Friday 10.30", Vague(Vagueness.DOTTED, "2026-10-30", "2026-10-30 10:30")),
        ("周五 10.30", Vague(Vagueness.DOTTED, "2026-10-30", "2026-10-30 10:30")),
        ("tomorrow 10.30", Vague(Vagueness.DOTTED, "2026-10-30", "2026-10-29 10:30")),
    ],
)
def test_hours_behind_a_day_are_no_second_name_of_one(text: str, vague: Vague) -> None:
    assert when(text, NOW, OFFICE) == vague


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Thu 10-29 10:00", "2026-10-29 10:00"),
        ("周四 10-29 10:00", "2026-10-29 10:00"),
        ("Fri 10.30 14:00", "2026-10-30 14:00"),
        ("Fri 0900", "2026-10-30 09:00"),
        ("明天 1630，重启", "2026-10-29 16:30"),
    ],
)
def test_what_can_only_be_a_date_or_an_hour_is_that(text: str, moment: str) -> None:
    assert understood(text)[0] == in_shanghai(moment)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("周四（已约好）", "（已约好）"),
        ("周五 5号楼停电", "5号楼停电"),
        ("周五 明天我请假", "明天我请假"),
        ("10月29日（备件到货）", "（备件到货）"),
        ("29 Oct 周四 已联系供应商", "已联系供应商"),
    ],
)
def test_a_reason_behind_the_day_stays_a_reason(text: str, rest: str) -> None:
    assert understood(text)[1] == rest
