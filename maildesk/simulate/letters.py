"""The post office of a rehearsal: every letter is taken, kept as a file, and can be answered by a mail that comes later."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from maildesk.core.letter import LetterKind
from maildesk.core.message import Address, MessageId
from maildesk.core.people import People
from maildesk.core.ticket import Number, TicketId
from maildesk.desk import Desk
from maildesk.desk.attempts import claim, refusal, write_down
from maildesk.desk.rendering import render
from maildesk.mail import addresses, headers
from maildesk.mail.remarks import Remarks
from maildesk.simulate.arrivals import Answered, Answers
from maildesk.simulate.shelf import head
from maildesk.smtp import Reply
from maildesk.store import Outgoing, Tx

BATCH = 50

TAKEN = Reply("accepted", 250, "2.0.0 taken")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One letter that went out; `file` is its name in the folder of letters."""

    at: datetime
    kind: LetterKind
    number: Number | None
    to: Address
    message_id: MessageId
    file: str


class Keeping(Protocol):
    """Where letters lie (see `Shelf`)."""

    def put(self, file: str, ours: bytes, raw: bytes) -> None: ...

    def letter(self, file: str) -> bytes: ...

    def subjects(self) -> Mapping[str, str]: ...


class Letters:
    """Every letter in the order of sending."""

    def __init__(self, shelf: Keeping, people: People) -> None:
        self._shelf, self._people = shelf, people
        self.sent: list[Sent] = []
        self._latest: dict[tuple[Answers, Address | None], int] = {}
        self._read: dict[str, Answered] = {}

    def keep(self, row: Outgoing, number: Number | None, at: datetime) -> Sent:
        """Write a letter down; two fields in front say what it is."""
        sent = Sent(
            at=at,
            kind=LetterKind(row.kind),
            number=number,
            to=row.to,
            message_id=row.message_id,
            file=f"{len(self.sent) + 1:04}.eml",
        )
        about = f"X-Maildesk-Kind: {sent.kind}\r\nX-Maildesk-Ticket: {number or ''}\r\n"
        self._shelf.put(sent.file, about.encode(), row.raw)
        self.sent.append(sent)
        for ticket in (number, row.ticket):
            for reader in (row.to, None):
                self._latest[Answers(sent.kind, str(ticket)), reader] = len(self.sent) - 1
        return sent

    def subjects(self) -> Mapping[str, str]:
        """What they are about, by the names of their files."""
        return self._shelf.subjects()

    def answered(self, wanted: Answers, sender: Address | None) -> Answered | None:
        """The latest letter of a kind about a ticket that somebody got at any of his addresses, or that anybody got.

        A store that begins with a rehearsal gives its tickets ids in the order of their opening.
        """
        latest = max(self._latest.get((wanted, reader), -1) for reader in self._readers(sender))
        return None if latest < 0 else self._answer(self.sent[latest])

    def _readers(self, sender: Address | None) -> tuple[Address | None, ...]:
        person = self._people.at(sender)
        return person.addresses if person else (sender,)

    def _answer(self, sent: Sent) -> Answered:
        if sent.file not in self._read:
            self._read[sent.file] = self._reading(sent)
        return self._read[sent.file]

    def _reading(self, sent: Sent) -> Answered:
        fields = head(self._shelf.letter(sent.file))
        return Answered(
            reader=sent.to,
            reply_to=next(_mailboxes(fields), str(sent.to)),
            message_id=sent.message_id,
            subject=fields.first("subject") or b"",
        )


class Delivery:
    """The outgoing half of the desk before a relay that takes every letter at once: writing, attempt and end are one commit."""

    def __init__(self, desk: Desk, letters: Letters) -> None:
        self._desk, self._letters = desk, letters
        self._numbers: dict[TicketId, Number] = {}

    def round(self, now: datetime) -> int:
        """Write what is due and send the letters whose time has come; how many were looked at."""
        with self._desk.store.write() as tx:
            looked_at = render(self._desk, tx, now)
            rows, dead = claim(self._desk, tx, now, BATCH)
            for row in rows:
                self._send(tx, row, dead.get(row.to), now)
        return looked_at + len(rows)

    def _send(self, tx: Tx, row: Outgoing, dead: str | None, now: datetime) -> None:
        if dead is not None:
            write_down(self._desk, tx, row, refusal(self._desk, dead), now)
            return
        write_down(self._desk, tx, row, TAKEN, now)
        self._letters.keep(row, self._number(tx, row.ticket), now)

    def _number(self, tx: Tx, ticket: TicketId | None) -> Number | None:
        if ticket is not None and ticket not in self._numbers and (found := tx.ticket(ticket)) is not None:
            self._numbers[ticket] = found.number
        return self._numbers.get(ticket) if ticket is not None else None


def _mailboxes(fields: headers.Fields) -> Iterator[str]:
    for name in ("reply-to", "from"):
        yield from (one.address for one in addresses.named(fields, name, None, Remarks()) if one.address)
