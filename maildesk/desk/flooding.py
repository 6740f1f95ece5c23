"""A flood of tickets: the first mail of a sender, or of a domain, above the limit opens one ticket more, and for an hour that one
collects whatever else would open tickets. Each mail stands in it in full; the leads are told at its beginning.

People of the desk are never counted, nor are the machines that the policy lets open tickets. Nothing is counted that opens no
ticket: answers go where they belong, flood or not.
"""

from dataclasses import dataclass

from maildesk.core.decide.limited import flooded
from maildesk.core.event import Noted, Opened, Outcome, Ticked
from maildesk.core.limits import Limit
from maildesk.core.message import Address
from maildesk.core.rules import HOUR
from maildesk.core.ticket import NOBODY, Ticket
from maildesk.core.triage import Triaged
from maildesk.desk.saving import Saver


@dataclass(frozen=True, slots=True)
class Flooding:
    """In one transaction."""

    saver: Saver

    def collected(self, triaged: Triaged) -> Triaged:
        """The same, but a new matter during a flood goes into the ticket that collects it."""
        outcome, sender = triaged.outcome, self._sender(triaged.outcome)
        if not isinstance(outcome, Opened) or sender is None:
            return triaged
        for limit in self.saver.limiting.flooding(sender):
            ticket = self._collector(limit)
            if ticket is not None:
                evidence = f"more than {limit.most} in an hour: {limit.name}"
                return Triaged(
                    outcome=Noted(message=outcome.message), ticket=ticket, evidence=evidence, rule="a flood of tickets"
                )
        return triaged

    def opened(self, outcome: Outcome, ticket: Ticket) -> None:
        """A mail opened this ticket. If it is one too many it collects the rest."""
        sender, saver = self._sender(outcome), self.saver
        if sender is None:
            return
        reached = saver.limiting.flood(sender)
        saver.limiting.opened(sender, ticket.id)
        for limit in reached:
            saver.tx.happened((_flood(limit),), saver.now, ticket.id)
        if reached:
            who = reached[0].name.partition(" ")[2]
            saver.alarm("limit tickets", f"{who}: {reached[0].most}", f"maildesk show {ticket.number}")
            saver.save(flooded(ticket, who, saver.gatherer.known(Ticked(), ticket), saver.now))

    def _collector(self, limit: Limit) -> Ticket | None:
        tx = self.saver.tx
        found = tx.happened_to(_flood(limit), self.saver.now - HOUR)
        return tx.ticket(found) if found else None

    def _sender(self, outcome: Outcome) -> Address | None:
        """Who opens a ticket by his mail, if he is none of us."""
        if not isinstance(outcome, Opened) or outcome.requester == NOBODY:
            return None
        sender = outcome.message.identity.address
        person = self.saver.gatherer.people.at(sender)
        return None if person is not None and person.works else sender


def _flood(limit: Limit) -> str:
    """The name of the occasion that a limit on tickets was reached."""
    return f"flood {limit.name}"
