"""Reports in plain words: what a server says above the mail that it returns, and whom it names there.

Servers name who failed at the beginning of a line, behind a label, or in the middle of a sentence; and they name others, too:
whoever wrote, whoever reads, themselves. So the places are tried from the surest to the least sure, and the first that gives
anybody is believed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from maildesk.core.message import FailedRecipient
from maildesk.mail.bounces import judged, words
from maildesk.mail.headers import Fields

LONGEST_REPORT = 60_000
LONGEST_LINE = 1_000

_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9._%+=/'!#$&*?^{|}~@-])[A-Za-z0-9._%+=/'!#$&*?^{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?"
)
_LEADING = re.compile(
    rf"^(?:[ \t>*\-\d.)(:|]{{0,20}}|[ \t>*\-]{{0,20}}(?:{words.LABELS})[^\n@<]{{0,30}}[:;：])"
    rf"[ \t<\"'\[]{{0,8}}(?:smtp:|mailto:)?({_ADDRESS.pattern})",
    re.IGNORECASE | re.MULTILINE,
)
_RETURNED = re.compile(
    rf"^[ \t|]{{0,20}}(?:-{{2,}}|={{2,}}|\*{{2,}}|_{{3,}}|>)?[ \t]{{0,20}}(?:{words.RETURNED})", re.IGNORECASE | re.MULTILINE
)
_ANNOUNCED = re.compile(words.ANNOUNCED, re.IGNORECASE)
_BLOCK_END = re.compile(r"\n[ \t]*\n")
_SERVER = re.compile(r"(?:mailer-daemon|uucp|mail-daemon)@", re.IGNORECASE)
_MASTER = re.compile(r"postmaster@", re.IGNORECASE)
_OTHER_LINES = re.compile(
    r"^[ \t>]*(?:message-id|references|in-reply-to|from|sender|mail from|contact|subject"
    r"|reporting-mta|remote-mta)[^\n:]{0,12}[:<].*$",
    re.IGNORECASE | re.MULTILINE,
)
_SENDERS = ("from", "sender", "return-path", "reply-to")
_READERS = ("to", "cc", "delivered-to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the server says itself, and the mail that it repeats below, "" when there is none."""

    words: str
    returned: str


def apart(text: str) -> Told:
    """Splits a report into its own words and the mail that it repeats."""
    text = "\n".join(line[:LONGEST_LINE] for line in text[:LONGEST_REPORT].split("\n"))
    match = _RETURNED.search(text)
    if match is None or not text[: match.start()].strip():
        return Told(words=text, returned="")
    return Told(words=text[: match.start()], returned=text[match.start() :])


def addresses_in(text: str) -> list[str]:
    return _ADDRESS.findall(text)


def leads(told: str) -> bool:
    """Whether an address stands at the beginning of a line."""
    return _LEADING.search(told) is not None


def named(told: str, fields: Fields) -> tuple[FailedRecipient, ...]:
    """Who failed, by the words of the report; behind the words that announce them first."""
    senders, readers = (_addresses_of(fields, *names) for names in (_SENDERS, _READERS))
    told = _OTHER_LINES.sub("", told)
    announced = _ANNOUNCED.search(told)
    places = ((told[announced.end() :],) if announced else ()) + (told,)
    for pattern, own in ((_LEADING, senders | readers), (_ADDRESS, senders | readers), (_LEADING, senders)):
        for place in places:
            if found := tuple(_found(place, pattern, own, told)):
                return found
    return ()


def _addresses_of(fields: Fields, *names: str) -> frozenset[str]:
    return frozenset(
        one.lower() for name in names for raw in fields.all(name) for one in _ADDRESS.findall(raw.decode("utf-8", "replace"))
    )


def _found(place: str, pattern: re.Pattern[str], own: frozenset[str], told: str) -> Iterator[FailedRecipient]:
    blocks = _BLOCK_END.split(place)
    seen = set(own)
    for index, block in enumerate(blocks):
        for match in pattern.finditer(block):
            address = match[match.lastindex or 0].strip(".'")
            if address.lower() in seen or _SERVER.match(address) or (pattern is _ADDRESS and _MASTER.match(address)):
                continue
            seen.add(address.lower())
            yield judged.of_words(address, "\n".join((block, *blocks[index + 1 : index + 2])), told)
