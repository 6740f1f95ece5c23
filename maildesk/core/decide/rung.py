"""Whoever is on call was rung, or was not to be reached: the record says it."""

from datetime import datetime

from maildesk.core.decide.saying import say
from maildesk.core.decision import Decision
from maildesk.core.event import Rung
from maildesk.core.known import Known
from maildesk.core.ticket import Mark, Progress, Ticket


def rung(ticket: Ticket, event: Rung, known: Known, now: datetime) -> Decision:
    """It is a line of the record and moves nothing: only who phones the requester has done what the rule asks for."""
    phrase = "rung" if event.heard else "unheard"
    text = say(known.policy.language, phrase, tries=event.tries, status=event.status)
    return Decision(ticket=ticket, progress=(Progress(at=now, mark=Mark.DELIVERY, author="desk", text=text),))
