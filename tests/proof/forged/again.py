"""An engineer's signed mail that comes again, as it was or changed where no signature looks, does nothing a second time."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import product

from tests.proof.forged.cast import STAFF, Sender
from tests.proof.forged.cells import Cell, Evidence, Want
from tests.proof.forged.headers import Knows
from tests.proof.forged.laws import TICKETS
from tests.proof.forged.stage import NOW, Stage
from tests.proof.forged.writing import raw

OTHER_ID = b"Message-ID: <another@mail.test>\r\n"


def _with(field: bytes) -> Callable[[bytes], bytes]:
    """One field more, below what the host wrote and above what was signed."""
    return lambda mail: mail.replace(b"\r\nFrom: ", b"\r\n" + field + b"From: ", 1)


def _renamed(mail: bytes) -> bytes:
    """Under another Message-ID, which breaks the signature: the host says so."""
    head, _, rest = mail.partition(b"Message-ID: <")
    return (head + OTHER_ID + rest.partition(b"\r\n")[2]).replace(b"dmarc=pass", b"dmarc=fail", 1)


def _dated(mail: bytes) -> bytes:
    """Under another Message-ID, from a host that does not look at it."""
    return _renamed(mail).replace(b"dmarc=fail", b"dmarc=pass", 1)


WAYS: Mapping[str, Callable[[bytes], bytes]] = {
    "as it was": lambda mail: mail,
    "by another way": lambda mail: b"X-Way: other\r\n" + mail,
    "with another To on top": _with(b"To: support@demo.test\r\n"),
    "with another Subject on top": _with(b"Subject: something else\r\n"),
    "with another Date on top": _with(b"Date: Fri, 27 Nov 2026 04:00:00 +0000\r\n"),
    "with another Message-ID on top": _with(OTHER_ID),
    "with another Content-Type on top": _with(b"Content-Type: text/html\r\n"),
    "delivered to the desk's own address": lambda mail: b"Delivered-To: support@demo.test\r\n" + mail,
    "under another Message-ID": _renamed,
}
LATE: Mapping[str, Callable[[bytes], bytes]] = {"under another Message-ID that nobody looks at": _dated}
"""What only its date gives away."""

ORDERS = tuple(product((Evidence.ENGINEERS, Evidence.INTERNAL), (Want.WORDS, Want.NOTE, Want.ACT, Want.ASK)))
"""Obeyed twice, words and a question would be letters to the requester."""

SPANS = (timedelta(hours=1), timedelta(days=4))

Replay = tuple[Evidence, Want, timedelta, str, Callable[[bytes], bytes]]
"""Where and what he ordered, when it comes again, and how it is changed."""


def replays() -> Iterator[Replay]:
    for (evidence, want), span in product(ORDERS, SPANS):
        ways = {**WAYS, **(LATE if span > timedelta(days=3) else {})}
        yield from ((evidence, want, span, name, way) for name, way in ways.items())


def broken(stage: Stage, tries: Iterable[Replay]) -> Iterator[tuple[str, ...]]:
    """For each replay, what it did that it must not do."""
    for evidence, want, span, name, way in tries:
        stage.reset()
        first = raw(Cell(evidence=evidence, sender=Sender.ENGINEER, form="dmarc=pass", want=want), stage)
        stage.take_in(first)
        stage.letters()
        before = _state(stage)
        stage.take_in(way(first), Knows.HOST, NOW + span)
        letters = [to for to, _ in stage.letters(NOW + span)]
        title = f"[{want} on {evidence} again after {span}, {name}]"
        yield tuple(f"{title}: {problem}" for problem in _wrong(stage, want, before, _state(stage), letters))


def _state(stage: Stage) -> tuple[object, ...]:
    lines = stage.ask("SELECT mark, count(*) FROM progress WHERE mark IN ('answer', 'order', 'turn') GROUP BY mark")
    notes = stage.ask("SELECT count(*) FROM progress WHERE mark = 'note'")
    return (stage.ask(TICKETS), lines, notes)


def _wrong(stage: Stage, want: Want, before: tuple[object, ...], after: tuple[object, ...], letters: list[str]) -> Iterator[str]:
    """Nobody outside hears of it, and nothing but a note, for which his address is enough, is there twice."""
    if before[:2] != after[:2]:
        yield f"something was done again: {before} {after}"
    if want in (Want.ACT, Want.ASK) and before[2] != after[2]:
        yield "there is another note"
    yield from (f"a letter went to {to}" for to in letters if to not in {stage.cast[one.name.lower()] for one in STAFF})
