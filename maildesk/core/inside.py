"""Words of inside in what is meant for the requester: a colleague's note that an answer repeats.

A mail program may show the letter that somebody answers in any way, also in none by which it could be told from his own words. So
the words themselves are compared with what colleagues wrote in the record, whatever their letter case, blanks, line breaks and
signs, and whatever stands before a line to mark it as another's. A sentence counts as a whole, of a long one any part of some
size; a Chinese character says as much as two letters. A short one counts where it stands for itself: its words within another
sentence are anybody's. What the requester knows is no secret: what he wrote, and what he was told; nor is what the writer told
others before, such as his signature, nor a link.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from unicodedata import east_asian_width, normalize

from maildesk.core.answers import courteous
from maildesk.core.known import Known
from maildesk.core.people import Person
from maildesk.core.ticket import Mark, Progress, Ticket

SHORTEST = 12
"""What is shorter than this anybody may say,"""

PART = 2 * SHORTEST
"""and of what is longer than this such a part is enough to give it away. In letters."""

MOST = 100_000
"""So many letters of the latest notes are compared, with as many of what is known."""

MOST_OWN = 50
"""So many of his own notes are."""

SHOWN = 120
"""So many characters of what he wrote are shown to him."""

_MARKED = re.compile(r"^[ \t]*(?:[^\W\d_][\w. -]{0,24})?(?:[>|»›》][ \t]*)+", re.MULTILINE)
_LINK = re.compile(r"(?:https?://|\\\\|[\w.+-]{1,64}@)[!-~]+", re.ASCII | re.IGNORECASE)
_SIGN = re.compile(r"[^\w ]+|_+| {2,}| (?=[\u2e80-\uffef])|(?<=[\d\u2e80-\uffef]) ")
_SENTENCE = re.compile(r"(?<=[。！？；!?;])|(?<=\.)(?=\s)|\n")
_MOMENT = re.compile(r"(?:\d{4}-)?\d\d-\d\d \d\d:\d\d")
_TOKEN = re.compile(r"[\u2e80-\uffef]|[^\W_\u2e80-\uffef]+")


def repeated(text: str, ticket: Ticket, by: Person, known: Known) -> str:
    """What somebody says again of the words of inside: his sentence in which they are, or nothing.

    Of what he noted himself only a line that is marked as a quote counts: he may tell the requester what he found.
    """
    said = _folded(text)
    if len(said) < SHORTEST:
        return ""
    notes = tuple(_notes(known.history, by))
    shared = {part for note in notes for part in _parts(_folded(note), PART)}.intersection(_parts(said, PART))
    standing = _standing(text)
    told = dict.fromkeys(one for note in notes for one in _sentences(note) if one in standing)
    own = _quoted(text, by, known.history)
    if not (shared or told or own):
        return ""
    no_secret = _no_secret(ticket, known, text)
    secret = _secret(shared, no_secret)
    found = next((one for one in (*own, *told, *secret) if one not in no_secret), "")
    return _where(found, text) if found else ""


def insists(text: str, by: Person, history: Sequence[Progress]) -> bool:
    """Whether he has said just this before, and it was kept back: who orders it once more knows what he does. The moment that
    stands in an order may be another by then."""
    said = _worded(text)
    held = (line for line in history if line.mark is Mark.HELD and line.author == by.staff_id)
    return bool(said.strip()) and any(said in _worded(line.text) for line in held)


def _standing(text: str) -> set[str]:
    """What stands for itself in a text, between signs or ends of lines, as far as it is short."""
    pieces = [_letters(piece) for piece in _SIGN.split(_plain(text))]
    said, cuts = "".join(pieces), list(dict.fromkeys(accumulate(map(len, pieces), initial=0)))
    every = ((start, end) for at, start in enumerate(cuts) for end in cuts[at + 1 : at + 1 + PART])
    return {said[start:end] for start, end in every if SHORTEST <= end - start <= PART}


def _secret(parts: set[str], no_secret: str) -> tuple[str, ...]:
    """Those of which neither half is something that is no secret."""
    halves = {half for part in parts for half in (part[:SHORTEST], part[SHORTEST:])}.intersection(_parts(no_secret, SHORTEST))
    return tuple(part for part in parts if part[:SHORTEST] not in halves and part[SHORTEST:] not in halves)


def _where(found: str, text: str) -> str:
    """The sentence in which the words are, else the beginning of all."""
    every = (one for one in _SENTENCE.split(text) if found in _folded(one) or (len(one) > 1 and _folded(one) in found))
    return " ".join(next((one for one in every if _folded(one)), text).split())[:SHOWN]


def _notes(history: Sequence[Progress], by: Person) -> Iterator[str]:
    """What others wrote into the record for colleagues, the latest first."""
    return _latest(_own_words(line) for line in _written(history) if line.author != by.staff_id)


def _latest(texts: Iterable[str]) -> Iterator[str]:
    """As many of them as are compared."""
    room = MOST
    for text in texts:
        if room <= 0:
            return
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


def _no_secret(ticket: Ticket, known: Known, text: str) -> str:
    """What the requester wrote or was told, the latest of it, what the writer told others, and the links that he is given."""
    facts = [fact.value for fact in ticket.fields.values()]
    public = _latest(line.text for line in reversed(known.history) if line.public)
    every = (ticket.subject, ticket.requester_name, *facts, *public, *_latest(known.said), *_LINK.findall(text))
    return "\n".join(map(_folded, every))


def _sentences(note: str) -> Iterator[str]:
    """The sentences of a note that say something, and all of it, folded: a mail program may break its lines anywhere."""
    every = ((one, _folded(one)) for one in (*_SENTENCE.split(note), note))
    return (folded for one, folded in every if len(folded) >= SHORTEST and not courteous(one))


def _parts(folded: str, size: int) -> Iterator[str]:
    return (folded[at : at + size] for at in range(len(folded) - size + 1))


def _folded(text: str) -> str:
    """Its letters and digits alone, without what marks its lines."""
    return _letters(_plain(text))


def _plain(text: str) -> str:
    return _MARKED.sub("", normalize("NFKC", text)).casefold()


def _letters(plain: str) -> str:
    """Wide ones count twice."""
    return "".join(sign * 2 if east_asian_width(sign) in "WF" else sign for sign in plain if sign.isalnum())


def _worded(text: str) -> str:
    """Its words, each between blanks, without moments."""
    return f" {' '.join(_TOKEN.findall(_MOMENT.sub(' ', _plain(text))))} "
