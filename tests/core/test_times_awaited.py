"""The moment until which something waits; it is Wednesday, the 28th of October 2026, half past ten in Shanghai."""

import pytest

from maildesk.core.said import Said, Vague, Vagueness
from maildesk.core.when import awaited
from tests.core.clockwork import OFFICE, at
from tests.core.correspondence import NOW, after, order, said
from tests.core.ordering import WORKING


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Friday", "10-30 09:00"),
        ("until tomorrow afternoon", "10-29 13:30"),
        ("周六", "10-31 00:00"),
        ("today", "10-28 18:00"),
        ("this week", "10-30 18:00"),
        ("after 5pm", "10-28 17:00"),
        # whose end is named
        ("by Friday", "10-30 18:00"),
        ("by tomorrow morning", "10-29 12:00"),
        ("no later than Friday, then call", "10-30 18:00"),
        ("Friday at the latest", "10-30 18:00"),
        ("最晚周五", "10-30 18:00"),
        ("周五前", "10-30 18:00"),
        ("周五之前，再催", "10-30 18:00"),
        ("下周内", "11-06 18:00"),
        ("by Friday 10:00", "10-30 10:00"),
    ],
)
def test_a_day_means_when_it_begins_unless_its_end_is_named(text: str, moment: str) -> None:
    understood = awaited(text, NOW, OFFICE)
    assert isinstance(understood, Said)
    assert (understood.since, understood.until) == (at(moment), at(moment))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("until tomorrow or Friday", Vague(Vagueness.SEVERAL, "2026-10-29 09:00", "2026-10-30 09:00")),
        ("周五或下周一", Vague(Vagueness.SEVERAL, "2026-10-30 09:00", "2026-11-02 09:00")),
        ("today or Friday", Vague(Vagueness.SEVERAL, "2026-10-28 18:00", "2026-10-30 09:00")),
        ("until Friday?", Vague(Vagueness.PARTLY, "2026-10-30 09:00")),
        ("Friday tbc", Vague(Vagueness.PARTLY, "2026-10-30 09:00")),
        ("Friday can't make it", Vague(Vagueness.PARTLY, "2026-10-30 09:00")),
        ("Saturday?", Vague(Vagueness.PARTLY, "2026-10-31 00:00")),
        ("by Friday?", Vague(Vagueness.PARTLY, "2026-10-30 18:00")),
        ("周五改到下周一", Vague(Vagueness.SEVERAL, "2026-10-30 09:00", "2026-11-02 09:00")),
        ("maybe Friday", Vague(Vagueness.UNKNOWN, "2026-10-30 09:00")),
        ("周五，下午再看", Vague(Vagueness.REASON, "2026-10-30 09:00，下午再看", "2026-10-30 13:30")),
        ("tomorrow 10:00?", Vague(Vagueness.PARTLY, "2026-10-29 10:00")),
    ],
)
def test_what_is_asked_is_offered_as_it_would_be_understood(text: str, asked: Vague) -> None:
    assert awaited(text, NOW, OFFICE) == asked


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("until tomorrow or Friday", "2026-10-30 09:00"),
        ("vendor until Friday?", "2026-10-30 09:00"),
        ("vendor Sun Microsystems", "2026-11-01 00:00"),
    ],
)
def test_the_question_offers_the_beginning(text: str, way: str) -> None:
    decision = order(WORKING, f"/wait {text}")
    assert after(decision).waiting is None
    assert way in said(decision)[0]
    assert "18:00" not in said(decision)[0]


@pytest.mark.parametrize("text", ["/wait approval by Friday", "/等待 审批 周五前", "/wait by Friday"])
def test_a_waiting_by_a_day_lasts_until_its_end(text: str) -> None:
    assert after(order(WORKING, text)).waiting_until == at("10-30 18:00")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("until 10-30, not ready", "not ready"),
        ("approval until 10-30, to be confirmed by the manager", "to be confirmed by the manager"),
        ("user until tomorrow, can you test?", "can you test?"),
        ("until 2026-10-30 09:00, not possible before", "not possible before"),
    ],
)
def test_why_it_waits_may_be_a_doubt_behind_a_comma(text: str, reason: str) -> None:
    decision = order(WORKING, f"/wait {text}")
    assert after(decision).waiting_until is not None
    assert reason in decision.progress[0].text


@pytest.mark.parametrize("text", ["/等待 审批 到周五，待确认", "/等待 到 2026-10-30 09:00，修不好"])
def test_the_same_in_chinese(text: str) -> None:
    assert after(order(WORKING, text)).waiting_until == at("10-30 09:00")
