"""The header of a mail or of a part: its fields in order, and how the structured ones are taken apart.

A field's value is kept as the bytes that came, only unfolded; whoever asks for it says what it is: words, ids, a date, or a
value with parameters (RFC 2045, 5.1; RFC 2231). A line that is no field in the middle of the header is the rest of the line
above it, folded without its blank, when the one ends or the other begins like that; else it is noise. A line that begins with
two dashes is where the parts begin.

A carriage return alone is no line end (RFC 5322, 2.2), but some take it for one, so a header with one inside means two things:
who signed it may have seen another sender in it than who reads it. It is read as whoever signs reads it, and nobody is believed
to have written it (`doubt`). Only in a mail that has no other line ends is it one.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from urllib.parse import unquote_to_bytes

from mailparser.dates import parse_mail_date

from maildesk.core.message import MessageId
from maildesk.mail import charset, words
from maildesk.mail.remarks import Remarks

MOST_FIELDS = 1_000
MOST_PARAMETERS = 200
MOST_IDS = 500
MOST_FOLDS = 30

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*")
_GOES_ON = re.compile(rb".{60}|.*[;,][ \t]*\Z", re.DOTALL)
_IS_REST = re.compile(rb"[a-z<\"(]|=\?")
_MBOX = re.compile(rb"(?:>?From )\S")
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_ID = re.compile(r"<([^<>]{1,998})>")
_BARE_ID = re.compile(r"[^\s<>\"(),;@]{1,250}@[^\s<>\"(),;]{1,250}")
_PARAMETER = re.compile(
    r"(?<![;\s])[;\s]+([^\s=;\"]{1,100})\s*=\s*(?:\"((?:[^\"\\]|\\.|\"(?!\s*(?:[;(]|\Z|[\w*-]+\s*=)))*)\"?|([^;]*))", re.DOTALL
)
_PERCENT = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]%[89A-Fa-f][0-9A-Fa-f]")
_ESCAPED = re.compile(r"\\(.)")
_SECTION = re.compile(r"(.+?)(?:\*(\d{1,4}))?(\*)?", re.DOTALL)
_KIND = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")


class Fields:
    """The fields of one header, by name in any letter case, each value unfolded bytes.

    `doubt` says why others may read another header in the same bytes, "" when none can.
    """

    __slots__ = ("_by_name", "doubt", "everything")

    def __init__(self, everything: Iterable[tuple[str, bytes]] = (), doubt: str = "") -> None:
        self.everything = tuple(everything)
        self.doubt = doubt
        self._by_name: dict[str, list[bytes]] = {}
        for name, value in self.everything:
            self._by_name.setdefault(name, []).append(value)

    def all(self, name: str) -> tuple[bytes, ...]:
        """Every value of this field (name in lower case), topmost first."""
        return tuple(self._by_name.get(name, ()))

    def first(self, name: str) -> bytes | None:
        values = self._by_name.get(name)
        return values[0] if values else None

    def text(self, name: str, hint: str | None = None) -> str:
        """The first field of this name as words, "" when there is none."""
        values = self._by_name.get(name)
        return words.decoded(values[0], hint) if values else ""

    def names(self) -> Iterable[str]:
        return self._by_name


def parse(block: bytes, remarks: Remarks) -> tuple[Fields, int | None]:
    """The fields of a header block, and where in it the header ends early because what follows is no header (else None)."""
    found: list[tuple[str, bytearray]] = []
    doubt = "a carriage return stands alone in the header" if _LONE_RETURN.search(block) else ""
    lines = _lines(block)
    offset, above = 0, b""
    for number, line in enumerate(lines, 1):
        content = line.rstrip(b"\r\n").replace(b"\r", b" ")
        if content[:1] in b" \t" and found:
            found[-1][1].extend(content)
        elif match := _FIELD.match(content):
            if len(found) == MOST_FIELDS:
                remarks.limit("fields")
                break
            found.append((match[1].decode("ascii").lower(), bytearray(content[match.end() :])))
        elif content.strip() and not (not found and _MBOX.match(content)):
            if content.startswith(b"--") or not _header_goes_on(lines[number : number + MOST_FOLDS]):
                return _fields(found, doubt), offset
            _mend(found, content if _GOES_ON.match(above) or _IS_REST.match(content) else b"", remarks)
        offset += len(line)
        above = content
    return _fields(found, doubt), None


def _lines(block: bytes) -> list[bytes]:
    """The lines with their ends; the last has one, too."""
    end = b"\n" if b"\n" in block else b"\r"
    return [line + end for line in block.split(end)]


def _mend(found: list[tuple[str, bytearray]], rest: bytes, remarks: Remarks) -> None:
    """Deal with a line in the middle of the header that is no field."""
    if found and rest:
        remarks.warn("a header line that is no field was taken as the rest of the line above it")
        found[-1][1].extend(b" " + rest)
    else:
        remarks.warn("a header line that is no field was left out")


def _fields(found: list[tuple[str, bytearray]], doubt: str) -> Fields:
    return Fields(((name, bytes(value).rstrip()) for name, value in found), doubt)


def _header_goes_on(rest: list[bytes]) -> bool:
    """Whether the next line that is no continuation is a field, its name without a blank."""
    line = next((line for line in rest if line[:1] not in (b" ", b"\t")), b"")
    return bool(_FIELD.match(line)) and b" " not in line.split(b":", 1)[0].rstrip(b" \t")


def ids(raw: bytes | None) -> tuple[MessageId, ...]:
    """Message-IDs without their brackets, in the order of the field; blanks that broken folding left inside are removed."""
    if not raw:
        return ()
    text = charset.tidy(words.raw_text(raw))
    found = ["".join(match.split()) for match in _ID.findall(text)] or _BARE_ID.findall(text)
    return tuple(MessageId(one) for one in dict.fromkeys(found[:MOST_IDS]) if one)


def own_id(raw: bytes | None) -> MessageId | None:
    """The value of a Message-ID field; one without brackets is taken as it stands."""
    text = charset.tidy(words.raw_text(raw)).strip() if raw else ""
    if match := _ID.search(text):
        text = match[1]
    text = "".join(text.strip("<>").split())
    return MessageId(text) if text else None


def date(raw: bytes | None) -> datetime | None:
    """The moment of a Date field (RFC 5322, 3.3) with its own offset; an unknown zone counts as UTC."""
    if not raw:
        return None
    text = raw.decode("ascii", "replace")
    try:
        moment = parsedate_to_datetime(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, IndexError, TypeError, OverflowError):
        moment = parse_mail_date(text).value
        return moment if isinstance(moment, datetime) else None


def parameters(raw: bytes | None, remarks: Remarks, default: str = "") -> tuple[str, Mapping[str, str]]:
    """A value with parameters: the value in lower case, and the parameters by lower-case name.

    Parameters keep raw 8-bit letters as surrogate escapes, so that a boundary can be turned back into its bytes; `words_of`
    makes readable text of them. Sections (`name*0`, `name*1`) are joined, extended values (`name*`) come as `'utf-8''…'` decoded.
    """
    if not raw:
        return default, _NOTHING
    text = raw.decode("utf-8", "surrogateescape")
    value = text.split(";", 1)[0].split("(", 1)[0].strip().lower()
    if "=" not in text:
        return value or default, _NOTHING
    found: list[tuple[str, str]] = []
    for match in _PARAMETER.finditer(text):
        if len(found) == MOST_PARAMETERS:
            remarks.limit("params")
            break
        quoted = match[2]
        found.append((match[1].lower(), match[3].strip() if quoted is None else _ESCAPED.sub(r"\1", quoted)))
    return value or default, _merged(found)


_NOTHING: Mapping[str, str] = MappingProxyType({})


def media_type(value: str, default: str) -> str:
    """The media type of a Content-Type value, or the default for one that is none (RFC 2045, 5.2)."""
    match = _KIND.match(value)
    return match[0] if match else default


def _merged(found: list[tuple[str, str]]) -> Mapping[str, str]:
    if not any("*" in name for name, _ in found):
        return dict(reversed(found))
    plain: dict[str, str] = {}
    sections: dict[str, list[tuple[int, bool, str]]] = {}
    for name, value in found:
        match = _SECTION.fullmatch(name)
        if match and (match[2] or match[3]):
            sections.setdefault(match[1], []).append((int(match[2] or 0), bool(match[3]), value))
        else:
            plain.setdefault(name, value)
    assembled = {name: _assembled(parts) for name, parts in sections.items()}
    return plain | {name: value for name, value in assembled.items() if "\ufffd" not in value or name not in plain}


def _assembled(parts: list[tuple[int, bool, str]]) -> str:
    """The value of a parameter in sections (RFC 2231, 3 and 4): percent signs only in the extended ones, one charset for all."""
    parts.sort(key=lambda part: part[0])
    label = None
    data = bytearray()
    for number, extended, value in parts:
        if extended and number == parts[0][0] and value.count("'") >= 2:
            label, _, value = value.split("'", 2)
        raw = value.encode("utf-8", "surrogateescape")
        data += unquote_to_bytes(raw) if extended else raw
    return charset.decode(bytes(data), label).text


def words_of(value: str, hint: str | None = None) -> str:
    """A parameter as people read it: encoded words and percent signs, which do not belong there, and raw letters decoded."""
    raw = value.encode("utf-8", "surrogateescape")
    if _PERCENT.search(value) and (text := _utf8(unquote_to_bytes(raw))) is not None:
        return words.printable(text)
    return words.decoded(raw, hint)


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
