"""Orders about held mails: let one in, or refuse it.

Who lets a mail in vouches for its sender: it is taken in once more, as if the receiving host had proven him. Who has its ticket
may judge it, and any lead. He whose name is in doubt may not, while there is another lead: of him the least is known.
"""

from maildesk.core.decide import writing
from maildesk.core.decide.giving import Effect, Giving, Refused
from maildesk.core.decision import Judgement
from maildesk.core.known import Doubted
from maildesk.core.orders import Order
from maildesk.core.people import Role
from maildesk.core.ticket import Mark


def admit(giving: Giving, order: Order) -> Effect | Refused:
    """It counts as written by who it names."""
    return _judge(giving, order, admitted=True)


def refuse(giving: Giving, order: Order) -> Effect | Refused:
    """It is filed, and nothing comes of it."""
    return _judge(giving, order, admitted=False)


def _judge(giving: Giving, order: Order, *, admitted: bool) -> Effect | Refused:
    mail = int(order.args["mail"])
    doubted = giving.known.doubted.get(mail)
    if doubted is None or any(one.mail == mail for one in giving.judgements):
        return giving.refused("not held", mail=mail)
    if not _may_judge(giving, doubted):
        return giving.refused("not his to judge", mail=mail)
    if doubted.admitted is not None:
        return _judged_before(giving, mail, before=doubted.admitted, now=admitted)
    if _himself(giving, doubted):
        return giving.refused("his own name", mail=mail)
    return _judged(giving, mail, doubted, order.args.get("why", ""), admitted=admitted)


def _may_judge(giving: Giving, doubted: Doubted) -> bool:
    """Whether it is his by the ticket or by his office, or because he stands in for who it is."""
    ticket, known, now = doubted.ticket, giving.known, giving.now
    asked = (*writing.leads(ticket, known, now), *(writing.attending(ticket, known, now) if ticket else ()))
    holder = ticket.engineer if ticket else None
    return giving.leads or giving.by.staff_id in {holder, *(person.staff_id for person in asked)}


def _himself(giving: Giving, doubted: Doubted) -> bool:
    """Whether it bears his own name, and somebody else is there to ask."""
    people = giving.known.people
    others = (*people.having(Role.LEAD), *people.having(Role.MANAGER))
    return doubted.person == giving.by.staff_id and any(one.staff_id != doubted.person for one in others)


def _judged_before(giving: Giving, mail: int, *, before: bool, now: bool) -> Effect | Refused:
    """The same once more changes nothing; the contrary comes too late."""
    if before is not now:
        return giving.refused("let in already" if before else "refused already", mail=mail)
    return Effect(ticket=giving.ticket, said=giving.say("admitted before" if now else "rejected before", mail=mail))


def _judged(giving: Giving, mail: int, doubted: Doubted, why: str, *, admitted: bool) -> Effect:
    line = giving.line("let in" if admitted else "kept out", mark=Mark.HELD, more=why, mail=mail)
    judgement = Judgement(
        mail=mail,
        admitted=admitted,
        why=f"{giving.by.staff_id}: {why}".removesuffix(": "),
        ticket=doubted.ticket.id if doubted.ticket else None,
        line=line,
    )
    said = giving.say("admitted" if admitted else "rejected", mail=mail)
    return Effect(ticket=giving.ticket, said=said, judgements=(judgement,))
