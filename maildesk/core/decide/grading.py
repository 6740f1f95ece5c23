"""Orders about what a ticket is: its priority and its category."""

from maildesk.core import clock
from maildesk.core.classify import categories_named, missing
from maildesk.core.decide.giving import Effect, Giving, Refused
from maildesk.core.orders import Order
from maildesk.core.rules import Rule
from maildesk.core.standing import State, standing
from maildesk.core.ticket import Priority


def priority(giving: Giving, order: Order) -> Effect | Refused:
    """Confirmed. A reason is needed when it differs from what stood there: confirmed, else asked for, else proposed."""
    ticket, new, reason = giving.ticket, Priority(f"P{order.args['priority']}"), order.args.get("reason", "")
    before = ticket.confirmed or ticket.asked or ticket.proposed
    if not ticket.status.open:
        return giving.wrong_status()
    if new is not before and not reason:
        return giving.refused("reason", old=before, new=new)
    changed = ticket.judged(
        giving.now,
        confirmed=new,
        priority_reason=reason or ticket.priority_reason,
        priority_at=ticket.priority_at if ticket.confirmed is new else giving.now,
    )
    phrase = "priority confirmed" if new is before else "priority"
    effect = Effect(
        ticket=changed,
        said=giving.say(phrase, old=before, new=new),
        progress=(giving.line(phrase, old=before, new=new, more=reason),),
    )
    phone = standing(changed, giving.known.policy, Rule.PHONE)
    if (
        standing(ticket, giving.known.policy, Rule.PHONE).state is State.RUNNING
        or phone.state is not State.RUNNING
        or phone.span is None
    ):
        return effect
    return effect.also(giving.say("call him", at=giving.clock(clock.reached(phone.runs, phone.span))))


def category(giving: Giving, order: Order) -> Effect | Refused:
    """Set by the engineer; what is missing is reckoned anew by the facts that this category needs."""
    policy, ticket = giving.known.policy, giving.ticket
    found = categories_named(order.args["category"], policy)
    if len(found) != 1:
        names = "、".join(one.name for one in found or policy.categories)
        return giving.refused("several categories" if found else "no category", names=names)
    name = found[0].name
    changed = ticket.judged(
        giving.now,
        category=name,
        category_source="engineer",
        category_confidence=1.0,
        missing=missing(ticket.fields, policy, name, internal=ticket.internal),
    )
    line = giving.line("category", name=name)
    return Effect(ticket=changed, said=giving.say("category", name=name), progress=(line,))
