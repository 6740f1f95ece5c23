"""One folder of one mailbox over one connection: look, fetch, wait, move."""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal

from imapclient import DELETED, IMAPClient
from imapclient.datetime_util import parse_to_datetime
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError, ProtocolError
from imapclient.response_parser import parse_response

from maildesk import faults
from maildesk.config import Account
from maildesk.imap import idle
from maildesk.imap.connection import connect, drop
from maildesk.imap.trouble import MailboxError, Trouble, told
from maildesk.log import warn

PARTING = 1.0
"""Seconds it has when we say goodbye."""

WINDOW = 50_000
"""UIDs that one SEARCH asks for: its answer is one line, and the library reads lines of at most a million bytes."""

HIGHEST = (1 << 32) - 1
"""The highest UID (RFC 3501, 9: nz-number)."""

AT_ONCE = 500
"""Mails named in one command, so that no command is longer than servers read (RFC 7162, 4: 8192 bytes)."""

PIECE = 1 << 20
"""Bytes of a large mail that are fetched at a time."""

MONTHS = (None, *["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"])
DAY = timedelta(days=1)
"""A server counts days in a zone of its own."""

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


Moved = Literal["moved", "copied"]


class Mailbox:
    """One account's folder. Everything raises MailboxError; after a fatal one, `open` connects anew. One thread only."""

    def __init__(self, account: Account) -> None:
        self.account, self.timeout = account, account.timeout.total_seconds()
        self._connected: IMAPClient | None = None
        self._prefix, self._delimiter = "", "/"
        self._uidnext, self._uidvalidity, self._exists, self._writable = 1, 0, 0, True
        self.answers = 0
        """How many questions were answered, on all connections: it stands still while the server keeps us waiting."""

        self.asking = False
        """Whether a question is open: we wait for the server."""

    def open(self) -> Selected:
        """Connect, log in and select the account's folder."""
        self.close()
        with self._waiting():
            self._connected = connect(self.account, self.timeout)
        try:
            with self._asking() as client:
                self._learn_names(client)
            selected = self.select()
        except MailboxError:
            self._drop()
            raise
        faults.point("selected")
        return selected

    def select(self) -> Selected:
        """Open the folder, perhaps once more: it may have been made anew while nobody told us. One that may only be read is
        read, and nothing can be moved out of it."""
        name = self._named(self.account.folder)
        self._uidvalidity = 0
        with self._asking() as client:
            try:
                answer, self._writable = client.select_folder(name), True
            except IMAPClientReadOnlyError:
                answer, self._writable = client.select_folder(name, readonly=True), False
            except IMAPClientAbortError:
                raise
            except IMAPClientError:
                if _exists(client, name):
                    raise
                raise MailboxError(Trouble.FOLDER, name) from None
            selected = _selected(client, answer)
        self._uidnext, self._uidvalidity, self._exists = selected.uidnext, selected.uidvalidity, selected.exists
        return selected

    # -- looking -----------------------------------------------------------------------------------------------------

    def after(self, uid: int, since: datetime | None = None) -> tuple[Waiting, ...]:
        """Every mail with a higher UID, in the order of UIDs; with `since` only what the server took after the day before."""
        day = () if since is None else ("SINCE", f"{since - DAY:%d}-{MONTHS[(since - DAY).month]}-{since - DAY:%Y}")
        with self._asking() as client:
            client._imap.untagged_responses.clear()
            found = {one for window in self._windows(uid + 1) for one in _found(client, "UID", window, *day) if one > uid}
            return tuple(one for some in _groups(sorted(found)) for one in _sized(client, some))

    def _windows(self, first: int) -> Iterator[str]:
        """Ranges of UIDs from `first` on: bounded, in a folder of many mails, up to where it ended when it was opened."""
        while self._exists > WINDOW and first + WINDOW < self._uidnext:
            yield f"{first}:{first + WINDOW - 1}"
            first += WINDOW
        if first <= HIGHEST:
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
                answer = _fetched(client, [uid], f"BODY.PEEK[]<{offset}.{PIECE}>")
            piece = answer.get(uid, {}).get(f"BODY[]<{offset}>".encode())
            if isinstance(piece, bytes) and (piece or offset):
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

    def move(self, uids: Sequence[int], folder: str) -> Moved:
        """Put mails into another folder, which is made when it is missing. Mails that are gone already are no trouble.

        Where only copies could be made, the mails may still lie here as well: deleted, but not yet removed.
        """
        if not self._writable:
            raise MailboxError(Trouble.REFUSED, "the folder is read-only")
        how: Moved = "moved"
        for some in _groups(uids):
            with self._asking() as client:
                how = "copied" if self._move(client, some, self._named(folder)) == "copied" else how
        return how

    def _move(self, client: IMAPClient, uids: Sequence[int], name: str) -> Moved:
        """By MOVE, a second time when the folder was missing, and by older means where that is refused."""
        copy = partial(_copy_and_expunge, client)
        ways = (client.move, client.move, copy) if client.has_capability("MOVE") else (copy, copy)
        for way in ways[:-1]:
            try:
                way(uids, name)
                return "copied" if way is copy else "moved"
            except IMAPClientAbortError:
                raise
            except IMAPClientError:
                _make(client, name)
        copy(uids, name)
        return "copied"

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

    def _require_the_same_numbers(self, client: IMAPClient) -> None:
        """A folder that is numbered anew under our hands: what we know of it holds no more (RFC 3501, 2.3.1.1)."""
        told = client._imap.untagged_responses.get("UIDVALIDITY")
        if self._uidvalidity and told and int(told[-1]) != self._uidvalidity:
            raise MailboxError(Trouble.PROTOCOL, "the folder was numbered anew")

    # -- the connection ----------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Say goodbye if the server listens; never raises."""
        if self._connected is not None:
            with suppress(OSError, IMAPClientError, ValueError):
                self._connected.socket().settimeout(PARTING)
                self._connected.logout()
        self._drop()

    def hang_up(self) -> None:
        """Break the connection off; the one thing that another thread may do, to whoever waits for an answer."""
        if (client := self._connected) is not None:
            with suppress(OSError):
                client.socket().shutdown(socket.SHUT_RDWR)

    def _drop(self) -> None:
        if self._connected is not None:
            drop(self._connected)
        self._connected = None

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        self.asking = True
        try:
            yield
        finally:
            self.asking = False

    @contextmanager
    def _asking(self, *, otherwise: Trouble = Trouble.REFUSED) -> Iterator[IMAPClient]:
        """The connection, to ask something. What breaks is told as a MailboxError, and a fatal one closes the connection."""
        if self._connected is None:
            raise MailboxError(Trouble.UNREACHABLE, "not connected")
        try:
            with told(otherwise=otherwise), self._waiting():
                yield self._connected
                self._require_the_same_numbers(self._connected)
            self.answers += 1
        except MailboxError as trouble:
            if trouble.fatal:
                self._drop()
            raise


def _selected(client: IMAPClient, answer: Mapping[bytes, Any]) -> Selected:
    """A server that tells no UIDNEXT, or one that is too low, is asked for its last mail: nothing old may be taken for new."""
    last = max(_found(client, "UID", "*"), default=0) if answer[b"EXISTS"] else 0
    uidnext = max(answer.get(b"UIDNEXT") or 1, last + 1)
    client._imap.untagged_responses.clear()
    return Selected(uidvalidity=answer[b"UIDVALIDITY"], uidnext=uidnext, exists=answer[b"EXISTS"])


def _groups(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (uids[start : start + AT_ONCE] for start in range(0, len(uids), AT_ONCE))


def _found(client: IMAPClient, *criteria: str) -> set[int]:
    """The UIDs that a search finds, be it told in one line or in several."""
    typ, data = client._imap.uid("SEARCH", *criteria)
    client._checkok("search", typ, data)
    return {int(word) for line in data if line for word in line.split() if word.isdigit()}


def _sized(client: IMAPClient, uids: Sequence[int]) -> Iterator[Waiting]:
    """Size and date of mails. What a server adds unasked, or leaves out for a mail just expunged, is passed over."""
    answers = _fetched(client, uids, "RFC822.SIZE", "INTERNALDATE")
    for uid in uids:
        answer = answers.get(uid, {})
        if isinstance(size := answer.get(b"RFC822.SIZE"), int):
            yield Waiting(uid=uid, size=size, received_at=_instant(answer.get(b"INTERNALDATE")))


def _whole(client: IMAPClient, uids: Sequence[int]) -> dict[int, Arrived]:
    """Those of the mails that came with a body; no mail is empty, whatever a server says that has lost it for a moment."""
    answers = _fetched(client, uids, "BODY.PEEK[]", "INTERNALDATE")
    return {
        uid: Arrived(uid=uid, received_at=_instant(answer.get(b"INTERNALDATE")), raw=raw)
        for uid, answer in answers.items()
        if isinstance(raw := answer.get(b"BODY[]"), bytes) and raw
    }


def _fetched(client: IMAPClient, uids: Sequence[int], *items: str) -> dict[int, dict[bytes, Any]]:
    """What the server says about mails, by the UID that it says.

    The library takes the number of a mail for its UID where that is missing, and of two bodies for one UID it keeps the last:
    either way a mail would be taken for another. The first says nothing here, the second is no answer at all.
    """
    typ, data = client._imap.uid("FETCH", ",".join(map(str, uids)), f"({' '.join(items)})")
    client._checkok("fetch", typ, data)
    found: dict[int, dict[bytes, Any]] = {}
    for answer in parse_response(data)[1::2] if data != [None] else ():
        said = {name.upper(): value for name, value in zip(answer[::2], answer[1::2], strict=True)}
        if isinstance(uid := said.get(b"UID"), int):
            known = found.setdefault(uid, {})
            if any(name.startswith(b"BODY[") and known[name] != said[name] for name in known.keys() & said.keys()):
                raise ProtocolError("two mails with one UID")
            known.update(said)
    return found


def _instant(date: object) -> datetime:
    """An INTERNALDATE (RFC 3501, 9: date-time)."""
    try:
        read = parse_to_datetime(date, normalise=False) if isinstance(date, bytes) else UNDATED
        return read.astimezone(UTC) if read.tzinfo else UNDATED
    except (ValueError, OverflowError):
        return UNDATED


def _exists(client: IMAPClient, name: str) -> bool:
    """Whether mails can lie there; a server may list a name that is only a step to others (RFC 3501, 7.2.2)."""
    listed = client.list_folders("", name)
    return any(not {b"\\Noselect", b"\\NonExistent"} & set(flags) for flags, _, found in listed if found == name)


def _make(client: IMAPClient, name: str) -> None:
    """Make a folder that is missing."""
    if not _exists(client, name):
        client.create_folder(name)
        client.subscribe_folder(name)


def _copy_and_expunge(client: IMAPClient, uids: Sequence[int], name: str) -> None:
    """MOVE by older means (RFC 6851, 3.3). Without UIDPLUS only a folder where nobody else deleted anything is expunged:
    our mails then stay behind, marked as deleted, until somebody does it. What lies there twice because the server lets nobody
    remove it is not copied a third time."""
    client.copy(uids, name)
    try:
        client.add_flags(uids, [DELETED], silent=True)
        if client.has_capability("UIDPLUS"):
            client.uid_expunge(uids)
        elif _found(client, "DELETED") <= set(uids):
            client.expunge()
    except IMAPClientAbortError:
        raise
    except IMAPClientError as refused:
        raise MailboxError(Trouble.COPIED, str(refused)) from refused
