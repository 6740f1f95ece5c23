"""Delivery reports after the standard: one group of fields for each recipient (RFC 3464; RFC 6533 for international addresses).

The groups are believed wherever a server put them: in the part made for them, in that of a report that a virus scanner wrapped
once more, or in the text of a mail whose parts were lost on the way.
"""

import re
from collections.abc import Iterable, Iterator

from maildesk.core.message import FailedRecipient
from maildesk.mail import headers, skeleton, words
from maildesk.mail.bounces import judged
from maildesk.mail.remarks import Remarks
from maildesk.mail.skeleton import Part
from maildesk.mail.transfer import Buffer

LONGEST_REPORT = 200_000
MOST_GROUPS = 500
KINDS = frozenset({"message/delivery-status", "message/global-delivery-status"})

_GROUP_END = re.compile(rb"\n[ \t\r]*\n")
_GROUP_IN_TEXT = re.compile(r"^[ \t]{0,8}(?:final|original)-recipient[ \t]*:", re.IGNORECASE | re.MULTILINE)
_EXTENDED = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_DIAGNOSTICS = ("diagnostic-code", "x-supplementary-info")
_ONCE = ("original-recipient", "final-recipient", "action")

Group = dict[str, str]


def groups(buffer: Buffer, root: Part) -> tuple[Group, ...]:
    """The groups of all delivery status parts of a mail, also of a report inside it when it has none of its own."""
    found = _of_parts(buffer, root)
    if not found and (inner := _wrapped(buffer, root)) is not None:
        data, part = inner
        found = _of_parts(data, part)
    return found


def groups_in(text: str) -> tuple[Group, ...]:
    """The groups that stand in a text."""
    if not _GROUP_IN_TEXT.search(text):
        return ()
    blocks = _groups(text[:LONGEST_REPORT].encode("utf-8", "replace"))
    return tuple(group for group in blocks if _address(group) and ("action" in group or "status" in group))


def recipients(found: Iterable[Group]) -> tuple[FailedRecipient, ...]:
    """One for each recipient that the groups name; what is said last of one is true."""
    named = ((_address(group), group) for group in found)
    return tuple({address.lower(): _judged(address, group) for address, group in named if address}.values())


def evidence(found: Iterable[Group]) -> tuple[str, ...]:
    """The lines that decided."""
    return tuple(f"{name.title()}: {group[name]}" for group in found for name in ("action", "status") if name in group)[:4]


def _of_parts(buffer: Buffer, root: Part) -> tuple[Group, ...]:
    parts = (part for part in root.walk() if part.kind in KINDS)
    return tuple(group for part in parts for group in _groups(part.decoded(buffer, LONGEST_REPORT)))


def _wrapped(buffer: Buffer, root: Part) -> tuple[bytes, Part] | None:
    """The report inside a mail that calls itself one without being it."""
    if root.kind == "multipart/report" or root.params.get("report-type", "").lower() != "delivery-status":
        return None
    part = next((part for part in root.walk() if part.kind == "message/rfc822"), None)
    if part is None:
        return None
    data = part.decoded(buffer, LONGEST_REPORT)
    inner = skeleton.parse(data, Remarks())
    return (data, inner) if inner.kind == "multipart/report" else None


def _groups(data: bytes) -> Iterator[Group]:
    """The groups, separated by blank lines (RFC 3464, 2.1) or, where these were lost, by a field that a group has once."""
    for block in _GROUP_END.split(data.strip(), MOST_GROUPS):
        fields, _ = headers.parse(_outdented(block), Remarks())
        group: Group = {}
        for name, value in fields.everything:
            if name in _ONCE and name in group:
                yield group
                group = {}
            group.setdefault(name, words.decoded(value))
        yield group


def _outdented(block: bytes) -> bytes:
    """Some indent the whole report; a field would then be the rest of the line above it."""
    block = block.strip(b"\r\n")
    return b"\n".join(line.lstrip() for line in block.split(b"\n")) if block[:1] in (b" ", b"\t") else block


def _address(group: Group) -> str:
    """Whom we wrote to: the address before any forwarding, when the report gives it."""
    values = [_bare(group.get(f"{name}-recipient", "")) for name in ("original", "final", "x-actual")]
    return next((value for value in values if "@" in value), values[1])


def _bare(value: str) -> str:
    """The address out of `rfc822; <ann@example.org>`, or out of `utf-8; …` with its escapes (RFC 6533, 3)."""
    bare = value.rpartition(";")[2].strip(" <>\"'").removeprefix("SMTP:").split()
    return _EXTENDED.sub(_letter, bare[0].strip("<>")) if bare else ""


def _letter(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else match[0]


def _judged(address: str, group: Group) -> FailedRecipient:
    diagnostic = next((group[name] for name in _DIAGNOSTICS if group.get(name)), "")
    return judged.of_fields(address, group.get("action", ""), group.get("status", ""), diagnostic)
