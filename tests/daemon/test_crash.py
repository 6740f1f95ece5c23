"""However the desk ends, it goes on where it was: no mail is lost, none acts twice, no letter differs from its copy.

That it survives any kill at any point is the proof's to show (tests/proof); here are the other ends.
"""

import signal
import time
from pathlib import Path

import psutil
import pytest

from tests.daemon.running import install, until
from tests.proof.ledger import Ledger
from tests.proof.oracle import Oracle
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture
def ledger(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> Ledger:
    return Ledger(installed=install(tmp_path, dovecot, sink.port), sink=sink, seed=1)


def test_kills_in_the_middle_of_five_hundred_mails_lose_and_double_nothing(ledger: Ledger) -> None:
    oracle = Oracle(ledger=ledger)
    ledger.send(500)
    kills = 0
    for pause in (1.2, 1.6, 2.0, 2.4):
        with ledger.installed.running() as daemon:
            time.sleep(pause)
            kills += daemon.process.poll() is None
        oracle.broken_off()
    with ledger.installed.running() as daemon:
        oracle.wait_until_settled(within=90)
        daemon.signal(signal.SIGTERM)
        assert daemon.ended() == 0
    assert kills == 4
    assert oracle.broken() == ()


def test_sigterm_ends_the_desk_in_time_with_nothing_half_done(ledger: Ledger) -> None:
    oracle = Oracle(ledger=ledger)
    ledger.send(200)
    with ledger.installed.running() as daemon:
        daemon.wait_for("mail in")
        daemon.signal(signal.SIGTERM)
        began = time.monotonic()
        assert daemon.ended(within=40) == 0
        assert time.monotonic() - began < 25
    claimed = oracle.ask("SELECT count(*) FROM outbox WHERE state IN ('claimed', 'in_data')")
    assert claimed == [(0,)]
    with ledger.installed.running():
        oracle.wait_until_settled()
    assert oracle.broken() == ()


def test_a_mail_that_kills_its_reader_kills_no_desk_and_the_reader_goes_with_the_desk(ledger: Ledger) -> None:
    oracle = Oracle(ledger=ledger)
    ledger.send(3)
    with ledger.installed.running(fault="reading:kill:2") as daemon:
        until(lambda: oracle.ask("SELECT count(*) FROM inbox WHERE state <> 'kept'") == [(3,)], told=daemon.said)
        assert "unreadable: SIGKILL" in daemon.said()
        (reader,) = psutil.Process(daemon.process.pid).children()
        assert daemon.process.poll() is None
    opened = 3 - sum(1 for entry in ledger.entries if entry.kind == "machine")
    assert oracle.ask("SELECT count(*) FROM tickets")[0][0] in (opened, opened + 1)
    assert psutil.wait_procs([reader], timeout=20)[1] == []
