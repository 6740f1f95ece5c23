"""What was looked up about a mail, and what triage makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from maildesk.core.event import Confirming, Held, Ignored, Noted, Opened, Outcome, Wrote
from maildesk.core.letter import Audience
from maildesk.core.message import Address
from maildesk.core.people import StaffId
from maildesk.core.ticket import Ticket
from maildesk.core.trust import Scope, Standing, Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A signed address of ours, verified and not expired, to which the mail was sent; `who` is whom we gave it to.

    `mail` is the key of the mail that an answer to it confirms.
    """

    scope: Scope
    ticket: Ticket | None
    who: StaffId | Address
    mail: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A Message-ID that the mail answers and that we know. `signed`: it is one of ours by its signature.

    `audience` is that of our letter, None for a mail of somebody else; `automatic` when no person of ours wrote the letter.
    """

    ticket: Ticket
    signed: bool
    audience: Audience | None
    automatic: bool
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Our letter that a delivery report names."""

    kind: str
    to: Address
    ticket: Ticket | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Everything that ties a mail to us, looked up before. `named` are the existing tickets of numbers in the subject.

    `opened_until` is until when the engineer of this address is believed because he confirmed; `own` says that the Message-ID
    of the mail itself is one of ours. `mail` is the mail's own key. `asked`: its engineer was asked whether he wrote it, and
    `said` something else than yes; `vouched`: he said yes, or somebody of the desk let it in. `heard` is what outside people
    wrote into these tickets, a text for each mail. `again`: its engineer sent a mail with this date and body before, under
    another Message-ID or none.
    """

    mail: int = 0
    asked: bool = False
    said: str = ""
    vouched: bool = False
    claims: tuple[Claim, ...] = ()
    threads: tuple[Thread, ...] = ()
    named: tuple[Ticket, ...] = ()
    sent: Sent | None = None
    opened_until: datetime | None = None
    own: bool = False
    heard: Sequence[str] = ()
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Triaged:
    """What a mail is to us, the ticket concerned, on which evidence and by which rule.

    With Opened, `ticket` is the old one to which the mail belongs and which may not be reopened any more.
    """

    outcome: Outcome
    ticket: Ticket | None
    evidence: str
    rule: str

    @property
    def standing(self) -> Standing:
        """How much becomes of the mail by it."""
        match self.outcome:
            case Ignored():
                return Standing.IGNORED
            case Noted():
                return Standing.FILED
            case Held():
                return Standing.HELD
            case Confirming():
                return Standing.ASKED
            case Opened(trust=Trust.FAILED) | Wrote(verified=False):
                return Standing.DOUBTED
            case _:
                return Standing.DONE
