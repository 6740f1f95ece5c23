"""Values to the bytes of a mail (RFC 5322, 2045-2047, 2231). Written by hand, from cleaned strings only.

The standard library's writer takes whatever a header object holds, and what it holds may have come from a stranger's mail
(CVE-2024-6923): a line end in a subject becomes a Bcc. Here every header passes `clean_header`, nothing of a parsed
mail is ever re-used, and the finished header block is read back and compared with what was meant before anybody may send it.
The bytes are pure ASCII with CRLF, so that no relay has to convert them; only an address may be otherwise (RFC 6532).
"""

import re
from binascii import b2a_base64, b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote

from maildesk.core.message import Address, MessageId

_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+")
_SPACES = re.compile(r"\s{2,}")
_ID = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]{1,250}", re.ASCII)
_ATOMS = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*", re.ASCII)
_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}", re.ASCII)
_FIELD = re.compile(rb"([A-Za-z0-9-]+): ?([^\r\n]*(?:\r\n[ \t][^\r\n]+)*)\r\n")

SUBJECT_LENGTH, NAME_LENGTH, REFERENCES = 200, 64, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to be attached: its name, its type as somebody said it, its bytes."""

    filename: str
    content_type: str
    content: bytes


def clean_header(text: str, longest: int = SUBJECT_LENGTH) -> str:
    """Text as it may stand in a header: one line, no control characters, no turned direction of writing, not too long."""
    clean = _SPACES.sub(" ", _UNFIT.sub(" ", text)).strip()
    return clean if len(clean) <= longest else clean[: longest - 1].rstrip() + "…"


def unstructured(text: str, first: int) -> str:
    """A header's free text, encoded and folded where needed; `first` is how much of the first line is already used."""
    if text.isascii() and "=?" not in text:
        return _folded(text, first)
    return _encoded(text, first)


def mailbox(name: str, address: Address) -> str:
    """`Name <address>`. The address is one of ours or stored from a strict reading; still nothing may break out of it."""
    spec = "<" + re.sub(r"[\s<>\x00-\x1f\x7f-\x9f]", "", address) + ">"
    name = clean_header(name, NAME_LENGTH)
    if not name:
        return spec
    if not name.isascii() or "=?" in name:
        shown = _encoded(name, 10)
    elif _ATOMS.fullmatch(name):
        shown = name
    else:
        shown = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{shown}{' ' if len(shown) + len(spec) < 64 else chr(13) + chr(10) + ' '}{spec}"


def id_list(ids: tuple[MessageId, ...]) -> str:
    """Message-IDs for References, each on its own line; what is no Message-ID is left out, as is the middle of a long list."""
    fit = tuple(dict.fromkeys(one for one in ids if _ID.fullmatch(one)))
    if len(fit) > REFERENCES:
        fit = (fit[0], *fit[1 - REFERENCES :])
    return "\r\n ".join(f"<{one}>" for one in fit)


def date(moment: datetime) -> str:
    """An instant for the Date field, in its own zone."""
    return format_datetime(moment.replace(microsecond=0))


def mail(headers: tuple[tuple[str, str], ...], *, text: str, html: str, files: tuple[File, ...], mark: str) -> bytes:
    """The whole mail. Header values are ready for the wire; `mark` makes the boundaries unlike any other mail's.

    ValueError when the header block does not read back as exactly the headers meant.
    """
    inner, outer = f"=_md_{mark}_a", f"=_md_{mark}_m"
    body = _alternative(text, html, inner)
    kind = f'multipart/alternative; boundary="{inner}"'
    if files:
        parts = (_part((("Content-Type", kind),), body), *map(_attachment, files))
        body, kind = _multipart(parts, outer), f'multipart/mixed; boundary="{outer}"'
    block = _fields((*headers, ("MIME-Version", "1.0"), ("Content-Type", kind)))
    _prove(block, tuple(name for name, _ in headers))
    return block + b"\r\n" + body


def _fields(headers: tuple[tuple[str, str], ...]) -> bytes:
    return "".join([f"{name}: {value}\r\n" for name, value in headers]).encode("utf-8")


def _prove(block: bytes, meant: tuple[str, ...]) -> None:
    """Read the header block back: the fields that were meant, in their order, and nothing else."""
    at, found = 0, []
    while (field := _FIELD.match(block, at)) is not None:
        found.append(field[1].decode("ascii"))
        at = field.end()
    if at != len(block) or tuple(found) != (*meant, "MIME-Version", "Content-Type"):
        raise ValueError(f"header block reads back as {found}")
    if max(map(len, block.split(b"\r\n"))) > 998:
        raise ValueError("a header line is too long")


def _multipart(parts: tuple[bytes, ...], boundary: str) -> bytes:
    line = f"--{boundary}".encode("ascii")
    return b"".join([b for part in parts for b in (line, b"\r\n", part, b"\r\n")]) + line + b"--\r\n"


def _part(headers: tuple[tuple[str, str], ...], body: bytes) -> bytes:
    return _fields(headers) + b"\r\n" + body


def _alternative(text: str, html: str, boundary: str) -> bytes:
    return _multipart((_written(text, "text/plain"), _written(html, "text/html")), boundary)


def _written(words: str, kind: str) -> bytes:
    """A text part: readable as it stands when it is mostly ASCII, base64 when not. Never 8bit."""
    raw = b"\r\n".join(words.encode("utf-8").replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"))
    foreign = len(raw) - len(words) - words.count("\n")
    how, body = ("base64", base64(raw)) if foreign * 6 > len(raw) else ("quoted-printable", b2a_qp(raw, istext=True))
    return _part((("Content-Type", f"{kind}; charset=utf-8"), ("Content-Transfer-Encoding", how)), body)


def _attachment(file: File) -> bytes:
    """A file. Its name goes out twice: as RFC 2231 says, and encoded as many mail programs still expect it."""
    name = clean_header(file.filename, 255) or "file"
    kind = file.content_type.lower()
    kind = kind if _TYPE.fullmatch(kind) else "application/octet-stream"
    if name.isascii() and '"' not in name and "\\" not in name and "=?" not in name:
        plain, extended = f'"{name}"', f'filename="{name}"'
    else:
        plain, extended = '"' + _encoded(name, 0).replace("\r\n ", "\r\n  ") + '"', _extended(name)
    headers = (
        ("Content-Type", f"{kind};\r\n name={plain}"),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", f"attachment;\r\n {extended}"),
    )
    return _part(headers, base64(file.content))


def _extended(name: str) -> str:
    """A file name as RFC 2231 writes it: in UTF-8, in numbered pieces when it is long."""
    pieces = [quote(name[at : at + 24], safe="") for at in range(0, len(name), 24)]
    if len(pieces) == 1:
        return f"filename*=utf-8''{pieces[0]}"
    charset = "utf-8''"
    return ";\r\n ".join(f"filename*{n}*={charset * (n == 0)}{piece}" for n, piece in enumerate(pieces))


def base64(raw: bytes) -> bytes:
    """Base64 in lines of 76 characters with CRLF."""
    flat = b2a_base64(raw, newline=False)
    return b"\r\n".join([flat[at : at + 76] for at in range(0, len(flat), 76)])


def _folded(text: str, first: int) -> str:
    """ASCII text in lines of at most 78 characters where its spaces allow; a word without any is encoded instead."""
    if first + len(text) <= 76:
        return text
    if max(map(len, text.split(" "))) > 70:
        return _encoded(text, first)
    lines, room = [""], 76 - first
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
            room = 76
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return "\r\n ".join(lines)


def _encoded(text: str, first: int) -> str:
    """Encoded words (RFC 2047), each at most 75 characters and whole characters only."""
    words, piece, room = [], b"", (76 - first - 12) * 3 // 4
    for char in text:
        octets = char.encode("utf-8")
        if len(piece) + len(octets) > max(room, 4):
            words.append(piece)
            piece, room = b"", 45
        piece += octets
    words.append(piece)
    return "\r\n ".join("=?utf-8?b?" + b2a_base64(one, newline=False).decode("ascii") + "?=" for one in words)
