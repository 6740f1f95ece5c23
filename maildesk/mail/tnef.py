"""What is inside a winmail.dat: the files and the formatted body that Outlook packs into one part (MS-OXTNEF).

The stream is a row of attributes of the message (level 1) and of its attachments (level 2); one that renders begins the next
attachment. Two of the attributes are lists of MAPI properties (MS-OXPROPS), where the real names and the contents are. A mail
inside, itself such a stream, becomes one .eml. Read by hand because the library for it copies the rest of the stream at each
attribute, which a hostile one makes quadratic, and loses all when one attribute is broken; here all before the break is kept.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from mimetypes import guess_type
from typing import ClassVar, TypeAlias

from maildesk.mail import charset, rtf
from maildesk.mail.compose import clean_header

SIGNATURE = b"\x78\x9f\x3e\x22"
LARGEST = 64 << 20
"""Bytes; a larger one stays a file."""

MOST_FILES = 200
MOST_PROPERTIES = 2_000
DEEPEST = 3

_MESSAGE, _ATTACHMENT = 1, 2


class _Attribute:
    SUBJECT, BODY, CODEPAGE, PROPERTIES = 0x8004, 0x800C, 0x9007, 0x9003
    RENDERING, TITLE, CONTENT, FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005


class _Property:
    SUBJECT, SENDER, BODY, HTML, RTF = 0x0037, 0x0C1A, 0x1000, 0x1013, 0x1009
    LONG_NAME, DISPLAY_NAME, SHORT_NAME, CONTENT, KIND, CONTENT_ID = 0x3707, 0x3001, 0x3704, 0x3701, 0x370E, 0x3712


class _Type:
    OBJECT, STRING, UNICODE, BINARY = 0x0D, 0x1E, 0x1F, 0x102
    FIXED: ClassVar[Mapping[int, int]] = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
    """Bytes of a value, by type."""


_MANY = 0x1000
"""The bit that makes a type one of several values."""

_A_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")
"""The interface (IID_IMessage) by which an object says that it is a mail."""

Value: TypeAlias = tuple[int, memoryview]
"""The type of a property and its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A file inside; `name` as it was written there."""

    name: str
    kind: str
    content: bytes | memoryview
    content_id: str = ""


@dataclass(slots=True, kw_only=True)
class Opened:
    """A stream that was read. Not `whole` when it breaks off or is damaged: something may be missing."""

    subject: str = ""
    sender: str = ""
    text: str = ""
    html: bytes = b""
    rtf: bytes = b""
    files: list[Packed] = field(default_factory=list)
    whole: bool = True


@dataclass(slots=True)
class _File:
    title: bytes = b""
    content: memoryview | None = None
    properties: Mapping[int, Value] = field(default_factory=dict)


def opened(data: bytes | memoryview, depth: int = 0) -> Opened | None:
    """What is inside, as far as it can be read; None when it is no TNEF."""
    view = memoryview(data)
    return _Stream(view, depth).opened() if view[:4] == SIGNATURE else None


class _Stream:
    def __init__(self, view: memoryview, depth: int) -> None:
        self.view = view
        self.depth = depth
        self.label: str | None = None
        self.found = Opened()
        self.files: list[_File] = []

    def opened(self) -> Opened:
        try:
            for level, name, content in self.attributes():
                if level == _MESSAGE:
                    self.of_message(name, content)
                else:
                    self.of_file(name, content)
        except (struct.error, ValueError):
            self.found.whole = False
        self.found.files += [packed for file in self.files if (packed := self.packed(file)) is not None]
        return self.found

    def attributes(self) -> Iterator[tuple[int, int, memoryview]]:
        """Level, name and content of each. ValueError where the row breaks off."""
        at = 6
        while at + 11 <= len(self.view):
            level, name, _, size = struct.unpack_from("<BHHI", self.view, at)
            if level not in (_MESSAGE, _ATTACHMENT) or at + 9 + size > len(self.view):
                raise ValueError("no attribute")
            yield level, name, self.view[at + 9 : at + 9 + size]
            at += 11 + size

    def of_message(self, name: int, content: memoryview) -> None:
        match name:
            case _Attribute.CODEPAGE:
                self.label = _label(content)
            case _Attribute.SUBJECT:
                self.found.subject = self.string(bytes(content))
            case _Attribute.BODY:
                self.found.text = self.string(bytes(content))
            case _Attribute.PROPERTIES:
                self.body(_properties(content))
            case _:
                pass

    def body(self, properties: Mapping[int, Value]) -> None:
        """The properties of the message that people read."""
        found = self.found
        found.subject = self.value(properties, _Property.SUBJECT) or found.subject
        found.sender = self.value(properties, _Property.SENDER)
        found.text = self.value(properties, _Property.BODY) or found.text
        if _Property.HTML in properties:
            kind, content = properties[_Property.HTML]
            found.html = bytes(content) if kind == _Type.BINARY else self.value(properties, _Property.HTML).encode()
        if _Property.RTF in properties:
            found.rtf = rtf.unpacked(bytes(properties[_Property.RTF][1]))

    def of_file(self, name: int, content: memoryview) -> None:
        if name == _Attribute.RENDERING or not self.files:
            if len(self.files) == MOST_FILES:
                raise ValueError("too many files")
            self.files.append(_File())
        match name:
            case _Attribute.TITLE:
                self.files[-1].title = bytes(content)
            case _Attribute.CONTENT:
                self.files[-1].content = content
            case _Attribute.FILE_PROPERTIES:
                self.files[-1].properties = _properties(content)
            case _:
                pass

    def packed(self, file: _File) -> Packed | None:
        """The file, a mail inside as one of its own; None for one without content."""
        names = (self.value(file.properties, one) for one in (_Property.LONG_NAME, _Property.DISPLAY_NAME, _Property.SHORT_NAME))
        name = next(filter(None, names), "") or self.string(file.title)
        kind, content = file.properties.get(_Property.CONTENT, (_Type.BINARY, file.content))
        if content is None:
            return None
        if kind == _Type.OBJECT:
            inner = opened(content[16:], self.depth + 1) if content[:16] == _A_MESSAGE and self.depth < DEEPEST else None
            if inner is not None:
                return Packed(name=f"{name or inner.subject}.eml", kind="message/rfc822", content=_as_mail(inner))
            content = content[16:]
        kind_said = self.value(file.properties, _Property.KIND) or guess_type(name)[0] or "application/octet-stream"
        return Packed(name=name, kind=kind_said, content=content, content_id=self.value(file.properties, _Property.CONTENT_ID))

    def value(self, properties: Mapping[int, Value], number: int) -> str:
        """A property that is a string, "" when it is missing or something else."""
        kind, content = properties.get(number, (0, memoryview(b"")))
        match kind:
            case _Type.UNICODE:
                return charset.tidy(bytes(content).decode("utf-16-le", "replace")).strip()
            case _Type.STRING:
                return self.string(bytes(content))
            case _:
                return ""

    def string(self, data: bytes) -> str:
        return charset.tidy(charset.decode(data.rstrip(b"\0"), self.label).text).strip()


def _label(content: memoryview) -> str | None:
    number = int.from_bytes(content[:4], "little")
    return "utf-8" if number == 65001 else f"cp{number}" if number else None


def _properties(view: memoryview) -> Mapping[int, Value]:
    """The first value of each property by its number (MS-OXTNEF, 2.1.3.4). struct.error or ValueError when the list is broken."""
    found: dict[int, Value] = {}
    (count,), at = struct.unpack_from("<I", view), 4
    for _ in range(min(count, MOST_PROPERTIES)):
        kind, number = struct.unpack_from("<HH", view, at)
        at = _after_name(view, at + 4) if number >= 0x8000 else at + 4
        base, many = kind & ~_MANY, bool(kind & _MANY)
        if base in _Type.FIXED:
            copies = struct.unpack_from("<I", view, at)[0] if many else 1
            at += 4 * many + copies * _Type.FIXED[base]
        elif base in (_Type.STRING, _Type.UNICODE, _Type.OBJECT, _Type.BINARY):
            values, at = _values(view, at)
            found.setdefault(number, (base, values))
        elif base > 1:
            raise ValueError("no property")
    return found


def _after_name(view: memoryview, at: int) -> int:
    """A named property has its name (a set's GUID, then a number or a string) before its value."""
    (by_string,) = struct.unpack_from("<I", view, at + 16)
    if not by_string:
        return at + 24
    (size,) = struct.unpack_from("<I", view, at + 20)
    return at + 24 + _padded(size)


def _values(view: memoryview, at: int) -> tuple[memoryview, int]:
    """The first of the values at `at`, and where they end."""
    (count,) = struct.unpack_from("<I", view, at)
    first, at = view[:0], at + 4
    for n in range(count):
        (size,) = struct.unpack_from("<I", view, at)
        first = view[at + 4 : at + 4 + size] if n == 0 else first
        at += 4 + _padded(size)
    return first, at


def _padded(size: int) -> int:
    return (size + 3) & ~3


def _as_mail(inner: Opened) -> bytes:
    """A mail inside, written as the mail it was, as far as it is known."""
    mail = EmailMessage()
    mail["Subject"] = clean_header(inner.subject)
    if inner.sender:
        mail["Comments"] = clean_header(f"From {inner.sender}")
    mail.set_content(inner.text)
    files = [*inner.files, *formatted(inner)]
    for file in files:
        mail.add_attachment(bytes(file.content), maintype="application", subtype="octet-stream", filename=clean_header(file.name))
    return mail.as_bytes()


def formatted(inner: Opened) -> tuple[Packed, ...]:
    """The formatted body as a file, the HTML one before the RTF one."""
    if inner.html:
        return (Packed(name="body.html", kind="text/html", content=inner.html),)
    return (Packed(name="body.rtf", kind="application/rtf", content=inner.rtf),) if inner.rtf else ()
