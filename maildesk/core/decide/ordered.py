"""Orders: all of a mail are obeyed, or none. The transcript says what became of each line, and goes to his stored address.

The text beside the orders is told first: to the requester where the letter he answers said so, else as a note. Whatever the
orders make us tell the requester goes out as one letter, with that text in it. Who has the ticket and did not give the orders
himself is told of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any

from maildesk.core.decide import afterwards, colleagues, grading, looking, owning, pictures, planning, talking, vouching, writing
from maildesk.core.decide.giving import Effect, Giving, Refused
from maildesk.core.decide.together import BEARERS, overtaken, together, told, undoes
from maildesk.core.decide.wrote import answer_line, answering, with_mail
from maildesk.core.decision import Decision
from maildesk.core.event import Ordered
from maildesk.core.inside import insists, repeated
from maildesk.core.known import Known
from maildesk.core.letter import Letter, LetterKind
from maildesk.core.message import Proof
from maildesk.core.orders import ORDERS, Need, Order, Verb, Who
from maildesk.core.ticket import UNSAVED, Mark, Number, Progress, Ticket

K, V = LetterKind, Verb
DEEDS: Mapping[Verb, Callable[[Giving, Order], Effect | Refused]] = MappingProxyType(
    {
        V.TAKE: owning.take,
        V.ASSIGN: owning.assign,
        V.ESCALATE: owning.escalate,
        V.PRIORITY: grading.priority,
        V.CATEGORY: grading.category,
        V.ETA: planning.eta,
        V.NOTE: talking.note,
        V.ASK: talking.ask,
        V.WAIT: planning.wait,
        V.CALLED: talking.called,
        V.OBSERVE: afterwards.observe,
        V.RESOLVE: talking.resolve,
        V.CLOSE: talking.close,
        V.REOPEN: talking.reopen,
        V.ARCHIVE: afterwards.archive,
        V.NO_ARTICLE: afterwards.no_article,
        V.PUBLIC: talking.public,
        V.ADMIT: vouching.admit,
        V.REFUSE: vouching.refuse,
        V.AWAY: owning.away,
        V.BACK: owning.back,
        V.SHOW: looking.show,
        V.WHY: looking.why,
        V.TIMELINE: looking.key_points,
        V.LIST: looking.list_own,
        V.HELP: looking.help_wanted,
    }
)

_TOLD = frozenset({K.TAKEN, K.ETA, K.WAITING, K.OBSERVING})
"""The letters of which the transcript says that they went out."""

Result = Effect | Refused
Outside = Mapping[LetterKind, Mapping[str, Any]]


def ordered(ticket: Ticket | None, event: Ordered, known: Known, now: datetime) -> Decision:
    """What the orders make of the ticket; nothing when one of them cannot be obeyed."""
    giving = Giving(ticket=ticket or _no_ticket(now), by=event.by, known=known, now=now)
    if event.refusal or event.unclear:
        return _not_obeyed(giving, ticket, event, ())
    spoken = _spoken(giving, event) if ticket is not None else None
    results = _each(replace(giving, ticket=spoken.ticket if spoken else giving.ticket), event.orders)
    if any(isinstance(result, Refused) for result in results):
        return _not_obeyed(giving, ticket, event, results)
    effects = tuple(result for result in results if isinstance(result, Effect))
    public = tuple(line.text for effect in (*filter(None, (spoken,)), *effects) for line in effect.progress if line.public)
    if words := _of_inside(giving, public):
        return _kept_back(giving, ticket, event, public, words)
    return _obeyed(giving, ticket, event, effects, spoken)


def _no_ticket(now: datetime) -> Ticket:
    """What stands for the ticket in orders that concern none."""
    return Ticket(id=UNSAVED, number=Number(""), opened_at=now)


def _still_said(orders: tuple[Order, ...]) -> frozenset[Verb]:
    """The verbs of these orders; a waiting in whose place a later one of them puts something else is none."""
    pairs = ((order, orders[at:]) for at, order in enumerate(orders, start=1))
    return frozenset(order.verb for order, later in pairs if order.verb is not Verb.WAIT or not overtaken(order, later))


def _each(giving: Giving, orders: tuple[Order, ...]) -> tuple[Result, ...]:
    """Each order on what the ones before it left."""
    results: list[Result] = []
    for at, order in enumerate(orders, start=1):
        giving = replace(giving, unsaid=overtaken(order, orders[at:]), later=_still_said(orders[at:]))
        result = giving.wrong_status() if undoes(order, orders[: at - 1], giving.ticket) else _one(giving, order)
        if isinstance(result, Effect):
            telling = giving.telling | result.outside.keys()
            if giving.unsaid:
                result = _without_its_time(giving, order, result)
            giving = replace(
                giving,
                ticket=result.ticket,
                absences=giving.absences + result.absences,
                judgements=giving.judgements + result.judgements,
                telling=telling,
            )
        results.append(result)
    return tuple(results)


def _without_its_time(giving: Giving, order: Order, effect: Effect) -> Effect:
    """What is left of an order whose time a later one unsays: a take, and the words inside."""
    left = owning.take(giving, replace(order, args={})) if order.verb is V.TAKE else Effect(ticket=giving.ticket, said="")
    assert isinstance(left, Effect)
    inside = tuple(replace(line, public=False) for line in effect.progress)
    return replace(left, said=f"{effect.said}{giving.say('overtaken')}", progress=inside)


def _one(giving: Giving, order: Order) -> Result:
    rule = ORDERS[order.verb]
    if rule.on_ticket and not giving.ticket.number and not order.args.get("number"):
        return giving.refused("no ticket")
    if rule.who is Who.HOLDER and not giving.holds and not giving.by.leads:
        holder = giving.known.people.get(giving.ticket.engineer)
        return giving.refused("not holder", name=holder.name if holder else "")
    return DEEDS[order.verb](giving, order)


def _spoken(giving: Giving, event: Ordered) -> Effect | None:
    """The text beside the orders, as an answer or a note; None when there is none."""
    files = event.message.attachments if event.message else ()
    if not event.text and not (files and event.public):
        return None
    if event.public and colleagues.reachable(giving.ticket):
        line = answer_line(giving.by, event.text, giving.now, event.message)
        told = {K.ANSWER: {"engineer": giving.by.name, "text": event.text}}
        return Effect(ticket=answering(giving.ticket, giving.by, giving.now), said="", progress=(line,), outside=told)
    return Effect(ticket=replace(giving.ticket, progressed_at=giving.now), said="", progress=(_noted(giving, event),))


def _noted(giving: Giving, event: Ordered) -> Progress:
    return Progress(at=giving.now, mark=Mark.NOTE, author=giving.by.staff_id, text=event.text)


# -- obeyed --------------------------------------------------------------------------------------------------------------


def _obeyed(
    giving: Giving, ticket: Ticket | None, event: Ordered, effects: tuple[Effect, ...], spoken: Effect | None
) -> Decision:
    every = (spoken, *effects) if spoken else effects
    after = every[-1].ticket if ticket is not None and every else ticket
    progress = _with_mail(tuple(line for effect in every for line in effect.progress), event)
    letters = tuple(letter for effect in every for letter in effect.inside)
    outside = together(effect.outside for effect in every)
    if after is not None:
        letters = (*_to_requester(after, outside, event, giving.known), *letters, *_to_holder(giving, after, progress, letters))
    said = tuple(
        {"line": order.line, "done": True, "said": f"{effect.said}{_telling(giving, effect, outside)}"}
        for order, effect in zip(event.orders, effects, strict=True)
    )
    absences = tuple(one for effect in effects for one in effect.absences)
    return Decision(
        ticket=after,
        progress=progress,
        letters=(*letters, _transcript(giving, after, event, said, effects, _left(letters, event, giving.known))),
        absences={event.by.staff_id: absences} if absences else {},
        judgements=tuple(one for effect in effects for one in effect.judgements),
    )


def _with_mail(progress: tuple[Progress, ...], event: Ordered) -> tuple[Progress, ...]:
    """The first line of the record carries the mail with its files."""
    if event.message is None or not progress:
        return progress
    return (with_mail(progress[0], event.message), *progress[1:])


def _telling(giving: Giving, effect: Effect, outside: Outside) -> str:
    """What the requester really hears of what an order would tell him, in the letters of the whole mail."""
    if not effect.outside or not colleagues.reachable(effect.ticket):
        return ""
    if not told(effect.outside, outside):
        return giving.say("overtaken")
    if effect.outside.keys().isdisjoint(_TOLD):
        return ""
    by = outside[K.WAITING]["by"] if K.WAITING in effect.outside else None
    if by is None:
        return giving.say("requester told")
    then = "solved then" if outside[K.WAITING]["eta"] else "heard then"
    return f"{giving.say(then, at=giving.end(datetime.fromisoformat(by)))}{giving.say('requester told')}"


def _to_requester(ticket: Ticket, outside: Outside, event: Ordered, known: Known) -> tuple[Letter, ...]:
    """One letter for everything that he is to be told, as far as one can say it all."""
    files = pictures.outgoing(event.message, event.by, known.history) if event.message and _sends_files(event) else ()
    letters = [letter for kind, facts in outside.items() for letter in writing.to_requester(ticket, kind, known, **facts)]
    bearer = next((kind for kind in outside if kind in BEARERS), None)
    return tuple(replace(letter, attachments=files) if letter.kind is bearer else letter for letter in letters)


def _sends_files(event: Ordered) -> bool:
    """Whether its files are for the requester: it answers a letter to him, or has nothing but words for him."""
    return event.public or (not event.text and all(order.verb is V.PUBLIC for order in event.orders))


def _left(letters: tuple[Letter, ...], event: Ordered, known: Known) -> tuple[str, ...]:
    """The pictures that did not go with his words."""
    sent = _sends_files(event) and any(letter.kind in BEARERS for letter in letters)
    return pictures.left_inside(event.message, event.by, known.history) if sent and event.message else ()


def _to_holder(giving: Giving, ticket: Ticket, progress: tuple[Progress, ...], letters: tuple[Letter, ...]) -> tuple[Letter, ...]:
    """Who had the ticket or has it now, and hears of it by no other letter, reads what a colleague did."""
    told = {letter.person for letter in letters} | {giving.by.staff_id}
    if not progress:
        return ()
    text = "\n\n".join(line.text for line in progress)
    return tuple(
        colleagues.note_to(ticket, person, giving.by, text, progress[0].attachments, giving.known)
        for person in dict.fromkeys(map(giving.known.people.get, (giving.ticket.engineer, ticket.engineer)))
        if person is not None and person.staff_id not in told
    )


# -- not obeyed ----------------------------------------------------------------------------------------------------------


def _of_inside(giving: Giving, public: tuple[str, ...]) -> str:
    """What the requester would read of the words of inside, unless it was kept back before and he insists."""
    known, by = giving.known, giving.by
    found = (repeated(text, giving.ticket, by, known) for text in public if not insists(text, by, known.history))
    return next(filter(None, found), "")


def _kept_back(giving: Giving, ticket: Ticket | None, event: Ordered, public: tuple[str, ...], words: str) -> Decision:
    """Nothing is done. What was meant for the requester stands in the record, and who wrote it is told what must not go out."""
    text = "\n\n".join(public)
    line = Progress(at=giving.now, mark=Mark.HELD, author=giving.by.staff_id, text=text)
    refused = replace(event, refusal=giving.say("inside orders", words=words))
    transcript = _transcript(giving, ticket, refused, _undone(event), ())
    return Decision(ticket=ticket, progress=_with_mail((line,), event), letters=(transcript,))


def _undone(event: Ordered) -> tuple[dict[str, Any], ...]:
    """Its orders, about none of which there is a word to say."""
    return tuple({"line": order.line, "done": False, "said": ""} for order in event.orders)


def _not_obeyed(giving: Giving, ticket: Ticket | None, event: Ordered, results: tuple[Result, ...]) -> Decision:
    """Nothing is done. What he wrote beside the orders is kept inside, when it was really he who wrote it."""
    lines: tuple[Progress, ...]
    if event.refusal:
        said = _undone(event)
        lines = (giving.line("refused", mark=Mark.HELD, name=event.by.name, why=event.refusal),) if ticket else ()
    else:
        said = (*_tried(event.orders, results), *_unclear(event))
        lines = _with_mail((_unsent(giving, event),), event) if ticket and event.text else ()
    transcript = _transcript(giving, ticket, event, said, ())
    return Decision(ticket=ticket, progress=lines, letters=(transcript,))


def _unsent(giving: Giving, event: Ordered) -> Progress:
    """What he wrote beside the orders; when the requester was to read it, it is no word of inside, and may be sent again."""
    line = _noted(giving, event)
    inside = not event.public or bool(repeated(event.text, giving.ticket, giving.by, giving.known))
    return line if inside else replace(line, mark=Mark.HELD)


def _tried(orders: tuple[Order, ...], results: tuple[Result, ...]) -> tuple[dict[str, Any], ...]:
    """Every order with what is wrong with it; those that would have been possible stand without a word."""
    wrong = {at: result.said for at, result in enumerate(results) if isinstance(result, Refused)}
    return tuple({"line": order.line, "done": False, "said": wrong.get(at, "")} for at, order in enumerate(orders))


def _unclear(event: Ordered) -> tuple[dict[str, Any], ...]:
    return tuple({"line": one.line, "done": False, "said": f"{one.why}: {one.remedy}"} for one in event.unclear)


def _transcript(
    giving: Giving,
    ticket: Ticket | None,
    event: Ordered,
    results: tuple[dict[str, Any], ...],
    effects: tuple[Effect, ...],
    left: tuple[str, ...] = (),
) -> Letter:
    """What became of each line, to his stored address."""
    obeyed = not event.refusal and not event.unclear and all(result["done"] for result in results)
    answers = event.public and bool(event.text) and ticket is not None and colleagues.reachable(ticket)
    letter = writing.to_person(
        ticket,
        giving.by,
        K.TRANSCRIPT,
        giving.known,
        results=list(results),
        obeyed=obeyed,
        refusal=event.refusal,
        rows=[row for row, _ in groupby(row for effect in effects for row in effect.rows)],
        history=[line for effect in effects for line in effect.history],
        ledgers=[list(one) for effect in effects for one in effect.ledgers],
        timelines=[list(one) for effect in effects for one in effect.timelines],
        help=any(effect.help for effect in effects) or bool(event.unclear),
        unsent=answers and not obeyed,
        pictures=list(left),
    )
    return replace(letter, answers=event.message.message_id if event.message else None, unproven=_unproven(event))


def _unproven(event: Ordered) -> bool:
    """Whether it only notes and asks, which takes no proof, and has none."""
    acts = any(ORDERS[order.verb].need is Need.ACT for order in event.orders)
    return event.message is not None and event.message.authentication.proof is not Proof.PASS and not acts
