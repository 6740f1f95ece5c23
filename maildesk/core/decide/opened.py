"""A new matter: the ticket is understood, classified, given to somebody and acknowledged, in one decision.

The requester gets one letter: the number, what we understood, when he hears from a person, and the facts that are missing as a
block to fill in. Who proved nothing and is unknown gets none of his own words back, only the number, the times and the list of
facts that we always ask for. Whom the receiving host calls an impostor gets nothing at all; the engineer is told.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from maildesk.core import promise
from maildesk.core.assign import Why, choose
from maildesk.core.classify import asked, classify, is_question, missing, propose
from maildesk.core.decide import colleagues, turning, writing
from maildesk.core.decide.saying import say
from maildesk.core.decision import Decision
from maildesk.core.event import Opened
from maildesk.core.glean import glean
from maildesk.core.known import Known
from maildesk.core.letter import Letter, LetterKind, instant
from maildesk.core.limits import domain_of
from maildesk.core.message import Address, Fact
from maildesk.core.people import Person
from maildesk.core.ticket import NOBODY, Eta, Kind, Mark, Priority, Progress, Ticket, Turn
from maildesk.core.trust import Trust

MOST_WATCHERS = 20
"""So many colleagues take part from the first mail on; that there were more is told to the engineer."""

TOO_LARGE = "large"
"""The name of the limit that leaves large files of a large mail out."""

OF_THE_MAIL = frozenset({"ticket"})
"""What a reading of the mail calls a fact and is none of the matter."""


class Words(NamedTuple):
    """The mail as the matter it tells of; `remark` is what an engineer who passed it on wrote himself."""

    subject: str
    text: str
    hidden: int
    name: str
    remark: str = ""


def opened(ticket: Ticket, event: Opened, known: Known, now: datetime) -> Decision:
    """The blank ticket filled and under way."""
    words = _words(event)
    ticket = _understood(_born(ticket, event, words, known, now), event, words, known)
    person, why = choose(ticket, known, now)
    if person is not None:
        ticket = turning.given(ticket, person, now) or ticket
    told = _acknowledged(event)
    if told:
        promised = Eta(at=promise.solution(_kind(ticket, event, known), known, now).by, said_at=now)
        ticket = replace(ticket, promised=promised, missing_asked_at=now if _gaps(ticket, event, known) else None)
    first, remark = _first(event, words, now), _remark(event, words, known, now)
    letters = _acknowledgement(ticket, event, known, now) if told else ()
    letters += _assignment(ticket, person, why, event, words, (first, *remark), known, now)
    return Decision(ticket=ticket, progress=(first, *remark, _given(person, known, now)), letters=letters)


def _words(event: Opened) -> Words:
    """What was written: by the sender, or by the one whose mail an engineer passes on."""
    message, forwarded = event.message, event.message.forwarded
    if forwarded is not None and forwarded.sender is not None and event.requester not in {NOBODY, message.identity.address}:
        own = "" if message.only_quoted else message.new_text
        return Words(forwarded.subject or message.subject, forwarded.text, 0, forwarded.sender.name or "", own)
    name = message.sender.name if message.sender else None
    if forwarded is not None:
        return Words(message.subject, message.text, 0, name or "")
    return Words(message.subject, message.new_text, message.quoted_lines + message.signature_lines, name or "")


def _born(ticket: Ticket, event: Opened, words: Words, known: Known, now: datetime) -> Ticket:
    """The ticket with what is plain to see."""
    message, requester = event.message, event.requester
    person = known.people.at(requester) if event.trust is not Trust.FAILED else None
    late = (known.reopens.number,) if known.reopens else ()
    blank = ticket.turned(Turn.OPEN)
    if blank is None:
        raise ValueError(f"{ticket.number} has been opened already")
    return replace(
        blank,
        subject=words.subject.strip(),
        language=known.languages.get(requester) or (person.language if person else None) or message.language,
        requester=requester,
        requester_name=person.name if person else words.name,
        internal=_is_internal(requester, known),
        watchers=_in_copy(event, known)[:MOST_WATCHERS],
        opened_at=now,
        line_since=now,
        raw=message.digest,
        linked=tuple(dict.fromkeys((*late, *event.linked))),
    )


def _is_internal(address: str, known: Known) -> bool:
    return domain_of(address) in known.policy.internal_domains


def _in_copy(event: Opened, known: Known) -> tuple[Address, ...]:
    """Colleagues whom an internal requester put on the first mail. Later mails, and people from outside, add nobody."""
    message = event.message
    if not known.desk or event.trust is Trust.FAILED or not _is_internal(event.requester, known):
        return ()
    named = (Address(box.address.lower()) for box in (*message.to, *message.cc) if box.address)
    ours = {address.lower() for address in known.desk}
    others = (address for address in named if address != event.requester.lower() and _bare(address) not in ours)
    return tuple(dict.fromkeys(address for address in others if _is_internal(address, known)))


def _bare(address: str) -> str:
    local, _, domain = address.partition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _understood(ticket: Ticket, event: Opened, words: Words, known: Known) -> Ticket:
    """The ticket with its facts, its category, its priority and its gaps."""
    said = f"{words.subject}\n{words.text}"
    fields = _facts(ticket, event, words, known)
    category, confidence = classify(words.text, words.subject, known.policy)
    question = is_question(said, known.policy)
    return replace(
        ticket,
        fields=fields,
        category=category,
        category_source="rule" if category else "",
        category_confidence=confidence,
        asked=asked(fields, said),
        proposed=propose(said, known.policy),
        missing=missing(fields, known.policy, category, internal=ticket.internal, question=question),
    )


def _facts(ticket: Ticket, event: Opened, words: Words, known: Known) -> Mapping[str, Fact]:
    """What he wrote behind a label, what the directory knows of him, what his text tells; the first of them wins."""
    own = event.requester == event.message.identity.address
    told = {name: fact for name, fact in event.message.fields.items() if name not in OF_THE_MAIL} if own else {}
    person = known.people.at(ticket.requester) if event.trust is not Trust.FAILED else None
    facts = {**glean(words.subject, words.text), **_of_directory(person), **told}
    return MappingProxyType({name: facts[name] for name in sorted(facts, key=_rank)})


_RANKS = ("symptom", "system", "error", "occurred", "frequency", "path", "steps", "environment", "recent_changes", "urgency")


def _rank(name: str) -> int:
    """Facts of the matter first, in the order in which people tell them; then those of the person."""
    return _RANKS.index(name) if name in _RANKS else len(_RANKS)


def _of_directory(person: Person | None) -> Mapping[str, Fact]:
    if person is None:
        return {}
    known = {"name": person.name, "staff_id": person.staff_id, "department": person.department, "contact": person.phone}
    return {name: Fact(value=value, source="directory") for name, value in known.items() if value}


def _first(event: Opened, words: Words, now: datetime) -> Progress:
    """The line of the mail that opened the ticket, with all that came with it."""
    message = event.message
    return Progress(
        at=now,
        mark=Mark.OPENED,
        author=event.requester or "desk",
        text=words.text,
        public=True,
        message_id=message.message_id,
        raw=message.digest,
        attachments=message.attachments,
    )


def _remark(event: Opened, words: Words, known: Known, now: datetime) -> tuple[Progress, ...]:
    """What an engineer wrote above the mail that he passed on: for colleagues, not for the requester."""
    engineer = known.people.at(event.message.identity.address)
    if not words.remark or engineer is None:
        return ()
    author, message_id = engineer.staff_id, event.message.message_id
    return (Progress(at=now, mark=Mark.NOTE, author=author, text=words.remark, message_id=message_id),)


def _given(person: Person | None, known: Known, now: datetime) -> Progress:
    language = known.policy.language
    text = say(language, "given", name=person.name) if person else say(language, "unassigned")
    return Progress(at=now, mark=Mark.TURN, author="desk", text=text)


# -- letters -------------------------------------------------------------------------------------------------------------


def _acknowledged(event: Opened) -> bool:
    return not event.quiet and event.requester != NOBODY and event.trust is not Trust.FAILED


def _believed(event: Opened, known: Known) -> bool:
    """Whether his own words may be repeated to him: he is proven, or somebody we know."""
    return event.trust is Trust.PROVEN or known.people.at(event.requester) is not None


def _gaps(ticket: Ticket, event: Opened, known: Known) -> tuple[str, ...]:
    """The facts that the acknowledgement asks for; a stranger gets the list that everybody gets."""
    return ticket.missing if _believed(event, known) else known.policy.facts


def _acknowledgement(ticket: Ticket, event: Opened, known: Known, now: datetime) -> tuple[Letter, ...]:
    full = _believed(event, known)
    letters = writing.to_requester(
        ticket,
        LetterKind.ACKNOWLEDGEMENT,
        known,
        full=full,
        **_times(_kind(ticket, event, known), known, now),
        understood=writing.understood(ticket) if full else [],
        missing=list(_gaps(ticket, event, known)),
        late_for=known.reopens.number if known.reopens and full else None,
        cut=full and TOO_LARGE in event.message.limits,
        came_at=_came_at(event, known, now),
    )
    answers = event.message.message_id if event.requester == event.message.identity.address else None
    return tuple(replace(letter, answers=answers) for letter in letters)


def _came_at(event: Opened, known: Known, now: datetime) -> str | None:
    """When the mail came, if we were so late that he must be told."""
    came_at = event.message.received_at
    return instant(came_at) if now - came_at > known.policy.peace.outage else None


def _kind(ticket: Ticket, event: Opened, known: Known) -> Kind:
    """As what the ticket is promised a time; a stranger is told what everybody is."""
    return ticket.kind if _believed(event, known) else Kind(Priority.P3)


def _times(kind: Kind, known: Known, now: datetime) -> dict[str, Any]:
    """When he hears from a person and when it will be solved, as far as that can be promised."""
    answer, solution = promise.first_answer(kind, known, now), promise.solution(kind, known, now)
    return {
        "open": promise.open_now(known.policy.rules_of(kind), now),
        "first_answer_by": instant(promise.told_by(answer)),
        "answered_usually": instant(answer.usually) if answer else None,
        "target_by": instant(solution.by),
        "solved_usually": instant(solution.usually),
        "measured": solution.measured,
    }


def _assignment(
    ticket: Ticket,
    person: Person | None,
    why: Why,
    event: Opened,
    words: Words,
    told: tuple[Progress, ...],
    known: Known,
    now: datetime,
) -> tuple[Letter, ...]:
    """To the engineer; to all leads when nobody is there at all."""
    to = (person,) if person else writing.leads(ticket, known, now)
    return tuple(
        colleagues.assignment(
            ticket,
            one,
            known,
            now,
            told=told,
            hidden=words.hidden,
            why=say(known.language_of(one), f"why {why if person else Why.LEAD}"),
            warned=_warnings(event, known.language_of(one), known),
        )
        for one in to
    )


def _warnings(event: Opened, language: str, known: Known) -> tuple[str, ...]:
    found = []
    if event.trust is Trust.FAILED:
        found.append(say(language, "failed"))
    if event.requester == NOBODY and not event.quiet:
        found.append(say(language, "no sender"))
    sender = known.people.at(event.message.identity.address)
    if sender is not None and event.requester not in {NOBODY, *sender.addresses, event.message.identity.address}:
        found.append(say(language, "on behalf", name=sender.name))
    if left_out := _in_copy(event, known)[MOST_WATCHERS:]:
        found.append(say(language, "many in copy", count=len(left_out), most=MOST_WATCHERS))
    return (*found, *colleagues.warnings(event.message, language, known))
