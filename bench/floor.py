"""The floor: what fetching, parsing and one durable commit per mail cost, as the plain script that anybody would write."""

import os
import sqlite3
import time
from pathlib import Path

import mailparser
from imapclient import IMAPClient

BATCH = 50


def run(host: str, port: int, user: str, password: str, folder: Path) -> tuple[int, float]:
    """Mails taken and seconds needed, from the same mailbox and to the same disk as the desk."""
    base = sqlite3.connect(folder / "floor.sqlite", isolation_level=None)
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("PRAGMA synchronous=FULL")
    base.execute("CREATE TABLE mails (uid INTEGER PRIMARY KEY, message_id TEXT, sender TEXT, subject TEXT, body TEXT, raw BLOB)")
    with IMAPClient(host, port, ssl=False, timeout=60) as client:
        client.login(user, password)
        client.select_folder("INBOX", readonly=True)
        started = time.perf_counter()
        uids = client.search("ALL")
        for start in range(0, len(uids), BATCH):
            for uid, answer in client.fetch(uids[start : start + BATCH], ["BODY.PEEK[]"]).items():
                _keep(base, uid, answer[b"BODY[]"])
        seconds = time.perf_counter() - started
    (count,) = base.execute("SELECT count(*) FROM mails").fetchone()
    return count, seconds


def _keep(base: sqlite3.Connection, uid: int, raw: bytes) -> None:
    parsed = mailparser.parse_from_bytes(raw)
    row = (uid, parsed.message_id, str(parsed.from_), parsed.subject, "\n".join(parsed.text_plain), raw)
    base.execute("INSERT INTO mails VALUES (?, ?, ?, ?, ?, ?)", row)


def fsync_milliseconds(folder: Path, rounds: int = 50) -> float:
    """What one fsync of a small appended write costs on this disk, at the median."""
    times = []
    with (folder / "fsync.probe").open("wb", buffering=0) as file:
        for _ in range(rounds):
            file.write(b"x" * 4096)
            started = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - started)
    (folder / "fsync.probe").unlink()
    return sorted(times)[rounds // 2] * 1000
