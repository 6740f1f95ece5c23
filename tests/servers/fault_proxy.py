"""A road between two programs that fails as roads do: slow, silent, cut; for any protocol over TCP.

    client ──up──▶ proxy ──up──▶ server
           ◀─down─       ◀─down─

Each connection carries out the Fault that was laid out for it (`lay`, first come first served), the others pass everything on.
A fault begins after so many bytes of its way, or right after a pattern was passed on; until then nothing is changed. What is
read before the road is cut has been passed on: the other side has it.

    CLOSE   both ends are closed in order (FIN)              RESET    both ends are torn (RST)
    HALF    the way itself ends, the other goes on           SILENT   nothing passes any more in this way, and nothing is said
    MUTE    the same in both ways: a black hole              TRICKLE  one byte at a time, `seconds` apart
    LATE    every piece comes `seconds` later

`dark` makes all connections, old and new, a black hole until it is taken back: a partition.
"""

import asyncio
import socket
import struct
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Way(StrEnum):
    UP = "up"
    DOWN = "down"


class How(StrEnum):
    CLOSE = "close"
    RESET = "reset"
    HALF = "half"
    SILENT = "silent"
    MUTE = "mute"
    TRICKLE = "trickle"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to one connection, when. `after` counts the bytes of the way; `at` wins over it when it is given."""

    how: How
    way: Way = Way.DOWN
    after: int = 0
    at: bytes = b""
    seconds: float = 0.05


PIECE = 65536
LINGER_NOT = struct.pack("ii", 1, 0)
"""A socket closed with this set sends RST (SO_LINGER, on, zero seconds)."""


class FaultProxy:
    """The road to a server on 127.0.0.1, for the length of a `with`."""

    def __init__(self, server: int) -> None:
        self.server = server
        self.connections = 0
        self.passed = {Way.UP: 0, Way.DOWN: 0}
        """Bytes passed on, of all connections."""

        self.fired = 0
        """Faults that came into effect: a connection may end before its fault begins."""

        self._laid: deque[Fault] = deque()
        self._roads: set[_Road] = set()
        self._carried: set[asyncio.Task[None]] = set()
        self._lock = threading.Lock()

    def lay(self, *faults: Fault) -> None:
        """One for each of the next connections."""
        with self._lock:
            self._laid.extend(faults)

    @property
    def open(self) -> int:
        """Connections that lead to the server now."""
        return len(self._roads)

    @property
    def dark(self) -> bool:
        return not self._light.is_set()

    @dark.setter
    def dark(self, on: bool) -> None:
        self._loop.call_soon_threadsafe(self._light.clear if on else self._light.set)

    def cut(self) -> None:
        """Tear every connection that is open now."""
        asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result(10)

    def __enter__(self) -> Self:
        self._loop, begun = asyncio.new_event_loop(), threading.Event()
        self._thread = threading.Thread(target=self._run, args=(begun,), name="fault proxy")
        self._thread.start()
        begun.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(20)

    # -- in the proxy's thread ---------------------------------------------------------------------------------------

    def _run(self, begun: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve(begun))
        finally:
            self._loop.close()

    async def _serve(self, begun: threading.Event) -> None:
        self._over, self._light = asyncio.Event(), asyncio.Event()
        self._light.set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = int(server.sockets[0].getsockname()[1])
        begun.set()
        await self._over.wait()
        server.close()
        await self._cut()
        await asyncio.gather(*self._carried, return_exceptions=True)
        await server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._carry(reader, writer))
        self._carried.add(task)
        task.add_done_callback(self._carried.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with self._lock:
            fault = self._laid.popleft() if self._laid else None
        try:
            beyond = await asyncio.open_connection("127.0.0.1", self.server)
        except OSError:
            _reset(writer)
            return
        road = _Road(self, (reader, writer), beyond, fault)
        self._roads.add(road)
        if self._over.is_set():
            road.tear()
        try:
            await road.carry()
        finally:
            self._roads.discard(road)

    async def _cut(self) -> None:
        for road in tuple(self._roads):
            road.tear()
        await asyncio.sleep(0)


Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Road:
    """One connection: two ways, and what befalls them."""

    def __init__(self, proxy: FaultProxy, near: Ends, far: Ends, fault: Fault | None) -> None:
        self.proxy, self.near, self.far, self.fault = proxy, near, far, fault
        self.muted = asyncio.Event()
        self.torn = asyncio.Event()

    async def carry(self) -> None:
        ways = [
            asyncio.ensure_future(self._way(Way.UP, self.near[0], self.far[1])),
            asyncio.ensure_future(self._way(Way.DOWN, self.far[0], self.near[1])),
        ]
        ended = asyncio.ensure_future(self.torn.wait())
        both = asyncio.ensure_future(asyncio.wait(ways))
        await asyncio.wait((ended, both), return_when=asyncio.FIRST_COMPLETED)
        for task in (ended, both, *ways):
            task.cancel()
        await asyncio.gather(ended, both, *ways, return_exceptions=True)
        for _, writer in (self.near, self.far):
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def tear(self) -> None:
        """RST both ends."""
        for _, writer in (self.near, self.far):
            _reset(writer)
        self.torn.set()

    async def _way(self, way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fault = self.fault if self.fault is not None and self.fault.way is way else None
        seen = b""
        passed = 0
        try:
            while piece := await reader.read(PIECE):
                await self.proxy._light.wait()
                if self.muted.is_set():
                    continue
                if fault is None:
                    await self._pass(way, writer, piece)
                    continue
                seen += piece if fault.at else b""
                left = _before(fault, seen, passed, len(piece))
                await self._pass(way, writer, piece[:left])
                passed += len(piece[:left])
                if left is not None:
                    self.proxy.fired += 1
                    await self._befall(fault, way, reader, writer, piece[left:])
                    return
            writer.write_eof()
        except OSError:  # one end was reset: whoever waits at the other must hear of it
            self.tear()

    async def _pass(self, way: Way, writer: asyncio.StreamWriter, piece: bytes) -> None:
        if piece:
            self.proxy.passed[way] += len(piece)
            writer.write(piece)
            await writer.drain()

    async def _befall(
        self, fault: Fault, way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rest: bytes
    ) -> None:
        match fault.how:
            case How.CLOSE:
                self.torn.set()
            case How.RESET:
                self.tear()
            case How.HALF:
                writer.write_eof()
            case How.SILENT | How.MUTE:
                if fault.how is How.MUTE:
                    self.muted.set()
                while await reader.read(PIECE):
                    pass
                await self.torn.wait()
            case How.TRICKLE | How.LATE:
                await self._slowly(fault, way, reader, writer, rest)

    async def _slowly(
        self, fault: Fault, way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rest: bytes
    ) -> None:
        size = 1 if fault.how is How.TRICKLE else PIECE
        piece = rest or await reader.read(PIECE)
        while piece:
            for begin in range(0, len(piece), size):
                await asyncio.sleep(fault.seconds)
                await self._pass(way, writer, piece[begin : begin + size])
            piece = await reader.read(PIECE)
        writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    writer.transport.abort()


def _before(fault: Fault, seen: bytes, passed: int, size: int) -> int | None:
    """How many bytes of this piece pass before the fault begins; None when it does not begin in this piece.

    `seen` is all of the way up to the end of the piece, kept only for a pattern; `passed` what went before the piece.
    """
    if fault.at:
        found = seen.find(fault.at)
        return None if found < 0 else max(0, found + len(fault.at) - passed)
    return fault.after - passed if fault.after < passed + size or (fault.after == passed + size and size) else None
