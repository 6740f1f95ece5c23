"""The shape of a mail: where every part begins and ends, found by one linear scan before anything is decoded.

The scan is what bounds a hostile mail (header block, fields, parts and depth have a limit, named in the remarks when hit) and
what keeps a large one out of memory: it works on offsets into the raw bytes or a mapped file, so a leaf of any size is a pair of
numbers until somebody asks for its bytes, and then comes in pieces. Because it has to see every boundary anyway, a second,
slower MIME parser behind it would only repeat its work and could disagree with it; mail-parser is therefore used on single
fields (addresses, dates, Received), where it is at its best, and not for the structure.

RFC 2046 rules; what is broken is mended as mail programs do: an outer boundary ends all that is open inside, and when the inner
one comes again, a part begins there; a missing last boundary is the end of the mail, or stands glued to the last line of the
text; a lost boundary parameter is guessed from the body; a multipart without parts is text; a uuencoded file in a plain text
(from before MIME, and from Outlook until today) is a part of its own.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from maildesk.mail import headers, transfer
from maildesk.mail.headers import Fields
from maildesk.mail.remarks import Remarks
from maildesk.mail.transfer import Buffer

MOST_HEADER_BYTES = 102_400
MOST_PARTS = 1_000
MOST_UNCLOSED = 5
DEEPEST = 50

_BLANK_LINE = re.compile(rb"\n\r*\n")
_BLANK_LINE_OF_RETURNS = re.compile(rb"\r\r")
_LEADING_BLANK = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*")
_LINE_END = re.compile(rb"[ \t]*(?:\r\n|\n|\r|\Z)")
_UUENCODED = re.compile(rb"^begin 0?[0-7]{3} ([^\r\n]{1,255}?)[ \t]*\r?\n(?=[M -`][ -`]{3,84}\r?\n)", re.MULTILINE)
_UUENCODED_END = re.compile(rb"^end[ \t]*(?:\r?\n|\r|\Z)", re.MULTILINE)
_GUESSED_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\r\n]{1,70})\r?\nContent-", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a mail, or the mail itself. `start` and `end` enclose its body in the buffer; a leaf has no children."""

    fields: Fields
    kind: str
    params: Mapping[str, str]
    start: int
    end: int
    children: tuple["Part", ...] = ()

    @property
    def encoding(self) -> str:
        return transfer.named(self.fields.first("content-transfer-encoding"))

    def chunks(self, buffer: Buffer) -> Iterator[bytes]:
        """The decoded bytes of a leaf, piece by piece."""
        return transfer.chunks(buffer, self.start, self.end, self.encoding)

    def decoded(self, buffer: Buffer, most: int) -> bytes:
        """At most `most` decoded bytes of a leaf."""
        return transfer.decoded(buffer, self.start, self.end, self.encoding, most)

    def walk(self) -> Iterator["Part"]:
        """This part and all below it, in the order of the mail. What is inside a message/rfc822 part is not below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def parse(buffer: Buffer, remarks: Remarks) -> Part:
    """The mail in `buffer` as a tree of parts. Never raises, whatever the bytes are."""
    return _Scan(buffer, remarks).part(_LEADING_BLANK.match(buffer, 0).end(), len(buffer), 0, "text/plain")  # type: ignore[union-attr]


class _Scan:
    def __init__(self, buffer: Buffer, remarks: Remarks) -> None:
        self.buffer = buffer
        self.remarks = remarks
        self.parts = 0
        self.unclosed: list[bytes] = []
        head = buffer[:4096]
        self.blank_line = _BLANK_LINE_OF_RETURNS if b"\r" in head and b"\n" not in head else _BLANK_LINE

    def part(self, start: int, end: int, depth: int, default: str) -> Part:
        self.parts += 1
        fields, body = self.header(start, end)
        value, params = headers.parameters(fields.first("content-type"), self.remarks, default)
        kind = headers.media_type(value, "text/plain")
        children: tuple[Part, ...] = ()
        if kind.startswith("multipart/"):
            if depth == DEEPEST:
                self.remarks.limit("depth")
                return Part(fields=fields, kind="application/octet-stream", params=params, start=body, end=end)
            children = self.children(kind, params.get("boundary", ""), body, end, depth)
            kind = kind if children else "text/plain"
        elif kind == "text/plain" and (children := tuple(self.uuencoded(fields, params, body, end))):
            kind = "multipart/mixed"
        return Part(fields=fields, kind=kind, params=params, start=body, end=end, children=children)

    def header(self, start: int, end: int) -> tuple[Fields, int]:
        """The fields of the header at `start` and where its body begins."""
        if self.buffer[start : start + 1] in (b"\r", b"\n"):
            return Fields(), _LINE_END.match(self.buffer, start, end).end()  # type: ignore[union-attr]
        limit = min(end, start + MOST_HEADER_BYTES)
        blank = self.blank_line.search(self.buffer, start, limit)
        block = self.buffer[start : blank.end() if blank else limit]
        if blank is None and limit < end:
            self.remarks.limit("headers")
            block = block[: block.rfind(b"\n") + 1]
            blank = self.blank_line.search(self.buffer, limit, end)
        fields, early = headers.parse(block, self.remarks)
        if early is not None:
            return fields, start + early
        return fields, blank.end() if blank else end

    def children(self, kind: str, boundary: str, start: int, end: int, depth: int) -> tuple[Part, ...]:
        default = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        spans = list(self.spans(boundary.rstrip().encode("utf-8", "surrogateescape"), start, end))
        if not spans:
            spans = list(self.spans(self.guessed(start, end), start, end))
        found = []
        for first, last in (piece for span in spans for piece in self.strayed(*span)):
            if self.parts >= MOST_PARTS:
                self.remarks.limit("parts")
                break
            found.append(self.part(first, last, depth + 1, default))
        return tuple(found)

    def guessed(self, start: int, end: int) -> bytes:
        """The boundary the body itself uses, when the one in the header is missing or never occurs."""
        match = _GUESSED_BOUNDARY.search(self.buffer, start, min(end, start + MOST_HEADER_BYTES))
        if match:
            self.remarks.warn("the boundary between the parts was guessed from the body")
        return match[1].rstrip() if match else b""

    def spans(self, boundary: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Where the parts between the delimiter lines of `boundary` begin and end (RFC 2046, 5.1.1)."""
        opened = -1
        for line, after, closing in self.delimiters(boundary, start, end):
            if opened >= 0:
                yield opened, max(opened, self.before_line_end(line, start))
            opened = -1 if closing else after
            if closing:
                break
        if opened >= 0:
            yield opened, self.glued(boundary, opened, end)

    def glued(self, boundary: bytes, start: int, end: int) -> int:
        """Where the last part ends without a closing delimiter: at one that stands behind its text, else with all the rest."""
        self.unclosed = [boundary, *self.unclosed[: MOST_UNCLOSED - 1]]
        at = self.buffer.find(b"--" + boundary + b"--", start, end)
        return end if at < 0 else at

    def strayed(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The span, divided where a boundary comes again that an outer one had ended before its time."""
        cuts = sorted(cut for boundary in self.unclosed for cut in self.delimiters(boundary, start, end))
        for line, after, _ in cuts:
            if line >= start:
                yield start, max(start, self.before_line_end(line, start))
                start = after
        yield start, end

    def uuencoded(self, fields: Fields, params: Mapping[str, str], start: int, end: int) -> Iterator[Part]:
        """A plain text with uuencoded files in it as parts: text, file, text …"""
        if transfer.named(fields.first("content-transfer-encoding")) not in transfer.PLAIN:
            return
        at = start
        while (begin := _UUENCODED.search(self.buffer, at, end)) and (
            ends := _UUENCODED_END.search(self.buffer, begin.end(), end)
        ):
            if self.parts >= MOST_PARTS:
                self.remarks.limit("parts")
                break
            self.parts += 2
            yield Part(fields=fields, kind="text/plain", params=params, start=at, end=begin.start())
            yield Part(
                fields=_file_fields(begin[1]), kind="application/octet-stream", params={}, start=begin.end(), end=ends.start()
            )
            at = ends.end()
        if at > start:
            yield Part(fields=fields, kind="text/plain", params=params, start=at, end=end)

    def delimiters(self, boundary: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        needle = b"--" + boundary
        at = self.buffer.find(needle, start, end) if boundary else -1
        seen = 0
        while at >= 0 and seen <= MOST_PARTS:
            after = at + len(needle)
            closing = self.buffer[after : after + 2] == b"--"
            line_end = _LINE_END.match(self.buffer, after + 2 * closing, end)
            if line_end and (at == start or self.buffer[at - 1 : at] in (b"\n", b"\r")):
                seen += 1
                yield at, line_end.end(), closing
            at = self.buffer.find(needle, after, end)

    def before_line_end(self, line: int, start: int) -> int:
        """The line end before a delimiter belongs to the delimiter."""
        if self.buffer[line - 2 : line] == b"\r\n":
            return max(line - 2, start)
        return max(line - 1, start)


def _file_fields(name: bytes) -> Fields:
    """The header a uuencoded file would have as a part."""
    quoted = name.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return Fields(
        (("content-transfer-encoding", b"x-uuencode"), ("content-disposition", b'attachment; filename="' + quoted + b'"'))
    )
