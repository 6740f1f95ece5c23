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

MOST_OWN = 50
"""So many of his own notes are."""

SHOWN = 120
"""So many characters of what he wrote are shown to him."""

_MARKED = re.compile(r"^[ \t]*(?:[^\W\d_][\w. -]{0,24})?(?:[>|»›》][ \t]*)+", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[。！？；!?;])|(?<=\.)(?=\s)|\n")


def repeated(text: str, ticket: Ticket, by: Person, history: Sequence[Progress]) -> str:
    """What somebody says again of the words of inside: his sentence in which they are, or nothing. `history` is the record.

    Of what he noted himself only a line that is marked as a quote counts: he may tell the requester what he found.
    """
    said = _folded(text)
    if len(said) < SHORTEST:
        return ""
    notes = tuple(_notes(history, by))
    shared = {part for note in notes for part in _parts(_folded(note), PART)}.intersection(_parts(said, PART))
    told = dict.fromkeys(one for note in notes for one in _sentences(note) if len(one) <= PART and one in said)
    own = _quoted(text, by, history)
    if not (shared or told or own):
        return ""
    known = _known(ticket, history)
    secret = _secret(shared, known)
    found = next((one for one in (*own, *told, *secret) if one not in known), "")
    return _where(found, text) if found else ""


def insists(text: str, by: Person, history: Sequence[Progress]) -> bool:
    """Whether he has said just this before, and it was kept back: who orders it once more knows what he does. The moment that
    stands in an order may be another by then."""
    said = _worded(text)
    return any(line.mark is Mark.HELD and line.author == by.staff_id and said in _worded(line.text) for line in history)


def _secret(parts: set[str], known: str) -> tuple[str, ...]:
    """Those of which neither half is something that the requester knows."""
    halves = {half for part in parts for half in (part[:SHORTEST], part[SHORTEST:])}.intersection(_parts(known, SHORTEST))
    return tuple(part for part in parts if part[:SHORTEST] not in halves and part[SHORTEST:] not in halves)


def _where(found: str, text: str) -> str:
    """The sentence in which the words are, else the beginning of all."""
    every = (one for one in _SENTENCE.split(text) if found in _folded(one) or (len(one) > 1 and _folded(one) in found))
    return " ".join(next((one for one in every if _folded(one)), text).split())[:SHOWN]


def _notes(history: Sequence[Progress], by: Person) -> Iterator[str]:
    """What others wrote into the record for colleagues, the latest first."""
    room = MOST
    for line in _written(history):
        if room <= 0:
            return
        text = _own_words(line) if line.author != by.staff_id else ""
        yield text[:room]
        room -= len(text)


def _written(history: Sequence[Progress]) -> Iterator[Progress]:
    """What people wrote for colleagues. What was kept back was meant for the requester."""
    return (line for line in reversed(history) if not line.public and line.author != "desk" and line.mark is not Mark.HELD)


def _quoted(text: str, by: Person, history: Sequence[Progress]) -> tuple[str, ...]:
    """The lines that are marked as another's and stand in a note of his own: so they are shown in a letter that he answers."""
    marked = tuple(dict.fromkeys(_folded(line) for line in text.splitlines() if _MARKED.match(line)))
    if not marked:
        return ()
    noted = [_folded(_own_words(line)) for line in _written(history) if line.author == by.staff_id][:MOST_OWN]
    return tuple(one for one in marked if len(one) >= SHORTEST and any(one in note for note in noted))


def _own_words(line: Progress) -> str:
    """Without our own sentence above them, as it stands in the lines of orders and turns."""
    return line.text.partition("\n")[2] if line.mark in (Mark.ORDER, Mark.TURN) else line.text


def _known(ticket: Ticket, history: Sequence[Progress]) -> str:
    """What the requester wrote or was told, the latest of it."""
    facts = [fact.value for fact in ticket.fields.values()]
    room, public = MOST, list[str]()
    for line in reversed(history):
        if line.public and room > 0:
            public.append(line.text[:room])
            room -= len(line.text)
    return "\n".join(map(_folded, (ticket.subject, ticket.requester_name, *facts, *public)))


def _sentences(note: str) -> Iterator[str]:
    """The sentences of a note that say something, and all of it, folded: a mail program may break its lines anywhere."""
    every = ((one, _folded(one)) for one in (*_SENTENCE.split(note), note))
    return (folded for one, folded in every if len(folded) >= SHORTEST and not courteous(one))


def _parts(folded: str, size: int) -> Iterator[str]:
    return (folded[at : at + size] for at in range(len(folded) - size + 1))


def _folded(text: str) -> str:
    """Its letters and digits alone, without what marks its lines; wide letters count twice."""
    plain = _MARKED.sub("", normalize("NFKC", text)).casefold()
    return "".join(sign * 2 if east_asian_width(sign) in "WF" else sign for sign in plain if sign.isalnum())


def _worded(text: str) -> str:
    return "".join(sign for sign in _folded(text) if not sign.isdigit())
