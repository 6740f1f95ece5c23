"""Sixty broken configurations, one after the other: the old one holds, each is told in the log, the operator gets one letter."""

import random
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.running import Installed, install, until
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

BROKEN = 60
KEY = re.compile(r"^([a-z_]+) = .*$", re.MULTILINE)


def broken(installed: Installed) -> Iterator[tuple[Path, str]]:
    """The files, each time with one key that has another kind of value than it needs, in an order that is always the same."""
    places = [place for path in (installed.main, installed.place / "policy.toml") for place in each_key_broken(path)]
    random.Random(1).shuffle(places)
    yield from places[: BROKEN - 1]
    yield installed.place / "people.csv", "staff_id,name\nE001,nobody\n"


def each_key_broken(path: Path) -> Iterator[tuple[Path, str]]:
    text = path.read_text("utf-8")
    for key in KEY.finditer(text):
        if not key[0].rstrip().endswith(("[", "{")):
            yield path, f"{text[: key.start()]}{key[1]} = {{ nonsense = [[1]] }}{text[key.end() :]}"


@pytest.mark.timeout(300)
def test_sixty_broken_configurations_change_nothing(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> None:
    installed = install(tmp_path, dovecot, sink.port)
    tried = 0
    with installed.running() as daemon:
        daemon.wait_until_open()
        for path, text in broken(installed):
            whole = path.read_text("utf-8")
            path.write_text(text, "utf-8")
            before = len(daemon.said())
            daemon.signal(signal.SIGHUP)
            until(lambda at=before: "configuration" in daemon.said()[at:], told=lambda p=path: f"{p}\n{daemon.said()}")  # type: ignore[misc]
            assert '"configuration not changed"' in daemon.said()[before:], text
            path.write_text(whole, "utf-8")
            tried += 1
        installed.dovecot.deliver(installed.desk, b"From: ann@users.example.org\r\nSubject: x\r\n\r\nThe printer is broken.\r\n")
        daemon.wait_for('"mail in"')
        until(lambda: any(b"ann@users.example.org" in mail for mail in sink.mails()), told=daemon.said)
        assert '"configuration changed"' not in daemon.said()
        daemon.signal(signal.SIGHUP)
        daemon.wait_for('"configuration changed"')
        daemon.signal(signal.SIGTERM)
        assert daemon.ended() == 0
    assert tried == BROKEN
    assert 1 <= sum(b"X-Rcpt-Args: <operator@example.org>" in mail for mail in sink.mails()) <= 2  # two when the hour ended
