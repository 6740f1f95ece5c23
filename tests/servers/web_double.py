"""A web server that gives each request the next of the answers it was told, and remembers what it was asked.

An answer is the whole of what is sent, or one of

    CLOSE      close the connection without a word
    HANG       say nothing, and keep the line
    DRIBBLE    begin an answer, and go on with a byte now and then for ever
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from tests.servers.authority import Authority

CLOSE, HANG, DRIBBLE = b"close", b"hang", b"dribble"
TAKEN = b"HTTP/1.1 202 Accepted\r\nContent-Length: 6\r\n\r\nqueued"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked; the names of the fields in lower case."""

    line: str
    fields: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Web:
    """The server, on a free port of 127.0.0.1, for the length of an `async with`. After its last answer it says `TAKEN`."""

    answers: list[bytes] = field(default_factory=list)
    authority: Authority | None = None
    asked: list[Request] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _talks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"{'https' if self.authority else 'http'}://127.0.0.1:{self.port}/page?team=it"

    async def __aenter__(self) -> Self:
        context = None
        if self.authority is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(self.authority.certificate, self.authority.key)
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=context)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talks.add(asyncio.create_task(self._talk(reader, writer)))

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.asked.append(await _request(reader))
            await _answer(writer, self.answers.pop(0) if self.answers else TAKEN)
        finally:
            writer.close()


async def _request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    return Request(line=head[0], fields=fields, body=await reader.readexactly(int(fields["content-length"])))


async def _answer(writer: asyncio.StreamWriter, answer: bytes) -> None:
    if answer == HANG:
        await asyncio.Event().wait()
    if answer == DRIBBLE:
        writer.write(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)
    if answer != CLOSE:
        writer.write(answer)
        await writer.drain()
