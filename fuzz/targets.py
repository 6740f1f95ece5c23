"""What is fuzzed: every function that reads bytes of strangers. A target takes any bytes and must not raise."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from maildesk.core.message import Address, Identity
from maildesk.core.orders import parse
from maildesk.mail import addresses, authentication, bounces, charset, headers, inbound, pages, skeleton, tnef
from maildesk.mail.attachments import safe_name
from maildesk.mail.remarks import Remarks
from maildesk.mail.tokens import Keys

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
ANNA = Identity(address=Address("anna@example.com"), why="one From field with one mailbox")
KEYS = Keys((b"a secret for the fuzzer only",))


def sender(data: bytes) -> None:
    fields = headers.Fields((("from", data),))
    addresses.shown(fields, "gb18030", Remarks())
    address = addresses.identity(fields, None).address
    assert address is None or addresses.normal(address) == address


def subject(data: bytes) -> None:
    text = headers.Fields((("subject", data),)).text("subject", "big5")
    assert "\n" not in text
    assert "\r" not in text


def results(data: bytes) -> None:
    fields = headers.Fields((("authentication-results", data), ("received", data)))
    authentication.judged(fields, ANNA, ("mx.example.com",))


def token(data: bytes) -> None:
    assert KEYS.read(f"support+{data.decode('latin-1')}@example.com", NOON) is None


def orders(data: bytes) -> None:
    parse(charset.decode(data).text)


def walk(data: bytes) -> None:
    for part in skeleton.parse(data, Remarks()).walk():
        assert 0 <= part.start <= part.end <= len(data)
        part.decoded(data, 1 << 16)


def report(data: bytes) -> None:
    raw = b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" + data
    bounces.read(raw, skeleton.parse(raw, Remarks()), "Undelivered", data.decode("utf-8", "replace"))


def page(data: bytes) -> None:
    clean = pages.sanitised(charset.tidy(charset.decode(data).text))
    assert "<script" not in clean.lower()
    pages.text(clean)


def winmail(data: bytes) -> None:
    tnef.opened(tnef.SIGNATURE + data)


def name(data: bytes) -> None:
    clean = safe_name(data.decode("utf-8", "surrogateescape"))
    assert safe_name(clean) == clean


def mail(data: bytes) -> None:
    message = inbound.read(data, received_at=NOON, hosts=("mx.example.com",))
    assert not [one for one in message.warnings if "broke" in one or "nothing" in one]
    assert bool(message.new_text.strip()) == bool(message.text.strip())


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    one.__name__: one for one in (sender, subject, results, token, orders, walk, report, page, winmail, name, mail)
}
