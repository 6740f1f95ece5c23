"""How much each engineer has."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from maildesk.core.known import Load
from maildesk.core.people import StaffId
from maildesk.core.ticket import Priority, Status, Ticket
from maildesk.store import Store, Tx
from tests.store.samples import MINUTE, NOW, opened

WE, THEY = StaffId("E001"), StaffId("E002")


def given(tx: Tx, engineer: StaffId = WE, **fields: Any) -> Ticket:
    return opened(tx, **{"engineer": engineer, "assigned_at": NOW, "status": Status.ASSIGNED, **fields})


@pytest.mark.parametrize(
    ("fields", "weight"),
    [
        ({"proposed": Priority.P1}, 8.0),
        ({"proposed": Priority.P2}, 4.0),
        ({"proposed": Priority.P3}, 2.0),
        ({"proposed": Priority.P4}, 1.0),
        ({"proposed": Priority.P4, "confirmed": Priority.P1}, 8.0),
        ({"proposed": Priority.P1, "status": Status.WAITING}, 4.0),
        ({"proposed": Priority.P1, "status": Status.OBSERVING}, 8.0),
        ({"proposed": Priority.P1, "status": Status.RESOLVED}, 0.0),
        ({"proposed": Priority.P1, "status": Status.CLOSED}, 0.0),
    ],
)
def test_a_ticket_weighs_by_its_priority_and_half_when_it_waits(store: Store, fields: dict[str, Any], weight: float) -> None:
    with store.write() as tx:
        given(tx, **fields)
    with store.read() as tx:
        assert tx.load() == {WE: Load(weight=weight, last_at=NOW)}


def test_the_load_is_a_sum_with_the_last_assignment_of_any_ticket(store: Store) -> None:
    with store.write() as tx:
        given(tx, proposed=Priority.P1)
        given(tx, proposed=Priority.P4)
        given(tx, status=Status.CLOSED, assigned_at=NOW + MINUTE)
        given(tx, THEY, status=Status.ARCHIVED, assigned_at=NOW - MINUTE)
        opened(tx)
    with store.read() as tx:
        assert tx.load() == {WE: Load(weight=9.0, last_at=NOW + MINUTE), THEY: Load(weight=0.0, last_at=NOW - MINUTE)}


def test_nobody_has_a_load_before_the_first_ticket(store: Store) -> None:
    with store.read() as tx:
        assert tx.load() == {}


def test_the_load_follows_every_ticket_saved_in_the_same_transaction(store: Store) -> None:
    with store.write() as tx:
        old = given(tx, proposed=Priority.P2)
    with store.write() as tx:
        assert tx.load() == {WE: Load(weight=4.0, last_at=NOW)}
        given(tx, THEY, proposed=Priority.P3, assigned_at=NOW + MINUTE)
        assert tx.load()[THEY] == Load(weight=2.0, last_at=NOW + MINUTE)
        read = tx.ticket(old.id)
        assert read is not None
        moved = tx.save(replace(read, engineer=THEY, assigned_at=NOW + 2 * MINUTE))
        assert tx.load() == {WE: Load(weight=0.0, last_at=NOW), THEY: Load(weight=6.0, last_at=NOW + 2 * MINUTE)}
        tx.save(replace(moved, status=Status.CLOSED))
        assert tx.load()[THEY].weight == 2.0


def test_the_load_is_right_after_saving_a_ticket_that_was_read_elsewhere(store: Store) -> None:
    with store.write() as tx:
        old = given(tx, proposed=Priority.P2)
    with store.write() as tx:
        assert tx.load()[WE].weight == 4.0
        tx.save(replace(old, status=Status.RESOLVED))
        assert tx.load()[WE].weight == 0.0


def test_the_load_forgets_what_was_undone(store: Store) -> None:
    with store.write() as tx:
        old = given(tx, proposed=Priority.P4)
        assert tx.load()[WE].weight == 1.0
        with suppress(ZeroDivisionError), tx.savepoint():
            given(tx, THEY, proposed=Priority.P1)
            tx.save(replace(old, status=Status.CLOSED))
            assert tx.load()[WE].weight == 0.0
            raise ZeroDivisionError
        assert tx.load() == {WE: Load(weight=1.0, last_at=NOW)}
        tx.save(replace(old, confirmed=Priority.P1))
        assert tx.load()[WE].weight == 8.0
