"""From an account to a connection that is logged in, or a MailboxError.

TLS and STARTTLS verify the certificate, always: by the system's authorities or, when the account names a `ca_file`, by that one
alone. Nothing is ever tried a second time with less protection.
"""

import socket
import ssl
from contextlib import suppress

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

import maildesk
from maildesk.config import Account
from maildesk.config.settings import LOOPBACK
from maildesk.imap.trouble import LARGER, MailboxError, Trouble, told

PATIENCE = 30.0
"""Seconds within which a connection must stand; answers have the mailbox's own time-out."""

AT_ONCE = 2 << 20
"""Bytes of one literal that are read at once: mails that are called larger than half of it are asked for in pieces."""

TCP = ((socket.TCP_KEEPIDLE, 60), (socket.TCP_KEEPINTVL, 20), (socket.TCP_KEEPCNT, 3), (socket.TCP_NODELAY, 1))
"""A dead line is noticed, and a short command does not wait 40 ms for the answer to the one before it."""


def connect(account: Account, timeout: float) -> IMAPClient:
    """A connection of our own, logged in. `timeout` in seconds bounds every single answer."""
    with told(otherwise=Trouble.PROTOCOL):
        client = _reached(account, timeout)
    try:
        with told(otherwise=Trouble.TLS):
            _protect(client, account)
        with told(otherwise=Trouble.LOGIN):
            _log_in(client, account)
            _introduce(client)
    except MailboxError:
        drop(client)
        raise
    return client


def drop(client: IMAPClient) -> None:
    """Close the socket and say nothing."""
    with suppress(OSError, IMAPClientError):
        client.shutdown()


def _reached(account: Account, timeout: float) -> IMAPClient:
    if account.security == "plain" and not account.insecure and account.host not in LOOPBACK:
        raise MailboxError(Trouble.TLS, "the account asks for no encryption to another machine without insecure = true")
    client = IMAPClient(
        account.host,
        account.port,
        ssl=account.security == "tls",
        ssl_context=_context(account) if account.security == "tls" else None,
        timeout=SocketTimeout(connect=min(timeout, PATIENCE), read=timeout),
    )
    client.normalise_times = False
    client._imap.debug = 0  # the library would hand each line, passwords and bodies among them, to the debug log
    _bound(client)
    sock = client.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in TCP:
        sock.setsockopt(socket.IPPROTO_TCP, option, value)
    return client


def _bound(client: IMAPClient) -> None:
    """Read no literal of any length that a server likes to announce: it would lie in memory as a whole, several times."""
    read = client._imap.read

    def bounded(size: int) -> bytes:
        if size > AT_ONCE:
            raise IMAPClientAbortError(LARGER)
        literal: bytes = read(size)
        return literal

    client._imap.read = bounded


def _context(account: Account) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=account.ca_file)


def _protect(client: IMAPClient, account: Account) -> None:
    if account.security == "starttls":
        client.starttls(_context(account))


def _log_in(client: IMAPClient, account: Account) -> None:
    """LOGIN, or AUTHENTICATE PLAIN where LOGIN is forbidden or could not carry the characters (RFC 4616).

    Who is greeted as one who is logged in already (PREAUTH) may not do so again (RFC 3501, 7.1.4).
    """
    if client._imap.state == "AUTH":
        return
    password = account.password.reveal()
    plain = client.has_capability("AUTH=PLAIN")
    if plain and (client.has_capability("LOGINDISABLED") or not (account.user + password).isascii()):
        client.plain_login(account.user, password)
    elif not (account.user + password).isascii():
        raise MailboxError(Trouble.LOGIN, "the server takes no login with other than ASCII characters")
    else:
        client.login(account.user, password)


def _introduce(client: IMAPClient) -> None:
    """Say who we are (RFC 2971); some providers (163, 126, yeah) let nobody read who does not."""
    if client.has_capability("ID"):
        try:
            client.id_({"name": "maildesk", "version": maildesk.__version__})
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            return
