"""Orders about what a ticket is: priority, category; and about what it waits for: eta, wait."""

from dataclasses import replace

from maildesk.core.classify import categories_named, missing
from maildesk.core.decide import colleagues, turning
from maildesk.core.decide.giving import Effect, Giving, Refused
from maildesk.core.letter import LetterKind, instant
from maildesk.core.orders import KINDS, Order
from maildesk.core.rules import Rule
from maildesk.core.said import Said, Vague
from maildesk.core.standing import begun_at, promised
from maildesk.core.ticket import Eta, Priority, Waiting
from maildesk.core.when import when


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
    urgent = new is Priority.P1 and ticket.priority is not Priority.P1 and colleagues.reachable(ticket)
    return effect.also(giving.say("call him")) if urgent else effect


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


def eta(giving: Giving, order: Order) -> Effect | Refused:
    """When it will be solved. The requester hears of what is far away, and of what changes; from then on it is his promise."""
    ticket = giving.ticket
    if not ticket.status.open:
        return giving.wrong_status()
    said = when(order.args["at"], giving.now, giving.calendar)
    if isinstance(said, Vague):
        return giving.doubtful(said)
    expected = Eta(at=said.until, said_at=giving.now)
    estimated = replace(ticket, eta=expected, progressed_at=giving.now)
    line = giving.line("eta", public=True, at=giving.recorded(said.until))
    if said.rest:
        line = replace(line, text=f"{line.text}：{said.rest}" if ticket.language == "zh" else f"{line.text}: {said.rest}")
    effect = Effect(ticket=estimated, said=f"{giving.say('eta', at=giving.end(said))}{giving.idle(said)}", progress=(line,))
    if not colleagues.reachable(ticket):
        return effect
    if not _worth_telling(giving, said):
        return effect.also(giving.say("not told"))
    facts = {
        "engineer": giving.by.name,
        "at": instant(said.until),
        "moved": ticket.eta is not None,
        "missed": False,
        "reason": said.rest,
    }
    renewed = turning.heard(replace(estimated, promised=expected), giving.now)
    told = replace(effect, ticket=renewed, outside={LetterKind.ETA: facts})
    return told.also(giving.say("requester told"))


def _worth_telling(giving: Giving, said: Said) -> bool:
    """Beyond what he was to expect anyway, or not what he was told before."""
    ticket, rules = giving.ticket, giving.known.policy.rules(giving.ticket)
    expected = rules.calendar_of(Rule.ETA).add(begun_at(ticket), rules.eta.beyond)
    told = promised(ticket)
    if told is not None:
        expected = min(expected, told.at)
    return said.until > expected or (ticket.eta is not None and ticket.eta.at != said.until)


def wait(giving: Giving, order: Order) -> Effect | Refused:
    """For somebody, or until a moment, or for somebody but until a moment at most."""
    said = when(order.args["until"], giving.now, giving.calendar) if "until" in order.args else None
    if isinstance(said, Vague):
        return giving.doubtful(said)
    why = Waiting(KINDS[order.args["whom"].casefold()]) if "whom" in order.args else Waiting.SCHEDULED
    until = said.since if said else None
    if until is not None and until <= giving.now and said is not None:
        until = said.until
    waiting = turning.paused(giving.ticket, why, giving.now, until)
    if waiting is None:
        return giving.wrong_status()
    told = giving.say(f"waiting {why}") + (
        f" {giving.say('until', at=giving.clock(until))}{giving.idle(said)}" if said and until else ""
    )
    more = giving.recorded(until) if until else ""
    line = giving.line(f"waiting {why}", more=" ".join(filter(None, (more, said.rest if said else ""))))
    return Effect(ticket=waiting, said=told, progress=(line,))
