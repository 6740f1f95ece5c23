"""The floor: what fetching, parsing and one durable commit per mail cost, as the plain script that anybody would write.

python bench/floor.py HOST PORT USER PASSWORD FOLDER PARSER    prints {"mails", "seconds", "fsync"} as JSON; seconds

It is measured with two parsers: Python's own `email` with its modern policy, which is what its documentation tells everybody to
use, and mail-parser, which is faster because it decodes less.
"""

import json
import os
import sqlite3
import sys
import time
from pathlib import Path

from imapclient import IMAPClient
from parsers import PARSERS

BATCH = 50


def run(host: str, port: int, user: str, password: str, folder: Path, parser: str) -> dict[str, float]:
    """Mails taken and seconds needed, from the same mailbox and to the same disk as the desk; what an fsync costs there."""
    base = sqlite3.connect(folder / f"floor-{parser}.sqlite", isolation_level=None)
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
                raw = answer[b"BODY[]"]
                base.execute("INSERT INTO mails VALUES (?, ?, ?, ?, ?, ?)", (uid, *PARSERS[parser](raw), raw))
        seconds = time.perf_counter() - started
    (count,) = base.execute("SELECT count(*) FROM mails").fetchone()
    base.close()
    return {"mails": count, "seconds": seconds, "fsync": fsync_seconds(folder)}


def fsync_seconds(folder: Path, rounds: int = 50) -> float:
    """What one fsync of a small appended write costs on this disk, at the median."""
    times = []
    with (folder / "fsync.probe").open("wb", buffering=0) as file:
        for _ in range(rounds):
            file.write(b"x" * 4096)
            started = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - started)
    (folder / "fsync.probe").unlink()
    return sorted(times)[rounds // 2]


if __name__ == "__main__":
    host, port, user, password, folder, parser = sys.argv[1:]
    print(json.dumps(run(host, int(port), user, password, Path(folder), parser)))
