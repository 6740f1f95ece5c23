"""A time that is none holds up no other row. PostgreSQL takes no such thing; SQLite keeps times as text."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from maildesk.store import Illegible, Store
from tests.store.samples import LEASE, MINUTE, NOW, PACE, kept, letter, promised


@pytest.fixture
def lite(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    path = tmp_path / "maildesk.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store.open(f"sqlite:///{path}", tmp_path / "files", "here")
    yield store
    store.close()


def damage(store: Store, table: str, column: str, row: int, spoilt: str = "soon") -> None:
    with store.write() as tx:
        tx._connection.execute(sa.text(f"UPDATE {table} SET {column} = '{spoilt}' WHERE id = {row}"))


def test_a_mail_that_was_held_since_no_time_is_told_from_one_that_nobody_kept(lite: Store) -> None:
    (mail,) = kept(lite, 1)
    damage(lite, "inbox", "held_at", mail)
    with lite.read() as tx:
        found = tx.mail(mail)
    assert isinstance(found, Illegible)
    assert found.id == mail
    assert "soon" in found.why


@pytest.mark.parametrize("spoilt", ["soon", "", "0"])
def test_a_letter_that_may_go_at_no_time_is_put_back_and_the_others_go(spoilt: str, lite: Store) -> None:
    whole, damaged = promised(lite, letter(key="whole")), promised(lite, letter(key="damaged"))
    damage(lite, "outbox", "next_at", damaged, spoilt)
    claimed: list[int] = []
    put_back: list[int] = []
    for _ in range(2):
        with lite.write() as tx:
            claimed += (one.id for one in tx.claim_letters(NOW, 10, LEASE, PACE))
            put_back += (one.id for one in tx.put_back_illegible(NOW + 10 * MINUTE))
    assert (claimed, put_back) == ([whole], [damaged])
    with lite.write() as tx:
        assert tx.next_letter() == NOW + 10 * MINUTE
        assert [one.id for one in tx.claim_letters(NOW + 10 * MINUTE, 10, LEASE, PACE)] == [damaged]


@pytest.mark.parametrize("spoilt", ["soon", ""])
def test_a_promise_that_is_due_at_no_time_is_told_and_hinders_no_letter(spoilt: str, lite: Store) -> None:
    whole = promised(lite, letter(key="whole"))
    with lite.write() as tx:
        damaged = tx.promise(letter(), None, NOW)
    assert damaged is not None
    damage(lite, "outbox", "next_at", damaged, spoilt)
    with lite.write() as tx:
        assert [one.id for one in tx.claim_letters(NOW, 10, LEASE, PACE)] == [whole]
        (found,) = tx.unwritten(NOW, 10)
        assert isinstance(found, Illegible)
        tx.later(damaged, NOW + MINUTE, found.why)
    with lite.write() as tx:
        assert tx.unwritten(NOW, 10) == ()
        assert [one.id for one in tx.unwritten(NOW + MINUTE, 10)] == [damaged]
