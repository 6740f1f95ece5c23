"""No bytes whatever break the reader, hang it or make it eat memory; what was cut is named."""

import re
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.core.message import Message
from maildesk.mail import addresses, bodies, inbound, skeleton, tnef
from maildesk.mail.remarks import Remarks
from tests.mail.mutants import mutants

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
HEAD = b"From: a@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
SURROGATE = re.compile("[\ud800-\udfff]")


def read(raw: bytes) -> Message:
    return inbound.read(raw, received_at=NOON, hosts=("mx.example.com",))


def whole(message: Message) -> bool:
    """Read on the first rung of the ladder: nothing broke."""
    return not [one for one in message.warnings if "broke" in one or "nothing" in one]


@pytest.mark.parametrize("seed", range(20))
def test_broken_mails_are_read_on_the_first_rung(seed: int) -> None:
    for raw in mutants(seed, 500):
        message = read(raw)
        assert whole(message), (message.warnings, raw)
        assert bool(message.new_text.strip()) == bool(message.text.strip())
        assert not SURROGATE.search(f"{message.subject}{message.text}{message.new_text}{message.html}{message.sender}")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_make_a_message(raw: bytes) -> None:
    assert whole(read(raw))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_in_header_and_body_makes_a_message(field: str, body: str) -> None:
    raw = f"From: {field}\r\nSubject: {field}\r\nContent-Type: text/html; charset={field}\r\n\r\n{body}"
    assert whole(read(raw.encode("utf-8", "surrogatepass")))


@pytest.mark.parametrize(
    "header",
    [
        *(b"From: (c):", b"Content-Type: text/plain; name*", b"Message-ID: <[b378@microsoft.example]>", b"Message-ID: <>"),
        *(b"Content-Type: text/plain; charset=foo-bar", b'Content-Type: text/plain; charset="a\0b"', b"Content-Type:"),
        *(b"Content-Type: multipart/mixed; boundary=", b"Content-Transfer-Encoding: =?x?=", b"Date: Mon, 99 Foo 99999 99:99:99"),
        *(b"To: undisclosed-recipients:;", b"From: <>", b"From:", b'From: "', b"References: <" + b"a" * 3000, b"Date: 16.03.09"),
    ],
)
def test_a_header_that_breaks_other_parsers_is_read(header: bytes) -> None:
    message = read(header + b"\r\n\r\nbody")
    assert whole(message)
    assert message.text == "body"


def nested(depth: int) -> bytes:
    lines = (b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return HEAD + b"".join(lines) + b"Content-Type: text/plain\r\n\r\nhello"


def parts(part: bytes, count: int) -> bytes:
    return HEAD + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + (b"--a\r\n" + part + b"\r\n") * count + b"--a--"


SMALL_FILE = b"Content-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD"
WINMAIL = b"Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\1\0"


@pytest.mark.parametrize(
    ("raw", "limit"),
    [
        (parts(b"\r\nhello", 10_000), "parts"),
        (parts(b"", 20_000), "parts"),
        (parts(SMALL_FILE, 10_000), "parts"),
        (HEAD + b"\r\n" + b"begin 644 x.txt\r\n#0V%T\r\n`\r\nend\r\n" * 10_000, "parts"),
        (nested(3_000), "depth"),
        (parts(b"Content-Type: multipart/mixed; boundary=a\r\n", 3_000), "parts"),
        (HEAD + b"Content-Type: text/plain" + b"; a*1=b" * 5_000 + b"\r\n\r\nx", "params"),
        (
            HEAD + b"Content-Disposition: attachment" + b"".join(b"; n*%d*=%%41" % n for n in range(5_000)) + b"\r\n\r\nx",
            "params",
        ),
        (HEAD + b"To: " + b"user@example.com, " * 3_000 + b"\r\n\r\nx", "addresses"),
        (HEAD + b"To: " + b"user@example.com,\r\n " * 16_000 + b"\r\n\r\nx", "headers"),
        (HEAD + b"Subject: " + b"a" * 1_000_000 + b"\r\n\r\nx", "headers"),
        (HEAD + b"X: a\r\n" * 5_000 + b"\r\nx", "fields"),
        (HEAD + b"\r\n" + b"words and more words\r\n" * 100_000, "text"),
        (parts(b"\r\n" + b"words and more words\r\n" * 30_000, 5), "text"),
        (HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000 + b"x", "html"),
    ],
)
def test_a_limit_is_kept_and_named(raw: bytes, limit: str) -> None:
    message = read(raw)
    assert limit in message.limits
    assert len(message.attachments) <= skeleton.MOST_PARTS
    assert len(message.to) <= addresses.MOST_ADDRESSES
    assert len(message.text) <= bodies.TEXTS * inbound.LARGE
    assert len(message.subject) <= skeleton.MOST_HEADER_BYTES


def test_a_winmail_dat_that_is_too_large_stays_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tnef, "LARGEST", 100)
    message = read(HEAD + WINMAIL + b"\0" * 200)
    assert (message.limits, [one.filename for one in message.attachments]) == (("tnef",), ["attachment-1.dat"])


def test_what_lies_too_deep_is_kept_as_a_file() -> None:
    message = read(nested(60))
    assert b"hello" in b"".join(piece for one in message.attachments for piece in one.chunks())


PUMPS = (
    *(b" ", b">", b"-", b"_", b"*", b"a", b"a@", b"<", b"1", b"=?", b'"a', b";", b"(", b"\\", b"<br", b"\xe4", b"\t ", b":"),
    *(
        b"On :\n",
        b"-Name\n\n",
        b"From: a\n",
        b"Regards\n\n",
        b"*" * 399 + b"\n",
        b" " * 300 + b"\n",
        b"----- x ",
        b"your message ",
        b"<a@b.c> ",
    ),
)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("pump", PUMPS, ids=repr)
def test_no_repetition_hangs_the_reader(pump: bytes) -> None:
    body, field = pump * (400_000 // len(pump)), pump.replace(b"\n", b" ") * (30_000 // len(pump))
    sender = b"From: MAILER-DAEMON@example.com " + field + b"\r\nContent-Type: text/plain; " + field + b"\r\nSubject: " + field
    assert whole(read(sender + b"\r\n\r\n" + body))
    assert whole(read(HEAD + b"Content-Type: text/html\r\nReferences: " + field + b"\r\n\r\n" + body))


def test_a_large_file_is_decoded_piece_by_piece() -> None:
    line = b"QUJD" * 19 + b"\r\n"
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nhi\r\n--a\r\n"
    raw += b"Content-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + line * 70_000 + b"--a--"
    tracemalloc.start()
    message = read(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    (file,) = message.attachments
    assert (file.size, message.text) == (70_000 * 57, "hi")
    assert sum(map(len, file.chunks())) == file.size
    assert peak < 4_000_000


def test_without_large_files_the_small_ones_stay() -> None:
    parts = (
        b"--a\r\nContent-Type: image/png; name=s.png\r\n\r\nx\r\n--a\r\nContent-Type: image/png; name=l.png\r\n\r\n"
        + b"y" * 5_000
    )
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + parts + b"\r\n--a--"
    message = inbound.read(raw, received_at=NOON, large=1_000, keep_large=False)
    assert [one.filename for one in message.attachments] == ["s.png"]
    assert message.limits == ("large",)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_every_part_lies_inside_the_mail(body: bytes) -> None:
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" + body + b"\r\n--a\r\n\r\nx"
    for part in skeleton.parse(raw, Remarks()).walk():
        assert 0 <= part.start <= part.end <= len(raw)
