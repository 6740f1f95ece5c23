"""Restores of real desks: numbers come back by the folder of sent mails, and PostgreSQL by its own dump."""

import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.daemon.running import Installed, install
from tests.proof.ledger import STAFF, Ledger
from tests.proof.oracle import Oracle
from tests.proof.restored import destroy
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.smtp_sink import SmtpSink


def worked(ledger: Ledger, mails: int) -> None:
    """So many mails come and are dealt with."""
    ledger.send(mails)
    for _ in range(2):
        done = ledger.installed.tell("run", "--once")
        assert done.returncode == 0, done.stderr.decode()


def backed_up(installed: Installed) -> Path:
    done = installed.tell("backup", str(installed.place / "backups"))
    assert done.returncode == 0, done.stderr.decode()
    (backup,) = (installed.place / "backups").glob("maildesk-*")
    return backup


def numbers(ledger: Ledger) -> Mapping[str, str]:
    """The number of each ticket by its subject."""
    found = Oracle(ledger=ledger).ask("SELECT subject, number FROM tickets")
    return {str(subject): str(number) for subject, number in found}


@pytest.mark.timeout(120)
def test_tickets_keep_the_numbers_that_the_folder_of_sent_mails_tells(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> None:
    ledger = Ledger(installed=install(tmp_path, dovecot, sink.port), sink=sink, seed=41)
    installed = ledger.installed
    worked(ledger, 2)
    backup = backed_up(installed)
    worked(ledger, 6)
    before = numbers(ledger)
    with dovecot.look(installed.desk) as imap:
        imap.create_folder("Sent")
    for copy in Oracle(ledger=ledger).copies():
        if copy.to not in STAFF:
            dovecot.append(installed.desk, copy.raw, datetime.now(UTC), "Sent")
    ledger.send(1)
    destroy(installed)
    asked = installed.tell("restore", str(backup), "--dry-run")
    assert b"if you say when: --stopped TIME" in asked.stdout
    done = installed.tell("restore", str(backup))
    assert done.returncode == 0, done.stderr.decode()
    assert b"restore once more before it starts: --replace --stopped TIME" in done.stdout
    assert numbers(ledger) == before
    assert len(before) > 3


@pytest.mark.timeout(120)
def test_a_desk_on_postgresql_comes_back_from_its_dump_and_its_mailbox(
    tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, postgres: Postgres
) -> None:
    name = postgres.database()
    ledger = Ledger(installed=install(tmp_path, dovecot, sink.port, database=postgres.url(name)), sink=sink, seed=42)
    installed = ledger.installed
    worked(ledger, 3)
    backup = backed_up(installed)
    worked(ledger, 4)
    before = numbers(ledger)
    destroy(installed)
    refused = installed.tell("restore", str(backup))
    assert refused.returncode == 1
    assert b"pg_restore --no-owner --dbname=URL" in refused.stderr
    rehearsed = installed.tell("restore", str(backup), "--dry-run")
    assert rehearsed.returncode == 1
    assert b"pg_restore --no-owner --dbname=URL" in rehearsed.stderr
    fresh = postgres.database()
    subprocess.run(
        ["pg_restore", "--no-owner", f"--dbname={postgres.url(fresh)}", backup / "maildesk.dump"], check=True, capture_output=True
    )
    text = installed.main.read_text()
    installed.main.write_text(text.replace(f"/{name}", f"/{fresh}"))
    installed.url = postgres.url(fresh)
    rehearsed = installed.tell("restore", str(backup), "--dry-run")
    assert rehearsed.returncode == 1
    assert b"restore the dump into a second database" in rehearsed.stderr
    file = next(backup.glob("files/*/*"))
    lost = file.rename(tmp_path / "lost")
    halved = installed.tell("restore", str(backup))
    assert halved.returncode == 1
    assert b"1 files of" in halved.stderr
    lost.rename(file)
    done = installed.tell("restore", str(backup))
    assert done.returncode == 0, done.stderr.decode()
    after = numbers(ledger)
    assert after.keys() == before.keys()
    given = {number: subject for subject, number in before.items()}
    assert [number for subject, number in after.items() if given.get(number, subject) != subject] == []
    worked(ledger, 1)
    assert max(int(str(id)) for (id,) in Oracle(ledger=ledger).ask("SELECT id FROM tickets")) > 10_000
    assert re.fullmatch(r"TS\d{11,}", max(numbers(ledger).values()))
