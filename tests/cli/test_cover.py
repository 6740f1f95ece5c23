"""What `check` says of people and rules together; it is Wednesday, the 28th of October 2026, ten o'clock in Shanghai."""

from dataclasses import fields, replace
from typing import Any

import pytest

from maildesk.cli import cover
from maildesk.core.absence import Absence
from maildesk.core.calendar import ALWAYS
from maildesk.core.people import People, Person, Role
from maildesk.core.policy import Case, Category
from maildesk.core.rules import Duties, Line2, Phone, ProgressDuty, Silence, Steps
from maildesk.core.ticket import Priority
from tests.core.clockwork import CHEN, HOUR, LI, MINUTE, POLICY, WU, ZHOU, at, person, ruled

NOW = at("10-28 10:00")
ALONE = person("E9", "王小明", Role.ENGINEER, Role.LEAD, line=1)
EARLY = replace(LI, shift="mon-fri 09:00-12:00")
LATE = person("E8", "赵磊", Role.ENGINEER, line=1, shift="mon-fri 12:00-17:30")
NIGHT = person("E7", "夜班", Role.ENGINEER, line=1, shift="mon-fri 22:00-06:00")


def away(of: Person, since: str, until: str) -> Person:
    return replace(of, absences=(Absence(since=at(since), until=at(until)),))


def said(*people: Person, **policy: Any) -> list[str]:
    """What and remedy of every warning."""
    return [f"{one.what} → {one.remedy}" for one in cover.covered(replace(POLICY, **policy), People(people), NOW)]


def test_people_who_cover_all_hours_are_right() -> None:
    assert said(LI, ZHOU, CHEN) == []


@pytest.mark.parametrize(
    ("people", "what", "remedy"),
    [
        (
            (ALONE, ZHOU),
            "nobody is told when 王小明 is late: there is no lead or manager but himself",
            "somebody else the role lead",
        ),
        ((LI, CHEN), "line 2 is switched on and nobody is on it", "on = false in [line2]"),
        ((NIGHT, LI, ZHOU, CHEN), "the shift of 夜班 has no hour in which a calendar of the policy is open", "Correct his shift"),
        ((EARLY, ZHOU, CHEN), "no engineer of line 1 is on shift from Wed 2026-10-28 13:30 to Thu 2026-10-29 09:00", "shifts"),
        ((EARLY, LATE, ZHOU, CHEN), "from Wed 2026-10-28 17:30 to Thu 2026-10-29 09:00, while the desk is open", "shifts"),
        ((away(LI, "10-30 00:00", "11-03 00:00"), ZHOU, CHEN), "from Fri 2026-10-30 09:00 to Tue 2026-11-03 09:00", "absences"),
        ((ZHOU, CHEN), "from Wed 2026-10-28 10:00 to Wed 2026-11-04 10:00", "give somebody line 1"),
    ],
)
def test_what_reaches_nobody_is_told_with_a_remedy(people: tuple[Person, ...], what: str, remedy: str) -> None:
    (warning,) = said(*people)
    before, _, after = warning.partition(" → ")
    assert what in before
    assert remedy in after


def test_a_manager_above_the_only_lead_hears_of_him() -> None:
    assert said(ALONE, ZHOU, WU) == []


def test_a_night_shift_works_by_the_calendar_of_real_time() -> None:
    assert said(NIGHT, LI, ZHOU, CHEN, calendars={"office": POLICY.calendar, "always": ALWAYS}) == []


def test_line_2_that_is_switched_off_needs_nobody() -> None:
    assert said(LI, CHEN, usual=replace(POLICY.usual, line2=Line2(on=False))) == []


def test_only_the_first_gap_is_told() -> None:
    assert len(said(EARLY, ZHOU, CHEN)) == 1


# -- rules that tell nobody -------------------------------------------------------------------------------------------------

NOTHING = Duties(**{one.name: replace(getattr(POLICY.usual, one.name), on=False) for one in fields(Duties)})
NO_STEPS = replace(
    POLICY.usual,
    first_answer=Steps(due=HOUR, remind=(HOUR,)),
    missing=Steps(due=HOUR, remind=(HOUR,)),
    confirm_priority=Steps(due=HOUR, remind=(HOUR,)),
    phone=Phone(due=HOUR, remind=(HOUR,), lead=(), call=()),
    line2=Line2(on=False),
    progress=ProgressDuty(on=False),
    silence=Silence(on=False),
)
"""Reminders to the engineer, and a word to a lead only of what waits for a vendor."""


@pytest.mark.parametrize("usual", [NOTHING, NO_STEPS])
def test_rules_that_tell_nobody_but_the_engineer_are_told_with_a_remedy(usual: Duties) -> None:
    (warning,) = said(LI, ZHOU, CHEN, usual=usual)
    assert warning.startswith("nobody but the engineer is told when a P1, P2, P3 or P4 ticket is late: ")
    assert "on = true" in warning.partition(" → ")[2]


def test_a_call_that_nobody_can_make_tells_nobody() -> None:
    usual = replace(NO_STEPS, phone=Phone(due=HOUR, remind=(MINUTE,), lead=(), call=(HOUR,)))
    assert "when a P1, P2, P3 or P4 ticket is late" in said(LI, ZHOU, CHEN, usual=usual)[0]
    assert "when a P2, P3 or P4 ticket is late" in said(LI, ZHOU, CHEN, usual=usual, on_call=True)[0]


def test_a_hand_over_tells_somebody_of_all_priorities_that_it_concerns() -> None:
    (warning,) = said(LI, ZHOU, CHEN, usual=replace(NOTHING, line2=Line2()))
    assert "when a P4 ticket is late" in warning


@pytest.mark.parametrize(
    "usual",
    [
        replace(NOTHING, first_answer=Steps(due=HOUR, lead=(HOUR,))),
        replace(NOTHING, missing=Steps(due=HOUR, lead=(HOUR,))),
        replace(NOTHING, progress=ProgressDuty()),
        replace(NOTHING, silence=Silence()),
    ],
)
def test_one_rule_that_tells_a_lead_is_enough(usual: Duties) -> None:
    assert said(LI, ZHOU, CHEN, usual=usual) == []


def test_a_case_that_tells_the_lead_of_colleagues_is_meant_so() -> None:
    case = Case(internal=True, changes={"progress": {"on": True}})
    assert said(LI, ZHOU, CHEN, usual=NOTHING, cases=(case,)) == []
    case = Case(priorities=frozenset({Priority.P1}), changes={"progress": {"on": True}})
    assert "when a P2, P3 or P4 ticket is late" in said(LI, ZHOU, CHEN, usual=NOTHING, cases=(case,))[0]


def test_a_category_of_which_nobody_hears_is_told() -> None:
    """A word to a lead of what waits for a vendor is none about work that is late."""
    changes = {one.name: {"on": False} for one in fields(Duties) if one.name not in ("first_answer", "stalled")}
    quiet = Case(categories=("系统故障",), changes={**changes, "first_answer": {"lead": ()}})
    categories = (Category(name="系统故障-服务中断"), Category(name="系统故障-登录异常"), Category(name="网络异常-VPN"))
    (warning,) = said(LI, ZHOU, CHEN, cases=(quiet,), categories=categories)
    assert "told when a P1, P2, P3 or P4 ticket about 系统故障-服务中断 or 系统故障-登录异常 is late" in warning
    assert "the case of the policy" in warning.partition(" → ")[2]


# -- steps beside the moment at which it is due ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "table", "what", "remedy"),
    [
        ("first_answer", Steps(), "[first_answer]: is due after 10m, and nobody hears of it", 'remind = ["5m"]'),
        ("phone", Phone(lead=()), "[phone]: is due after 15m, and nobody hears of it", "on = false"),
        ("missing", Steps(remind=(5 * MINUTE,), lead=(90 * MINUTE,)), "a lead hears of it only after 1h 30m", 'due = "1h 30m"'),
        ("confirm_priority", Steps(remind=(HOUR,)), "the engineer hears of it only after 1h", "an earlier step"),
        (
            "first_answer",
            Steps(due=HOUR, remind=(20 * MINUTE,), lead=(10 * MINUTE,)),
            "[first_answer]: the lead hears of it after 10m, the engineer after 20m",
            "first step of remind",
        ),
    ],
)
def test_steps_that_come_too_late_or_not_at_all_are_told(rule: str, table: Steps, what: str, remedy: str) -> None:
    (warning,) = said(LI, ZHOU, CHEN, usual=replace(POLICY.usual, **{rule: table}))
    before, _, after = warning.partition(" → ")
    assert what in before
    assert remedy in after


def test_odd_steps_of_a_case_are_told_with_the_tickets_that_have_them() -> None:
    case = Case(priorities=frozenset({Priority.P2, Priority.P3}), changes={"first_answer": {"remind": (), "lead": ()}})
    (warning,) = said(LI, ZHOU, CHEN, cases=(case,))
    assert warning.startswith("first_answer of P2 external tickets: is due after 10m, and nobody hears of it")


def test_steps_after_the_moment_at_which_it_is_due_are_right_and_those_of_a_rule_that_is_off() -> None:
    assert said(LI, ZHOU, CHEN, usual=ruled(first_answer=Steps(lead=(10 * MINUTE, HOUR))).usual) == []
    assert said(LI, ZHOU, CHEN, usual=ruled(first_answer=Steps(on=False)).usual) == []


# -- leads who are away -----------------------------------------------------------------------------------------------------

LONG = ("10-01 00:00", "12-31 00:00")


def test_leads_and_managers_who_are_all_away_are_told_with_a_remedy() -> None:
    (warning,) = said(LI, ZHOU, away(CHEN, *LONG), away(WU, *LONG))
    assert warning.startswith("nobody is told at once who is late: 陈静, 吴刚 are all away, and nobody stands in")
    assert "delegate" in warning.partition(" → ")[2]


def test_the_only_lead_who_is_away_is_told() -> None:
    (warning,) = said(LI, ZHOU, away(CHEN, *LONG))
    assert "陈静 is away, and nobody stands in" in warning


def test_a_manager_who_is_there_hears_of_who_is_late() -> None:
    assert said(LI, ZHOU, away(CHEN, *LONG), WU) == []


def test_a_delegate_who_is_there_hears_of_everybody_but_himself() -> None:
    (warning,) = said(LI, ZHOU, replace(away(CHEN, *LONG), delegate=ZHOU.staff_id))
    assert warning.startswith("nobody is told at once when 周强 is late: ")


def test_a_delegate_who_is_away_himself_stands_in_for_nobody() -> None:
    gone = replace(away(CHEN, *LONG), delegate=WU.staff_id)
    assert "陈静, 吴刚 are all away" in said(LI, ZHOU, gone, away(WU, *LONG))[0]


def test_a_lead_who_stands_alone_and_is_late_himself_is_told() -> None:
    (warning,) = said(ALONE, ZHOU, away(CHEN, *LONG))
    assert warning.startswith("nobody is told at once when 王小明 is late: no other lead, manager or delegate is there")


def test_new_tickets_of_hours_that_nobody_covers_go_to_leads_only_who_are_there() -> None:
    (there,) = said(EARLY, ZHOU, CHEN)
    assert "new tickets go to the leads" in there
    gone, gap = said(away(LI, *LONG), ZHOU, away(CHEN, *LONG))
    assert "陈静 is away" in gone
    assert "new tickets belong to nobody, because the leads are away too" in gap
