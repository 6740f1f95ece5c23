"""Killed at any step, the desk goes on where it was: no mail is lost, none acts twice, no letter differs from its copy."""

import signal
import time
from pathlib import Path

import psutil
import pytest

from maildesk import faults
from tests.daemon.oracle import Oracle
from tests.daemon.running import Installed, install, until
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

MAILS = 3

MAYBE_WITHIN_DATA = {"in-data", "data-begun", "dot-sent", "delivered", "before-settled", "moved", "woken"}
"""At these points, or in another thread at the same moment, the server may have letters of which we do not know: one more copy
of the same bytes may go out for each."""

IN_ANOTHER_PROCESS = "reading"

LINES = 3
"""So many letters may be under way at once."""


@pytest.fixture
def installed(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> Installed:
    return install(tmp_path, dovecot, sink.port)


def mail(number: int, desk: str) -> bytes:
    lines = (
        f"From: person{number}@users.example.org",
        f"To: {desk}",
        f"Subject: mail {number}",
        f"Message-ID: <{number}@users.example.org>",
        "",
        "The printer on the third floor does not print.",
        "",
    )
    return "\r\n".join(lines).encode()


def deliver(installed: Installed, count: int) -> list[str]:
    installed.dovecot.deliver(installed.desk, *(mail(n, installed.desk) for n in range(count)))
    return [f"mail {n}" for n in range(count)]


@pytest.mark.parametrize("point", [point for point in faults.POINTS if point != IN_ANOTHER_PROCESS])
def test_a_kill_at_any_step_loses_and_doubles_nothing(point: str, installed: Installed, sink: SmtpSink) -> None:
    oracle = Oracle(installed=installed, sink=sink)
    subjects = deliver(installed, MAILS)
    with installed.running(fault=f"{point}:kill:1") as daemon:
        until(lambda: daemon.process.poll() is not None, within=30, told=daemon.said)
        assert daemon.process.returncode == -signal.SIGKILL, daemon.said()
    with installed.running() as daemon:
        oracle.wait_until_settled(MAILS)
        daemon.signal(signal.SIGTERM)
        assert daemon.ended() == 0
    oracle.check(subjects, twice=LINES if point in MAYBE_WITHIN_DATA else 0)


def test_kills_in_the_middle_of_five_hundred_mails_lose_and_double_nothing(installed: Installed, sink: SmtpSink) -> None:
    oracle = Oracle(installed=installed, sink=sink)
    subjects = deliver(installed, 500)
    kills = 0
    for pause in (1.2, 1.6, 2.0, 2.4):
        with installed.running() as daemon:
            time.sleep(pause)
            kills += daemon.process.poll() is None
    with installed.running() as daemon:
        oracle.wait_until_settled(500, within=90)
        daemon.signal(signal.SIGTERM)
        assert daemon.ended() == 0
    assert kills == 4
    oracle.check(subjects, twice=LINES * kills)


def test_sigterm_ends_the_desk_in_time_with_nothing_half_done(installed: Installed, sink: SmtpSink) -> None:
    oracle = Oracle(installed=installed, sink=sink)
    subjects = deliver(installed, 200)
    with installed.running() as daemon:
        daemon.wait_for("mail in")
        daemon.signal(signal.SIGTERM)
        began = time.monotonic()
        assert daemon.ended(within=40) == 0
        assert time.monotonic() - began < 25
    claimed = oracle.ask("SELECT count(*) FROM outbox WHERE state IN ('claimed', 'in_data')")
    assert claimed == [(0,)]
    with installed.running() as daemon:
        oracle.wait_until_settled(200, within=60)
    oracle.check(subjects)


def test_a_mail_that_kills_its_reader_kills_no_desk_and_the_reader_goes_with_the_desk(
    installed: Installed, sink: SmtpSink
) -> None:
    oracle = Oracle(installed=installed, sink=sink)
    deliver(installed, MAILS)
    with installed.running(fault="reading:kill:2") as daemon:
        until(lambda: oracle.ask("SELECT count(*) FROM inbox WHERE state <> 'kept'") == [(MAILS,)], told=daemon.said)
        assert "unreadable: SIGKILL" in daemon.said()
        (reader,) = psutil.Process(daemon.process.pid).children()
        assert daemon.process.poll() is None
    assert oracle.ask("SELECT count(*) FROM tickets") == [(MAILS,)]
    assert psutil.wait_procs([reader], timeout=20)[1] == []
