"""Transfer encodings undone piece by piece, so that an attachment of any size costs one window of memory (RFC 2045, 6).

What is damaged is read as far as it goes: foreign characters in base64 are skipped and padding ends it, a broken quoted
character stays as it is, an unknown encoding is taken for none.
"""

import re
from binascii import Error, a2b_base64, a2b_qp, a2b_uu
from collections.abc import Iterable, Iterator
from mmap import mmap
from typing import TypeAlias

Buffer: TypeAlias = bytes | mmap
"""The raw mail: bytes, or a mapped file of which only the touched pages are in memory."""

WINDOW = 1 << 18

PLAIN = frozenset({"7bit", "8bit", "binary"})
"""Encodings that change nothing (RFC 2045, 6.2)."""

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET))
_TOKEN = re.compile(rb"[^\s;\"'()]+")
_SLOPPY_SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")


def named(raw: bytes | None) -> str:
    """The encoding a Content-Transfer-Encoding field names, in lower case."""
    match = _TOKEN.search(raw) if raw else None
    return match[0].decode("ascii", "replace").lower() if match else "7bit"


def chunks(buffer: Buffer, start: int, end: int, encoding: str) -> Iterator[bytes]:
    """The decoded bytes of buffer[start:end]."""
    pieces = (buffer[at : min(at + WINDOW, end)] for at in range(start, end, WINDOW))
    match encoding:
        case "base64":
            return _base64(pieces)
        case "quoted-printable":
            return _quoted_printable(pieces)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return _uuencoded(pieces)
        case _:
            return pieces


def decoded(buffer: Buffer, start: int, end: int, encoding: str, most: int) -> bytes:
    """At most `most` decoded bytes of buffer[start:end]."""
    found = bytearray()
    for piece in chunks(buffer, start, end, encoding):
        found += piece
        if len(found) >= most:
            break
    del found[most:]
    return bytes(found)


def _base64(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        letters, padding, _ = (rest + piece.translate(None, _NOT_BASE64)).partition(b"=")
        if padding:
            rest = letters
            break
        whole = len(letters) & ~3
        rest = letters[whole:]
        yield a2b_base64(letters[:whole])
    rest = rest[:-1] if len(rest) % 4 == 1 else rest
    yield a2b_base64(rest + b"=" * (-len(rest) % 4))


def _quoted_printable(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        text = rest + piece
        cut = text.rfind(b"\n") + 1 or _before_escape(text)
        rest = text[cut:]
        yield _unquoted(text[:cut])
    yield _unquoted(rest)


def _before_escape(text: bytes) -> int:
    """Where a line without an end may be cut: not inside `=XX`."""
    escape = text.rfind(b"=", max(len(text) - 2, 0))
    return len(text) if escape < 0 else escape


def _unquoted(text: bytes) -> bytes:
    if b"= " in text or b"=\t" in text:
        text = _SLOPPY_SOFT_BREAK.sub(b"=", text)
    return a2b_qp(text)


def _uuencoded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield b"".join(map(_uu_line, lines))
    yield _uu_line(rest)


def _uu_line(line: bytes) -> bytes:
    line = line.rstrip(b"\r\n")
    if not line or line.startswith(b"begin ") or line == b"end":
        return b""
    try:
        return a2b_uu(line)
    except Error:
        wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
        return _uu_trimmed(line[:wanted])


def _uu_trimmed(line: bytes) -> bytes:
    try:
        return a2b_uu(line)
    except Error:
        return b""
