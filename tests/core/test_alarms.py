"""When each rule speaks, through pauses, nights and changes of priority."""

from dataclasses import replace
from datetime import UTC

import pytest

from maildesk.core.alarm import Step
from maildesk.core.alarms import alarms, spoken_with, stands, wake_at
from maildesk.core.message import Address
from maildesk.core.rules import SILENCE, Chasers, Phone, Rule, Scheduled
from maildesk.core.ticket import Eta, Pause, Priority, Status, Ticket, Waiting
from tests.core.clockwork import HOUR, POLICY, at, quiet_but, resumed, ruled, spoken, ticket, waiting


@pytest.mark.parametrize(
    ("rule", "facts", "moments"),
    [
        ("first_answer", {}, [("10-28 10:05", "remind 1"), ("10-28 10:08", "remind 2"), ("10-28 10:10", "lead 1")]),
        ("first_answer", {"first_answer_at": at("10-28 10:02")}, []),
        ("missing", {"missing": ("error",)}, [("10-28 10:05", "remind 1"), ("10-28 10:10", "lead 1")]),
        ("missing", {"missing": ("error",), "missing_asked_at": at("10-28 10:00")}, []),
        ("missing", {}, []),
        ("confirm_priority", {}, [("10-28 10:30", "remind 1")]),
        ("confirm_priority", {"confirmed": Priority.P3, "priority_at": at("10-28 10:01")}, []),
        ("line2", {}, [("10-28 10:45", "warn 1"), ("10-28 11:00", "handover 1")]),
        ("line2", {"line": 2}, []),
        ("line2", {"proposed": Priority.P4}, []),
        ("eta", {}, [("10-28 15:00", "ask 1")]),
        ("eta", {"eta": Eta(at=at("10-28 16:30"), said_at=at("10-28 11:00"))}, [("10-28 16:30", "missed 1")]),
        ("phone", {}, []),
        ("phone", {"proposed": Priority.P1}, [("10-28 10:10", "lead 1"), ("10-28 10:15", "lead 2")]),
        ("phone", {"proposed": Priority.P1, "called_at": at("10-28 10:07")}, []),
        ("scheduled", {"status": Status.WAITING, "waiting_until": at("11-03 09:00")}, [("11-03 09:00", "resume 1")]),
        ("survey", {"status": Status.CLOSED, "surveyed_at": at("10-29 15:00")}, [("11-03 15:00", "rate 1")]),
        ("survey", {"status": Status.CLOSED, "surveyed_at": at("10-29 15:00"), "rating": 5}, []),
        ("survey", {"status": Status.CLOSED}, []),
    ],
)
def test_a_rule_speaks_at_its_moments_and_no_longer_than_its_cause(
    rule: str, facts: dict[str, object], moments: list[tuple[str, str]]
) -> None:
    assert spoken(ticket(**facts), rule=rule) == [(when, f"{rule} {what}") for when, what in moments]


def test_progress_is_asked_for_called_late_and_told_to_the_lead_in_every_period() -> None:
    assert spoken(ticket(progressed_at=at("10-28 10:20")), rule="progress") == [
        ("10-28 13:35", "progress ask 1"),
        ("10-28 13:50", "progress late 1"),
        ("10-28 14:20", "progress lead 1"),
        ("10-28 15:35", "progress ask 2"),
        ("10-28 15:50", "progress late 2"),
        ("10-28 16:20", "progress lead 2"),
    ]


@pytest.mark.parametrize(
    ("priority", "asked", "late", "lead"),
    [
        (Priority.P1, "10-28 10:40", "10-28 11:00", "10-28 11:30"),
        (Priority.P2, "10-28 15:10", "10-28 15:30", "10-28 16:00"),
        (Priority.P3, "10-29 10:10", "10-29 10:30", "10-29 11:00"),
        (Priority.P4, "10-30 10:40", "10-30 11:00", "10-30 11:30"),
    ],
)
def test_a_requester_who_hears_nothing_is_thought_of_by_his_priority(
    priority: Priority, asked: str, late: str, lead: str
) -> None:
    said = spoken(ticket(proposed=priority), rule="silence")
    assert [one for one in said if one[1].endswith("1")] == [
        (asked, "silence ask 1"),
        (late, "silence late 1"),
        (lead, "silence lead 1"),
    ]


def test_a_silence_speaks_again_in_every_period_until_somebody_says_a_word() -> None:
    silent = ticket(proposed=Priority.P2, first_answer_at=at("10-28 10:05"), heard_at=at("10-28 11:00"))
    assert spoken(silent, rule="silence") == [
        ("10-28 16:10", "silence ask 1"),
        ("10-28 16:30", "silence late 1"),
        ("10-28 17:00", "silence lead 1"),
        ("10-29 11:10", "silence ask 2"),
        ("10-29 11:30", "silence late 2"),
        ("10-29 12:00", "silence lead 2"),
    ]
    heard = replace(silent, heard_at=at("10-28 16:20"))
    assert spoken(heard, rule="silence")[0] == ("10-29 11:00", "silence ask 1")


def test_an_answer_before_the_last_round_is_no_word_of_this_one() -> None:
    again = ticket(proposed=Priority.P2, heard_at=at("10-28 10:30"), reopened_at=at("10-28 11:00"))
    assert spoken(again, rule="silence")[0] == ("10-28 16:10", "silence ask 1")


@pytest.mark.parametrize("why", [Waiting.VENDOR, Waiting.APPROVAL])
def test_what_waits_for_others_without_a_date_is_asked_about_every_two_working_days(why: Waiting) -> None:
    assert spoken(waiting(why, since="10-30 16:00"), rule="stalled") == [
        ("11-03 16:00", "stalled ask 1"),
        ("11-05 16:00", "stalled ask 2"),
        ("11-06 16:00", "stalled lead 1"),
        ("11-13 16:00", "stalled lead 2"),
    ]


@pytest.mark.parametrize(
    ("why", "until"), [(Waiting.VENDOR, "11-20 09:00"), (Waiting.APPROVAL, "11-20 09:00"), (Waiting.SCHEDULED, "11-20 09:00")]
)
def test_what_waits_until_a_date_is_not_asked_about_before_it(why: Waiting, until: str) -> None:
    assert spoken(waiting(why, since="10-30 16:00", waiting_until=at(until)), rule="stalled") == []


def test_waiting_that_begins_anew_is_asked_about_anew() -> None:
    pauses = (
        Pause(why=Waiting.VENDOR, since=at("10-28 10:20"), until=at("10-30 09:00")),
        Pause(why=Waiting.VENDOR, since=at("10-30 09:00")),
    )
    again = replace(waiting(Waiting.VENDOR, since="10-28 10:20"), pauses=pauses)
    assert spoken(again, rule="stalled")[0] == ("11-03 09:00", "stalled ask 1")


def test_after_a_long_silence_the_present_turn_of_a_stalled_ticket_speaks() -> None:
    late = alarms(waiting(Waiting.VENDOR, since="10-05 10:00"), quiet_but("stalled"), at("10-28 10:05"))
    assert [(alarm.step, alarm.nth) for alarm in late] == [(Step.LEAD, 3), (Step.ASK, 8), (Step.ASK, 9), (Step.LEAD, 4)]


def observed(until: str, since: str = "10-28 10:20", **facts: object) -> Ticket:
    pause = Pause(why=Waiting.OBSERVING, since=at(since))
    return ticket(status=Status.OBSERVING, waiting_until=at(until), pauses=(pause,), **facts)


def test_what_is_observed_owes_nothing_until_the_moment_named() -> None:
    for priority in Priority:
        watched = observed("10-31 10:20", proposed=priority, missing=("error",))
        assert spoken(watched) == [("10-31 10:20", "observing resolve 1")]


def test_what_comes_back_from_being_observed_has_all_its_time() -> None:
    for priority in (Priority.P1, Priority.P3):
        back = resumed(observed("10-30 10:20", proposed=priority), at("10-29 16:00"))
        assert [
            alarm for alarm in alarms(back, quiet_but("progress", "silence", "line2")) if alarm.due <= at("10-29 16:00")
        ] == []


def test_progress_starts_anew_with_each_report_and_with_each_holder() -> None:
    reported = ticket(progressed_at=at("10-28 15:00"), assigned_at=at("10-28 16:30"))
    assert spoken(reported, rule="progress")[0] == ("10-29 09:15", "progress ask 1")


def test_a_user_who_keeps_silent_is_chased_twice_and_then_the_ticket_ends() -> None:
    silent = waiting(Waiting.USER, since="10-30 16:00")
    assert spoken(silent) == [
        ("11-03 16:00", "waiting chaser 1"),
        ("11-05 16:00", "waiting chaser 2"),
        ("11-09 16:00", "waiting close 1"),
    ]


def test_a_solved_ticket_nobody_confirms_is_chased_and_closed_the_same_way() -> None:
    solved = ticket(status=Status.RESOLVED, resolved_at=at("10-31 11:00"))
    assert spoken(solved) == [
        ("11-04 09:00", "resolved chaser 1"),
        ("11-06 09:00", "resolved chaser 2"),
        ("11-10 09:00", "resolved close 1"),
    ]


def test_a_chaser_that_came_late_moves_what_follows() -> None:
    silent = waiting(Waiting.USER, since="10-26 16:00", chased_at=at("11-06 10:00"))
    first = alarms(silent, POLICY)[0]
    assert spoken(replace(silent, spoken=spoken_with(silent, (first,)))) == [
        ("11-10 10:00", "waiting chaser 2"),
        ("11-12 10:00", "waiting close 1"),
    ]


def test_a_chaser_of_an_earlier_silence_moves_nothing() -> None:
    silent = waiting(Waiting.USER, since="11-09 10:00", chased_at=at("11-06 10:00"))
    assert spoken(silent)[0] == ("11-11 10:00", "waiting chaser 1")


def test_a_question_and_a_solution_are_chased_each_by_its_own_rule() -> None:
    policy = ruled(waiting=Chasers(after=(1,), close=2), resolved=Chasers(on=False))
    asked = waiting(Waiting.USER, "10-28 10:00")
    assert spoken(asked, policy, "waiting") == [("10-29 10:00", "waiting chaser 1"), ("10-30 10:00", "waiting close 1")]
    assert spoken(ticket(status=Status.RESOLVED, resolved_at=at("10-28 10:00")), policy) == []


def test_a_date_that_is_switched_off_ends_no_waiting() -> None:
    later = waiting(Waiting.SCHEDULED, "10-28 10:00", waiting_until=at("10-29 10:00"))
    assert spoken(later, POLICY, "scheduled") == [("10-29 10:00", "scheduled resume 1")]
    assert spoken(later, ruled(scheduled=Scheduled(on=False)), "scheduled") == []


def test_who_is_waited_for_until_a_date_that_ends_nothing_is_asked_after_as_without_one() -> None:
    dated = waiting(Waiting.VENDOR, since="10-30 16:00", waiting_until=at("11-20 10:00"))
    policy = ruled(scheduled=Scheduled(on=False))
    assert spoken(dated, policy, "stalled") == spoken(replace(dated, waiting_until=None), policy, "stalled") != []


def test_fewer_chasers_than_have_spoken_are_no_trouble() -> None:
    silent = waiting(Waiting.USER, since="10-26 16:00", chased_at=at("10-30 16:00"))
    spoke = replace(silent, spoken=spoken_with(silent, alarms(silent, POLICY)[:2]))
    policy = ruled(waiting=Chasers(after=(), close=3))
    assert spoken(spoke, policy) == [("10-29 16:00", "waiting close 1")]


@pytest.mark.parametrize("status", [*set(Status) - {Status.NEW, Status.ASSIGNED, Status.IN_PROGRESS, Status.WAITING}])
def test_no_duty_speaks_of_a_ticket_on_which_nobody_works(status: Status) -> None:
    idle = ticket(
        status=status, missing=("error",), proposed=Priority.P1, eta=Eta(at=at("10-28 12:00"), said_at=at("10-28 11:00"))
    )
    assert spoken(idle) == []
    assert wake_at(idle, POLICY) is None


def test_a_ticket_without_a_requester_asks_nothing_of_him() -> None:
    raw = ticket(requester=Address(""), missing=("error",), proposed=Priority.P1)
    assert {alarm.rule for alarm in alarms(raw, POLICY)} == {Rule.CONFIRM_PRIORITY, Rule.LINE2, Rule.PROGRESS}


@pytest.mark.parametrize("rule", ["first_answer", "missing", "confirm_priority", "line2", "progress", "eta", "phone", "silence"])
def test_each_rule_can_be_switched_off(rule: str) -> None:
    full = ticket(missing=("error",), proposed=Priority.P1)
    off = ruled(**{rule: replace(getattr(POLICY.usual, rule), on=False)})
    assert {alarm.rule for alarm in alarms(full, POLICY)} - {alarm.rule for alarm in alarms(full, off)} == {Rule(rule)}


def test_a_p1_runs_through_the_night_and_the_others_do_not() -> None:
    opened = "10-30 17:58"
    assert spoken(ticket(opened), rule="first_answer")[1] == ("11-02 09:06", "first_answer remind 2")
    assert spoken(ticket(opened, proposed=Priority.P1), rule="first_answer")[1] == ("10-30 18:06", "first_answer remind 2")


def test_a_reopened_ticket_owes_a_first_answer_again() -> None:
    again = ticket(first_answer_at=at("10-28 10:02"), reopened_at=at("10-29 11:00"))
    assert spoken(again, rule="first_answer")[0] == ("10-29 11:05", "first_answer remind 1")


def test_the_phone_is_a_rule_of_the_priorities_that_the_policy_says() -> None:
    policy = ruled(phone=Phone(never=frozenset({Priority.P3, Priority.P4})))
    assert spoken(ticket(), policy, "phone") == []
    told = [("10-28 11:10", "phone lead 1"), ("10-28 11:15", "phone lead 2")]
    raised = ticket().judged(at("10-28 11:00"), confirmed=Priority.P2)
    assert spoken(raised, policy, "phone") == told
    assert spoken(raised, POLICY, "phone") == []


def test_the_phone_is_due_from_the_moment_at_which_it_became_a_p1() -> None:
    raised = ticket().judged(at("10-28 11:00"), confirmed=Priority.P1)
    assert spoken(raised, rule="phone") == [("10-28 11:10", "phone lead 1"), ("10-28 11:15", "phone lead 2")]
    expected = ticket(proposed=Priority.P1, confirmed=Priority.P1, priority_at=at("10-28 10:05"))
    assert spoken(expected, rule="phone")[0] == ("10-28 10:10", "phone lead 1")


def test_a_change_of_priority_keeps_the_time_used_before() -> None:
    """Opened on Friday evening with twenty minutes of service left; raised in the night: forty minutes remain, not less."""
    raised = ticket("10-30 17:40").judged(at("10-31 02:00"), confirmed=Priority.P1)
    assert spoken(raised, rule="line2")[1] == ("10-31 02:40", "line2 handover 1")
    lowered = ticket("10-30 17:40", proposed=Priority.P1).judged(at("10-30 18:20"), confirmed=Priority.P3)
    assert spoken(lowered, rule="line2")[1] == ("11-02 09:20", "line2 handover 1")


@pytest.mark.parametrize(
    ("why", "speaking"),
    [
        (Waiting.USER, {"waiting"}),
        (Waiting.APPROVAL, {"first_answer", "confirm_priority", "progress", "stalled"}),
        (Waiting.VENDOR, {"first_answer", "confirm_priority", "progress", "eta", "silence", "stalled"}),
        (Waiting.SCHEDULED, {"scheduled"}),
    ],
)
def test_waiting_silences_what_the_policy_says(why: Waiting, speaking: set[str]) -> None:
    paused = waiting(why, since="10-28 10:01", waiting_until=at("11-02 09:00") if why is Waiting.SCHEDULED else None)
    assert {alarm.rule for alarm in alarms(paused, POLICY)} == speaking


def test_a_p1_owes_progress_even_while_it_waits() -> None:
    paused = waiting(Waiting.USER, since="10-28 10:01", proposed=Priority.P1)
    assert {alarm.rule for alarm in alarms(paused, POLICY)} == {Rule.PROGRESS, Rule.WAITING}


def test_an_eta_moves_with_the_time_for_which_the_ticket_waited() -> None:
    promised = waiting(Waiting.USER, since="10-28 15:00", eta=Eta(at=at("10-28 17:00"), said_at=at("10-28 11:00")))
    assert spoken(promised, rule="eta") == []
    assert spoken(resumed(promised, at("10-30 16:30")), rule="eta") == [("11-02 09:30", "eta missed 1")]


def test_only_the_named_rules_speak_under_a_quiet_policy() -> None:
    assert {alarm.rule for alarm in alarms(ticket(), quiet_but("line2"))} == {Rule.LINE2}


# -- names ---------------------------------------------------------------------------------------------------------------


def test_what_was_said_is_not_said_again_when_a_pause_moves_the_deadline() -> None:
    before = ticket()
    warn = next(alarm for alarm in alarms(before, POLICY) if alarm.step is Step.WARN)
    paused = replace(
        before,
        spoken=spoken_with(before, (warn,)),
        pauses=(Pause(why=Waiting.USER, since=at("10-28 10:50"), until=at("10-29 10:00")),),
    )
    assert spoken(paused, rule="line2") == [("10-29 10:10", "line2 handover 1")]


def test_a_name_does_not_depend_on_the_zone_in_which_an_instant_is_written() -> None:
    here = ticket()
    there = replace(here, opened_at=here.opened_at.astimezone(UTC), assigned_at=here.opened_at.astimezone(UTC))
    assert [alarm.key for alarm in alarms(here, POLICY)] == [alarm.key for alarm in alarms(there, POLICY)]


def test_names_that_can_never_come_back_are_forgotten() -> None:
    worked, names = ticket(), 0
    for hours in range(50):
        worked = replace(worked, progressed_at=at("10-28 10:00") + hours * 3 * HOUR)
        worked = replace(worked, spoken=spoken_with(worked, alarms(worked, POLICY)))
        names = max(names, len(worked.spoken))
    assert names < 25


def test_a_letter_stands_until_the_duty_is_done_or_a_later_word_was_said() -> None:
    first, second, third = (alarm for alarm in alarms(ticket(), POLICY) if alarm.rule is Rule.FIRST_ANSWER)
    reminded = ticket(spoken=frozenset({first.key}))
    assert stands(reminded, POLICY, first.key)
    assert not stands(replace(reminded, first_answer_at=at("10-28 10:06")), POLICY, first.key)
    assert not stands(ticket(spoken=frozenset({first.key, second.key})), POLICY, first.key)
    told = ticket(spoken=frozenset({second.key, third.key}))
    assert stands(told, POLICY, second.key)
    assert stands(told, POLICY, third.key)


def test_of_a_lasting_silence_it_speaks_ever_more_rarely() -> None:
    silent, now, said = ticket(proposed=Priority.P1), at("10-28 10:00"), list[int]()
    while now < at("10-30 12:00"):
        now += SILENCE[Priority.P1]
        late = [alarm for alarm in alarms(silent, POLICY, now) if (alarm.rule, alarm.step) == (Rule.SILENCE, Step.LATE)]
        due = tuple(alarm for alarm in late if alarm.due <= now)
        said += [alarm.nth for alarm in due]
        silent = replace(silent, spoken=spoken_with(silent, due))
    assert said == [1, 2, 4, 8, 16, 32, 48]


def test_after_a_long_silence_the_present_period_of_progress_speaks() -> None:
    late = alarms(ticket(), POLICY, at("10-30 10:05"))
    progress = [(alarm.step, alarm.nth) for alarm in late if alarm.rule is Rule.PROGRESS]
    assert progress[0] == (Step.ASK, 7)
