"""The real program as a process of its own, against real servers, to be stopped, killed and started again."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from maildesk.config import keys
from maildesk.config.examples import Tables, filled
from maildesk.config.writing import write
from tests.servers.dovecot import PASSWORD, Dovecot

MAILDESK = (sys.executable, "-c", "from maildesk.cli import main; main()")

PEOPLE = """\
staff_id,name,addresses,roles,line,skills,language
E001,李明,li.ming@example.org,engineer,1,hardware;software;network;system;account;guidance,zh
L001,陈静,chen.jing@example.org,lead,,,zh
"""

POLICY: Tables = {
    "": {"internal_domains": ["example.org"], "calendar": "always"},
    "quiet": {"on": False},
    "limits": dict.fromkeys(("domain_hour", "all_hour", "sender_tickets", "domain_tickets"), 1_000_000),
}
"""The example's policy for a desk that is tested on any day at any hour, with more mail in a minute than others get in a day."""

RETRY = {"heartbeat": "300ms", "connect": "100ms", "connect_most": "500ms", "uncertain": "200ms", "steps": ["200ms"]}


@dataclass(slots=True, kw_only=True)
class Installed:
    """A configured desk in a folder."""

    place: Path
    desk: str
    dovecot: Dovecot
    url: str | None = None
    """Of its PostgreSQL; None when the database is a file of its own."""

    file: str = "maildesk.toml"
    program: tuple[str, ...] = MAILDESK
    """What runs the daemon."""

    @property
    def main(self) -> Path:
        return self.place / self.file

    @property
    def state(self) -> Path:
        return self.place / "state"

    @property
    def database(self) -> Path:
        return self.state / "maildesk.db"

    def tell(self, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run one verb to its end."""
        command = [*MAILDESK, *words, "--config", str(self.main)]
        return subprocess.run(command, input=stdin, capture_output=True, timeout=60, check=False)

    @contextmanager
    def running(self, fault: str = "", **environment: str) -> Iterator["Running"]:
        """The daemon, at work when the context begins; killed at its end if it still lives."""
        started = Running(self, fault, environment)
        try:
            yield started
        finally:
            started.kill()


class Running:
    """A daemon process. Its log lies beside the configuration."""

    def __init__(self, installed: Installed, fault: str, environment: dict[str, str]) -> None:
        self.log = (installed.place / "log").open("ab+")
        self._began = len(self.said())
        surroundings = {**os.environ, **environment, "MAILDESK_FAULT": fault, "PYTHONWARNINGS": "default"}
        command = [*installed.program, "run", "--config", str(installed.main)]
        self.process = subprocess.Popen(command, stderr=self.log, stdout=self.log, env=surroundings, cwd=installed.place)

    def said(self) -> str:
        """Everything in the log until now, of earlier processes too."""
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def wait_for(self, words: str, *, within: float = 20.0) -> None:
        """Until the log says so; AssertionError with the log when it never does."""
        until(lambda: re.search(words, self.said()) is not None, within=within, told=self.said)

    def wait_until_open(self, *, within: float = 20.0) -> None:
        """Until this process, not an earlier one, says that it is at work."""
        until(lambda: "desk open" in self.said()[self._began :], within=within, told=self.said)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def ended(self, *, within: float = 30.0) -> int:
        """Wait for its end; the exit code."""
        return self.process.wait(timeout=within)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=20)
        self.log.close()


def until(true, *, within: float = 20.0, told=lambda: "") -> None:  # type: ignore[no-untyped-def]
    """Wait until something holds; AssertionError with what `told` tells when it does not in time."""
    end = time.monotonic() + within
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"not within {within} s\n{told()[-6000:]}")
        time.sleep(0.05)


def install(
    place: Path, dovecot: Dovecot, smtp: int, *, database: str | None = None, met: bool = True, policy: Tables | None = None
) -> Installed:
    """Write a configuration and make the database; `met`: the desk has looked at its mailbox once, and nothing was in it.
    `policy` has what is other than in the policy of all tests."""
    installed = Installed(place=place, desk=dovecot.user(), dovecot=dovecot, url=database)
    keys.add(place / "state" / "keys")
    (place / "policy.toml").write_text(filled("policy.example.toml", POLICY | (policy or {})), "utf-8")
    (place / "people.csv").write_text(PEOPLE, "utf-8")
    tables: Tables = {
        "desk": {"address": installed.desk, "operator": "operator@example.org", "hosts": ["mail.example.org"]},
        "state": {"folder": "state", "database": database},
        "account": server(dovecot.imap) | {"user": installed.desk, "password": PASSWORD},
        "relay": server(smtp) | {"user": None, "password": None, "rate_per_minute": 100_000, "rate_per_day": 1_000_000},
        "retry": RETRY,
    }
    write(installed.main, filled("maildesk.example.toml", tables), 0o600)
    for verb in (("upgrade",), ("run", "--once"))[: 1 + met]:
        done = installed.tell(*verb)
        assert done.returncode == 0, done.stderr.decode()
    return installed


def server(port: int) -> dict[str, object]:
    return {"host": "127.0.0.1", "port": port, "security": "plain"}
