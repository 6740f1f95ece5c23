"""What the orders of one mail make us tell the requester, as few letters as can say it all: mostly one.

What a line says of time, and a later one unsays, is neither done nor told. What a line tells is a letter's facts by its kind. The
end of a ticket needs no other letter; a time is told once; who is answered need not be told that work goes on. The words of an
answer stand in another letter where there is one that can carry them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from maildesk.core.letter import LetterKind
from maildesk.core.orders import KINDS, Order, Verb
from maildesk.core.ticket import Status, Ticket, Waiting

K, V = LetterKind, Verb
Facts = Mapping[str, Any]

TEXT_OF: Mapping[LetterKind, str] = MappingProxyType(
    {
        K.CLOSED: "solution",
        K.RESOLVED: "solution",
        K.OBSERVING: "solution",
        K.ASK: "text",
        K.WAITING: "reason",
        K.ETA: "reason",
    }
)
"""Where an answer goes when another letter is written anyway: the first of these, in the fact that holds words."""

BEARERS = frozenset({K.ANSWER, *TEXT_OF})
"""The letters with which files go."""

_NAMES_TIME = frozenset({K.TAKEN, K.ETA})
_TIME_OF: Mapping[LetterKind, str] = MappingProxyType({K.TAKEN: "until", K.ETA: "at", K.WAITING: "by"})
_MERGED = frozenset({K.ANSWER, K.REOPENED})
"""What these say stands in other letters, too."""

_DONE = frozenset({V.OBSERVE, V.RESOLVE, V.CLOSE})

NEEDLESS: Mapping[LetterKind, frozenset[LetterKind]] = MappingProxyType(
    {K.RESOLVED: frozenset({K.OBSERVING}), K.CLOSED: frozenset(K) - {K.ANSWER}}
)
"""Which letters of the lines before it nobody needs any more, by the letter of a line."""


def overtaken(order: Order, later: Iterable[Order]) -> bool:
    """Whether a line behind it in the same mail unsays the time of this one, by which it is solved or until which it waits."""
    if order.verb is V.WAIT:
        return ends_waiting(waits_for(order), (one.verb for one in later))
    return _names_time(order) and any(one.verb in _DONE or _names_time(one) for one in later)


def waits_for(order: Order) -> Waiting:
    """For whom a line says that the ticket waits; without anybody, until a moment."""
    return Waiting(KINDS[order.args["whom"].casefold()]) if "whom" in order.args else Waiting.SCHEDULED


def ends_waiting(why: Waiting | None, later: Iterable[Verb]) -> bool:
    """Whether one of these orders puts an end to this kind of waiting, or something else in its place. Who is waited for may be
    asked."""
    ends = _DONE | {V.WAIT, V.TAKE}
    return not (ends if why is Waiting.USER else ends | {V.ASK}).isdisjoint(later)


def undoes(order: Order, earlier: Iterable[Order], ticket: Ticket) -> bool:
    """Whether it goes on with the work that a line before it in the same mail has just called done: which he means is open."""
    watched = ticket.status is Status.OBSERVING and any(one.verb is V.OBSERVE for one in earlier)
    return watched and order.verb in {V.TAKE, V.ETA, V.WAIT, V.ASK}


def _names_time(order: Order) -> bool:
    return order.verb is V.ETA or (order.verb is V.TAKE and "until" in order.args)


def together(told: Iterable[Mapping[LetterKind, Facts]]) -> Mapping[LetterKind, Facts]:
    """The letters that tell what each of the lines would have told, in their order."""
    letters: dict[LetterKind, Facts] = {}
    answers = []
    for kind, facts in (item for one in told for item in one.items()):
        if kind is K.ANSWER:
            answers.append(facts)
        else:
            gone = NEEDLESS.get(kind, frozenset()) | {kind}
            letters = {old: kept for old, kept in letters.items() if old not in gone} | {kind: facts}
    return _with_answers(_with_one_time(letters, answered=bool(answers)), answers)


def told(one: Mapping[LetterKind, Facts], letters: Mapping[LetterKind, Facts]) -> bool:
    """Whether the letters that go out tell what this line would have told: the same time, in whatever letter it stands."""
    named = {_instant(letters[kind], name) for kind, name in _TIME_OF.items() if kind in letters}
    return all(
        _instant(facts, _TIME_OF[kind]) in named if kind in _NAMES_TIME else kind in letters or kind in _MERGED
        for kind, facts in one.items()
    )


def _instant(facts: Facts, name: str) -> datetime | None:
    return datetime.fromisoformat(facts[name]) if facts[name] else None


def _with_one_time(letters: dict[LetterKind, Facts], *, answered: bool) -> dict[LetterKind, Facts]:
    """Of the letters about taking, the expected time and the waiting, those that tell one time, once."""
    taken = letters.get(K.TAKEN)
    if taken and (answered or K.WAITING in letters):
        letters = _without(letters, K.TAKEN) | {K.ETA: _as_eta(taken)}
    return _told_together(letters) if letters.keys() >= {K.ETA, K.WAITING} else letters


def _as_eta(taken: Facts) -> Facts:
    never = dict.fromkeys(("moved", "earlier", "missed"), False)
    return {"engineer": taken["engineer"], "at": taken["until"], "reason": taken["reason"], **never}


def _told_together(letters: dict[LetterKind, Facts]) -> dict[LetterKind, Facts]:
    """The expected time in the letter about the waiting, unless that ends later and has moved it."""
    eta, waiting = letters[K.ETA], letters[K.WAITING]
    ends, at = _instant(waiting, "until"), datetime.fromisoformat(eta["at"])
    if ends is None or ends < at:
        waiting = {**waiting, "by": eta["at"], "eta": True}
    reason = _joined(eta["reason"], waiting["reason"])
    return _without(letters, K.ETA) | {K.WAITING: {**waiting, "reason": reason}}


def _with_answers(letters: dict[LetterKind, Facts], answers: list[Facts]) -> dict[LetterKind, Facts]:
    if not answers:
        return letters
    words = _joined(*(facts["text"] for facts in answers))
    for kind, name in TEXT_OF.items():
        if kind in letters:
            return letters | {kind: {**letters[kind], name: _joined(words, letters[kind][name])}}
    return _without(letters, K.REOPENED) | {K.ANSWER: {**answers[0], "text": words}}


def _without(letters: dict[LetterKind, Facts], kind: LetterKind) -> dict[LetterKind, Facts]:
    return {other: facts for other, facts in letters.items() if other is not kind}


def _joined(*texts: str) -> str:
    return "\n\n".join(filter(None, texts))
