"""Who a header names: the mailboxes as the mail shows them, and the one identity a strict reading leaves.

Two readings on purpose. Showing is generous: mail-parser's recovering scanner, and for what it refuses the last thing that looks
like an address. Believing is strict (CVE-2023-27043: `alice@corp.com <evil@x.com>` means different people to different parsers):
exactly one From field, exactly one mailbox, plain grammar without a second address anywhere outside quotes, in a header that
everybody reads alike, or nobody.
"""

import re
import unicodedata
from functools import lru_cache

from mailparser.utils import get_addresses

from maildesk.core.message import Address, Identity, Mailbox
from maildesk.mail import words
from maildesk.mail.headers import Fields
from maildesk.mail.remarks import Remarks

MOST_ADDRESSES = 500
LONGEST_FIELD = 100_000

_SIMPLE = re.compile(r"(?:([\w .'-]*?)[ \t]*<)?([A-Za-z0-9._+=-]{1,64}@[A-Za-z0-9.-]{1,253})(>?)[ \t]*")
_LOOKS_LIKE_ONE = re.compile(r"[^\s<>()\[\]\",;:@\\]{1,64}@[^\s<>()\[\]\",;:@\\]{1,253}")
_HOLDER = re.compile("\ue100(\\d+)\ue101")
_STRICT = re.compile(
    r"[ \t]*(?:"
    r"(?:\"(?:[^\"\\]|\\.)*\"|\([^()\\]*\)|[^\"\\<>()@,;:\[\]])*<[ \t]*(?P<angled>[^\s<>\"]+)[ \t]*>"
    r"|(?P<bare>[^\s<>\"()]+)"
    r")[ \t]*(?:\([^()\\]*\)[ \t]*)?"
)
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+)*")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?)*")


def mailboxes(raw: bytes | None, hint: str | None, remarks: Remarks) -> tuple[Mailbox, ...]:
    """Everybody an address field names, groups opened, at most MOST_ADDRESSES of them."""
    if not raw:
        return ()
    text = words.raw_text(_bounded(raw, remarks), hint)
    if simple := _simple(text):
        return (simple,)
    held: list[str] = []
    text = words.ENCODED.sub(lambda match: _hold(match[0], held), text)
    found = tuple(_mailbox(name, address, held, hint) for name, address in get_addresses(text) if name or address)
    return found or _guessed(_released(text, held, hint))


def _bounded(raw: bytes, remarks: Remarks) -> bytes:
    """The field, cut after MOST_ADDRESSES addresses: the scanner behind costs a step per character."""
    if len(raw) <= LONGEST_FIELD and raw.count(b"@") <= MOST_ADDRESSES:
        return raw
    remarks.limit("addresses")
    pieces = raw[:LONGEST_FIELD].split(b"@", MOST_ADDRESSES + 1)
    if len(pieces) <= MOST_ADDRESSES + 1:
        return raw[:LONGEST_FIELD].rpartition(b",")[0]
    return b"@".join(pieces[: MOST_ADDRESSES + 1]).rpartition(b",")[0]


def _simple(text: str) -> Mailbox | None:
    """The common form, one plain `Name <address>`, without the cost of the full grammar."""
    match = _SIMPLE.fullmatch(text) if len(text) < 400 else None
    if match is None or bool(match[3]) != (match[1] is not None):
        return None
    return Mailbox(address=match[2], name=_unquoted((match[1] or "").strip()) or None)


def _hold(word: str, held: list[str]) -> str:
    """An encoded word is an atom to the grammar, whatever it decodes to, so it is put aside while the grammar looks."""
    held.append(word)
    return f"\ue100{len(held) - 1}\ue101"


def _released(text: str, held: list[str], hint: str | None) -> str:
    if not held:
        return words.printable(text)
    return words.printable(words.joined(_HOLDER.sub(lambda match: held[int(match[1])], text), hint))


def _mailbox(name: str, address: str, held: list[str], hint: str | None) -> Mailbox:
    return Mailbox(address=_released(address, held, hint) or None, name=_unquoted(_released(name, held, hint)) or None)


def _unquoted(name: str) -> str:
    """Some mailers put quotes, or two pairs of them, inside the encoded name."""
    while len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1].strip()
    return name


def _guessed(text: str) -> tuple[Mailbox, ...]:
    """The last thing in the field that looks like an address, what stands before it as the name; or a name alone."""
    matches = list(_LOOKS_LIKE_ONE.finditer(text))
    if not matches:
        name = _unquoted(text.strip(" <>,;"))
        return (Mailbox(address=None, name=name),) if name else ()
    last = matches[-1]
    name = _unquoted(text[: last.start()].strip(" \t<>(\"'")) or _unquoted(text[last.end() :].strip(" \t<>()\"'"))
    return (Mailbox(address=last[0], name=name or None),)


@lru_cache(maxsize=4096)
def normal(text: str) -> Address | None:
    """An address in the form in which we compare (see `Address`), or None when it is none by a plain grammar.

    A local part that Unicode would change is refused, and letters that nobody sees: two addresses that look alike must not
    become one.
    """
    if not text.isascii() and any(letter > "\x7f" and unicodedata.category(letter)[0] not in "LMN" for letter in text.strip()):
        return None
    local, at, domain = text.strip().rpartition("@")
    if not at or len(local.encode("utf-8", "replace")) > 64 or not _LOCAL.fullmatch(local) or "=?" in local:
        return None
    if unicodedata.normalize("NFKC", local) != local:
        return None
    host = _a_labels(domain)
    return Address(f"{local}@{host}") if host and _DOMAIN.fullmatch(host) else None


def _a_labels(domain: str) -> str:
    """The domain in lower-case A-labels (RFC 5890), "" when it has none."""
    if domain.isascii():
        return domain.lower()
    try:
        return unicodedata.normalize("NFKC", domain).lower().encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def identity(fields: Fields, hint: str | None) -> Identity:
    """The strict reading of From. Reply-To and Sender never make an identity."""
    if fields.doubt:
        return Identity(address=None, why=fields.doubt)
    values = fields.all("from")
    if len(values) != 1:
        return Identity(address=None, why=f"{len(values)} From fields" if values else "no From field")
    if len(values[0]) > 2_000:
        return Identity(address=None, why="the From field is too long to be one mailbox")
    match = _STRICT.fullmatch(words.raw_text(values[0], hint))
    if match is None:
        return Identity(address=None, why="the From field is not exactly one plain mailbox")
    address = normal(match["angled"] or match["bare"])
    if address is None:
        return Identity(address=None, why="the address of the From field is not a plain address")
    return Identity(address=address, why="one From field with one mailbox")


def shown(fields: Fields, hint: str | None, remarks: Remarks) -> Mailbox | None:
    """Who the mail shows as its sender: From, else Sender, else Reply-To."""
    for name in ("from", "sender", "reply-to"):
        for raw in fields.all(name):
            if found := mailboxes(raw, hint, remarks):
                return found[0]
    return None


def named(fields: Fields, name: str, hint: str | None, remarks: Remarks) -> tuple[Mailbox, ...]:
    """Everybody whom all fields of this name list together."""
    found = [box for raw in fields.all(name) for box in mailboxes(raw, hint, remarks)]
    if len(found) > MOST_ADDRESSES:
        remarks.limit("addresses")
    return tuple(found[:MOST_ADDRESSES])


ENVELOPE = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
"""Fields in which servers write the address they delivered to."""


def addressed(boxes: tuple[Mailbox, ...], fields: Fields, hint: str | None, remarks: Remarks) -> tuple[Address, ...]:
    """Every address the mail was sent to, by its own word (`boxes`) or by the servers', each once, as we compare them."""
    delivered = (box for name in ENVELOPE for box in named(fields, name, hint, remarks))
    every = (normal(box.address) for box in (*boxes, *delivered) if box.address)
    return tuple(dict.fromkeys(address for address in every if address))
