"""A mail forwarded inside the text: whose it was, and what it said, as it is written there.

The first older mail in the text decides. Below a line that says so it was forwarded, whatever the subject is; below any other
header of an older mail it was, unless this mail answers it: then it is only quoted.
"""

import re

from maildesk.core.message import Forwarded, Mailbox
from maildesk.mail import addresses, attributions, dates, headings, languages, subjects
from maildesk.mail.headers import Fields
from maildesk.mail.remarks import Remarks

MOST_LINES = 400
LONGEST_VALUE = 2_000
LONGEST_TITLE = 200
MOST_FIELD_LINES = 30

_TITLE = re.compile(rf"[ \t>*_=~#—–-]{{0,60}}(?:{languages.every('forwarded')})[ \t]{{0,9}}[:：>*_=~#—–-]?", re.IGNORECASE)
_QUOTE = re.compile(r"[ \t]{0,3}[>＞][ \t]?")
_COLON = re.compile("[:：|]")
_ADDRESS = r"[^\s<>()\[\]\",;:|]{1,64}@[^\s<>()\[\]\",;:|]{1,253}"
_LINKED = re.compile(
    rf"[<\[(]{{1,2}}(?:mailto:|smtp:)?({_ADDRESS})(?:[<\[(]{{1,2}}mailto:[^\s>\])]{{0,320}})?[>\])]{{1,4}}", re.IGNORECASE
)
_DOUBLED = re.compile(rf"({_ADDRESS})[ \t]?<\1>")
_WRITER = re.compile(rf"([^,;<>\d]{{0,100}})[<(](?:mailto:)?({_ADDRESS})[>)]")
_ROW = re.compile(r"[ \t|]{0,9}([^\W\d_]{2,8})[ \t\u3000]*[| \t\u3000]+([^:：\s|][^\n]*)")
_MORE = re.compile(r"[ \t]{0,9}[A-Za-z]{1,20}-[A-Za-z-]{1,30}:[ \t]")
_LABELS = frozenset(label for label, field in languages.labels().items() if field and not label.isascii())
_END = re.compile(r"[ \t>]{0,9}-{2,}[ \t]*(?:end|ende|fin|fine|fim|einde|конец|кінець)\b[^\n]{0,60}-{2,}", re.IGNORECASE)
_ANSWERING = ("in-reply-to", "references", "thread-index")


def read(fields: Fields, subject: str, text: str) -> Forwarded | None:
    """The first mail forwarded in the text of a mail with these header fields, or None when nothing is."""
    if not (subjects.forwards(subject) or headings.may_hold_header(text)):
        return None
    lines = text.split("\n")
    start = _start(lines[:MOST_LINES], answers=_answers(fields, subject))
    if start is None:
        return None
    lines = _whole(lines[start:])
    return _with_header(lines) if headings.header_block(lines, 0, announced=True) else _attributed(lines)


def _with_header(lines: list[str]) -> Forwarded:
    found, below = _header(lines)
    return Forwarded(
        sender=next(iter(_people(found.get("from", ""))), None),
        to=_people(found.get("to", "")),
        subject=found.get("subject") or None,
        date=dates.written(found.get("date", "")),
        dated=found.get("date") or None,
        text="\n".join(below).strip(),
    )


def _attributed(lines: list[str]) -> Forwarded:
    """One whose program writes no header over it but a line: "02.01.2024, 10:15, Anna <anna@example.com>:"."""
    end = attributions.attribution(lines, 0) or 1
    told = " ".join(lines[:end])
    sender = _WRITER.search(told)
    box = Mailbox(address=sender[2], name=sender[1].strip(" \t\"'") or None) if sender else None
    dated = told[: sender.start()].strip(" ,;") if sender else ""
    text = "\n".join(_unquoted(lines[end:])).strip()
    return Forwarded(sender=box, to=(), subject=None, date=dates.written(dated), dated=dated or None, text=text)


def _answers(fields: Fields, subject: str) -> bool:
    """Whether this mail answers another one: it names that one, and its subject does not say that it passes it on."""
    return any(map(fields.first, _ANSWERING)) and not subjects.forwards(subject)


def _start(lines: list[str], *, answers: bool) -> int | None:
    """The line where the header of the forwarded mail begins."""
    bare = [_labelled(_QUOTE.sub("", line, count=1)) for line in lines]
    for at, line in enumerate(lines):
        short = len(line) < LONGEST_TITLE
        titled = short and _TITLE.match(line) is not None
        old = short and headings.separator(bare[at])
        below = _next_full(bare, at + 1) if titled or old else at
        if headings.header_block(bare, below, announced=below > at):
            return below if titled or not answers else None
        quoted = attributions.attribution(bare, below) is not None
        if titled and quoted:
            return below
        if answers and (old or quoted):
            return None
    return None


def _next_full(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return min(at, len(lines) - 1)


def _labelled(line: str) -> str:
    """A row of a table with a label in its first cell, as the field that it is."""
    match = _ROW.match(line[:LONGEST_VALUE])
    return f"{match[1]}: {match[2].rstrip(' |')}" if match and match[1].lower() in _LABELS else line


def _whole(lines: list[str]) -> list[str]:
    """The forwarded mail without the marks of a quote, up to the line that says that it ends."""
    end = next((at for at, line in enumerate(lines) if len(line) < LONGEST_TITLE and _END.match(line)), len(lines))
    bare = _unquoted(lines[:end])
    return [*map(_labelled, bare[:MOST_FIELD_LINES]), *bare[MOST_FIELD_LINES:]]


def _unquoted(lines: list[str]) -> list[str]:
    """Without the marks of a quote, and without what was written below it."""
    if not (lines and _QUOTE.match(lines[0])):
        return lines
    end = next((at for at, line in enumerate(lines) if line.strip() and not _QUOTE.match(line)), len(lines))
    return [_QUOTE.sub("", line, count=1) for line in lines[:end]]


def _header(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """The fields of the forwarded mail by name, and the lines below them."""
    found: dict[str, str] = {}
    last = ""
    for at, line in enumerate(lines):
        name = headings.field_of(line)
        if name and name not in found:
            last = name
            found[name] = _COLON.split(line, maxsplit=1)[1].strip(" \t\u00a0*|")[:LONGEST_VALUE]
        elif not line.strip():
            if len(found) > 1 and not _goes_on(lines, at, found):
                return found, lines[at + 1 :]
        elif last and not name and _MORE.match(line):
            last = ""
        elif last and not name and (line[:1] in " \t" or _is_cut(found[last], lines, at)):
            found[last] = f"{found[last]} {line.strip()}"[:LONGEST_VALUE]
        elif len(found) > 1 and not _MORE.match(line):
            return found, lines[at:]
    return found, []


def _is_cut(value: str, lines: list[str], at: int) -> bool:
    """Whether a line that is not set in goes on with the value above it: another field follows, or an address is open."""
    open_address = value.rfind("<") > value.rfind(">") or value.endswith((",", ";"))
    return open_address or any(headings.field_of(line) not in (None, "other") for line in lines[at + 1 : at + 2])


def _goes_on(lines: list[str], at: int, found: dict[str, str]) -> bool:
    """Whether another field of the same header follows below blank lines."""
    below = next((line for line in lines[at : at + 4] if line.strip()), "")
    name = headings.field_of(below)
    return name is not None and name not in found


def _people(value: str) -> tuple[Mailbox, ...]:
    """The people of an address line, freed from what programs add to addresses: links, a second copy, brackets of their own."""
    plain = _DOUBLED.sub(r"<\1>", _LINKED.sub(r" <\1>", value.replace("*", "")))
    pieces = [piece for piece in re.split("[;；]", plain) if piece.strip()]
    found = tuple(box for piece in pieces for box in _of_piece(piece.strip()))
    return found[: addresses.MOST_ADDRESSES]


def _of_piece(piece: str) -> tuple[Mailbox, ...]:
    """One or more people between semicolons. A comma before the only address is part of a name: "Smith, Anna <…>"."""
    if piece.count("@") == 1 and "," in piece and piece.endswith(">") and piece.count('"') == 0:
        name, _, address = piece.rpartition("<")
        return (Mailbox(address=address.rstrip(">"), name=name.strip() or None),)
    return addresses.mailboxes(piece.encode("utf-8", "surrogateescape"), None, Remarks())
