"""One folder of one mailbox over one connection: look, fetch, wait, move."""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError
from imapclient.imapclient import SENT

from maildesk import faults
from maildesk.config import Account
from maildesk.imap import answers, idle, moving
from maildesk.imap.answers import Arrived, Waiting, exists, fetched, found, sized, whole
from maildesk.imap.connection import connect, drop
from maildesk.imap.moving import Moved
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
ANEW = "the folder was numbered anew"
DAY = timedelta(days=1)
"""A server counts days in a zone of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """The folder as it was when it was opened. UIDs below `uidnext` were there then (RFC 3501, 2.3.1.1)."""

    uidvalidity: int
    uidnext: int
    exists: int


class Mailbox:
    """One account's folder. Everything raises MailboxError; after a fatal one, `open` connects anew. One thread only."""

    def __init__(self, account: Account) -> None:
        self.account, self.timeout = account, account.timeout.total_seconds()
        self._connected: IMAPClient | None = None
        self._prefix, self._delimiter = "", "/"
        self._uidnext, self._uidvalidity, self._exists, self._writable = 1, 0, 0, True
        self._returned = False
        """Whether we were elsewhere since the last `after`, where nobody told us of mail."""

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
        return self._entered(self.account.folder)

    @contextmanager
    def visiting(self, folder: str) -> Iterator[None]:
        """Look into another folder, where nothing is changed, and come back."""
        numbered = self._uidvalidity
        try:
            self._entered(folder, readonly=True)
            yield
        finally:
            if self._connected is not None:
                self._come_back(numbered)

    def _come_back(self, numbered: int) -> None:
        try:
            same = self.select().uidvalidity == numbered
        except MailboxError:
            self._drop()
            raise
        if not same:
            self._drop()
            raise MailboxError(Trouble.PROTOCOL, ANEW)
        self._returned = True

    def _entered(self, folder: str, *, readonly: bool = False) -> Selected:
        name = self._named(folder)
        self._uidvalidity = 0
        with self._asking() as client:
            try:
                answer, self._writable = client.select_folder(name, readonly=readonly), not readonly
            except IMAPClientReadOnlyError:
                answer, self._writable = client.select_folder(name, readonly=True), False
            except IMAPClientAbortError:
                raise
            except IMAPClientError:
                if exists(client, name):
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
            self._returned = False
            client._imap.untagged_responses.clear()
            there = {one for window in self._windows(uid + 1) for one in found(client, "UID", window, *day) if one > uid}
            return tuple(one for some in _groups(sorted(there)) for one in sized(client, some))

    def waiting(self, uids: Sequence[int]) -> tuple[Waiting, ...]:
        """Those of the mails that lie here still."""
        with self._asking() as client:
            return tuple(one for some in _groups(uids) for one in sized(client, some))

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
            arrived = whole(client, uids)
            if missing := [uid for uid in uids if uid not in arrived]:
                arrived |= whole(client, missing)
        if gone := [uid for uid in missing if uid not in arrived]:
            warn("mail gone", mailbox=self.account.name, uids=gone)
        return (arrived[uid] for uid in uids if uid in arrived)

    def heads(self, uids: Sequence[int]) -> Iterator[bytes]:
        """The headers of these mails, as far as they are still there."""
        for some in _groups(uids):
            with self._asking() as client:
                found_heads = fetched(client, some, "BODY.PEEK[HEADER]")
            yield from (head for answer in found_heads.values() if isinstance(head := answer.get(b"BODY[HEADER]"), bytes))

    def stream(self, uid: int, size: int) -> Iterator[bytes]:
        """One mail in pieces of at most 1 MB, to its real end, whatever `size` the server gave it: behind it a piece is empty
        (RFC 3501, 6.4.5), and none is the last because it is short.

        A mail that disappears meanwhile raises MailboxError, so that no half of it is taken for the whole.
        """
        offset = 0
        while piece := self._piece(uid, offset, size):
            yield piece
            offset += len(piece)
        if offset != size:
            warn("mail of another size", mailbox=self.account.name, uid=uid, told=size, found=offset)

    def _piece(self, uid: int, offset: int, size: int) -> bytes:
        """Empty behind the end; before the `size` that the server gave it must say so twice. Of what is behind that size it need
        say nothing of a mail that it still names: that is whole. One that is there no more is whole only at that very size."""
        for ended in (offset >= size, True):
            with self._asking() as client:
                answer = fetched(client, [uid], f"BODY.PEEK[]<{offset}.{PIECE}>")
            piece = answer.get(uid, {}).get(f"BODY[]<{offset}>".encode())
            if isinstance(piece, bytes) and (piece or (offset and ended)):
                return piece
        if offset and (offset == size or (offset > size and uid in answer)):
            return b""
        raise MailboxError(Trouble.GONE, f"UID {uid} at byte {offset}")

    # -- waiting -----------------------------------------------------------------------------------------------------

    def idle(self, seconds: float, stop: threading.Event) -> bool:
        """Wait for new mail, at most `seconds`; whether the server told of some since the last `after`.

        A server that knows no IDLE is asked once, when the time is over. `stop` ends the wait within a second.
        """
        if self._returned:
            return self.noop()
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
            return self._returned or idle.told_of_mail(client)

    # -- moving ------------------------------------------------------------------------------------------------------

    def move(self, uids: Sequence[int], folder: str) -> Moved:
        """Put mails into another folder, which is made when it is missing. Mails that are gone already are no trouble.

        Where only copies could be made, the mails may still lie here as well: deleted, but not yet removed.
        """
        self._require_writable()
        how: Moved = "moved"
        for some in _groups(uids):
            with self._asking() as client:
                how = "copied" if moving.move(client, some, self._named(folder)) == "copied" else how
        return how

    def remove(self, uids: Sequence[int]) -> None:
        """Take mails away whose copies lie where they belong already, or mark them as deleted (see `removes_some`)."""
        self._require_writable()
        for some in _groups(uids):
            with self._asking() as client:
                moving.remove(client, some)

    @property
    def removes_some(self) -> bool:
        """Whether the server can remove single mails (UIDPLUS, RFC 4315), and not only all that are marked as deleted."""
        with self._asking() as client:
            return bool(client.has_capability("UIDPLUS"))

    def marked(self) -> frozenset[int]:
        """The mails that are marked as deleted, by whomever."""
        with self._asking() as client:
            return frozenset(one for window in self._windows(1) for one in found(client, "UID", window, "DELETED"))

    def expunge(self) -> None:
        """Remove all mails that are marked as deleted. Raises COPIED where the server lets nobody do it."""
        self._require_writable()
        with self._asking(otherwise=Trouble.COPIED) as client:
            client.expunge()

    def next_uid(self, folder: str) -> int:
        """Below it lies all that is in another folder now; 0 where the server does not say."""
        with self._asking() as client:
            return answers.next_uid(client, self._named(folder))

    def _require_writable(self) -> None:
        if not self._writable:
            raise MailboxError(Trouble.REFUSED, "the folder is read-only")

    def abilities(self) -> frozenset[str]:
        """What the server can do (RFC 3501, 7.2.1), in capital letters."""
        with self._asking() as client:
            return frozenset(word.decode("ascii", "replace").upper() for word in client.capabilities())

    def folders(self) -> tuple[str, ...]:
        """Every folder that the account sees, by the server's names."""
        with self._asking() as client:
            return tuple(sorted(name for _, _, name in client.list_folders()))

    def sent(self) -> str | None:
        """The folder of what the account has sent, as the server marks it (RFC 6154) or as most call it; None without one."""
        with self._asking() as client:
            found: str | None = client.find_special_folder(SENT)
        return found

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
            raise MailboxError(Trouble.PROTOCOL, ANEW)

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
    last = max(found(client, "UID", "*"), default=0) if answer[b"EXISTS"] else 0
    uidnext = max(answer.get(b"UIDNEXT") or 1, last + 1)
    client._imap.untagged_responses.clear()
    return Selected(uidvalidity=answer[b"UIDVALIDITY"], uidnext=uidnext, exists=answer[b"EXISTS"])


def _groups(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (uids[start : start + AT_ONCE] for start in range(0, len(uids), AT_ONCE))
