"""Statements that are compiled once: what goes in comes back, on both databases, and errors are told in our words."""

import pytest
import sqlalchemy as sa

from maildesk.store import Conflict, Store
from maildesk.store.prepared import Listed, Prepared
from maildesk.store.schema import blobs, inbox, numbers
from tests.store.samples import DAY, NOW, digest

LAST = Prepared(sa.select(numbers.c.name, numbers.c.last).order_by(numbers.c.name))
ADD = Prepared(sa.insert(numbers).inline())
RAISE = Prepared(sa.update(numbers).where(numbers.c.name == sa.bindparam("called")))


def test_a_prepared_statement_gives_what_was_put_in(store: Store) -> None:
    with store.write() as tx:
        assert ADD.run_many(tx._driver, [{"name": "a", "last": 1}, {"name": "b", "last": 2}]) == 2
        found = LAST.run(tx._driver, {})
    assert [tuple(row) for row in found] == [("a", 1), ("b", 2)]
    assert (tuple(found.first()), found.scalar(), list(found.scalars())) == (("a", 1), "a", ["a", "b"])


def test_a_statement_that_finds_nothing_has_no_first_row(store: Store) -> None:
    with store.read() as tx:
        found = LAST.run(tx._driver, {})
    assert (found.first(), found.scalar(), list(found.all())) == (None, None, [])


def test_it_says_how_many_rows_were_changed(store: Store) -> None:
    with store.write() as tx:
        ADD.run(tx._driver, {"name": "a", "last": 1})
        assert RAISE.run(tx._driver, {"called": "a", "last": 7}).rowcount == 1
        assert RAISE.run(tx._driver, {"called": "b", "last": 7}).rowcount == 0
        assert LAST.run(tx._driver, {}).first()[1] == 7


def test_other_values_are_another_text_of_the_same_statement(store: Store) -> None:
    change = Prepared(sa.update(inbox).where(inbox.c.id == sa.bindparam("mail")))
    with store.write() as tx:
        mail = tx.keep(digest(1), 1, NOW, NOW)
        change.run(tx._driver, {"mail": mail, "reason": "why"})
        change.run(tx._driver, {"mail": mail, "vouched": True, "waits_until": NOW})
        row = tx.mail(mail)
    assert row is not None
    assert (row.reason, row.vouched, row.waits_until) == ("why", True, NOW)


def test_the_drivers_errors_are_told_in_our_words(store: Store) -> None:
    once = Prepared(sa.insert(blobs).inline())
    row = {"digest": digest(1), "size": 1, "content_type": "text/plain"}
    with store.write() as tx:
        once.run(tx._driver, row)
    with pytest.raises(Conflict), store.write() as tx:
        once.run(tx._driver, row)


@pytest.mark.parametrize("asked", [["a"], ["b", "a"], ["c"], ["c", "b"]])
def test_a_statement_over_a_list_finds_what_is_in_it(store: Store, asked: list[str]) -> None:
    last_of = Listed("names", numbers.c.name, lambda these: sa.select(numbers.c.name, numbers.c.last).where(these))
    with store.write() as tx:
        ADD.run_many(tx._driver, [{"name": "a", "last": 1}, {"name": "b", "last": 2}])
        found = last_of.run(tx._driver, {"names": asked})
    assert dict(found.all()) == {name: last for name, last in (("a", 1), ("b", 2)) if name in asked}


def test_a_change_over_a_list_gives_back_the_changed_rows(store: Store) -> None:
    raised = Listed("names", numbers.c.name, lambda these: sa.update(numbers).where(these).returning(numbers.c.name))
    with store.write() as tx:
        ADD.run_many(tx._driver, [{"name": name, "last": 1} for name in "abc"])
        assert sorted(raised.run(tx._driver, {"names": ["a", "c"], "last": 9}).scalars()) == ["a", "c"]
        assert [tuple(row) for row in LAST.run(tx._driver, {})] == [("a", 9), ("b", 1), ("c", 9)]


def test_a_list_of_values_is_refused(store: Store) -> None:
    listed = Prepared(sa.select(numbers.c.last).where(numbers.c.name.in_(sa.bindparam("names", expanding=True))))
    with pytest.raises(AssertionError, match="list of values"), store.read() as tx:
        listed.run(tx._driver, {"names": [DAY.isoformat()]})
