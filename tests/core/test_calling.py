"""When whoever is on call is rung, with what, and for how long there is a reason to."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from maildesk.core.alarm import Alarm, Step
from maildesk.core.alarms import alarms, stands
from maildesk.core.call import Call
from maildesk.core.clock import used
from maildesk.core.decide import decide
from maildesk.core.event import Rung
from maildesk.core.known import Known
from maildesk.core.message import Fact
from maildesk.core.people import People
from maildesk.core.rules import Phone, Rule
from maildesk.core.standing import standing
from maildesk.core.ticket import Mark, Pause, Priority, Status, Ticket, Waiting
from tests.core.clockwork import CHEN, HOUR, LI, MINUTE, PEOPLE, POLICY, at, quiet_but, ticked, ticket

DAY, NIGHT = "10-28 10:00", "10-28 03:00"


def known(*, on_call: bool = True, people: People = PEOPLE, **phone: Any) -> Known:
    """A desk on which only the rule for the phone speaks."""
    policy = quiet_but("phone")
    rule = replace(policy.usual.phone, **phone)
    return Known(policy=replace(policy, usual=replace(policy.usual, phone=rule), on_call=on_call), people=people)


def outage(opened: str, **facts: Any) -> Ticket:
    return ticket(opened, confirmed=Priority.P1, priority_at=at(opened), **facts)


def rings(one: Ticket, by: Known) -> list[int]:
    """After how many minutes somebody is rung, when every moment is lived through."""
    heard = []
    now: datetime | None = one.wake_at or one.opened_at
    while now is not None:
        decision = ticked(one, by, now)
        assert decision.ticket is not None
        heard += [(now - one.opened_at) // MINUTE] * len(decision.calls)
        one = decision.ticket
        now = one.wake_at
    return heard


def test_the_time_used_as_a_p1_is_kept_while_it_is_none() -> None:
    """Nine minutes of a P1, three of a P2, and a P1 again: one minute is left until the leads hear of it."""
    once = outage(DAY).judged(at("10-28 10:09"), confirmed=Priority.P2)
    again = once.judged(at("10-28 10:12"), confirmed=Priority.P1)
    phone = standing(again, POLICY, Rule.PHONE)
    assert (phone.since, used(phone.runs, at("10-28 10:13"))) == (at(DAY), 10 * MINUTE)
    assert [alarm.due for alarm in alarms(again, known().policy) if alarm.step is Step.LEAD] == [
        at("10-28 10:13"),
        at("10-28 10:18"),
    ]


def test_the_clock_of_what_became_a_p1_begins_when_it_did() -> None:
    late = ticket(DAY, confirmed=Priority.P3).judged(at("10-28 10:30"), confirmed=Priority.P1)
    phone = standing(late, POLICY, Rule.PHONE)
    assert (phone.since, used(phone.runs, at("10-28 10:40"))) == (at("10-28 10:30"), 10 * MINUTE)


@pytest.mark.parametrize(
    ("opened", "by", "heard"),
    [
        (DAY, known(), [10, 15]),
        (NIGHT, known(), [0, 10, 15]),
        (NIGHT, known(unattended=False), [10, 15]),
        (NIGHT, known(people=People((replace(LI, shift="mon-sun 22:00-06:00"), CHEN))), [10, 15]),
        (DAY, known(call=(5 * MINUTE, 20 * MINUTE)), [5, 20]),
        (NIGHT, known(call=()), [0]),
        (NIGHT, known(on_call=False), []),
        (NIGHT, known(on=False), []),
    ],
)
def test_a_p1_rings_at_the_steps_of_the_policy_and_at_once_when_nobody_is_on_shift(
    opened: str, by: Known, heard: list[int]
) -> None:
    assert rings(outage(opened), by) == heard


def test_a_silent_call_because_somebody_is_on_shift_leaves_no_line() -> None:
    decision = ticked(outage(DAY), known(), at(DAY))
    assert (decision.calls, decision.progress, decision.letters) == ((), (), ())
    assert decision.ticket is not None
    assert decision.ticket.wake_at == at("10-28 10:10")


def test_a_letter_to_the_leads_and_a_call_at_one_moment_are_both_made() -> None:
    seen = ticked(outage(DAY), known(), at(DAY)).ticket
    assert seen is not None
    decision = ticked(seen, known(), at("10-28 10:10"))
    assert len(decision.calls) == 1
    assert [letter.to for letter in decision.letters] == [CHEN.address]
    assert [line.text.split("：")[1] for line in decision.progress] == ["上报主管 陈静", "呼叫值班人员"]


def test_after_an_outage_only_the_last_call_is_made() -> None:
    decision = ticked(outage(NIGHT), known(), at("10-28 05:00"))
    assert [call.alarm.rpartition("/")[2] for call in decision.calls] == ["2"]


def test_the_call_says_whom_to_phone_and_by_when() -> None:
    one = outage(DAY, requester_name="Ann", fields={"contact": Fact(value="138 0013 8000", source="line")})
    (call,) = ticked(one, known(), at("10-28 10:10")).calls
    assert call == Call(
        alarm=f"alarm:phone:call:{'2026-10-28T02:00:00+00:00'}/1",
        number=one.number,
        priority=Priority.P1,
        subject=one.subject,
        requester="Ann",
        phone="138 0013 8000",
        due=at("10-28 10:15"),
    )


def test_a_requester_without_name_and_number_is_named_by_his_address() -> None:
    (call,) = ticked(outage(DAY), known(), at("10-28 10:10")).calls
    assert (call.requester, call.phone) == ("user@customer.example", "")


# -- as long as there is a reason ----------------------------------------------------------------------------------------


def first_call(one: Ticket, by: Known) -> tuple[Ticket, Alarm]:
    """The ticket after its first step, and the alarm that rang."""
    decided = ticked(one, by, at("10-28 10:10")).ticket
    assert decided is not None
    alarm = next(alarm for alarm in alarms(one, by.policy) if alarm.step is Step.CALL and alarm.nth == 1)
    return decided, alarm


@pytest.mark.parametrize(
    ("change", "still"),
    [
        ({}, True),
        ({"status": Status.IN_PROGRESS}, True),
        ({"called_at": at("10-28 10:12")}, False),
        ({"status": Status.RESOLVED}, False),
        ({"status": Status.CLOSED}, False),
        ({"confirmed": Priority.P2}, False),
        (
            {
                "status": Status.WAITING,
                "waiting": Waiting.USER,
                "pauses": (Pause(why=Waiting.USER, since=at("10-28 10:11")),),
            },
            False,
        ),
    ],
)
def test_a_call_stands_while_the_user_must_still_be_phoned(change: dict[str, Any], still: bool) -> None:
    rung, alarm = first_call(outage(DAY), known())
    assert stands(replace(rung, **change), known().policy, alarm.key) is still


def test_a_call_stands_until_a_later_one_is_made_and_whatever_the_leads_heard() -> None:
    rung, alarm = first_call(outage(DAY), known(lead=(10 * MINUTE, 12 * MINUTE)))
    policy = known(lead=(10 * MINUTE, 12 * MINUTE)).policy
    later = ticked(rung, known(lead=(10 * MINUTE, 12 * MINUTE)), at("10-28 10:12")).ticket
    last = ticked(rung, known(lead=(10 * MINUTE, 12 * MINUTE)), at("10-28 10:15")).ticket
    assert later is not None
    assert last is not None
    assert stands(later, policy, alarm.key)
    assert not stands(last, policy, alarm.key)


def test_a_call_must_be_made_by_when_it_is_due_whoever_is_rung_then() -> None:
    for steps in ({}, {"call": (30 * MINUTE,)}, {"lead": (), "call": (30 * MINUTE,)}, {"lead": (HOUR,), "on_call": False}):
        assert standing(outage(DAY), known(**steps).policy, Rule.PHONE).span == 15 * MINUTE
    assert standing(outage(DAY), known(due=HOUR).policy, Rule.PHONE).span == HOUR


def test_the_example_of_the_policy_is_the_default() -> None:
    assert POLICY.usual.phone == Phone(lead=(10 * MINUTE, 15 * MINUTE), call=(10 * MINUTE, 15 * MINUTE), unattended=True)


# -- what came of it -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "language", "text"),
    [
        (Rung(heard=True, tries=1, status="exit code 0"), "zh", "已呼叫值班人员（exit code 0）"),
        (Rung(heard=True, tries=2, status="202 Accepted"), "en", "rang who is on call (202 Accepted)"),
        (Rung(heard=False, tries=4, status="exit code 3"), "zh", "呼叫值班人员试了 4 次都没有成功（exit code 3）"),
        (
            Rung(heard=False, tries=4, status="500 Oh"),
            "en",
            "rang who is on call 4 times and reached nobody (500 Oh)",
        ),
    ],
)
def test_the_record_says_what_came_of_a_call_and_nothing_else_changes(event: Rung, language: str, text: str) -> None:
    by = known()
    by = replace(by, policy=replace(by.policy, language=language))
    before = outage(DAY)
    (decision,) = decide((before,), event, by, at("10-28 10:10"))
    assert decision.ticket is not None
    (line,) = decision.progress
    assert (line.text, line.mark, line.public) == (text, Mark.DELIVERY, False)
    assert replace(decision.ticket, wake_at=None, due_at=None) == before
    assert (decision.letters, decision.calls) == ((), ())
