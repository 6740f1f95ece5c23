"""The words of each language: complete, and said as people say them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from maildesk.core.alarm import Step
from maildesk.core.decide.telling import RULE_NAMES
from maildesk.core.duration import SOLUTION
from maildesk.core.letter import LetterKind
from maildesk.core.message import Kind, Risk
from maildesk.core.rules import Rule
from maildesk.core.standing import Idle, State
from maildesk.core.ticket import Mark, Priority, Status, Waiting
from maildesk.mail.facts import LABELS, labelled
from maildesk.mail.letters import Letters
from maildesk.mail.wording import Words, size, utc
from tests.mail.out.reading import LANGUAGES

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
NAMED = {
    "status": set(Status),
    "waiting": set(Waiting),
    "priority": set(Priority),
    "rule": {*Rule, SOLUTION},
    "letter": set(LetterKind),
    "alarm": {
        *(
            "mailbox",
            "filing",
            "renumbered",
            "mail",
            "mail failed",
            "letter refused",
            "letter not written",
            "step",
            "clock",
            "on call",
            "template",
            "configuration",
        ),
        *("limit address", "limit domain", "limit all", "limit neutral", "limit again", "limit tickets"),
    },
    "cause": set(Kind) - {Kind.PERSON},
    "field": {*LABELS, "ticket"},
    "risk": {*Risk, "large"},
    "state": set(State),
    "idle": set(Idle),
    "step": set(Step),
    "mark": set(Mark),
    "count": {"open", "late", "today", "waiting", "unassigned", "opened", "closed", "ignored", "held"},
}


@pytest.fixture(params=LANGUAGES)
def words(letters: Letters, request: pytest.FixtureRequest) -> Words:
    return letters.content.pages.words(request.param)


@pytest.fixture
def zh(letters: Letters) -> Words:
    return letters.content.pages.words("zh")


@pytest.fixture
def en(letters: Letters) -> Words:
    return letters.content.pages.words("en")


@pytest.mark.parametrize("group", NAMED)
def test_everything_has_a_name_and_no_name_is_idle(words: Words, group: str) -> None:
    assert set(words.groups[group]) == NAMED[group]
    assert all(name.strip() for name in words.groups[group].values())


def test_the_record_calls_each_duty_by_the_name_that_letters_use(words: Words) -> None:
    names = {rule: both[words.language == "en"] for rule, both in RULE_NAMES.items()}
    assert names == {rule: words.name("rule", rule) for rule in RULE_NAMES}


def test_both_languages_have_the_same_words(zh: Words, en: Words) -> None:
    assert {name: set(group) for name, group in zh.groups.items()} == {name: set(group) for name, group in en.groups.items()}
    assert {name: set(button) for name, button in zh.buttons.items()} == {
        name: set(button) for name, button in en.buttons.items()
    }


@pytest.mark.parametrize("field", LABELS)
def test_a_field_that_we_ask_for_is_understood_when_it_comes_back(words: Words, field: str) -> None:
    colon = "：" if words.language == "zh" else ":"
    assert labelled(f"{words.name('field', field)}{colon}x") == (field, "x")


def test_a_word_that_the_operator_invented_is_shown_as_it_is(words: Words) -> None:
    assert words.name("field", "cost_centre") == "cost_centre"


def test_a_moment_is_told_in_the_readers_day(zh: Words, en: Words) -> None:
    assert zh.moment(NOW, NOW, SHANGHAI) == "3月1日 周日 12:00"
    assert en.moment(NOW, NOW, ZoneInfo("America/New_York")) == "Sat 28 Feb, 23:00"


def test_another_year_is_told(zh: Words, en: Words) -> None:
    then = NOW - timedelta(days=400)
    assert zh.day(then, NOW, SHANGHAI) == "2025年1月25日 周六"
    assert en.day(then, NOW, SHANGHAI) == "Sat 25 Jan 2025"


def test_today_the_hour_is_enough(zh: Words) -> None:
    assert zh.clock(NOW + timedelta(hours=1), NOW, SHANGHAI) == "13:00"
    assert zh.clock(NOW + timedelta(hours=13), NOW, SHANGHAI) == "3月2日 周一 01:00"


@pytest.mark.parametrize(
    ("minutes", "chinese", "english"),
    [
        (0, "1 分钟", "1 minute"),
        (1, "1 分钟", "1 minute"),
        (45, "45 分钟", "45 minutes"),
        (60, "1 小时", "1 hour"),
        (90, "1 小时 30 分钟", "1 hour 30 minutes"),
        (1439, "23 小时 59 分钟", "23 hours 59 minutes"),
        (2880, "2 天", "2 days"),
        (10_000, "7 天", "7 days"),
    ],
)
def test_a_length_of_time_is_told_in_two_units(zh: Words, en: Words, minutes: int, chinese: str, english: str) -> None:
    assert (zh.span(timedelta(minutes=minutes)), en.span(timedelta(minutes=minutes))) == (chinese, english)


def test_it_is_told_how_far_a_deadline_is_or_how_long_it_has_passed(zh: Words, en: Words) -> None:
    assert zh.left(NOW + timedelta(minutes=5), NOW) == "还有 5 分钟"
    assert en.left(NOW - timedelta(hours=2), NOW) == "2 hours ago"


def test_at_its_deadline_a_thing_is_due_and_not_yet_late(zh: Words, en: Words) -> None:
    for late in (0, 59):
        assert (zh.left(NOW, NOW + timedelta(seconds=late)), en.left(NOW, NOW + timedelta(seconds=late))) == ("到点了", "due now")
    assert (zh.left(NOW, NOW + timedelta(minutes=1)), en.left(NOW, NOW + timedelta(minutes=1))) == ("已过 1 分钟", "1 minute ago")


@pytest.mark.parametrize(("octets", "said"), [(0, "0 B"), (999, "999 B"), (182_400, "182 KB"), (4_812_000, "4.8 MB")])
def test_the_size_of_a_file_is_told_in_short(octets: int, said: str) -> None:
    assert size(octets) == said


@pytest.mark.parametrize(
    ("zone", "said"), [("UTC", "UTC"), ("Asia/Shanghai", "UTC+8"), ("Asia/Kolkata", "UTC+5:30"), ("America/New_York", "UTC-5")]
)
def test_a_zone_is_told_by_its_distance(zone: str, said: str) -> None:
    assert utc(NOW, ZoneInfo(zone)) == said


@pytest.mark.parametrize(
    ("seconds", "chinese", "english"),
    [
        (0, "0 分钟", "0 minutes"),
        (599.9, "9 分钟", "9 minutes"),
        (3600, "1 小时", "1 hour"),
        (219_660, "61 小时 1 分钟", "61 hours 1 minute"),
    ],
)
def test_the_time_of_a_clock_is_told_in_full_minutes_and_never_in_days(
    zh: Words, en: Words, seconds: float, chinese: str, english: str
) -> None:
    assert (zh.worked(seconds), en.worked(seconds)) == (chinese, english)


def test_a_midnight_by_which_something_is_due_ends_its_day(letters: Letters) -> None:
    """As the engineer who named the day is told; the midnight in which something happened begins one."""
    zh, en = (letters.content.pages.words(language) for language in ("zh", "en"))
    midnight = datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert zh.by(midnight, NOW, SHANGHAI) == "2月28日 周六 24:00"
    assert en.by(midnight, NOW, SHANGHAI) == "Sat 28 Feb, 24:00"
    assert zh.by(datetime(2026, 12, 31, 16, tzinfo=UTC), NOW, SHANGHAI) == "12月31日 周四 24:00"
    assert zh.by(NOW, NOW, SHANGHAI) == zh.moment(NOW, NOW, SHANGHAI)
    assert zh.moment(midnight, NOW, SHANGHAI) == "3月1日 周日 00:00"


def test_a_midnight_to_come_ends_today_on_the_clock(letters: Letters) -> None:
    zh = letters.content.pages.words("zh")
    tonight, last = datetime(2026, 3, 1, 16, tzinfo=UTC), datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert [zh.clock(at, NOW, SHANGHAI) for at in (tonight, last)] == ["24:00", "00:00"]
