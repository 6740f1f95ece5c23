"""Mails judged by triage, for its tests: what ties them to us, and the outcome in a word."""

from datetime import timedelta
from typing import Any

from maildesk.core.event import Opened, Ordered, Outcome, Wrote
from maildesk.core.letter import Audience
from maildesk.core.message import Address, Message, Proof
from maildesk.core.people import StaffId
from maildesk.core.ticket import Ticket
from maildesk.core.triage import Claim, Found, Thread, Triaged, triage
from maildesk.core.trust import Scope, Trust
from tests.core.clockwork import ticket
from tests.core.correspondence import DESKTOP, NOW

PASS, NONE, FAIL = Proof.PASS, Proof.NONE, Proof.FAIL
COLLEAGUE = Address("colleague@customer.example")
TICKET = ticket(watchers=(COLLEAGUE,))
MINUTES = timedelta(minutes=1)


def judged(message: Message, **found: Any) -> Triaged:
    return triage(message, Found(**found), DESKTOP, NOW)


def claim(who: str, scope: Scope = Scope.CUSTOMER, of: Ticket | None = TICKET, mail: int = 0) -> dict[str, Any]:
    """Found: a signed address that was given to somebody."""
    owner = Address(who) if "@" in who else StaffId(who)
    return {"claims": (Claim(scope=scope, ticket=of, who=owner, mail=mail),)}


def thread(of: Ticket = TICKET, **more: Any) -> dict[str, Any]:
    """Found: a Message-ID that the mail answers."""
    usual: dict[str, Any] = {"signed": True, "audience": Audience.REQUESTER, "automatic": False, "sent_at": None}
    return {"threads": (Thread(ticket=of, **usual | more),)}


def number(of: Ticket = TICKET) -> dict[str, Any]:
    return {"named": (of,)}


def kind_of(outcome: Outcome) -> str:
    """The outcome in a word, as the tables write it."""
    match outcome:
        case Wrote(verified=verified, public=public, by=by):
            return "public" if public else "note" if by else "in" if verified else "unverified"
        case Ordered(refusal=refusal):
            return "refused" if refusal else "obeyed"
        case Opened(trust=trust, linked=linked):
            return ("linked" if linked else "opened") + (", silent" if trust is Trust.FAILED else "")
        case _:
            return type(outcome).__name__.lower()
