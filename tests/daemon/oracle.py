"""What must be true after any run, however it was broken off: read with plain SQL, IMAP and the sink's files, not by our code."""

import re
import sqlite3
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes

from tests.daemon.running import Installed, until
from tests.servers.smtp_sink import SmtpSink

NUMBER = re.compile(r"TS\d{8}(\d{3,})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """Knows which mails were sent (by the subject, `mail N`) and looks what became of them."""

    installed: Installed
    sink: SmtpSink

    def ask(self, question: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(f"file:{self.installed.database}?mode=ro", uri=True, timeout=20) as base:
            return base.execute(question).fetchall()

    def wait_until_settled(self, mails: int, *, within: float = 40.0) -> None:
        """Until every mail is dealt with and filed and every letter has ended."""
        until(lambda: self._settled(mails), within=within, told=self._state)

    def _settled(self, mails: int) -> bool:
        done = self.ask("SELECT count(*) FROM inbox WHERE state = 'done'")[0][0]
        unfiled = self.ask("SELECT count(*) FROM places WHERE filed IS NULL")[0][0]
        open_letters = self.ask("SELECT count(*) FROM outbox WHERE state IN ('unwritten', 'queued', 'claimed', 'in_data')")[0][0]
        return (done, unfiled, open_letters) == (mails, 0, 0)

    def _state(self) -> str:
        inbox = self.ask("SELECT id, state, strikes, outcome, reason FROM inbox WHERE state <> 'done' LIMIT 20")
        outbox = self.ask("SELECT id, kind, state, attempts, reply FROM outbox WHERE state <> 'sent' LIMIT 20")
        log = (self.installed.place / "log").read_text(errors="replace")
        return f"inbox: {inbox}\noutbox: {outbox}\n{log}"

    def check(self, subjects: list[str], *, twice: int = 0) -> None:
        """All laws. `twice`: so many letters may have gone out a second time, byte for byte the same."""
        self._each_mail_is_one_ticket(subjects)
        self._numbers_rise()
        self._every_letter_arrived(twice)
        self._mailbox_is_worked(subjects)
        assert self.ask("PRAGMA integrity_check") == [("ok",)]
        assert self.ask("PRAGMA foreign_key_check") == []

    def _each_mail_is_one_ticket(self, subjects: list[str]) -> None:
        assert sorted(subject for (subject,) in self.ask("SELECT subject FROM tickets")) == sorted(subjects)
        opened = self.ask("SELECT ticket, count(*) FROM progress WHERE mark = 'opened' GROUP BY ticket")
        assert [count for _, count in opened] == [1] * len(subjects)

    def _numbers_rise(self) -> None:
        numbers = [str(number) for (number,) in self.ask("SELECT number FROM tickets ORDER BY id")]
        serials = [int(found[1]) for number in numbers if (found := NUMBER.fullmatch(number))]
        assert len(serials) == len(numbers)
        assert serials == sorted(set(serials))

    def _every_letter_arrived(self, twice: int) -> None:
        """Each letter at least once; every copy with the same bytes; extra copies only as many as were allowed."""
        assert self.ask("SELECT id, state FROM outbox WHERE state NOT IN ('sent', 'outdated', 'merged', 'uncertain')") == []
        meant = {str(message_id) for (message_id,) in self.ask("SELECT message_id FROM outbox WHERE message_id IS NOT NULL")}
        copies = [_content(raw) for raw in self.sink.mails()]
        ids = Counter(str(message_from_bytes(raw)["message-id"]).strip("<>") for raw in copies)
        assert set(ids) == meant
        assert sum(ids.values()) - len(ids) <= twice
        assert len(set(copies)) == len(ids), "two copies of a letter differ"
        acknowledged = self.ask("SELECT count(*) FROM outbox WHERE kind = 'acknowledgement'")[0][0]
        assert acknowledged == len(self.ask("SELECT id FROM tickets"))

    def _mailbox_is_worked(self, subjects: list[str]) -> None:
        """Everything lies in Processed, once, and nothing was marked as read."""
        desk, dovecot = self.installed.desk, self.installed.dovecot
        assert dovecot.mails(desk) == ()
        filed = [str(message_from_bytes(raw)["subject"]) for raw in dovecot.mails(desk, "Processed")]
        assert sorted(filed) == sorted(subjects)
        with dovecot.look(desk, "Processed") as imap:
            assert imap.search("SEEN") == []


def _content(raw: bytes) -> bytes:
    """A mail of the sink without what the sink wrote on top of it."""
    return raw[raw.index(b"From:") :]
