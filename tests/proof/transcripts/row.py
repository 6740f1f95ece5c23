"""One misbehaving server: what it is, what it does, and what must follow."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from tests.servers.authority import Authority
from tests.servers.imap_odd import CAPABLE, OddImap
from tests.servers.oddities import Oddity


class End(Enum):
    """What becomes of a mail: how often it was worked, opened a ticket, lies in INBOX, and lies elsewhere."""

    FILED = (1, 1, 0, 1)
    LEFT = (1, 1, 1, 0)
    COPIED = (1, 1, 1, 1)
    UNTOUCHED = (0, 0, 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One server. `does` is met in this order; `certificate` makes it speak TLS; `old` puts the first two mails before the desk's
    first contact. `met`: a command that must be heard, where what is odd lies in what the server cannot do. `aside` mails cannot
    be read and stay, `gone` mails were somebody else's to delete. `alarm`: words that the operator must read. `calls`: at most so
    many connections, where a server might be pestered.
    """

    name: str
    does: tuple[Oddity, ...] = ()
    capable: str = CAPABLE
    first_uid: int = 1
    late_uid: int | None = None
    tells: bool = True
    opens_after: float = 0.0
    certificate: str = ""
    account: Mapping[str, Any] = field(default_factory=dict)
    padding: int = 0
    old: bool = False
    met: str = ""
    ends: End = End.FILED
    aside: int = 0
    gone: int = 0
    alarm: str = ""
    calls: int = 0

    def server(self, authority: Authority, mails: list[bytes], now: Callable[[], datetime]) -> OddImap:
        """A server of this kind, with all but the last of the mails in it."""
        made = OddImap(
            *self.does,
            capable=self.capable,
            first_uid=self.first_uid,
            tells=self.tells,
            opens_after=self.opens_after,
            tls=_context(authority, self.certificate),
            late=mails[-1],
            late_uid=self.late_uid,
            now=now,
        )
        for raw in mails[:-1]:
            made.deliver(raw, now() - timedelta(days=2 * self.old))
        return made


def _context(authority: Authority, certificate: str) -> ssl.SSLContext | None:
    if not certificate:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.expired if certificate == "expired" else authority.certificate, authority.key)
    return context
