"""The desk's side of the reading process: starts it, hands it mails, collects the answers, and replaces it when it is lost.

A lost process costs one mail: that one comes back unread with the reason, and the batch ends there; what was asked behind it is
asked again by who asked. Nothing can wait for ever: the process is held to its limits by the kernel, and should even that fail,
it is killed from here a little later.
"""

import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from maildesk.faults import VARIABLE
from maildesk.reader import wire
from maildesk.reader.values import Limits, Raw, Reading

GRACE = 5.0
"""Seconds beyond its limit after which a process is killed that its own alarm did not end."""

PIPE = 1 << 20
"""Bytes of answers that may wait in the pipe; so far the process reads ahead, then it waits to be heard."""

PASSED_ON = ("LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", VARIABLE)
"""All it learns of our environment, which may hold secrets."""

PROGRAM = ("-P", "-m", "maildesk.reader.child")

ALLOWED = Limits()


class ReaderFailed(Exception):
    """The reading process cannot be had; no mail is to blame. `remedy` tells the operator what to do."""

    def __init__(self, why: object) -> None:
        super().__init__(f"the process that reads mails does not work: {why}")
        self.remedy = "Its own words stand in the log before this. Is the program whole, is there memory, may it start processes?"


class Reader:
    """Reads mails in a process of its own, which starts with the first of them or by `start`. For one thread at a time."""

    def __init__(self, limits: Limits = ALLOWED, program: Sequence[str] = PROGRAM) -> None:
        self._limits, self._program = limits, program
        self._child: _Child | None = None

    def start(self) -> None:
        """Begin to get ready, without waiting for it. Raises ReaderFailed."""
        if self._child is not None and not self._child.fit():
            self.close()
        if self._child is None:
            try:
                self._child = _Child(self._limits, self._program)
            except OSError as error:
                raise ReaderFailed(error) from error

    def close(self) -> None:
        """End the process; the next mail starts another."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def resident(self) -> int:
        """The bytes of memory that the process holds; 0 without one."""
        return self._child.resident() if self._child else 0

    def read(self, raws: Sequence[Raw]) -> Iterator[Reading]:
        """Begin to read these mails now; what came of each, in their order, as it is asked for.

        The answers may end early: after a mail that cost the process, or when they got long. Whoever begins to read others drops
        what he has not asked for. Raises ReaderFailed, and OSError for a trouble of the system that is no mail's.
        """
        self.start()
        assert self._child is not None
        self._child.ask(raws)
        return self._readings(self._child, raws)

    def _readings(self, child: "_Child", raws: Sequence[Raw]) -> Iterator[Reading]:
        for left, raw in zip(reversed(range(len(raws))), raws, strict=True):
            try:
                answer = child.answer(self._limits.wall + GRACE)
                child.busy = answer != b"" and left > 0
                if answer == b"":
                    return
                reading = wire.unpacked(Reading, answer)
                _check(raw, reading)
            except (_Lost, wire.Garbled) as loss:
                child.end()
                yield Reading(why=str(loss))
                return
            if reading.trouble is not None:
                child.end()  # or it would go on to write files of the mails behind, which nobody drops
                raise OSError(reading.trouble, os.strerror(reading.trouble), raw.path)
            yield reading


def _check(raw: Raw, reading: Reading) -> None:
    """That the files are there of which the answer speaks."""
    for number, attachment in enumerate(reading.message.attachments if reading.message else ()):
        try:
            size = os.stat(f"{raw.aside}.{number}").st_size
        except FileNotFoundError:
            size = -1
        if size != attachment.size:
            raise wire.Garbled("the answer speaks of a file that is not there")


class _Lost(Exception):
    """The process is gone, or must go; the words say why."""


class _Child:
    """One process with its two pipes. `busy` from a question to its last answer."""

    def __init__(self, limits: Limits, program: Sequence[str]) -> None:
        self._limits = limits
        self._process = subprocess.Popen(
            [sys.executable, *program, wire.packed(limits).decode()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            process_group=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._questions, self._answers = self._process.stdin, self._process.stdout
        with suppress(OSError):  # where so much is not allowed, the usual 64 KiB do as well, only slower
            fcntl.fcntl(self._answers, fcntl.F_SETPIPE_SZ, PIPE)
        self._waiting = select.poll()
        self._waiting.register(self._answers, select.POLLIN)
        self._came = bytearray()
        self._ready = False
        self.busy = False

    def fit(self) -> bool:
        """Whether it can be asked: alive, with nothing unanswered, and not grown too much."""
        return self._process.poll() is None and not self.busy and self.resident() <= self._limits.grown

    def resident(self) -> int:
        """Bytes (proc_pid_statm(5))."""
        try:
            pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        except (OSError, IndexError):
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def ask(self, raws: Sequence[Raw]) -> None:
        """Hand over a batch. The process is idle and takes all of it before it answers, so that neither waits for the other."""
        self.busy = True
        try:
            self._get_ready()
            wire.send(self._questions, wire.packed(tuple(raws)))
        except (OSError, _Lost, wire.Garbled) as loss:
            self.end()
            raise ReaderFailed(loss) from loss

    def _get_ready(self) -> None:
        if not self._ready and self.answer(self._limits.start) != wire.READY:
            raise _Lost("it is another program")
        self._ready = True

    def answer(self, patience: float) -> bytes:
        """Its next message, within so many seconds. Raises _Lost and Garbled."""
        until = time.monotonic() + patience
        while (message := self._whole()) is None:
            if not self._waiting.poll(max(0.0, until - time.monotonic()) * 1000):
                raise _Lost("no sign of life")
            piece = os.read(self._answers.fileno(), PIPE)
            if not piece:
                raise _Lost(self._last_word())
            self._came += piece
        return message

    def _whole(self) -> bytes | None:
        """The next message, when all of it has come."""
        if len(self._came) < wire.LENGTH.size:
            return None
        (length,) = wire.LENGTH.unpack_from(self._came)
        if length > wire.LONGEST:
            raise wire.Garbled("the answer is too long")
        end = wire.LENGTH.size + length
        if len(self._came) < end:
            return None
        message = bytes(self._came[wire.LENGTH.size : end])
        del self._came[:end]
        return message

    def _last_word(self) -> str:
        """How the process ended, which tells the limit that it was held to."""
        try:
            code = self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            return "no sign of life"
        if code >= 0:
            return f"exit {code}"
        match signal.Signals(-code):
            case signal.SIGALRM:
                return f"> {self._limits.wall:g} s"
            case signal.SIGXCPU:
                return f"> {self._limits.processor} s CPU"
            case other:
                return other.name

    def end(self) -> None:
        """Gone for good, and its pipes with it."""
        self._process.kill()
        self._process.wait()
        with suppress(BrokenPipeError):
            self._questions.close()
        self._answers.close()


def _environment() -> dict[str, str]:
    known = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    ours = os.pathsep.join(str(Path(place).absolute()) for place in sys.path)
    return known | {"PYTHONPATH": ours, "PYTHONUTF8": "1"}
