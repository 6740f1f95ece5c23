"""A desk that is stopped, given another policy, and started again: by the real program."""

import signal
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from maildesk.config.examples import filled
from tests.daemon.running import POLICY, Installed, install, until
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

SPOKEN = "SELECT at FROM progress WHERE key LIKE 'alarm:first_answer:%'"
HOLDS = "SELECT since FROM policies"
FIRST_STEP = timedelta(seconds=2)
SEVERE = POLICY | {"first_answer": {"remind": ["2s"], "lead": ["4s"]}, "priority_calendars": {"P3": "always"}}


def asked(installed: Installed, question: str) -> list[Any]:
    base = sqlite3.connect(installed.database)
    try:
        return [moment and datetime.fromisoformat(moment).replace(tzinfo=UTC) for (moment,) in base.execute(question)]
    finally:
        base.close()


def worked(installed: Installed, question: str = "") -> None:
    """The daemon works until there is an answer, or is only started and stopped."""
    with installed.running() as daemon:
        daemon.wait_until_open()
        until(lambda: not question or asked(installed, question), within=60, told=daemon.said)
        daemon.signal(signal.SIGTERM)
        assert daemon.ended() == 0


@pytest.mark.timeout(120)
def test_a_restart_by_another_policy_breaks_nothing_at_once_and_speaks_by_it(
    tmp_path: Path, dovecot: Dovecot, sink: SmtpSink
) -> None:
    installed = install(tmp_path, dovecot, sink.port)
    dovecot.deliver(installed.desk, b"From: ann@users.example.org\r\nSubject: x\r\n\r\nThe printer is broken.\r\n")
    worked(installed, "SELECT opened_at FROM tickets")
    (opened_at,) = asked(installed, "SELECT opened_at FROM tickets")
    until(lambda: datetime.now(UTC) > opened_at + 3 * FIRST_STEP)
    worked(installed)
    assert (asked(installed, SPOKEN), asked(installed, HOLDS)) == ([], [None])
    (installed.place / "policy.toml").write_text(filled("policy.example.toml", SEVERE), "utf-8")
    worked(installed, SPOKEN)
    (since,) = asked(installed, HOLDS)
    assert min(asked(installed, SPOKEN)) >= since + FIRST_STEP
    worked(installed)
    assert installed.tell("run", "--once").returncode == 0
    assert asked(installed, HOLDS) == [since]
