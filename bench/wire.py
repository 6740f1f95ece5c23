"""The line between the desk and its IMAP server, watched: notes the moment at which the server tells of new mail."""

import re
import socket
import threading
import time
from contextlib import suppress
from typing import Self

NOTICE = re.compile(rb"^\* \d+ EXISTS\r\n", re.MULTILINE)


class Wire:
    """A listener on a free port that passes everything on; `noticed` are moments by time.perf_counter.

    Only what the server says on its own counts: a chunk that is a notice and no answer to a command.
    """

    def __init__(self, server: int) -> None:
        self.server = server
        self.noticed: list[float] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.server))
            for one in (client, server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._pass_on, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(server, client, True), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, watched: bool) -> None:
        with suppress(OSError):
            while chunk := source.recv(1 << 16):
                if watched and NOTICE.search(chunk) and b" OK " not in chunk:
                    self.noticed.append(time.perf_counter())
                target.sendall(chunk)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
