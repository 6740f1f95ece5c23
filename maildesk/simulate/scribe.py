"""The letters of a rehearsal are written by a second process, and the desk runs ahead of their words.

What the desk must know of a letter at once follows from what it is: its Message-ID and its sender. The words are wanted when a
mail answers it, which is hours later, and at the end. So a number stands in the store where the bytes of a letter would, and
whoever wants them asks the scribe, who by then has written them.

    desk  -- write this as 7; put 7 into 0007.eml -->  scribe      nobody waits
    desk  -- what is in 7? ------------------------->  scribe      the desk waits until it is written
    desk  <------------------------------ the bytes -  scribe

A template that breaks, or a letter that cannot be written, is something of which the desk tells its operator at that very moment,
and here nobody knows of it by then. Such a rehearsal is Unwritten, and must be played with letters that are written one by one.
"""

import signal
from collections.abc import Mapping
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from types import MappingProxyType
from typing import Any

from maildesk.core.letter import Letter
from maildesk.core.message import MessageId
from maildesk.core.peace import Outage
from maildesk.core.ticket import Ticket
from maildesk.mail.bundle import Item
from maildesk.mail.letters import Letters, Party, Written
from maildesk.simulate.shelf import FilesOf, Shelf


def _table(items: dict[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(items)


ForkingPickler.register(MappingProxyType, lambda table: (_table, (dict(table),)))


class Unwritten(Exception):
    """A letter was not written as it should have been, or the process that writes is gone; the words say why."""


class Scribe:
    """Writes the letters of a desk (`desk.saving.Pen`) and keeps them (`simulate.letters.Keeping`), in a process of its own.

    `files` gives the bytes of what is attached.
    """

    def __init__(self, folder: Path, files: FilesOf) -> None:
        self._folder, self._files, self._count = folder, files, 0
        self._trouble: Exception | None = None

    def pen(self, letters: Letters) -> "Scribe":
        """Begin to write as these letters are written."""
        fork = get_context("fork")  # so that it works by the very configuration and templates of the desk
        self._letters = letters
        self._pipe, other = fork.Pipe()
        self._process = fork.Process(target=_serve, args=(self._pipe, other, letters, self._files, self._folder), daemon=True)
        self._process.start()
        other.close()
        return self

    def close(self) -> None:
        """All letters are in their files now. Raises OSError for what could not be written, Unwritten for any other trouble that
        there ever was."""
        try:
            self._ask("close")
        finally:
            self._pipe.close()
            self._process.join()
        if self._trouble:
            raise self._trouble

    # -- the desk's pen ----------------------------------------------------------------------------------------------

    def write(
        self,
        letter: Letter,
        *,
        ticket: Ticket | None,
        party: Party,
        nonce: str,
        now: datetime,
        references: tuple[MessageId, ...] = (),
        files: FilesOf | None = None,
        outage: Outage | None = None,
    ) -> Written:
        """One letter: what is known of it, and its number for the bytes. The scribe reads the files himself."""
        known = {"party": party, "nonce": nonce, "now": now, "outage": outage}
        self._tell("write", letter, {**known, "ticket": ticket, "references": references})
        return self._numbered(((letter, ticket),), party, nonce, now)

    def bundle(
        self, items: tuple[Item, ...], *, party: Party, nonce: str, now: datetime, outage: Outage | None = None
    ) -> Written:
        """Several letters as one, likewise."""
        self._tell("bundle", items, {"party": party, "nonce": nonce, "now": now, "outage": outage})
        return self._numbered(items, party, nonce, now)

    def kept(self, raw: bytes) -> bytes:
        """The letter of a number."""
        return bytes(self._ask("kept", int(raw)))

    def _numbered(self, items: tuple[Item, ...], party: Party, nonce: str, now: datetime) -> Written:
        envelope = self._letters.envelope(items, party=party, nonce=nonce, now=now)
        self._count += 1
        return Written(
            message_id=self._letters.message_id(envelope),
            sender=self._letters.sender(envelope),
            to=envelope.letter.to,
            subject="",
            raw=str(self._count).encode(),
        )

    # -- the keeping of letters --------------------------------------------------------------------------------------

    def put(self, file: str, ours: bytes, raw: bytes) -> None:
        """The letter of a number goes into this file, behind the fields `ours`."""
        self._tell("put", file, ours, int(raw))

    def letter(self, file: str) -> bytes:
        """A letter as it went out."""
        return bytes(self._ask("letter", file))

    def subjects(self) -> Mapping[str, str]:
        """What the letters are about, by the names of their files."""
        found: Mapping[str, str] = self._ask("subjects")
        return found

    # -- the pipe ----------------------------------------------------------------------------------------------------

    def _tell(self, *words: object) -> None:
        try:
            self._pipe.send(words)
        except Exception as trouble:  # the process is gone, or this cannot be said to it
            raise self._remembered(Unwritten(repr(trouble))) from trouble

    def _ask(self, *words: object) -> Any:
        self._tell(*words)
        try:
            answer, trouble = self._pipe.recv()
        except (EOFError, OSError) as gone:
            raise self._remembered(Unwritten("the process that writes letters is gone")) from gone
        if trouble is not None:
            raise self._remembered(trouble)
        return answer

    def _remembered(self, trouble: Exception) -> Exception:
        """A desk goes on after what it takes for the trouble of one letter; the rehearsal must not."""
        self._trouble = self._trouble or trouble
        return self._trouble


def _serve(theirs: Connection, pipe: Connection, letters: Letters, files: FilesOf, folder: Path) -> None:
    """The process: everything in the order in which it was asked, until nobody asks any more."""
    theirs.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the desk hears it, and ends us
    desk = _Writing(letters, files, folder)
    while True:
        try:
            word, *rest = pipe.recv()
        except EOFError:
            return
        desk.heard(pipe, word, rest)


class _Writing:
    """What has been written and lies nowhere yet, and where the rest lies; after a trouble, nothing but that."""

    def __init__(self, letters: Letters, files: FilesOf, folder: Path) -> None:
        self._letters, self._files, self._shelf = letters, files, Shelf(folder)
        self._count = 0
        self._loose: dict[int, bytes] = {}
        self._lies_in: dict[int, str] = {}
        self._trouble: Exception | None = None

    def heard(self, pipe: Connection, word: str, rest: list[Any]) -> None:
        """Do what is asked; answer where somebody waits."""
        answer = None
        try:
            if self._trouble is None:
                answer = self._done(word, rest)
        except OSError as trouble:
            self._trouble = trouble
        except Exception as trouble:  # whatever a letter does, the desk must hear of it
            self._trouble = Unwritten(repr(trouble))
        if word in _ANSWERED:
            pipe.send((answer, self._trouble))

    def _done(self, word: str, rest: list[Any]) -> object:
        match word, rest:
            case "write", [letter, known]:
                self._add(self._letters.write(letter, files=self._files, **known))
            case "bundle", [items, known]:
                self._add(self._letters.bundle(items, **known))
            case "put", [file, ours, number]:
                self._shelf.put(file, ours, self._loose.pop(number))
                self._lies_in[number] = file
            case "kept", [number]:
                return self._loose.get(number) or self._shelf.letter(self._lies_in[number])
            case "letter", [file]:
                return self._shelf.letter(file)
            case "subjects", []:
                return self._shelf.subjects()
            case _:
                self._shelf.close()
        return None

    def _add(self, written: Written) -> None:
        if written.fault:
            raise Unwritten(written.fault)
        self._count += 1
        self._loose[self._count] = written.raw


_ANSWERED = frozenset({"kept", "letter", "subjects", "close"})
