"""A mail as maildesk understood it: the one value that `mail.inbound.read` makes and everybody else reads.

Nothing in a Message is trusted by itself. `sender` is what the mail shows, `identity` the strict reading of its From field
(one field, one mailbox, else nobody), `authentication` what the named receiving host says about that identity.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from string import ascii_lowercase, ascii_uppercase
from typing import NewType
from unicodedata import normalize

Address = NewType("Address", str)
"""A mail address in the form in which we compare: NFKC, domain in lower case A-labels, local part as written."""

_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def folded(address: str) -> str:
    """The form in which two spellings of one address are equal: as `lower`, but of ASCII alone. What Unicode calls equal (`ß` and
    `ss`, say) may be two people's."""
    return address.lower() if address.isascii() else normalize("NFC", address).translate(_LOWER)


MessageId = NewType("MessageId", str)
"""A Message-ID without its angle brackets (RFC 5322, 3.6.4)."""

Digest = NewType("Digest", str)
"""SHA-256 of some bytes, 64 lower-case hexadecimal digits; the name under which the store keeps them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Somebody as a header names him; either part may be missing."""

    address: str | None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the mail says it is from, read strictly; `why` explains a refusal as well as an acceptance."""

    address: Address | None
    why: str


class Kind(StrEnum):
    """What a mail is to us; everything but PERSON is a machine and is never acknowledged."""

    OWN = "own"
    BOUNCE = "bounce"
    RECEIPT = "receipt"
    REPORT = "report"
    CALENDAR = "calendar"
    VACATION = "vacation"
    LIST = "list"
    AUTOMATIC = "automatic"
    SPAM = "spam"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What wrote this mail, by which rule, on what evidence (`Header: value` or body lines)."""

    kind: Kind
    rule: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRecipient:
    """One recipient of a delivery report (RFC 3464). `permanent` is None when the report does not tell."""

    address: str
    action: str
    status: str | None
    permanent: bool | None
    diagnostic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A delivery report: what became of which letter for whom."""

    recipients: tuple[FailedRecipient, ...]
    original_message_id: MessageId | None


class Risk(StrEnum):
    """Why a file had better not be opened. Such a file is named with its mark and not sent on."""

    PROGRAM = "program"
    MACRO = "macro"
    PAGE = "page"
    DISK = "disk"
    LOCKED = "locked"
    DISGUISED = "disguised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a mail or goes with a letter. `size` in bytes after transfer decoding, `filename` safe to show.

    `content_type` is what its bytes are, as far as they tell, else what the mail says. `risk` is by content and name.

    `chunks` gives the decoded bytes piece by piece between reading and keeping, however large they are; once stored, the
    digest names them and `chunks` is None.
    """

    filename: str
    content_type: str
    size: int
    digest: Digest
    inline: bool = False
    content_id: str | None = None
    risk: Risk | None = None
    chunks: Callable[[], Iterable[bytes]] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """A mail forwarded inside the text, each part as written there, None where it is not said.

    `dated` is the date in its writer's words, of which `date` is what we understood.
    """

    sender: Mailbox | None
    to: tuple[Mailbox, ...]
    subject: str | None
    date: datetime | None
    text: str
    dated: str | None = None


class Proof(StrEnum):
    """What the named receiving host says of the identity (RFC 8601): PASS, FAIL, or nothing usable (NONE)."""

    PASS = "pass"
    NONE = "none"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """The receiving host's word about the sender, or what a signature proves.

    `why` names the header that decided, or why none did. `keys` are the names in the DNS whose texts would tell more: where the
    mail's domain publishes what it signs with.
    """

    proof: Proof
    why: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A value found in a mail and the place where it was found (`subject`, `line`, `signature`, `directory`, …)."""

    value: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One mail, understood. Never built from trust: see the module's first lines.

    `text` is all a person would have read; `new_text` what he newly wrote (never empty when `text` is not);
    `only_quoted` that he wrote nothing new, so that the quoted text stands in `new_text`;
    `signature` what stands below it as his name; `unseen` the lines of `new_text` that may be orders and that the mail's HTML,
    where it has one, does not show to anybody;
    `addressed` every address of To, Cc, Delivered-To, X-Original-To and Envelope-To, for finding reply tokens;
    `received_at` the server's date (INTERNALDATE) and not the mail's own claim, which is `date`;
    `repeated` that another mail came before it under the same Message-ID, which only the desk can know;
    `headers` the first field of each name (in lower case) as it came, cut short, for rules that name a header;
    `body` the digest of what stands below the header, blanks apart, None where nothing of it could be read.
    """

    digest: Digest
    size: int
    received_at: datetime
    message_id: MessageId | None
    in_reply_to: tuple[MessageId, ...]
    references: tuple[MessageId, ...]
    date: datetime | None
    sender: Mailbox | None
    identity: Identity
    reply_to: tuple[Mailbox, ...]
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    addressed: tuple[Address, ...]
    subject: str
    text: str
    new_text: str
    quoted_lines: int
    signature_lines: int
    html: str | None
    attachments: tuple[Attachment, ...]
    forwarded: Forwarded | None
    verdict: Verdict
    bounce: Bounce | None
    authentication: Authentication
    language: str
    fields: Mapping[str, Fact]
    limits: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    only_quoted: bool = False
    signature: str = ""
    unseen: tuple[str, ...] = ()
    repeated: bool = False
    body: Digest | None = None
