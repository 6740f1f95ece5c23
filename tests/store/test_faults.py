"""What goes wrong with a database comes with a name and a remedy, and nothing is half done."""

import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from maildesk.store import Broken, Busy, Full, Older, Store, StoreError, Unreachable
from maildesk.store.engine import connect, file_system, require_local
from tests.servers.databases import Open
from tests.servers.postgres import Postgres
from tests.store.samples import opened


def test_a_lock_that_is_held_too_long_is_busy(open_store: Open) -> None:
    store = open_store("here", patience=0.1)
    with store.write() as tx:
        ticket = opened(tx)
    with open_store("there").write() as theirs:
        theirs.postpone(ticket.id, ticket.opened_at)
        with pytest.raises(Busy, match="try again"), store.write() as tx:
            tx.postpone(ticket.id, ticket.opened_at)
    with store.write() as tx:
        tx.postpone(ticket.id, ticket.opened_at)


def test_two_who_wait_for_each_other_are_told_and_one_goes_on(open_store: Open) -> None:
    """On SQLite the second writer waits from the start, so there is nobody to wait for each other."""
    store = open_store()
    with store.write() as tx:
        first, second = opened(tx), opened(tx)
    meet = threading.Barrier(2, timeout=0.5)
    ends: list[str] = []

    def both(one: int, other: int) -> None:
        try:
            with store.write() as tx:
                tx.postpone(one, first.opened_at)  # type: ignore[arg-type]
                _meet(meet)
                tx.postpone(other, first.opened_at)  # type: ignore[arg-type]
        except Busy:
            ends.append("busy")
        else:
            ends.append("done")

    threads = [threading.Thread(target=both, args=pair) for pair in ((first.id, second.id), (second.id, first.id))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "done" in ends
    assert set(ends) <= {"done", "busy"}


def _meet(barrier: threading.Barrier) -> None:
    try:
        barrier.wait()
    except threading.BrokenBarrierError:
        return


def test_a_database_without_tables_asks_for_an_upgrade(empty_url: str, tmp_path: Path) -> None:
    store = Store.open(empty_url, tmp_path / "files", "here")
    with pytest.raises(Older, match="maildesk upgrade"), store.write() as tx:
        tx.tickets()
    store.close()


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://host/db", "sqlite://", "sqlite:///:memory:", "oracle+x://h/d"])
def test_what_is_no_database_for_us_is_refused_at_once(url: str) -> None:
    with pytest.raises(Unreachable, match="Remedy"):
        connect(url)


def test_a_password_never_stands_in_an_error() -> None:
    with pytest.raises(StoreError) as caught:
        connect("postgresql://desk:geheim@host:port:port/db")
    assert "geheim" not in str(caught.value)


# SQLite ----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def path(sqlite_template: Path, tmp_path: Path) -> Path:
    path = tmp_path / "maildesk.db"
    path.write_bytes(sqlite_template.read_bytes())
    return path


@pytest.fixture
def lite(path: Path, tmp_path: Path) -> Store:
    return Store.open(f"sqlite:///{path}", tmp_path / "files", "here")


def test_a_full_disk_undoes_the_transaction_and_work_goes_on_when_there_is_room(lite: Store) -> None:
    def limit(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with lite.write() as tx:
        first = opened(tx)
        pages = tx._connection.exec_driver_sql("PRAGMA page_count").scalar()
    lite._writing.dispose()
    sa.event.listen(lite._writing, "connect", limit)
    with pytest.raises(Full, match="make room"), lite.write() as tx:
        opened(tx, subject="x" * 1_000_000)
    sa.event.remove(lite._writing, "connect", limit)
    lite._writing.dispose()
    with lite.write() as tx:
        assert [ticket.id for ticket in tx.tickets()] == [first.id]
        opened(tx)
    lite.quick_check()
    lite.close()


def test_a_damaged_database_is_noticed(lite: Store, path: Path) -> None:
    with lite.write() as tx:
        for _ in range(200):
            opened(tx, subject="x" * 500)
    lite.quick_check()
    lite.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:20_000] + b"\xa5" * (len(whole) - 20_000))
    with pytest.raises(Broken, match="maildesk restore"):
        lite.quick_check()
    lite.close()


def test_a_file_that_is_no_database_is_noticed(lite: Store, path: Path) -> None:
    path.write_bytes(b"this is a letter and no database, for sure" * 100)
    with pytest.raises(Broken, match="maildesk restore"):
        lite.state()
    lite.close()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="state folder"):
        Store.open(f"sqlite:///{tmp_path}/no/such/maildesk.db", tmp_path / "files", "here")


def test_the_database_and_its_log_are_for_the_desk_alone(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/new.db", tmp_path / "files", "here")
    store.upgrade()
    assert {path.stat().st_mode & 0o077 for path in tmp_path.glob("new.db*")} == {0}
    store.close()


def test_every_connection_is_durable_and_keeps_the_rules(lite: Store) -> None:
    with lite.write() as tx:
        told = {
            name: tx._connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    lite.close()
    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/export /srv/mail nfs4 rw 0 0
//server/share /srv/win\\040share cifs rw 0 0
/dev/vdb /srv/mail/local xfs rw 0 0
"""


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        ("/var/lib/maildesk.db", "ext4"),
        ("/srv/mail/desk/maildesk.db", "nfs4"),
        ("/srv/win share/maildesk.db", "cifs"),
        ("/srv/mail/local/maildesk.db", "xfs"),
        ("/srv/mailbox/maildesk.db", "ext4"),
    ],
)
def test_the_file_system_under_a_path_is_known(tmp_path: Path, where: str, kind: str) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    assert file_system(Path(where), mounts) == kind
    assert file_system(Path(where), tmp_path / "none") == ""


def test_sqlite_is_refused_on_a_network_file_system(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    with pytest.raises(Unreachable, match="network file system"):
        require_local(Path("/srv/mail/maildesk.db"), mounts)
    assert require_local(Path("/srv/mail/local/maildesk.db"), mounts) is None  # type: ignore[func-returns-value]


# PostgreSQL ------------------------------------------------------------------------------------------------------------------


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    store = Store.open("postgresql://desk:geheim@127.0.0.1:1/desk", tmp_path, "here")
    with pytest.raises(Unreachable, match="server runs") as caught:
        store.state()
    assert "geheim" not in str(caught.value)


def test_a_database_that_was_not_created_is_told(server: Postgres, tmp_path: Path) -> None:
    store = Store.open(server.url("nosuchdesk"), tmp_path, "here")
    with pytest.raises(Unreachable, match="was created"):
        store.state()


def test_a_connection_that_broke_meanwhile_is_replaced(
    server: Postgres, postgres_url: str, postgres_database: str, tmp_path: Path
) -> None:
    store = Store.open(postgres_url, tmp_path, "here")
    with store.write() as tx:
        opened(tx)
    with pytest.raises(Unreachable, match="do all of it again"), store.write() as tx, suppress(Unreachable):
        opened(tx, subject=str(server.cut(postgres_database)))
    with store.read() as tx:
        assert len(tx.tickets()) == 1
    server.cut(postgres_database)
    with store.read() as tx:
        assert len(tx.tickets()) == 1
    store.close()


def test_a_connection_that_broke_inside_a_savepoint_is_told_at_every_statement(
    server: Postgres, postgres_url: str, postgres_database: str, tmp_path: Path
) -> None:
    store = Store.open(postgres_url, tmp_path, "here")
    told: list[Unreachable] = []

    def work() -> None:
        with store.write() as tx, tx.savepoint():
            server.cut(postgres_database)
            for statement in (lambda: tx._driver.run("SELECT 1"), lambda: tx._driver.run_many("SELECT 1", [()])) * 2:
                try:
                    statement()
                except Unreachable as unreachable:
                    told.append(unreachable)

    with pytest.raises(Unreachable):
        work()
    assert len(told) == 4
    store.close()


def test_times_are_utc_and_waiting_ends_on_every_connection(postgres_url: str, tmp_path: Path) -> None:
    store = Store.open(postgres_url, tmp_path, "here")
    asked = ("timezone", "lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    with store.read() as tx:
        told = [tx._connection.exec_driver_sql(f"SHOW {setting}").scalar() for setting in asked]
    store.close()
    assert told == ["UTC", "30s", "1min", "1min"]
