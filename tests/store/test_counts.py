"""Figures: counted over what they name, and over nothing else."""

from maildesk.core.people import StaffId
from maildesk.core.ticket import Status
from maildesk.store import Store
from tests.store.samples import MINUTE, NOW, alarm_letter, digest, letter, opened, promised

HOUR = 60 * MINUTE


def test_opened_and_closed_are_counted_within_the_span_only(store: Store) -> None:
    with store.write() as tx:
        opened(tx, opened_at=NOW)
        opened(tx, opened_at=NOW + HOUR)
        opened(tx, opened_at=NOW - MINUTE, status=Status.CLOSED, closed_at=NOW + MINUTE)
        figures = tx.figures(NOW, NOW + HOUR)
    assert (figures.opened, figures.closed, figures.ignored) == (1, 1, 0)


def test_ignored_mails_are_counted_by_what_wrote_them(store: Store) -> None:
    with store.write() as tx:
        for serial, verdict in enumerate(("list", "list", "bounce", "list")):
            kept_at = NOW + serial * 20 * MINUTE
            tx.settle(tx.keep(digest(serial), 10, NOW, kept_at), "done", verdict=verdict, outcome="ignored", folder="ignored")
        counted = tx.ignored(NOW, NOW + HOUR)
    assert counted == {"list": 2, "bounce": 1}


def test_open_tickets_are_counted_by_who_has_them(store: Store) -> None:
    with store.write() as tx:
        opened(tx, engineer=StaffId("E001"))
        opened(tx, engineer=StaffId("E001"), status=Status.CLOSED)
        opened(tx)
        assert tx.open_tickets() == {StaffId("E001"): 1, None: 1}


def test_every_open_ticket_passes_once_oldest_first_whatever_the_page(store: Store) -> None:
    with store.write() as tx:
        ids = [opened(tx, opened_at=NOW - (n % 3) * MINUTE).id for n in range(7)]
        opened(tx, status=Status.CLOSED)
    with store.read() as tx:
        for page in (1, 2, 7, 100):
            found = list(tx.each_open(page))
            assert sorted(each.id for each in found) == sorted(ids)
            assert [(each.opened_at, each.id) for each in found] == sorted((each.opened_at, each.id) for each in found)


def test_a_key_is_known_once_a_letter_was_promised_under_it(store: Store) -> None:
    promised(store, alarm_letter(key="report:digest:E001:2026-10-27"))
    promised(store, letter())
    with store.read() as tx:
        assert tx.promised(("report:digest:E001:2026-10-27", "report:digest:E001:2026-10-28")) == {
            "report:digest:E001:2026-10-27"
        }
        assert tx.promised(()) == frozenset()
