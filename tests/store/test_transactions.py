"""All or nothing, one after the other, and nothing twice whoever asks at the same time."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest

from maildesk.core.absence import Absence
from maildesk.core.message import MessageId
from maildesk.core.people import StaffId
from maildesk.core.ticket import Ticket
from maildesk.store import Conflict, Place, Stale, Store, StoreError, Tx
from tests.servers.databases import Open
from tests.store.samples import DAY, LEASE, MINUTE, NOW, PACE, Bytes, digest, kept, letter, line, opened, promised

THREADS = 6


def at_once(act: Callable[[int], object], times: int = THREADS) -> list[object]:
    """The results of acts that all begin at the same moment."""
    ready = threading.Barrier(times)

    def one(turn: int) -> object:
        ready.wait()
        return act(turn)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def everything(tx: Tx) -> Ticket:
    """One change of every kind."""
    mail = tx.keep(digest(9), 100, NOW, NOW, Place(mailbox="m", folder="INBOX", uidvalidity=1, uid=1))
    ticket = opened(tx, wake_at=NOW)
    tx.append(ticket.id, line())
    outbox = tx.promise(letter(), ticket.id, NOW, Bytes(MessageId("md.9@desk")))
    tx.refer(MessageId("md.9@desk"), ticket.id, None, outbox, False, NOW)
    tx.say_absent(StaffId("E001"), (Absence(since=NOW, until=NOW + MINUTE),), NOW)
    tx.settle(mail, "done", ticket=ticket.id, folder="processed")
    return ticket


def nothing_is_there(store: Store) -> bool:
    with store.read() as tx:
        return not any(
            (
                tx.inbox(),
                tx.unfiled("m", NOW, 10),
                tx.tickets(),
                tx.outbox(),
                tx.refs([MessageId("md.9@desk")]),
                tx.absences(NOW),
            )
        )


def test_an_exception_undoes_everything(store: Store) -> None:
    with suppress(ZeroDivisionError), store.write() as tx:
        everything(tx)
        raise ZeroDivisionError
    assert nothing_is_there(store)


def test_a_savepoint_undoes_only_what_happened_inside(store: Store) -> None:
    with store.write() as tx:
        before = opened(tx)
        with suppress(ZeroDivisionError), tx.savepoint():
            everything(tx)
            raise ZeroDivisionError
        after = opened(tx)
    with store.read() as tx:
        assert {ticket.id for ticket in tx.tickets()} == {before.id, after.id}
        assert tx.history(after.id) == ()
        assert tx.inbox() == ()
    assert (before.number, after.number) == ("TS20261027001", "TS20261027002")


def test_a_database_error_inside_a_savepoint_leaves_the_transaction_usable(store: Store) -> None:
    with store.write() as tx:
        before = opened(tx)
        with pytest.raises(Conflict), tx.savepoint():
            opened(tx, number=before.number)
        after = opened(tx)
    with store.read() as tx:
        assert {ticket.id for ticket in tx.tickets()} == {before.id, after.id}


def test_savepoints_lie_in_each_other(store: Store) -> None:
    with store.write() as tx:
        with tx.savepoint():
            outer = opened(tx)
            with suppress(ZeroDivisionError), tx.savepoint():
                opened(tx)
                raise ZeroDivisionError
        assert tx.tickets() == (outer,)


def test_a_transaction_that_looks_cannot_change_anything(store: Store) -> None:
    with pytest.raises(StoreError), store.read() as tx:
        everything(tx)
    assert nothing_is_there(store)
    with store.write() as tx:
        everything(tx)
    assert not nothing_is_there(store)


def test_a_transaction_that_looks_sees_one_moment_and_holds_nobody_up(store: Store) -> None:
    with store.read() as looking:
        assert looking.tickets() == ()
        with store.write() as tx:
            ticket = opened(tx)
        assert looking.tickets() == ()
    with store.read() as looking:
        assert looking.tickets() == (ticket,)


def test_numbers_are_unique_and_without_gaps_however_many_ask_at_once(store: Store) -> None:
    def open_ten(_: int) -> list[Ticket]:
        found = []
        for _ in range(10):
            with store.write() as tx:
                found.append(opened(tx))
        return found

    tickets = [ticket for batch in at_once(open_ten) for ticket in batch]  # type: ignore[attr-defined]
    assert sorted(ticket.number for ticket in tickets) == [f"TS20261027{serial:03d}" for serial in range(1, 10 * THREADS + 1)]
    assert len({ticket.id for ticket in tickets}) == 10 * THREADS


def test_every_mail_is_claimed_once_however_many_ask_at_once(open_store: Open) -> None:
    nodes = [open_store(f"node{turn}") for turn in range(THREADS)]
    kept(nodes[0], *range(60))

    def claim_all(turn: int) -> list[int]:
        found: list[int] = []
        while True:
            with nodes[turn].write() as tx:
                batch = tx.claim_mail(NOW, 7, LEASE)
            if not batch:
                return found
            found += [mail.id for mail in batch]

    claimed = [id for batch in at_once(claim_all) for id in batch]  # type: ignore[attr-defined]
    assert len(claimed) == len(set(claimed)) == 60


def test_every_letter_is_claimed_once_however_many_ask_at_once(open_store: Open) -> None:
    nodes = [open_store(f"node{turn}") for turn in range(THREADS)]
    for _ in range(40):
        promised(nodes[0], letter())

    def claim_all(turn: int) -> list[int]:
        found: list[int] = []
        while True:
            with nodes[turn].write() as tx:
                batch = tx.claim_letters(NOW, 3, LEASE, PACE)
            if not batch:
                return found
            found += [each.id for each in batch]

    claimed = [id for batch in at_once(claim_all) for id in batch]  # type: ignore[attr-defined]
    assert len(claimed) == len(set(claimed)) == 40


def test_every_due_ticket_is_woken_once_however_many_ask_at_once(store: Store) -> None:
    with store.write() as tx:
        for _ in range(30):
            opened(tx, wake_at=NOW)

    def wake_all(_: int) -> list[int]:
        found: list[int] = []
        while True:
            with store.write() as tx:
                due = tx.due(NOW, 4)
                for ticket in due:
                    tx.save(replace(ticket, wake_at=None))
            if not due:
                return found
            found += [ticket.id for ticket in due]

    woken = [id for batch in at_once(wake_all) for id in batch]  # type: ignore[attr-defined]
    assert len(woken) == len(set(woken)) == 30


def test_of_those_who_change_a_ticket_at_once_one_wins_and_the_others_are_told(store: Store) -> None:
    with store.write() as tx:
        ticket = opened(tx)

    def change(turn: int) -> bool:
        try:
            with store.write() as tx:
                tx.save(replace(ticket, subject=f"by {turn}"))
        except Stale:
            return False
        return True

    assert sorted(at_once(change)) == [False] * (THREADS - 1) + [True]  # type: ignore[type-var]


def test_an_alarm_speaks_once_however_many_nodes_hear_it(store: Store) -> None:
    with store.write() as tx:
        ticket = opened(tx)

    def speak(turn: int) -> int:
        with store.write() as tx:
            return tx.append(ticket.id, line(f"by {turn}", key="alarm:first_answer:1"))

    assert sum(at_once(speak)) == 1


def test_the_same_mail_kept_by_many_at_once_is_one_mail(store: Store) -> None:
    def keep(turn: int) -> int:
        with store.write() as tx:
            return tx.keep(digest(1), 100, NOW, NOW, Place(mailbox=f"m{turn}", folder="INBOX", uidvalidity=1, uid=1))

    assert len(set(at_once(keep))) == 1
    with store.read() as tx:
        (mail,) = tx.inbox()
        assert len(tx.places(mail.id)) == THREADS


def test_a_party_met_by_many_at_once_has_one_number(store: Store) -> None:
    def meet(_: int) -> int:
        with store.write() as tx:
            return tx.party("staff:E001").id

    assert len(set(at_once(meet))) == 1


def test_a_letter_with_a_key_is_promised_once_however_many_promise_it(store: Store) -> None:
    def promise(_: int) -> bool:
        with store.write() as tx:
            return tx.promise(letter(key="digest:2026-10-27"), None, NOW) is not None

    assert sum(map(bool, at_once(promise))) == 1


def test_days_count_apart_for_those_who_mint_at_once(store: Store) -> None:
    days = [DAY, DAY.replace(day=28)]

    def mint(turn: int) -> str:
        with store.write() as tx:
            return tx.mint(days[turn % 2])

    assert sorted(at_once(mint)) == sorted(f"TS202610{day}{serial:03d}" for day in (27, 28) for serial in (1, 2, 3))  # type: ignore[type-var]
