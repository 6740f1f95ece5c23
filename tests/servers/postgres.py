"""A real PostgreSQL, started by the tests on a free port and gone with them."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

STARTS_WITHIN = 30.0
FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=60", "shared_buffers=32MB")
STILL = "autovacuum=off"
"""No work of its own beside the tests: what a plan comes to must not hang on when it last counted the rows of another test."""


class Postgres:
    """A running server; `database` gives a fresh database in it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._serial = count(1)

    def url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def database(self, template: str = "template0") -> str:
        """The name of a new database, a copy of the template."""
        name = f"desk{next(self._serial)}"
        self._tell(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        self._tell(f'DROP DATABASE "{name}" WITH (FORCE)')

    def wipe(self, name: str) -> None:
        """Empty every table but the one that names the schema's version: as good as a new database, and ten times as fast."""
        self.cut(name)
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            names = ", ".join(f'"{table}"' for (table,) in found if table != "alembic_version")
            connection.execute(f"TRUNCATE {names} RESTART IDENTITY".encode())

    def cut(self, name: str) -> None:
        """End every connection to a database, as a restart of the server would."""
        self._tell(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    def _tell(self, order: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(order.encode())


@contextmanager
def running() -> Iterator[Postgres]:
    """A server for as long as the context lasts. Fails with the command that installs it where it is missing."""
    programs = _programs()
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="maildesk-postgres-"))
    try:
        if user is not None:
            owner = pwd.getpwnam(user)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        data = folder / "data"
        initdb = (programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        subprocess.run(initdb, user=user, check=True, capture_output=True, cwd=folder)
        with _serving(programs / "postgres", data, user) as port:
            yield Postgres(port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise RuntimeError("PostgreSQL is not installed: apt install postgresql")
    return found[-1].parent


@contextmanager
def _serving(program: Path, data: Path, user: str | None) -> Iterator[int]:
    port = _free_port()
    settings = (f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *FAST, STILL)
    log = (data.parent / "log").open("wb")
    server = subprocess.Popen(
        (program, "-D", data, *(part for setting in settings for part in ("-c", setting))),
        user=user,
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd=data,
    )
    try:
        _wait_for(server, port, data.parent / "log")
        yield port
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)
        log.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while server.poll() is None and time.monotonic() < end:
        try:
            psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-2000:]}")
