"""Calls to whoever is on call: promised once, attempts counted first, broken-off ones counted apart."""

from dataclasses import replace
from datetime import datetime

import pytest

from maildesk.core.call import Call
from maildesk.core.ticket import Number, Priority, TicketId
from maildesk.store import CallId, LeaseLost, Ringing, Store
from tests.servers.databases import Open
from tests.store.samples import LEASE, MINUTE, NOW, opened

CALL = Call(
    alarm="alarm:phone:call:2026-10-27T09:00:00+00:00/1",
    number=Number("TS20261027001"),
    priority=Priority.P1,
    subject="机房断电",
    requester="王芳",
    phone="6120",
    due=NOW + 15 * MINUTE,
)


def promised(store: Store, *alarms: str, now: datetime = NOW) -> tuple[TicketId, tuple[CallId | None, ...]]:
    """A ticket with a call for each of these alarms."""
    with store.write() as tx:
        ticket = opened(tx)
        return ticket.id, tuple(tx.promise_call(replace(CALL, alarm=alarm), ticket.id, now) for alarm in alarms or ("a",))


def claim(store: Store, now: datetime = NOW, limit: int = 5) -> tuple[Ringing, ...]:
    with store.write() as tx:
        return tx.claim_calls(now, limit, LEASE)


def states(store: Store) -> list[tuple[str, int, str]]:
    """State, attempts and last words, the oldest first."""
    with store.read() as tx:
        return [(call.state, call.attempts, call.said) for call in reversed(tx.calls())]


def test_a_promised_call_comes_back_whole(store: Store) -> None:
    with store.write() as tx:
        ticket = opened(tx)
        id = tx.promise_call(CALL, ticket.id, NOW)
    assert claim(store) == (Ringing(id=id, ticket=ticket.id, call=CALL, attempts=1, broken_off=0, epoch=1),)  # type: ignore[arg-type]
    with store.read() as tx:
        (found,) = tx.calls()
    assert (found.call, found.state, found.created_at, found.settled_at) == (CALL, "ringing", NOW, None)


def test_an_alarm_of_a_ticket_is_rung_once_for_ever(store: Store) -> None:
    ticket, _ = promised(store, "a")
    (first,) = claim(store)
    with store.write() as tx:
        tx.settle_call(first, "heard", "exit code 0", NOW)
        assert tx.promise_call(replace(CALL, alarm="a"), ticket, NOW) is None
        assert tx.promise_call(replace(CALL, alarm="b"), ticket, NOW) is not None
    _, (other,) = promised(store, "a")
    assert other is not None


def test_calls_are_claimed_in_the_order_in_which_they_are_due_and_by_one_only(store: Store) -> None:
    _, (second, third) = promised(store, "b", "c", now=NOW + MINUTE)
    _, (first,) = promised(store, "a")
    assert [row.id for row in claim(store)] == [first]
    assert [row.id for row in claim(store, NOW + MINUTE, limit=1)] == [second]
    assert [row.id for row in claim(store, NOW + MINUTE)] == [third]
    assert claim(store, NOW + MINUTE) == ()


def test_who_was_not_reached_is_rung_again_at_his_time(store: Store) -> None:
    promised(store)
    (row,) = claim(store)
    with store.write() as tx:
        tx.ring_again(row, NOW + MINUTE, "exit code 1")
    assert claim(store) == ()
    (again,) = claim(store, NOW + MINUTE)
    assert (again.id, again.attempts, again.broken_off) == (row.id, 2, 0)


@pytest.mark.parametrize("end", ["heard", "failed", "outdated"])
def test_a_settled_call_is_never_rung_again(end: str, store: Store) -> None:
    promised(store)
    (row,) = claim(store)
    with store.write() as tx:
        tx.settle_call(row, end, "that is that", NOW)  # type: ignore[arg-type]
    assert claim(store, NOW + 100 * LEASE) == ()
    assert states(store) == [(end, 1, "that is that")]
    with store.read() as tx:
        assert [call.settled_at for call in tx.calls(end)] == [NOW]  # type: ignore[arg-type]
        assert tx.calls("ringing") == ()


def test_a_call_whose_lease_ran_out_is_rung_again_and_counted_as_broken_off(store: Store, open_store: Open) -> None:
    promised(store)
    (row,) = claim(store)
    other = open_store("there")
    (taken,) = claim(other, NOW + LEASE)
    assert (taken.id, taken.attempts, taken.broken_off) == (row.id, 2, 1)
    with store.write() as tx, pytest.raises(LeaseLost, match="call"):
        tx.settle_call(row, "heard", "too late", NOW + LEASE)
    with other.write() as tx:
        tx.settle_call(taken, "heard", "in time", NOW + LEASE)
    assert states(store) == [("heard", 2, "in time")]


def test_a_node_that_starts_again_frees_its_own_calls_and_no_others(store: Store, open_store: Open) -> None:
    promised(store, "a", "b")
    (mine,) = claim(store, limit=1)
    (theirs,) = claim(open_store("there"), limit=1)
    with store.write() as tx:
        tx.recover(NOW)
    (again,) = claim(store)
    assert (again.id, again.broken_off) == (mine.id, 1)
    assert theirs.id != mine.id
