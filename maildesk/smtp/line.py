"""One connection to the relay, kept open from letter to letter.

A server may close an idle connection at any time; that is no failure of the next letter. A line that lay still is asked with
RSET whether it lives, and when it breaks before anything was said of the letter's text, the offer is made once more on a new
connection. What breaks there too is the letter's own bad luck (deferred), so that no letter can stop the others.
"""

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPResponseException
from aiosmtplib.protocol import PERIOD_REGEX, normalize_message_line_endings

from maildesk import faults
from maildesk.config import Relay, Wrong
from maildesk.config.settings import LOOPBACK
from maildesk.smtp.reply import Reply, answered, tame

STILL = 20.0
"""Seconds after which a line is asked whether it lives."""

PROBE = 10.0
"""Seconds within which it must answer."""

PARTING = 2.0
"""Seconds for a goodbye."""

SLOWEST = 16_384
"""Bytes per second that a line carries at the worst; a long text has the time for it on top of the final answer's."""

REFUSALS = (4, 5)
"""The families of codes by which a server does not take what it is offered (RFC 5321, 4.2.1)."""

LOST = (None, 421)
"""What a line says that was closed or is about to be (RFC 5321, 3.8): nothing, or this."""

Broken = (SMTPException, OSError)
"""What the library raises when a connection breaks, is silent for too long or talks nonsense."""


async def _at_once() -> None:
    """The pace of a line that is nobody's but one's own."""


class Line:
    """One line. Not for two tasks at once. `pace` is awaited before each letter."""

    def __init__(self, relay: Relay, pace: Callable[[], Awaitable[None]] = _at_once) -> None:
        self.relay, self._pace = relay, pace
        self._timeout = relay.timeout.total_seconds()
        self._smtp: SMTP | None = None
        self._used = 0.0
        self._begun = False

    async def offer(self, sender: str, to: str, size: int) -> Reply:
        """Name the letter's sender, recipient and size in bytes. Only after `accepted` comes `deliver`."""
        if problem := (sender and _unspeakable(sender)) or _unspeakable(to):
            return Reply("refused", None, problem)
        await self._pace()
        reused = await self._alive()
        if not reused and (down := await self._connect()):
            return down
        reply = await self._envelope(sender, to, size)
        if reused and reply.outcome == "deferred" and reply.code in LOST:
            reply = await self._connect() or await self._envelope(sender, to, size)
        return reply

    async def deliver(self, raw: bytes) -> Reply:
        """Hand over the text, byte for byte (lines end in CRLF; leading dots are doubled on the wire, RFC 5321, 4.5.2)."""
        text = PERIOD_REGEX.sub(b"..", normalize_message_line_endings(raw)) + b".\r\n"
        reply = await self._ask_for_text()
        if reply is None:
            faults.point("data-begun")
            reply = await self._text(text)
        self._begun = not reply.accepted
        self._used = _now()
        return reply

    async def close(self) -> None:
        """Say goodbye; never raises."""
        if self._smtp is not None and self._smtp.is_connected:
            with suppress(*Broken):
                await self._smtp.quit(timeout=PARTING)
        self.drop()

    def drop(self) -> None:
        """Close the connection in the middle of whatever is going on."""
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None

    # -- the connection ----------------------------------------------------------------------------------------------

    async def _alive(self) -> bool:
        """Whether there is a connection that waits for a new letter."""
        if self._smtp is None or not self._smtp.is_connected:
            return False
        if not self._begun and _now() - self._used < STILL:
            return True
        try:
            await self._smtp.rset(timeout=min(PROBE, self._timeout))
        except Broken:
            return False
        self._begun = False
        return True

    async def _connect(self) -> Reply | None:
        """A new connection, safe and logged in; a Reply when that fails: the channel is down."""
        self.drop()
        relay = self.relay
        if relay.security == "plain" and not relay.insecure and relay.host not in LOOPBACK:
            return Reply("down", None, "the relay asks for no encryption to another machine without insecure = true")
        try:
            await self._reach(relay)
        except (*Broken, Wrong) as broken:
            self.drop()
            return _down(broken)
        except BaseException:
            self.drop()
            raise
        self._begun = False
        return None

    async def _reach(self, relay: Relay) -> None:
        self._smtp = smtp = SMTP(
            hostname=relay.host,
            port=relay.port,
            timeout=self._timeout,
            use_tls=relay.security == "tls",
            start_tls=relay.security == "starttls",
            tls_context=None if relay.security == "plain" else ssl.create_default_context(cafile=relay.ca_file),
        )
        await smtp.connect()
        await smtp.ehlo()
        if relay.user:
            password = await asyncio.to_thread(relay.password.reveal) if relay.password else ""
            await smtp.login(relay.user, password)

    # -- the dialogue ------------------------------------------------------------------------------------------------

    async def _envelope(self, sender: str, to: str, size: int) -> Reply:
        """MAIL and RCPT. SIZE lets a relay refuse what is too long before it is sent (RFC 1870)."""
        assert self._smtp is not None
        foreign = not (sender + to).isascii()
        if foreign and not self._smtp.supports_extension("smtputf8"):
            return Reply("refused", None, "the relay takes no addresses with other than ASCII characters (SMTPUTF8)")
        options = [f"SIZE={size}"] if self._smtp.supports_extension("size") else []
        options += ["SMTPUTF8"] if foreign else []
        encoding = "utf-8" if foreign else "ascii"
        self._begun = True
        reply = await self._say(b"MAIL", f"FROM:<{sender}>".encode(encoding), *(option.encode() for option in options))
        if reply.accepted:
            reply = await self._say(b"RCPT", f"TO:<{to}>".encode(encoding))
        return reply

    async def _say(self, *words: bytes) -> Reply:
        """One command before the text: whatever goes wrong, nothing has happened yet."""
        assert self._smtp is not None
        try:
            return answered(await self._smtp.execute_command(*words))
        except Broken as broken:
            self.drop()
            return Reply("deferred", None, _words(broken))

    async def _ask_for_text(self) -> Reply | None:
        """DATA; None when the server waits for the text. One that answers neither so nor with a refusal has no text, and nobody
        knows what it waits for: only a new connection begins anew."""
        if self._smtp is None:
            return Reply("deferred", None, "the connection was lost before the text")
        reply = await self._say(b"DATA")
        if reply.code == 354:
            return None
        if reply.code is not None and reply.code // 100 not in REFUSALS:
            self.drop()
            return Reply("deferred", reply.code, reply.text)
        return reply

    async def _text(self, text: bytes) -> Reply:
        """The text and the answer to it, for which RFC 5321, 4.5.3.2.6, grants ten minutes."""
        assert self._smtp is not None
        protocol = self._smtp.protocol
        try:
            if protocol is None:
                raise ConnectionResetError("connection lost")
            protocol.write(text)
            faults.point("dot-sent")
            final = self.relay.final.total_seconds() + len(text) / SLOWEST
            return answered(await protocol.read_response(timeout=final), otherwise="uncertain")
        except Broken as broken:
            self.drop()
            return Reply("uncertain", None, _words(broken))


def _now() -> float:
    return asyncio.get_running_loop().time()


_ADDRESS = re.compile(r'(?:[^\s<>"@]+|"(?:[^"\\]|\\.)*")@[^\s<>"@]+')


def _unspeakable(address: str) -> str:
    """Why an address cannot be said in SMTP; empty when it can. The empty sender (RFC 5321, 4.5.5) is nobody's business here."""
    if address.isprintable() and _ADDRESS.fullmatch(address):
        return ""
    return f"not an address: {tame(address)!r}"


def _down(broken: Exception) -> Reply:
    """Why there is no line, with what to do about it."""
    match broken:
        case SMTPAuthenticationError():
            return Reply("down", broken.code, f"login refused: {_words(broken)}. Check the relay's user and password.")
        case Wrong():
            return Reply("down", None, f"{broken.problem}. {broken.remedy}")
        case SMTPResponseException():
            return Reply("down", broken.code, f"the relay does not serve us: {_words(broken)}")
        case _ if isinstance(broken.__cause__ or broken, ssl.SSLError):
            return Reply("down", None, f"no safe connection: {_words(broken)}. Check host and ca_file; it is never ignored.")
        case _:
            return Reply("down", None, f"{_words(broken)}. Check the relay's host, port and security.")


def _words(broken: Exception) -> str:
    match broken:
        case SMTPResponseException():
            return tame(f"{broken.code} {broken.message}")
        case TimeoutError():
            return "no answer in time"
        case _:
            return tame(str(broken)) or type(broken).__name__
