"""What the daemon tells systemd, and how it takes a change of its configuration."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.running import Installed, install, until
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture
def installed(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> Installed:
    return install(tmp_path, dovecot, sink.port)


@pytest.fixture
def systemd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[socket.socket]:
    """The socket on which systemd listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path_factory.mktemp("systemd") / "notify"))
        listening.settimeout(20)
        yield listening


def heard(systemd: socket.socket, words: str) -> str:
    """The next message with these words; TimeoutError when none comes."""
    while words not in (said := systemd.recv(4096).decode()):
        pass
    return said


def test_systemd_hears_of_the_beginning_each_sign_of_life_and_the_end(installed: Installed, systemd: socket.socket) -> None:
    with installed.running(NOTIFY_SOCKET=systemd.getsockname(), WATCHDOG_USEC="1500000") as daemon:
        heard(systemd, "READY=1")
        heard(systemd, "WATCHDOG=1")
        heard(systemd, "WATCHDOG=1")
        daemon.signal(signal.SIGTERM)
        heard(systemd, "STOPPING=1")
        assert daemon.ended() == 0


def test_a_broken_configuration_changes_nothing_and_says_why(installed: Installed, systemd: socket.socket) -> None:
    whole = installed.main.read_text("utf-8")
    with installed.running(NOTIFY_SOCKET=systemd.getsockname()) as daemon:
        heard(systemd, "READY=1")
        installed.main.write_text(whole.replace("[relay]", "[relay]\nhots = 'x'"), "utf-8")
        daemon.signal(signal.SIGHUP)
        heard(systemd, "RELOADING=1")
        heard(systemd, "READY=1")
        daemon.wait_for("configuration not changed.*hots")
        installed.main.write_text(whole.replace('name = "IT 服务台"', 'name = "服务中心"'), "utf-8")
        daemon.signal(signal.SIGHUP)
        daemon.wait_for('"configuration changed"')
        daemon.wait_for('"mailbox open"')
        assert daemon.process.poll() is None


def test_a_second_daemon_in_the_same_folder_ends_at_once_and_says_so(installed: Installed) -> None:
    with installed.running() as daemon:
        daemon.wait_for("desk open")
        second = installed.tell("run")
        assert second.returncode == 0
        assert str(daemon.process.pid).encode() in second.stderr


def test_ingest_takes_a_mail_from_standard_input_and_the_desk_answers_it(installed: Installed, sink: SmtpSink) -> None:
    raw = b"From: Ann <ann@users.example.org>\r\nSubject: by the pipe\r\n\r\nThe printer is broken.\r\n"
    assert installed.tell("ingest", stdin=raw).returncode == 0
    assert installed.tell("run", "--once").returncode == 0
    until(lambda: any(b"ann@users.example.org" in mail for mail in sink.mails()))


def test_ingest_leaves_a_mail_that_could_not_be_kept_with_the_mail_server(installed: Installed) -> None:
    installed.database.rename(installed.database.with_suffix(".away"))
    refused = installed.tell("ingest", stdin=b"Subject: lost?\r\n\r\n")
    assert refused.returncode == 75, refused.stderr
    assert b"upgrade" in refused.stderr


def test_once_on_a_dead_relay_keeps_the_letters_and_says_what_waits(installed: Installed) -> None:
    text = installed.main.read_text("utf-8")
    relay = text.index("[relay]")
    port = text.index("port = ", relay)
    installed.main.write_text(text[:port] + "port = 9" + text[text.index("\n", port) :], "utf-8")
    installed.tell("ingest", stdin=b"From: ann@users.example.org\r\nSubject: x\r\n\r\nThe printer is broken.\r\n")
    ended: subprocess.CompletedProcess[bytes] = installed.tell("run", "--once")
    assert ended.returncode == 75
    assert b"letters wait" in ended.stderr
    assert b"acknowledgement" in installed.tell("outbox", "--state", "queued").stdout
