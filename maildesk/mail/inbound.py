"""A mail as it came, understood: bytes in, one Message out, whatever the bytes are.

Each question about a mail has a module of its own; `read` asks them in order. It never raises. The ladder: all is understood;
when some question breaks on this mail, only header and body are taken, each as far as it goes; when even that breaks, the raw
mail is the text. So there is always something to see, and the warning says on which rung it was read.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from unicodedata import normalize

from maildesk.core.message import (
    Address,
    Authentication,
    Digest,
    Identity,
    Kind,
    Message,
    Proof,
    Verdict,
    folded,
)
from maildesk.core.orders import resembles_order
from maildesk.mail import (
    addresses,
    attachments,
    automatic,
    bodies,
    bounces,
    charset,
    facts,
    forwards,
    headers,
    language,
    pages,
    quoting,
    skeleton,
)
from maildesk.mail.proof import proof
from maildesk.mail.remarks import Remarks
from maildesk.mail.transfer import Buffer

LARGE = 1 << 20
LONGEST_RAW = 20_000
LONGEST_FIELD = 200
_BLANKS = b" \t\r\n"
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W_]+|/")
_LINK = re.compile(r"[<\[]|https?:|mailto:", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Envelope:
    """What a reading is about, beside the bytes."""

    buffer: Buffer
    digest: Digest
    received_at: datetime
    hosts: tuple[str, ...]
    border: tuple[str, ...]
    keys: Mapping[str, str] | None
    own: frozenset[Address]
    large: int
    keep_large: bool

    def kept(self, leaves: list[bodies.Leaf], remarks: Remarks) -> list[bodies.Leaf]:
        """The files to keep: all, or those that are not large."""
        small = [leaf for leaf in leaves if leaf.part.end - leaf.part.start <= self.large]
        if self.keep_large or len(small) == len(leaves):
            return leaves
        remarks.limit("large")
        return small


def read(
    raw: Buffer,
    *,
    received_at: datetime,
    hosts: tuple[str, ...] = (),
    border: tuple[str, ...] = (),
    keys: Mapping[str, str] | None = None,
    own: frozenset[Address] = frozenset(),
    large: int = LARGE,
    keep_large: bool = True,
    glance: bool = False,
) -> Message:
    """The mail in `raw`, understood.

    `received_at` is the server's date, `hosts` the receiving hosts whose Authentication-Results are believed, below the
    Received lines of the `border` too; with `keys`, texts of the DNS by name, DKIM signatures are checked as well, and which
    keys are missing is told. `own` are our addresses. Text beyond `large` bytes in one part is cut off; without
    `keep_large` files above that size are left out, and the limit is named. Only header and first text are read at a `glance`.
    Attachments keep reading from `raw`: a mapped file must stay open until their `chunks` were taken.
    """
    envelope = _Envelope(
        buffer=raw,
        digest=_digest(raw),
        received_at=received_at,
        hosts=hosts,
        border=border,
        keys=keys,
        own=own,
        large=large,
        keep_large=keep_large,
    )
    reason = ""
    for rung in (_plain,) if glance else (_whole, _plain):
        remarks = Remarks()
        if reason:
            remarks.warn(f"read with less care, because something in it broke the reader: {reason}")
        try:
            return rung(envelope, remarks)
        except Exception as fault:  # a hostile mail may break any library; the next rung uses fewer of them
            reason = f"{type(fault).__name__} in {rung.__name__.strip('_')}"
    return _raw(envelope, reason)


def unread(digest: Digest, *, size: int, received_at: datetime) -> Message:
    """A mail of which nothing is known but its bytes: what stands for one that must not be read again."""
    return Message(
        digest=digest,
        size=size,
        received_at=received_at,
        message_id=None,
        in_reply_to=(),
        references=(),
        date=None,
        sender=None,
        identity=Identity(address=None, why="the mail could not be read"),
        reply_to=(),
        to=(),
        cc=(),
        addressed=(),
        subject="",
        text="",
        new_text="",
        quoted_lines=0,
        signature_lines=0,
        html=None,
        attachments=(),
        forwarded=None,
        verdict=Verdict(kind=Kind.PERSON, rule="nothing could be read that says otherwise"),
        bounce=None,
        authentication=Authentication(proof=Proof.NONE, why="the mail could not be read"),
        language="en",
        fields={},
        warnings=("nothing of this mail could be read",),
    )


def semantic(message: Message) -> str:
    """What a mail says, as a digest: the same mail that came by two ways has the same, though its raw bytes differ."""
    sender = (message.sender.address or "") if message.sender else ""
    date = message.date.isoformat() if message.date else ""
    text = " ".join(message.text.split())
    files = sorted(file.digest for file in message.attachments)
    return _hashed(sender.lower(), date, message.subject, text, *files)


def said(message: Message, *, dated: bool = True) -> str | None:
    """Who wrote what and when, as a digest: a mail that is sent again has the same, whatever is added to its header or changed
    there. If not `dated`, as if it had no date: one may be put on top when it is sent again. None where no sender is known, or
    there are no words."""
    sender, date, body = message.identity.address, message.date if dated else None, message.body
    return _hashed(folded(sender), date.isoformat() if date else "", body) if sender and body else None


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def _digest(buffer: Buffer) -> Digest:
    digest = hashlib.sha256()
    for at in range(0, len(buffer), LARGE):
        digest.update(buffer[at : at + LARGE])
    return Digest(digest.hexdigest())


def _whole(envelope: _Envelope, remarks: Remarks) -> Message:
    """Every question asked."""
    buffer = envelope.buffer
    root = skeleton.parse(buffer, remarks)
    fields, hint = root.fields, bodies.charset_hint(root)
    identity = addresses.identity(fields, hint)
    sender = addresses.shown(fields, hint, remarks)
    to, cc = (addresses.named(fields, name, hint, remarks) for name in ("to", "cc"))
    subject = fields.text("subject", hint)
    body = bodies.read(buffer, root, envelope.large, remarks)
    if not body.marked.strip():
        _take_from_inside(envelope, body, remarks)
    text = pages.unmarked(body.marked)
    split = _split(body)
    report = bounces.read(buffer, root, subject, text)
    return Message(
        digest=envelope.digest,
        size=len(buffer),
        received_at=envelope.received_at,
        message_id=headers.own_id(fields.first("message-id")),
        in_reply_to=headers.ids(fields.first("in-reply-to")),
        references=headers.ids(fields.first("references")),
        date=headers.date(fields.first("date")) if len(fields.all("date")) == 1 else None,
        sender=sender,
        identity=identity,
        reply_to=addresses.named(fields, "reply-to", hint, remarks),
        to=to,
        cc=cc,
        addressed=addresses.addressed((*to, *cc), fields, hint, remarks),
        subject=subject,
        text=text,
        new_text=split.new,
        quoted_lines=split.quoted_lines,
        signature_lines=split.signature_lines,
        only_quoted=split.only_quoted,
        signature=split.signature,
        unseen=_unseen(body, split.new, remarks),
        html=body.page or None,
        attachments=attachments.read(buffer, envelope.kept(body.leaves, remarks), hint, remarks),
        forwarded=forwards.read(fields, subject, text),
        verdict=automatic.verdict(
            automatic.Clues(
                root=root,
                sender=(sender.address or "") if sender else "",
                identity=identity,
                subject=subject,
                report=report,
                own=envelope.own,
                calendar=_calendar(envelope.buffer, root),
                text=text,
            )
        ),
        bounce=report.bounce if report else None,
        authentication=_authentication(envelope, fields, identity),
        language=language.guess(f"{subject}\n{split.new}", hint),
        fields=facts.read(subject, split.new, split.signature),
        limits=remarks.limits,
        warnings=remarks.warnings,
        headers={name: (fields.first(name) or b"")[:LONGEST_FIELD].decode("utf-8", "replace") for name in fields.names()},
        body=Digest(hashlib.sha256(bytes(buffer[root.start : root.start + LARGE]).translate(None, _BLANKS)).hexdigest()),
    )


def _authentication(envelope: _Envelope, fields: headers.Fields, identity: Identity) -> Authentication:
    return proof(
        envelope.buffer,
        fields,
        identity,
        received_at=envelope.received_at,
        hosts=envelope.hosts,
        border=envelope.border,
        keys=envelope.keys,
    )


def _take_from_inside(envelope: _Envelope, body: bodies.Body, remarks: Remarks) -> None:
    """What a mail without a text says in its winmail.dat."""
    text, html = attachments.text_inside(envelope.buffer, body.leaves, remarks)
    if html:
        body.htmls.append(pages.sanitised(charset.tidy(charset.decode(html).text)))
    body.texts.append(text or pages.text(body.page, body.pictures))


def _split(body: bodies.Body) -> quoting.Split:
    """The new text; of the plain form, unless the markup of the other one shows more that is old in the same words."""
    split = quoting.split(body.marked)
    if body.is_page or not _is_alone(body) or not body.page or not pages.quotes(body.page):
        return split
    other = quoting.split(pages.text(body.page, body.pictures))
    if not other.quoted_lines or other.only_quoted:
        return split
    fewer = Counter(_WORD.findall(other.new)) < Counter(_WORD.findall(split.new))
    return other if fewer or not split.quoted_lines else split


def _unseen(body: bodies.Body, new: str, remarks: Remarks) -> tuple[str, ...]:
    """The lines like orders that stand in the HTML where nobody sees them, while their writer sees other words of his.

    Many programs make the plain form from the page: then a line of it is looked for there. It may be written otherwise, because
    programs wrap lines, write links out and mark bold letters; so one that is not found is not doubted. Of a page that must not
    be parsed nothing is known, and nothing is believed.
    """
    lines = tuple(line for line in new.split("\n") if resembles_order(line))
    if not lines or "html" in remarks.limits:
        return lines
    if not body.page or not (body.is_page or _is_alone(body)):
        return ()
    drawn = _Drawn(body, dark=False)
    if not drawn.readable and not drawn.unreadable:
        return lines if body.is_page else ()
    own = [words for words in (_letters(line) for line in new.split("\n") if not resembles_order(line)) if words]
    if drawn.is_of_other_screen(own or [_letters(line) for line in lines]):
        drawn = _Drawn(body, dark=True)
    return tuple(line for line in lines if drawn.hides(line))


class _Drawn:
    """The letters of a page's lines that can be read, and of those that cannot."""

    def __init__(self, body: bodies.Body, *, dark: bool) -> None:
        drawn = pages.drawn(body.page, body.pictures, dark=dark)
        self.readable = [_letters(line) for line in drawn.readable]
        self.unreadable = [_letters(line) for line in drawn.unreadable]

    def is_of_other_screen(self, own: list[str]) -> bool:
        """Whether none of somebody's own words could be read here, so that he saw them in other colours."""
        return not any(_in(words, self.readable) for words in own) and any(_in(words, self.unreadable) for words in own)

    def hides(self, line: str) -> bool:
        letters = _letters(line)
        if any(one.startswith(letters) for one in self.readable):
            return False
        order = "/" + next(iter(_WORD.findall(line)), "")
        return _in(letters, self.unreadable) or (_in(order, self.unreadable) and not _in(order, self.readable))


def _in(letters: str, lines: list[str]) -> bool:
    return any(letters in line for line in lines)


def _letters(line: str) -> str:
    """The letters and slashes of a line up to the first link."""
    return "".join(_LETTERS.findall(normalize("NFKC", _LINK.split(line, maxsplit=1)[0])))


def _is_alone(body: bodies.Body) -> bool:
    return sum(bool(text.strip()) for text in body.texts) < 2


def _calendar(buffer: Buffer, root: skeleton.Part) -> str:
    parts = (part for part in root.walk() if part.kind in ("text/calendar", "application/ics"))
    return next((charset.decode(part.decoded(buffer, 10_000)).text for part in parts), "")


def _plain(envelope: _Envelope, remarks: Remarks) -> Message:
    """Header and body alone, each as far as it can be read."""
    buffer = envelope.buffer
    root = skeleton.parse(buffer, remarks)
    data = (
        root.decoded(buffer, LONGEST_RAW) if not root.children else buffer[root.start : min(root.end, root.start + LONGEST_RAW)]
    )
    text = charset.tidy(charset.decode(data, root.params.get("charset")).text)
    return replace(
        _raw(envelope, ""),
        message_id=headers.own_id(root.fields.first("message-id")),
        identity=addresses.identity(root.fields, None),
        sender=addresses.shown(root.fields, None, remarks),
        subject=root.fields.text("subject"),
        text=text,
        new_text=text.strip(),
        limits=remarks.limits,
        warnings=remarks.warnings,
    )


def _raw(envelope: _Envelope, reason: str) -> Message:
    """The last rung: nothing is understood, the bytes themselves are shown."""
    text = charset.tidy(envelope.buffer[:LONGEST_RAW].decode("utf-8", "replace"))
    message = unread(envelope.digest, size=len(envelope.buffer), received_at=envelope.received_at)
    return replace(message, text=text, new_text=text.strip(), warnings=(f"nothing could be read of it: {reason}",))
