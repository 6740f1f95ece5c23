"""How the rules were kept: counted once a week, by rule and by engineer, with the worst ticket by its number."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from maildesk.core.absence import Absence
from maildesk.core.duration import SOLUTION, Duration
from maildesk.core.letter import LetterKind
from maildesk.core.people import Person, StaffId
from maildesk.core.rules import Rule
from maildesk.core.ticket import Number, Priority
from maildesk.reports.compliance import Kept, Period, compliance, last_week, looked_up
from maildesk.reports.digest import digests, reader
from maildesk.store import Breach, Store, Tally
from tests.core.clockwork import CHEN, HOUR, KNOWN, LI, MINUTE, OFFICE, POLICY, ZHOU, at, ticket

NOW = at("11-02 09:00")
"""A Monday."""

WEEK = (at("10-26 00:00"), at("11-02 00:00"))


def tally(rule: str, kept: int, broken: int, engineer: StaffId | None = LI.staff_id) -> tuple[Tally, ...]:
    both = ((True, kept), (False, broken))
    return tuple(Tally(rule=rule, engineer=engineer, kept=good, count=count) for good, count in both if count)


def breach(rule: str, serial: int, over: timedelta | None, engineer: StaffId = LI.staff_id) -> Breach:
    return Breach(rule=rule, engineer=engineer, number=Number(f"TS2026102800{serial}"), at=at("10-30 17:00"), over=over)


def period(*tallies: Tally, breaches: tuple[Breach, ...] = ()) -> Period:
    return Period(since=WEEK[0], until=WEEK[1], tallies=tallies, breaches=breaches)


# -- what is counted -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kept", "broken", "share"), [(40, 2, 95), (1, 0, 100), (0, 3, 0), (999, 1, 99), (2, 1, 66), (1, 999, 0)]
)
def test_a_share_never_flatters(kept: int, broken: int, share: int) -> None:
    (found,) = compliance(period(*tally("line2", kept, broken)), OFFICE, NOW)
    assert (found.due, found.kept, found.broken, found.share) == (kept + broken, kept, broken, share)


def test_rules_stand_in_the_order_of_a_tickets_life_and_those_without_a_case_are_left_out() -> None:
    week = period(*tally(SOLUTION, 1, 0), *tally("eta", 1, 0), *tally("first_answer", 1, 0))
    assert [one.rule for one in compliance(week, OFFICE, NOW)] == [Rule.FIRST_ANSWER, Rule.ETA, SOLUTION]


def test_all_engineers_count_together_and_each_for_himself() -> None:
    mine, his, nobodys = tally("line2", 3, 1), tally("line2", 5, 0, ZHOU.staff_id), tally("line2", 0, 1, None)
    week = period(*mine, *his, *nobodys, breaches=(breach("line2", 1, HOUR),))
    assert compliance(week, OFFICE, NOW)[0] == Kept(rule="line2", due=10, kept=8, worst=Number("TS20261028001"), over=HOUR)
    assert compliance(week, OFFICE, NOW, ZHOU.staff_id) == (Kept(rule="line2", due=5, kept=5),)


def test_the_worst_is_the_one_that_was_late_for_the_longest_or_still_is() -> None:
    late = (breach("line2", 1, HOUR), breach("line2", 2, 2 * HOUR), breach("eta", 3, 9 * HOUR))
    (found,) = compliance(period(*tally("line2", 0, 3), breaches=late), OFFICE, NOW)
    assert (found.worst, found.over) == ("TS20261028002", 2 * HOUR)
    (found,) = compliance(period(*tally("line2", 0, 3), breaches=(*late, breach("line2", 4, None))), OFFICE, NOW + 3 * HOUR)
    assert (found.worst, found.over) == ("TS20261028004", 4 * HOUR)


def test_an_eta_that_was_put_off_in_time_is_broken_and_not_late() -> None:
    (found,) = compliance(period(*tally("eta", 0, 1), breaches=(breach("eta", 1, -HOUR),)), OFFICE, NOW)
    assert (found.broken, found.worst, found.over) == (1, None, timedelta())


# -- when it is told -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "person", "told"),
    [
        ("11-02 09:00", LI, True),
        ("11-03 09:00", LI, False),
        ("11-03 09:00", replace(LI, shift="tue-fri 09:00-18:00"), True),
        ("11-04 09:00", replace(LI, absences=(Absence(since=at("10-30 09:00"), until=at("11-04 00:00")),)), True),
        ("11-05 09:00", replace(LI, absences=(Absence(since=at("10-30 09:00"), until=at("11-04 00:00")),)), False),
    ],
)
def test_last_week_is_told_on_the_first_day_on_which_he_is_there(when: str, person: Person, told: bool) -> None:
    assert last_week(person, POLICY, at(when)) == (WEEK if told else None)


def settle(store: Store, **fields: Any) -> None:
    plain: dict[str, Any] = {
        "rule": "first_answer",
        "since": at("10-28 10:00"),
        "settled_at": at("10-28 10:10"),
        "kept": False,
        "took": 75 * MINUTE,
        "allowed": 10 * MINUTE,
        "priority": Priority.P3,
        "category": "",
        "engineer": LI.staff_id,
    }
    with store.write() as tx:
        saved = tx.save(replace(ticket(), number=tx.mint(at("10-28 10:00").date()), version=0))
        tx.measure(saved.id, (Duration(**plain | fields),))


def test_the_digests_of_a_monday_say_how_last_week_went(store: Store) -> None:
    settle(store)
    settle(store, kept=True, took=5 * MINUTE, engineer=ZHOU.staff_id)
    settle(store, settled_at=at("11-02 08:59"))
    settle(store, settled_at=at("10-25 23:59"))
    readers = [reader(who, kind, POLICY, NOW) for who, kind in ((LI, LetterKind.DIGEST), (CHEN, LetterKind.TEAM_DIGEST))]
    with store.read() as tx:
        own, team = (letter.facts["week"] for letter in digests(tx, KNOWN, readers, NOW))
        (tuesday,) = digests(tx, KNOWN, [reader(CHEN, LetterKind.TEAM_DIGEST, POLICY, at("11-03 09:00"))], at("11-03 09:00"))
        number = looked_up(tx, *WEEK).breaches[0].number
    first = {"rule": "first_answer", "worst": number, "over": 65 * 60}
    assert own == {"since": "2026-10-26", "until": "2026-11-01", "rules": [{**first, "due": 1, "kept": 0, "share": 0}]}
    assert team["rules"] == [{**first, "due": 2, "kept": 1, "share": 50}]
    assert tuesday.facts["week"] is None


def test_a_week_in_which_nothing_fell_due_is_not_spoken_of(store: Store) -> None:
    with store.read() as tx:
        (letter,) = digests(tx, KNOWN, [reader(LI, LetterKind.DIGEST, POLICY, NOW)], NOW)
    assert letter.facts["week"] is None
