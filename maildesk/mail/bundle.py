"""Many letters for one person as one: what presses most first, each as a line of a list that three or three hundred can stand in.

Each line is taken from the letter itself as it would have gone alone: its heading says what it is about, its buttons act on it.
Whoever works here reads of a ticket in one line, however much there is to say of it. The first have their buttons, the next their
line, the rest a number: whoever has so much to do goes by the list.
"""

import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from markupsafe import Markup

from maildesk.core.alarm import Step
from maildesk.core.letter import Audience, Letter
from maildesk.core.policy import Policy
from maildesk.core.rules import Rule
from maildesk.core.ticket import Priority, Ticket
from maildesk.mail.compose import clean_header
from maildesk.mail.markup import data

Item = tuple[Letter, Ticket | None]

TAPPED = 10
"""So many have buttons."""

LISTED = 30
"""So many are listed."""

SUBJECT = 60
"""So many characters of a subject stand in a line."""

HAPPENED = frozenset({Step.HANDOVER, Step.RESUME, Step.RESOLVE})
"""What these steps speak of was done at its time, and nothing is late."""

_HEADING = re.compile(r"^# (.+)$", re.MULTILINE)
_BUTTON_LINE = re.compile(r"^\[[a-z]+\](?: \[[a-z]+\])*$", re.MULTILINE)


def outside(items: tuple[Item, ...]) -> bool:
    """Whether they go to a requester."""
    return items[0][0].audience is Audience.REQUESTER


def common(items: tuple[Item, ...]) -> Ticket | None:
    """The ticket that all of them are about, if there is one."""
    first = items[0][1]
    return first if first and all(ticket and ticket.id == first.id for _, ticket in items) else None


def by_ticket(items: tuple[Item, ...]) -> tuple[tuple[Item, ...], ...]:
    """What is about one ticket together, in the place of the first of it; all that requesters get stays apart."""
    found: dict[str, list[Item]] = {}
    for n, item in enumerate(items):
        ticket = None if outside(items) else item[1]
        found.setdefault(ticket.number if ticket else str(n), []).append(item)
    return tuple(map(tuple, found.values()))


def ranks(things: tuple[tuple[Item, ...], ...]) -> tuple[tuple[Priority, int], ...]:
    """How many tickets there are of each priority, the highest first."""
    found = Counter(ticket.priority for (_, ticket), *_ in things if ticket)
    return tuple(sorted(found.items()))


def urgency(item: Item, now: datetime) -> tuple[bool, bool, Priority, bool, datetime]:
    """What sorts the letters of a bundle: a P1, what is late, the priority of their tickets, their deadlines."""
    letter, ticket = item
    priority, due = ticket.priority if ticket else Priority.P4, due_of(letter)
    return priority is not Priority.P1, _missed(item, now) is None, priority, due is None, due or now


def due_of(letter: Letter) -> datetime | None:
    """The deadline of which a letter speaks; None when it speaks of none, or of none that can be read."""
    with suppress(TypeError, ValueError):
        return datetime.fromisoformat(letter.facts["due"]) if "due" in letter.facts else None
    return None


def overdue(item: Item, policy: Policy, now: datetime) -> float | None:
    """For how many seconds of its ticket's service time it is late; None when it is not."""
    letter, ticket = item
    missed = _missed(item, now)
    if missed is None or ticket is None:
        return None
    rules, rule = policy.rules(ticket), letter.facts.get("rule")
    calendar = rules.calendar_of(Rule(rule)) if rule in tuple(Rule) else rules.calendar
    return calendar.between(missed, now).total_seconds()


def _missed(item: Item, now: datetime) -> datetime | None:
    """The deadline of which it speaks and that has passed; None where there is none, or where it tells what was done in time."""
    letter, ticket = item
    due = due_of(letter)
    return due if due and ticket and due < now and letter.facts.get("step") not in HAPPENED else None


def line(n: int, item: Item, source: str, name: str) -> Mapping[str, object]:
    """What the template gets of one letter: `source` is its own markup, `name` what its kind is called."""
    letter, ticket = item
    heading, buttons = _HEADING.search(source), _BUTTON_LINE.search(source)
    return {
        "number": ticket.number if ticket else "",
        "subject": clean_header(ticket.subject, SUBJECT) if ticket else "",
        "priority": ticket.priority if ticket else "",
        "what": Markup(heading[1] if heading else data(name)),
        "due": letter.facts.get("due"),
        "engineer": letter.facts.get("engineer") or "",
        "acting_for": letter.acting_for,
        "buttons": Markup(buttons[0].replace("]", f".{n}]") if buttons and n < TAPPED else ""),
    }
