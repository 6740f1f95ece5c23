"""Figures for digests and reports."""

from datetime import timedelta
from typing import Any

from maildesk.core.people import StaffId
from maildesk.core.ticket import Priority, Status
from maildesk.store import NOBODY, Figures, Store, Tx
from tests.store.samples import MINUTE, NOW, digest, opened

HOUR = timedelta(hours=1)


def test_what_happened_in_a_span_is_counted(store: Store) -> None:
    with store.write() as tx:
        opened(tx, opened_at=NOW - HOUR, closed_at=NOW, status=Status.CLOSED)
        opened(tx, opened_at=NOW)
        opened(tx, opened_at=NOW + HOUR)
        for serial, at in enumerate((NOW, NOW + MINUTE, NOW + HOUR)):
            tx.settle(tx.keep(digest(serial), 1, at, at), "done", folder="ignored")
        tx.settle(tx.keep(digest(9), 1, NOW, NOW), "done", folder="processed")
    with store.read() as tx:
        assert tx.figures(NOW, NOW + HOUR) == Figures(opened=1, closed=1, ignored=2)
        assert tx.figures(NOW - HOUR, NOW + 2 * HOUR) == Figures(opened=3, closed=1, ignored=3)


def test_ignored_mails_are_counted_by_what_wrote_them(store: Store) -> None:
    with store.write() as tx:
        for serial, verdict in enumerate(("list", "list", "bounce")):
            tx.settle(tx.keep(digest(serial), 1, NOW, NOW), "done", folder="ignored", verdict=verdict)
    with store.read() as tx:
        assert tx.ignored(NOW, NOW + MINUTE) == {"list": 2, "bounce": 1}
        assert tx.ignored(NOW + MINUTE, NOW + HOUR) == {}


WE, THEY = StaffId("E001"), StaffId("E002")


def owing(tx: Tx, hours: int | None, **fields: Any) -> int:
    """An open ticket whose first duty is broken after so many hours."""
    due_at = None if hours is None else NOW + hours * HOUR
    return opened(tx, **{"engineer": WE, "status": Status.ASSIGNED, "due_at": due_at, **fields}).id


def test_what_is_due_first_comes_first_and_what_is_never_due_by_age(store: Store) -> None:
    with store.write() as tx:
        young, old = owing(tx, None, opened_at=NOW), owing(tx, None, opened_at=NOW - HOUR)
        later, soon, late = owing(tx, 2), owing(tx, 1), owing(tx, -1)
        theirs, nobodys = owing(tx, -3, engineer=THEY), owing(tx, -2, engineer=None)
        owing(tx, -2, status=Status.CLOSED)
    with store.read() as tx:
        assert [ticket.id for ticket in tx.first_due(WE, 9)] == [late, soon, later, old, young]
        assert [ticket.id for ticket in tx.first_due(WE, 4)] == [late, soon, later, old]
        assert [ticket.id for ticket in tx.first_due(None, 5)] == [theirs, nobodys, late, soon, later]
        assert (tx.due_before(WE, NOW), tx.due_before(WE, NOW + 2 * HOUR)) == (1, 2)
        assert (tx.due_before(THEY, NOW), tx.due_before(NOBODY, NOW)) == (1, 1)


def test_broken_duties_are_watched_and_what_is_urgent_or_nobodys(store: Store) -> None:
    with store.write() as tx:
        broken, longer = owing(tx, -1), owing(tx, -3)
        fine, urgent, nobodys = owing(tx, 1), owing(tx, 3, proposed=Priority.P1), owing(tx, 2, engineer=None)
        calmed, undated = owing(tx, 1, proposed=Priority.P1, confirmed=Priority.P3), owing(tx, None, engineer=None)
    with store.read() as tx:
        assert [ticket.id for ticket in tx.watched(NOW, 9)] == [longer, broken, nobodys, urgent, undated]
        assert [ticket.id for ticket in tx.watched(NOW, 3)] == [longer, broken, nobodys]
        assert {fine, calmed}.isdisjoint(ticket.id for ticket in tx.watched(NOW, 9))
