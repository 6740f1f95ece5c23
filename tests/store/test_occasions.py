"""What happened lately is found by its name, and what limits nothing any more is forgotten."""

from datetime import timedelta

from maildesk.core.ticket import TicketId
from maildesk.store import Store, Tx
from tests.store.samples import MINUTE, NOW, opened

DAY = timedelta(days=1)


def names(tx: Tx) -> list[str]:
    return [name for name in ("old", "new") if tx.nth_latest(name, 1)]


def test_the_nth_latest_occasion_is_counted_back_from_the_last(store: Store) -> None:
    with store.write() as tx:
        for minute in (3, 1, 2):
            tx.happened(("letters", f"letter {minute}"), NOW + minute * MINUTE)
    with store.read() as tx:
        assert [tx.nth_latest("letters", n) for n in (1, 2, 3, 4)] == [*(NOW + n * MINUTE for n in (3, 2, 1)), None]
        assert tx.nth_latest("letter 2", 1) == NOW + 2 * MINUTE
        assert tx.nth_latest("nothing", 1) is None


def test_a_ticket_is_found_by_what_happened_to_it_after_a_moment(store: Store) -> None:
    with store.write() as tx:
        first, second = opened(tx), opened(tx)
        tx.happened(("flood",), NOW, first.id)
        tx.happened(("flood",), NOW + MINUTE, second.id)
        assert tx.happened_to("flood", NOW) == second.id
        assert tx.happened_to("flood", NOW + MINUTE) is None
        assert tx.happened_to("other", NOW - DAY) is None
        assert TicketId(first.id) != second.id


def test_what_is_older_than_a_day_is_forgotten_at_the_next_occasion_and_nothing_else(store: Store) -> None:
    with store.write() as tx:
        tx.happened(["old"] * 30, NOW)
        tx.happened(("new",), NOW + DAY)
        assert names(tx) == ["old", "new"]
        for _ in range(2):
            tx.happened(("new",), NOW + DAY + MINUTE)
        assert names(tx) == ["new"]


def test_names_that_no_index_holds_are_told_apart_all_the_same(store: Store) -> None:
    with store.write() as tx:
        tx.happened(("a" * 100_000,), NOW)
        assert tx.nth_latest("a" * 100_000, 1) == NOW
        assert tx.nth_latest("a" * 99_999, 1) is None
