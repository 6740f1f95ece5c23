"""A relay that takes everything at once and notes when."""

import asyncio
import threading
import time
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    """An SMTP server in a thread of its own; `taken` are (recipient, moment), by time.perf_counter."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, float]] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        start = self._loop.create_server(lambda: SMTP(self, data_size_limit=100 << 20, loop=self._loop), "127.0.0.1", 0)
        server = self._loop.run_until_complete(start)
        self.port = int(server.sockets[0].getsockname()[1])
        self._ready.set()
        self._loop.run_forever()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.taken.append((envelope.rcpt_tos[0], time.perf_counter()))
        return "250 taken"

    def count(self) -> int:
        return len(self.taken)

    def taken_after(self, before: int, recipient: str, *, within: float = 30) -> float:
        """When the first letter to `recipient` after the first `before` was taken."""
        end = time.perf_counter() + within
        while time.perf_counter() < end:
            for to, moment in self.taken[before:]:
                if to == recipient:
                    return moment
            time.sleep(0.0005)
        raise SystemExit(f"no letter to {recipient} within {within} s")
