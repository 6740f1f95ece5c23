"""Many transactions as one: each part is undone by itself, and all are kept or lost together."""

import pytest

from maildesk.store import Conflict, Store, Tx
from tests.store.samples import NOW, opened


def test_parts_see_each_other_and_nobody_else_sees_them_before_the_end(store: Store) -> None:
    with store.as_one():
        with store.write() as tx:
            ticket = opened(tx)
        with store.read() as tx:
            assert tx.ticket(ticket.id) == ticket
        with store._reading.connect() as another:
            assert another.exec_driver_sql("SELECT count(*) FROM tickets").scalar() == 0
    with store.read() as tx:
        assert tx.ticket(ticket.id) == ticket


def test_a_part_that_fails_is_undone_alone(store: Store) -> None:
    with store.as_one():
        with store.write() as tx:
            kept = opened(tx)
        with pytest.raises(ZeroDivisionError), store.write() as tx:
            _open_and_fail(tx)
        with store.read() as tx:
            assert len(tx.tickets()) == 1
    with store.read() as tx:
        assert [ticket.id for ticket in tx.tickets()] == [kept.id]


def test_an_error_of_the_database_leaves_the_other_parts_whole(store: Store) -> None:
    with store.as_one():
        with store.write() as tx:
            kept = opened(tx)
        with pytest.raises(Conflict), store.write() as tx:
            tx._driver.run("INSERT INTO numbers (name) VALUES ('without the last')")
        with store.write() as tx:
            tx.postpone(kept.id, NOW)
    with store.read() as tx:
        assert [ticket.wake_at for ticket in tx.tickets()] == [NOW]


def test_all_of_it_is_lost_when_its_end_is_not_reached(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.as_one(), store.write() as tx:
        _open_and_fail(tx)
    with store.read() as tx:
        assert tx.tickets() == ()
    with store.write() as tx:
        opened(tx)


def _open_and_fail(tx: Tx) -> None:
    opened(tx)
    raise ZeroDivisionError


def test_a_postponed_ticket_is_read_anew_in_the_same_transaction(store: Store) -> None:
    with store.write() as tx:
        ticket = opened(tx)
        tx.postpone(ticket.id, NOW)
        found = tx.ticket(ticket.id)
    assert found is not None
    assert (found.wake_at, found.version) == (NOW, ticket.version + 1)
