"""A mail forwarded inside the text: whose it was, and what it said, as it is written there."""

import re

from maildesk.core.message import Forwarded, Mailbox
from maildesk.mail import addresses, headers, headings, languages, phrases
from maildesk.mail.remarks import Remarks

_SUBJECT = re.compile(rf"\s*(?:{phrases.FORWARD_SUBJECTS})\s*[:：]", re.IGNORECASE)
_REPLY = re.compile(rf"\s*(?:{phrases.REPLY_SUBJECTS})(?:\[\d+\])?\s*[:：]", re.IGNORECASE)
_SEPARATOR = re.compile(rf"[ \t>*_=—–-]*(?:{languages.every('forwarded')})[ \t:：>*_=—–-]*[^\n]{{0,40}}", re.IGNORECASE)
_QUOTE = re.compile(r"[ \t]{0,3}>[ \t]?")
MOST_LINES = 400


def read(subject: str, text: str) -> Forwarded | None:
    """The first mail forwarded in `text`, or None when nothing is."""
    if not headings.may_hold_header(text):
        return None
    lines = text.split("\n")
    start = _start(subject, lines[:MOST_LINES])
    if start is None:
        return None
    quoted = bool(_QUOTE.match(lines[start]))
    rest = [_QUOTE.sub("", line, count=1) if quoted else line for line in lines[start:]]
    found, body = _fields(rest)
    return Forwarded(
        sender=_mailbox(found.get("from", "")),
        to=addresses.mailboxes(found.get("to", "").encode(), None, Remarks()),
        subject=found.get("subject") or None,
        date=headers.date(found.get("date", "").encode()),
        dated=found.get("date") or None,
        text="\n".join(rest[body:]).strip(),
    )


def _start(subject: str, lines: list[str]) -> int | None:
    """The line where the header of the forwarded mail begins.

    That is below a line that says so, or, in a mail that does not call itself a reply, any such header.
    """
    forwarding = bool(_SUBJECT.match(subject)) or not _REPLY.match(subject)
    for at, line in enumerate(lines):
        said = len(line) < 200 and bool(_SEPARATOR.fullmatch(line))
        below = _below(lines, at) if said else at
        if (said or forwarding) and _block(lines, below, announced=said):
            return below
    return None


def _below(lines: list[str], at: int) -> int:
    at += 1
    while at < len(lines) and not _QUOTE.sub("", lines[at]).strip():
        at += 1
    return at


def _block(lines: list[str], at: int, *, announced: bool) -> bool:
    return headings.header_block([_QUOTE.sub("", line, count=1) for line in lines[at : at + 16]], 0, announced=announced)


def _mailbox(value: str) -> Mailbox | None:
    found = addresses.mailboxes(value.encode(), None, Remarks())
    return found[0] if found else None


def _fields(lines: list[str]) -> tuple[dict[str, str], int]:
    """The header fields of the forwarded mail by name, and the line after them."""
    found: dict[str, str] = {}
    last = ""
    for at, line in enumerate(lines):
        name = headings.field_of(line)
        if name:
            last = name
            found.setdefault(name, re.split("[:：|]", line, maxsplit=1)[1].strip(" \t*|"))
        elif not line.strip() and len(found) > 1 and not _goes_on(lines, at):
            return found, at + 1
        elif line.strip() and last and line[:1] in " \t":
            found[last] += " " + line.strip()
        elif line.strip() and len(found) > 2:
            return found, at
    return found, len(lines)


def _goes_on(lines: list[str], at: int) -> bool:
    """Whether another header field follows below blank lines."""
    below = next((line for line in lines[at : at + 4] if line.strip()), "")
    return headings.field_of(below) is not None
