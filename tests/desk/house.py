"""A desk without doors: mails go in as bytes, letters come out of a list, the clock stands still until it is moved.

The people are those of the demo; `support@demo.test` is the desk, `mail.demo.test` the host it believes.
"""

import asyncio
import atexit
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count
from pathlib import Path

from maildesk import config
from maildesk.core.ticket import Number, Ticket
from maildesk.demo import world
from maildesk.demo.world import DESK, HOST, Actor
from maildesk.desk import Desk
from maildesk.desk.posting import Posted, Posting
from maildesk.reader import Reader
from maildesk.store import Inbox, Store
from tests.desk.post import PostOffice

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Nine o'clock in Shanghai, on a working Monday."""

READER = Reader()
"""One process reads for all houses."""

atexit.register(READER.close)

PROOFS = {
    "pass": f"{HOST}; dmarc=pass header.from={{domain}}",
    "fail": f"{HOST}; dmarc=fail header.from={{domain}}",
    "none": "elsewhere.test; dmarc=pass header.from={domain}",
}


class Letter:
    """A letter as its reader sees it."""

    def __init__(self, to: str, raw: bytes) -> None:
        parsed = message_from_bytes(raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.to, self.raw, self.mail = to, raw, parsed

    @property
    def subject(self) -> str:
        return str(self.mail["subject"])

    @property
    def text(self) -> str:
        part = self.mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def html(self) -> str:
        part = self.mail.get_body(("html",))
        assert part is not None
        return str(part.get_content())

    @property
    def reply_to(self) -> str:
        return str(self.mail["reply-to"].addresses[0].addr_spec)

    def __repr__(self) -> str:
        return f"<letter to {self.to}: {self.subject}>"


class House:
    """Plays the world around a desk. `hosts` False: the desk knows no host that it may believe."""

    def __init__(self, place: Path, store: Store, *, hosts: bool = True, reader: Reader = READER) -> None:
        loaded = config.load(world.write(place, imap_port=1, smtp_port=1))
        if not hosts:
            loaded = replace(loaded, settings=replace(loaded.settings, hosts=()))
        self.now = MONDAY
        self.store = store
        self.config = loaded
        self.desk = Desk(loaded, store, reader)
        self.office = PostOffice()
        self.posting = Posting(self.desk, self.office, lambda: self.now)  # type: ignore[arg-type]
        self.read = 0
        self._serial = count(1)

    # -- mail in -----------------------------------------------------------------------------------------------------

    def raw(
        self,
        actor: Actor,
        text: str,
        *,
        subject: str = "Help",
        to: str = DESK,
        answering: Letter | None = None,
        proof: str = "pass",
        headers: dict[str, str] | None = None,
    ) -> bytes:
        """A mail as the desk's mailbox gets it, stamped by the host that `proof` speaks for."""
        mail = EmailMessage()
        mail["Authentication-Results"] = PROOFS[proof].format(domain=actor.address.partition("@")[2])
        mail["From"], mail["Date"] = f"{actor.name} <{actor.address}>", format_datetime(self.now)
        mail["Message-ID"] = f"<{next(self._serial)}@{actor.address.partition('@')[2]}>"
        if answering is None:
            mail["To"], mail["Subject"] = to, subject
        else:
            mail["To"], mail["Subject"] = answering.reply_to, f"Re: {answering.subject}"
            mail["In-Reply-To"] = str(answering.mail["message-id"])
            text = text + "\n\n" + "".join(f"> {line}\n" for line in answering.text.splitlines())
        for name, value in (headers or {}).items():
            mail[name] = value
        mail.set_content(text)
        return mail.as_bytes()

    def mail(self, actor: Actor, text: str, **how: object) -> None:
        """Somebody writes, and the desk takes it in."""
        self.keep(self.raw(actor, text, **how))  # type: ignore[arg-type]
        self.take_in()

    def keep(self, *raws: bytes) -> None:
        self.desk.keep([(None, self.now, raw) for raw in raws], None, self.now)

    def take_in(self) -> int:
        return sum(self.desk.take_in(lambda: self.now))

    # -- time and letters --------------------------------------------------------------------------------------------

    def after(self, **span: float) -> None:
        """Let time pass, minute by minute (days hour by hour), with everything that falls due on the way."""
        whole = timedelta(**span)
        end, step = self.now + whole, timedelta(minutes=1) if whole <= timedelta(days=1) else timedelta(hours=1)
        while self.now < end:
            self.now = min(end, self.now + step)
            while self.desk.wake(self.now):
                pass

    def post(self) -> Posted:
        return asyncio.run(self._posted())

    async def _posted(self) -> Posted:
        posted = await self.posting.post()
        for _ in range(20):
            if not posted.tried or posted.down:
                break
            posted = await self.posting.post()
        return posted

    def letters(self, to: Actor | None = None) -> list[Letter]:
        """What was sent since the last look, to everybody or to one; the others' letters are passed over."""
        self.post()
        fresh = [Letter(*one) for one in self.office.taken[self.read :]]
        self.read = len(self.office.taken)
        return [letter for letter in fresh if to is None or letter.to == to.address]

    # -- looking -----------------------------------------------------------------------------------------------------

    def tickets(self) -> tuple[Ticket, ...]:
        """All tickets, the oldest first."""
        with self.store.read() as tx:
            return tuple(sorted(tx.tickets(limit=10_000), key=lambda ticket: ticket.id))

    def ticket(self, number: Number | None = None) -> Ticket:
        """The only ticket, or the one of that number."""
        found = [ticket for ticket in self.tickets() if number in (None, ticket.number)]
        assert len(found) == 1, found
        return found[0]

    def inbox(self) -> tuple[Inbox, ...]:
        with self.store.read() as tx:
            return tx.inbox(limit=10_000)

    def history(self, ticket: Ticket) -> Iterator[str]:
        with self.store.read() as tx:
            return iter([line.text for line in tx.history(ticket.id, 1000)])
