"""Orders about when a ticket goes on: the time by which it will be solved, and what it waits for until then."""

from dataclasses import replace
from datetime import datetime, timedelta

from maildesk.core import clock
from maildesk.core.decide import colleagues, turning
from maildesk.core.decide.giving import Effect, Giving, Refused
from maildesk.core.decide.together import ends_waiting, waits_for
from maildesk.core.letter import LetterKind, instant
from maildesk.core.orders import Order, Verb
from maildesk.core.rules import Rule
from maildesk.core.said import Said, Vague, Vagueness, written
from maildesk.core.standing import begun_at, promise, promised, standing
from maildesk.core.ticket import Eta, Ticket, Waiting
from maildesk.core.timewords import DASH
from maildesk.core.when import DOUBTFUL, awaited, due, timed

TIMES = frozenset({LetterKind.ETA, LetterKind.TAKEN})
"""The letters whose matter is by when it will be solved."""


def eta(giving: Giving, order: Order) -> Effect | Refused:
    """When it will be solved. The requester hears of what is far away, of what changes, and of what stands for another time that
    he would have been told; from then on it is his promise."""
    ticket = giving.ticket
    if not ticket.status.open:
        return giving.wrong_status()
    said = due(order.args["at"], giving.now, giving.calendar)
    if isinstance(said, Vague):
        return giving.doubtful(said)
    stands, said_at = _stands_until(giving, Rule.PROMISE, Rule.SILENCE), _stands_until(giving, Rule.PROMISE) or giving.now
    if ends_waiting(ticket.waiting, giving.later):
        stands, said_at = None, giving.now
    if stands is not None and said.until <= stands and not giving.unsaid:
        return giving.refused("time waiting", until=giving.clock(stands))
    expects = Eta(at=said.until, said_at=said_at)
    estimated = replace(ticket, eta=expects, progressed_at=giving.now)
    effect = Effect(ticket=estimated, said=giving.eta(said), progress=(giving.expected("eta", said),))
    if not colleagues.reachable(ticket):
        return effect
    expected = _expected(giving)
    if said.until <= expected and not _moved(giving, said) and not giving.telling & TIMES:
        return effect.also(giving.say("not told", at=giving.end(expected)))
    return _promised(giving, said, effect)


def _stands_until(giving: Giving, *rules: Rule) -> datetime | None:
    """Until when the ticket waits for a date, if that stops one of these rules: a time that is named now lies behind that, and
    is counted from then on."""
    ticket, scheduled = giving.ticket, giving.known.policy.rules(giving.ticket).scheduled
    why, until = ticket.waiting, ticket.waiting_until
    if why is None or until is None or until <= giving.now or not scheduled.on:
        return None
    return until if _stopped(giving, why, *rules) else None


def _stopped(giving: Giving, why: Waiting, *rules: Rule) -> bool:
    """Whether this kind of waiting stops one of these rules."""
    return not giving.known.policy.rules(giving.ticket).pauses.get(why, frozenset()).isdisjoint(rules)


def _promised(giving: Giving, said: Said, effect: Effect) -> Effect:
    """The same, and the requester is told: the time counts as promised."""
    before = giving.ticket.eta
    facts = {
        "engineer": giving.by.name,
        "at": instant(said.until),
        "moved": _moved(giving, said),
        "earlier": before is not None and said.until < (promised(giving.ticket) or before).at,
        "missed": False,
        "reason": said.rest,
    }
    heard = turning.heard(replace(effect.ticket, promised=effect.ticket.eta), giving.now)
    return replace(effect, ticket=heard, outside={LetterKind.ETA: facts})


def _expected(giving: Giving) -> datetime:
    """By when he expects it, whatever he was told; an estimate beyond that is worth a letter."""
    ticket, rules = giving.ticket, giving.known.policy.rules(giving.ticket)
    expected, told = rules.calendar_of(Rule.ETA).add(begun_at(ticket), rules.eta.beyond), promised(ticket)
    return expected if told is None else min(expected, told.at)


def _moved(giving: Giving, said: Said) -> bool:
    """Whether it is another time than the engineer said before."""
    before = giving.ticket.eta
    return before is not None and before.at != said.until


def wait(giving: Giving, order: Order) -> Effect | Refused:
    """For somebody, or until a moment, or for somebody but until a moment at most; then comes the reason."""
    text = order.args.get("until", "")
    said = awaited(text, giving.now, giving.calendar) if text else None
    if isinstance(said, Vague):
        if "whom" not in order.args:
            return giving.doubtful(said)
        if said.why is not Vagueness.UNKNOWN or timed(text, giving.now, giving.calendar):
            return _or_reason(giving, said, text)
    elif said and "whom" in order.args and DOUBTFUL.match(text) and said.rest[:1].isalnum():
        way = written(said.until.astimezone(giving.calendar.zone))
        return _or_reason(giving, Vague(Vagueness.PARTLY, way), text)
    time = said if isinstance(said, Said) else None
    reason = DASH.sub("", time.rest if time else order.args.get("why", text), count=1)
    return _waiting(giving, order, time, reason)


def _or_reason(giving: Giving, vague: Vague, text: str) -> Refused:
    """The question, and how to say that it is no time."""
    return Refused(said=giving.doubtful(vague).said + giving.say("as reason", why=text))


def _waiting(giving: Giving, order: Order, said: Said | None, reason: str) -> Effect | Refused:
    """The pause, until a time if one was named."""
    why, until = waits_for(order), said.until if said else None
    waiting = turning.paused(giving.ticket, why, giving.now, until)
    if waiting is None:
        return giving.wrong_status()
    told, more = giving.say(f"waiting {why}"), reason
    if said and until:
        told += f" {giving.say('until', at=giving.clock(until))}{giving.idle(said)}"
        more = f"{giving.recorded(until)} {reason}".rstrip()
    told += giving.why(reason)
    tells = _stops_what_he_expects(giving, why, until)
    effect = Effect(ticket=waiting, said=told, progress=(giving.line(f"waiting {why}", more=more, public=tells),))
    return _told_to_wait(giving, effect, reason) if tells else effect


def _stops_what_he_expects(giving: Giving, why: Waiting, until: datetime | None) -> bool:
    """Whether he would wait in vain for the time that he was told, or for a word, and does not know it; who was written to knows
    that we wait for him, but not of what else we tell him only now. So would he for a date that holds no more."""
    ticket = giving.ticket
    asked = Verb.ASK in giving.later
    written = asked or (ticket.heard_at is not None and ticket.heard_at >= begun_at(ticket))
    knows = why is Waiting.USER and written and not giving.telling & TIMES
    stops = not knows and _stopped(giving, why, Rule.PROMISE, Rule.SILENCE)
    dropped = None if until or asked else _stands_until(giving, Rule.PROMISE, Rule.SILENCE)
    return colleagues.reachable(ticket) and (stops or dropped is not None)


def _told_to_wait(giving: Giving, effect: Effect, reason: str) -> Effect:
    """The same, and the requester is told for what, until when, and what that makes of the time by which the engineer expects a
    solution, else of the one that he was told. Of a date that ends nothing he is not told."""
    ticket, own = effect.ticket, promise(giving.ticket)
    until = ticket.waiting_until if giving.known.policy.rules(ticket).scheduled.on else None
    estimated = own is not None and (own == ticket.promised or own.at > giving.now)
    word = replace(ticket, promised=own) if estimated else ticket
    expected = _afterwards(giving, word, until) if until else _still(giving, word)
    facts = {
        "engineer": giving.by.name,
        "why": str(ticket.waiting),
        "until": instant(until),
        "by": instant(expected.at) if expected else None,
        "eta": estimated and expected is not None,
        "reason": reason,
    }
    if expected:
        ticket = replace(ticket, promised=expected, eta=expected if estimated else ticket.eta)
    return replace(effect, ticket=turning.heard(ticket, giving.now), outside={LetterKind.WAITING: facts})


def _still(giving: Giving, ticket: Ticket) -> Eta | None:
    """The time that he was told, where this waiting does not stop it."""
    said, why = promised(ticket), ticket.waiting
    if said is None or said.at <= giving.now or why is None or _stopped(giving, why, Rule.PROMISE):
        return None
    return said


def _afterwards(giving: Giving, ticket: Ticket, until: datetime) -> Eta | None:
    """The time that he was told, later by the waiting: what is left of it counts from then on, if anything is. What was told in
    the same mail reckons with the waiting."""
    how, now = standing(ticket, giving.known.policy, Rule.PROMISE), giving.now
    if how.span is None or how.told is None:
        return None
    if how.since == now and how.told > until:
        return Eta(at=how.told, said_at=until)
    left = how.span - clock.used(how.runs, now)
    by = how.runs[-1].calendar if how.runs else giving.known.policy.rules(ticket).calendar_of(Rule.PROMISE)
    return Eta(at=max(by.add(until, left), how.told), said_at=until) if left > timedelta() else None
