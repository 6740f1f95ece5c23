"""Words of a header field: RFC 2047 encoded words and raw 8-bit letters, read as their writer meant them.

Encoded words that follow each other in one charset are joined *before* they are decoded, because mailers cut in the middle of a
character. What RFC 2047 forbids and mailers do is read too: encoded words inside quotes, with spaces or question marks in them,
without their end (a subject that was cut), encoded twice, or in the other encoding than the letter says.
"""

import re
from binascii import Error, a2b_base64, a2b_qp
from typing import NamedTuple

from maildesk.mail import charset

ENCODED = re.compile(
    r"=\?[ \t]*([^?\s]{1,64})[ \t]*\?[ \t]*([bBqQ])[ \t]*\?"
    r"(?:((?:[^?=]|=(?!\?(?!=))|\?(?!=))*)\?=|((?:[^?=\s]|=(?!\?))+)\??(?=\s|=\?|\Z))"
)
"""An encoded word; the second form of its payload has lost its end."""

_QUOTED_LETTER = re.compile(r"=[0-9A-Fa-f]{2}.*[^=]\Z", re.DOTALL)
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]+")
_CONTROLS = {**dict.fromkeys((*range(32), 127, *range(0x80, 0xA0)), " "), 0xFEFF: None}


class _Word(NamedTuple):
    charset: str
    encoding: str
    payload: str


def raw_text(raw: bytes, hint: str | None = None) -> str:
    """The field as text with its encoded words still in it."""
    return raw.decode("ascii") if raw.isascii() and b"\x1b" not in raw else charset.decode(raw, None, hint).text


def decoded(raw: bytes, hint: str | None = None) -> str:
    """An unstructured field (RFC 5322, 3.6.5) as people read it: one line, nothing but printable letters and spaces."""
    return printable(joined(raw_text(raw, hint), hint))


def printable(text: str) -> str:
    """Without control characters, which would break a line or a terminal."""
    return charset.tidy(text.translate(_CONTROLS) if not text.isprintable() else text).strip()


def joined(text: str, hint: str | None = None) -> str:
    """All encoded words of `text` read, those that were encoded twice too."""
    if "=?" not in text:
        return text
    once = _joined(text, hint)
    return _joined(once, hint) if "=?" in once and once != text else once


def _joined(text: str, hint: str | None) -> str:
    """Each run of encoded words as one; blanks between two of them vanish (RFC 2047, 6.2)."""
    pieces: list[str] = []
    run: list[_Word] = []
    end = 0
    for match in ENCODED.finditer(text):
        between = text[end : match.start()]
        if between.strip() or not run:
            pieces += (_read(run, hint), between)
            run = []
        run.append(_word(match[1], match[2].lower(), match[4] if match[3] is None else match[3]))
        end = match.end()
    return "".join((*pieces, _read(run, hint), text[end:]))


def _word(label: str, encoding: str, payload: str) -> _Word:
    """The charset without its language (RFC 2231, 5), and the encoding that it is in whatever it says."""
    quoted = encoding == "b" and _QUOTED_LETTER.search(payload) is not None
    return _Word(label.split("*")[0].lower(), "q" if quoted else encoding, payload)


def _read(run: list[_Word], hint: str | None) -> str:
    pieces: list[str] = []
    while run:
        size = next((n for n, word in enumerate(run) if word.charset != run[0].charset), len(run))
        alike, run = run[:size], run[size:]
        pieces.append(charset.decode(_bytes(alike), alike[0].charset, hint).text)
    return "".join(pieces)


def _bytes(run: list[_Word]) -> bytes:
    """The bytes of words in one charset. Base64 that was cut between its groups of four is glued together first."""
    if all(word.encoding == "b" for word in run) and any(len(word.payload) % 4 for word in run[:-1]):
        return _base64("".join(word.payload for word in run))
    return b"".join(_base64(w.payload) if w.encoding == "b" else _quoted(w.payload) for w in run)


def _base64(payload: str) -> bytes:
    payload = _NOT_BASE64.sub("", payload)
    payload = payload[:-1] if len(payload) % 4 == 1 else payload
    try:
        return a2b_base64(payload + "=" * (-len(payload) % 4))
    except Error:
        return payload.encode("ascii", "replace")


def _quoted(payload: str) -> bytes:
    return a2b_qp(payload.encode("utf-8", "surrogateescape"), header=True)
