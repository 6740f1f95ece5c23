"""A winmail.dat is replaced by what Outlook packed into it."""

import base64
import random
import struct
from datetime import UTC, datetime

import pytest

from maildesk.core.message import Message
from maildesk.mail import inbound, rtf, tnef
from tests.mail.winmail import (
    A_MESSAGE,
    BODY,
    CONTENT,
    DISPLAY_NAME,
    HTML,
    KIND,
    RTF,
    SUBJECT,
    attribute,
    file,
    message,
    named,
    property_of,
    stream,
)

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
HEAD = b"From: a@example.com\r\nMIME-Version: 1.0\r\n"


def mail(data: bytes, text: bytes = b"see the files", kind: bytes = b"application/ms-tnef; name=winmail.dat") -> bytes:
    packed = b"Content-Type: " + kind + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data)
    plain = b"--a\r\nContent-Type: text/plain\r\n\r\n" + text + b"\r\n"
    return HEAD + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + plain + b"--a\r\n" + packed + b"\r\n--a--\r\n"


def read(raw: bytes) -> Message:
    return inbound.read(raw, received_at=NOON)


def held(message: Message) -> dict[str, bytes]:
    return {one.filename: b"".join(one.chunks()) for one in message.attachments if one.chunks}


@pytest.mark.parametrize("kind", [b"application/ms-tnef", b"application/vnd.ms-tnef; name=x", b"application/octet-stream"])
def test_the_files_inside_come_under_their_long_names(kind: bytes) -> None:
    data = stream(file("报销单 2026.xlsx", b"PK..."), file("notes of the meeting.txt", b"hello"))
    assert held(read(mail(data, kind=kind))) == {"报销单 2026.xlsx": b"PK...", "notes of the meeting.txt": b"hello"}


def test_a_file_has_the_name_its_own_codepage_spells_and_the_type_it_says() -> None:
    title = attribute(2, 0x9002, b"\1\0") + attribute(2, 0x8010, "打印.txt\0".encode("gbk")) + attribute(2, 0x800F, b"x")
    narrow = file("", b"y", property_of(DISPLAY_NAME, "屏幕.bin", narrow=True), property_of(KIND, "image/x-odd"))
    (first, second) = read(mail(stream(title, narrow))).attachments
    assert (first.filename, first.content_type) == ("打印.txt", "text/plain")
    assert (second.filename, second.content_type) == ("屏幕.bin", "image/x-odd")


def test_content_in_the_properties_counts_more_than_the_placeholder_before_it() -> None:
    data = stream(file("a.bin", b"This attachment is a MAPI object.", property_of(CONTENT, b"the content")))
    assert held(read(mail(data))) == {"a.bin": b"the content"}


@pytest.mark.parametrize(("written", "name"), [(property_of(HTML, b"<p>Hello</p>"), "body.html"), (property_of(RTF, b""), None)])
def test_the_formatted_body_is_a_file(written: bytes, name: str | None) -> None:
    found = read(mail(stream(message(named(7), written))))
    assert [one.filename for one in found.attachments] == ([name] if name else [])
    assert found.text.strip() == "see the files"


def test_a_mail_without_a_text_has_the_one_inside() -> None:
    plain = read(mail(stream(message(property_of(BODY, "只在里面的正文"))), text=b""))
    styled = read(mail(stream(message(property_of(HTML, "<p>Grüße</p>".encode()))), text=b""))
    assert (plain.text.strip(), styled.text.strip()) == ("只在里面的正文", "Grüße")
    assert styled.html == "<p>Grüße</p>"


def test_a_mail_inside_becomes_one_file_that_can_be_opened() -> None:
    inner = stream(
        message(property_of(SUBJECT, "Old matter"), property_of(BODY, "as discussed")), file("plan.txt", b"step by step")
    )
    data = stream(file("Old matter", b"placeholder", property_of(CONTENT, A_MESSAGE + inner)))
    (one,) = read(mail(data)).attachments
    assert (one.filename, one.content_type) == ("Old matter.eml", "message/rfc822")
    assert one.chunks is not None
    opened = read(b"".join(one.chunks()))
    assert (opened.subject, opened.text.strip()) == ("Old matter", "as discussed")
    assert held(opened) == {"plan.txt": b"step by step"}


def test_mails_inside_mails_end_somewhere() -> None:
    data = stream(file("innermost", b"x"))
    for _ in range(50):
        data = stream(file("again", b"", property_of(CONTENT, A_MESSAGE + data)))
    assert [one.filename for one in read(mail(data)).attachments] == ["again.eml"]


def test_a_damaged_one_stays_a_file_beside_what_could_be_taken_out() -> None:
    whole = stream(file("first.txt", b"1"), file("second.txt", b"2" * 500))
    found = read(mail(whole[:-300]))
    assert [one.filename for one in found.attachments] == ["winmail.dat", "first.txt"]
    assert found.warnings == ("a winmail.dat is damaged; it is kept beside the files that could be taken out of it",)


def test_what_only_calls_itself_winmail_stays_as_it_is() -> None:
    assert held(read(mail(b"no such thing"))) == {"winmail.dat": b"no such thing"}


def test_many_tiny_attributes_take_no_longer_than_few_large_ones() -> None:
    opened = tnef.opened(stream(attribute(1, 0x8006, b"") * 500_000))
    assert opened is not None
    assert opened.whole


def test_damaged_streams_never_break_the_reader() -> None:
    dice = random.Random(7)
    whole = stream(message(property_of(BODY, "text")), file("a.txt", b"1" * 50), file("b.txt", b"2" * 50))
    for _ in range(2_000):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 8)):
            data[dice.randrange(6, len(data))] = dice.randrange(256)
        assert tnef.opened(bytes(data)) is not None


def packed(data: bytes, size: int, method: bytes = b"LZFu") -> bytes:
    return struct.pack("<II4sI", len(data) + 12, size, method, 0) + data


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (packed(b"\0{\\rtf1 X\0yz}", 11), b"{\\rtf1 Xyz}"),
        (packed(b"\x01\x00\x06Hi}", 11), b"{\\rtf1\\aHi}"),
        (packed(b"\x02A\x0c\xf7", 10), b"A" * 10),
        (packed(b"{\\rtf1 plain}", 13, b"MELA"), b"{\\rtf1 plain}"),
        (packed(b"\x01\x00", 9), b""),
        (packed(b"x", 1, b"what"), b""),
        (b"short", b""),
    ],
)
def test_compressed_rtf_is_unpacked(data: bytes, text: bytes) -> None:
    assert rtf.unpacked(data) == text


def test_unpacked_rtf_has_a_limit() -> None:
    assert len(rtf.unpacked(packed(b"\x00AAAAAAAA" * 300_000, 1 << 30))) == rtf.LONGEST
