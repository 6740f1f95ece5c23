"""The daily digests: who gets one and when, and that they tell what is due."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from maildesk.core.alarms import due_at
from maildesk.core.letter import Letter, LetterKind
from maildesk.core.message import Digest
from maildesk.core.people import Person, Role
from maildesk.core.ticket import UNSAVED, Number, Priority, Status, Waiting
from maildesk.reports.digest import MOST, Reader, digest, digests, due, look, look_through, reader, team_digest
from maildesk.store import Store
from tests.core.clockwork import CHEN, KNOWN, LI, POLICY, WU, ZHOU, at, away_until, person, staffed, ticket, waiting

MORNING = "10-29 09:00"


def readers(when: str, *people: Person, **policy: Any) -> list[tuple[str, LetterKind]]:
    return [(one.person.staff_id, one.kind) for one in due(staffed(*people, **policy), at(when))]


def mine(*tickets: Any, who: Person = LI, when: str = MORNING) -> Letter:
    return digest(reader(who, LetterKind.DIGEST, POLICY, at(when)), tickets, {}, KNOWN, at(when))


# -- who and when --------------------------------------------------------------------------------------------------------


def test_engineers_get_their_own_and_leads_and_managers_the_desks() -> None:
    assert readers(MORNING, LI, ZHOU, CHEN, WU) == [
        ("E1", LetterKind.DIGEST),
        ("E2", LetterKind.DIGEST),
        ("L1", LetterKind.TEAM_DIGEST),
        ("M1", LetterKind.TEAM_DIGEST),
    ]


def test_a_lead_who_is_an_engineer_too_gets_both() -> None:
    both = person("E5", "钱进", Role.ENGINEER, Role.LEAD)
    assert readers(MORNING, both) == [("E5", LetterKind.DIGEST), ("E5", LetterKind.TEAM_DIGEST)]


@pytest.mark.parametrize(
    ("when", "comes"),
    [
        ("10-29 08:59", False),
        ("10-29 09:00", True),
        ("10-29 17:45", True),
        ("10-29 12:30", False),
        ("10-29 18:30", False),
        ("10-31 10:00", False),
    ],
)
def test_it_comes_at_its_hour_or_later_on_a_working_day(when: str, comes: bool) -> None:
    assert bool(readers(when, LI)) is comes


def test_an_hour_that_the_policy_names_is_kept_though_nobody_works_then() -> None:
    assert readers("10-29 19:00", LI, digest_at=time(19)) == [("E1", LetterKind.DIGEST)]
    assert readers("10-29 22:00", LI, digest_at=time(19)) == []


def test_it_waits_for_who_begins_later() -> None:
    late = replace(LI, shift="mon-fri 12:00-20:00")
    assert readers("10-29 11:59", late) == []
    assert readers("10-29 12:00", late) == [("E1", LetterKind.DIGEST)]


def test_it_comes_in_the_morning_of_its_readers_zone() -> None:
    abroad = replace(LI, timezone="Europe/Berlin")
    assert readers("10-29 15:59", abroad) == []
    assert readers("10-29 16:00", abroad) == [("E1", LetterKind.DIGEST)]


def test_who_is_absent_gets_none() -> None:
    assert readers(MORNING, replace(LI, absences=away_until(at("10-30 09:00")))) == []


def test_a_holiday_has_no_digest() -> None:
    holiday = replace(POLICY.calendar, holidays=frozenset({at(MORNING).date()}))
    assert readers(MORNING, LI, calendar=holiday) == []


def test_reader_and_day_make_it_happen_once() -> None:
    assert mine().key == "report:digest:E1:2026-10-29"
    assert mine(when="10-29 17:00").key == mine().key
    assert mine(when="10-30 09:00").key != mine().key


# -- one's own -----------------------------------------------------------------------------------------------------------


def test_an_own_digest_lists_what_is_due_first_on_top() -> None:
    calm = ticket("10-29 08:50", number=Number("TS20261029002"), first_answer_at=at("10-29 08:55"), confirmed=Priority.P4)
    late = ticket("10-28 17:00", number=Number("TS20261028001"))
    letter = mine(calm, late)
    assert [(row["number"], row["rule"], row["due"]) for row in letter.facts["rows"]] == [
        ("TS20261028001", "first_answer", "2026-10-28T09:10:00+00:00"),
        ("TS20261029002", "progress", "2026-10-29T03:00:00+00:00"),
    ]


def test_a_row_says_what_a_reader_needs_to_know_the_case() -> None:
    (row,) = mine(ticket(requester_name="王芳", confirmed=Priority.P2)).facts["rows"]
    assert row == {
        "number": "TS20261028001",
        "subject": "登录失败",
        "status": "assigned",
        "priority": "P2",
        "requester": "王芳",
        "due": "2026-10-28T02:10:00+00:00",
        "rule": "first_answer",
        "age": "2026-10-28T10:00:00+08:00",
    }


def test_what_was_said_about_a_broken_duty_does_not_make_it_whole() -> None:
    late = ticket("10-28 17:00")
    told = replace(late, spoken=frozenset({f"alarm:first_answer:lead:{late.opened_at.astimezone(UTC).isoformat()}/1"}))
    assert look(told, POLICY, at(MORNING)).late
    assert due_at(told, POLICY) == due_at(late, POLICY) == look(late, POLICY, at(MORNING)).due


def test_a_waiting_ticket_is_not_late_and_says_when_it_moves_by_itself() -> None:
    letter = mine(waiting(Waiting.USER, since="10-28 10:01"))
    assert due_at(waiting(Waiting.USER, since="10-28 10:01"), POLICY) is None
    assert letter.facts["rows"][0]["rule"] == "waiting"


def test_a_ticket_without_a_deadline_comes_last() -> None:
    still = waiting(Waiting.SCHEDULED, since="10-28 10:01", number=Number("TS20261028009"))
    letter = mine(still, ticket("10-29 08:50"))
    assert [row["due"] is None for row in letter.facts["rows"]] == [False, True]


def test_an_empty_list_is_a_digest_too() -> None:
    assert mine().facts["rows"] == []
    assert mine().person == LI.staff_id


def test_an_own_digest_counts_all_that_he_has_and_shows_what_is_due_first(store: Store) -> None:
    kept(store, *(ticket("10-29 08:55") for _ in range(MOST)))
    kept(store, waiting(Waiting.USER, since="10-28 10:01"), ticket("10-28 17:00", requester_name="late"), ticket(engineer="E9"))
    kept(store, ticket("10-28 09:00", status=Status.CLOSED))
    with store.read() as tx:
        (letter,) = digests(tx, KNOWN, [reader(LI, LetterKind.DIGEST, POLICY, at(MORNING))], at(MORNING))
    assert letter.facts["counts"] == {"open": MOST + 2, "late": 1, "today": MOST, "waiting": 1}
    assert len(letter.facts["rows"]) == MOST
    assert letter.facts["rows"][0]["requester"] == "late"


# -- the desk's ----------------------------------------------------------------------------------------------------------


def kept(store: Store, *tickets: Any) -> None:
    with store.write() as tx:
        for each in tickets:
            fresh = {"id": UNSAVED, "number": tx.mint(date(2026, 10, 28)), "version": 0}
            tx.save(replace(each, due_at=due_at(each, POLICY), **fresh))


def test_the_desks_digest_counts_and_shows_what_should_be_looked_at(store: Store) -> None:
    kept(
        store,
        ticket("10-28 17:00", requester_name="late"),
        ticket("10-29 08:55", requester_name="fine", first_answer_at=at("10-29 08:57"), engineer=ZHOU.staff_id, line=2),
        ticket("10-29 08:56", requester_name="nobody's", engineer=None, status=Status.NEW),
        ticket("10-29 08:57", requester_name="urgent", proposed=Priority.P1, engineer=ZHOU.staff_id),
        ticket("10-28 10:00", status=Status.CLOSED, closed_at=at("10-28 16:00")),
    )
    with store.read() as tx:
        team = look_through(tx, KNOWN, at(MORNING))
    letter = team_digest(reader(CHEN, LetterKind.TEAM_DIGEST, POLICY, at(MORNING)), team, KNOWN, at(MORNING))
    assert letter.facts["counts"] == {"open": 4, "late": 1, "unassigned": 1, "opened": 2, "closed": 1, "ignored": 0, "held": 0}
    assert letter.facts["people"] == [["周强", 2, 0], ["李明", 1, 1]]
    assert [row["requester"] for row in letter.facts["rows"]] == ["late", "urgent", "nobody's"]


def test_a_monday_tells_of_the_weekend_too(store: Store) -> None:
    for day in ("10-29 10:00", "10-30 10:00", "10-31 10:00", "11-01 10:00"):
        kept(store, ticket(day))
    with store.read() as tx:
        assert look_through(tx, KNOWN, at("11-02 09:00")).counts["opened"] == 3


def test_ignored_mails_are_told_by_their_kind(store: Store) -> None:
    with store.write() as tx:
        for serial, verdict in enumerate(("list", "list", "automatic")):
            mail = tx.keep(Digest(f"{serial:064x}"), 10, at("10-28 10:00"), at("10-28 10:00"))
            tx.settle(mail, "done", verdict=verdict, outcome="ignored", folder="ignored")
    with store.read() as tx:
        team = look_through(tx, KNOWN, at(MORNING))
    letter = team_digest(reader(CHEN, LetterKind.TEAM_DIGEST, POLICY, at(MORNING)), team, KNOWN, at(MORNING))
    assert dict(letter.facts["ignored"]) == {"list": 2, "automatic": 1}
    assert letter.facts["counts"]["ignored"] == 3


def test_held_mails_are_counted_until_somebody_has_looked_at_them(store: Store) -> None:
    with store.write() as tx:
        for serial in range(2):
            mail = tx.keep(Digest(f"{serial:064x}"), 10, at("10-01 10:00"), at("10-01 10:00"))
            tx.settle(mail, "held", verdict="person", reason="failed")
    with store.read() as tx:
        assert look_through(tx, KNOWN, at(MORNING)).counts["held"] == 2


def test_no_more_is_put_before_the_leads_than_they_can_look_at(store: Store) -> None:
    kept(store, *(ticket("10-28 17:00", requester_name=str(n)) for n in range(30)))
    with store.read() as tx:
        team = look_through(tx, KNOWN, at(MORNING))
    assert (len(team.watched), team.counts["late"]) == (20, 30)


def test_each_reader_gets_the_letter_of_his_kind(store: Store) -> None:
    kept(store, ticket("10-28 17:00"))
    now = at(MORNING)
    with store.read() as tx:
        letters = tuple(digests(tx, KNOWN, due(KNOWN, now), now))
    assert [(letter.kind, letter.to) for letter in letters] == [
        (LetterKind.DIGEST, LI.address),
        (LetterKind.DIGEST, ZHOU.address),
        (LetterKind.TEAM_DIGEST, CHEN.address),
        (LetterKind.TEAM_DIGEST, WU.address),
    ]
    assert [len(letter.facts["rows"]) for letter in letters] == [1, 0, 1, 1]


def test_a_key_names_one_reader_and_one_kind() -> None:
    now = datetime(2026, 10, 29, 1, tzinfo=UTC) + timedelta(hours=1)
    keys = [Reader(person=LI, kind=kind, day=now.date()).key for kind in (LetterKind.DIGEST, LetterKind.TEAM_DIGEST)]
    assert len(set(keys)) == 2
