"""Which parts are what people read, and which are files that came along (RFC 2046; RFC 2387; RFC 3676).

Of alternatives one is the text and the HTML one is kept beside it; the first part of a related group is its body and the
others belong to it; anything else is read in order: text that is meant to be seen is text, all the rest are files. A mail
inside the mail (message/rfc822) is one file and never opened into the text; one that is only signed (S/MIME) is. Invitations
and cards are files, and a line of the text says what is in them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from maildesk.mail import cards, charset, forms, headers, pages, skeleton, smime
from maildesk.mail.remarks import Remarks
from maildesk.mail.skeleton import Part
from maildesk.mail.transfer import Buffer

_NOT_TO_READ = frozenset(
    {"calendar", "vcard", "x-vcard", "directory", "css", "javascript", "csv", "rtf", "xml", "rfc822-headers", "x-moz-deleted"}
)
TEXTS = 2
"""So many parts of the greatest length are read: a plain text and its HTML form."""

_STYLED = frozenset({"text/enriched", "text/richtext"})
_CALENDARS = frozenset({"text/calendar", "application/ics"})
_CONTACTS = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
_SIGNERS = {
    "application/pgp-signature": "PGP",
    "application/pkcs7-signature": "S/MIME",
    "application/x-pkcs7-signature": "S/MIME",
}
DEEPEST = 5
MOST_CARDS = 3
LONGEST_STUB = 60
LARGEST_SIGNED = 25 << 20

_HTML_BY_MISTAKE = re.compile(r"\s*(?:<!doctype html|<html[\s>])", re.IGNORECASE)
_ASKS_FOR_HTML = re.compile(r"html|browser|浏览器|瀏覽器|ブラウザ|브라우저|navigateur|navegador|браузер", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"[\u3400-\u9fff]|\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A part that is a file. `inline` when the body shows it; `source` holds its bytes when the mail itself does not."""

    part: Part
    inline: bool
    source: Buffer | None = None


@dataclass(slots=True)
class Body:
    """What a mail says. `marked` is its text with the marks of `pages`, `page` its sanitised HTML ("" for none).

    `pictures` are the names of its pictures by Content-ID; `is_page` when the text is the page's.
    """

    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    pictures: Mapping[str, str] = field(default_factory=dict)
    is_page: bool = False

    @property
    def marked(self) -> str:
        return "\n".join(text for text in self.texts if text.strip())

    @property
    def page(self) -> str:
        return "\n".join(page for page in self.htmls if page.strip())


def read(buffer: Buffer, root: Part, large: int, remarks: Remarks, *, depth: int = 0) -> Body:
    """The text, HTML and files of a mail, which stands inside `depth` others; of one text part at most `large` bytes."""
    reader = _Reader(buffer, large, remarks, depth)
    reader.body.pictures = _picture_names(root, charset_hint(root))
    reader.part(root, reader.body)
    if root.kind == "message/rfc822":
        _read_forwarded(buffer, root, large, remarks, reader.body)
    reader.body.texts += reader.cards(root)
    return reader.body


def _read_forwarded(buffer: Buffer, root: Part, large: int, remarks: Remarks, into: Body) -> None:
    """A mail that is nothing but another mail, which may be one too: what the innermost says is what people read."""
    for _ in range(DEEPEST):
        buffer = root.decoded(buffer, large)
        root = skeleton.parse(buffer, remarks)
        if root.kind != "message/rfc822":
            inside = read(buffer, root, large, remarks)
            into.texts += inside.texts
            into.htmls += inside.htmls
            return


def _picture_names(root: Part, hint: str | None) -> Mapping[str, str]:
    """The file names of the parts that HTML can show, by their Content-ID."""
    named = ((content_id(part), part.params.get("name")) for part in root.walk() if not part.children)
    return {identity: headers.words_of(name, hint) for identity, name in named if identity and name}


def charset_hint(root: Part) -> str | None:
    """The charset the mail's first text part says it has; raw 8-bit letters in the header are likely in the same."""
    return next((label for part in root.walk() if not part.children and (label := part.params.get("charset"))), None)


class _Reader:
    def __init__(self, buffer: Buffer, large: int, remarks: Remarks, depth: int) -> None:
        self.buffer = buffer
        self.depth = depth
        self.large = large
        self.taken = 0
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
                self.name_seal(part)
                for child in part.children:
                    self.part(child, into)
            case _:
                self.leaf(part, into)

    def name_seal(self, part: Part) -> None:
        """Says that a part is signed or encrypted (RFC 1847)."""
        if part.kind == "multipart/signed":
            signer = next((_SIGNERS[child.kind] for child in part.children if child.kind in _SIGNERS), "an unknown method")
            self.remarks.warn(f"signed with {signer}; the signature is kept as a file and was not checked")
        elif part.kind == "multipart/encrypted":
            self.remarks.warn("the mail is encrypted; only who has the key can read it")

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
        if paged and plain and self.stands_in("\n".join(plain.values()), paged[-1]):
            plain = {}
        into.texts += plain.values() or [inside.marked for inside in paged[-1:] or found]
        into.is_page |= not plain and bool(paged)
        for inside in found:
            into.leaves += inside.leaves

    def stands_in(self, plain: str, other: Body) -> bool:
        """Whether the plain form only says that the mail is to be seen as HTML. If so, the HTML is laid out."""
        said = _TOKEN.findall(plain)
        if not self.lays_out or len(said) > LONGEST_STUB:
            return False
        marked = pages.text(other.page, self.body.pictures)
        shown = _TOKEN.findall(pages.unmarked(marked))
        shared = len(set(said) & set(shown)) / len(set(said) or {""})
        stub = len(shown) > len(said) and shared < 0.5 and _ASKS_FOR_HTML.search(plain) is not None
        if stub or (len(shown) > 4 * len(said) and shared < 0.3):
            other.texts[:] = [marked]
            return True
        return False

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
            if part.kind in smime.KINDS and self.depth < DEEPEST:
                self.signed(part, into)
            return
        letters = self.letters(part)
        if part.kind == "text/html" or _HTML_BY_MISTAKE.match(letters):
            self.page(letters, into)
        else:
            into.texts.append(self.plain(part, letters))

    def signed(self, part: Part, into: Body) -> None:
        """What is inside a part of S/MIME, as if it stood in its place. The part itself stays a file."""
        found = smime.opened(part.decoded(self.buffer, LARGEST_SIGNED))
        match found.state:
            case smime.State.SIGNED:
                self.remarks.warn("signed with S/MIME; the signature is kept as a file and was not checked")
                self.take_in(found.content, into)
            case smime.State.ENCRYPTED:
                self.remarks.warn("the mail is encrypted with S/MIME; only who has the key can read it")
            case smime.State.UNKNOWN:
                self.remarks.warn("a part of S/MIME could not be opened")
            case _:
                assert_never(found.state)

    def take_in(self, mail: bytes, into: Body) -> None:
        """A mail inside the mail, as if it stood here."""
        inside = read(mail, skeleton.parse(mail, self.remarks), self.large, self.remarks, depth=self.depth + 1)
        into.texts += inside.texts
        into.htmls += inside.htmls
        into.leaves += [leaf if leaf.source else replace(leaf, source=mail) for leaf in inside.leaves]

    def plain(self, part: Part, letters: str) -> str:
        match part.kind:
            case "text/enriched":
                return forms.unenriched(letters)
            case "text/richtext":
                return forms.unriched(letters)
            case _ if part.params.get("format", "").lower() == "flowed":
                return forms.unflowed(letters, delsp=part.params.get("delsp", "").lower() == "yes")
            case _:
                text, warning = forms.disarmed(letters)
                if warning:
                    self.remarks.warn(warning)
                return text

    def cards(self, root: Part) -> Iterator[str]:
        """A line for each invitation, and one for each business card, which is a kind of signature."""
        parts = [part for part in root.walk() if part.kind in _CALENDARS | _CONTACTS][:MOST_CARDS]
        seen: set[str] = set()
        for part in parts:
            text = charset.tidy(charset.decode(part.decoded(self.buffer, self.large), part.params.get("charset")).text)
            line = cards.event(text) if part.kind in _CALENDARS else cards.contact(text)
            if line and line not in seen:
                seen.add(line)
                yield line if part.kind in _CALENDARS else pages.SIGNATURE + line

    def page(self, letters: str, into: Body) -> None:
        letters, embedded = pages.without_embedded(letters)
        if embedded:
            self.remarks.warn("the HTML holds pictures within itself, which are only in the raw mail")
        if pages.is_monstrous(letters):
            self.remarks.limit("html")
            into.texts.append(charset.tidy(pages.bare(letters)))
            return
        page = pages.sanitised(letters)
        into.htmls.append(page)
        marked = pages.text(page, self.body.pictures) if self.lays_out else ""
        if not into.texts or _letters_of(marked) != _letters_of(into.texts[-1]):
            into.is_page |= not into.texts
            into.texts.append(marked)

    def letters(self, part: Part) -> str:
        """The decoded text of a part. What is too long, alone or with all before it, is cut here and kept whole as a file."""
        room = min(self.large, TEXTS * self.large - self.taken)
        data = part.decoded(self.buffer, room + 1)
        if len(data) > room:
            self.remarks.limit("text")
            self.body.leaves.append(Leaf(part=part, inline=False))
            data = data[:room]
        self.taken += len(data)
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
