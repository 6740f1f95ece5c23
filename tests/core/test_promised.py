"""Who was promised a time hears before it passes that it cannot be kept; whoever works on it heard it before him."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.alarm import Step
from maildesk.core.alarms import alarms
from maildesk.core.calendar import ALWAYS
from maildesk.core.known import Known
from maildesk.core.letter import Audience, Letter, LetterKind
from maildesk.core.rules import EtaDuty, Promises, Rule
from maildesk.core.ticket import Eta, Pause, Priority, Status, Ticket, Waiting
from tests.core.clockwork import HOUR, KNOWN, LI, MINUTE, OFFICE, SHANGHAI, at, quiet_but, resumed, ticked, ticket, waiting

ASKED_LATE = EtaDuty(ask=900 * HOUR, beyond=901 * HOUR)
"""So that of ETAs only those speak that were missed."""

QUIET = quiet_but("promises", "eta")
PROMISES = replace(KNOWN, policy=replace(QUIET, usual=replace(QUIET.usual, eta=ASKED_LATE)))

Said = list[tuple[str, str]]


def told(by: str, said: str = "10-28 10:00") -> Eta:
    return Eta(at=at(by), said_at=at(said))


def given_by_engineer(by: str, said: str = "10-28 10:00") -> dict[str, Any]:
    return {"eta": told(by, said), "promised": told(by, said)}


def life(one: Ticket, until: str, known: Known = PROMISES) -> Said:
    """What is said to whom until a moment, if nobody does anything: (`10-28 15:36`, `promise remind: E1`)."""
    said: Said = []
    while (moment := min((alarm.due for alarm in alarms(one, known.policy)), default=None)) and moment <= at(until):
        decision = ticked(one, known, moment)
        assert decision.ticket is not None
        one = decision.ticket
        said += [(_clock(letter.not_before or moment), _named(letter)) for letter in decision.letters]
    return said


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}"


def _named(letter: Letter) -> str:
    who = letter.person or "requester"
    return f"{letter.facts['rule']} {letter.facts['step']}: {who}" if "rule" in letter.facts else f"{letter.kind}: {who}"


# -- the order of things -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "promised", "until", "said"),
    [
        (
            "the time of the acknowledgement, 24 hours of service: a fifth and a tenth of it before the end",
            {"promised": told("11-02 11:30")},
            "11-03 09:00",
            [("10-30 15:42", "promise remind: E1"), ("11-02 09:06", "delay: requester"), ("11-02 09:06", "promise delay: E1")],
        ),
        (
            "an ETA of two hours, which nobody moves: the requester is not written to again when it passes",
            given_by_engineer("10-28 16:00", "10-28 14:00"),
            "10-28 17:00",
            [
                ("10-28 15:36", "promise remind: E1"),
                ("10-28 15:48", "delay: requester"),
                ("10-28 15:48", "promise delay: E1"),
                ("10-28 16:00", "eta missed: E1"),
            ],
        ),
        (
            "an ETA of twenty minutes: at half time, and at half of the rest",
            given_by_engineer("10-28 14:20", "10-28 14:00"),
            "10-28 15:00",
            [
                ("10-28 14:10", "promise remind: E1"),
                ("10-28 14:15", "delay: requester"),
                ("10-28 14:15", "promise delay: E1"),
                ("10-28 14:20", "eta missed: E1"),
            ],
        ),
        (
            "an ETA before work begins: the evening before",
            given_by_engineer("10-29 09:00"),
            "10-29 10:00",
            [
                ("10-28 16:42", "promise remind: E1"),
                ("10-28 17:21", "delay: requester"),
                ("10-28 17:21", "promise delay: E1"),
                ("10-29 09:00", "eta missed: E1"),
            ],
        ),
        (
            "an ETA in the night, when nobody can be warned: in the morning, and once",
            given_by_engineer("10-28 20:00", "10-28 18:30"),
            "10-29 10:00",
            [
                ("10-29 09:00", "promise remind: E1"),
                ("10-29 09:00", "eta missed: E1"),
                ("10-29 09:00", "delay: requester"),
                ("10-29 09:00", "promise delay: E1"),
            ],
        ),
        (
            "an ETA that the requester never heard of: nobody tells him that it was missed",
            {"eta": told("10-28 11:00"), "promised": told("11-02 11:30")},
            "10-28 12:00",
            [("10-28 11:00", "eta missed: E1")],
        ),
        (
            "an engineer who expects it later than the requester was told",
            {"eta": told("10-28 17:30", "10-28 15:30"), "promised": told("10-28 16:00", "10-28 14:00")},
            "10-28 16:30",
            [("10-28 15:36", "promise remind: E1"), ("10-28 15:48", "delay: requester"), ("10-28 15:48", "promise delay: E1")],
        ),
    ],
)
def test_the_engineer_hears_first_then_the_requester_then_nobody_twice(
    case: str, promised: dict[str, Any], until: str, said: Said
) -> None:
    assert life(ticket(**promised), until) == said, case


def test_a_p1_is_told_of_at_night() -> None:
    night = ticket("10-28 22:00", proposed=Priority.P1, **given_by_engineer("10-29 02:00", "10-28 22:00"))
    assert life(night, "10-29 03:00") == [
        ("10-29 01:12", "promise remind: E1"),
        ("10-29 01:36", "delay: requester"),
        ("10-29 01:36", "promise delay: E1"),
        ("10-29 02:00", "eta missed: E1"),
    ]


def test_a_requester_who_is_not_written_to_at_night_is_told_before_work_ends() -> None:
    """A desk that works on a P2 day and night, for people who do not: a quarter of an hour before closing time."""
    policy = replace(PROMISES.policy, calendars={"always": ALWAYS}, priority_calendars={Priority.P2: "always"})
    known = replace(PROMISES, policy=policy)
    one = ticket(proposed=Priority.P2, promised=told("10-29 05:00"))
    assert life(one, "10-29 09:30", known) == [
        ("10-28 17:45", "delay: requester"),
        ("10-28 17:45", "promise delay: E1"),
        ("10-29 09:00", "promise remind: E1"),
        ("10-29 09:00", "delay: requester"),
        ("10-29 09:00", "promise delay: E1"),
    ]


def test_a_desk_that_was_down_tells_each_of_them_once() -> None:
    late = ticked(ticket(**given_by_engineer("10-28 16:00", "10-28 14:00")), PROMISES, at("10-29 09:30"))
    assert [_named(letter) for letter in late.letters] == ["delay: requester", "promise delay: E1", "eta missed: E1"]
    (told_him,) = (letter for letter in late.letters if letter.kind is LetterKind.DELAY)
    assert told_him.facts["said"] == "2026-10-28T16:00:00+08:00"


def test_where_the_rule_is_off_a_missed_eta_is_told_to_both() -> None:
    known = replace(KNOWN, policy=quiet_but("eta"))
    said = life(ticket(**given_by_engineer("10-28 16:00", "10-28 14:00")), "10-28 17:00", known)
    assert said == [("10-28 16:00", "eta missed: E1"), ("10-28 16:00", "eta: requester")]


# -- what he is told -----------------------------------------------------------------------------------------------------


def delayed(one: Ticket, when: str, known: Known = PROMISES) -> tuple[Ticket, Letter]:
    decision = ticked(one, known, at(when))
    assert decision.ticket is not None
    return decision.ticket, next(letter for letter in decision.letters if letter.kind is LetterKind.DELAY)


def test_he_is_told_who_works_on_it_and_by_when_there_is_news() -> None:
    after, letter = delayed(ticket(proposed=Priority.P2, promised=told("10-28 16:00")), "10-28 15:45")
    assert letter.audience is Audience.REQUESTER
    assert letter.facts == {
        "engineer": LI.name,
        "said": "2026-10-28T16:00:00+08:00",
        "next": "2026-10-29T08:15:00+00:00",
        "eta": False,
        "waited": "",
    }
    assert after.promised == Eta(at=at("10-29 16:15"), said_at=at("10-28 15:45"))


def test_a_new_promise_is_one_and_the_next_letter_comes_before_it_breaks() -> None:
    after, _ = delayed(ticket(proposed=Priority.P2, promised=told("10-28 16:00")), "10-28 15:45")
    assert life(after, "10-29 16:00") == [
        ("10-29 14:39", "promise remind: E1"),
        ("10-29 15:27", "delay: requester"),
        ("10-29 15:27", "promise delay: E1"),
    ]


def test_each_further_time_without_a_persons_word_is_twice_as_far_off() -> None:
    once, _ = delayed(ticket(proposed=Priority.P2, promised=told("10-28 16:00")), "10-28 15:45")
    twice, _ = delayed(once, "10-29 15:27")
    assert twice.promised == Eta(at=at("11-02 16:27"), said_at=at("10-29 15:27"))
    spoken_to, _ = delayed(replace(once, heard_at=at("10-29 10:00")), "10-29 15:27")
    assert spoken_to.promised == Eta(at=at("10-30 15:57"), said_at=at("10-29 15:27"))


def test_what_was_far_off_when_it_became_urgent_is_moved_to_later_and_not_to_sooner() -> None:
    """A tenth of a long time is left in which a P1 would be solved, and what was taken back is not offered anew."""
    expected = ticket("10-28 10:00", confirmed=Priority.P1, **given_by_engineer("11-02 17:00"))
    moment = min(one.due for one in alarms(expected, PROMISES.policy) if one.step is Step.DELAY)
    moved = ticked(expected, PROMISES, moment).ticket
    assert moved is not None
    assert moved.promised is not None
    assert moved.promised.at == at("11-02 21:00")


def test_the_engineers_own_time_goes_before_any_other() -> None:
    expected: dict[str, Any] = {"eta": told("10-28 17:30", "10-28 15:30"), "promised": told("10-28 16:00", "10-28 14:00")}
    after, letter = delayed(ticket(**expected), "10-28 15:50")
    assert (letter.facts["next"], letter.facts["eta"]) == ("2026-10-28T17:30:00+08:00", True)
    assert after.promised == Eta(at=at("10-28 17:30"), said_at=at("10-28 15:50"))


def test_the_engineers_own_time_is_told_once_and_not_again_and_again_until_it_is_over() -> None:
    expected: dict[str, Any] = {"eta": told("10-28 17:30", "10-28 15:30"), "promised": told("10-28 16:00", "10-28 14:00")}
    once, _ = delayed(ticket(**expected), "10-28 15:50")
    twice, letter = delayed(once, "10-28 17:20")
    assert twice.promised is not None
    assert (twice.promised.at > at("10-28 17:30"), letter.facts["eta"]) == (True, False)


# -- when nothing is said ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "facts",
    [
        {"status": Status.RESOLVED, "resolved_at": at("10-28 11:00")},
        {"status": Status.OBSERVING},
        {"requester": ""},
        {"promised": None},
        {"reopened_at": at("10-28 12:00")},
    ],
)
def test_where_nobody_waits_for_it_nothing_is_said(facts: dict[str, Any]) -> None:
    one = replace(ticket(promised=told("10-28 16:00")), **facts)
    assert [alarm for alarm in alarms(one, PROMISES.policy) if alarm.rule is Rule.PROMISE] == []


@pytest.mark.parametrize(
    ("why", "moves"), [(Waiting.USER, True), (Waiting.APPROVAL, True), (Waiting.SCHEDULED, True), (Waiting.VENDOR, False)]
)
def test_waiting_for_the_requester_moves_the_moment_and_waiting_for_a_vendor_does_not(why: Waiting, moves: bool) -> None:
    one = waiting(why, since="10-28 14:00", promised=told("10-28 16:00"))
    assert bool(life(one, "10-28 17:30")) is not moves
    awake = resumed(one, at("10-28 15:00"))
    due = {alarm.step: _clock(alarm.due) for alarm in alarms(awake, PROMISES.policy)}
    assert due[Step.REMIND] == ("10-28 16:06" if moves else "10-28 15:06")
    assert due[Step.DELAY] == "10-28 15:33", "he was told 16:00, and hears of another time before that"


@pytest.mark.parametrize("why", [Waiting.USER, Waiting.APPROVAL, Waiting.SCHEDULED])
def test_he_hears_of_the_time_that_waiting_has_moved_before_the_one_he_was_told(why: Waiting) -> None:
    awake = resumed(waiting(why, since="10-28 14:00", promised=told("10-28 16:00")), at("10-28 15:00"))
    after, letter = delayed(awake, "10-28 15:33")
    assert (letter.facts["next"], letter.facts["waited"], letter.facts["eta"]) == ("2026-10-28T09:00:00+00:00", why, False)
    assert after.promised == Eta(at=at("10-28 17:00"), said_at=at("10-28 15:33"))


def answered(asked: str, when: str, **facts: Any) -> Ticket:
    """The requester was asked, and answers."""
    return ticket("10-28 09:00", pauses=(Pause(why=Waiting.USER, since=at(asked), until=at(when)),), **facts)


def test_an_eta_that_passed_while_he_was_asked_is_moved_once_and_in_the_morning() -> None:
    """Told 18:30, asked at 14:30, answers at 21:30: three and a half hours of work are left."""
    waited = answered("10-28 14:30", "10-28 21:30", **given_by_engineer("10-28 18:30", "10-28 09:01"))
    after, letter = delayed(waited, "10-29 09:00")
    assert (letter.facts["next"], letter.facts["eta"]) == ("2026-10-29T06:00:00+00:00", True)
    assert after.eta == after.promised == Eta(at=at("10-29 14:00"), said_at=at("10-29 09:00"))
    assert life(waited, "10-29 18:00") == [
        ("10-29 09:00", "delay: requester"),
        ("10-29 09:00", "promise remind: E1"),
        ("10-29 11:48", "promise remind: E1"),
        ("10-29 13:39", "delay: requester"),
        ("10-29 13:39", "promise delay: E1"),
        ("10-29 14:00", "eta missed: E1"),
    ]


def test_the_new_time_of_a_p1_is_told_when_the_waiting_ends() -> None:
    waited = answered("10-28 17:00", "10-28 21:30", proposed=Priority.P1, **given_by_engineer("10-28 18:30", "10-28 16:00"))
    assert life(waited, "10-28 21:35") == [("10-28 21:30", "delay: requester"), ("10-28 21:30", "promise remind: E1")]


def test_who_answered_at_once_hears_as_if_he_had_not_been_asked() -> None:
    """The few minutes do not make up for a day in which nothing was done."""
    waited = answered("10-28 10:05", "10-28 10:10", promised=told("10-28 16:00"))
    assert life(waited, "10-28 16:00") == [
        ("10-28 15:11", "promise remind: E1"),
        ("10-28 15:33", "delay: requester"),
        ("10-28 15:33", "promise delay: E1"),
    ]


def test_waking_breaks_nothing_at_once() -> None:
    """The time promised passed while the requester was asked; when he answers, there is as much left as there was."""
    for asked in ("10-28 15:00", "10-28 14:00"):
        waited = answered(asked, "10-29 11:00", promised=told("10-28 16:00"))
        assert life(waited, "10-29 11:05") == [("10-29 11:00", "delay: requester"), ("10-29 11:00", "promise remind: E1")]
    after, letter = delayed(waited, "10-29 11:00")
    assert letter.facts["next"] == "2026-10-29T06:30:00+00:00"
    assert life(after, "10-29 11:30") == []


@given(
    opened=st.integers(0, 14 * 24 * 60),
    span=st.integers(1, 14 * 24 * 60),
    priority=st.sampled_from(list(Priority)),
    remind=st.sampled_from([0.1, 0.2, 0.5]),
    margin=st.integers(0, 90),
)
def test_the_requester_is_told_before_the_moment_whatever_it_is(
    opened: int, span: int, priority: Priority, remind: float, margin: int
) -> None:
    """Where there is an hour in which he can be told; and the engineer no later than he, unless nobody works at that time."""
    begun = at("10-28 00:00") + opened * MINUTE
    promised = Eta(at=begun + span * MINUTE, said_at=begun)
    policy = quiet_but("promises")
    rules = replace(policy.usual, promises=Promises(remind=remind, tell=remind / 2, margin=margin * MINUTE))
    one = replace(ticket(proposed=priority), opened_at=begun, promised=promised)
    steps = {alarm.step: alarm for alarm in alarms(one, replace(policy, usual=rules)) if alarm.rule is Rule.PROMISE}
    assert steps.keys() == {Step.REMIND, Step.DELAY}
    assert begun <= steps[Step.REMIND].due <= promised.at
    told = steps[Step.DELAY].due
    if priority is not Priority.P1 and not OFFICE.between(begun, promised.at):
        assert told == OFFICE.next_open(promised.at)
        return
    assert begun <= told <= promised.at
    assert priority is Priority.P1 or OFFICE.open_at(told) or OFFICE.between(begun, promised.at) < HOUR
