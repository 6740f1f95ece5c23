"""Broken mails without end, made from our own: the same seed gives the same ones.

Two kinds of breaking. Bytes are cut, flipped, doubled and shuffled without a thought. Grammar is broken on purpose: a header, a
parameter, an encoded word or a boundary is replaced by what some mailer, gateway or attacker has made of it.
"""

import random
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

MAILS = tuple(raw for path in sorted((Path(__file__).parent / "in").glob("*.eml")) if (raw := path.read_bytes()))
Breaking = Callable[[bytes, random.Random], bytes]

BREAKERS = (
    *(b"\r\n", b"\n\n", b"\r", b"\0", b"=?", b"?=", b"=?utf-8?b?", b'"', b"(", b"<", b">", b";", b"\xff\xfe", b"\xef\xbb\xbf"),
    *(b"--", b"boundary=", b"charset=undefined", b"charset=idna", b"\x1b$B", b"=\r\n", b"From (c):", b"\xed\xa0\x80", b"* * *"),
    *(b"~{", b"+/v8-", b"begin 644 x\n", b"=3D=", b"%00", b"\x0e", b"\xe2\x80\xae", b"\xf4\x90\x80\x80", b"\x84\x31\xa4\x37"),
)
LABELS = (
    *(b"utf-7", b"utf-16", b"utf-32-be", b"hz", b"iso-2022-kr", b"iso-2022-jp-3", b"big5-hkscs", b"johab", b"koi8-r", b"idna"),
    *(b"undefined", b"x-unknown", b'"', b"rot13", b"a\0b", b"cp1", b"cp99999999", b"unicode_escape", b"charset=charset="),
)
ENCODINGS = (b"base64", b"quoted-printable", b"x-uuencode", b"8 bit", b"binary", b"x-yenc", b"=?x?=", b"")
TYPES = (
    *(b"multipart/mixed; boundary=x", b"multipart/alternative; boundary=", b"message/rfc822", b"message/delivery-status"),
    *(b"message/partial; id=1; number=2", b"message/external-body; access-type=x", b"multipart/digest; boundary=x", b"text/html"),
    *(b"text/plain; name*", b"text/plain; name*0*=x''%E6; name*1=%; name*99999*=y", b"application/ms-tnef", b"text/calendar"),
    *(b"multipart/report; report-type=delivery-status; boundary=x", b"text/enriched", b"/", b"text", b"application/pkcs7-mime"),
)
SENDERS = (
    *(
        b"(c)",
        b'"',
        b"<<<<a@b>>>>",
        b"a@b, <c@d",
        b"G: a@b, c@d;",
        b"@a,@b:c@d",
        b"=?utf-8?q?a=40b?=",
        b"a@[1.2.3.4]",
        b"()<>@,;:",
    ),
    *(b"\xce\xb1@\xce\xb2.example", b"a" * 3000 + b"@b", b"a@b\0c", b"(" * 500 + b"a@b", b"undisclosed-recipients:;", b""),
)
FIELDS = (
    *(b"From", b"To", b"Cc", b"Reply-To", b"Subject", b"Date", b"Message-ID", b"References", b"In-Reply-To", b"Received"),
    *(b"Content-Type", b"Content-Disposition", b"Content-Transfer-Encoding", b"Authentication-Results", b"Auto-Submitted"),
)


def cut(raw: bytes, dice: random.Random) -> bytes:
    return raw[: dice.randrange(len(raw))]


def flip(raw: bytes, dice: random.Random) -> bytes:
    data = bytearray(raw)
    for _ in range(dice.randint(1, 12)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data)


def splice(raw: bytes, dice: random.Random) -> bytes:
    at, size = dice.randrange(len(raw)), dice.randrange(1, 80)
    return raw[:at] + raw[at : at + size] * dice.randint(2, 30) + raw[at:]


def shuffle_lines(raw: bytes, dice: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    dice.shuffle(lines)
    return b"".join(lines)


def drop_a_line(raw: bytes, dice: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    del lines[dice.randrange(len(lines))]
    return b"".join(lines)


def insert_a_breaker(raw: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(raw))
    return raw[:at] + dice.choice(BREAKERS) + raw[at:]


def change_line_ends(raw: bytes, dice: random.Random) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", dice.choice((b"\r", b"\n", b"\r\r\n", b"\n\r")))


def relabel(raw: bytes, dice: random.Random) -> bytes:
    return re.sub(rb"(charset=|=\?)[\"\w.-]+", lambda match: match[1] + dice.choice(LABELS), raw, count=dice.randint(1, 3))


def recode(raw: bytes, dice: random.Random) -> bytes:
    return re.sub(rb"(?im)^(content-transfer-encoding:).*$", lambda match: match[1] + b" " + dice.choice(ENCODINGS), raw)


def retype(raw: bytes, dice: random.Random) -> bytes:
    return re.sub(rb"(?im)^(content-type:).*$", lambda match: match[1] + b" " + dice.choice(TYPES), raw, count=dice.randint(1, 2))


def from_somebody(raw: bytes, dice: random.Random) -> bytes:
    return re.sub(rb"(?im)^((?:from|to|cc|sender|reply-to):).*$", lambda match: match[1] + b" " + dice.choice(SENDERS), raw)


def lose_a_boundary(raw: bytes, dice: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    dashed = [n for n, line in enumerate(lines) if line.startswith(b"--")] or [0]
    at = dice.choice(dashed)
    lines[at] = dice.choice((b"", lines[at].rstrip() + b"x\r\n", lines[at].rstrip(b"-\r\n"), b" " + lines[at], lines[at] * 3))
    return b"".join(lines)


def add_a_field(raw: bytes, dice: random.Random) -> bytes:
    value = dice.choice((*BREAKERS, *SENDERS, *TYPES, b"x" * 2000, b"=?utf-8?Q?" + b"=E6" * 300))
    return dice.choice(FIELDS) + dice.choice((b":", b" : ", b":\t", b"")) + value + b"\r\n" + raw


def wrap(raw: bytes, dice: random.Random) -> bytes:
    kind = dice.choice((b"message/rfc822", b"text/rfc822-headers", b"multipart/mixed; boundary=w", b"message/delivery-status"))
    outer = b"Subject: outer\r\nContent-Type: multipart/%s; boundary=w\r\n\r\n" % dice.choice(
        (b"mixed", b"report", b"alternative")
    )
    return (
        outer + b"--w\r\nContent-Type: " + kind + b"\r\n\r\n" + raw + dice.choice((b"", b"\r\n--w--", b"--w--", b"\r\n--w\r\n"))
    )


def mix(raw: bytes, dice: random.Random) -> bytes:
    other = dice.choice(MAILS)
    return raw[: dice.randrange(len(raw))] + other[dice.randrange(len(other)) :]


BREAKINGS: tuple[Breaking, ...] = (
    *(cut, flip, splice, shuffle_lines, drop_a_line, insert_a_breaker, change_line_ends, relabel, recode, retype),
    *(from_somebody, lose_a_boundary, add_a_field, wrap, mix),
)


def mutants(seed: int, count: int) -> Iterator[bytes]:
    """`count` broken mails."""
    return islice(_endless(random.Random(seed)), count)


def _endless(dice: random.Random) -> Iterator[bytes]:
    while True:
        raw = dice.choice(MAILS)
        for _ in range(dice.randint(1, 4)):
            raw = dice.choice(BREAKINGS)(raw, dice) or b"x"
        yield raw
