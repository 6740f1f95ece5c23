"""The servers as fixtures: started once per test run (and worker), used by whoever asks, with a fresh user for each test."""

from collections.abc import Iterator

import pytest

from tests.servers import authority as authorities
from tests.servers import dovecot as dovecots
from tests.servers import machine, smtp_sink
from tests.servers import postfix as postfixes
from tests.servers import postgres as postgreses
from tests.servers.authority import Authority
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tests.servers.postgres import Postgres
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture(scope="session")
def authority() -> Iterator[Authority]:
    """The authority that vouches for the servers of the tests."""
    with machine.folder("authority") as folder:
        yield authorities.found(folder)


@pytest.fixture(scope="session")
def dovecot(authority: Authority) -> Iterator[Dovecot]:
    """A Dovecot that knows all it can: IDLE, MOVE, UIDPLUS."""
    with dovecots.running(authority) as server:
        yield server


@pytest.fixture(scope="session")
def old_dovecot(authority: Authority) -> Iterator[Dovecot]:
    """A Dovecot that admits to neither IDLE nor MOVE nor UIDPLUS, and wants all folders below `INBOX.`."""
    with dovecots.running(authority, capabilities=dovecots.OLD, prefix="INBOX.", separator=".") as server:
        yield server


@pytest.fixture(scope="session")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    """A Postfix that delivers into `dovecot`."""
    with postfixes.running(dovecot) as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL without any database of ours."""
    with postgreses.running() as server:
        yield server


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """An smtp-sink that takes everything."""
    with smtp_sink.running() as server:
        yield server


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    """Somebody with an empty mailbox on `dovecot`."""
    return dovecot.user()
