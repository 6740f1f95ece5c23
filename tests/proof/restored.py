"""A backup in the midst of the work, then more mail, then everything is destroyed and restored: nothing lost, nothing twice.

The desk that is destroyed has answered everything that it got, and filed all but the latest; some of its letters are still to be
answered. What people got from it counts: each has one acknowledgement in his hands, and a number that was named to one is nobody
else's. Nothing but the operator's word tells that the latest were answered.
"""

import re
import shutil
import signal
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.daemon.running import Installed
from tests.proof.ledger import STAFF, Kind, Ledger
from tests.proof.oracle import NUMBER, Oracle
from tests.proof.outcome import Outcome

NAMED = re.compile(r"\[(TS\d{11,})\].* (mark\d{3}x\d{5})")
TURNS = 4
"""In so many turns mail comes after the backup, so that people answer what they got meanwhile."""

ZONE = ZoneInfo("Asia/Shanghai")
"""Of the example's configuration."""


def drill(ledger: Ledger, *, before: int, after: int, within: float = 240.0) -> Outcome:
    """So many mails before the backup and after it; then destroyed, restored, and as many once more on what was restored. It
    counts when mails of which the backup did not know were taken in again."""
    installed, oracle = ledger.installed, Oracle(ledger=ledger)
    with installed.running() as daemon:
        daemon.wait_until_open()
        _work(oracle, before, within)
        done = installed.tell("backup", str(installed.place / "backups"))
        assert done.returncode == 0, done.stderr.decode()
        for _ in range(TURNS):
            last = _next_second()
            _work(oracle, after // TURNS, within)
        daemon.signal(signal.SIGKILL)
    _unfile(installed, last)
    answered = _mails(installed.database)
    destroy(installed)
    (backup,) = (installed.place / "backups").glob("maildesk-*")
    stopped = datetime.now(ZONE) + timedelta(minutes=1)
    restored = installed.tell("restore", str(backup), "--stopped", f"{stopped:%Y-%m-%dT%H:%M}")
    assert restored.returncode == 0, restored.stderr.decode()
    ledger.send(after)
    broken = (*oracle.at_the_end(within=within, own_letters=False), *_people(ledger))
    again = answered & _mails(installed.database) - _mails(backup / "maildesk.db")
    counts = {"mails": len(ledger.entries), "mails taken in again": len(again), "tickets": len(_numbers(oracle))}
    return Outcome(seed=ledger.seed, tried=1, effective=int(bool(again)), counts=counts, broken=broken)


def _next_second() -> datetime:
    """Wait for it: servers date mails by whole seconds."""
    begins = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    time.sleep((begins - datetime.now(UTC)).total_seconds())
    return begins


def _work(oracle: Oracle, mails: int, within: float) -> None:
    oracle.ledger.send(mails)
    oracle.wait_until_settled(within=within)


def _unfile(installed: Installed, since: datetime) -> None:
    """The mails since then lie where they came in, as when the desk dies between its answer and the filing."""
    for folder in ("Processed", "Ignored"):
        with installed.dovecot.look(installed.desk) as imap:
            if imap.folder_exists(folder):
                imap.select_folder(folder)
                imap.normalise_times = False
                dates = imap.fetch(imap.search(), ["INTERNALDATE"])
                if late := [uid for uid, said in dates.items() if said[b"INTERNALDATE"] >= since]:
                    imap.move(late, "INBOX")


def destroy(installed: Installed) -> None:
    """Nothing is left of the state but the keys, which are kept elsewhere."""
    keys = installed.place / "kept elsewhere"
    shutil.copy2(installed.state / "keys", keys)
    shutil.rmtree(installed.state)
    installed.state.mkdir(mode=0o700)
    shutil.copy2(keys, installed.state / "keys")


def _mails(database: Path) -> set[str]:
    """The mails that are known there, by what is in them."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=20)) as base:
        return {str(digest) for (digest,) in base.execute("SELECT digest FROM inbox")}


def _numbers(oracle: Oracle) -> set[str]:
    return {str(number) for (number,) in oracle.ask("SELECT number FROM tickets")}


def _people(ledger: Ledger) -> Iterator[str]:
    """What people hold in their hands in the end, from both desks."""
    owners, acknowledged = defaultdict[str, set[str]](set), defaultdict[str, int](int)
    for copy in Oracle(ledger=ledger).copies():
        found = NAMED.search(" ".join(str(message_from_bytes(copy.raw)["subject"]).split()))
        if found:
            owners[found[1]].add(found[2])
            acknowledged[found[2]] += copy.to not in STAFF
    for number, marks in sorted(owners.items()):
        if len(marks) > 1 or not NUMBER.fullmatch(number):
            yield f"the number {number} was given to {sorted(marks)}"
    for entry in ledger.of(Kind.NEW):
        if acknowledged[entry.mark] != 1:
            yield f"{entry.mark} was acknowledged {acknowledged[entry.mark]} times"
