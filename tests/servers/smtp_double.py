"""An SMTP server that does what a test tells it, verb by verb, and remembers what it took.

A script names a verb (`greeting`, `EHLO`, `AUTH`, `MAIL`, `RCPT`, `DATA`, `dot`, `RSET`, `QUIT`) and what to do each time it
comes: a reply as a string, a number of seconds after which to reply as usual, or one of

    DROP    close the connection without a word
    HANG    say nothing, and hear nothing more
    PARTIAL begin to answer, and close the connection
    TAKE_AND_DROP, TAKE_AND_HANG    the same, but only after the mail was taken (for `dot`)

When a verb's list is used up, the server behaves.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

DROP, HANG, PARTIAL, TAKE_AND_DROP, TAKE_AND_HANG = "drop", "hang", "partial", "take and drop", "take and hang"
USUAL = {
    "greeting": "220 double",
    "DATA": "354 go on",
    "QUIT": "221 bye",
    "AUTH": "235 welcome",
    "a MAIL within another": "503 nested MAIL",
}
EXTENSIONS = ("SIZE 60000000", "8BITMIME", "AUTH PLAIN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A mail that the server answered for: its bytes after undoing dot stuffing."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class Over(Exception):
    """This conversation ends here."""


class Double:
    """The server, on a free port of 127.0.0.1, for the length of an `async with`."""

    def __init__(
        self, script: Mapping[str, Sequence[str | float]] | None = None, *, extensions: Sequence[str] = EXTENSIONS
    ) -> None:
        self.script = {verb: list(steps) for verb, steps in (script or {}).items()}
        self.extensions = extensions
        self.taken: list[Taken] = []
        self.heard: list[str] = []
        self.connections = 0
        self._talks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=1 << 20)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.hang_up()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await self._server.wait_closed()

    def hang_up(self) -> None:
        """Close every connection, as a server does with idle ones."""
        for talk in self._talks:
            talk.cancel()

    def verbs(self) -> list[str]:
        """The commands heard, without their arguments."""
        return [line.split()[0].upper() for line in self.heard]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        talk = asyncio.ensure_future(self._talk(_Talk(self, reader, writer)))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _talk(self, talk: "_Talk") -> None:
        try:
            await talk.hold()
        except (Over, ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            talk.writer.close()


@dataclass(slots=True)
class _Talk:
    """One connection."""

    double: Double
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    begun: bool = False
    sender: str = ""
    recipients: list[str] = field(default_factory=list)

    async def hold(self) -> None:
        await self.answer("greeting")
        while line := (await self.reader.readuntil(b"\n")).decode().strip():
            self.double.heard.append(line)
            await self.obey(line)

    async def obey(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        verb = verb.upper()
        if verb == "MAIL" and self.begun:
            verb = "a MAIL within another"
        reply = await self.answer(verb)
        if verb == "MAIL":
            self.begun, self.sender, self.recipients = True, _path(rest), []
        elif verb in ("EHLO", "RSET"):
            self.begun = False
        if verb == "RCPT" and reply.startswith("2"):
            self.recipients.append(_path(rest))
        elif verb == "DATA" and reply.startswith("354"):
            await self.text()
        elif verb == "QUIT" or reply.startswith("421"):
            raise Over

    async def text(self) -> None:
        lines = []
        while (line := await self.reader.readuntil(b"\r\n")) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        self.begun = False
        taken = Taken(sender=self.sender, recipients=tuple(self.recipients), raw=b"".join(lines))
        step = await self.next("dot")
        if step in (TAKE_AND_DROP, TAKE_AND_HANG) or step.startswith("2"):
            self.double.taken.append(taken)
        await self.act(step)

    async def answer(self, verb: str) -> str:
        step = await self.next(verb)
        await self.act(step)
        return step

    async def next(self, verb: str) -> str:
        steps = self.double.script.get(verb)
        step = steps.pop(0) if steps else self.usual(verb)
        if isinstance(step, float):
            await asyncio.sleep(step)
            return self.usual(verb)
        return step

    def usual(self, verb: str) -> str:
        if verb == "EHLO":
            lines = ("double", *self.double.extensions)
            return "\r\n".join(f"250{' ' if line is lines[-1] else '-'}{line}" for line in lines)
        return USUAL.get(verb, "250 fine")

    async def act(self, step: str) -> None:
        if step in (HANG, TAKE_AND_HANG):
            await asyncio.Event().wait()
        if step == PARTIAL:
            self.writer.write(b"25")
            await self.writer.drain()
        if step in (DROP, PARTIAL, TAKE_AND_DROP):
            raise Over
        self.writer.write(f"{step}\r\n".encode())
        await self.writer.drain()


def _path(words: str) -> str:
    return words.partition("<")[2].partition(">")[0]
