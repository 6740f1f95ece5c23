"""Files that came with a mail: under a name that is safe to show, with size and digest of their decoded bytes.

A name from a mail is cleaned first and checked afterwards (FreeScout's CVE-2026-28289 came of the other order); it is never
used as a name on disk, files are kept under their digest.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from mimetypes import types_map

from maildesk.core.message import Attachment, Digest
from maildesk.mail import headers, words
from maildesk.mail.bodies import Leaf, content_id
from maildesk.mail.remarks import Remarks
from maildesk.mail.skeleton import Part
from maildesk.mail.transfer import Buffer

LONGEST_NAME = 120
"""Bytes of UTF-8."""

_INVISIBLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ue000-\uf8ff\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
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
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
}


def read(buffer: Buffer, leaves: Iterable[Leaf], hint: str | None, remarks: Remarks) -> tuple[Attachment, ...]:
    """The files of a mail in its order, each once."""
    found: list[Attachment] = []
    for leaf in leaves:
        found.append(_attachment(buffer, leaf, len(found) + 1, hint, remarks))
    return tuple(found)


def _attachment(buffer: Buffer, leaf: Leaf, number: int, hint: str | None, remarks: Remarks) -> Attachment:
    part = leaf.part
    digest, size = hashlib.sha256(), 0
    for piece in part.chunks(buffer):
        digest.update(piece)
        size += len(piece)
    named = _named(buffer, part, hint, remarks)
    return Attachment(
        filename=safe_name(named) or f"attachment-{number}{_ENDINGS.get(part.kind, '')}",
        content_type=part.kind,
        size=size,
        digest=Digest(digest.hexdigest()),
        inline=leaf.inline,
        content_id=words.printable(content_id(part)) or None,
        chunks=lambda: part.chunks(buffer),
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
