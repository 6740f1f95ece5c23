"""One folder of one mailbox over one connection: look, fetch, wait, move."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from imapclient import DELETED, IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from maildesk import faults
from maildesk.config import Account
from maildesk.imap import idle
from maildesk.imap.connection import connect, drop
from maildesk.imap.trouble import MailboxError, Trouble, told
from maildesk.log import warn

TIMEOUT = 60.0
"""Seconds within which a server must answer."""

PARTING = 1.0
"""Seconds it has when we say goodbye."""

WINDOW = 50_000
"""UIDs that one SEARCH asks for: its answer is one line, and the library reads lines of at most a million bytes."""

AT_ONCE = 500
"""Mails named in one command, so that no command is longer than servers read (RFC 7162, 4: 8192 bytes)."""

PIECE = 1 << 20
"""Bytes of a large mail that are fetched at a time."""

UNDATED = datetime.max.replace(tzinfo=UTC)
"""The server's date of a mail to which it gives none that can be read: later than any time known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """The folder as it was when it was opened. UIDs below `uidnext` were there then (RFC 3501, 2.3.1.1)."""

    uidvalidity: int
    uidnext: int
    exists: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A mail in the folder: its UID, its size in bytes as the server says, and when the server took it (INTERNALDATE)."""

    uid: int
    size: int
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A mail fetched whole."""

    uid: int
    received_at: datetime
    raw: bytes = field(repr=False)


class Mailbox:
    """One account's folder. Everything raises MailboxError; after a fatal one, `open` connects anew. One thread only."""

    def __init__(self, account: Account, *, timeout: float = TIMEOUT) -> None:
        self.account, self.timeout = account, timeout
        self._connected: IMAPClient | None = None
        self._prefix, self._delimiter = "", "/"
        self._uidnext = 1

    def open(self) -> Selected:
        """Connect, log in and select the account's folder."""
        self.close()
        self._connected = connect(self.account, self.timeout)
        try:
            with self._asking(otherwise=Trouble.FOLDER) as client:
                self._learn_names(client)
                selected = _selected(client, client.select_folder(self._named(self.account.folder)))
        except MailboxError:
            self._drop()
            raise
        self._uidnext = selected.uidnext
        faults.point("selected")
        return selected

    # -- looking -----------------------------------------------------------------------------------------------------

    def after(self, uid: int) -> tuple[Waiting, ...]:
        """Every mail with a higher UID, in the order of UIDs."""
        with self._asking() as client:
            client._imap.untagged_responses.clear()
            found = {number for window in self._windows(uid + 1) for number in client.search(["UID", window]) if number > uid}
            return tuple(one for some in _groups(sorted(found)) for one in _sized(client, some))

    def _windows(self, first: int) -> Iterator[str]:
        """Ranges of UIDs from `first` on: bounded up to where the folder ended when it was opened, then to its end."""
        while first + WINDOW < self._uidnext:
            yield f"{first}:{first + WINDOW - 1}"
            first += WINDOW
        yield f"{first}:*"

    def fetch(self, uids: Sequence[int]) -> Iterator[Arrived]:
        """The mails, whole, in the order asked for. One that even a second look does not find is left out."""
        with self._asking() as client:
            arrived = _whole(client, uids)
            if missing := [uid for uid in uids if uid not in arrived]:
                arrived |= _whole(client, missing)
        if gone := [uid for uid in missing if uid not in arrived]:
            warn("mail gone", mailbox=self.account.name, uids=gone)
        return (arrived[uid] for uid in uids if uid in arrived)

    def stream(self, uid: int, size: int) -> Iterator[bytes]:
        """One mail in pieces of at most 1 MB, to its real end, whatever `size` the server gave it.

        A mail that disappears meanwhile raises MailboxError, so that no half of it is taken for the whole.
        """
        offset = 0
        while piece := self._piece(uid, offset):
            yield piece
            offset += len(piece)
            if len(piece) < PIECE:
                break
        if offset != size:
            warn("mail of another size", mailbox=self.account.name, uid=uid, told=size, found=offset)

    def _piece(self, uid: int, offset: int) -> bytes:
        for _ in range(2):
            with self._asking() as client:
                answer = client.fetch([uid], [f"BODY.PEEK[]<{offset}.{PIECE}>"])
            piece = answer.get(uid, {}).get(f"BODY[]<{offset}>".encode())
            if isinstance(piece, bytes):
                return piece
        raise MailboxError(Trouble.GONE, f"UID {uid} at byte {offset}")

    # -- waiting -----------------------------------------------------------------------------------------------------

    def idle(self, seconds: float, stop: threading.Event) -> bool:
        """Wait for new mail, at most `seconds`; whether the server told of some since the last `after`.

        A server that knows no IDLE is asked once, when the time is over. `stop` ends the wait within a second.
        """
        with self._asking() as client:
            if client.has_capability("IDLE"):
                idle.wait(client, seconds, stop, parting=PARTING)
            else:
                stop.wait(seconds)
        return False if stop.is_set() else self.noop()

    def noop(self) -> bool:
        """One round trip: the server lives; whether it told of new mail since the last `after`."""
        with self._asking() as client:
            client.noop()
            return idle.told_of_mail(client)

    # -- moving ------------------------------------------------------------------------------------------------------

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Put mails into another folder, which is made when it is missing. Mails that are gone already are no trouble."""
        for some in _groups(uids):
            with self._asking() as client:
                self._move(client, some, self._named(folder))

    def _move(self, client: IMAPClient, uids: Sequence[int], name: str) -> None:
        move = client.move if client.has_capability("MOVE") else partial(_copy_and_expunge, client)
        try:
            move(uids, name)
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            if _exists(client, name):
                raise
            client.create_folder(name)
            client.subscribe_folder(name)
            move(uids, name)

    def abilities(self) -> frozenset[str]:
        """What the server can do (RFC 3501, 7.2.1), in capital letters."""
        with self._asking() as client:
            return frozenset(word.decode("ascii", "replace").upper() for word in client.capabilities())

    def folders(self) -> tuple[str, ...]:
        """Every folder that the account sees, by the server's names."""
        with self._asking() as client:
            return tuple(sorted(name for _, _, name in client.list_folders()))

    def _learn_names(self, client: IMAPClient) -> None:
        """How this server builds names: what stands before our own folders, and between two levels (RFC 2342)."""
        personal = client.namespace().personal if client.has_capability("NAMESPACE") else None
        if personal:
            self._prefix, delimiter = personal[0]
        else:
            self._prefix, delimiter = (
                "",
                next((delimiter.decode() for _, delimiter, _ in client.list_folders("", "") if delimiter), None),
            )
        self._delimiter = delimiter or "/"

    def _named(self, folder: str) -> str:
        """The server's name of a folder that the account writes with `/` between levels, with or without the prefix."""
        if folder.upper() == "INBOX":
            return "INBOX"
        name = folder.replace("/", self._delimiter)
        return name if name.upper().startswith(self._prefix.upper()) else self._prefix + name

    # -- the connection ----------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Say goodbye if the server listens; never raises."""
        if self._connected is not None:
            with suppress(OSError, IMAPClientError, ValueError):
                self._connected.socket().settimeout(PARTING)
                self._connected.logout()
        self._drop()

    def _drop(self) -> None:
        if self._connected is not None:
            drop(self._connected)
        self._connected = None

    @contextmanager
    def _asking(self, *, otherwise: Trouble = Trouble.REFUSED) -> Iterator[IMAPClient]:
        """The connection, to ask something. What breaks is told as a MailboxError, and a fatal one closes the connection."""
        if self._connected is None:
            raise MailboxError(Trouble.UNREACHABLE, "not connected")
        try:
            with told(otherwise=otherwise):
                yield self._connected
        except MailboxError as trouble:
            if trouble.fatal:
                self._drop()
            raise


def _selected(client: IMAPClient, answer: Mapping[bytes, Any]) -> Selected:
    uidnext = answer.get(b"UIDNEXT") or max(client.search(["UID", "*"]), default=0) + 1
    client._imap.untagged_responses.clear()
    return Selected(uidvalidity=answer[b"UIDVALIDITY"], uidnext=uidnext, exists=answer[b"EXISTS"])


def _groups(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (uids[start : start + AT_ONCE] for start in range(0, len(uids), AT_ONCE))


def _sized(client: IMAPClient, uids: Sequence[int]) -> Iterator[Waiting]:
    """Size and date of mails. What a server adds unasked, or leaves out for a mail just expunged, is passed over."""
    answers = client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
    for uid in uids:
        answer = answers.get(uid, {})
        if isinstance(size := answer.get(b"RFC822.SIZE"), int):
            yield Waiting(uid=uid, size=size, received_at=_instant(answer.get(b"INTERNALDATE")))


def _whole(client: IMAPClient, uids: Sequence[int]) -> dict[int, Arrived]:
    """Those of the mails that came with a body."""
    answers = client.fetch(uids, ["BODY.PEEK[]", "INTERNALDATE"])
    return {
        uid: Arrived(uid=uid, received_at=_instant(answer.get(b"INTERNALDATE")), raw=raw)
        for uid, answer in answers.items()
        if isinstance(raw := answer.get(b"BODY[]"), bytes)
    }


def _instant(date: datetime | None) -> datetime:
    try:
        return date.astimezone(UTC) if date and date.tzinfo else UNDATED
    except OverflowError:
        return UNDATED


def _exists(client: IMAPClient, name: str) -> bool:
    """Whether mails can lie there; a server may list a name that is only a step to others (RFC 3501, 7.2.2)."""
    return any(not {b"\\Noselect", b"\\NonExistent"} & set(flags) for flags, _, _ in client.list_folders("", name))


def _copy_and_expunge(client: IMAPClient, uids: Sequence[int], name: str) -> None:
    """MOVE by older means (RFC 6851, 3.3). Without UIDPLUS only a folder where nobody else deleted anything is expunged:
    our mails then stay behind, marked as deleted, until somebody does it."""
    client.copy(uids, name)
    client.add_flags(uids, [DELETED], silent=True)
    if client.has_capability("UIDPLUS"):
        client.uid_expunge(uids)
    elif set(client.search(["DELETED"])) <= set(uids):
        client.expunge()
