"""An IMAP server that says what a test tells it: for the faults that well-kept servers do not have.

Each answer belongs to the beginning of a command (`UID FETCH 7`); the first that fits and is not used up is given. An answer is
a sequence of bytes to send and of seconds to wait in between; `{tag}` stands for the command's tag. An answer that ends in
DROP closes the connection, one in SILENCE says nothing more.
"""

import socket
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Self

DROP, SILENCE = "drop", "silence"
Step = bytes | float | str
USUAL: Mapping[str, tuple[Step, ...]] = {
    "CAPABILITY": (b"* CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE\r\n{tag} OK done\r\n",),
    "LIST": (b'* LIST () "/" ""\r\n{tag} OK done\r\n',),
    "SELECT": (b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n* OK [UIDNEXT 2] next\r\n{tag} OK [READ-WRITE] done\r\n",),
    "LOGOUT": (b"* BYE bye\r\n{tag} OK done\r\n", DROP),
    "IDLE": (b"+ idling\r\n",),
    "DONE": (b"{tag} OK done\r\n",),
}


class Double:
    """The server, on a free port of 127.0.0.1, for the length of a `with`."""

    def __init__(self, *answers: tuple[str, Sequence[Step]], greeting: Sequence[Step] = (b"* OK double\r\n",)) -> None:
        self.answers = list(answers)
        self.greeting = greeting
        self.heard: list[str] = []
        self.connections = 0

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._talks: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        for end in (self._listener, *self._talks):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        for thread in self._threads:
            thread.join(timeout=10)

    def _serve(self) -> None:
        while True:
            try:
                talk, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._talks.append(talk)
            self._threads.append(threading.Thread(target=self._talk, args=(talk,)))
            self._threads[-1].start()

    def _talk(self, talk: socket.socket) -> None:
        idle = ""
        with suppress(OSError), talk, talk.makefile("rb") as lines:
            if not self._say(talk, self.greeting, ""):
                return
            for line in lines:
                text = line.decode("ascii", "replace").strip()
                tag, _, command = (idle, "", text) if text == "DONE" else text.partition(" ")
                idle = tag if command == "IDLE" else ""
                self.heard.append(command)
                if not self._say(talk, self._answer(command), tag):
                    return

    def _answer(self, command: str) -> Sequence[Step]:
        for answer in self.answers:
            if command.startswith(answer[0]):
                self.answers.remove(answer)
                return answer[1]
        verb = command.split()[0] if command else ""
        return USUAL.get(verb, (b"{tag} OK done\r\n",))

    def _say(self, talk: socket.socket, steps: Sequence[Step], tag: str) -> bool:
        """Whether the conversation goes on."""
        for step in steps:
            if isinstance(step, bytes):
                talk.sendall(step.replace(b"{tag}", tag.encode()))
            elif isinstance(step, float):
                time.sleep(step)
            elif step == DROP:
                talk.shutdown(socket.SHUT_RDWR)
                return False
        return True
