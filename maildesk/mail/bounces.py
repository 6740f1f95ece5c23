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
_BLOCK_END = re.compile(r"\n[ \t]*\n")
_SENDER = re.compile(phrases.BOUNCE_SENDERS, re.IGNORECASE)
_SUBJECT = re.compile(phrases.BOUNCE_SUBJECTS, re.IGNORECASE)
_FAILURE = re.compile(phrases.BOUNCE_WORDS, re.IGNORECASE)
_RETRIED = re.compile(phrases.BOUNCE_RETRIED, re.IGNORECASE)
_FINAL = re.compile(phrases.BOUNCE_FINAL, re.IGNORECASE)
_RETURNED = re.compile(
    rf"^[ \t]*(?:-{{2,}}|={{2,}}|\*{{2,}}|_{{3,}})?[ \t]*(?:{phrases.RETURNED_MAIL})", re.IGNORECASE | re.MULTILINE
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
    reports = [part for part in root.walk() if part.kind in ("message/delivery-status", "message/global-delivery-status")]
    if reports and root.kind == "multipart/report":
        return _standard(buffer, root, reports)
    if recipients := _exim(root.fields):
        return _report(buffer, root, recipients, text, "X-Failed-Recipients")
    return _by_rule(buffer, root, subject, text)


def _report(buffer: Buffer, root: Part, recipients: tuple[FailedRecipient, ...], text: str, rule: str, *evidence: str) -> Report:
    original = _original_id(buffer, root, text)
    return Report(bounce=Bounce(recipients=recipients, original_message_id=original), rule=rule, evidence=evidence)


def _standard(buffer: Buffer, root: Part, reports: list[Part]) -> Report:
    groups = [group for part in reports for group in _groups(part.decoded(buffer, LONGEST_REPORT))]
    found = [one for group in groups if (one := _recipient(group)) is not None]
    evidence = [f"{name}: {value}" for group in groups for name, value in group.items() if name in ("action", "status")]
    recipients = tuple({one.address.lower(): one for one in found}.values())[:MOST_RECIPIENTS]
    return _report(buffer, root, recipients, "", "a delivery report after RFC 3464", *evidence[:4])


def _groups(data: bytes) -> Iterator[dict[str, str]]:
    """The groups of fields of a delivery status, separated by blank lines (RFC 3464, 2.1)."""
    for block in re.split(rb"\r?\n[ \t]*\r?\n", data.strip()):
        fields, _ = headers.parse(block.lstrip(b"\r\n"), Remarks())
        yield {name: fields.text(name) for name in fields.names()}


def _recipient(group: dict[str, str]) -> FailedRecipient | None:
    raw = group.get("final-recipient") or group.get("original-recipient") or ""
    address = _bare_address(group.get("original-recipient", "")) or _bare_address(raw)
    address = _bare_address(group.get("final-recipient", "")) or address
    if not address:
        return None
    action = group.get("action", "failed").split(maxsplit=1)[0].lower().strip(";,") if group.get("action") else "failed"
    action = {"relayed": "delivered", "expanded": "delivered"}.get(action, action)
    diagnostic = group.get("diagnostic-code", "")
    status = _code(group.get("status", "")) or _code(diagnostic)
    return FailedRecipient(
        address=address,
        action=action if action in ("failed", "delayed", "delivered") else "failed",
        status=status,
        permanent=_permanent(action, status, diagnostic),
        diagnostic=diagnostic[:500],
    )


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
    if status and status[0] in "45":
        return status[0] == "5"
    if match := _REPLY_CODE.search(words):
        return match[1] == "5"
    return not (_RETRIED.search(words) and not _FINAL.search(words))


def _exim(fields: Fields) -> tuple[FailedRecipient, ...]:
    """Exim names the failed ones in a field of its own."""
    addresses = [found for raw in fields.all("x-failed-recipients") for found in _ADDRESS.findall(raw.decode("utf-8", "replace"))]
    return tuple(_failed(address, "", True) for address in dict.fromkeys(addresses))


def _failed(address: str, words: str, permanent: bool | None) -> FailedRecipient:
    status = _code(words)
    action = "delayed" if permanent is False else "failed"
    return FailedRecipient(
        address=address, action=action, status=status, permanent=permanent, diagnostic=_BLANKS.sub(" ", words)[:500].strip()
    )


_BLANKS = re.compile(r"\s+")


def _by_rule(buffer: Buffer, root: Part, subject: str, text: str) -> Report | None:
    """Reports in plain words: sent by a mail server, about a failure, with an address that failed."""
    sender = " ".join(root.fields.text(name) for name in ("from", "sender", "return-path"))
    if not _is_from_a_server(root.fields, sender, subject):
        return None
    told = _RETURNED.split(text, maxsplit=1)[0] if text else ""
    told = told if told.strip() else text
    if not (_FAILURE.search(told) or _SUBJECT.search(subject)):
        return None
    final = not (_RETRIED.search(told) and not _FINAL.search(told))
    recipients = tuple(_named(told, _own(root.fields), final))
    return _report(
        buffer,
        root,
        recipients,
        text,
        "a mail server tells of a failure",
        f"From: {root.fields.text('from')}",
        f"Subject: {subject}",
    )


def _is_from_a_server(fields: Fields, sender: str, subject: str) -> bool:
    empty = (fields.first("return-path") or b"").strip() == b"<>"
    return bool(
        _SENDER.search(sender)
        or (empty and _SUBJECT.search(subject))
        or (_SUBJECT.match(subject) and not fields.first("in-reply-to"))
    )


def _own(fields: Fields) -> frozenset[str]:
    """Addresses that are named in every report and never failed: its sender and its reader."""
    names = ("from", "to", "sender", "return-path", "reply-to", "delivered-to", "cc")
    return frozenset(
        one.lower() for name in names for raw in fields.all(name) for one in _ADDRESS.findall(raw.decode("utf-8", "replace"))
    )


def _named(told: str, own: frozenset[str], final: bool) -> Iterator[FailedRecipient]:
    seen: set[str] = set()
    blocks = _BLOCK_END.split(told[:LONGEST_REPORT])
    for index, block in enumerate(blocks):
        for match in _ADDRESS.finditer(block):
            address = match[0].strip(".'")
            if address.lower() in own or address.lower() in seen or len(seen) >= MOST_RECIPIENTS:
                continue
            seen.add(address.lower())
            words = " ".join((block, *blocks[index + 1 : index + 2]))
            status = _code(words)
            permanent = final if status is None else status[0] != "4"
            yield _failed(address, words, permanent)


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
