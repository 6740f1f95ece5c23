"""A flood of tickets: the first mail of a sender, or of a domain, above the limit opens one ticket more, and for an hour that one
collects whatever else would open tickets. Each mail stands in it in full; the leads are told at its beginning.

People of the desk are never counted, nor are the machines that the policy lets open tickets. Nothing is counted that opens no
ticket: answers go where they belong, flood or not.
"""

from dataclasses import dataclass

from maildesk.core.decide.limited import flooded
from maildesk.core.event import Noted, Opened, Outcome, Ticked
from maildesk.core.limits import Limit
from maildesk.core.rules import HOUR
from maildesk.core.ticket import NOBODY, Ticket
from maildesk.core.triage import Triaged
from maildesk.core.trust import Trust
from maildesk.desk.saving import Saver


@dataclass(frozen=True, slots=True)
class Flooding:
    """In one transaction."""

    saver: Saver

    def collected(self, triaged: Triaged) -> Triaged:
        """The same, but a new matter during a flood goes into the ticket that collects it."""
        outcome = triaged.outcome
        for limit in self._limits(outcome):
            ticket = self._collector(limit)
            if ticket is not None and isinstance(outcome, Opened):
                evidence = f"more than {limit.most} in an hour: {limit.name}"
                return Triaged(outcome=Noted(message=outcome.message), ticket=ticket, evidence=evidence, rule="a flood")
        return triaged

    def opened(self, outcome: Outcome, ticket: Ticket) -> None:
        """A mail opened this ticket. If it is one too many it collects the rest."""
        saver, every = self.saver, self._limits(outcome)
        reached = tuple(limit for limit in every if saver.limiting.reached(limit))
        names = (*(limit.name for limit in every), *map(_flood, reached))
        if names:
            saver.tx.happened(names, saver.now, ticket.id)
        if reached:
            who = reached[0].name.partition(" ")[2]
            saver.alarm("limit tickets", f"{who}: {reached[0].most}", f"maildesk show {ticket.number}")
            saver.save(flooded(ticket, who, saver.gatherer.known(Ticked(), ticket), saver.now))

    def _collector(self, limit: Limit) -> Ticket | None:
        tx = self.saver.tx
        found = tx.happened_to(_flood(limit), self.saver.now - HOUR)
        return tx.ticket(found) if found else None

    def _limits(self, outcome: Outcome) -> tuple[Limit, ...]:
        """What limits whoever opens a ticket by his mail, if he is none of us and did not open it before."""
        if not isinstance(outcome, Opened) or outcome.requester == NOBODY or self.saver.again is not None:
            return ()
        sender = outcome.message.identity.address
        person = self.saver.gatherer.people.at(sender)
        if sender is None or (person is not None and person.works):
            return ()
        return self.saver.limiting.flooding(sender, proven=outcome.trust is Trust.PROVEN)


def _flood(limit: Limit) -> str:
    """The name of the occasion that a limit on tickets was reached."""
    return f"flood {limit.name}"
