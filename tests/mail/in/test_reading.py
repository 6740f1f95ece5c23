"""A reading is the same for the same mail, and there is one whatever breaks inside it."""

from datetime import UTC, datetime

import pytest

from maildesk.core.message import Digest, Message
from maildesk.mail import inbound, quoting

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def read(raw: bytes) -> Message:
    return inbound.read(raw, received_at=NOON)


def test_the_same_mail_by_two_ways_means_the_same() -> None:
    mail = b"From: Anna <anna@example.com>\r\nDate: Tue, 3 Mar 2026 12:00:00 +0000\r\nSubject: x\r\n\r\nbody\r\n"
    by_another_way = b"Received: from a by b; x\r\nX-Queue: 2\r\n" + mail.replace(
        b"Anna <anna@example.com>", b"<ANNA@example.com>"
    )
    assert inbound.semantic(read(mail)) == inbound.semantic(read(by_another_way))
    assert read(mail).digest != read(by_another_way).digest


@pytest.mark.parametrize(
    "change", [(b"body", b"Body"), (b"Subject: x", b"Subject: y"), (b"anna@", b"bob@"), (b"12:00:00", b"12:00:01")]
)
def test_other_words_mean_another_mail(change: tuple[bytes, bytes]) -> None:
    mail = b"From: anna@example.com\r\nDate: Tue, 3 Mar 2026 12:00:00 +0000\r\nSubject: x\r\n\r\nbody\r\n"
    assert inbound.semantic(read(mail)) != inbound.semantic(read(mail.replace(*change)))


@pytest.mark.parametrize(
    "change",
    [
        (b"Message-ID: <1@example.com>\r\n", b""),
        (b"Message-ID: <1", b"Message-ID: <2"),
        (b"Subject: x", b"Subject: y\r\nSubject: x"),
        (b"Subject: x", b"Content-Type: text/html\r\nSubject: x"),
        (b"/take 1", b"/take  1\t"),
        (b"\r\n", b"\n"),
    ],
)
def test_what_was_said_is_the_same_whatever_is_added_to_the_header(change: tuple[bytes, bytes]) -> None:
    head = b"From: a@example.com\r\nDate: Tue, 3 Mar 2026 12:00:00 +0000\r\nMessage-ID: <1@example.com>\r\nSubject: x\r\n"
    mail = head + b"\r\n/take 1\r\n"
    assert inbound.said(read(mail)) is not None
    assert inbound.said(read(mail)) == inbound.said(read(mail.replace(*change)))


@pytest.mark.parametrize("change", [(b"12:00", b"12:01"), (b"a@", b"b@"), (b"/take 1", b"/take 2")])
def test_what_was_said_at_another_time_or_by_somebody_else_is_said_anew(change: tuple[bytes, bytes]) -> None:
    mail = b"From: a@example.com\r\nDate: Tue, 3 Mar 2026 12:00:00 +0000\r\n\r\n/take 1\r\n"
    assert inbound.said(read(mail)) != inbound.said(read(mail.replace(*change)))


def test_a_mail_with_two_dates_has_none() -> None:
    date = b"Date: Tue, 3 Mar 2026 12:00:00 +0000\r\n"
    assert read(date + b"\r\nbody").date is not None
    assert read(date + date + b"\r\nbody").date is None


def test_a_mail_that_must_not_be_read_still_has_a_message() -> None:
    message = inbound.unread(Digest("0" * 64), size=7, received_at=NOON)
    assert (message.size, message.text, message.identity.address) == (7, "", None)
    assert message.warnings


def test_a_reader_that_breaks_leaves_header_and_body(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> quoting.Split:
        raise RecursionError

    monkeypatch.setattr(quoting, "split", broken)
    message = read(b"From: anna@example.com\r\nSubject: x\r\n\r\nbody")
    assert (message.subject, message.text, message.identity.address) == ("x", "body", "anna@example.com")
    assert message.warnings == ("read with less care, because something in it broke the reader: RecursionError in whole",)


def test_when_everything_breaks_the_raw_mail_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(inbound.skeleton, "parse", broken)
    message = read(b"Subject: x\r\n\r\nbody")
    assert message.text == "Subject: x\n\nbody"
    assert message.warnings == ("nothing could be read of it: ValueError in plain",)


@pytest.mark.parametrize("order", ["/take", "/Take", "/解决 已重启", "/备注重启过了", "/转派 王小明", "/转派王小明"])
def test_an_order_above_a_quote_is_no_signature(order: str) -> None:
    raw = f"From: a@x.example\n\n{order}\n\n> ##- 请在这一行上方回复 -##\n> 工单\n".encode()
    message = read(raw)
    assert (message.new_text, message.only_quoted) == (order, False)
