"""Whether a mail server wrote a report, by its names and by its words.

Some names nobody else has; one sign of a failure is enough then. A name, an empty return path or an automatic answer that may be
anybody's needs the words of a failure and more signs; a sender of whom nothing is known has to speak as only servers do.
"""

import re
from enum import Enum, auto
from typing import assert_never

from maildesk.mail import machine_words, subjects
from maildesk.mail.bounces import judged, told, words
from maildesk.mail.bounces.told import Told
from maildesk.mail.headers import Fields

LONGEST_TOLD = 20_000

_SERVER = re.compile(words.SERVERS, re.IGNORECASE)
_MACHINE = re.compile(words.MACHINES, re.IGNORECASE)
_SUBJECT = re.compile(words.SUBJECTS, re.IGNORECASE)
_FAILURE = re.compile(words.FAILURES, re.IGNORECASE)
_SPOKEN = re.compile(words.SPOKEN, re.IGNORECASE)
_OURSELVES = re.compile(words.OURSELVES, re.IGNORECASE)
_REFUSED = re.compile(words.REFUSED, re.IGNORECASE)
_AWAY = re.compile(rf"\s*(?:{machine_words.AWAY_SUBJECTS})\s*(?:[:：]|\Z)", re.IGNORECASE)


class Sender(Enum):
    """What the header says of who wrote: surely a mail server, that of a list, by a name of machines, by itself, or unknown."""

    SERVER = auto()
    LIST = auto()
    MACHINE = auto()
    AUTOMATIC = auto()
    UNKNOWN = auto()


def sender(fields: Fields, subject: str) -> Sender | None:
    """Who may have written a report; None when the header makes one unthinkable."""
    name = fields.text("from")
    if _SERVER.search(name) or _has_no_sender(fields) or _SERVER.search(fields.text("sender") + " " + fields.text("return-path")):
        return Sender.SERVER
    if fields.first("x-mlserver"):
        return Sender.LIST
    if _AWAY.match(subject):
        return None
    if _MACHINE.search(name):
        return Sender.MACHINE
    if subjects.answers(subject) or subjects.forwards(subject):
        return None
    if _is_automatic(fields):
        return Sender.AUTOMATIC
    return Sender.UNKNOWN if _SUBJECT.search(subject) and fields.first("in-reply-to") is None else None


def proven(who: Sender, subject: str, report: Told, returned: bool) -> bool:
    """Whether the words are those of a report; `returned` when our letter is a part of it."""
    text = report.words[:LONGEST_TOLD]
    tells, called = bool(_FAILURE.search(text)), bool(_SUBJECT.search(subject))
    signs = called + (returned or bool(report.returned)) + judged.has_code(text) + told.leads(text)
    match who:
        case Sender.SERVER:
            return tells or called or returned
        case Sender.LIST:
            return bool(_REFUSED.search(f"{subject}\n{text}"))
        case Sender.MACHINE:
            spoken = _speaks_like_one(text) or ((called or returned) and not subjects.answers(subject))
            return spoken and (tells or called) and signs + tells > 1
        case Sender.AUTOMATIC:
            return tells and signs > 1 and (called or returned)
        case Sender.UNKNOWN:
            return tells and signs > 1 and _speaks_like_one(text)
    assert_never(who)


def _has_no_sender(fields: Fields) -> bool:
    values = fields.all("from")
    return bool(values) and not values[0].strip(b" <>\t\"'")


def _is_automatic(fields: Fields) -> bool:
    submitted = (fields.first("auto-submitted") or b"no").strip().lower()
    nowhere = (fields.first("return-path") or b"").strip() == b"<>" or not fields.all("from")
    return nowhere or not submitted.startswith(b"no")


def _speaks_like_one(text: str) -> bool:
    beginning = text.strip()[:400]
    return bool(_SPOKEN.search(beginning)) and not _OURSELVES.search(beginning)
