"""Orders about when a ticket goes on: the time by which it will be solved, and what it waits for until then."""

from dataclasses import replace

from maildesk.core.decide import colleagues, turning
from maildesk.core.decide.giving import Effect, Giving, Refused
from maildesk.core.letter import LetterKind, instant
from maildesk.core.orders import KINDS, Order
from maildesk.core.rules import Rule
from maildesk.core.said import Said, Vague, Vagueness
from maildesk.core.standing import begun_at, promised
from maildesk.core.ticket import Eta, Waiting
from maildesk.core.timewords import TIMED
from maildesk.core.when import when


def eta(giving: Giving, order: Order) -> Effect | Refused:
    """When it will be solved. The requester hears of what is far away, and of what changes; from then on it is his promise."""
    ticket = giving.ticket
    if not ticket.status.open:
        return giving.wrong_status()
    said = when(order.args["at"], giving.now, giving.calendar)
    if isinstance(said, Vague):
        return giving.doubtful(said)
    estimated = replace(ticket, eta=Eta(at=said.until, said_at=giving.now), progressed_at=giving.now)
    effect = Effect(ticket=estimated, said=giving.eta(said), progress=(giving.expected("eta", said),))
    if not colleagues.reachable(ticket):
        return effect
    if not _worth_telling(giving, said):
        return effect.also(giving.say("not told"))
    return _promised(giving, said, effect).also(giving.say("requester told"))


def _promised(giving: Giving, said: Said, effect: Effect) -> Effect:
    """The same, and the requester is told: the time counts as promised."""
    before = giving.ticket.eta
    facts = {
        "engineer": giving.by.name,
        "at": instant(said.until),
        "moved": before is not None and before.at != said.until,
        "earlier": before is not None and said.until < (promised(giving.ticket) or before).at,
        "missed": False,
        "reason": said.rest,
    }
    heard = turning.heard(replace(effect.ticket, promised=effect.ticket.eta), giving.now)
    return replace(effect, ticket=heard, outside={LetterKind.ETA: facts})


def _worth_telling(giving: Giving, said: Said) -> bool:
    """Beyond what he was to expect anyway, or not what he was told before."""
    ticket, rules = giving.ticket, giving.known.policy.rules(giving.ticket)
    expected = rules.calendar_of(Rule.ETA).add(begun_at(ticket), rules.eta.beyond)
    told = promised(ticket)
    if told is not None:
        expected = min(expected, told.at)
    return said.until > expected or (ticket.eta is not None and ticket.eta.at != said.until)


def wait(giving: Giving, order: Order) -> Effect | Refused:
    """For somebody, or until a moment, or for somebody but until a moment at most; then comes the reason."""
    text = order.args.get("until", "")
    said = when(text, giving.now, giving.calendar) if text else None
    if isinstance(said, Vague):
        if "whom" not in order.args or said.why is not Vagueness.UNKNOWN or TIMED.search(text):
            return giving.doubtful(said)
        said = None
    reason = said.rest if said else text
    why = Waiting(KINDS[order.args["whom"].casefold()]) if "whom" in order.args else Waiting.SCHEDULED
    until = (said.since if said.since > giving.now else said.until) if said else None
    waiting = turning.paused(giving.ticket, why, giving.now, until)
    if waiting is None:
        return giving.wrong_status()
    told, more = giving.say(f"waiting {why}"), reason
    if said and until:
        told += f" {giving.say('until', at=giving.clock(until))}{giving.idle(said)}"
        more = f"{giving.recorded(until)} {reason}".rstrip()
    told += giving.why(reason)
    return Effect(ticket=waiting, said=told, progress=(giving.line(f"waiting {why}", more=more),))
