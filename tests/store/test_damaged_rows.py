"""A time that is none holds up no other row. PostgreSQL takes no such thing; SQLite keeps times as text."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from maildesk.store import Illegible, Store
from tests.store.samples import kept


@pytest.fixture
def lite(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    path = tmp_path / "maildesk.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store.open(f"sqlite:///{path}", tmp_path / "files", "here")
    yield store
    store.close()


def damage(store: Store, table: str, column: str, row: int) -> None:
    with store.write() as tx:
        tx._connection.execute(sa.text(f"UPDATE {table} SET {column} = 'soon' WHERE id = {row}"))


def test_a_mail_that_was_held_since_no_time_is_told_from_one_that_nobody_kept(lite: Store) -> None:
    (mail,) = kept(lite, 1)
    damage(lite, "inbox", "held_at", mail)
    with lite.read() as tx:
        found = tx.mail(mail)
    assert isinstance(found, Illegible)
    assert found.id == mail
    assert "soon" in found.why
