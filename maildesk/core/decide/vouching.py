"""Orders about held mails: let one in, or refuse it.

Who lets a mail in vouches for its sender: it is taken in once more, as if the receiving host had proven him. Who has its ticket
may judge it, and any lead. But nobody gets more power by it than he has: what would be done in a colleague's name is let in by
another lead or manager whose office is no lower than that colleague's, and words that end or rate a ticket in a requester's
doubtful name by a lead who has not the ticket. What a colleague was asked about and did not call his own is let in by nobody. He
whose name is in doubt judges nothing while there is somebody else who may: of him the least is known.
"""

from maildesk.core.decide import writing
from maildesk.core.decide.giving import Effect, Giving, Refused
from maildesk.core.decision import Judgement
from maildesk.core.known import HeldMail
from maildesk.core.orders import Order
from maildesk.core.people import People, Person, Role
from maildesk.core.ticket import Mark


def admit(giving: Giving, order: Order) -> Effect | Refused:
    """It counts as written by who it names."""
    return _judge(giving, order, admitted=True)


def refuse(giving: Giving, order: Order) -> Effect | Refused:
    """It is filed, and nothing comes of it."""
    return _judge(giving, order, admitted=False)


def _judge(giving: Giving, order: Order, *, admitted: bool) -> Effect | Refused:
    mail = int(order.args["mail"])
    held = giving.known.held.get(mail)
    if held is None or any(one.mail == mail for one in giving.judgements):
        return giving.refused("not held", mail=mail)
    if not held.legible:
        return giving.refused("mail illegible", mail=mail)
    if not _may_judge(giving, held):
        return giving.refused("not his to judge", mail=mail)
    if held.admitted is not None:
        return _judged_before(giving, mail, before=held.admitted, now=admitted)
    if (why := _barred(giving, held, admitted=admitted)) is not None:
        return giving.refused(why, mail=mail)
    return _judged(giving, mail, held, order.args.get("why", ""), admitted=admitted)


def _may_judge(giving: Giving, held: HeldMail) -> bool:
    """Whether it is his by the ticket or by his office, or because he stands in for who it is."""
    ticket, known, now = held.ticket, giving.known, giving.now
    asked = (*writing.leads(ticket, known, now), *(writing.attending(ticket, known, now) if ticket else ()))
    holder = ticket.engineer if ticket else None
    return giving.by.leads or giving.by.staff_id in {holder, *(person.staff_id for person in asked)}


def _barred(giving: Giving, held: HeldMail, *, admitted: bool) -> str | None:
    """Why it is not for him to say so; None when it is."""
    entitled = entitles(held, giving.by, giving.known.people)
    if held.person == giving.by.staff_id and not entitled:
        return "his own name"
    if admitted and held.denied:
        return "denied"
    return None if entitled or not admitted else "not his to let in"


def entitles(held: HeldMail, person: Person, people: People) -> bool:
    """Whether his word for it would give nobody more power than he has."""
    return not _weighty(held) or person.staff_id in {one.staff_id for one in vouchers(held, people)}


def vouchers(held: HeldMail, people: People) -> tuple[Person, ...]:
    """By whose word alone what weighs more is let in; nobody for a mail that any of its judges may let in.

    He himself whose name is in doubt, where nobody else has the office: what he orders now he could order himself.
    """
    officers = tuple(one for one in people.everyone if _office(one)) if _weighty(held) else ()
    if held.person is None:
        return tuple(one for one in officers if held.ticket is None or one.staff_id != held.ticket.engineer)
    named = people.get(held.person)
    others = tuple(one for one in officers if one != named and _office(one) >= _office(named))
    return others or ((named,) if named else ())


def _weighty(held: HeldMail) -> bool:
    """Whether to let it in is to do what a colleague or the requester alone may do."""
    return held.person is not None or held.ends


def _office(person: Person | None) -> int:
    ladder = (Role.LEAD, Role.MANAGER)
    return max((ladder.index(role) + 1 for role in person.roles if role in ladder), default=0) if person else 0


def _judged_before(giving: Giving, mail: int, *, before: bool, now: bool) -> Effect | Refused:
    """The same once more changes nothing; the contrary comes too late."""
    if before is not now:
        return giving.refused("let in already" if before else "refused already", mail=mail)
    return Effect(ticket=giving.ticket, said=giving.say("admitted before" if now else "rejected before", mail=mail))


def _judged(giving: Giving, mail: int, held: HeldMail, why: str, *, admitted: bool) -> Effect:
    line = giving.line("let in" if admitted else "kept out", mark=Mark.HELD, more=why, mail=mail)
    judgement = Judgement(
        mail=mail,
        admitted=admitted,
        why=f"{giving.by.staff_id}: {why}".removesuffix(": "),
        ticket=held.ticket.id if held.ticket else None,
        line=line,
    )
    said = giving.say("admitted" if admitted else "rejected", mail=mail)
    return Effect(ticket=giving.ticket, said=said, judgements=(judgement,))
