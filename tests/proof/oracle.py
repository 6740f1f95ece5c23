"""What must be true after any run, however it was broken off: read with plain SQL, IMAP and the sink's files, not by our code.

L1 conservation   every mail of the ledger ended once: a ticket, a line on its ticket, or filed as a machine's
L2 raw bytes      what is kept is what was in the mailbox, byte for byte, under its own digest
L3 numbers        one per ticket, never twice, rising with the day and the serial
L4 letters        each arrived at least once; all copies alike; no more extra copies than were allowed
L5 readers        nobody got a letter but who wrote to the desk and the people of the desk
L6 inside         what was noted inside stands in no letter to the outside
L7 alarms         nothing spoke twice under one name
L8 the store      whole, and no row points nowhere
L9 the end        nothing is left half done: no mail, no letter, no filing
"""

import hashlib
import re
import signal
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email import message_from_bytes

import psycopg

from tests.daemon.running import Installed, until
from tests.proof.ledger import STAFF, Entry, Kind, Ledger
from tests.servers.smtp_sink import SmtpSink

NUMBER = re.compile(r"TS(\d{8})(\d{3,})")
MARK = re.compile(r"mark\d{3}x\d{5}")
RECIPIENTS = re.compile(rb"^X-Rcpt-Args: <([^>]*)>", re.MULTILINE)

LINES = """
    SELECT p.text, t.subject FROM progress p JOIN tickets t ON t.id = p.ticket
    WHERE p.mark IN ('opened', 'mail', 'note', 'answer')
"""

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A mail in the sink: to whom it was handed over, and its bytes."""

    to: str
    raw: bytes

    @property
    def message_id(self) -> str:
        return str(message_from_bytes(self.raw)["message-id"]).strip("<>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """Compares what was sent with what became of it."""

    ledger: Ledger

    @property
    def installed(self) -> Installed:
        return self.ledger.installed

    @property
    def sink(self) -> SmtpSink:
        return self.ledger.sink

    def ask(self, question: str) -> list[Row]:
        """The answer of the database, whichever it is."""
        if self.installed.url is not None:
            with psycopg.connect(self.installed.url) as base:
                return base.execute(question.encode()).fetchall()
        with closing(sqlite3.connect(f"file:{self.installed.database}?mode=ro", uri=True, timeout=20)) as base:
            return base.execute(question).fetchall()

    # -- waiting -----------------------------------------------------------------------------------------------------

    def wait_until_settled(self, *, within: float = 60.0) -> None:
        """Until every mail of the ledger is dealt with and filed and every letter has ended."""
        until(lambda: not self.unsettled(), within=within, told=self.state)

    def unsettled(self) -> tuple[str, ...]:
        """What is still under way."""
        kept, waiting = self.ask("SELECT count(*), count(CASE WHEN state = 'kept' THEN 1 END) FROM inbox")[0]
        unfiled = self.ask("SELECT count(*) FROM places WHERE filed IS NULL")[0][0]
        open_letters = self.ask("SELECT count(*) FROM outbox WHERE state IN ('unwritten', 'queued', 'claimed', 'in_data')")[0][0]
        counts = {
            "mails not kept": len(self.ledger.entries) - int(str(kept)),
            "mails not taken in": waiting,
            "mails not filed": unfiled,
            "letters under way": open_letters,
        }
        return tuple(f"{what}: {count}" for what, count in counts.items() if count)

    def state(self) -> str:
        """What a person needs who must find out why it does not settle."""
        inbox = self.ask("SELECT id, state, strikes, outcome, reason FROM inbox WHERE state <> 'done' LIMIT 20")
        outbox = self.ask("SELECT id, kind, state, attempts, reply FROM outbox WHERE state NOT IN ('sent', 'merged') LIMIT 20")
        log = (self.installed.place / "log").read_text(errors="replace")
        return f"{self.unsettled()}\ninbox: {inbox}\noutbox: {outbox}\n{log[-4000:]}"

    def at_the_end(self, *, extra: int, within: float = 90.0, own_letters: bool = True) -> tuple[str, ...]:
        """Let the desk work undisturbed until nothing is under way, stop it, and say what is broken then. Without
        `own_letters` the sink has letters of which the desk does not know."""
        with self.installed.running() as daemon:
            try:
                daemon.wait_until_open()
                self.wait_until_settled(within=within)
            except AssertionError as trouble:
                return (f"L9 {trouble}",)
            daemon.signal(signal.SIGTERM)
            ended = daemon.ended()
        return self.broken(extra=extra, own_letters=own_letters) + ((f"the desk ended with {ended}",) if ended else ())

    # -- the laws ----------------------------------------------------------------------------------------------------

    def broken(self, *, extra: int, own_letters: bool = True) -> tuple[str, ...]:
        """Every law that does not hold, in words. `extra`: so many letters may have gone out once more than they should."""
        copies = tuple(self.copies())
        laws = (
            self._conservation(),
            self._raw_bytes(),
            self._numbers(),
            self._letters(copies, extra) if own_letters else (),
            self._readers(copies),
            self._inside(copies),
            self._alarms(),
            self._store(),
            (f"L9 {one}" for one in self.unsettled()),
        )
        return tuple(problem for law in laws for problem in law)

    def extra_copies(self) -> int:
        """How many letters went out more than once, each copy counted."""
        ids = [copy.message_id for copy in self.copies()]
        return len(ids) - len(set(ids))

    def _conservation(self) -> Iterator[str]:
        opened = self._marks("SELECT subject, number FROM tickets")
        lines = self._marks(LINES)
        filed = Counter(str(digest) for (digest,) in self.ask("SELECT digest FROM inbox WHERE folder = 'ignored'"))
        for entry in self.ledger.entries:
            places = opened[entry.mark] if entry.kind is Kind.NEW else ()
            if entry.kind is Kind.NEW and len(places) != 1:
                yield f"L1 {entry.mark} opened {len(places)} tickets"
            if entry.kind is not Kind.NEW and entry.mark in opened:
                yield f"L1 {entry.mark} ({entry.kind}) opened a ticket"
            if entry.kind in (Kind.ANSWER, Kind.NOTE):
                yield from self._one_line(entry, lines[entry.mark])
        for row in self.ask("SELECT id, state, strikes, outcome, reason FROM inbox WHERE state NOT IN ('done', 'kept')"):
            yield f"L1 mail {row} was set aside"
        machines = sum(1 for _ in self.ledger.of(Kind.MACHINE))
        if filed.total() != machines:
            yield f"L1 {machines} mails of machines, {filed.total()} filed as such"
        known = {entry.mark for entry in self.ledger.entries}
        yield from (f"L1 {mark} was never sent" for mark in (opened.keys() | lines.keys()) - known)

    def _one_line(self, entry: Entry, tickets: list[str]) -> Iterator[str]:
        if len(tickets) != 1:
            yield f"L1 {entry.mark} ({entry.kind}) stands in {len(tickets)} lines of progress"
        elif entry.opened not in tickets[0]:
            yield f"L1 {entry.mark} ({entry.kind}) stands on the ticket {tickets[0]!r}"

    def _marks(self, question: str) -> dict[str, list[str]]:
        """By mark, the second columns of the rows in whose first column it stands."""
        found: dict[str, list[str]] = defaultdict(list)
        for text, other in self.ask(question):
            for mark in dict.fromkeys(MARK.findall(str(text))):
                found[mark].append(str(other))
        return found

    def _raw_bytes(self) -> Iterator[str]:
        folders = {folder: self._mails(folder) for folder in ("INBOX", "Processed", "Ignored")}
        if folders["INBOX"]:
            yield f"L1 {len(folders['INBOX'])} mails are still in INBOX"
        there = Counter(hashlib.sha256(raw).hexdigest() for raws in folders.values() for raw in raws)
        kept = {str(digest) for (digest,) in self.ask("SELECT digest FROM inbox")}
        alone = self.installed.url is None  # two daemons that file one mail at once may leave two copies of it on the server
        if set(there) != kept or (alone and there.total() != len(self.ledger.entries)):
            yield f"L2 {len(kept)} mails kept, {there.total()} in the mailbox, {len(self.ledger.entries)} sent"
        for digest in sorted(kept):
            file = next(self.installed.state.rglob(digest), None)
            if file is None or hashlib.sha256(file.read_bytes()).hexdigest() != digest:
                yield f"L2 the file of {digest} is missing or another"

    def _mails(self, folder: str) -> tuple[bytes, ...]:
        """What lies in a folder; nothing in one that the desk has not needed yet, and so not made."""
        with self.installed.dovecot.look(self.installed.desk) as imap:
            there = imap.folder_exists(folder)
        return self.installed.dovecot.mails(self.installed.desk, folder) if there else ()

    def _numbers(self) -> Iterator[str]:
        numbers = [str(number) for (number,) in self.ask("SELECT number FROM tickets ORDER BY id")]
        found = [(match[1], int(match[2])) for number in numbers if (match := NUMBER.fullmatch(number))]
        if len(found) != len(numbers) or len(set(found)) != len(found):
            yield f"L3 not every number is one, or one is there twice: {numbers[-20:]}"
        if self.installed.url is None and found != sorted(found):
            yield "L3 the numbers do not rise"

    def _letters(self, copies: tuple[Copy, ...], extra: int) -> Iterator[str]:
        lost = self.ask("SELECT id, kind, reply FROM outbox WHERE state = 'refused'")
        yield from (f"L4 letter {row} was given up" for row in lost)
        meant = {str(one) for (one,) in self.ask("SELECT message_id FROM outbox WHERE state = 'sent'")}
        doubtful = {str(one) for (one,) in self.ask("SELECT message_id FROM outbox WHERE state = 'uncertain' AND resent")}
        ids = Counter(copy.message_id for copy in copies)
        yield from (f"L4 {one} is called sent and never came" for one in sorted(meant - set(ids)))
        yield from (f"L4 {one} came and is called otherwise" for one in sorted(set(ids) - meant - doubtful))
        if (more := ids.total() - len(ids)) > extra:
            yield f"L4 {more} extra copies, {extra} allowed"
        if len({(copy.to, copy.raw) for copy in copies}) != len(ids):
            yield "L4 two copies of a letter differ"
        acknowledged = Counter(ticket for (ticket,) in self.ask("SELECT ticket FROM outbox WHERE kind = 'acknowledgement'"))
        if len(acknowledged) != self.ask("SELECT count(*) FROM tickets")[0][0] or set(acknowledged.values()) - {1}:
            yield "L4 not every ticket was acknowledged once"

    def _readers(self, copies: tuple[Copy, ...]) -> Iterator[str]:
        allowed = STAFF | {entry.sender for entry in self.ledger.of(Kind.NEW)}
        yield from (f"L5 {to} got a letter" for to in sorted({copy.to for copy in copies} - allowed))

    def _inside(self, copies: tuple[Copy, ...]) -> Iterator[str]:
        noted = {entry.mark for entry in self.ledger.of(Kind.NOTE)}
        for copy in copies:
            if copy.to in STAFF:
                continue
            text = " ".join(_texts(copy.raw))
            yield from (f"L6 the note {mark} stands in a letter to {copy.to}" for mark in noted & set(MARK.findall(text)))

    def _alarms(self) -> Iterator[str]:
        twice = self.ask("SELECT ticket, key FROM progress WHERE key IS NOT NULL GROUP BY ticket, key HAVING count(*) > 1")
        yield from (f"L7 {key} spoke twice on ticket {ticket}" for ticket, key in twice)

    def _store(self) -> Iterator[str]:
        if self.installed.url is not None:
            return
        if (found := self.ask("PRAGMA integrity_check")) != [("ok",)]:
            yield f"L8 {found}"
        yield from (f"L8 {row} points nowhere" for row in self.ask("PRAGMA foreign_key_check"))

    def copies(self) -> Iterator[Copy]:
        """Every mail that came into the sink."""
        for raw in self.sink.mails():
            begin = raw.index(b"From:")
            for to in RECIPIENTS.findall(raw[:begin]):
                yield Copy(to=to.decode(), raw=raw[begin:])


def _texts(raw: bytes) -> Iterator[str]:
    for part in message_from_bytes(raw).walk():
        if part.get_content_maintype() == "text":
            payload = part.get_payload(decode=True)
            yield payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
