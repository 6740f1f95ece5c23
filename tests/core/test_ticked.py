"""What the clock says, to whom, and that it says each thing once whatever happens in between."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from maildesk.core.alarms import stands
from maildesk.core.calendar import ALWAYS
from maildesk.core.decision import Decision
from maildesk.core.known import Known
from maildesk.core.letter import Audience, Letter, LetterKind
from maildesk.core.message import Address, Fact
from maildesk.core.people import People, Person, Role
from maildesk.core.rules import Rule
from maildesk.core.shift import calendar_of
from maildesk.core.ticket import Eta, Mark, Pause, Priority, Progress, Status, Ticket, Waiting
from tests.core.clockwork import (
    CHEN,
    KNOWN,
    LI,
    POLICY,
    WU,
    ZHOU,
    after,
    at,
    away_until,
    person,
    quiet_but,
    staffed,
    ticked,
    ticket,
    waiting,
)

K = LetterKind


def only(rule: str, known: Known = KNOWN) -> Known:
    return replace(known, policy=quiet_but(rule))


def written(decision: Decision) -> list[tuple[LetterKind, str]]:
    return [(letter.kind, letter.to) for letter in decision.letters]


def letter(decision: Decision, kind: LetterKind) -> Letter:
    return next(letter for letter in decision.letters if letter.kind is kind)


def tick(ticket: Ticket, when: str, known: Known = KNOWN) -> Decision:
    return ticked(ticket, known, at(when))


# -- who hears what ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "facts", "when", "heard"),
    [
        ("first_answer", {}, "10-28 10:05", [(K.REMINDER, LI)]),
        ("first_answer", {}, "10-28 10:10", [(K.ESCALATION, CHEN)]),
        ("missing", {"missing": ("error",)}, "10-28 10:05", [(K.REMINDER, LI)]),
        ("missing", {"missing": ("error",)}, "10-28 10:10", [(K.ESCALATION, CHEN)]),
        ("confirm_priority", {}, "10-28 10:30", [(K.REMINDER, LI)]),
        ("line2", {}, "10-28 10:45", [(K.REMINDER, LI)]),
        ("line2", {}, "10-28 11:00", [(K.HANDOVER, ZHOU), (K.REMINDER, LI)]),
        ("progress", {}, "10-28 11:45", [(K.PROGRESS_QUESTION, LI)]),
        ("progress", {}, "10-28 13:30", [(K.REMINDER, LI)]),
        ("progress", {}, "10-28 14:00", [(K.ESCALATION, CHEN)]),
        ("eta", {}, "10-28 15:00", [(K.REMINDER, LI)]),
        ("silence", {"proposed": Priority.P2}, "10-28 15:10", [(K.REMINDER, LI)]),
        ("silence", {"proposed": Priority.P2}, "10-28 15:30", [(K.REMINDER, LI)]),
        ("silence", {"proposed": Priority.P2}, "10-28 16:00", [(K.ESCALATION, CHEN)]),
        ("phone", {"proposed": Priority.P1}, "10-28 10:10", [(K.ESCALATION, CHEN)]),
        ("phone", {"proposed": Priority.P1}, "10-28 10:15", [(K.ESCALATION, CHEN)]),
    ],
)
def test_a_rule_writes_to_those_whom_it_concerns(rule: str, facts: dict[str, Any], when: str, heard: list[Any]) -> None:
    decision = tick(ticket(**facts), when, only(rule))
    assert written(decision) == [(kind, person.address) for kind, person in heard]


def test_what_has_been_said_is_not_said_again() -> None:
    first = tick(ticket(), "10-28 10:05", only("first_answer"))
    again = tick(after(first), "10-28 10:06", only("first_answer"))
    assert (len(first.letters), len(again.letters)) == (1, 0)
    assert after(again).wake_at == at("10-28 10:08")


def test_the_record_names_the_alarm_and_says_who_heard_it() -> None:
    (line,) = tick(ticket(), "10-28 10:05", only("first_answer")).progress
    assert (line.mark, line.public) == (Mark.ALARM, False)
    assert line.key is not None
    assert line.key.startswith("alarm:first_answer:remind:")
    assert line.text == "首次答复 10-28 10:10：提醒 李明"


def test_the_record_speaks_the_language_of_the_desk() -> None:
    known = replace(KNOWN, policy=replace(quiet_but("first_answer"), language="en"))
    (line,) = tick(ticket(), "10-28 10:05", known).progress
    assert line.text == "first answer 10-28 10:10: reminded 李明"


def test_a_reminder_names_the_deadline_and_may_be_merged() -> None:
    reminder = letter(tick(ticket(), "10-28 10:05", only("first_answer")), K.REMINDER)
    assert reminder.facts == {"rule": "first_answer", "step": "remind", "due": "2026-10-28T02:10:00+00:00"}
    assert reminder.bundle_for == LI.staff_id
    assert reminder.audience is Audience.INTERNAL


def test_the_question_for_progress_stands_alone_because_its_answer_is_the_update() -> None:
    question = letter(tick(ticket(), "10-28 11:45", only("progress")), K.PROGRESS_QUESTION)
    assert question.bundle_for is None
    assert question.facts["since"] == "2026-10-28T10:00:00+08:00"
    assert question.facts["due"] == "2026-10-28T04:00:00+00:00"


def test_an_escalation_tells_the_lead_what_happened_and_how_to_reach_the_user() -> None:
    history = (
        Progress(at=at("10-28 10:00"), mark=Mark.OPENED, author="user@customer.example", text="登录不了"),
        Progress(at=at("10-28 10:05"), mark=Mark.ALARM, author="desk", text="首次答复"),
    )
    case = ticket(fields={"contact": Fact(value="138 0013 8000", source="signature")})
    escalation = letter(tick(case, "10-28 10:10", replace(only("first_answer"), history=history)), K.ESCALATION)
    assert escalation.facts["brief"] == [["2026-10-28T10:00:00+08:00", "user@customer.example", "登录不了"]]
    assert escalation.facts["phone"] == "138 0013 8000"
    assert escalation.facts["engineer"] == "李明"


# -- whom, when people are away ------------------------------------------------------------------------------------------


def heard(known: Known, when: str = "10-28 10:10", **facts: Any) -> list[str]:
    return [letter.to for letter in tick(ticket(**facts), when, known).letters]


AWAY = at("10-29 09:00")


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ((LI, CHEN, WU), [CHEN]),
        ((LI, replace(CHEN, absences=away_until(AWAY)), WU), [WU]),
        ((LI, replace(CHEN, absences=away_until(AWAY), delegate=ZHOU.staff_id), ZHOU, WU), [ZHOU]),
        ((LI, replace(CHEN, absences=away_until(AWAY), delegate=LI.staff_id), WU), [WU]),
        ((LI, WU), [WU]),
        ((LI, replace(CHEN, absences=away_until(AWAY)), replace(WU, absences=away_until(AWAY))), [CHEN, WU]),
        ((LI,), []),
    ],
)
def test_the_lead_is_told_else_who_stands_in_for_him_else_the_managers(people: tuple[Any, ...], told: list[Any]) -> None:
    assert heard(only("first_answer", staffed(*people))) == [person.address for person in told]


def test_a_lead_who_holds_the_ticket_himself_is_answered_for_by_the_manager() -> None:
    assert heard(only("first_answer"), engineer=CHEN.staff_id) == [WU.address]


def test_nobody_to_tell_is_written_down() -> None:
    decision = tick(ticket(), "10-28 10:10", only("first_answer", staffed(LI)))
    assert [line.text for line in decision.progress] == ["首次答复 10-28 10:10：上报主管 （无人在岗）"]


@pytest.mark.parametrize(
    ("engineer", "told"),
    [
        (LI, LI),
        (replace(LI, absences=away_until(AWAY)), CHEN),
        (replace(LI, absences=away_until(AWAY), delegate=ZHOU.staff_id), ZHOU),
    ],
)
def test_a_reminder_reaches_who_is_there_to_act(engineer: Any, told: Any) -> None:
    assert heard(only("first_answer", staffed(engineer, ZHOU, CHEN)), "10-28 10:05") == [told.address]


def test_a_ticket_that_nobody_holds_is_the_leads_to_act_on() -> None:
    assert heard(only("first_answer"), "10-28 10:05", engineer=None, status=Status.NEW) == [CHEN.address]


# -- others, and a solution, are waited for ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "heard"),
    [("10-30 10:20", (K.REMINDER, LI)), ("11-03 10:20", (K.REMINDER, LI)), ("11-04 10:20", (K.ESCALATION, CHEN))],
)
def test_what_waits_for_a_vendor_for_long_is_asked_about_and_then_told_to_the_lead(when: str, heard: Any) -> None:
    stalled, known = waiting(Waiting.VENDOR, since="10-28 10:20"), only("stalled")
    for earlier in ("10-30 10:20", "11-03 10:20"):
        if earlier < when:
            stalled = after(tick(stalled, earlier, known))
    kind, person = heard
    assert written(tick(stalled, when, known)) == [(kind, person.address)]


def test_after_an_outage_the_lead_hears_of_what_stalled_and_nobody_hears_twice() -> None:
    stalled = waiting(Waiting.VENDOR, since="10-05 10:00")
    decision = tick(stalled, "10-28 10:05", only("stalled"))
    assert written(decision) == [(K.ESCALATION, CHEN.address)]
    assert after(decision).wake_at == at("10-29 10:00")
    assert tick(after(decision), "10-28 10:06", only("stalled")).letters == ()


def test_a_letter_of_the_lead_is_no_less_true_because_the_engineer_was_asked_again() -> None:
    """A P1: the lead hears at half past eleven, while he does not work; at twenty to twelve the engineer is asked again."""
    late, known = replace(CHEN, shift="mon-fri 14:00-20:00"), only("silence")
    known = replace(known, people=People((LI, late)))
    told = tick(ticket(proposed=Priority.P1), "10-28 11:30", replace(known, policy=quiet_but("silence")))
    asked = tick(after(told), "10-28 11:40", known)
    key = letter(told, K.ESCALATION).alarm
    assert key is not None
    assert written(asked) == [(K.REMINDER, LI.address)]
    assert stands(after(asked), known.policy, key)


def observed(**facts: Any) -> Ticket:
    pause = Pause(why=Waiting.OBSERVING, since=at("10-28 10:20"))
    usual = {"status": Status.OBSERVING, "waiting_until": at("10-30 10:20"), "pauses": (pause,), "solution": "扩了连接池"}
    return ticket(**usual | facts)


def test_what_held_is_resolved_by_itself_and_the_requester_is_asked() -> None:
    decision = tick(observed(), "10-30 10:20")
    solved = after(decision)
    assert (solved.status, solved.resolved_at, solved.waiting_until) == (Status.RESOLVED, at("10-30 10:20"), None)
    assert solved.pauses == (Pause(why=Waiting.OBSERVING, since=at("10-28 10:20"), until=at("10-30 10:20")),)
    assert written(decision) == [(K.RESOLVED, solved.requester), (K.REMINDER, LI.address)]
    facts = letter(decision, K.RESOLVED).facts
    assert (facts["solution"], facts["observed"], facts["closes_on"]) == ("扩了连接池", True, "2026-11-09T02:20:00+00:00")
    assert [line.text for line in decision.progress] == ["观察期 10-30 10:20：请用户确认"]
    assert solved.wake_at == at("11-03 10:20")


def test_a_watch_that_ends_at_night_asks_in_the_morning() -> None:
    decision = tick(observed(waiting_until=at("10-30 22:00")), "10-30 22:00")
    assert after(decision).resolved_at == at("10-30 22:00")
    assert [letter.not_before for letter in decision.letters] == [at("11-02 09:00"), at("11-02 09:00")]


def test_what_held_and_nobody_can_confirm_is_closed() -> None:
    decision = tick(observed(requester=Address("")), "10-30 10:20")
    assert (after(decision).status, after(decision).closed_how) == (Status.CLOSED, "engineer")
    assert written(decision) == [(K.REMINDER, LI.address)]


# -- line 2 --------------------------------------------------------------------------------------------------------------


def test_the_expert_becomes_the_holder_with_a_brief_of_what_was_tried() -> None:
    history = (Progress(at=at("10-28 10:00"), mark=Mark.OPENED, author="user@customer.example", text="登录不了"),)
    decision = tick(ticket(status=Status.IN_PROGRESS), "10-28 11:00", replace(only("line2"), history=history))
    given = after(decision)
    assert (given.engineer, given.line, given.status) == (ZHOU.staff_id, 2, Status.ASSIGNED)
    assert (given.line2_at, given.assigned_at) == (at("10-28 11:00"), at("10-28 11:00"))
    handover = letter(decision, K.HANDOVER)
    assert handover.facts["why"] == "line2"
    assert (handover.facts["giver"], handover.facts["text"]) == ("李明", "登录不了")
    assert handover.audience is Audience.PUBLIC


def test_a_letter_about_what_has_just_changed_does_not_depend_on_its_alarm() -> None:
    decision = tick(ticket(), "10-28 11:00", only("line2"))
    assert [letter.alarm for letter in decision.letters] == [None, None]


@pytest.mark.parametrize(
    ("opened", "due"), [("10-28 11:00", "10-28 12:00"), ("10-28 17:00", "10-28 18:00"), ("10-28 11:00", "10-28 12:20")]
)
def test_line_2_takes_over_when_the_hour_is_used_up_as_work_ends(opened: str, due: str) -> None:
    """At that very moment nobody is on shift; nor is when the desk was down at it."""
    given = tick(ticket(opened_at=at(opened)), due, only("line2")).ticket
    assert (given.engineer, given.line) == (ZHOU.staff_id, 2)


def test_the_lead_is_told_when_nobody_is_on_line_2() -> None:
    decision = tick(ticket(), "10-28 11:00", only("line2", staffed(LI, CHEN)))
    assert written(decision) == [(K.ESCALATION, CHEN.address)]
    assert (after(decision).engineer, after(decision).line) == (LI.staff_id, 1)
    assert [line.text for line in decision.progress] == ["转二线 10-28 11:00：上报主管 陈静"]
    assert after(decision).wake_at is None


ZHOUS = calendar_of(ZHOU, POLICY)


def night(*people: Person, **facts: Any) -> tuple[Ticket, Known]:
    """A P1 of the evening, of which the leads heard at midnight that nobody of line 2 was there."""
    known = only("line2", staffed(*(people or (LI, ZHOU, CHEN))))
    known = replace(known, policy=replace(known.policy, experts=(ZHOUS,)))
    first = tick(ticket("10-28 23:00", proposed=Priority.P1, **facts), "10-29 00:00", known)
    assert written(first) == [(K.ESCALATION, CHEN.address)]
    return after(first), known


def test_what_nobody_took_over_at_night_goes_to_line_2_when_an_experts_hours_begin() -> None:
    stuck, known = night()
    assert stuck.wake_at == at("10-29 09:00")
    decision = tick(stuck, "10-29 09:00", known)
    assert (after(decision).engineer, after(decision).line) == (ZHOU.staff_id, 2)
    assert written(decision) == [(K.HANDOVER, ZHOU.address), (K.REMINDER, LI.address)]
    assert after(decision).wake_at is None


def test_where_no_expert_comes_it_is_tried_when_hours_begin_and_nothing_more_is_said() -> None:
    stuck, known = night(LI, replace(ZHOU, absences=away_until(at("10-30 10:00"))), CHEN)
    for begins in ("10-29 09:00", "10-29 13:30", "10-30 09:00"):
        assert stuck.wake_at == at(begins)
        silent = tick(stuck, begins, known)
        assert (silent.letters, silent.progress) == ((), ())
        stuck = after(silent)
    assert after(tick(stuck, "10-30 13:30", known)).engineer == ZHOU.staff_id


def test_it_is_not_tried_for_ever() -> None:
    stuck, known = night(LI, replace(ZHOU, absences=away_until(at("12-30 10:00"))), CHEN)
    tried = 0
    while stuck.wake_at is not None:
        stuck, tried = after(ticked(stuck, known, stuck.wake_at)), tried + 1
    assert tried == 13


def test_after_an_outage_over_several_tries_the_leads_hear_once() -> None:
    known = only("line2", staffed(LI, replace(ZHOU, absences=away_until(at("11-05 10:00"))), CHEN))
    known = replace(known, policy=replace(known.policy, experts=(ZHOUS,)))
    decision = tick(ticket("10-28 23:00", proposed=Priority.P1), "10-30 10:00", known)
    assert written(decision) == [(K.ESCALATION, CHEN.address)]
    assert after(decision).wake_at == at("10-30 13:30")


def test_what_the_leads_have_not_read_yet_stands_though_it_was_tried_again() -> None:
    stuck, known = night(LI, replace(ZHOU, absences=away_until(at("10-30 10:00"))), CHEN)
    key = next(key for key in stuck.spoken if ":handover:" in key)
    assert stands(after(tick(stuck, "10-29 09:00", known)), known.policy, key)


# -- the requester -------------------------------------------------------------------------------------------------------


def test_a_missed_eta_is_told_to_the_engineer_and_to_the_user() -> None:
    promised = ticket(eta=Eta(at=at("10-28 16:30"), said_at=at("10-28 11:00")))
    decision = tick(promised, "10-28 16:30", only("eta"))
    assert written(decision) == [(K.REMINDER, LI.address), (K.ETA, promised.requester)]
    assert letter(decision, K.ETA).facts["missed"] is True
    assert letter(decision, K.ETA).facts["at"] == "2026-10-28T16:30:00+08:00"


def test_watchers_hear_what_the_requester_hears() -> None:
    watched = ticket(status=Status.RESOLVED, resolved_at=at("10-26 10:00"), watchers=(Address("boss@customer.example"),))
    assert [letter.to for letter in tick(watched, "10-28 10:00").letters] == ["user@customer.example", "boss@customer.example"]


def test_a_silent_user_is_asked_his_question_again_with_the_day_of_the_end() -> None:
    history = (Progress(at=at("10-26 10:00"), mark=Mark.ANSWER, author="E1", text="请发截图", public=True),)
    decision = tick(waiting(Waiting.USER, since="10-26 10:00"), "10-28 10:00", replace(KNOWN, history=history))
    chaser = letter(decision, K.CHASER)
    assert chaser.facts == {
        "about": "waiting",
        "step": 1,
        "question": "请发截图",
        "closes_on": "2026-11-03T02:00:00+00:00",
    }


def test_the_end_of_silence_closes_the_ticket_as_unconfirmed() -> None:
    solved = ticket(status=Status.RESOLVED, resolved_at=at("10-19 10:00"), solution="重启了服务")
    for when in ("10-21 10:00", "10-23 10:00", "10-27 10:00"):
        decision = tick(solved, when)
        solved = after(decision)
    assert (solved.status, solved.closed_how, solved.closed_at, solved.archive) == (
        Status.CLOSED,
        "unconfirmed",
        at("10-27 10:00"),
        "pending",
    )
    assert letter(decision, K.CLOSED).facts["reopen_until"] == "2026-11-10T10:00:00+08:00"
    assert solved.wake_at is None


def test_closing_a_waiting_ticket_ends_its_pause() -> None:
    silent = waiting(Waiting.USER, since="10-19 10:00")
    for when in ("10-21 10:00", "10-23 10:00", "10-27 10:00"):
        silent = after(tick(silent, when))
    assert silent.waiting is None
    assert silent.pauses == (Pause(why=Waiting.USER, since=at("10-19 10:00"), until=at("10-27 10:00")),)


def test_the_date_until_which_a_ticket_waited_brings_it_back() -> None:
    parked = waiting(Waiting.SCHEDULED, since="10-28 10:20", waiting_until=at("11-02 09:00"))
    decision = tick(parked, "11-02 09:00", only("scheduled"))
    awake = after(decision)
    assert (awake.status, awake.waiting, awake.waiting_until) == (Status.IN_PROGRESS, None, None)
    assert written(decision) == [(K.REMINDER, LI.address)]
    assert [letter.facts["rule"] for letter in decision.letters] == ["scheduled"]


def test_who_did_not_rate_us_is_reminded_once() -> None:
    closed = ticket(status=Status.CLOSED, surveyed_at=at("10-23 10:00"), closed_at=at("10-23 10:00"))
    decision = tick(closed, "10-28 10:00")
    assert written(decision) == [(K.SURVEY, closed.requester)]
    assert letter(decision, K.SURVEY).facts["reminder"] is True
    assert after(decision).wake_at is None


# -- outages, nights -----------------------------------------------------------------------------------------------------


def test_after_an_outage_each_rule_says_its_last_word_only() -> None:
    """To the expert who takes over, and of progress nothing, because he has only just begun."""
    decision = tick(ticket(), "10-28 17:30")
    said = Counter(line.key.split(":")[1] for line in decision.progress if line.key)
    assert set(said.values()) == {1}
    assert {(letter.kind, letter.facts.get("rule"), letter.person) for letter in decision.letters} == {
        (K.HANDOVER, None, ZHOU.staff_id),
        (K.REMINDER, "line2", LI.staff_id),
        (K.ESCALATION, "first_answer", CHEN.staff_id),
        (K.REMINDER, "confirm_priority", ZHOU.staff_id),
        (K.REMINDER, "eta", ZHOU.staff_id),
    }


def test_a_silent_user_is_heard_before_he_is_closed_even_after_an_outage() -> None:
    silent = waiting(Waiting.USER, since="10-12 10:00")
    days = ("10-28 10:00", "10-30 10:00", "11-03 10:00")
    kinds = []
    for day in days:
        decision = tick(silent, day)
        kinds += [letter.kind for letter in decision.letters]
        silent = after(decision)
        assert silent.status is (Status.CLOSED if day == days[-1] else Status.WAITING)
    assert kinds == [K.CHASER, K.CHASER, K.CLOSED]


def test_a_late_chaser_names_the_day_that_will_be_kept() -> None:
    decision = tick(waiting(Waiting.USER, since="10-12 10:00"), "10-28 10:00")
    assert letter(decision, K.CHASER).facts["closes_on"] == "2026-11-03T02:00:00+00:00"


def test_months_without_a_clock_cost_one_word_about_progress() -> None:
    forgotten = ticket("01-05 10:00", proposed=Priority.P1)
    decision = tick(forgotten, "10-28 10:00", only("progress"))
    assert len(decision.letters) == 1
    assert len(after(decision).spoken) < 4


def test_the_night_holds_letters_to_people_until_they_work() -> None:
    known = only("scheduled")
    parked = waiting(Waiting.SCHEDULED, since="10-28 10:20", waiting_until=at("10-31 22:00"))
    assert [letter.not_before for letter in tick(parked, "10-31 22:00", known).letters] == [at("11-02 09:00")]
    urgent = replace(parked, proposed=Priority.P1)
    assert [letter.not_before for letter in tick(urgent, "10-31 22:00", known).letters] == [None]


def test_a_shift_holds_letters_too() -> None:
    late = replace(LI, shift="mon-fri 12:00-20:00")
    decision = tick(ticket(), "10-28 10:05", only("first_answer", staffed(late, CHEN)))
    assert [letter.not_before for letter in decision.letters] == [at("10-28 12:00")]


def test_a_user_is_not_chased_at_night() -> None:
    decision = tick(waiting(Waiting.USER, since="10-26 10:00"), "10-29 03:00")
    assert letter(decision, K.CHASER).not_before == at("10-29 09:00")


def test_a_user_is_not_told_at_night_that_an_eta_was_missed() -> None:
    promised = ticket(eta=Eta(at=at("10-28 20:00"), said_at=at("10-28 11:00")))
    assert tick(promised, "10-28 20:00", only("eta")).letters == ()
    morning = tick(promised, "10-29 09:00", only("eta"))
    urgent = tick(replace(promised, proposed=Priority.P1), "10-28 20:00", only("eta"))
    for decision in (morning, urgent):
        assert [letter(decision, kind).not_before for kind in (K.ETA, K.REMINDER)] == [None, None]


def test_a_person_is_written_to_in_his_language() -> None:
    ann = person("E9", "Ann", Role.ENGINEER, language="en")
    decision = tick(ticket(engineer=ann.staff_id), "10-28 10:05", only("first_answer", staffed(ann)))
    assert [letter.language for letter in decision.letters] == ["en"]


def test_nothing_due_changes_nothing_but_the_time_to_wake() -> None:
    decision = tick(ticket(), "10-28 10:01")
    assert (decision.letters, decision.progress) == ((), ())
    assert after(decision) == ticket(wake_at=at("10-28 10:05"), due_at=at("10-28 10:10"))


def test_real_time_calendars_never_hold_a_chaser() -> None:
    known = replace(KNOWN, policy=replace(POLICY, calendar=ALWAYS))
    decision = ticked(waiting(Waiting.USER, since="10-26 10:00"), known, at("10-29 03:00"))
    assert letter(decision, K.CHASER).not_before is None
    assert {Rule(line.key.split(":")[1]) for line in decision.progress if line.key} == {Rule.WAITING}
