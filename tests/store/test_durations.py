"""What is settled is kept: how long such things took, and how often they were in time."""

from dataclasses import replace
from datetime import timedelta

from maildesk.core.duration import SOLUTION, Duration
from maildesk.core.people import StaffId
from maildesk.core.ticket import Priority, TicketId
from maildesk.store import Breach, Store, Tally, Tx
from maildesk.store.durations import MOST
from tests.store.samples import MINUTE, NOW, done, opened

HOUR = timedelta(hours=1)
WE = StaffId("E001")


def settle(tx: Tx, *found: Duration) -> TicketId:
    """Of a ticket of its own."""
    ticket = opened(tx).id
    tx.measure(ticket, found)
    return ticket


def hours(tx: Tx, category: str | None = None, since: timedelta = 90 * 24 * HOUR, rule: str = SOLUTION) -> list[float]:
    return [span / HOUR for span in tx.took(rule, Priority.P3, category, NOW - since, NOW + MINUTE)]


def test_durations_are_found_by_rule_priority_category_and_time(store: Store) -> None:
    with store.write() as tx:
        settle(tx, done())
        settle(tx, done(took=2 * HOUR, category="网络", settled_at=NOW - HOUR))
        settle(tx, done(took=3 * HOUR, priority=Priority.P1))
        settle(tx, done(took=4 * HOUR, settled_at=NOW - 100 * 24 * HOUR))
        settle(tx, done(took=5 * HOUR, rule="first_answer"))
        assert hours(tx) == [1, 2]
        assert hours(tx, "软件") == [1]
        assert hours(tx, "网络") == [2]
        assert hours(tx, "") == []
        assert hours(tx, rule="first_answer") == [5]
        assert hours(tx, since=200 * 24 * HOUR) == [1, 2, 4]


def test_what_still_runs_and_what_nobody_asks_for_is_no_duration(store: Store) -> None:
    with store.write() as tx:
        settle(tx, done(took=None, kept=False), done(rule="progress"))
        assert hours(tx) == hours(tx, rule="progress") == []


def test_a_clock_has_one_row_and_its_last_word_counts(store: Store) -> None:
    with store.write() as tx:
        ticket = settle(tx, done(took=None, kept=False))
        tx.measure(ticket, (done(took=3 * HOUR, settled_at=NOW - MINUTE),))
        assert hours(tx) == [3]
        assert tx.tallies(NOW - HOUR, NOW + HOUR) == (Tally(rule=SOLUTION, engineer=WE, kept=True, count=1),)


def test_no_more_than_the_latest_are_looked_at(store: Store) -> None:
    with store.write() as tx:
        ticket = opened(tx).id
        tx.measure(ticket, [done(nth=n, took=n * MINUTE, settled_at=NOW - n * MINUTE) for n in range(1, MOST + 10)])
        found = tx.took(SOLUTION, Priority.P3, None, NOW - 900 * HOUR, NOW)
        assert (len(found), found[0], found[-1]) == (MOST, MINUTE, MOST * MINUTE)


def test_kept_and_broken_are_counted_by_rule_and_engineer_in_a_period(store: Store) -> None:
    late = done(rule="progress", kept=False, took=3 * HOUR, allowed=2 * HOUR)
    with store.write() as tx:
        ticket = settle(
            tx,
            late,
            replace(late, nth=2, took=None),
            done(rule="progress", nth=3),
            done(rule="progress", nth=4, settled_at=NOW + HOUR),
            done(rule="progress", nth=5, settled_at=NOW - MINUTE),
            done(rule="line2", engineer=None),
        )
        number = tx.ticket(ticket)
    assert number is not None
    with store.read() as tx:
        assert set(tx.tallies(NOW, NOW + HOUR)) == {
            Tally(rule="progress", engineer=WE, kept=False, count=2),
            Tally(rule="progress", engineer=WE, kept=True, count=1),
            Tally(rule="line2", engineer=None, kept=True, count=1),
        }
        assert set(tx.breaches(NOW, NOW + HOUR)) == {
            Breach(rule="progress", engineer=WE, number=number.number, at=NOW, over=over) for over in (HOUR, None)
        }
        assert tx.breaches(NOW + MINUTE, NOW + HOUR) == ()
