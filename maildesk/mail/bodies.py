"""Which parts are what people read, and which are files that came along (RFC 2046; RFC 2387; RFC 3676).

Of alternatives one is the text and the HTML one is kept beside it; the first part of a related group is its body and the
others belong to it; anything else is read in order: text that is meant to be seen is text, all the rest are files. A mail
inside the mail (message/rfc822) is one file and never opened into the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from maildesk.mail import charset, pages, skeleton
from maildesk.mail.remarks import Remarks
from maildesk.mail.skeleton import Part
from maildesk.mail.transfer import Buffer

_NOT_TO_READ = frozenset(
    {"calendar", "vcard", "x-vcard", "directory", "css", "javascript", "csv", "rtf", "xml", "rfc822-headers", "x-moz-deleted"}
)
_STYLED = frozenset({"text/enriched", "text/richtext"})
DEEPEST = 5
_TAG = re.compile(r"<(/?)([a-z-]{0,60})>", re.IGNORECASE)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A part that is a file. `inline` when the body shows it."""

    part: Part
    inline: bool


@dataclass(slots=True)
class Body:
    """What a mail says. `marked` is its text with the marks of `pages`, `page` its sanitised HTML ("" for none)."""

    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)

    @property
    def marked(self) -> str:
        return "\n".join(text for text in self.texts if text.strip())

    @property
    def page(self) -> str:
        return "\n".join(page for page in self.htmls if page.strip())


def read(buffer: Buffer, root: Part, large: int, remarks: Remarks) -> Body:
    """The text, HTML and files of a mail; of one text part at most `large` bytes."""
    reader = _Reader(buffer, large, remarks)
    reader.part(root, reader.body)
    if root.kind == "message/rfc822":
        _read_inside(buffer, root, large, remarks, reader.body)
    return reader.body


def _read_inside(buffer: Buffer, root: Part, large: int, remarks: Remarks, into: Body) -> None:
    """A mail that is nothing but another mail, which may be one too: what the innermost says is what people read."""
    for _ in range(DEEPEST):
        buffer = root.decoded(buffer, large)
        root = skeleton.parse(buffer, remarks)
        if root.kind != "message/rfc822":
            inside = read(buffer, root, large, remarks)
            into.texts += inside.texts
            into.htmls += inside.htmls
            return


def charset_hint(root: Part) -> str | None:
    """The charset the mail's first text part says it has; raw 8-bit letters in the header are likely in the same."""
    return next((label for part in root.walk() if not part.children and (label := part.params.get("charset"))), None)


class _Reader:
    def __init__(self, buffer: Buffer, large: int, remarks: Remarks) -> None:
        self.buffer = buffer
        self.large = large
        self.remarks = remarks
        self.body = Body()
        self.lays_out = True
        """Whether HTML is needed as text: not beside a plain alternative that says something."""

    def part(self, part: Part, into: Body) -> None:
        match part.kind:
            case "multipart/alternative" if part.children:
                self.alternatives(part.children, into)
            case "multipart/related" if part.children:
                self.related(part, into)
            case _ if part.children:
                for child in part.children:
                    self.part(child, into)
            case _:
                self.leaf(part, into)

    def alternatives(self, children: tuple[Part, ...], into: Body) -> None:
        """One text for all of them: the plain one if it says anything, else the HTML one as text."""
        found = [Body() for _ in children]
        wanted = self.lays_out
        for child, inside in sorted(zip(children, found, strict=True), key=lambda pair: pair[0].kind != "text/plain"):
            if child.children or _is_readable(child) or child.kind == "text/calendar" or not child.kind.startswith("text/"):
                self.part(child, inside)
                self.lays_out &= not (child.kind == "text/plain" and inside.marked.strip())
        self.lays_out = wanted
        paged = [inside for inside in found if inside.page]
        plain = {" ".join(_letters_of(one)): one for one in self.plain_ones(children, found)}
        into.htmls += [inside.page for inside in paged[-1:]]
        into.texts += plain.values() or [inside.marked for inside in paged[-1:] or found]
        for inside in found:
            into.leaves += inside.leaves

    def plain_ones(self, children: tuple[Part, ...], found: list[Body]) -> Iterator[str]:
        """The texts of the plain alternatives that say anything."""
        for child, inside in zip(children, found, strict=True):
            if child.kind == "text/plain" and inside.marked.strip():
                yield inside.marked

    def related(self, part: Part, into: Body) -> None:
        start = part.params.get("start", "").strip("<> ")
        ids = [content_id(child) for child in part.children]
        root = part.children[ids.index(start)] if start and start in ids else part.children[0]
        self.part(root, into)
        for child in part.children:
            if child is not root and child.children:
                self.part(child, into)
            elif child is not root:
                into.leaves.append(Leaf(part=child, inline=_disposition(child) != "attachment" or bool(content_id(child))))

    def leaf(self, part: Part, into: Body) -> None:
        beside = part.kind in _STYLED or (_is_named(part) and _disposition(part) == "")
        if not _is_readable(part) or (beside and into.texts) or (_is_named(part) and _disposition(part)):
            into.leaves.append(Leaf(part=part, inline=_disposition(part) == "inline" and part.kind.startswith("image/")))
        elif part.kind == "text/html":
            self.page(part, into)
        else:
            into.texts.append(self.plain(part))

    def plain(self, part: Part) -> str:
        found = self.letters(part)
        if part.kind in _STYLED:
            return _TAG.sub("", found)
        if part.params.get("format", "").lower() == "flowed":
            return "\n".join(_unflowed(found, part.params.get("delsp", "").lower() == "yes"))
        return found

    def page(self, part: Part, into: Body) -> None:
        letters = self.letters(part)
        if pages.is_monstrous(letters):
            self.remarks.limit("html")
            into.texts.append(charset.tidy(pages.bare(letters)))
            return
        page = pages.sanitised(letters)
        into.htmls.append(page)
        marked = pages.text(page) if self.lays_out else ""
        if not into.texts or _letters_of(marked) != _letters_of(into.texts[-1]):
            into.texts.append(marked)

    def letters(self, part: Part) -> str:
        """The decoded text of a part. One that is too long is cut here and kept whole as a file."""
        data = part.decoded(self.buffer, self.large + 1)
        if len(data) > self.large:
            self.remarks.limit("text")
            self.body.leaves.append(Leaf(part=part, inline=False))
            data = data[: self.large]
        said_inside = charset.declared(data) if part.kind == "text/html" else None
        decoded = charset.decode(data, part.params.get("charset"), said_inside)
        if decoded.doubt:
            self.remarks.warn(f"text: {decoded.doubt}")
        return charset.tidy(decoded.text)


def content_id(part: Part) -> str:
    """The Content-ID of a part without brackets, "" for none."""
    raw = part.fields.first("content-id")
    return raw.decode("utf-8", "replace").strip().strip("<>") if raw else ""


def _disposition(part: Part) -> str:
    raw = part.fields.first("content-disposition")
    return raw.split(b";", 1)[0].strip().lower().decode("ascii", "replace") if raw else ""


def _is_named(part: Part) -> bool:
    raw = part.fields.first("content-disposition")
    return "name" in part.params or (raw is not None and b"filename" in raw.lower())


def _is_readable(part: Part) -> bool:
    main, _, sub = part.kind.partition("/")
    return main == "text" and sub not in _NOT_TO_READ and _disposition(part) != "attachment"


def _letters_of(text: str) -> list[str]:
    return _WORD.findall(text)


def _unflowed(text: str, delsp: bool) -> Iterator[str]:
    """Lines of format=flowed joined again (RFC 3676, 4): a line that ends in a space goes on in the next of the same depth."""
    paragraph, depth = list[str](), 0
    for line in text.split("\n"):
        content = line.lstrip(">")
        level = len(line) - len(content)
        content = content.removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        if paragraph and (level != depth or content == "-- "):
            yield _quoted(paragraph, depth)
            paragraph = []
        paragraph.append(content[:-1] if flows and delsp else content)
        depth = level
        if not flows:
            yield _quoted(paragraph, depth)
            paragraph = []
    if paragraph:
        yield _quoted(paragraph, depth)


def _quoted(paragraph: list[str], depth: int) -> str:
    return (">" * depth + " " if depth else "") + "".join(paragraph)
