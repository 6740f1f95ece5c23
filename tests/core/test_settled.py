"""How duties are settled: each clock counts once, when it is done or broken, and with the time that it really took."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.decide import decide
from maildesk.core.duration import SOLUTION, Duration, Spread, spread
from maildesk.core.event import Ticked
from maildesk.core.settled import settled
from maildesk.core.ticket import Eta, Pause, Priority, Status, Ticket, Waiting
from tests.core.clockwork import HOUR, KNOWN, LI, MINUTE, POLICY, ZHOU, at, ticket


def change(before: Ticket, when: str, **facts: Any) -> dict[str, tuple[bool, timedelta | None]]:
    """What a change settles, by rule: whether it was kept, and the time it took."""
    found = settled(before, replace(before, **facts), POLICY, at(when))
    return {one.rule: (one.kept, one.took) for one in found}


def facts(**times: str) -> dict[str, datetime]:
    return {name: at(when) for name, when in times.items()}


# -- kept, broken, or not counted ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "before", "when", "after", "kept"),
    [
        ("first_answer", {}, "10-28 10:09", facts(first_answer_at="10-28 10:09"), True),
        ("first_answer", {}, "10-28 10:10", facts(first_answer_at="10-28 10:10"), True),
        ("first_answer", {}, "10-28 10:11", facts(first_answer_at="10-28 10:11"), False),
        ("first_answer", {"opened_at": at("10-28 17:50")}, "10-28 18:00", facts(first_answer_at="10-28 18:00"), True),
        ("first_answer", {"opened_at": at("10-28 17:50")}, "10-28 20:00", facts(first_answer_at="10-28 20:00"), False),
        ("first_answer", {}, "10-28 10:05", {"status": Status.WITHDRAWN}, None),
        ("first_answer", {}, "10-28 10:20", {"status": Status.WITHDRAWN}, False),
        ("first_answer", {}, "10-28 10:05", {"status": Status.WAITING}, None),
        ("missing", {"missing": ("error",)}, "10-28 10:05", facts(missing_asked_at="10-28 10:05"), True),
        ("missing", {"missing": ("error",)}, "10-28 10:05", {"missing": ()}, None),
        ("confirm_priority", {}, "10-28 10:29", {"confirmed": Priority.P3, **facts(priority_at="10-28 10:29")}, True),
        ("confirm_priority", {}, "10-28 10:31", {"confirmed": Priority.P3, **facts(priority_at="10-28 10:31")}, False),
        ("confirm_priority", {}, "10-28 10:20", {"status": Status.RESOLVED}, None),
        ("phone", {"proposed": Priority.P1}, "10-28 10:14", facts(called_at="10-28 10:14"), True),
        ("phone", {"proposed": Priority.P1}, "10-28 10:16", facts(called_at="10-28 10:16"), False),
        ("phone", {"proposed": Priority.P1}, "10-28 10:20", facts(called_at="10-28 10:05"), True),
        ("phone", {"proposed": Priority.P1}, "10-28 10:30", facts(called_at="10-28 10:16"), False),
        ("line2", {}, "10-28 10:50", {"line": 2, "engineer": ZHOU.staff_id}, True),
        ("line2", {}, "10-28 10:50", {"status": Status.RESOLVED}, True),
        ("line2", {}, "10-28 11:00", {"line": 2, "engineer": ZHOU.staff_id}, True),
        ("line2", {}, "10-28 11:01", {"line": 2, "engineer": ZHOU.staff_id}, False),
        ("progress", {}, "10-28 11:59", facts(progressed_at="10-28 11:59"), True),
        ("progress", {}, "10-28 11:00", facts(assigned_at="10-28 11:00"), None),
        ("progress", {}, "10-28 12:00", facts(progressed_at="10-28 12:00"), True),
        ("progress", {}, "10-28 14:00", facts(progressed_at="10-28 14:00"), False),
        ("progress", {}, "10-28 11:00", {"status": Status.OBSERVING}, True),
        ("silence", {}, "10-28 11:00", facts(heard_at="10-28 11:00"), True),
        ("silence", {"proposed": Priority.P1}, "10-28 11:00", facts(heard_at="10-28 11:00"), True),
        ("silence", {"proposed": Priority.P1}, "10-28 11:01", facts(heard_at="10-28 11:01"), False),
        ("silence", {}, "10-28 11:00", {"status": Status.WITHDRAWN}, None),
        ("eta", {}, "10-28 11:00", {"eta": Eta(at=at("10-28 17:00"), said_at=at("10-28 11:00"))}, True),
        ("eta", {}, "10-28 16:00", {"eta": Eta(at=at("10-28 17:00"), said_at=at("10-28 16:00"))}, False),
    ],
)
def test_a_duty_is_kept_when_it_is_done_in_time(
    rule: str, before: dict[str, Any], when: str, after: dict[str, Any], kept: bool | None
) -> None:
    assert change(ticket(**before), when, **after).get(rule, (None,))[0] is kept


PROMISED = Eta(at=at("10-28 17:00"), said_at=at("10-28 10:30"))


@pytest.mark.parametrize(
    ("when", "after", "kept"),
    [
        ("10-28 16:59", {"status": Status.RESOLVED}, True),
        ("10-28 17:00", {"status": Status.RESOLVED}, True),
        ("10-28 17:01", {"status": Status.RESOLVED}, False),
        ("10-28 16:00", {"eta": Eta(at=at("10-28 18:00"), said_at=at("10-28 16:00"))}, False),
        ("10-28 16:00", {"eta": Eta(at=at("10-28 16:30"), said_at=at("10-28 16:00"))}, None),
        ("10-28 16:00", {"status": Status.MERGED}, None),
    ],
)
def test_an_eta_is_kept_by_a_solution_only(when: str, after: dict[str, Any], kept: bool | None) -> None:
    assert change(ticket(eta=PROMISED), when, **after).get("eta", (None,))[0] is kept


@pytest.mark.parametrize(("when", "kept"), [("10-28 19:59", True), ("10-28 20:01", False)])
def test_an_eta_after_work_is_kept_until_its_moment(when: str, kept: bool) -> None:
    promised = Eta(at=at("10-28 20:00"), said_at=at("10-28 12:00"))
    assert change(ticket(eta=promised), when, status=Status.RESOLVED)["eta"][0] is kept


def test_an_eta_that_moved_while_the_ticket_stood_still_was_not_put_off() -> None:
    waited = ticket(eta=PROMISED, pauses=(Pause(why=Waiting.USER, since=at("10-28 14:00"), until=at("10-28 16:00")),))
    moved = Eta(at=at("10-29 10:00"), said_at=at("10-28 16:00"))
    assert change(waited, "10-28 16:00", eta=moved) == {}
    assert change(waited, "10-28 16:00", eta=replace(moved, at=at("10-29 10:01")))["eta"][0] is False


def test_what_changes_nothing_settles_nothing() -> None:
    assert change(ticket(), "10-28 12:00", chased_at=at("10-28 12:00")) == {}
    assert change(ticket(), "10-28 12:00", category="软件") == {}


def test_the_time_a_ticket_waited_for_its_requester_is_not_counted() -> None:
    waited = ticket(pauses=(Pause(why=Waiting.USER, since=at("10-28 10:02"), until=at("10-28 15:00")),))
    assert change(waited, "10-28 15:06", first_answer_at=at("10-28 15:06"))["first_answer"] == (True, 8 * MINUTE)


# -- found broken while it still runs ------------------------------------------------------------------------------------


def woken(ticket: Ticket, when: str) -> tuple[Ticket, dict[str, Duration]]:
    (decision,) = decide((ticket,), Ticked(), KNOWN, at(when))
    assert decision.ticket is not None
    return decision.ticket, {f"{one.rule} {one.nth}": one for one in decision.settled}


def test_a_duty_that_nobody_does_is_broken_when_its_time_is_over() -> None:
    early, found = woken(ticket(), "10-28 10:05")
    assert found == {}
    late, found = woken(early, "10-28 10:12")
    broken = found["first_answer 1"]
    assert (broken.kept, broken.took, broken.settled_at) == (False, None, at("10-28 10:10"))
    (ended,) = settled(late, replace(late, first_answer_at=at("10-28 11:00")), POLICY, at("10-28 11:00"))
    assert (ended.since, ended.nth, ended.settled_at) == (broken.since, broken.nth, broken.settled_at)
    assert (ended.kept, ended.took) == (False, HOUR)


def test_what_was_done_in_time_and_told_late_is_kept_though_it_was_found_broken_meanwhile() -> None:
    late, found = woken(ticket(proposed=Priority.P1, first_answer_at=at("10-28 10:01")), "10-28 10:16")
    assert found["phone 1"].kept is False
    (told,) = settled(late, replace(late, called_at=at("10-28 10:05")), POLICY, at("10-28 10:20"))
    assert (told.rule, told.since, told.nth) == ("phone", found["phone 1"].since, found["phone 1"].nth)
    assert (told.kept, told.took, told.settled_at) == (True, 5 * MINUTE, at("10-28 10:05"))


def test_what_is_done_at_the_very_end_of_a_later_period_breaks_only_those_before_it() -> None:
    (ended,) = settled(ticket(), ticket(progressed_at=at("10-28 15:30")), POLICY, at("10-28 15:30"))
    assert (ended.rule, ended.nth, ended.settled_at) == ("progress", 1, at("10-28 12:00"))


def test_each_period_without_progress_is_broken_once() -> None:
    silent, found = woken(ticket(first_answer_at=at("10-28 10:01"), confirmed=Priority.P4), "10-28 13:30")
    assert list(found) == ["progress 1"]
    silent, found = woken(silent, "10-28 14:00")
    assert found["progress 1"].settled_at == at("10-28 12:00")
    _, found = woken(silent, "10-28 15:30")
    assert "progress 2" in found


def test_an_eta_that_nobody_gave_is_broken_by_the_next_word_of_any_rule() -> None:
    """At the moment itself nothing is said."""
    asked, found = woken(ticket(first_answer_at=at("10-28 10:01"), confirmed=Priority.P4), "10-28 14:40")
    assert "eta 1" not in found
    late, found = woken(asked, "10-28 16:00")
    assert (found["eta 1"].kept, found["eta 1"].took, found["eta 1"].settled_at) == (False, None, at("10-28 15:30"))
    _, found = woken(replace(late, eta=Eta(at=at("10-29 17:00"), said_at=at("10-28 16:10"))), "10-28 17:30")
    assert "eta 1" not in found


def test_whoever_had_it_then_has_it_counted() -> None:
    given_on = replace(ticket(), line=2, engineer=ZHOU.staff_id)
    found = settled(ticket(), given_on, POLICY, at("10-28 10:30"))
    assert [(one.rule, one.engineer) for one in found] == [("line2", LI.staff_id)]


# -- the time to a solution ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "took"),
    [
        ({"status": Status.RESOLVED, "resolved_at": at("10-28 15:00")}, 3.5),
        ({"status": Status.CLOSED, "closed_how": "engineer", "closed_at": at("10-28 15:00")}, 3.5),
        ({"status": Status.CLOSED, "closed_how": "confirmed", "closed_at": at("10-28 15:00")}, 3.5),
        ({"status": Status.CLOSED, "closed_how": "unconfirmed", "closed_at": at("10-28 15:00")}, None),
        ({"status": Status.WITHDRAWN, "closed_how": "withdrawn", "closed_at": at("10-28 15:00")}, None),
        ({"status": Status.GUIDED}, None),
        ({"status": Status.MERGED}, None),
        ({"status": Status.SPAM}, None),
    ],
)
def test_a_solution_counts_in_service_time(after: dict[str, Any], took: float | None) -> None:
    found = change(ticket(), "10-28 15:00", **after).get(SOLUTION)
    assert found == (None if took is None else (True, took * HOUR))


@pytest.mark.parametrize(("when", "kept"), [("11-02 11:30", True), ("11-02 11:31", False)])
def test_a_solution_at_the_very_end_of_its_target_is_in_time(when: str, kept: bool) -> None:
    assert change(ticket(), when, status=Status.RESOLVED, resolved_at=at(when))[SOLUTION][0] is kept


def test_a_solution_counts_once_and_from_the_opening_to_the_last() -> None:
    solved = ticket(status=Status.RESOLVED, resolved_at=at("10-28 11:00"))
    assert change(solved, "10-28 12:00", status=Status.CLOSED, closed_how="confirmed", closed_at=at("10-28 12:00")) == {}
    again = {"status": Status.IN_PROGRESS, "resolved_at": None, "reopened_at": at("10-29 10:00")}
    assert change(solved, "10-29 10:00", **again)[SOLUTION] == (False, None)
    reopened = replace(solved, **again)  # type: ignore[arg-type]
    assert change(reopened, "10-29 11:00", status=Status.RESOLVED, resolved_at=at("10-29 11:00"))[SOLUTION] == (True, 8.5 * HOUR)


@given(st.lists(st.sampled_from(["note", "answer", "confirm", "solve", "reopen", "tick"]), max_size=12), st.data())
def test_no_clock_ends_twice(deeds: list[str], data: st.DataObject) -> None:
    """Whatever happens in whatever order: of a name under which something was settled the end is told once, except that a
    solution may be followed by another."""
    now, one, ended = at("10-28 10:00"), ticket(), list[tuple[str, datetime, int]]()
    for deed in deeds:
        now += data.draw(st.integers(1, 300)) * MINUTE
        match deed:
            case "tick":
                (decision,) = decide((one,), Ticked(), KNOWN, now)
                after = decision.ticket or one
            case "note":
                after = replace(one, progressed_at=now)
            case "answer":
                after = replace(one, first_answer_at=one.first_answer_at or now, progressed_at=now)
            case "confirm":
                after = replace(one, confirmed=one.confirmed or Priority.P3, priority_at=one.priority_at or now)
            case "solve":
                after = one if one.resolved_at else replace(one, status=Status.RESOLVED, resolved_at=now)
            case _:
                again = {"status": Status.IN_PROGRESS, "resolved_at": None, "reopened_at": now}
                after = replace(one, **again) if one.resolved_at else one  # type: ignore[arg-type]
        found = settled(one, after, POLICY, now)
        assert all(each.kept <= (each.took is not None) for each in found)
        assert all(each.settled_at <= now for each in found)
        ended += [(each.rule, each.since, each.nth) for each in found if each.took is not None and each.rule != SOLUTION]
        one = after
    assert len(ended) == len(set(ended))


# -- what is usual -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "median", "p90"),
    [([7], 7, 7), ([9, 1], 1, 9), (range(1, 11), 5, 9), (range(1, 12), 6, 10), (range(1, 21), 10, 18), (range(1, 23), 11, 20)],
)
def test_half_and_nine_of_ten_were_really_done_within(minutes: Any, median: int, p90: int) -> None:
    spans = [minute * MINUTE for minute in minutes]
    assert spread(spans) == Spread(count=len(spans), median=median * MINUTE, p90=p90 * MINUTE)


def test_nothing_is_usual_where_nothing_happened() -> None:
    assert spread(()) is None


@given(st.lists(st.timedeltas(timedelta(), timedelta(days=9)), min_size=1, max_size=60))
def test_the_ninth_decile_is_the_least_span_that_nine_of_ten_kept(spans: list[timedelta]) -> None:
    found = spread(spans)
    assert found is not None
    assert sum(span <= found.p90 for span in spans) * 10 >= len(spans) * 9
    assert sum(span < found.p90 for span in spans) * 10 < len(spans) * 9
