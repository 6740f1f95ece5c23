"""Figures for digests and reports."""

from datetime import timedelta

from maildesk.core.ticket import Status
from maildesk.store import Figures, Store
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


def test_every_open_ticket_is_met_once_oldest_first_in_any_size_of_page(store: Store) -> None:
    with store.write() as tx:
        found = [opened(tx, opened_at=NOW + (serial // 3) * MINUTE) for serial in range(8)]
        opened(tx, status=Status.CLOSED)
    with store.read() as tx:
        for page in (1, 2, 3, 8, 500):
            assert [ticket.id for ticket in tx.each_open(page)] == [ticket.id for ticket in found]
