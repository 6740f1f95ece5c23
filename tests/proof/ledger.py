"""What was sent to the desk: every mail with a mark of its own, by which it is found again wherever it ended.

The mails are those of a working day: new ones, answers of requesters to what the desk wrote to them, answers and orders of the
engineer, and machines. Whom an answer goes to is read from the letters in the sink, as a mail program does.
"""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.utils import formatdate
from enum import StrEnum
from pathlib import Path

from maildesk.config.examples import Tables
from tests.daemon.running import Installed, install
from tests.servers import smtp_sink
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

ENGINEER = "li.ming@example.org"
LEAD = "chen.jing@example.org"
STAFF = frozenset({ENGINEER, LEAD, "operator@example.org"})
HOST = "mail.example.org"
"""Whose Authentication-Results the desk of the tests believes."""

FIRST_LINE = b"Authentication-Results: "
"""So every mail begins as it is sent."""


class Kind(StrEnum):
    NEW = "new"
    ANSWER = "answer"
    NOTE = "note"
    REPLY = "reply"
    ASK = "ask"
    ASSIGN = "assign"
    CLOSE = "close"
    MACHINE = "machine"


OFTEN = {Kind.NEW: 5, Kind.ANSWER: 3, Kind.NOTE: 1, Kind.REPLY: 1, Kind.ASK: 1, Kind.ASSIGN: 1, Kind.CLOSE: 1, Kind.MACHINE: 1}
"""How often each kind comes."""

WITHOUT_ORDERS = {Kind.NEW: 5, Kind.ANSWER: 3, Kind.NOTE: 2, Kind.MACHINE: 1}

WORDS = {
    Kind.ANSWER: "It still does not print, {}.",
    Kind.NOTE: "/note it was looked at, {}",
    Kind.REPLY: "We have changed the toner, {}.",
    Kind.ASK: "/ask which floor is it on, {}?",
    Kind.ASSIGN: "/assign 陈静 she knows it, {}",
    Kind.CLOSE: "/close the toner was changed, {}",
}
ORDERS = (Kind.NOTE, Kind.ASK, Kind.ASSIGN, Kind.CLOSE)
INSIDE = (Kind.NOTE, Kind.ASSIGN)
"""What they say stays inside."""

LAST = (Kind.ASSIGN, Kind.CLOSE)
"""After these the engineer writes nothing more to that ticket: it is not his any more, or at its end."""

SOON: Tables = {
    "first_answer": {"remind": ["2s"], "lead": ["4s"], "calendar": "always"},
    "peace": {"window": "1s"},
}
"""A clock that speaks within seconds: the engineer is reminded of each ticket that he has not answered, then the lead is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A mail that was sent; `opened` is the mark of the mail that opened its ticket, its own for a new one."""

    mark: str
    kind: Kind
    sender: str
    opened: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What somebody got from the desk: where an answer goes, and about whose ticket it is."""

    to: str
    reply_to: str
    thread: str
    message_id: str
    opened: str


@dataclass(slots=True, kw_only=True)
class Ledger:
    """Sends, and remembers. `seed` decides everything but the clock."""

    installed: Installed
    sink: SmtpSink
    seed: int
    often: dict[Kind, int] = field(default_factory=lambda: OFTEN)
    entries: list[Entry] = field(default_factory=list)
    _letters: list[Letter] = field(default_factory=list)
    _read: set[Path] = field(default_factory=set)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def send(self, count: int) -> None:
        """So many mails: a new one, and others of the kinds that are possible by now."""
        self._look()
        for number in range(count):
            kind = self._random.choices(*zip(*self.often.items(), strict=True))[0] if number else Kind.NEW
            letter = self._letter(kind)
            self._deliver(*(self._answer(kind, letter) if letter else self._first(kind)))

    def _letter(self, kind: Kind) -> Letter | None:
        """A letter that may be answered so; None for what answers nothing, or when there is none yet."""
        if kind not in WORDS:
            return None
        if kind is Kind.ANSWER:
            of_kind = [letter for letter in self._letters if letter.to not in STAFF]
        else:
            ended = self.ended()
            of_kind = [letter for letter in self._letters if letter.to == ENGINEER and letter.opened not in ended]
        return self._random.choice(of_kind) if of_kind else None

    def _mark(self) -> str:
        return f"mark{self.seed % 1000:03}x{len(self.entries):05}"

    def _first(self, kind: Kind) -> tuple[Entry, bytes]:
        mark, machine = self._mark(), kind is Kind.MACHINE
        sender = f"noreply{len(self.entries)}@machines.example.net" if machine else f"person{mark}@users.example.net"
        more = ("Auto-Submitted: auto-generated",) if machine else ()
        raw = _mail(
            mark, sender, self.installed.desk, f"printer {mark}", f"The printer on the third floor does not print, {mark}.", *more
        )
        kind = Kind.MACHINE if machine else Kind.NEW
        return Entry(mark=mark, kind=kind, sender=sender, opened=mark, digest=digest_of(raw)), raw

    def _answer(self, kind: Kind, letter: Letter) -> tuple[Entry, bytes]:
        mark = self._mark()
        more = (f"In-Reply-To: {letter.message_id}", f"References: {letter.thread} {letter.message_id}".replace("  ", " "))
        raw = _mail(mark, letter.to, letter.reply_to, "Re: the printer", WORDS[kind].format(mark), *more)
        return Entry(mark=mark, kind=kind, sender=letter.to, opened=letter.opened, digest=digest_of(raw)), raw

    def _deliver(self, entry: Entry, raw: bytes) -> None:
        self.installed.dovecot.deliver(self.installed.desk, raw)
        self.entries.append(entry)

    def _look(self) -> None:
        """Letters that came into the sink since the last look."""
        for path in sorted(set(self.sink.dumps.iterdir()) - self._read):
            if (letter := _letter_in(smtp_sink.read(path) or b"")) is None:
                continue
            self._read.add(path)
            self._letters.append(letter)

    # -- what the oracle asks ----------------------------------------------------------------------------------------

    def of(self, *kinds: Kind) -> Iterator[Entry]:
        return (entry for entry in self.entries if entry.kind in kinds)

    def ended(self) -> frozenset[str]:
        """The tickets, by their first marks, in which the engineer has said his last."""
        return frozenset(entry.opened for entry in self.of(*LAST))


def fresh(place: Path, dovecot: Dovecot, sink: SmtpSink, seed: int) -> Ledger:
    """Nothing was sent yet to a desk whose clock speaks soon."""
    return Ledger(installed=install(place, dovecot, sink.port, policy=SOON), sink=sink, seed=seed)


def _letter_in(raw: bytes) -> Letter | None:
    """A whole letter about a ticket of ours to which one can answer; None for any other, and one that is still being written."""
    mail = message_from_bytes(raw[raw.find(b"From:") :])
    subject, reply_to = str(mail["subject"]), str(mail["reply-to"])
    mark = subject.rpartition("printer ")[2]
    if not raw.endswith(b"\n") or "[TS" not in subject or "+" not in reply_to or not mark.startswith("mark"):
        return None
    address = reply_to.rpartition("<")[2].strip(">")
    to = str(mail["to"]).rpartition("<")[2].strip(">")
    thread = " ".join(str(mail["references"] or "").split())
    return Letter(to=to, reply_to=address, thread=thread, message_id=str(mail["message-id"]), opened=mark)


def _mail(mark: str, sender: str, to: str, subject: str, text: str, *more: str) -> bytes:
    domain = sender.rpartition("@")[2]
    lines = (
        f"Authentication-Results: {HOST}; dmarc=pass header.from={domain}",
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {subject}",
        f"Date: {formatdate(usegmt=True)}",
        f"Message-ID: <{mark}@{domain}>",
        *more,
        "",
        text,
        "",
    )
    return "\r\n".join(lines).encode()


def digest_of(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
