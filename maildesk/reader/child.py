"""The process that reads mails: `python -m maildesk.reader.child LIMITS`, requests on standard input, answers on standard output.

The kernel holds it to its limits: an alarm for the clock, RLIMIT_CPU for the processor, RLIMIT_AS for the memory; each ends the
process, and the way it ended says which. It ends by itself when its parent does, because then its input ends; a mail that it is
busy with at that moment is bounded by the alarm. Signals meant for the desk are the desk's business.
"""

import errno
import mmap
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from maildesk import faults
from maildesk.core.message import Message
from maildesk.mail import inbound
from maildesk.mail.transfer import Buffer
from maildesk.reader import wire
from maildesk.reader.values import Limits, Raw, Reading

NOT_THE_MAIL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE})
"""Errors of the system that say nothing about a mail: all of it is tried again later."""


def main() -> None:
    """Answer batch after batch until there are no more."""
    limits = wire.unpacked(Limits, os.fsencode(sys.argv[1]))
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    _settle_in()
    with suppress(BrokenPipeError):
        wire.send(answers, wire.READY)
        while (batch := wire.receive(requests)) is not None:
            _answer(wire.unpacked(tuple[Raw, ...], batch), answers, limits)


def _settle_in() -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGALRM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    os.umask(0o077)
    _limit(resource.RLIMIT_CORE, 0)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # when memory is short, this process goes and not the desk


def _answer(batch: tuple[Raw, ...], answers: BinaryIO, limits: Limits) -> None:
    """One message for each mail; an empty one when the batch got long and its rest is to be asked for again."""
    began, sent = time.monotonic(), 0
    for raw in batch:
        if sent > limits.batch or time.monotonic() - began > limits.wall:
            wire.send(answers, b"")
            return
        with _limited(limits, raw.size):
            answer = _packed(_reading(raw), limits.answer)
        wire.send(answers, answer)
        sent += len(answer)


@contextmanager
def _limited(limits: Limits, size: int) -> Iterator[None]:
    """The limits for one mail, which itself is mapped into memory."""
    _limit(resource.RLIMIT_CPU, int(time.process_time()) + 1 + limits.processor)
    _limit(resource.RLIMIT_AS, limits.memory + size)
    signal.setitimer(signal.ITIMER_REAL, limits.wall)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)


def _limit(what: int, most: int) -> None:
    hard = resource.getrlimit(what)[1]
    resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _packed(reading: Reading, most: int) -> bytes:
    try:
        answer = wire.packed(reading)
        return answer if reading.message is None or len(answer) <= most else wire.packed(_shortened(reading.message, most // 16))
    except (MemoryError, ValueError, TypeError) as fault:
        return wire.packed(Reading(why=type(fault).__name__))


def _shortened(message: Message, most: int) -> Reading:
    """The mail with so many characters of each text, and the limit named. Its HTML is left out; it can be read as text."""
    forwarded = message.forwarded and replace(message.forwarded, text=message.forwarded.text[:most])
    limits = tuple(dict.fromkeys((*message.limits, "text")))
    text, new_text = message.text[:most], message.new_text[:most]
    unseen = tuple(set(message.unseen).intersection(new_text.split("\n")))
    cut = replace(message, text=text, new_text=new_text, signature=message.signature[:most], unseen=unseen)
    return Reading(message=replace(cut, html=None, forwarded=forwarded, limits=limits))


def _reading(raw: Raw) -> Reading:
    try:
        with _mapped(raw.path) as buffer:
            faults.point("reading")
            return Reading(message=_kept_aside(_message(buffer, raw), raw.aside))
    except OSError as fault:
        name = errno.errorcode.get(fault.errno or 0, "OSError")
        return Reading(why=name, trouble=fault.errno if fault.errno in NOT_THE_MAIL else None)
    except Exception as fault:  # whatever a mail does, the next one is read
        return Reading(why=type(fault).__name__)


def _message(buffer: Buffer, raw: Raw) -> Message:
    return inbound.read(
        buffer,
        received_at=raw.received_at,
        hosts=raw.hosts,
        border=raw.border,
        keys=raw.keys,
        own=frozenset(raw.own),
        keep_large=raw.keep_large,
        glance=raw.glance,
    )


@contextmanager
def _mapped(path: str) -> Iterator[Buffer]:
    """The bytes of a file without a copy in memory."""
    with open(path, "rb") as file:
        held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if os.fstat(file.fileno()).st_size else b""
    try:
        yield held
    finally:
        if isinstance(held, mmap.mmap):
            with suppress(BufferError):
                held.close()


def _kept_aside(message: Message, aside: str) -> Message:
    """The files of the mail written out, not yet durable, nor named."""
    for number, attachment in enumerate(message.attachments):
        if attachment.chunks is not None:
            with open(f"{aside}.{number}", "xb") as file:
                file.writelines(attachment.chunks())
    return replace(message, attachments=tuple(replace(one, chunks=None) for one in message.attachments))


if __name__ == "__main__":
    main()
