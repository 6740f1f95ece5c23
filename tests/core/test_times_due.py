"""The time by which something is done; it is Wednesday, the 28th of October 2026, half past ten in Shanghai."""

import pytest

from maildesk.core.said import Said, Vague, Vagueness
from maildesk.core.when import due, when
from tests.core.clockwork import OFFICE, at
from tests.core.correspondence import NOW, after, order, said
from tests.core.ordering import WORKING, unchanged


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("after 5pm", "2026-10-28 17:00"),
        ("下午5点后", "2026-10-28 17:00"),
        ("after noon", "2026-10-28 13:30"),
        ("after COB", "2026-10-29 09:00"),
        ("下班后", "2026-10-28 18:00"),
        ("周五下班之后", "2026-10-30 18:00"),
        ("明天上班后", "2026-10-29 09:00"),
        ("after Friday", "2026-11-02 09:00"),
        ("周五之后", "2026-11-02 09:00"),
        ("after the weekend", "2026-11-02 09:00"),
        ("周末后", "2026-11-02 09:00"),
        ("下周后", "2026-11-09 09:00"),
        ("元旦后", "2027-01-04 09:00"),
        ("after 5pm, on site", "2026-10-28 17:00"),
    ],
)
def test_after_a_time_names_no_end_and_is_asked(text: str, right: str) -> None:
    assert due(text, NOW, OFFICE) == Vague(Vagueness.PARTLY, right)


@pytest.mark.parametrize("text", ["after 5pm", "下班后", "周五之后", "周末后", "元旦后"])
def test_as_the_end_of_a_waiting_it_is_understood(text: str) -> None:
    assert isinstance(when(text, NOW, OFFICE), Said)


@pytest.mark.parametrize("text", ["2小时后", "两天以后", "in 2 hours", "2 hours from now"])
def test_how_long_from_now_names_one(text: str) -> None:
    assert due(text, NOW, OFFICE) == when(text, NOW, OFFICE)
    assert isinstance(due(text, NOW, OFFICE), Said)


@pytest.mark.parametrize("text", ["后天一早", "10月30日一大早", "周五清晨", "周五大清早", "Friday 一早"])
def test_early_in_a_morning_is_asked_with_its_beginning_and_its_end(text: str) -> None:
    assert due(text, NOW, OFFICE) == Vague(Vagueness.EDGE, "2026-10-30 09:00", "2026-10-30 12:00")


@pytest.mark.parametrize(("text", "moment"), [("周五清晨6点", "10-30 06:00"), ("周五一早上班前", "10-30 09:00")])
def test_an_hour_of_it_is_clear(text: str, moment: str) -> None:
    understood = due(text, NOW, OFFICE)
    assert isinstance(understood, Said)
    assert understood.until == at(moment)


@pytest.mark.parametrize("verb", ["eta", "take"])
@pytest.mark.parametrize(
    ("text", "way"), [("after 5pm", "2026-10-28 17:00"), ("下班后", "2026-10-28 18:00"), ("后天一早", "2026-10-30 09:00")]
)
def test_a_promise_without_an_end_is_refused_with_a_way_to_write_one(verb: str, text: str, way: str) -> None:
    decision = order(WORKING, f"/{verb} {text}")
    assert way in said(decision)[0]
    assert unchanged(decision, WORKING)


def test_who_waits_until_after_a_time_goes_on_then() -> None:
    assert after(order(WORKING, "/wait after 5pm")).waiting_until == at("10-28 17:00")
