"""What templates see: values made for them, so that a letter to a requester cannot print what he must not know.

An outside letter gets PublicTicket, whose fields are all there is; a template that asks for more is broken and says so.
"""

from dataclasses import dataclass
from datetime import datetime

from maildesk.core.people import People, Person, StaffId
from maildesk.core.ticket import Ticket
from maildesk.mail.compose import NAME_LENGTH, clean_header


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicTicket:
    """As much of a ticket as its requester may read; `tried`: a solution was told him once."""

    number: str
    subject: str
    status: str
    opened_at: datetime
    eta: datetime | None
    closed_at: datetime | None
    tried: bool

    @classmethod
    def of(cls, ticket: Ticket) -> "PublicTicket":
        return cls(
            number=ticket.number,
            subject=ticket.subject,
            status=ticket.status,
            opened_at=ticket.opened_at,
            eta=ticket.eta.at if ticket.eta else None,
            closed_at=ticket.closed_at,
            tried=bool(ticket.solution),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Somebody as letters speak of him; `shown` is his name, or his address where he has none."""

    name: str = ""
    address: str = ""
    department: str = ""
    phone: str = ""
    staff_id: str = ""
    internal: bool = False

    @property
    def shown(self) -> str:
        return self.name or self.address

    @classmethod
    def person(cls, person: Person | None) -> "Who":
        """Somebody of the directory."""
        if person is None:
            return cls()
        return cls(
            name=person.name,
            address=person.address,
            department=person.department,
            phone=person.phone,
            staff_id=person.staff_id,
            internal=True,
        )

    @classmethod
    def requester(cls, ticket: Ticket | None, people: People) -> "Who":
        """The requester of a ticket: what his mails told, and the directory where they did not."""
        if ticket is None:
            return cls()
        known = cls.person(people.at(ticket.requester))
        told = {name: fact.value for name, fact in ticket.fields.items()}
        return cls(
            name=clean_header(ticket.requester_name or known.name or told.get("name", ""), NAME_LENGTH),
            address=ticket.requester,
            department=told.get("department") or known.department,
            phone=told.get("contact") or known.phone,
            staff_id=told.get("staff_id") or known.staff_id,
            internal=ticket.internal or known.internal,
        )


def called(key: str, people: People, desk: str) -> str:
    """The name of an author in the history: a staff id, an address, or "desk"."""
    if key == "desk":
        return desk
    person = people.get(StaffId(key)) or people.at(key)
    return person.name if person else key
