"""The mails of a rehearsal: when each arrives, and which letter it answers.

A mail arrives at the moment of its `X-Arrived` field (ISO 8601 or RFC 5322), else when the topmost Received line says, else at
its Date. A mail that answers a letter which does not exist before the rehearsal says so:

    X-Answer-To: kind=assignment ticket=1

The ticket is a number (`TS…`) or a place in the order of opening. Reply address, thread and subject are filled in from the
letter that the sender of the mail got. A mail without a From field comes from whoever got that letter: who works on a ticket is
the policy's choice. Nobody stamped these mails, so each without an Authentication-Results field of its own
is stamped as proven, as the receiving server of colleagues and customers would; one without a Date is dated as it arrives.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from email.utils import format_datetime
from pathlib import Path
from typing import NamedTuple

from maildesk.core.letter import LetterKind
from maildesk.core.message import Address
from maildesk.mail import headers, skeleton
from maildesk.mail.addresses import identity
from maildesk.mail.headers import Fields
from maildesk.mail.remarks import Remarks

_ANSWER = re.compile(rb"\s*kind=([a-z_]+)\s+ticket=(TS\d{11,14}|[1-9]\d{0,8})\s*\Z", re.IGNORECASE)
_BLANK_LINE = re.compile(rb"\n\r?\n")
YEARS = range(2021, 2045)
"""A year less on either side than those whose holidays are known: what follows from a mail lies in a known one, too."""

FILLED = ("to", "cc", "subject", "in-reply-to", "references", "x-answer-to")


class Unplayable(Exception):
    """A mail cannot take part; says which, why and what to do about it."""


class Answers(NamedTuple):
    """The letter that a mail answers: the latest of this kind about this ticket that its sender got.

    `ticket` is a number, or a place in the order of opening without leading zeros.
    """

    kind: LetterKind
    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a mail program takes over from the letter that is answered, and who got that letter."""

    reader: Address
    reply_to: str
    message_id: str
    subject: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A mail, and the moment at which it comes. `sender` is None where its From field names nobody."""

    at: datetime
    name: str
    raw: bytes
    sender: Address | None
    answers: Answers | None = None
    stamped: bool = False

    def answering(self, letter: Answered) -> "Arrival":
        """The mail as the answer to a letter."""
        lines = [
            b"To: " + letter.reply_to.encode(),
            b"Subject: Re: " + letter.subject.strip(),
            b"In-Reply-To: <" + letter.message_id.encode() + b">",
        ]
        if self.sender is None:
            lines.append(b"From: " + letter.reader.encode())
        raw = b"\r\n".join(lines) + b"\r\n" + _without(self.raw, FILLED)
        return replace(self, raw=raw, sender=self.sender or letter.reader, answers=None)

    def stamp(self, host: str) -> bytes:
        """The mail with the word of the receiving host, unless somebody has said something already."""
        if self.stamped or self.sender is None:
            return self.raw
        domain = self.sender.rpartition("@")[2]
        return f"Authentication-Results: {host}; dmarc=pass header.from={domain}\r\n".encode() + self.raw


def arrivals(folder: Path, zone: tzinfo) -> tuple[Arrival, ...]:
    """Every .eml file of a folder and what lies below it, in the order of arrival; a moment without an offset is in `zone`.

    Raises Unplayable with all that is wrong, one mail a line.
    """
    found: list[Arrival] = []
    wrong: list[str] = []
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".eml"):
        try:
            found.append(_arrival(path.relative_to(folder).as_posix(), path.read_bytes(), zone))
        except Unplayable as trouble:
            wrong.append(f"{path}: {trouble}")
        except OSError as trouble:
            wrong.append(f"{path}: cannot be read ({trouble.strerror}); make it a readable file, or take it away")
    if wrong:
        raise Unplayable("\n".join(wrong))
    if not found:
        raise Unplayable(f"{folder}: there is no .eml file in it; put one file for each mail there")
    return tuple(sorted(found, key=lambda arrival: (arrival.at, arrival.name)))


def _arrival(name: str, raw: bytes, zone: tzinfo) -> Arrival:
    fields = skeleton.parse(raw, Remarks()).fields
    sender, answers = identity(fields, None), _answers(fields.first("x-answer-to"))
    if answers and sender.address is None and fields.first("from") is not None:
        raise Unplayable(f"{sender.why}; give it one sender, or leave From out: then it comes from whoever got the letter")
    at, played = _moment(fields, zone), _without(raw, ("x-arrived",))
    return Arrival(
        at=at,
        name=name,
        raw=played if fields.first("date") is not None else f"Date: {format_datetime(at)}\r\n".encode() + played,
        sender=sender.address,
        answers=answers,
        stamped=fields.first("authentication-results") is not None,
    )


def _moment(fields: Fields, zone: tzinfo) -> datetime:
    said = fields.first("x-arrived")
    if said is not None:
        moment = _iso(said) or headers.date(said)
        if moment is None:
            raise Unplayable(f"X-Arrived: {_shown(said)!r} is no moment; write it like 2026-11-23T09:00:00+08:00")
    else:
        moment = next(_dates(fields), None)
    if moment is None:
        raise Unplayable("neither X-Arrived nor Received nor Date says when it came; add X-Arrived: 2026-11-23T09:00:00+08:00")
    if moment.year not in YEARS:
        span = f"{YEARS[0]} to {YEARS[-1]}"
        raise Unplayable(
            f"it came in the year {moment.year}, and calendars go from {span}; add X-Arrived: 2026-11-23T09:00:00+08:00"
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _dates(fields: Fields) -> Iterator[datetime]:
    for raw in ((fields.first("received") or b"").rpartition(b";")[2], fields.first("date")):
        if raw and (moment := headers.date(raw)) is not None:
            yield moment


def _iso(raw: bytes) -> datetime | None:
    try:
        return datetime.fromisoformat(raw.decode("ascii").strip())
    except ValueError:
        return None


def _answers(raw: bytes | None) -> Answers | None:
    if raw is None:
        return None
    match = _ANSWER.match(raw)
    kind = match[1].decode().lower() if match else ""
    if match is None or kind not in set(LetterKind):
        kinds = ", ".join(LetterKind)
        raise Unplayable(f"X-Answer-To: {_shown(raw)!r}; write it like kind=assignment ticket=1. The kinds are {kinds}")
    return Answers(LetterKind(kind), match[2].decode().upper())


def _shown(raw: bytes) -> str:
    return raw.decode("ascii", "replace").strip()[:80]


def _without(raw: bytes, names: tuple[str, ...]) -> bytes:
    """A mail without some of its header fields."""
    blank = _BLANK_LINE.search(raw)
    end = blank.start() + 1 if blank else len(raw)
    field = rb"^(?:%s)[ \t]*:[^\n]*\n?(?:[ \t][^\n]*\n?)*" % b"|".join(name.encode() for name in names)
    return re.sub(field, b"", raw[:end], flags=re.IGNORECASE | re.MULTILINE) + raw[end:]
