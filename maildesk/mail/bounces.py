"""Delivery reports: which of our letters did not reach whom, and whether for good (RFC 3464, and own rules for the others).

A report that follows the standard is believed field by field. For the others, whose senders are mail servers by name or by an
empty return path, the text above the returned mail is read: addresses near the words of a failure, with their codes (RFC 3463).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from maildesk.core.message import Bounce, FailedRecipient, MessageId
from maildesk.mail import charset, headers, phrases
from maildesk.mail.headers import Fields
from maildesk.mail.remarks import Remarks
from maildesk.mail.skeleton import Part
from maildesk.mail.transfer import Buffer

LONGEST_REPORT = 200_000
MOST_RECIPIENTS = 200

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.])([45])\d\d(?=[ -](?:[45]\.\d|[A-Za-z#<]))")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+=/'!#$&*?^{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_BLANKS = re.compile(r"\s+")
_GROUP_END = re.compile(rb"\r?\n[ \t]*\r?\n")
_BLOCK_END = re.compile(r"\n[ \t]*\n")
_SENDER = re.compile(phrases.BOUNCE_SENDERS, re.IGNORECASE)
_SUBJECT = re.compile(phrases.BOUNCE_SUBJECTS, re.IGNORECASE)
_FAILURE = re.compile(phrases.BOUNCE_WORDS, re.IGNORECASE)
_RETRIED = re.compile(phrases.BOUNCE_RETRIED, re.IGNORECASE)
_RETURNED = re.compile(
    rf"^[ \t]{{0,20}}(?:-{{2,}}|={{2,}}|\*{{2,}}|_{{3,}})?[ \t]{{0,20}}(?:{phrases.RETURNED_MAIL})", re.IGNORECASE | re.MULTILINE
)
_LEADING = re.compile(
    r"^(?:[ \t>*\-\d.)(:]{0,20}|"
    r"[ \t]{0,20}(?:to|recipients?|failed|address|user|rcpt to|final-recipient|original-recipient)[^\n@<]{0,30}[:;])"
    rf"[ \t<\"']{{0,3}}({_ADDRESS.pattern})",
    re.IGNORECASE | re.MULTILINE,
)
_SERVER = re.compile(r"(?:mailer-daemon|postmaster|uucp|mail-daemon)@", re.IGNORECASE)
_ID_LINES = re.compile(
    r"^[ \t>]*(?:message-id|references|in-reply-to|from|sender|contact)[^\n:]{0,12}:.*$", re.IGNORECASE | re.MULTILINE
)
_MESSAGE_ID = re.compile(r"^[ \t>]*message-id:[ \t]*(?:\r?\n[ \t]+)?<([^<>\s]{1,998})>", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A delivery report and the rule that found it. `failed` is False when it tells of nothing but success."""

    bounce: Bounce
    rule: str
    evidence: tuple[str, ...]

    @property
    def failed(self) -> bool:
        found = self.bounce.recipients
        return not found or any(one.action != "delivered" for one in found)


def read(buffer: Buffer, root: Part, subject: str, text: str) -> Report | None:
    """The delivery report this mail is, or None when it is none."""
    server = _is_from_a_server(root.fields, subject)
    reports = [part for part in root.walk() if part.kind in ("message/delivery-status", "message/global-delivery-status")]
    if reports and (server or root.kind == "multipart/report"):
        return _standard(buffer, root, reports, text)
    if recipients := _exim(root.fields, text):
        return _report(buffer, root, recipients, text, "X-Failed-Recipients names who failed")
    return _by_rule(buffer, root, subject, text) if server else None


def _report(buffer: Buffer, root: Part, recipients: tuple[FailedRecipient, ...], text: str, rule: str, *evidence: str) -> Report:
    original = _original_id(buffer, root, text)
    bounce = Bounce(recipients=recipients[:MOST_RECIPIENTS], original_message_id=original)
    return Report(bounce=bounce, rule=rule, evidence=evidence)


def _standard(buffer: Buffer, root: Part, reports: list[Part], text: str) -> Report:
    """Believed field by field; one whose status part names nobody is read like a report in plain words."""
    groups = [group for part in reports for group in _groups(part.decoded(buffer, LONGEST_REPORT))]
    found = [one for group in groups if (one := _recipient(group)) is not None]
    evidence = [f"{name.title()}: {value}" for group in groups for name, value in group.items() if name in ("action", "status")]
    recipients = tuple({one.address.lower(): one for one in found}.values()) or _named(_told(text), root.fields)
    return _report(buffer, root, recipients, text, "a delivery report after RFC 3464", *evidence[:4])


def _groups(data: bytes) -> Iterator[dict[str, str]]:
    """The groups of fields of a delivery status, separated by blank lines (RFC 3464, 2.1)."""
    for block in _GROUP_END.split(data.strip()):
        fields, _ = headers.parse(block.lstrip(b"\r\n"), Remarks())
        yield {name: fields.text(name) for name in fields.names()}


def _recipient(group: dict[str, str]) -> FailedRecipient | None:
    """One recipient's group (RFC 3464, 2.3), None for the group about the whole mail."""
    address = _bare_address(group.get("final-recipient", "")) or _bare_address(group.get("original-recipient", ""))
    if not address:
        return None
    action = _ACTIONS.get(group.get("action", "").lower().strip(" ;,").split(" ")[0], "failed")
    diagnostic = group.get("diagnostic-code", "")
    status = _code(group.get("status", "")) or _code(diagnostic)
    return FailedRecipient(
        address=address,
        action=action,
        status=status,
        permanent=_permanent(action, status, diagnostic),
        diagnostic=diagnostic[:500],
    )


_ACTIONS = {"delayed": "delayed", "delivered": "delivered", "relayed": "delivered", "expanded": "delivered"}


def _bare_address(value: str) -> str:
    """The address out of `rfc822; <ann@example.org>`."""
    return value.rpartition(";")[2].strip().strip("<>").strip()


def _code(text: str) -> str | None:
    match = _STATUS.search(text)
    return match[0] if match else None


def _permanent(action: str, status: str | None, words: str) -> bool | None:
    if action == "delayed":
        return False
    if action == "delivered":
        return None
    if match := _REPLY_CODE.search(words):
        return match[1] == "5"
    if status:
        return status[0] == "5"
    return not _RETRIED.search(words)


def _exim(fields: Fields, text: str) -> tuple[FailedRecipient, ...]:
    """Exim names the failed ones in a field of its own."""
    told = _told(text)
    addresses = [found for raw in fields.all("x-failed-recipients") for found in _ADDRESS.findall(raw.decode("utf-8", "replace"))]
    return tuple(_failed(address, told) for address in dict.fromkeys(addresses))


def _failed(address: str, words: str) -> FailedRecipient:
    permanent = _permanent("failed", _code(words), words) and not _RETRIED.search(words)
    return FailedRecipient(
        address=address,
        action="failed" if permanent else "delayed",
        status=_code(words),
        permanent=permanent,
        diagnostic=_BLANKS.sub(" ", words)[:500].strip(),
    )


def _told(text: str) -> str:
    """What the server says itself, above the mail that it returns."""
    told = _RETURNED.split(text[:LONGEST_REPORT], maxsplit=1)[0]
    return told if told.strip() else text[:LONGEST_REPORT]


def _by_rule(buffer: Buffer, root: Part, subject: str, text: str) -> Report | None:
    """Reports in plain words: sent by a mail server, about a failure, with an address that failed."""
    told = _told(text)
    if not (_FAILURE.search(told) or _SUBJECT.search(subject)):
        return None
    recipients = _named(told, root.fields)
    return _report(
        buffer,
        root,
        recipients,
        text,
        "a mail server tells of a failure",
        f"From: {root.fields.text('from')}",
        f"Subject: {subject}",
    )


def _is_from_a_server(fields: Fields, subject: str) -> bool:
    """By its name; the words of a failure alone are what people write to a helpdesk, too."""
    sender = " ".join(fields.text(name) for name in ("from", "sender", "return-path", "reply-to"))
    empty = (fields.first("return-path") or b"").strip() == b"<>"
    submitted = (fields.first("auto-submitted") or b"no").strip().lower() != b"no"
    return bool(_SENDER.search(sender) or ((empty or submitted) and _SUBJECT.search(subject)))


def _named(told: str, fields: Fields) -> tuple[FailedRecipient, ...]:
    """Who failed: addresses at the beginning of a line before those in the middle of a sentence, its reader last of all."""
    senders, readers = (_addresses_of(fields, *names) for names in (_SENDERS, _READERS))
    blocks = _BLOCK_END.split(_ID_LINES.sub("", told))
    for pattern, own in ((_LEADING, senders | readers), (_ADDRESS, senders | readers), (_LEADING, senders)):
        if found := tuple(_found(blocks, pattern, own)):
            return found
    return ()


_SENDERS = ("from", "sender", "return-path", "reply-to")
_READERS = ("to", "cc", "delivered-to")


def _addresses_of(fields: Fields, *names: str) -> frozenset[str]:
    return frozenset(
        one.lower() for name in names for raw in fields.all(name) for one in _ADDRESS.findall(raw.decode("utf-8", "replace"))
    )


def _found(blocks: list[str], pattern: re.Pattern[str], own: frozenset[str]) -> Iterator[FailedRecipient]:
    seen = set(own)
    for index, block in enumerate(blocks):
        for match in pattern.finditer(block):
            address = match[match.lastindex or 0].strip(".'")
            if address.lower() in seen or _SERVER.match(address):
                continue
            seen.add(address.lower())
            yield _failed(address, "\n".join((block, *blocks[index + 1 : index + 2])))


def _original_id(buffer: Buffer, root: Part, text: str) -> MessageId | None:
    """The Message-ID of the mail that came back, from the returned part or from the text below the report."""
    for words in _returned(buffer, root, text):
        if match := _MESSAGE_ID.search(words):
            return MessageId(match[1])
    return None


def _returned(buffer: Buffer, root: Part, text: str) -> Iterable[str]:
    for part in root.walk():
        if part.kind in ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"):
            yield charset.decode(part.decoded(buffer, LONGEST_REPORT)).text
    yield text
