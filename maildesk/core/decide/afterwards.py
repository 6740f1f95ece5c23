"""Orders for when the work is done: watch whether it holds; archive what was learned, or say why there is nothing to archive."""

from dataclasses import replace
from datetime import datetime

from maildesk.core.decide import colleagues, turning
from maildesk.core.decide.giving import Effect, Giving, Refused
from maildesk.core.letter import LetterKind, instant
from maildesk.core.orders import Order
from maildesk.core.rules import Rule
from maildesk.core.said import Vague, Vagueness
from maildesk.core.ticket import Archive, Mark, Turn
from maildesk.core.when import TIMELIKE, when


def observe(giving: Giving, order: Order) -> Effect | Refused:
    """Until a moment, by default some working days away; then the requester is asked. What follows the time was done."""
    named = _until(giving, order.args.get("until", ""))
    if isinstance(named, Refused):
        return named
    until, done = named
    observed = turning.observed(giving.ticket, until, giving.now)
    if observed is None:
        return giving.wrong_status()
    observed = replace(observed, solution=done or observed.solution)
    said = giving.say("observing", at=giving.end(until))
    line = giving.line("observing", mark=Mark.TURN, public=True, at=giving.recorded_end(until), more=done)
    if not colleagues.reachable(observed):
        return Effect(ticket=observed, said=said, progress=(line,))
    facts = {"engineer": giving.by.name, "solution": observed.solution, "until": instant(until)}
    return Effect(ticket=turning.heard(observed, giving.now), said=said, progress=(line,), outside={LetterKind.OBSERVING: facts})


def _until(giving: Giving, text: str) -> tuple[datetime, str] | Refused:
    """The moment that a text begins with, and the rest of it; the policy's where it begins with nothing like one."""
    said = when(text, giving.now, giving.calendar) if text else None
    if said is None or (isinstance(said, Vague) and said.why is Vagueness.UNKNOWN and not TIMELIKE.match(text)):
        rules = giving.known.policy.rules(giving.ticket)
        return rules.calendar_of(Rule.OBSERVING).working_days_later(giving.now, rules.observing.days), text
    return giving.doubtful(said) if isinstance(said, Vague) else (said.until, said.rest)


def archive(giving: Giving, order: Order) -> Effect | Refused:
    """What was learned stands in an article. A ticket that owes none may be archived without naming one."""
    ticket, article = giving.ticket, order.args.get("article", "")
    if ticket.archive is Archive.PENDING and not article:
        return giving.refused("which article")
    archived = ticket.turned(Turn.ARCHIVE)
    if archived is None:
        return giving.wrong_status()
    known = Archive.LINKED if article else Archive.NOT_OWED
    line = giving.line("archived", mark=Mark.TURN, more=article)
    return Effect(ticket=replace(archived, archive=known, article=article), said=giving.say("archived"), progress=(line,))


def no_article(giving: Giving, order: Order) -> Effect | Refused:
    """Nothing was learned that others must know; the reason is kept."""
    archived = giving.ticket.turned(Turn.ARCHIVE)
    if archived is None:
        return giving.wrong_status()
    line = giving.line("no article", mark=Mark.TURN, more=order.args["text"])
    return Effect(ticket=replace(archived, archive=Archive.WAIVED), said=giving.say("archived"), progress=(line,))
