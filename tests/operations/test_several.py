"""Several daemons by mistake, and one that was frozen for longer than its leases."""

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.daemon.running import Running, install, until
from tests.proof.ledger import Ledger
from tests.proof.oracle import Oracle
from tests.proof.workers import crew
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.smtp_sink import SmtpSink

ROUNDS, AT_ONCE = 10, 5
IN_HAND = "SELECT id FROM inbox WHERE node = 'node1' AND state = 'kept'"


@pytest.mark.timeout(400)
def test_of_five_daemons_at_once_on_one_folder_exactly_one_works(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> None:
    installed = install(tmp_path, dovecot, sink.port)
    ledger = Ledger(installed=installed, sink=sink, seed=31)
    oracle = Oracle(ledger=ledger)
    for played in range(1, ROUNDS + 1):
        ledger.send(2)
        daemons = [Running(installed, "", {}) for _ in range(AT_ONCE)]
        try:
            until(lambda d=daemons: len(at_work(d)) == 1, within=40, told=daemons[0].said)  # type: ignore[misc]
            (one,) = at_work(daemons)
            others = [daemon for daemon in daemons if daemon is not one]
            assert [daemon.ended() for daemon in others] == [0] * (AT_ONCE - 1)
            assert daemons[0].said().count("already running here as process") == played * (AT_ONCE - 1)
            oracle.wait_until_settled(within=40)
            one.signal(signal.SIGTERM)
            assert one.ended() == 0
        finally:
            for daemon in daemons:
                daemon.kill()
    assert oracle.broken() == ()


def at_work(daemons: list[Running]) -> list[Running]:
    return [daemon for daemon in daemons if daemon.process.poll() is None]


@pytest.mark.timeout(300)
def test_a_daemon_that_was_frozen_beyond_its_leases_does_nothing_twice(
    tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, server: Postgres
) -> None:
    """The leases end early: they are set back in the database while the daemon stands still."""
    with crew(tmp_path, dovecot, sink, server, 2) as (installed, hands):
        ledger = Ledger(installed=installed, sink=sink, seed=32)
        oracle = Oracle(ledger=ledger)
        frozen = hands[0].running
        assert frozen is not None
        hands[1].kill()

        def caught() -> bool:
            """Whether it stands still with mails in its hands; they may have come and gone between two looks."""
            ledger.send(60)
            until(lambda: bool(oracle.ask(IN_HAND)) or not oracle.unsettled(), within=60, told=oracle.state)
            frozen.signal(signal.SIGSTOP)
            if not oracle.ask(IN_HAND):
                frozen.signal(signal.SIGCONT)
            return bool(oracle.ask(IN_HAND))

        until(caught, within=120, told=oracle.state)
        oracle.broken_off("node1")
        hands[1].start()
        past = datetime.now(UTC) - timedelta(hours=1)
        assert installed.url is not None

        def settled() -> bool:
            with psycopg.connect(str(installed.url), autocommit=True) as base:
                for table in ("inbox", "outbox"):
                    base.execute(
                        f"UPDATE {table} SET lease_until = %s WHERE node = 'node1' AND lease_until > %s".encode(), (past, past)
                    )
            return not oracle.unsettled()

        until(settled, within=150, told=oracle.state)
        frozen.signal(signal.SIGCONT)
        ledger.send(10)
        oracle.wait_until_silent(within=90)
        assert [worker.ended() for worker in hands] == [0, 0]
        assert oracle.broken() == ()
