"""Six secrets are planted, things go well and go wrong, and then everything that was said or written is searched for them."""

import re
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from tests.daemon.running import Installed, install, until
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_sink import SmtpSink

SMTP, ON_CALL, BASE = "planted-smtp-6Yq1", "planted-oncall-8Kw3", "planted-database-4Zt7"

VERBS = (
    ("check", "--json"),
    ("list", "--json"),
    ("inbox", "--json"),
    ("outbox", "--json"),
    ("calls", "test"),
    ("order", "TS20200101001", "/take", "--as", "E001"),
    ("run", "--once"),
)


@pytest.fixture
def installed(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> Installed:
    """A desk at work whose web hook answers nobody."""
    made = install(tmp_path, dovecot, sink.port)
    change(made.main, '#url = "https://pager.example.com/maildesk"', 'url = "http://127.0.0.1:9/maildesk"')
    change(made.main, '#secret = { credential = "on-call-secret" }', f'secret = "{ON_CALL}"')
    return made


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def hit(secrets: dict[str, str], texts: Iterator[tuple[str, bytes]]) -> list[str]:
    """Where which secret stands, in any case of letters."""
    return [
        f"{name} in {where}"
        for where, text in texts
        for name, secret in secrets.items()
        if secret.lower().encode() in text.lower()
    ]


def said(installed: Installed) -> Iterator[tuple[str, bytes]]:
    for verb in VERBS:
        done = installed.tell(*verb)
        yield " ".join(verb), done.stdout + done.stderr


def processes(pid: int) -> Iterator[tuple[str, bytes]]:
    """The command lines of the daemon and its children, and the children's environment."""
    daemon = psutil.Process(pid)
    for one in (daemon, *daemon.children(recursive=True)):
        yield f"cmdline of {one.pid}", Path(f"/proc/{one.pid}/cmdline").read_bytes()
    for child in daemon.children(recursive=True):
        yield f"environment of {child.pid}", Path(f"/proc/{child.pid}/environ").read_bytes()


def written(installed: Installed, sink: SmtpSink) -> Iterator[tuple[str, bytes]]:
    """The log, every row, every file of the state but the keys, every letter."""
    yield "the log", (installed.place / "log").read_bytes()
    with closing(sqlite3.connect(installed.database)) as base:
        yield "the database", "\n".join(base.iterdump()).encode()
    for path in installed.state.rglob("*"):
        if path.is_file() and path.name != "keys":
            yield str(path), path.read_bytes()
    for mail in sink.mails():
        yield "a letter", mail


def tokens(sink: SmtpSink, to: bytes) -> set[str]:
    """The reply tokens of the letters to somebody: what stands between + and @ in a Reply-To."""
    mine = (mail for mail in sink.mails() if b"X-Rcpt-Args: <" + to in mail)
    return {found.decode() for mail in mine for found in re.findall(rb"(?m)^Reply-To:(?:.|\n )*?\+([a-z0-9._-]{16,})@", mail)}


@pytest.mark.timeout(300)
def test_no_secret_is_ever_said_or_written(installed: Installed, sink: SmtpSink) -> None:
    key = (installed.state / "keys").read_text("ascii").split()[0]
    secrets = {"IMAP password": PASSWORD, "SMTP password": SMTP, "key": key, "on-call secret": ON_CALL, "database password": BASE}
    raw = b"From: ann@users.example.org\r\nSubject: down\r\n\r\nURGENT: the whole company is down.\r\n"
    installed.dovecot.deliver(installed.desk, raw)
    with installed.running(PLANTED=SMTP, fault="taken-in:raise:1") as daemon:
        until(lambda: any(b"ann@users.example.org" in mail for mail in sink.mails()), told=daemon.said)
        found = hit(secrets, processes(daemon.process.pid))
        daemon.signal(signal.SIGTERM)
        assert daemon.ended() == 0
    token = sorted(tokens(sink, b"li.ming"))
    assert token
    outputs = list(said(installed))
    found += hit(secrets, iter(outputs))
    found += hit({f"token {number}": one for number, one in enumerate(token)}, iter(outputs))
    found += hit({"a token": token[0]}, iter([("the log", (installed.place / "log").read_bytes())]))
    found += hit(secrets, written(installed, sink))
    assert found == []


@pytest.mark.timeout(300)
def test_no_secret_is_said_when_everything_refuses_it(installed: Installed, sink: SmtpSink) -> None:
    """The mailbox refuses its password, the relay knows no login, and the database is not there."""
    change(installed.main, PASSWORD, "planted-imap-5Xr9")
    relay = installed.main.read_text("utf-8").index("[relay]")
    text = installed.main.read_text("utf-8")
    login = '[relay]\nuser = "desk"\npassword = { env = "PLANTED" }\n'
    installed.main.write_text(text[:relay] + login + text[relay + len("[relay]\n") :], "utf-8")
    secrets = {"IMAP password": "planted-imap-5Xr9", "SMTP password": SMTP, "on-call secret": ON_CALL, "database password": BASE}
    installed.tell("ingest", stdin=b"From: bob@users.example.org\r\nSubject: x\r\n\r\nThe printer is broken.\r\n")
    with installed.running(PLANTED=SMTP) as daemon:
        daemon.wait_for('"mailbox lost"')
        daemon.wait_for('"mail server down"')
        found = hit(secrets, processes(daemon.process.pid))
    database = f'[state]\ndatabase = "postgresql://desk:{BASE}@127.0.0.1:1/desk"\n'
    found += hit(secrets, said(installed))
    change(installed.main, "[state]\n", database)
    found += hit(secrets, said(installed))
    found += hit(secrets, written(installed, sink))
    assert found == []
