"""A time that is ruled out or moved in the same breath is no promise; it is Wednesday, ten o'clock in Shanghai."""

import pytest

from maildesk.core.decide.saying import doubtful
from maildesk.core.said import Said, Vague, Vagueness
from maildesk.core.when import when
from tests.core.clockwork import OFFICE
from tests.core.test_when import NOW, understood

TODAY, TOMORROW, FRIDAY, MONDAY = "2026-10-28 18:00", "2026-10-29 18:00", "2026-10-30 18:00", "2026-11-02 18:00"


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        # moved
        ("周五改到下周一", FRIDAY, MONDAY),
        ("周五推迟到下周一", FRIDAY, MONDAY),
        ("周五，顺延到下周一", FRIDAY, MONDAY),
        ("周五提前到明天", FRIDAY, TOMORROW),
        ("周五→周一", FRIDAY, MONDAY),
        ("Friday -> Monday", FRIDAY, MONDAY),
        ("Friday moved to Monday", FRIDAY, MONDAY),
        ("Friday, postponed until Monday", FRIDAY, MONDAY),
        # refused
        ("今天来不及，明天下午", TODAY, TOMORROW),
        ("今天没空明天吧", TODAY, TOMORROW),
        ("周五放假，下周一", FRIDAY, MONDAY),
        ("周五不行，下周一", FRIDAY, MONDAY),
        ("今天搞不定，明天下午", TODAY, TOMORROW),
        ("today can't, tomorrow 3pm", TODAY, "2026-10-29 15:00"),
        ("today won’t do, tomorrow", TODAY, TOMORROW),
        ("Friday I can't, Monday", FRIDAY, MONDAY),
        ("Friday is a holiday, so Monday", FRIDAY, MONDAY),
        ("today not possible, tomorrow 3pm", TODAY, "2026-10-29 15:00"),
        ("2h if the vendor answers, else 4h", "2026-10-28 12:00", "2026-10-28 14:00"),
        # towards another
        ("Friday no good so Monday", FRIDAY, MONDAY),
        ("tomorrow noon slips to Friday", "2026-10-29 12:00", FRIDAY),
        ("today is too short, will be tomorrow", TODAY, TOMORROW),
        ("周五推下周一", FRIDAY, MONDAY),
        ("周五往后延两天", FRIDAY, "2026-10-30 10:00"),
        # in a clause of its own
        ("今天忙 明天", TODAY, TOMORROW),
        ("周五忙，周一", FRIDAY, MONDAY),
        ("Friday is busy, so Monday", FRIDAY, MONDAY),
        ("半小时，最多一小时", "2026-10-28 10:30", "2026-10-28 11:00"),
    ],
)
def test_which_of_two_times_is_asked_with_both(text: str, first: str, second: str) -> None:
    assert when(text, NOW, OFFICE) == Vague(Vagueness.SEVERAL, first, second)


def test_the_question_names_both_times_in_either_language() -> None:
    vague = when("周五改到下周一", NOW, OFFICE)
    assert isinstance(vague, Vague)
    for language in ("zh", "en"):
        assert all(way in doubtful(language, vague) for way in (FRIDAY, MONDAY))


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("周五 不影响生产", "不影响生产"),
        ("16:30 不能远程，要到现场", "不能远程，要到现场"),
        ("周五，等供应商周四发货", "等供应商周四发货"),
        ("明天，今天没时间", "今天没时间"),
        ("周五，备件要等到周四", "备件要等到周四"),
        ("周五到货后装", "到货后装"),
        ("16:30, user to confirm 2 hours later", "user to confirm 2 hours later"),
        ("Friday, Monday is off", "Monday is off"),
        ("tomorrow instead of Friday", "instead of Friday"),
        ("Monday, not Friday", "not Friday"),
        ("周一，不是周五", "不是周五"),
        ("16:30 can't reach 2 of 3 disks", "can't reach 2 of 3 disks"),
        ("周五 改造机房，周四供电", "改造机房，周四供电"),
        (
            "Friday, the vendor did not ship it yet, will be there by Friday",
            "the vendor did not ship it yet, will be there by Friday",
        ),
    ],
)
def test_a_reason_with_such_a_word_but_no_other_time_in_its_place_stays_one(text: str, rest: str) -> None:
    assert understood(text)[2] == rest


@pytest.mark.parametrize("text", ["周五 无法远程，周四备件才到", "周五改到下周一", "2h if the vendor answers, else 4h"])
def test_what_is_offered_takes_the_same_words_as_a_reason_behind_a_comma(text: str) -> None:
    vague = when(text, NOW, OFFICE)
    assert isinstance(vague, Vague)
    for way in filter(None, (vague.right, vague.other)):
        said = when(f"{way}，{text}", NOW, OFFICE)
        assert isinstance(said, Said), way
        assert said.rest == text
