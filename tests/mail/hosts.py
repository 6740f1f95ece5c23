"""Mails with the lines that hosts write into them, and what is believed of these."""

from datetime import UTC, datetime

from maildesk.core.message import Authentication, Message, Proof
from maildesk.mail import inbound

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOST = "mx.example.com"
STAMP = "id 1; Tue, 3 Mar 2026 12:00:00 +0000"
GOOD = "dmarc=pass header.from=example.com"


def received(peer: str, by: str = HOST, how: str = "ESMTPS") -> str:
    """A line as Postfix writes it; `peer` is what stands after `from`."""
    return f"Received: from {peer} by {by} (Postfix) with {how} {STAMP}"


def results(*said: str, by: str = HOST) -> str:
    return f"Authentication-Results: {by}; " + "; ".join(said)


OUTSIDE = received("relay.example.net (relay.example.net [192.0.2.9])")


def read(*fields: str, sender: str, hosts: tuple[str, ...], border: tuple[str, ...]) -> Message:
    raw = "\r\n".join((*fields, f"From: {sender}", "", "body")).encode()
    return inbound.read(raw, received_at=NOON, hosts=hosts, border=border)


def judged(
    *fields: str, sender: str = "anna@example.com", hosts: tuple[str, ...] = (HOST,), border: tuple[str, ...] = ()
) -> Authentication:
    return read(*fields, sender=sender, hosts=hosts, border=border).authentication


def proof(*fields: str, sender: str = "anna@example.com", hosts: tuple[str, ...] = (HOST,)) -> Proof:
    return judged(*fields, sender=sender, hosts=hosts).proof


POSTFIX = {"hosts": (HOST,), "border": (HOST,)}
HUB = {"hosts": (HOST,), "border": (HOST, "*.inside.example.com", "10.1.0.0/16", "127.0.0.1/32")}
AGAIN = received("localhost (localhost [127.0.0.1])", how="ESMTP")
STORE = received("mx.example.com (mx.example.com [10.1.0.5])", by="store.inside.example.com")
LMTP = f"Received: from mx.example.com by store.example.com with LMTP {STAMP}"
OTHER = received("x (x [192.0.2.66])", by="relay.evil.example")
BAD = results("dmarc=fail header.from=example.com")
