"""Migrations lead to exactly the tables of the schema, whole or not at all."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from maildesk.core.absence import EVER, Absence
from maildesk.core.ticket import Former, Number, Priority
from maildesk.store import Conflict, InboxId, Newer, Older, Store, StoreError, upgrading
from maildesk.store.engine import connect
from maildesk.store.schema import metadata
from tests.store.samples import kept, letter, opened, promised


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    found = connect(url)
    yield found
    found.dispose()


@pytest.fixture
def empty_engine(empty_url: str) -> Iterator[sa.Engine]:
    found = connect(empty_url)
    yield found
    found.dispose()


@pytest.fixture
def empty(empty_url: str, tmp_path: Path) -> Iterator[Store]:
    store = Store.open(empty_url, tmp_path / "files", "here")
    yield store
    store.close()


def definitions(engine: sa.Engine) -> dict[str, str]:
    """Every index and check as the database itself tells it, tables apart from the order of their columns."""
    if engine.dialect.name == "sqlite":
        asked = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    else:
        asked = (
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' UNION ALL "
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace UNION ALL "
            "SELECT sequencename, data_type::text FROM pg_sequences"
        )
    with engine.connect() as connection:
        found = connection.exec_driver_sql(asked).all()
    return {name: " ".join(str(sql).split()) for name, sql in found if not str(name).startswith("alembic")}


def test_migrations_lead_to_the_schema(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrations_make_the_same_indexes_and_checks_as_the_schema(engine: sa.Engine, empty_engine: sa.Engine) -> None:
    metadata.create_all(empty_engine)
    assert definitions(engine) == definitions(empty_engine)


def test_a_new_database_is_empty_and_then_current(empty: Store) -> None:
    store = empty
    assert store.state() == "empty"
    with pytest.raises(Older, match="maildesk upgrade"), store.read() as tx:
        tx.tickets()
    store.upgrade()
    assert store.state() == "current"
    store.upgrade()
    with store.write() as tx:
        opened(tx)
    store.upgrade()
    with store.read() as tx:
        assert len(tx.tickets()) == 1


def test_a_database_of_a_newer_program_is_left_alone(empty: Store, empty_engine: sa.Engine) -> None:
    empty.upgrade()
    with empty_engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    assert empty.state() == "newer"
    with pytest.raises(Newer, match="newer maildesk"):
        empty.upgrade()
    assert empty.state() == "newer"


@pytest.mark.parametrize(
    ("found", "state"),
    [(None, "empty"), ("0001", "old"), ("0002", "old"), ("0003", "old"), ("0004", "old"), ("0005", "current"), ("0006", "newer")],
)
def test_a_database_stands_by_its_revision(found: str | None, state: str) -> None:
    assert upgrading.standing(found, ("0001", "0002", "0003", "0004", "0005")) == state


def test_the_files_of_the_migrations_are_their_history() -> None:
    assert upgrading.revisions()[0] == "0001"
    script = ScriptDirectory(str(upgrading.MIGRATIONS))
    assert [step.revision for step in script.walk_revisions()][::-1] == list(upgrading.revisions())


def test_a_migration_that_fails_leaves_nothing_behind(empty: Store, empty_engine: sa.Engine) -> None:
    """The last table of the first migration is there already, so the migration fails after having made all the others."""
    with empty_engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE refs (id INTEGER)"))
    with pytest.raises(StoreError):
        empty.upgrade()
    assert sa.inspect(empty_engine).get_table_names() == ["refs"]
    assert empty.state() == "empty"
    with empty_engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE refs"))
    empty.upgrade()
    assert empty.state() == "current"


def test_rows_and_what_refers_to_them_outlive_a_table_that_is_made_anew(empty: Store, empty_engine: sa.Engine) -> None:
    upgrading.upgrade(empty_engine, "0001")
    at = "'2026-10-27 09:00:00+00:00'"
    with empty_engine.begin() as connection:
        for statement in (
            "INSERT INTO inbox (id, digest, size, received_at, kept_at, state, strikes, verdict, outcome, reason) "
            f"VALUES (7, 'abc', 1, {at}, {at}, 'done', 1, 'person', 'opened', '')",
            "INSERT INTO places (inbox, mailbox, folder, uidvalidity, uid) VALUES (7, 'support', 'INBOX', 1, 11)",
            f"INSERT INTO suppressions (address, reason, at) VALUES ('ann@example.org', 'gone', {at})",
        ):
            connection.execute(sa.text(statement))
    empty.upgrade()
    with empty.write() as tx:
        mail = tx.inbox()[0]
        assert (mail.digest, mail.vouched, mail.waits_until) == ("abc", False, None)
        assert [place.uid for place in tx.places(mail.id)] == [11]
        assert [one.reason for one in tx.suppressions()] == ["gone"]
    with pytest.raises(Conflict), empty_engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM inbox"))


def test_an_absence_that_was_asked_for_before_outlives_the_upgrade(empty: Store, empty_engine: sa.Engine) -> None:
    upgrading.upgrade(empty_engine, "0002")
    until = datetime(2026, 10, 31, tzinfo=UTC)
    parties = sa.table("parties", *map(sa.column, ("id", "who", "epoch")), sa.column("away_until", sa.DateTime(timezone=True)))
    with empty_engine.begin() as connection:
        connection.execute(sa.insert(parties).values(id=7, who="staff:E001", epoch=0, away_until=until))
        connection.execute(sa.insert(parties).values(id=8, who="staff:E002", epoch=0, away_until=None))
    empty.upgrade()
    with empty.write() as tx:
        assert tx.absences(datetime(2026, 10, 1, tzinfo=UTC)) == {"E001": (Absence(since=EVER, until=until),)}
        assert tx.absences(until) == {}
        assert tx.party("staff:E001").id == 7


def test_time_used_before_the_upgrade_is_counted_as_it_was(empty: Store, empty_engine: sa.Engine) -> None:
    """A ticket that was opened as a P3, raised to P1 and given to line 2."""
    upgrading.upgrade(empty_engine, "0002")
    opened_at, raised, given = (datetime(2026, 10, 27, hour, 0, 30, 5, tzinfo=UTC) for hour in (1, 2, 3))
    told = {"status": "assigned", "number": "TS20261027001", "proposed": "P3", "category": "网络", "internal": True, "line": 2}
    told |= {"confirmed": "P1", "priority_at": raised, "opened_at": opened_at, "line_since": given, "fields": {}}
    with empty_engine.begin() as connection:
        tickets = sa.Table("tickets", sa.MetaData(), autoload_with=connection)
        connection.execute(sa.insert(tickets).values(_row(tickets) | told | {"id": 1}))
    empty.upgrade()
    with empty.read() as tx:
        ticket = tx.by_number(Number("TS20261027001"))
    assert ticket is not None
    assert ticket.former == (Former(until=raised, priority=Priority.P3, category="网络", internal=True),)
    assert (ticket.line_since, ticket.line2_at) == (opened_at, given)


def test_what_was_closed_and_held_before_the_upgrade_is_not_forgotten(empty: Store, empty_engine: sa.Engine) -> None:
    upgrading.upgrade(empty_engine, "0002")
    kept_at = datetime(2026, 10, 27, 9, 0, tzinfo=UTC)
    with empty_engine.begin() as connection:
        tickets, inbox = (sa.Table(name, sa.MetaData(), autoload_with=connection) for name in ("tickets", "inbox"))
        for id, priority in ((1, "P3"), (2, "P4")):
            told = {"id": id, "number": f"TS2026102700{id}", "status": "closed", "proposed": priority, "fields": {}}
            connection.execute(sa.insert(tickets).values(_row(tickets) | told | {"archive": "pending", "closed_at": kept_at}))
        for id, state in ((7, "held"), (8, "done")):
            told = {"id": id, "digest": f"d{id}", "state": state, "kept_at": kept_at}
            connection.execute(sa.insert(inbox).values(_row(inbox) | told))
    empty.upgrade()
    with empty.read() as tx:
        assert {ticket.number: ticket.archive for ticket in tx.tickets()} == {"TS20261027001": "pending", "TS20261027002": ""}
        assert [(mail.id, mail.held_at) for mail in tx.longest_held(9)] == [(7, kept_at)]
        done = tx.mail(InboxId(8))
    assert done is not None
    assert done.held_at is None


def _row(table: sa.Table) -> dict[str, Any]:
    return {column.name: _nothing(column.type) for column in table.columns if not column.nullable}


def _nothing(kind: sa.types.TypeEngine[Any]) -> Any:
    """The least that a column of this type can hold."""
    if isinstance(kind, sa.JSON):
        return []
    return datetime.min.replace(tzinfo=UTC) if isinstance(kind, sa.DateTime) else kind.python_type()


def test_letters_that_wait_during_the_upgrade_are_written_after_it(empty: Store, empty_engine: sa.Engine) -> None:
    """What a letter tells may have grown since it was promised, and one that cannot be read would hold up all others."""
    upgrading.upgrade(empty_engine, "0010")
    delay = {"engineer": "Ming", "said": "2026-10-27T09:00:00+00:00", "next": "2026-10-28T09:00:00+00:00", "eta": False}
    transcript: dict[str, Any] = {"obeyed": True, "refusal": "", "help": False, "unsent": False}
    transcript |= {name: [] for name in ("results", "rows", "history", "ledgers", "timelines")}
    at = datetime(2026, 10, 27, 9, 0, tzinfo=UTC)
    with empty_engine.begin() as connection:
        outbox = sa.Table("outbox", sa.MetaData(), autoload_with=connection)
        for id, kind, facts in ((1, "delay", delay), (2, "transcript", transcript)):
            value = {"kind": kind, "to": "ann@example.org", "language": "en", "facts": facts}
            told = {"id": id, "kind": kind, "state": "unwritten", "letter": value, "created_at": at, "next_at": at}
            connection.execute(sa.insert(outbox).values(_row(outbox) | told))
    empty.upgrade()
    with empty.write() as tx:
        waiting = [promise.letter.facts for promise in tx.unwritten(at, 10)]
    assert waiting == [{**delay, "waited": ""}, {**transcript, "pictures": []}]


@pytest.mark.parametrize("damaged", ['{"kind"', "[1]", '{"facts":[1]}', "{}", "null"])
def test_a_waiting_letter_that_cannot_be_read_outlives_the_upgrade_as_it_is(
    damaged: str, empty: Store, empty_engine: sa.Engine
) -> None:
    damaged = "7" if damaged == '{"kind"' and empty_engine.dialect.name == "postgresql" else damaged  # nothing that it would take
    upgrading.upgrade(empty_engine, "0013")
    at = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
    whole = {"kind": "transcript", "to": "ann@example.org", "language": "en", "facts": {"rows": []}}
    with empty_engine.begin() as connection:
        outbox = sa.Table("outbox", sa.MetaData(), autoload_with=connection)
        plain = _row(outbox) | {"kind": "transcript", "state": "unwritten", "created_at": at, "next_at": at, "letter": whole}
        for id in (1, 2):
            connection.execute(sa.insert(outbox).values(plain | {"id": id}))
        connection.execute(sa.update(outbox).where(outbox.c.id == 1).values(letter=sa.literal_column(f"'{damaged}'")))
    empty.upgrade()
    with empty.read() as tx:
        found = tx._run(sa.select(sa.cast(outbox.c.letter, sa.Text())).order_by(outbox.c.id)).scalars().all()
    assert found[0] == damaged
    assert json.loads(found[1])["facts"] == {"pictures": [], "rows": []}


def test_looking_at_the_state_needs_no_alembic() -> None:
    looked = (
        "import sys, tempfile; from pathlib import Path; from maildesk.store import Store\n"
        "folder = Path(tempfile.mkdtemp())\n"
        "store = Store.open(f'sqlite:///{folder}/a.db', folder, 'here')\n"
        "assert store.state() == 'empty'\n"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", looked], check=False, cwd=Path(__file__).parents[2]).returncode == 0


def test_only_known_states_can_be_stored(store: Store, engine: sa.Engine) -> None:
    (mail,) = kept(store, 1)
    promised(store, letter())
    with pytest.raises(Conflict), store.write() as tx:
        tx.settle(mail, "lost")  # type: ignore[arg-type]
    with pytest.raises(Conflict), engine.begin() as connection:
        connection.execute(sa.text("UPDATE outbox SET state = 'lost'"))
