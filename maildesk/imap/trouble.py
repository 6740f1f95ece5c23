"""What can go wrong with a mailbox: each trouble has a name, and a remedy that a person can act on."""

import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from types import MappingProxyType

from imapclient.exceptions import (
    CapabilityError,
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    LoginError,
    ProtocolError,
)

from maildesk.config import Wrong

LONGEST = 300
"""Characters of a server's words that we repeat."""

LARGER = "more bytes at once than are read at once"
UNREADABLE = "the server's answer cannot be read"


class Trouble(StrEnum):
    """The kinds of trouble. After a REFUSED, FOLDER, COPIED or GONE the connection still works; after any other it is closed."""

    LOGIN = "login refused"
    UNREACHABLE = "unreachable"
    TLS = "no safe connection"
    THROTTLED = "throttled"
    PROTOCOL = "not understood"
    LARGER = "larger than was said"
    FOLDER = "no such folder"
    REFUSED = "refused"
    COPIED = "copied, but not removed"
    GONE = "mail gone"


REMEDIES: Mapping[Trouble, str] = MappingProxyType(
    {
        Trouble.LOGIN: "Check user and password; many providers want a password made for this program (授权码, app password). "
        "Ask the mailbox's administrator whether it is locked or has expired.",
        Trouble.UNREACHABLE: "Check host, port and network; maildesk goes on trying.",
        Trouble.TLS: "Check security and host; for a certificate of your own authority set ca_file. It is never ignored.",
        Trouble.THROTTLED: "Close other programs that read this mailbox, or wait; maildesk goes on trying.",
        Trouble.PROTOCOL: "Check that an IMAP server listens on this port; maildesk connects anew.",
        Trouble.LARGER: "Nothing; maildesk fetches such a mail in pieces.",
        Trouble.FOLDER: "Create the folder, or name an existing one in the account.",
        Trouble.REFUSED: "Check quota and rights of the mailbox; maildesk tries again.",
        Trouble.COPIED: "Check quota and rights of the mailbox. Its mails lie twice; those in the inbox may be deleted.",
        Trouble.GONE: "Nothing: somebody else moved or deleted the mail before it could be read.",
    }
)

_ALIVE = frozenset({Trouble.REFUSED, Trouble.FOLDER, Trouble.COPIED, Trouble.GONE})

_SIGNS: tuple[tuple[re.Pattern[str], Trouble], ...] = (
    (
        re.compile(
            r"\[(UNAVAILABLE|LIMIT|THROTTLED|INUSE)\b|too many|simultaneous|throttl|(rate|bandwidth) limit|but not connected",
            re.I,
        ),
        Trouble.THROTTLED,
    ),
    (re.compile(r"\[PRIVACYREQUIRED\b|plaintext authentication disallowed", re.I), Trouble.TLS),
    (re.compile(r"\[(AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|EXPIRED|CONTACTADMIN)\b|unsafe login", re.I), Trouble.LOGIN),
    (
        re.compile(r"\[(TRYCREATE|NONEXISTENT)\b|(does not|doesn't) exist|(unknown|no such) (mailbox|folder)", re.I),
        Trouble.FOLDER,
    ),
)
"""What servers say when they say no: response codes (RFC 3501, 5530), then words of servers that know no codes."""


class MailboxError(Exception):
    """A mailbox could not be worked. `trouble` says how, `detail` what was heard, `remedy` (a sentence) what to do.

    `fatal`: the connection is closed, and only `open` helps.
    """

    def __init__(self, trouble: Trouble, detail: str, remedy: str = "") -> None:
        self.trouble, self.detail = trouble, _tame(detail)
        self.remedy = remedy or REMEDIES[trouble]
        self.fatal = trouble not in _ALIVE
        super().__init__(f"{trouble}: {self.detail}")


@contextmanager
def told(*, otherwise: Trouble = Trouble.REFUSED) -> Iterator[None]:
    """Turn whatever Python and the library raise into a MailboxError. `otherwise` is what a plain NO means here."""
    try:
        yield
    except (IMAPClientError, OSError, ValueError, AssertionError, LookupError) as broken:
        raise understood(broken, otherwise) from broken


def understood(broken: Exception, otherwise: Trouble) -> MailboxError:
    """What an exception means. A connection that was lost during login is reported as a login error by the library."""
    cause = broken.__context__ if isinstance(broken, LoginError) else None
    if isinstance(cause, IMAPClientAbortError):
        return understood(cause, otherwise)
    match broken:
        case Wrong():
            return MailboxError(Trouble.LOGIN, broken.problem, broken.remedy)
        case ssl.SSLError():
            return MailboxError(Trouble.TLS, getattr(broken, "verify_message", "") or broken.reason or "TLS failed")
        case CapabilityError():
            return MailboxError(Trouble.TLS if "STARTTLS" in str(broken) else Trouble.PROTOCOL, str(broken))
        case IMAPClientReadOnlyError():
            return MailboxError(Trouble.REFUSED, "the folder is read-only")
        case IMAPClientAbortError():
            return _broken_off(str(broken))
        case LoginError():
            return MailboxError(_sign(str(broken), Trouble.LOGIN), str(broken))
        case ProtocolError():
            return MailboxError(Trouble.PROTOCOL, UNREADABLE)
        case IMAPClientError() if "got more than" in str(broken):
            return MailboxError(Trouble.PROTOCOL, "a line without end")
        case IMAPClientError():
            return MailboxError(_sign(str(broken), otherwise), str(broken))
        case TimeoutError():
            return MailboxError(Trouble.UNREACHABLE, "no answer in time")
        case OSError():
            return MailboxError(Trouble.UNREACHABLE, broken.strerror or str(broken))
        case _:
            return MailboxError(Trouble.PROTOCOL, f"{UNREADABLE} ({type(broken).__name__})")


def _broken_off(text: str) -> MailboxError:
    """The library gave the connection up. Its words are repeated only where they cannot hold a piece of a mail."""
    if "EOF" in text:
        return MailboxError(Trouble.UNREACHABLE, "the server closed the connection")
    if LARGER in text:
        return MailboxError(Trouble.LARGER, LARGER)
    if "unexpected" in text or "unterminated" in text:
        return MailboxError(Trouble.PROTOCOL, UNREADABLE)
    return MailboxError(_sign(text, Trouble.UNREACHABLE), text)


def _sign(text: str, otherwise: Trouble) -> Trouble:
    return next((trouble for sign, trouble in _SIGNS if sign.search(text)), otherwise)


def _tame(text: str) -> str:
    """A server's words as they may stand in a log or a letter."""
    return "".join(char if char.isprintable() else " " for char in text)[:LONGEST].strip()
