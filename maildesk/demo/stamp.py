"""What a receiving mail host writes on top of a mail when it puts it into a mailbox (RFC 5321, 4.4; RFC 8601, 5).

Only bytes are moved: the mail itself stays as it came, but for fields that claim to be this host's own word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesHeaderParser
from email.utils import format_datetime, getaddresses

FIELD_END = re.compile(rb"\r?\n(?![ \t])")
OURS_ALONE = (b"return-path", b"delivered-to", b"x-original-to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """How a mail came here: the envelope, the client's greeting and the user who had logged in, if any."""

    sender: str
    recipient: str
    helo: str
    login: str | None
    at: datetime


def author(raw: bytes) -> str | None:
    """The address of the one From field with one address, in lower case; None when there is no such thing."""
    headers = BytesHeaderParser().parsebytes(raw)
    fields = [str(field) for field in headers.get_all("from", [])]
    addresses = [address for _, address in getaddresses(fields) if address]
    return addresses[0].lower() if len(fields) == 1 and len(addresses) == 1 else None


def verdict(host: str, passage: Passage, writer: str | None, *, protected: bool) -> str:
    """The Authentication-Results of this host for a mail by `writer`, who is `protected` when only his login may send as him."""
    words = [f"auth=pass smtp.auth={passage.login}" if passage.login else "auth=none"]
    domain = (writer or "").partition("@")[2]
    if writer and writer == passage.login:
        words.append(f"dmarc=pass header.from={domain}")
    elif protected:
        words.append(f"dmarc=fail header.from={domain}")
    else:
        words.append("dmarc=none")
    return f"{host}; {'; '.join(words)}"


def stamped(raw: bytes, host: str, mailbox: str, passage: Passage, results: str) -> bytes:
    """The mail as it lies in the mailbox: this host's fields on top, everything forged in its name gone."""
    head, body = _split(raw)
    kept = b"".join(field for field in _fields(head) if not _is_forged(field, host))
    transport = "ESMTPA" if passage.login else "ESMTP"
    ours = (
        f"Return-Path: <{passage.sender}>\r\n"
        f"Delivered-To: {mailbox}\r\n"
        f"X-Original-To: {passage.recipient}\r\n"
        f"Authentication-Results: {results}\r\n"
        f"Received: from {passage.helo} by {host} with {transport} for <{passage.recipient}>;\r\n"
        f"\t{format_datetime(passage.at)}\r\n"
    )
    return ours.encode() + kept + body


def _split(raw: bytes) -> tuple[bytes, bytes]:
    """The header fields with their line ends, and all the rest from the empty line on."""
    if raw.startswith((b"\r\n", b"\n")):
        return b"", raw
    empty_line = re.search(rb"\r?\n(?=\r?\n)", raw)
    at = empty_line.end() if empty_line else len(raw)
    return raw[:at], raw[at:]


def _fields(head: bytes) -> Iterator[bytes]:
    """Each header field as it is written, folded lines and line end included."""
    start = 0
    for end in FIELD_END.finditer(head):
        yield head[start : end.end()]
        start = end.end()
    if start < len(head):
        yield head[start:]


def _is_forged(field: bytes, host: str) -> bool:
    name, _, value = field.partition(b":")
    name = name.strip().lower()
    if name == b"authentication-results":
        said_by = re.match(rb"[\s]*([^\s;]*)", value)
        return said_by is not None and said_by[1].lower() == host.lower().encode()
    return name in OURS_ALONE
