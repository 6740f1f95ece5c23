"""The values that the store gives out and takes in beside those of the core."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, NewType, Protocol

from maildesk.core.call import Call
from maildesk.core.letter import Audience, Letter, LetterKind
from maildesk.core.message import Address, Digest, MessageId
from maildesk.core.people import StaffId
from maildesk.core.ticket import Number, TicketId
from maildesk.core.trust import Doubt, Standing
from maildesk.store.files import told

InboxId = NewType("InboxId", int)
PlaceId = NewType("PlaceId", int)
OutboxId = NewType("OutboxId", int)
CallId = NewType("CallId", int)

SchemaState = Literal["empty", "old", "current", "newer"]

MailState = Literal["kept", "done", "failed", "duplicate", "awaiting", "held"]
"""kept: still to be taken in; awaiting: waits for its engineer's word, held for a person of the desk; the others are ends."""

MailFolder = Literal["processed", "ignored", "failed"]
"""Where a mail is to be filed on its server."""

Filed = Literal["moved", "moved again", "copied", "left", "no longer there"]
"""What became of a mail on its server. copied: by older means than MOVE, or it lies twice; left: the server said twice that it
had moved it, and had not."""

REFUSED = "ignored: refused"
"""The outcome of a held mail that somebody of the desk refused."""

LetterState = Literal["unwritten", "queued", "claimed", "in_data", "sent", "refused", "uncertain", "outdated", "merged"]
"""unwritten → queued → claimed → in_data → sent | refused | uncertain; outdated and merged end an unwritten letter."""

CallState = Literal["waiting", "ringing", "heard", "failed", "outdated"]
"""waiting → ringing → heard | failed, or waiting again; outdated when there was no more reason to ring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far a mailbox's folder has been read: `next_uid` is the first UID not yet seen.

    `since` is when we first looked, `floor` the first UID that came after that under this UIDVALIDITY; what lies below is ours
    only when the server received it after `since`.
    """

    mailbox: str
    folder: str
    uidvalidity: int
    next_uid: int
    floor: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a server has a mail (RFC 9051, 2.3.1.1)."""

    mailbox: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfiled:
    """A mail whose end is decided and which still lies where it was found: `target` is where it belongs. With `above` it was
    tried before, and what came of it was not heard: where it belongs a copy may lie, with this UID or a higher one."""

    id: PlaceId
    inbox: InboxId
    mailbox: str
    folder: str
    uidvalidity: int
    uid: int
    target: MailFolder
    digest: Digest
    above: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """One distinct raw mail. `strikes` counts how often somebody began to take it in, this time included, and `epoch` the same
    for ever: it tells the claims of a mail apart.

    `verdict` is what wrote it and `outcome` what it became, both with their rule; `reason` why it failed, was held, let in or
    ignored. `vouched`: a person said that it is from who it says. `waits_until` is set once `person` was asked, and is how long
    he had. `held_at` is since when it waits for a person of the desk, or when it last did, and `doubt` by what he judges it.
    """

    id: InboxId
    digest: Digest
    size: int
    received_at: datetime
    kept_at: datetime
    state: MailState
    strikes: int
    epoch: int
    ticket: TicketId | None
    verdict: str
    outcome: str
    reason: str
    folder: MailFolder | None
    message_id: MessageId | None
    semantic: str | None
    person: StaffId | None
    vouched: bool
    waits_until: datetime | None
    held_at: datetime | None
    doubt: Doubt | None

    @property
    def waits(self) -> bool:
        """Whether it waits for somebody's word."""
        return self.state in ("awaiting", "held")

    @property
    def admitted(self) -> bool | None:
        """What was decided about it while it waited; None when nobody has decided, or had to."""
        return True if self.vouched else False if self.outcome == REFUSED else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A mail already dealt with that another one is a copy of, and how much became of it."""

    id: InboxId
    digest: Digest
    ticket: TicketId | None
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """How many closed tickets of somebody still owe an article, and when the first of them was closed."""

    engineer: StaffId | None
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """What we know of a Message-ID: its ticket and, when it is one of our letters, who reads an answer and which letter."""

    message_id: MessageId
    ticket: TicketId | None
    audience: Audience | None
    outbox: OutboxId | None
    automatic: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody we write to. `who` is `staff:E001` or `mail:ann@example.org`; id and epoch are what tokens carry."""

    id: int
    who: str
    epoch: int
    language: str | None
    opened_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """An address that is written to no more: why it refused our letters, and when it did so last."""

    address: Address
    reason: str
    at: datetime


class Rendered(Protocol):
    """A letter as bytes, as `mail.letters` makes it."""

    @property
    def message_id(self) -> MessageId: ...
    @property
    def sender(self) -> Address: ...
    @property
    def raw(self) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A letter that is promised and not yet written; it is to be written at `next_at`, or in company before that."""

    id: OutboxId
    ticket: TicketId | None
    letter: Letter
    created_at: datetime
    next_at: datetime


MENDING = "Run the program that wrote this row of the database, or mend it there: the last backup may have it whole."
"""What helps when a row cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Illegible:
    """A row that cannot be read, and why: another program wrote it, or something damaged it."""

    id: int
    why: str
    remedy: str = MENDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A written letter, claimed for one attempt. `attempts` includes this one, `epoch` tells its claims apart; `resent`: its last
    end was uncertain; `late`: it was told that it is. `letter` is what it says, where that may become untrue before it goes."""

    id: OutboxId
    ticket: TicketId | None
    kind: LetterKind
    to: Address
    sender: Address
    message_id: MessageId
    attempts: int
    epoch: int
    created_at: datetime
    resent: bool
    late: bool
    size: int
    letter: Letter | None = field(compare=False)
    body: bytes | Path

    @property
    def raw(self) -> bytes:
        """The letter's bytes; a large one is read from its file each time."""
        if isinstance(self.body, bytes):
            return self.body
        with told():
            return self.body.read_bytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A letter in the outbox, whatever became of it; `reply` is the server's last word, `reason` ours."""

    id: OutboxId
    ticket: TicketId | None
    kind: LetterKind
    to: Address
    state: LetterState
    attempts: int
    resent: bool
    message_id: MessageId | None
    created_at: datetime
    next_at: datetime
    settled_at: datetime | None
    reply: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """A call, claimed for one attempt. `attempts` includes this one, `broken_off` counts those that ended with their node,
    `epoch` tells its claims apart."""

    id: CallId
    ticket: TicketId
    call: Call
    attempts: int
    broken_off: int
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A call to whoever is on call, whatever became of it; `said` is the last answer of the hook, or why it was not rung."""

    id: CallId
    ticket: TicketId
    call: Call
    state: CallState
    attempts: int
    created_at: datetime
    next_at: datetime
    settled_at: datetime | None
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How many tickets were opened and closed and how many mails ignored in a span."""

    opened: int
    closed: int
    ignored: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """Since when the policy holds by which a node works now (None: since ever), and whether tickets may have been looked at by
    another one."""

    since: datetime | None
    anew: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many duties of a rule an engineer kept, or broke."""

    rule: str
    engineer: StaffId | None
    kept: bool
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A duty that was broken at a moment, and how long it took beyond its time: None while it is still not done."""

    rule: str
    engineer: StaffId | None
    number: Number
    at: datetime
    over: timedelta | None
