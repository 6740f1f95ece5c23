"""What can happen to the desk. Triage turns a mail into one of these; clock, shell and mail server make the others."""

import re
from dataclasses import dataclass
from enum import StrEnum

from maildesk.core.message import Address, Attachment, Message
from maildesk.core.orders import Order, Unclear
from maildesk.core.people import Person
from maildesk.core.ticket import Feedback, Number
from maildesk.core.trust import Doubt, Suspicion, Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A new matter. `linked` are tickets it mentions without a right to write there; they are shown inside only.

    `quiet` opens without an acknowledgement (an accepted machine).
    """

    message: Message
    requester: Address
    trust: Trust
    linked: tuple[Number, ...] = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """Somebody wrote into a ticket without any order: a participant, or an engineer (`by`).

    `public` is inherited from the letter that was answered: an engineer's public words go to the requester, all others
    stay inside. `verified` False: appended and marked, never relayed outside, reopens nothing. `linked` are other tickets that
    the mail names.
    """

    message: Message
    author: Address
    by: Person | None = None
    public: bool = False
    verified: bool = True
    linked: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """Orders of somebody who may give them, with the text that stood beside them. All are obeyed or none.

    `unclear` are the lines that looked like orders and were not understood; one of them stops all. `refusal` says why
    none of this mail's orders may be obeyed whatever they are (the transcript tells it). `message` is None from the shell.
    """

    by: Person
    orders: tuple[Order, ...]
    unclear: tuple[Unclear, ...] = ()
    text: str = ""
    public: bool = False
    message: Message | None = None
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The requester's own words: a verdict on the solution, a withdrawal, a question for the state, a rating, missing facts.

    `linked` are other tickets that the mail names.
    """

    message: Message
    author: Address
    feedback: Feedback | None = None
    withdrawn: bool = False
    status_asked: bool = False
    rating: int | None = None
    comment: str = ""
    linked: tuple[Number, ...] = ()


_ENHANCED = re.compile(r"(?<![\d.])5\.\d{1,3}\.\d{1,3}(?![\d.])", re.ASCII)
_GONE = re.compile(r"5\.1\.(?:[0-69]|10)|5\.2\.1|5\.4\.[14]", re.ASCII)
_UNKNOWN = re.compile(r"\b55[013]\b.*(?:user|mailbox|recipient|address|account|用户|邮箱|收件人|地址)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """One of our letters did not arrive. `letter` is its kind; `permanent` means that no further try will be made.

    `sure`: the relay said so, or a report that came back to the address that only this recipient's copy bore.
    """

    letter: str
    to: Address
    permanent: bool
    diagnostic: str
    sure: bool = True

    @property
    def dead(self) -> bool:
        """Whether the other side says that there is no such address (RFC 3463, 3.2 to 3.5), not that it dislikes this letter."""
        found = _ENHANCED.search(self.diagnostic)
        said = bool(_GONE.fullmatch(found[0])) if found else bool(_UNKNOWN.search(self.diagnostic))
        return self.permanent and self.sure and said


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """Whoever is on call was rung: he was reached, or nobody was with so many `tries`. `status` is what the hook said last."""

    heard: bool
    tries: int
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A mail that may not do what it wants: kept under its key, shown with the reason to who is to judge it, never relayed.

    It may concern a ticket or none. `by` is the colleague whose name it bears without proof; `said` what he answered when he
    was asked whether he wrote it; `ends` whether its words would end or rate a ticket in its requester's doubtful name.
    """

    message: Message
    why: Suspicion
    mail: int
    by: Person | None = None
    said: str = ""
    ends: bool = False

    @property
    def doubt(self) -> Doubt:
        """By what it is judged."""
        shown = self.message.sender.address if self.message.sender else None
        sender = self.message.identity.address or shown or "?"
        return Doubt(sender=sender, subject=self.message.subject, why=self.why, said=self.said, ends=self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A mail that is filed with a ticket and moves nothing: a machine's (vacation notice, receipt, calendar answer), or words
    that only the requester may say."""

    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """A moment came at which a rule of this ticket may speak."""


Event = Opened | Wrote | Ordered | Answered | Undelivered | Rung | Held | Noted | Ticked


class Deed(StrEnum):
    """What a mail that must be confirmed will do: its orders, an answer to the requester, a ticket for somebody else."""

    ORDERS = "orders"
    ANSWER = "answer"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirming:
    """An engineer's mail that proves too little: a confirmation goes to his stored address, the mail waits for the answer.

    The confirmation shows what will be done: `deed` with `text` and `files`; `whom` is the requester who is answered or for whom
    a ticket is opened, `number` the ticket's.
    """

    by: Person
    why: str
    deed: Deed
    text: str
    files: tuple[Attachment, ...] = ()
    whom: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """The answer to such a confirmation, about one `mail`. After a yes this engineer is believed for the next hours, too."""

    by: Person
    mail: int
    yes: bool
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """Nothing for any ticket; `rule` says why. Listed in the digest, never invisible."""

    rule: str


Outcome = Opened | Wrote | Ordered | Answered | Undelivered | Held | Noted | Confirming | Confirmed | Ignored
"""What triage makes of a mail."""
