"""What must be true after any run, however it was broken off: read with plain SQL, IMAP and the sink's files, not by our code.

L1 conservation   every mail of the ledger ended once: a ticket, a line on its ticket, or filed as a machine's; every order is
                  answered once
L2 raw bytes      what was sent is what is kept and what lies in the mailbox, byte for byte, under its own digest
L3 numbers        one per ticket, never twice, rising with the day and the serial
L4 letters        each arrived, at him for whom it was written; all copies alike; a second copy only of a letter that was in doubt
                  when the desk was killed, one for each such kill
L5 readers        who does not work here reads of his own ticket, and of nothing else
L6 inside         what was noted inside stands in no letter to the outside
L7 alarms         no two letters tell the same person of the same step of the clock on the same ticket
L8 the store      whole, and no row points nowhere
L9 the end        nothing is left half done: no mail, no letter, no filing
"""

import re
import signal
import sqlite3
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from functools import cached_property
from pathlib import Path
from shutil import copy2

import psycopg

from tests.daemon.running import Installed, until
from tests.proof.ledger import ENGINEER, FIRST_LINE, INSIDE, ORDERS, STAFF, Entry, Kind, Ledger, digest_of
from tests.servers.smtp_sink import SmtpSink

NUMBER = re.compile(r"TS(\d{8})(\d{3,})")
MARK = re.compile(r"mark\d{3}x\d{5}")
RECIPIENTS = re.compile(rb"^X-Rcpt-Args: <([^>]*)>", re.MULTILINE)

LINES = "SELECT p.text, t.subject FROM progress p JOIN tickets t ON t.id = p.ticket"

IN_DOUBT = "SELECT message_id FROM outbox WHERE state = 'in_data'"

STEPS = {
    "the reminder": re.compile(r"^(?:\* )?(?:首次答复超时了|\d\d:\d\d 前要给首次答复)(?: · .*)?$", re.MULTILINE),
    "the word to the lead": re.compile(r"^(?:\* )?提交人还没有等到首次答复(?: · .*)?$", re.MULTILINE),
}
"""By what line the letters of the clock begin to tell of the first answer, each thing by itself or many in a list; the ticket is
named after it, or in the subject of a letter about one."""

HELD_TOGETHER = """
    SELECT conrelid::regclass::text, array_agg(attribute.attname)::text[], confrelid::regclass::text
    FROM pg_constraint JOIN pg_attribute attribute ON attribute.attrelid = conrelid AND attribute.attnum = ANY(conkey)
    WHERE contype = 'f' GROUP BY pg_constraint.oid
"""
INDEXES = """
    SELECT bt_index_check(index.indexrelid, true) FROM pg_index index
    JOIN pg_class class ON class.oid = index.indexrelid
    WHERE class.relam = (SELECT oid FROM pg_am WHERE amname = 'btree') AND class.relnamespace = 'public'::regnamespace
"""

SOON = 10.0
"""Seconds: while something is due within them, the clock is not silent yet."""

Row = tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A mail in the sink: to whom it was handed over, and its bytes."""

    to: str
    raw: bytes

    @property
    def message_id(self) -> str:
        return str(message_from_bytes(self.raw)["message-id"]).strip("<>")

    @cached_property
    def words(self) -> str:
        """Its subject and its text, as it is read."""
        subject = str(make_header(decode_header(str(message_from_bytes(self.raw)["subject"]))))
        return "\n".join((" ".join(subject.split()), *_texts(self.raw)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """Compares what was sent with what became of it."""

    ledger: Ledger
    doubts: list[frozenset[str]] = field(default_factory=list)
    """For every time the desk was broken off, the letters that the relay may have without its knowing."""

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

    def broken_off(self, node: str = "") -> None:
        """The desk (or that node of it) was killed, or knows nothing of the relay's answers any more: what it has within DATA may
        come once more. Asked of a copy: opening a database changes it."""
        if self.installed.url is not None:
            found = self.ask(f"{IN_DOUBT} AND node = '{node}'")
        else:
            with tempfile.TemporaryDirectory() as place:
                for path in self.installed.state.glob(f"{self.installed.database.name}*"):
                    copy2(path, place)
                with closing(sqlite3.connect(Path(place, self.installed.database.name))) as base:
                    found = base.execute(IN_DOUBT).fetchall()
        self.doubts.append(frozenset(str(one) for (one,) in found))

    # -- waiting -----------------------------------------------------------------------------------------------------

    def wait_until_settled(self, *, within: float = 60.0) -> None:
        """Until every mail of the ledger is dealt with and filed and every letter has ended."""
        until(lambda: not self.unsettled(), within=within, told=self.state)

    def wait_until_silent(self, *, within: float = 60.0) -> None:
        """The same, and until no ticket is about to wake: what the clock says soon would be under way after the last look."""
        until(lambda: not self.unsettled() and self.silent(), within=within, told=self.state)

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

    def at_the_end(self, *, within: float = 90.0, own_letters: bool = True) -> tuple[str, ...]:
        """Let the desk work undisturbed until nothing is under way and the clock is silent, stop it, and say what is broken then.
        Without `own_letters` the sink has letters of which the desk does not know."""
        ends: tuple[str, ...] = ()
        with self.installed.running() as daemon:
            try:
                daemon.wait_until_open(within=60)
                self.wait_until_silent(within=within)
                daemon.signal(signal.SIGTERM)
                ends = (f"the desk ended with {code}",) if (code := daemon.ended()) else ()
            except AssertionError as trouble:
                ends = (f"L9 {trouble}",)
        return self.broken(own_letters=own_letters) + ends

    def silent(self) -> bool:
        """Whether no ticket is about to wake."""
        soon = datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=SOON)
        zone = " AT TIME ZONE 'UTC'" if self.installed.url is not None else ""
        return self.ask(f"SELECT count(*) FROM tickets WHERE wake_at{zone} < '{soon}'") == [(0,)]

    # -- the laws ----------------------------------------------------------------------------------------------------

    def broken(self, *, own_letters: bool = True) -> tuple[str, ...]:
        """Every law that does not hold, in words."""
        copies = tuple(self.copies())
        laws = (
            self._conservation(),
            self._answered(copies),
            self._raw_bytes(),
            self._numbers(),
            self._letters(copies) if own_letters else (),
            self._copies(copies),
            self._readers(copies, own_letters),
            self._inside(copies),
            self._alarms(copies),
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
        ignored = self.ask("SELECT digest FROM inbox WHERE folder = 'ignored'")
        filed = Counter(digest_of(as_sent(self._kept(str(digest)))) for (digest,) in ignored)
        for entry in self.ledger.entries:
            places = opened[entry.mark] if entry.kind is Kind.NEW else ()
            if entry.kind is Kind.NEW and len(places) != 1:
                yield f"L1 {entry.mark} opened {len(places)} tickets"
            if entry.kind is not Kind.NEW and entry.mark in opened:
                yield f"L1 {entry.mark} ({entry.kind}) opened a ticket"
            if entry.kind not in (Kind.NEW, Kind.MACHINE):
                yield from self._one_line(entry, lines[entry.mark])
        for row in self.ask("SELECT id, state, strikes, outcome, reason FROM inbox WHERE state NOT IN ('done', 'kept')"):
            yield f"L1 mail {row} was set aside"
        machines = Counter(entry.digest for entry in self.ledger.of(Kind.MACHINE))
        if filed != machines:
            both = (filed & machines).total()
            yield f"L1 {machines.total()} mails of machines, {filed.total()} filed as such, {both} are both"
        known = {entry.mark for entry in self.ledger.entries}
        yield from (f"L1 {mark} was never sent" for mark in (opened.keys() | lines.keys()) - known)

    def _one_line(self, entry: Entry, tickets: list[str]) -> Iterator[str]:
        late = entry.sender == ENGINEER and entry.opened in self.ledger.ended()  # what comes after his last word may be refused
        if len(tickets) != 1 and not (late and not tickets):
            yield f"L1 {entry.mark} ({entry.kind}) stands in {len(tickets)} lines of progress"
        elif tickets and entry.opened not in tickets[0]:
            yield f"L1 {entry.mark} ({entry.kind}) stands on the ticket {tickets[0]!r}"

    def _answered(self, copies: tuple[Copy, ...]) -> Iterator[str]:
        """Whoever orders something is told once what became of it."""
        told = defaultdict[str, set[str]](set)
        for copy in copies:
            if copy.to in STAFF and (answers := message_from_bytes(copy.raw)["in-reply-to"]):
                told[str(answers).strip("<> ")].add(copy.message_id)
        for entry in self.ledger.of(*ORDERS):
            if (times := len(told[f"{entry.mark}@{entry.sender.rpartition('@')[2]}"])) != 1:
                yield f"L1 {entry.mark} ({entry.kind}) was answered {times} times"

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
        there = Counter(digest_of(raw) for raws in folders.values() for raw in raws)
        kept = {str(digest) for (digest,) in self.ask("SELECT digest FROM inbox")}
        alone = self.installed.url is None  # two daemons that file one mail at once may leave two copies of it on the server
        if set(there) != kept or (alone and there.total() != len(self.ledger.entries)):
            yield f"L2 {len(kept)} mails kept, {there.total()} in the mailbox, {len(self.ledger.entries)} sent"
        for digest in sorted(kept):
            if digest_of(self._kept(digest)) != digest:
                yield f"L2 the file of {digest} is missing or another"
        sent = Counter(entry.digest for entry in self.ledger.entries)
        as_they_came = Counter(digest_of(as_sent(self._kept(digest))) for digest in kept)
        if sent != as_they_came:
            yield f"L2 of {sent.total()} mails sent {(sent & as_they_came).total()} are kept byte for byte"

    def _kept(self, digest: str) -> bytes:
        """The desk's file of that name; nothing when there is none."""
        file = self.installed.state / digest[:2] / digest
        return file.read_bytes() if file.exists() else b""

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
        if found != sorted(found):
            yield "L3 the numbers do not rise"

    def _letters(self, copies: tuple[Copy, ...]) -> Iterator[str]:
        lost = self.ask("SELECT id, kind, reply FROM outbox WHERE state = 'refused'")
        yield from (f"L4 letter {row} was given up" for row in lost)
        meant = {str(one) for (one,) in self.ask("SELECT message_id FROM outbox WHERE state = 'sent'")}
        doubtful = {str(one) for (one,) in self.ask("SELECT message_id FROM outbox WHERE state = 'uncertain' AND resent")}
        ids = {copy.message_id for copy in copies}
        yield from (f"L4 {one} is called sent and never came" for one in sorted(meant - ids))
        yield from (f"L4 {one} came and is called otherwise" for one in sorted(ids - meant - doubtful))
        written_for = dict(self.ask("SELECT message_id, recipient FROM outbox WHERE message_id IS NOT NULL"))
        for copy in copies:
            if written_for.get(copy.message_id, copy.to) != copy.to:
                yield f"L4 {copy.message_id} was written for {written_for[copy.message_id]} and came to {copy.to}"
        acknowledged = Counter(ticket for (ticket,) in self.ask("SELECT ticket FROM outbox WHERE kind = 'acknowledgement'"))
        if len(acknowledged) != self.ask("SELECT count(*) FROM tickets")[0][0] or set(acknowledged.values()) - {1}:
            yield "L4 not every ticket was acknowledged once"

    def _copies(self, copies: tuple[Copy, ...]) -> Iterator[str]:
        """A letter comes again only when it was in doubt, once for each time; and no kill brings more than one."""
        times = Counter(copy.message_id for copy in copies)
        for one, count in times.items():
            if count > 1 + (allowed := sum(one in doubt for doubt in self.doubts)):
                yield f"L4 {one} came {count} times, and was in doubt {allowed} times"
        if (more := times.total() - len(times)) > (ends := sum(bool(doubt) for doubt in self.doubts)):
            yield f"L4 {more} extra copies, and {ends} times a letter was in doubt"
        if len({(copy.to, copy.raw) for copy in copies}) != len(times):
            yield "L4 two copies of a letter differ"

    def _readers(self, copies: tuple[Copy, ...], own_letters: bool = True) -> Iterator[str]:
        owners = {entry.mark: entry.sender for entry in self.ledger.of(Kind.NEW)}
        about = {entry.mark: entry.opened for entry in self.ledger.entries}
        subjects = self.ask("SELECT number, subject FROM tickets")
        tickets = {str(number): mark[0] for number, subject in subjects if (mark := MARK.search(str(subject)))}
        for copy in copies:
            if copy.to in STAFF:
                continue
            numbers = {found[0] for found in NUMBER.finditer(copy.words)}
            named = {tickets.get(number, "") for number in numbers if own_letters or number in tickets}
            said = {about.get(mark, "") for mark in MARK.findall(copy.words.replace(copy.to, ""))}
            if not named | said or {owners.get(opened) for opened in named | said} != {copy.to}:
                yield f"L5 {copy.to} read of {sorted(named | said)}"

    def _inside(self, copies: tuple[Copy, ...]) -> Iterator[str]:
        noted = {entry.mark for entry in self.ledger.of(*INSIDE)}
        for copy in copies:
            if copy.to in STAFF:
                continue
            yield from (f"L6 the note {mark} stands in a letter to {copy.to}" for mark in noted & set(MARK.findall(copy.words)))

    def _alarms(self, copies: tuple[Copy, ...]) -> Iterator[str]:
        """From the letters that came: the store itself takes no second line under one key."""
        for (to, step, mark), ids in self.told(copies).items():
            if len(ids) > 1:
                yield f"L7 {step} of {mark} came to {to} in {len(ids)} letters"

    def told(self, copies: Iterable[Copy]) -> dict[tuple[str, str, str], set[str]]:
        """By reader, step of the clock and ticket, the letters that told of it. A ticket that was taken up again after its end
        has a new clock, and is left out."""
        found, ended = defaultdict[tuple[str, str, str], set[str]](set), self.ledger.ended()
        for copy in copies:
            if copy.to not in STAFF:
                continue
            subject = copy.words.partition("\n")[0]
            text = next(_texts(copy.raw), "")
            for step, beginning in STEPS.items():
                for line in beginning.finditer(text):
                    mark = (MARK.search(subject) if "[TS" in subject else None) or MARK.search(text, line.start())
                    if mark is not None and mark[0] not in ended:
                        found[copy.to, step, mark[0]].add(copy.message_id)
        return found

    def _store(self) -> Iterator[str]:
        if self.installed.url is not None:
            yield from self._store_of_postgres(self.installed.url)
            return
        if (found := self.ask("PRAGMA integrity_check")) != [("ok",)]:
            yield f"L8 {found}"
        yield from (f"L8 {row} points nowhere" for row in self.ask("PRAGMA foreign_key_check"))

    def _store_of_postgres(self, url: str) -> Iterator[str]:
        with psycopg.connect(url, autocommit=True) as base:
            for table, columns, other in base.execute(HELD_TOGETHER).fetchall():
                for column in columns:
                    question = f"SELECT count(*) FROM {table} a LEFT JOIN {other} b ON b.id = a.{column}"
                    lost = base.execute(f"{question} WHERE a.{column} IS NOT NULL AND b.id IS NULL".encode()).fetchone()
                    if lost != (0,):
                        yield f"L8 {lost} rows of {table} point nowhere by {column}"
            try:
                base.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
                base.execute(INDEXES)
            except psycopg.Error as trouble:
                yield f"L8 {trouble}"

    def copies(self) -> Iterator[Copy]:
        """Every mail that came into the sink."""
        for raw in self.sink.mails():
            begin = raw.index(b"From:")
            for to in RECIPIENTS.findall(raw[:begin]):
                yield Copy(to=to.decode(), raw=raw[begin:])


def as_sent(raw: bytes) -> bytes:
    """A mail without the lines that the server put above it when it was delivered."""
    return raw[max(0, raw.find(FIRST_LINE)) :]


def _texts(raw: bytes) -> Iterator[str]:
    for part in message_from_bytes(raw).walk():
        if part.get_content_maintype() == "text":
            payload = part.get_payload(decode=True)
            yield payload.decode("utf-8", "replace").replace("\r\n", "\n") if isinstance(payload, bytes) else ""
