"""Limits: how much the desk says of its own accord, so that no loop can run, and how many tickets one sender opens.

    hour, day    letters that no person wrote: so many to an address, to a domain that is not ours, in all
    neutral      acknowledgements to somebody who proved nothing: one a day to an address, so many in all
    gather       an acknowledgement soon after another waits, and comes as one letter with all that follow
    again        who goes on writing right after our letters, as machines do, gets so many of these in a day
    staff        a person of the desk gets so many letters an hour of each kind that anybody can make us write to him
    asked        so many answers to questions in his name that prove nothing
    idle         a person of the desk hears so often in a day that his mail holds no order: a machine may answer for him
    mute         whoever answers them within seconds, again and again, gets none for a day

A limit never drops anything. A letter waits until the limit allows it, and then comes in one with all others for its reader;
what people write is not limited at all. A mail above the limit stands in a ticket that collects them.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from maildesk.core.letter import URGENT, Audience, Letter, LetterKind
from maildesk.core.message import Address
from maildesk.core.policy import Limits
from maildesk.core.rules import DAY, HOUR

PROVOKED = frozenset({LetterKind.HELD, LetterKind.CONFIRM, LetterKind.UNDELIVERED})
VOLLEY = timedelta(minutes=10)
VOLLEYS = 3
"""So many answers within seconds in one VOLLEY, each to another letter of ours, are no person's."""


class Limit(NamedTuple):
    """So many occasions of a name in a span. `breach` is what the operator hears when it holds something back, if anything."""

    name: str
    most: int
    span: timedelta
    breach: str = ""


def idle(letter: Letter) -> bool:
    """Whether it tells somebody of the desk that nothing in his mail is an order, not even a wrong one."""
    results = letter.facts["results"] if letter.kind is LetterKind.TRANSCRIPT else ()
    return bool(results) and not any(result["done"] or result["line"].lstrip().startswith(("/", "／")) for result in results)


def limited(letter: Letter) -> bool:
    """Whether a loop could run by such letters: no person wrote it to the requester, or nobody ordered what it answers."""
    return idle(letter) or provoked(letter) or _automatic(letter)


def provoked(letter: Letter) -> bool:
    """Whether a stranger can make us write it to somebody of the desk: about a mail that is held, that is in his name, that is
    perhaps a participant's, or that says that a letter came back."""
    return letter.unproven or letter.kind in PROVOKED or (letter.kind is LetterKind.REPLY and not letter.facts["verified"])


def merges(letter: Letter) -> bool:
    """Whether it may wait for others for the same person of the desk. What he is to confirm he must see in full."""
    return letter.person is not None and letter.kind is not LetterKind.CONFIRM


def _automatic(letter: Letter) -> bool:
    return letter.audience is Audience.REQUESTER and (letter.kind not in URGENT or letter.paced)


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def written_to(address: str) -> str:
    """The name of the occasion that we wrote to somebody of our own accord."""
    return f"letter {address.lower()}"


def gathered_for(address: str) -> str:
    """The name of the occasion that somebody got several acknowledgements in one letter."""
    return f"gathered {address.lower()}"


def volley(address: str) -> str:
    """The name of the occasion that somebody answered such a letter within seconds."""
    return f"volley {address.lower()}"


def muted(address: str) -> str:
    """The name of the occasion that somebody was taken for a machine."""
    return f"muted {address.lower()}"


def told_by(letter: Letter) -> tuple[str, ...]:
    """The names under which such a letter is counted."""
    to = letter.to
    if idle(letter):
        return (f"idle {to.lower()}",)
    if provoked(letter):
        return (f"{letter.kind} {to.lower()}",)
    names = (written_to(to), f"letter @{domain_of(to)}", "letter")
    if letter.kind is not LetterKind.ACKNOWLEDGEMENT:
        return names
    neutral = () if letter.facts["full"] else (f"neutral {to.lower()}", "neutral")
    return (*names, f"acknowledgement {to.lower()}", *neutral)


def limits_on(letter: Letter, limits: Limits, ours: frozenset[str]) -> tuple[Limit, ...]:
    """What must allow such a letter. Our own domains are limited as a whole by no number: all our colleagues are there."""
    to = letter.to
    if idle(letter):
        return (Limit(f"idle {to.lower()}", limits.idle_day, DAY, "again"),)
    if provoked(letter):
        most = limits.asked_hour if letter.unproven else limits.staff_hour
        return (Limit(f"{letter.kind} {to.lower()}", most, HOUR, "staff"),)
    found = [
        Limit(written_to(to), limits.address_hour, HOUR, "address"),
        Limit(written_to(to), limits.address_day, DAY, "address"),
        Limit("letter", limits.all_hour, HOUR, "all"),
        Limit(muted(to), 1, limits.mute),
    ]
    if domain_of(to) not in ours:
        found.append(Limit(f"letter @{domain_of(to)}", limits.domain_hour, HOUR, "domain"))
    if letter.kind is LetterKind.ACKNOWLEDGEMENT and not letter.facts["full"]:
        found.append(Limit(f"neutral {to.lower()}", limits.neutral_day, DAY))
        found.append(Limit("neutral", limits.neutral_hour, HOUR, "neutral"))
    return tuple(found)


def gathering(letter: Letter, limits: Limits) -> tuple[Limit, Limit] | None:
    """What makes an acknowledgement wait for those that follow, and how often a day such letters are sent."""
    if letter.kind is not LetterKind.ACKNOWLEDGEMENT:
        return None
    name = f"acknowledgement {letter.to.lower()}"
    return Limit(name, 1, limits.gather), Limit(gathered_for(letter.to), limits.again_day, DAY, "again")


def flooding(sender: Address, limits: Limits, ours: Iterable[str], *, proven: bool) -> tuple[Limit, ...]:
    """How many tickets the mails of one sender, and of one domain that is not ours, may open; whoever writes in their names
    without a proof uses up none of theirs."""
    what, domain = "ticket" if proven else "unproven", domain_of(sender)
    own = Limit(f"{what} {sender.lower()}", limits.sender_tickets, HOUR, "tickets")
    return (own,) if domain in ours else (own, Limit(f"{what} @{domain}", limits.domain_tickets, HOUR, "tickets"))
