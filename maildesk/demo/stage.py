"""The actors' mail programs: they write by SMTP with their own login and read what reaches their mailboxes."""

import asyncio
import smtplib
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

from maildesk.demo.clock import StoryClock
from maildesk.demo.servers import LOOPBACK, Delivered, Servers
from maildesk.demo.timeline import Timeline, read, text_of
from maildesk.demo.world import DESK, PASSWORD, Actor


class NothingCame(Exception):
    """A letter that the story waits for did not arrive."""


@dataclass(slots=True)
class Stage:
    """Where the story is played. Every letter can be taken once; `patience` in real seconds."""

    servers: Servers
    clock: StoryClock
    timeline: Timeline
    patience: float = 30.0
    _waiting: list[Delivered] = field(default_factory=list)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.servers.watch(self._seen)

    def _seen(self, mail: Delivered) -> None:
        self.timeline.mail(mail.raw, mail.mailbox, self.clock())
        self._waiting.append(mail)
        self._arrived.set()

    async def letter(self, actor: Actor, *words: str) -> Delivered:
        """The next letter to this actor that contains all these words in its subject or text. Raises NothingCame."""
        async with asyncio.timeout(self.patience):
            try:
                while (found := self._take(actor, words)) is None:
                    self._arrived.clear()
                    await self._arrived.wait()
            except asyncio.CancelledError:
                raise NothingCame(f"no letter to {actor.name} with {words}") from None
        return found

    def _take(self, actor: Actor, words: tuple[str, ...]) -> Delivered | None:
        for mail in self._waiting:
            if mail.mailbox == actor.address and all(word in _everything(mail.raw) for word in words):
                self._waiting.remove(mail)
                return mail
        return None

    async def write(self, actor: Actor, subject: str, text: str) -> None:
        """A new mail to the desk."""
        await self._send(actor, DESK, subject, text, {})

    async def answer(self, actor: Actor, letter: Delivered, text: str) -> None:
        """A reply as a mail program makes it: to the reply address, with the thread's ids, the letter quoted below."""
        mail = read(letter.raw)
        quoted = "\n".join(f"> {line}" for line in text_of(mail).splitlines())
        headers = {
            "In-Reply-To": str(mail["message-id"]),
            "References": f"{mail['references'] or ''} {mail['message-id']}".strip(),
        }
        to = parseaddr(str(mail["reply-to"] or mail["from"]))[1]
        await self._send(actor, to, f"Re: {mail['subject']}", f"{text}\n\n{quoted}\n", headers)

    async def _send(self, actor: Actor, to: str, subject: str, text: str, headers: dict[str, str]) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"{actor.name} <{actor.address}>", to, subject
        mail["Date"], mail["Message-ID"] = format_datetime(self.clock()), make_msgid(domain=actor.address.partition("@")[2])
        for name, value in headers.items():
            mail[name] = value
        mail.set_content(text)
        await asyncio.to_thread(self._submit, actor, to, mail)

    def _submit(self, actor: Actor, to: str, mail: EmailMessage) -> None:
        with smtplib.SMTP(LOOPBACK, self.servers.smtp_port, timeout=10) as client:
            client.ehlo()
            client.login(actor.address, PASSWORD)
            client.send_message(mail, from_addr=actor.address, to_addrs=[to])


def _everything(raw: bytes) -> str:
    mail = read(raw)
    return f"{mail['subject']}\n{text_of(mail)}"
