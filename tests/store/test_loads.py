"""How much each engineer has."""

import random
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from alembic.script import ScriptDirectory

from maildesk.core.known import Load
from maildesk.core.people import StaffId
from maildesk.core.ticket import Priority, Status, Ticket
from maildesk.store import Store, Tx, upgrading
from maildesk.store.loads import NOBODY, Share, weight
from tests.servers.databases import Open
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
        assert {who: share.open for who, share in tx.shares().items()} == {WE: 2, THEY: 0, NOBODY: 1}


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
    with store.read() as tx:
        assert tx.load() == {WE: Load(weight=8.0, last_at=NOW)}


def summed(tickets: tuple[Ticket, ...]) -> Mapping[StaffId, Share]:
    """What the rows of the loads should say."""
    found: dict[StaffId, Share] = {}
    for ticket in tickets:
        if ticket.status.open:
            more = Share(1, int(ticket.status is Status.WAITING), weight(ticket))
            found[ticket.engineer or NOBODY] = found.get(ticket.engineer or NOBODY, Share()).plus(more)
    return found


def kept(tx: Tx) -> Mapping[StaffId, Share]:
    shares = {who: share._replace(last_at=None) for who, share in tx.shares().items()}
    return {who: share for who, share in shares.items() if share != Share()}


def changed(ticket: Ticket, rng: random.Random) -> Ticket:
    """Something else happened to it."""
    return replace(
        ticket,
        status=rng.choice(tuple(Status)),
        engineer=rng.choice((None, WE, THEY)),
        assigned_at=NOW,
        confirmed=rng.choice((None, *Priority)),
    )


def test_whatever_happens_to_tickets_the_loads_are_their_sums(store: Store) -> None:
    rng = random.Random(4)
    for _ in range(40):
        with suppress(ZeroDivisionError), store.write() as tx:
            for ticket in (*tx.tickets()[: rng.randrange(4)], given(tx, rng.choice((WE, THEY)))):
                with suppress(KeyError), tx.savepoint():
                    tx.save(changed(ticket, rng))
                    if rng.random() < 0.2:
                        raise KeyError
            assert kept(tx) == summed(tx.tickets())
            if rng.random() < 0.2:
                raise ZeroDivisionError
        with store.read() as tx:
            assert kept(tx) == summed(tx.tickets())


def test_a_node_that_starts_sums_the_loads_anew(store: Store) -> None:
    with store.write() as tx:
        given(tx, proposed=Priority.P1)
        opened(tx)
        tx._connection.exec_driver_sql("UPDATE loads SET weight = 77, open = 5")
    with store.write() as tx:
        tx.recover(NOW)
        assert kept(tx) == {WE: Share(1, 0, 8.0), NOBODY: Share(1, 0, 2.0)}
    with store.read() as tx:
        assert tx.load() == {WE: Load(weight=8.0, last_at=NOW)}


def test_an_upgrade_sums_what_was_there_before(store: Store) -> None:
    with store.write() as tx:
        for status in (Status.ASSIGNED, Status.WAITING, Status.CLOSED):
            given(tx, status=status, proposed=Priority.P1, confirmed=Priority.P2)
        opened(tx)
    upgrade = ScriptDirectory(str(upgrading.MIGRATIONS)).get_revision("0003").module
    with store.write() as tx:
        before = tx.shares()
        tx._connection.exec_driver_sql("DELETE FROM loads")
        tx._connection.exec_driver_sql(upgrade.LOADS)
    with store.read() as tx:
        assert tx.shares() == before == {WE: Share(2, 1, 6.0, NOW), NOBODY: Share(1, 0, 2.0)}


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_nodes_that_give_tickets_at_the_same_time_lose_nothing(open_store: Open) -> None:
    here, there = open_store("here"), open_store("there")
    with here.write() as tx:
        mine, yours = given(tx), given(tx, THEY)
    with here.write() as first, there.write() as second:
        assert first.load() == second.load()
        first.save(replace(mine, engineer=THEY))
        second.save(replace(yours, engineer=WE, confirmed=Priority.P1))
    with here.read() as tx:
        assert {who: load.weight for who, load in tx.load().items()} == {WE: 8.0, THEY: 2.0}
