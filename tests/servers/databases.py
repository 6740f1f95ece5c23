"""The databases as fixtures: whatever uses `store` runs on SQLite and on a real PostgreSQL, each time on a fresh database."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from maildesk.store import Store
from tests.servers import postgres
from tests.servers.postgres import Postgres

DATABASES = ("sqlite", "postgresql")
Open = Callable[..., Store]


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    with postgres.running() as found:
        yield found


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An upgraded database file to copy."""
    path = tmp_path_factory.mktemp("template") / "maildesk.db"
    _upgrade(f"sqlite:///{path}", path.parent)
    return path


@pytest.fixture(scope="session")
def postgres_database(server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An upgraded database, to be wiped before each use."""
    name = server.database()
    _upgrade(server.url(name), tmp_path_factory.mktemp("upgrade"))
    return name


@pytest.fixture
def postgres_url(server: Postgres, postgres_database: str) -> str:
    """The URL of an upgraded database in which nothing is."""
    server.wipe(postgres_database)
    return server.url(postgres_database)


def _upgrade(url: str, folder: Path) -> None:
    store = Store.open(url, folder, "template")
    store.upgrade()
    store.close()


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgres = request.getfixturevalue("server")
    name = server.database()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def url(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> str:
    """The URL of an upgraded database in which nothing is."""
    if database == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "maildesk.db")
    return f"sqlite:///{tmp_path / 'maildesk.db'}"


@pytest.fixture
def open_store(url: str, tmp_path: Path) -> Iterator[Open]:
    """Opens the test's database as another node would."""
    with ExitStack() as open_ones:

        def opened(node: str = "here", patience: float = 30.0) -> Store:
            store = Store.open(url, tmp_path / "files", node, patience=patience)
            open_ones.callback(store.close)
            return store

        yield opened


@pytest.fixture
def store(open_store: Open) -> Store:
    return open_store()
