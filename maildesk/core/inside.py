"""Words of inside in what is meant for the requester: a colleague's note that an answer repeats.

A mail program may show the letter that somebody answers in any way, also in none by which it could be told from his own words. So
the words themselves are compared with what colleagues wrote in the record, whatever their letter case, blanks, line breaks and
signs, and whatever stands before a line to mark it as another's. A sentence counts as a whole, of a long one any part of some
size; a Chinese character says as much as two letters. What the requester knows is no secret: what he wrote, and what he was told.
"""

import re
from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width, normalize

from maildesk.core.answers import courteous
from maildesk.core.people import Person
from maildesk.core.ticket import Mark, Progress, Ticket

SHORTEST = 12
"""What is shorter than this anybody may say,"""

PART = 2 * SHORTEST
"""and of what is longer than this such a part is enough to give it away. In letters."""

MOST = 100_000
"""So many letters of the latest notes are compared."""

SHOWN = 120
"""So many characters of a note are shown to who repeated it."""

_MARKED = re.compile(r"^[ \t]*(?:[^\W\d_][\w. -]{0,24})?(?:[>|»›》][ \t]*)+", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[。！？；!?;])|(?<=\.)(?=\s)|\n")


def repeated(text: str, ticket: Ticket, history: Sequence[Progress]) -> str:
    """What colleagues wrote to each other and the text says again: the beginning of it, or nothing. `history` is the record."""
    said = _folded(text)
    notes = tuple(_notes(history)) if len(said) >= SHORTEST else ()
    if not notes:
        return ""
    known = _known(ticket, history)
    secret = _secret({part for note in notes for part in _parts(_folded(note), PART)}.intersection(_parts(said, PART)), known)
    found = (one for note in notes for one in _sentences(note) if _tells(_folded(one), said, secret, known))
    return " ".join(next(found, "").split())[:SHOWN]


def insists(text: str, by: Person, history: Sequence[Progress]) -> bool:
    """Whether he has said just this before, and it was kept back: who orders it once more knows what he does."""
    said = _folded(text)
    return any(line.mark is Mark.HELD and line.author == by.staff_id and said in _folded(line.text) for line in history)


def _secret(parts: set[str], known: str) -> frozenset[str]:
    """Those of which neither half is something that the requester knows."""
    halves = {half for part in parts for half in (part[:SHORTEST], part[SHORTEST:])}.intersection(_parts(known, SHORTEST))
    return frozenset(part for part in parts if part[:SHORTEST] not in halves and part[SHORTEST:] not in halves)


def _tells(sentence: str, said: str, secret: frozenset[str], known: str) -> bool:
    """Whether a sentence of inside can be read in what is said, and not in what the requester knows."""
    whole = len(sentence) <= PART and sentence in said and sentence not in known
    return whole or any(part in secret for part in _parts(sentence, PART))


def _notes(history: Sequence[Progress]) -> Iterator[str]:
    """What people wrote into the record for colleagues, the latest first. What was kept back was meant for the requester."""
    people = (line for line in reversed(history) if not line.public and line.author != "desk" and line.mark is not Mark.HELD)
    room = MOST
    for line in people:
        text = _own_words(line)
        if room <= 0:
            return
        yield text[:room]
        room -= len(text)


def _own_words(line: Progress) -> str:
    """Without our own sentence above them, as it stands in the lines of orders and turns."""
    return line.text.partition("\n")[2] if line.mark in (Mark.ORDER, Mark.TURN) else line.text


def _known(ticket: Ticket, history: Sequence[Progress]) -> str:
    facts = (fact.value for fact in ticket.fields.values())
    public = (line.text for line in history if line.public)
    return "\n".join(map(_folded, (ticket.subject, ticket.requester_name, *facts, *public)))


def _sentences(note: str) -> Iterator[str]:
    """The sentences of a note that say something, and all of it: a mail program may break its lines anywhere."""
    every = (*_SENTENCE.split(note), note)
    return (one for one in every if len(_folded(one)) >= SHORTEST and not courteous(one))


def _parts(folded: str, size: int) -> Iterator[str]:
    return (folded[at : at + size] for at in range(len(folded) - size + 1))


def _folded(text: str) -> str:
    """Its letters and digits alone, without what marks its lines; wide letters count twice."""
    plain = _MARKED.sub("", normalize("NFKC", text)).casefold()
    return "".join(sign * 2 if east_asian_width(sign) in "WF" else sign for sign in plain if sign.isalnum())
