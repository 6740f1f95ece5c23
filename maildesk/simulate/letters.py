"""The post office of a rehearsal: every letter is taken, kept as a file, and can be answered by a mail that comes later."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from maildesk.core.letter import LetterKind
from maildesk.core.message import Address, MessageId
from maildesk.core.people import People
from maildesk.core.ticket import Number
from maildesk.mail import addresses, headers, skeleton
from maildesk.mail.remarks import Remarks
from maildesk.simulate.arrivals import Answered
from maildesk.smtp import Reply
from maildesk.store import Outgoing

TAKEN = Reply("accepted", 250, "2.0.0 taken")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One letter that went out; `file` is its name in the folder of letters."""

    at: datetime
    kind: LetterKind
    number: Number | None
    to: Address
    message_id: MessageId
    subject: str
    file: str


class PostOffice:
    """Takes the place of the lines to a relay."""

    size = 1

    @asynccontextmanager
    async def line(self) -> AsyncIterator["PostOffice"]:
        yield self

    async def offer(self, sender: Address, to: Address, size: int) -> Reply:
        return TAKEN

    async def deliver(self, raw: bytes) -> Reply:
        return TAKEN


class Letters:
    """Every letter in the order of sending, as a value and as a file."""

    def __init__(self, folder: Path, people: People) -> None:
        self._folder, self._people = folder, people
        self.sent: list[Sent] = []
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, row: Outgoing, number: Number | None, at: datetime) -> Sent:
        """Write a letter down; two fields in front say what it is."""
        fields = skeleton.parse(row.raw, Remarks()).fields
        sent = Sent(
            at=at,
            kind=LetterKind(row.kind),
            number=number,
            to=row.to,
            message_id=row.message_id,
            subject=fields.text("subject"),
            file=f"{len(self.sent) + 1:04}.eml",
        )
        about = f"X-Maildesk-Kind: {sent.kind}\r\nX-Maildesk-Ticket: {number or ''}\r\n"
        (self._folder / sent.file).write_bytes(about.encode() + row.raw)
        self.sent.append(sent)
        return sent

    def answered(self, kind: LetterKind, number: Number, sender: Address | None) -> Answered | None:
        """The latest letter of a kind about a ticket that somebody got at any of his addresses."""
        his = self._addresses(sender)
        sent = next((one for one in reversed(self.sent) if (one.kind, one.number) == (kind, number) and one.to in his), None)
        return None if sent is None else self._read(sent)

    def _addresses(self, sender: Address | None) -> tuple[Address, ...]:
        person = self._people.at(sender)
        return person.addresses if person else (sender,) if sender else ()

    def _read(self, sent: Sent) -> Answered:
        fields = skeleton.parse((self._folder / sent.file).read_bytes(), Remarks()).fields
        return Answered(
            reply_to=next(_mailboxes(fields), str(sent.to)), message_id=sent.message_id, subject=fields.first("subject") or b""
        )


def _mailboxes(fields: headers.Fields) -> Iterator[str]:
    for name in ("reply-to", "from"):
        yield from (one.address for one in addresses.named(fields, name, None, Remarks()) if one.address)
