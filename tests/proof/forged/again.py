"""An engineer's signed mail that comes again, as it was or changed where no signature looks, does nothing a second time."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import product

from tests.proof.forged.cast import STAFF, Sender
from tests.proof.forged.cells import Cell, Evidence, Want
from tests.proof.forged.headers import Knows
from tests.proof.forged.laws import TICKETS
from tests.proof.forged.stage import NOW, Stage
from tests.proof.forged.writing import raw

_NAME, _DAY = (re.compile(rb"^" + name + rb": .*\r\n", re.MULTILINE) for name in (b"Message-ID", b"Date"))
OTHER_ID = b"Message-ID: <another@mail.test>\r\n"


def _with(field: bytes) -> Callable[[bytes], bytes]:
    """One field more, below what the host wrote and above what was signed."""
    return lambda mail: mail.replace(b"\r\nFrom: ", b"\r\n" + field + b"From: ", 1)


def _renamed(mail: bytes) -> bytes:
    """Under another Message-ID, which breaks the signature: the host says so."""
    return _NAME.sub(OTHER_ID, mail, count=1).replace(b"dmarc=pass", b"dmarc=fail", 1)


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
    "under another Message-ID that nobody looks at": _dated,
}
FIRST: Mapping[str, Callable[[bytes], bytes]] = {
    "as he wrote it": lambda mail: mail,
    "without a Message-ID": lambda mail: _NAME.sub(b"", mail, count=1),
    "without a Date": lambda mail: _DAY.sub(b"", mail, count=1),
    "without either": lambda mail: _DAY.sub(b"", _NAME.sub(b"", mail, count=1), count=1),
}
"""What his mail lacked when it came the first time."""

ORDERS = tuple(product((Evidence.ENGINEERS, Evidence.INTERNAL), (Want.WORDS, Want.NOTE, Want.ACT, Want.ASK)))
"""Obeyed twice, words and a question would be letters to the requester."""

SPANS = (timedelta(hours=1), timedelta(days=4))

Replay = tuple[Evidence, Want, timedelta, str, str]
"""Where and what he ordered, when it comes again, what it lacked, and how it is changed."""


def replays() -> Iterator[Replay]:
    """What his mail bears is changed in every way; what it lacks, there is nothing to change in."""
    for (evidence, want), span, first, way in product(ORDERS, SPANS, FIRST, WAYS):
        if first == "as he wrote it" or way not in ("as it was", "under another Message-ID"):
            yield evidence, want, span, first, way


def broken(stage: Stage, tries: Iterable[Replay]) -> Iterator[tuple[str, ...]]:
    """For each replay, what it did that it must not do."""
    for evidence, want, span, lack, name in tries:
        stage.reset()
        first = FIRST[lack](raw(Cell(evidence=evidence, sender=Sender.ENGINEER, form="dmarc=pass", want=want), stage))
        stage.take_in(first)
        stage.letters()
        before = _state(stage)
        stage.take_in(WAYS[name](first), Knows.HOST, NOW + span)
        letters = [to for to, _ in stage.letters(NOW + span)]
        title = f"[{want} on {evidence}, {lack}, again after {span}, {name}]"
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
