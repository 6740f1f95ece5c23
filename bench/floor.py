"""The floor: what fetching, parsing and one durable commit per mail cost, as the plain script that anybody would write.

It is measured with two parsers: Python's own `email` with its modern policy, which is what its documentation tells everybody to
use, and mail-parser, which is faster because it decodes less.
"""

import os
import sqlite3
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import mailparser
from imapclient import IMAPClient

BATCH = 50


Parsed = tuple[str | None, str, str, str]
"""Message-ID, sender, subject, text."""


def by_email(raw: bytes) -> Parsed:
    """With the standard library; attachments are decoded, too, as any use of them would."""
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain", "html"))
    for attachment in mail.iter_attachments():
        attachment.get_content()
    return mail["message-id"], str(mail["from"]), str(mail["subject"]), str(body.get_content()) if body else ""


def by_mail_parser(raw: bytes) -> Parsed:
    mail = mailparser.parse_from_bytes(raw)
    return mail.message_id, str(mail.from_), mail.subject, "\n".join(mail.text_plain)


PARSERS: dict[str, Callable[[bytes], Parsed]] = {"email": by_email, "mail-parser": by_mail_parser}


def run(host: str, port: int, user: str, password: str, folder: Path, parser: str) -> tuple[int, float]:
    """Mails taken and seconds needed, from the same mailbox and to the same disk as the desk."""
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
    return count, seconds


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
