"""Files that came with a mail: under a name that is safe to show, with size and digest of their decoded bytes.

A name from a mail is cleaned first and checked afterwards (FreeScout's CVE-2026-28289 came of the other order); it is never
used as a name on disk, files are kept under their digest.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable
from mimetypes import types_map

from maildesk.core.message import Attachment, Digest
from maildesk.mail import headers, tnef, words
from maildesk.mail.bodies import Leaf, content_id
from maildesk.mail.filetypes import Look
from maildesk.mail.remarks import Remarks
from maildesk.mail.skeleton import Part
from maildesk.mail.transfer import Buffer

LONGEST_NAME = 120
"""Bytes of UTF-8."""

_INVISIBLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ue000-\uf8ff\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_KIND = re.compile(r"[a-z]+/[a-z0-9!#$&^_.+-]+")
_FORBIDDEN = re.compile(r"[<>:\"|?*]")
_SUBJECT = re.compile(rb"^subject:[ \t]*(.*(?:\r?\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)
_ENDINGS = {kind: ending for ending, kind in reversed(types_map.items())} | {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/xml": ".xml",
    "text/calendar": ".ics",
    "text/x-vcard": ".vcf",
    "text/rfc822-headers": ".txt",
    "image/jpeg": ".jpg",
    "application/octet-stream": ".bin",
    "application/ms-tnef": ".dat",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
}


def read(buffer: Buffer, leaves: Iterable[Leaf], hint: str | None, remarks: Remarks) -> tuple[Attachment, ...]:
    """The files of a mail in its order; a winmail.dat is replaced by what is in it."""
    found: list[Attachment] = []
    for leaf in leaves:
        source = buffer if leaf.source is None else leaf.source
        packed = _packed(source, leaf.part, remarks)
        if packed is None or not packed.whole:
            found.append(_attachment(source, leaf, len(found) + 1, hint, remarks))
        if packed is not None:
            inside = (*packed.files, *tnef.formatted(packed))
            found += [_unpacked(file, n) for n, file in enumerate(inside, len(found) + 1)]
    return tuple(found)


def text_inside(buffer: Buffer, leaves: Iterable[Leaf], remarks: Remarks) -> tuple[str, bytes]:
    """The text and the HTML that the mail has only inside a winmail.dat."""
    opened = (packed for leaf in leaves if (packed := _packed(buffer, leaf.part, remarks)) is not None)
    return next(((packed.text, packed.html) for packed in opened if packed.text or packed.html), ("", b""))


def _packed(buffer: Buffer, part: Part, remarks: Remarks) -> tnef.Opened | None:
    """What is inside a part that is a winmail.dat, whatever it calls itself; None for any other and for one that is too large."""
    if not part.kind.startswith("application/") or not part.decoded(buffer, 4).startswith(tnef.SIGNATURE):
        return None
    data = part.decoded(buffer, tnef.LARGEST + 1)
    if len(data) > tnef.LARGEST:
        remarks.limit("tnef")
        return None
    packed = tnef.opened(data)
    if packed is not None and not packed.whole:
        remarks.warn("a winmail.dat is damaged; it is kept beside the files that could be taken out of it")
    return packed


def _attachment(buffer: Buffer, leaf: Leaf, number: int, hint: str | None, remarks: Remarks) -> Attachment:
    part = leaf.part
    return _file(
        lambda: part.chunks(buffer),
        name=_named(buffer, part, hint, remarks),
        number=number,
        kind=part.kind,
        inline=leaf.inline,
        content_id=content_id(part),
    )


def _unpacked(file: tnef.Packed, number: int) -> Attachment:
    content = file.content
    kind = file.kind if _KIND.fullmatch(file.kind) else "application/octet-stream"
    return _file(lambda: (bytes(content),), name=file.name, number=number, kind=kind, inline=False, content_id=file.content_id)


def _file(
    chunks: Callable[[], Iterable[bytes]], *, name: str, number: int, kind: str, inline: bool, content_id: str
) -> Attachment:
    digest, size, look = hashlib.sha256(), 0, Look()
    for piece in chunks():
        digest.update(piece)
        size += len(piece)
        look.at(piece)
    filename = safe_name(name) or f"attachment-{number}{_ENDINGS.get(kind, '')}"
    return Attachment(
        filename=filename,
        content_type=look.kind() or kind,
        size=size,
        digest=Digest(digest.hexdigest()),
        inline=inline,
        content_id=words.printable(content_id) or None,
        risk=look.risk(filename, kind),
        chunks=chunks,
    )


def _named(buffer: Buffer, part: Part, hint: str | None, remarks: Remarks) -> str:
    """The name a part gives itself: of its disposition, else of its type; a mail is named after its subject."""
    _, disposition = headers.parameters(part.fields.first("content-disposition"), remarks)
    for raw in (disposition.get("filename"), disposition.get("name"), part.params.get("name"), part.params.get("filename")):
        if raw and (name := headers.words_of(raw, hint)):
            return name
    if part.kind in ("message/rfc822", "message/global"):
        match = _SUBJECT.search(part.decoded(buffer, 20_000))
        subject = words.decoded(re.sub(rb"\r?\n", b"", match[1]), hint) if match else ""
        return _FORBIDDEN.sub(" ", subject.replace("/", " ").replace("\\", " ")).strip()[:100] + ".eml" if subject else ""
    return ""


def safe_name(name: str) -> str:
    """A name to show: no path, nothing invisible or that turns the writing direction, no leading dot, of bounded length.

    Cleaning twice changes nothing. "" when nothing is left of it.
    """
    name = unicodedata.normalize("NFKC", _INVISIBLE.sub("", name))
    name = _INVISIBLE.sub("", name).replace("\\", "/")
    name = _FORBIDDEN.sub("_", name.rstrip("/ .").rpartition("/")[2])
    name = " ".join(name.split()).strip(". ")
    return _shortened(name)


def _shortened(name: str) -> str:
    if len(name.encode()) <= LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    ending = dot + ending if stem and len(ending.encode()) <= 16 else ""
    stem = stem if ending else name
    return stem.encode()[: LONGEST_NAME - len(ending.encode())].decode("utf-8", "ignore").rstrip(". ") + ending
