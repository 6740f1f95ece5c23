"""Waiting for the server to speak, without missing a word of it (RFC 2177).

The library's own wait asks the bare socket, and so overlooks a line that arrived together with `+ idling` and already lies in
the reader's buffer, and it breaks on a line that comes in two pieces. Here the buffer is asked first, and a line that has begun
is read to its end under the connection's time-out.

Silence proves nothing: behind a dead connection it looks the same as in a quiet mailbox. Therefore every wait ends in DONE and
a NOOP, whose answers must come in time.
"""

import select
import ssl
import threading
from io import BufferedReader
from time import monotonic
from typing import cast

from imapclient import IMAPClient

LOOK = 0.5
"""Seconds after which a wait looks whether it shall stop."""


def wait(client: IMAPClient, seconds: float, stop: threading.Event, *, parting: float) -> None:
    """Return soon after the server told of new mail, at the latest after `seconds`, or half a second after `stop`.

    What the server told since the last look counts too: it is not told again. Once stopped, the goodbye may take `parting`.
    A server that refuses to be waited for, or ends the wait by itself, is left alone for the rest of the time.
    """
    end = monotonic() + seconds
    if not _begun(client) or not _listened(client, end, stop):
        stop.wait(max(0.0, end - monotonic()))
        return
    if stop.is_set():
        client.socket().settimeout(parting)
    client.idle_done()


def told_of_mail(client: IMAPClient) -> bool:
    """Whether the number of mails was told since the folder was last looked through."""
    return "EXISTS" in client._imap.untagged_responses


def _begun(client: IMAPClient) -> bool:
    """IDLE up to the `+`. Untagged data may come first, which the library's own call takes for a refusal."""
    client._idle_tag = client._imap._command("IDLE")
    while client._imap._get_response() is not None:
        if _ended(client):
            return False
    return True


def _listened(client: IMAPClient, end: float, stop: threading.Event) -> bool:
    """Hear what the server says; whether it still waits with us when there is mail, or time or patience are over."""
    while not told_of_mail(client) and not stop.is_set() and (left := end - monotonic()) > 0:
        if _spoken(client, min(left, LOOK)):
            client._imap._get_response()
            if _ended(client):
                return False
    return True


def _ended(client: IMAPClient) -> bool:
    """Whether the server has answered the IDLE, which after its `+` it may only do to our DONE."""
    commands = client._imap.tagged_commands
    return commands[client._idle_tag] is not None and commands.pop(client._idle_tag) is not None


def _spoken(client: IMAPClient, seconds: float) -> bool:
    """Whether a line (or the end of the connection) can be read within `seconds`."""
    if _buffered(client):
        return True
    poll = select.poll()
    poll.register(client.socket(), select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(poll.poll(seconds * 1000)) and _buffered(client) is not None


def _buffered(client: IMAPClient) -> bytes | None:
    """What can be read without waiting: some bytes, none at all, or None where TLS has received no whole record yet.

    None at all although the socket is readable is the end of the connection.
    """
    imap, sock = client._imap, client.socket()
    reader = cast(BufferedReader, getattr(imap, "_file", None) or imap.file)  # Python 3.14 renamed it
    timeout = sock.gettimeout()
    sock.setblocking(False)
    try:
        return reader.peek(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return None
    finally:
        sock.settimeout(timeout)
