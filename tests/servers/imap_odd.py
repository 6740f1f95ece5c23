"""An IMAP server that keeps mails like any other, and misbehaves where it is told to: what well-kept servers hide.

It speaks as much of IMAP4rev1 (RFC 3501), UIDPLUS (4315), MOVE (6851), IDLE (2177) and ID (2971) as the desk asks for.
"""

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from tests.servers.oddities import USUAL, Changed, Oddity, Step

CAPABLE = "IMAP4rev1 IDLE UIDPLUS MOVE ID"
DONE = b"{tag} OK done\r\n"
DATE = "%d-%b-%Y %H:%M:%S %z"


@dataclass(slots=True)
class Kept:
    """A mail in a folder."""

    raw: bytes
    at: datetime
    flags: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Folder:
    uidvalidity: int
    uidnext: int = 1
    mails: dict[int, Kept] = field(default_factory=dict)

    def add(self, raw: bytes, at: datetime) -> int:
        uid, self.uidnext = self.uidnext, self.uidnext + 1
        self.mails[uid] = Kept(raw, at)
        return uid

    def chosen(self, uids: str) -> list[int]:
        """The UIDs there that a set of UIDs names."""
        last = max(self.mails, default=0)
        found: set[int] = set()
        for part in uids.split(","):
            ends = sorted(last if end == "*" else int(end) for end in part.split(":"))
            found.update(uid for uid in self.mails if ends[0] <= uid <= ends[-1])
        return sorted(found)

    def number(self, uid: int) -> int:
        return sorted(self.mails).index(uid) + 1


class OddImap:
    """The server, on a free port of 127.0.0.1, for the length of a `with`. `late` is delivered when somebody waits for mail."""

    def __init__(
        self,
        *oddities: Oddity,
        capable: str = CAPABLE,
        first_uid: int = 1,
        tells: bool = True,
        tls: ssl.SSLContext | None = None,
        late: bytes | None = None,
        late_uid: int | None = None,
        opens_after: float = 0.0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.oddities = [oddity.again() for oddity in oddities]
        self.capable, self.tells, self.tls = capable, tells, tls
        self.late, self.late_uid, self.opens_after = late, late_uid, opens_after
        self.folders = {"INBOX": Folder(uidvalidity=7, uidnext=first_uid)}
        self.now, self.lock = now, threading.RLock()
        self.heard: list[str] = []
        self.met_at, self.connections = time.monotonic(), 0
        self.delivered: list[bytes] = []
        self.talks: list[Talk] = []

    def __enter__(self) -> Self:
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        if not self.opens_after:
            self._listener.listen()
        self._closed = threading.Event()
        self.port = int(self._listener.getsockname()[1])
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for talk in list(self.talks):
            talk.end()
        for thread in self._threads:
            thread.join(timeout=10)

    # -- what a script may do to it ----------------------------------------------------------------------------------

    @property
    def inbox(self) -> Folder:
        return self.folders["INBOX"]

    def elsewhere(self) -> Iterator[bytes]:
        """What lies in all other folders."""
        return (raw for name, folder in self.folders.items() if name != "INBOX" for raw in raws(folder))

    def deliver(self, raw: bytes, at: datetime | None = None, uid: int | None = None) -> None:
        with self.lock:
            if uid is not None:
                self.inbox.uidnext = uid
            self.inbox.add(raw, at or self.now())
            self.delivered.append(raw)
        if self.tells:
            for talk in list(self.talks):
                talk.tell(len(self.inbox.mails))

    def deliver_late(self) -> None:
        late, self.late = self.late, None
        if late is not None:
            self.deliver(late, uid=self.late_uid)

    def renumber(self, uidvalidity: int = 8, first_uid: int = 1) -> None:
        """The same mails in a folder made anew."""
        with self.lock:
            mails = list(self.inbox.mails.values())
            self.folders["INBOX"] = Folder(uidvalidity=uidvalidity, uidnext=first_uid)
            for mail in mails:
                self.inbox.add(mail.raw, mail.at)

    def expunge(self, *uids: int) -> None:
        for uid in uids:
            self.inbox.mails.pop(uid, None)

    # -- serving -----------------------------------------------------------------------------------------------------

    def oddity(self, command: str) -> Oddity | None:
        """The one that is met now, counted."""
        with self.lock:
            for one in self.oddities:
                if one.times == 0 or not (re.match(one.at, command) if one.at else not command):
                    continue
                if one.after:
                    one.after -= 1
                    continue
                one.times = None if one.times is None else one.times - 1
                one.met, self.met_at = one.met + 1, time.monotonic()
                return one
        return None

    def _serve(self) -> None:
        if self._closed.wait(self.opens_after):
            return
        self._listener.listen()
        self.met_at = time.monotonic()
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._threads.append(threading.Thread(target=self._talk, args=(line,), daemon=True))
            self._threads[-1].start()

    def _talk(self, line: socket.socket) -> None:
        with suppress(OSError, ValueError):
            talk = Talk(self, self.tls.wrap_socket(line, server_side=True) if self.tls else line)
            self.talks.append(talk)
            talk.run()
        line.close()


class Talk:
    """One connection."""

    def __init__(self, server: OddImap, line: socket.socket) -> None:
        self.server, self.line = server, line
        self.folder = ""
        self.idle_tag, self.deaf, self.over = "", False, False
        self.writing = threading.Lock()

    def end(self) -> None:
        self.over = True
        with suppress(OSError):
            self.line.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            self.line.close()

    def tell(self, exists: int) -> None:
        """New mail, to somebody who waits for it."""
        if self.idle_tag and not self.deaf:
            with suppress(OSError):
                self.send(b"* %d EXISTS\r\n" % exists)

    def send(self, data: bytes) -> None:
        with self.writing:
            self.line.sendall(data)

    def run(self) -> None:
        self._met("", "", "* OK ready")
        with self.line.makefile("rb") as lines:
            while not self.over and (line := lines.readline()):
                text = line.decode("utf-8", "replace").strip()
                tag, command = (self.idle_tag, text) if text == "DONE" else (text.partition(" ")[0], text.partition(" ")[2])
                self.server.heard.append(command)
                if not self.deaf:
                    self._met(tag, command, "")

    def _met(self, tag: str, command: str, usual: str) -> None:
        oddity = self.server.oddity(command)
        for step in oddity.steps if oddity else (USUAL,):
            if not self.over and not self.deaf:
                self._step(step, tag, command, usual)
        if command in ("IDLE", "NOOP"):
            self.server.deliver_late()

    def _step(self, step: Step, tag: str, command: str, usual: str) -> None:
        match step:
            case bytes():
                self.send(step.replace(b"{tag}", tag.encode()))
            case float():
                time.sleep(step)
            case "drop":
                self.end()
            case "silence":
                self.deaf = True
            case Changed():
                self.send(step(self._usual(tag, command, usual)))
            case str():
                self.send(self._usual(tag, command, usual))
                if command == "LOGOUT":
                    self.end()
            case _:
                more = step(self.server)
                if more is not None:
                    self._step(more, tag, command, usual)

    def _usual(self, tag: str, command: str, usual: str) -> bytes:
        """What a good server says here, having done it."""
        if usual:
            return usual.encode() + b"\r\n"
        with self.server.lock:
            answer = b"".join(self._answered(tag, command))
        return answer.replace(b"{tag}", tag.encode())

    def _answered(self, tag: str, command: str) -> Iterator[bytes]:
        verb, _, rest = command.partition(" ")
        if verb == "UID":
            verb, _, rest = f"UID {rest}".split(" ", 2)[1], "", command.split(" ", 2)[2]
        match verb:
            case "STATUS":
                yield from self._status(rest.partition(" (")[0])
            case "SELECT" | "EXAMINE":
                yield from self._select(verb, rest.strip('"'))
            case "COPY" | "MOVE":
                yield self._move(verb, rest) or DONE
            case "IDLE":
                self.idle_tag = tag
                yield b"+ idling\r\n"
            case "DONE" if not self.idle_tag:
                yield b"DONE BAD nobody waits\r\n"
            case _:
                yield from self._obeyed(verb, rest)
                yield DONE

    def _obeyed(self, verb: str, rest: str) -> Iterator[bytes]:
        """What a command that ends well makes the server do, and say before it says so."""
        match verb:
            case "CAPABILITY":
                yield f"* CAPABILITY {self.server.capable}\r\n".encode()
            case "LIST":
                yield from self._list(rest)
            case "SEARCH":
                yield from self._search(rest)
            case "FETCH":
                yield from self._fetch(rest)
            case "STORE":
                for uid in self._here.chosen(rest.partition(" ")[0]):
                    self._here.mails[uid].flags.add("\\Deleted")
            case "EXPUNGE":
                yield from self._expunge(rest)
            case "CREATE":
                self.server.folders.setdefault(rest.strip('"'), Folder(uidvalidity=50))
            case "DONE":
                self.idle_tag = ""
            case "NOOP" if self.folder and self.server.tells:
                yield b"* %d EXISTS\r\n" % len(self._here.mails)
            case "LOGOUT":
                yield b"* BYE bye\r\n"

    @property
    def _here(self) -> Folder:
        return self.server.folders[self.folder]

    def _list(self, rest: str) -> Iterator[bytes]:
        wanted = rest.split(" ")[-1].strip('"')
        if not wanted:
            yield b'* LIST (\\Noselect) "/" ""\r\n'
        for name in self.server.folders:
            if wanted in ("*", name):
                yield f'* LIST () "/" "{name}"\r\n'.encode()

    def _select(self, verb: str, name: str) -> Iterator[bytes]:
        if name not in self.server.folders:
            yield b"{tag} NO [NONEXISTENT] no such mailbox\r\n"
            return
        self.folder = name
        here = self._here
        yield b"* %d EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen \\Deleted)\r\n" % len(here.mails)
        yield b"* OK [UIDVALIDITY %d] valid\r\n* OK [UIDNEXT %d] next\r\n" % (here.uidvalidity, here.uidnext)
        yield b"{tag} OK [READ-%s] done\r\n" % (b"WRITE" if verb == "SELECT" else b"ONLY")

    def _status(self, name: str) -> Iterator[bytes]:
        if (there := self.server.folders.get(name.strip('"'))) is None:
            yield b"{tag} NO [NONEXISTENT] no such mailbox\r\n"
            return
        yield b"* STATUS %s (UIDNEXT %d)\r\n{tag} OK done\r\n" % (name.encode(), there.uidnext)

    def _search(self, rest: str) -> Iterator[bytes]:
        uids = set(self._here.mails)
        if named := re.search(r"UID ([\d:*,]+)", rest):
            uids &= set(self._here.chosen(named[1]))
        if "DELETED" in rest:
            uids = {uid for uid in uids if "\\Deleted" in self._here.mails[uid].flags}
        if since := re.search(r"SINCE \"?([\w-]+)", rest):
            day = datetime.strptime(since[1], "%d-%b-%Y").replace(tzinfo=UTC)
            uids = {uid for uid in uids if self._here.mails[uid].at >= day}
        yield " ".join(["* SEARCH", *map(str, sorted(uids))]).encode() + b"\r\n"

    def _fetch(self, rest: str) -> Iterator[bytes]:
        uids, _, items = rest.partition(" ")
        for uid in self._here.chosen(uids):
            mail = self._here.mails[uid]
            said = [b"UID %d" % uid]
            if "RFC822.SIZE" in items:
                said.append(b"RFC822.SIZE %d" % len(mail.raw))
            if "INTERNALDATE" in items:
                said.append(b'INTERNALDATE "%s"' % mail.at.strftime(DATE).encode())
            if body := re.search(r"BODY\.PEEK\[\](?:<(\d+)\.(\d+)>)?", items):
                begin = int(body[1] or 0)
                part = mail.raw[begin : begin + int(body[2])] if body[2] else mail.raw
                said.append(b"BODY[]%s {%d}\r\n%s" % (b"<%d>" % begin if body[2] else b"", len(part), part))
            yield b"* %d FETCH (%s)\r\n" % (self._here.number(uid), b" ".join(said))

    def _move(self, verb: str, rest: str) -> bytes | None:
        uids, _, name = rest.partition(" ")
        there = self.server.folders.get(name.strip('"'))
        if there is None:
            return b"{tag} NO [TRYCREATE] no such mailbox\r\n"
        for uid in self._here.chosen(uids):
            mail = self._here.mails[uid]
            there.add(mail.raw, mail.at)
            if verb == "MOVE":
                del self._here.mails[uid]
        return None

    def _expunge(self, rest: str) -> Iterator[bytes]:
        for uid in self._here.chosen(rest or "1:*"):
            if "\\Deleted" in self._here.mails[uid].flags:
                yield b"* %d EXPUNGE\r\n" % self._here.number(uid)
                del self._here.mails[uid]


def raws(folder: Folder) -> Sequence[bytes]:
    """What lies in a folder."""
    return [mail.raw for mail in folder.mails.values()]
