"""A mail host on the loopback: SMTP takes mails for its users, IMAP shows them their mailboxes, all in this process.

It does what a well-kept host in front of a desk does. Mail is delivered by envelope, `+detail` is no part of a mailbox's name,
nobody sends as a protected user but he himself after login, and each mail bears this host's Authentication-Results, whatever
was written there before. Mail for other domains is refused: nothing ever leaves the machine.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pymap.backend.dict.mailbox import MailboxSet
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import FetchRequirement

from maildesk.demo import imap_server
from maildesk.demo.stamp import Passage, author, stamped, verdict

LOOPBACK = "127.0.0.1"
LARGEST = 64 << 20
"""Bytes of the largest mail that is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody with a mailbox here. Only he himself, logged in, may send as a `protected` user."""

    address: str
    password: str
    protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A mail that lies in a mailbox now: whose, how it came, and its bytes with the host's fields on top."""

    mailbox: str
    passage: Passage
    raw: bytes


class UnknownRecipient(ValueError):
    """A mail for somebody who has no mailbox here."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class Servers:
    """Both servers and the mailboxes behind them; an async context manager that serves while it is entered.

    A port of 0 becomes a free one, known as `imap_port` and `smtp_port` once entered. `host` is the name in greetings and in
    Authentication-Results; `clock` gives the dates of Received and INTERNALDATE.
    """

    def __init__(
        self,
        users: Collection[User],
        *,
        host: str,
        imap_port: int = 0,
        smtp_port: int = 0,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.host, self.imap_port, self.smtp_port = host, imap_port, smtp_port
        self._clock = clock
        self._users = {user.address.lower(): user for user in users}
        self._mails: list[Delivered] = []
        self._watchers: list[Callable[[Delivered], None]] = []
        self._mailboxes = {address: MailboxSet() for address in self._users}

    async def __aenter__(self) -> Self:
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd warns of its own old names at each login
        async with AsyncExitStack() as stack:
            passwords = {address: user.password for address, user in self._users.items()}
            self.imap_port = await imap_server.serve(stack, (LOOPBACK, self.imap_port), passwords, self._mailboxes)
            self.smtp_port = await _serve_smtp(stack, self.host, self.smtp_port, _Reception(self))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    # -- mails -------------------------------------------------------------------------------------------------------

    async def deliver(
        self, sender: str, recipients: Sequence[str], raw: bytes, *, login: str | None = None, helo: str = "localhost"
    ) -> None:
        """Put a mail into the mailboxes of its recipients, as if `login` had sent it by SMTP. Raises UnknownRecipient."""
        mailboxes = [self.mailbox_of(recipient) for recipient in recipients]
        writer = author(raw)
        for recipient, mailbox in zip(recipients, mailboxes, strict=True):
            passage = Passage(sender=sender, recipient=recipient, helo=helo, login=login, at=self._clock())
            results = verdict(self.host, passage, writer, protected=self.is_protected(writer))
            mail = Delivered(mailbox=mailbox, passage=passage, raw=stamped(raw, self.host, mailbox, passage, results))
            await self._append(mail)

    async def _append(self, mail: Delivered) -> None:
        inbox = await self._mailboxes[mail.mailbox].get_mailbox("INBOX")
        await inbox.append(AppendMessage(mail.raw, mail.passage.at))
        self._mails.append(mail)
        for seen in self._watchers:
            asyncio.get_running_loop().call_soon(seen, mail)

    def watch(self, seen: Callable[[Delivered], None]) -> None:
        """Call `seen` for each mail from now on, in the servers' loop; no fault of its harms a mail."""
        self._watchers.append(seen)

    def mails(self, address: str) -> tuple[Delivered, ...]:
        """All that was delivered to a user, oldest first, wherever his mail program has moved it since."""
        return tuple(mail for mail in self._mails if mail.mailbox == address.lower())

    async def folder(self, address: str, name: str = "INBOX") -> tuple[bytes, ...]:
        """The mails that lie in a folder of a user at this moment. Raises KeyError when there is no such folder."""
        folder = await self._mailboxes[address.lower()].get_mailbox(name)
        loaded = [await message.load_content(FetchRequirement.CONTENT) async for message in folder.messages()]
        return tuple(bytes(one.get_body()) for one in loaded)

    # -- users -------------------------------------------------------------------------------------------------------

    def mailbox_of(self, address: str) -> str:
        """The mailbox of an address, `+detail` or not. Raises UnknownRecipient."""
        name, _, domain = address.lower().rpartition("@")
        mailbox = f"{name.partition('+')[0]}@{domain}"
        if mailbox not in self._users:
            raise UnknownRecipient(address)
        return mailbox

    def is_protected(self, address: str | None) -> bool:
        """Whether only a logged-in user may send from this address."""
        with suppress(UnknownRecipient):
            return address is not None and self._users[self.mailbox_of(address)].protected
        return False

    def knows(self, login: str, password: str) -> bool:
        user = self._users.get(login.lower())
        return user is not None and compare_digest(user.password.encode(), password.encode())


# -- SMTP ----------------------------------------------------------------------------------------------------------------


class _Reception:
    """What the SMTP server asks at each command (RFC 5321); the names are aiosmtpd's."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers

    def authenticate(self, _server: SMTP, session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        known = self._servers.knows(data.login.decode(errors="replace"), data.password.decode(errors="replace"))
        return AuthResult(success=known, handled=False, auth_data=data)

    async def handle_MAIL(self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        sender = "" if address == "<>" else address
        refusal = self._refusal(sender, _login(session))
        if refusal is not None:
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    def _refusal(self, sender: str, login: str | None) -> str | None:
        """Why this login, or a stranger, may not send from here."""
        if not self._servers.is_protected(sender):
            return None
        if login is None:
            return "530 5.7.0 Authentication required to send from this address"
        if self._servers.mailbox_of(sender) != login:
            return "553 5.7.1 This address belongs to another user"
        return None

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        try:
            self._servers.mailbox_of(address)
        except UnknownRecipient:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        sender = (envelope.mail_from or "").strip("<>")
        helo = session.host_name or "unknown"
        await self._servers.deliver(sender, envelope.rcpt_tos, envelope.content, login=_login(session), helo=helo)
        return "250 2.0.0 Delivered"


def _login(session: Session) -> str | None:
    data = session.auth_data
    return data.login.decode().lower() if session.authenticated and isinstance(data, LoginPassword) else None


async def _serve_smtp(stack: AsyncExitStack, host: str, port: int, reception: _Reception) -> int:
    loop = asyncio.get_running_loop()
    sessions: list[SMTP] = []

    def session() -> SMTP:
        sessions[:] = [one for one in sessions if one.transport is not None and not one.transport.is_closing()]
        sessions.append(
            SMTP(
                reception,
                hostname=host,
                loop=loop,
                data_size_limit=LARGEST,
                enable_SMTPUTF8=True,
                auth_require_tls=False,
                authenticator=reception.authenticate,
            )
        )
        return sessions[-1]

    async def close() -> None:
        server.close()
        for one in sessions:
            if one.transport is not None:
                one.transport.close()
        await server.wait_closed()

    server = await loop.create_server(session, LOOPBACK, port)
    stack.push_async_callback(close)
    return int(server.sockets[0].getsockname()[1])
