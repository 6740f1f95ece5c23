"""Times as people write them; it is Wednesday, the 28th of October 2026, ten o'clock in Shanghai."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.when import Doubt, Said, Vague, before, when
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
        ("2h", "10-28 12:00"),
        ("in 30 minutes", "10-28 10:30"),
        ("半小时", "10-28 10:30"),
        ("1.5h", "10-28 11:30"),
        ("2小时后", "10-28 12:00"),
        ("2d", "10-30 10:00"),
        ("两天", "10-30 10:00"),
        ("3 days", "11-02 10:00"),
        ("1d 4h", "10-29 14:00"),
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
    ],
)
def test_what_stands_behind_a_time_is_kept(text: str, rest: str) -> None:
    assert understood(text)[2] == rest


@pytest.mark.parametrize(
    ("text", "doubt", "right"),
    [
        ("09:00", Doubt.PAST, "2026-10-29 09:00"),
        ("2026-10-27", Doubt.PAST, "2026-10-28 18:00"),
        ("4点", Doubt.HALF, "16:00"),
        ("明天3点", Doubt.HALF, "15:00"),
        ("11/12", Doubt.ORDER, "2026-11-12"),
        ("next fri", Doubt.UNKNOWN, "2026-10-29 16:30"),
        ("soon", Doubt.UNKNOWN, "2026-10-29 16:30"),
        ("25:00", Doubt.IMPOSSIBLE, "2026-10-29 16:30"),
        ("10:75", Doubt.IMPOSSIBLE, "2026-10-29 16:30"),
        ("2026-13-01", Doubt.IMPOSSIBLE, "2026-10-29 16:30"),
        ("2月30日", Doubt.IMPOSSIBLE, "2026-10-29 16:30"),
        ("9999d", Doubt.IMPOSSIBLE, "2026-10-29 16:30"),
        ("", Doubt.UNKNOWN, "2026-10-29 16:30"),
    ],
)
def test_a_time_that_may_mean_two_things_or_none_is_not_guessed(text: str, doubt: Doubt, right: str) -> None:
    vague = when(text, NOW, OFFICE)
    assert isinstance(vague, Vague)
    assert (vague.doubt, vague.right) == (doubt, right)


@pytest.mark.parametrize("text", ["4点", "11/12", "soon", "09:00"])
def test_what_it_offers_instead_is_understood(text: str) -> None:
    vague = when(text, NOW, OFFICE)
    assert isinstance(vague, Vague)
    assert isinstance(when(vague.right, NOW, OFFICE), Said)


def test_something_that_happened_lies_in_the_past() -> None:
    said = before("09:12 说好了", NOW, OFFICE)
    assert isinstance(said, Said)
    assert (said.since, said.rest) == (at("10-28 09:12"), "说好了")
    vague = before("11:00 说好了", NOW, OFFICE)
    assert isinstance(vague, Vague)
    assert vague.doubt is Doubt.FUTURE


@pytest.mark.parametrize(
    ("text", "doubt"), [("25:00 说好了", "impossible"), ("2月30日 说好了", "impossible"), ("说好了", "unknown")]
)
def test_a_time_that_never_was_is_told_from_words(text: str, doubt: str) -> None:
    vague = before(text, NOW, OFFICE)
    assert isinstance(vague, Vague)
    assert vague.doubt == doubt


@given(st.text(max_size=40) | st.from_regex(r"[0-9:点半日月周-]{1,12}", fullmatch=True))
def test_no_text_breaks_it_and_what_it_understands_lies_ahead(text: str) -> None:
    said = when(text, NOW, OFFICE)
    assert isinstance(said, Vague) or said.until > NOW


@pytest.mark.parametrize(
    ("text", "minutes", "rest"),
    [
        ("10分钟前 没接", 10, "没接"),
        ("半小时前，说好了", 30, "说好了"),
        ("2 hours ago, no answer", 120, "no answer"),
        ("an hour ago", 60, ""),
    ],
)
def test_what_happened_a_while_ago_is_reckoned_back(text: str, minutes: int, rest: str) -> None:
    said = before(text, NOW, OFFICE)
    assert isinstance(said, Said)
    assert (NOW - said.since, said.rest) == (timedelta(minutes=minutes), rest)
