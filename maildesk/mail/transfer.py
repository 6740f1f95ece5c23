"""Transfer encodings undone piece by piece, so that an attachment of any size costs one window of memory (RFC 2045, 6).

What is damaged is read as far as it goes: foreign characters in base64 are skipped; padding ends it, unless whole lines of the
same follow, as where a program encoded piece by piece; a broken quoted character stays as it is; an unknown encoding is taken
for none, and so is base64 whose first lines are plainly words.
"""

import re
from binascii import Error, a2b_base64, a2b_qp, a2b_uu
from collections.abc import Iterator
from itertools import chain
from mmap import mmap
from typing import TypeAlias

Buffer: TypeAlias = bytes | mmap
"""The raw mail: bytes, or a mapped file of which only the touched pages are in memory."""

WINDOW = 1 << 18
LONGEST_LOOK = 1_000

PLAIN = frozenset({"7bit", "8bit", "binary"})
"""Encodings that change nothing (RFC 2045, 6.2)."""

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET))
_BASE64_LINE = re.compile(rb"(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
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
        case "base64" if not _is_words(buffer[start : min(start + LONGEST_LOOK, end)]):
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


def _is_words(beginning: bytes) -> bool:
    """Whether what calls itself base64 begins with words: in three lines every eighth character or more is none of base64."""
    lines = [line for line in beginning.splitlines() if line.strip()][:3]
    if not lines or (len(lines[0]) >= 8 and _BASE64_LINE.fullmatch(lines[0].strip())):
        return False
    said = b"".join(lines)
    return len(said.translate(None, _NOT_BASE64)) * 8 <= len(said) * 7


def _base64(pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        letters, padding, _ = (rest + piece.translate(None, _NOT_BASE64)).partition(b"=")
        if padding:
            yield _ended(letters)
            yield from _further_lines(chain((piece.partition(b"=")[2],), pieces))
            return
        whole = len(letters) & ~3
        rest = letters[whole:]
        yield a2b_base64(letters[:whole])
    yield _ended(rest)


def _ended(letters: bytes) -> bytes:
    """The last letters of base64, with the padding that they need."""
    letters = letters[:-1] if len(letters) % 4 == 1 else letters
    return a2b_base64(letters + b"=" * (-len(letters) % 4))


def _further_lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """What stands below the padding, as long as each line is whole base64 of its own."""
    for line in map(bytes.strip, _lines(pieces)):
        line = line.lstrip(b"= ")
        if not _BASE64_LINE.fullmatch(line):
            return
        yield a2b_base64(line)


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
    yield rest


def _quoted_printable(pieces: Iterator[bytes]) -> Iterator[bytes]:
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


def _uuencoded(pieces: Iterator[bytes]) -> Iterator[bytes]:
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
