"""What the desk looked up before deciding. The core never fetches: whatever a rule needs to know is in here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from maildesk.core.duration import Took
from maildesk.core.message import Address, Digest
from maildesk.core.peace import Outage
from maildesk.core.people import People, Person, StaffId
from maildesk.core.policy import Policy
from maildesk.core.ticket import Progress, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much an engineer has: the weighted sum of his open tickets and when he last got one."""

    weight: float = 0.0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A ticket that somebody of the desk wants to see, with its progress, oldest first."""

    ticket: Ticket
    history: tuple[Progress, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMail:
    """A mail that is held, or was: the ticket it concerns, which colleague's name it bears without proof, and what was decided.

    `denied`: he was asked whether it is his and answered something else than yes. `ends`: its words would end or rate a ticket
    in the name of who asked for it, of whom too little is proven. `admitted` is None while nobody has decided. Of one that is not
    `legible` nothing is known: its row in the database is damaged.
    """

    ticket: Ticket | None = None
    person: StaffId | None = None
    denied: bool = False
    ends: bool = False
    admitted: bool | None = None
    legible: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Policy, people (absences asked for by mail already merged in) and the facts of the moment.

    `load` per engineer; `surveyed_at` when the requester of the ticket was last asked to rate us; `history` the ticket's
    progress, oldest first: what was written and done, without what the clock said of it, or all that happened where an order
    asks for its life; `said` what the engineer who writes told requesters last, in whatever ticket, and what his mail program
    adds; `own` the open tickets of the person who orders `/list` (for a lead: all), what is due first on top; `shown` the
    tickets that an order names by their number; `reopens` the closed ticket to which the requester's new mail belongs but which
    is too old to be reopened; `languages` in which a person asked to be written to; `desk` the desk's own addresses, to which
    nothing is ever written; `seen` those of the mail's files that came with an earlier mail too; `took` how long such tickets
    took lately; `outage` when the desk was last down, as far as that is known; `held` the held mails that an order names by
    their keys.
    """

    policy: Policy
    people: People
    load: Mapping[StaffId, Load] = field(default_factory=dict)
    surveyed_at: datetime | None = None
    history: Sequence[Progress] = ()
    said: Sequence[str] = ()
    own: tuple[Ticket, ...] = ()
    shown: tuple[Shown, ...] = ()
    reopens: Ticket | None = None
    languages: Mapping[Address, str] = field(default_factory=dict)
    desk: frozenset[Address] = frozenset()
    seen: frozenset[Digest] = frozenset()
    took: Took = field(default_factory=dict)
    outage: Outage | None = None
    held: Mapping[int, HeldMail] = field(default_factory=dict)

    def language_of(self, person: Person) -> str:
        """In which somebody of the directory is written to."""
        return person.language or self.policy.language
