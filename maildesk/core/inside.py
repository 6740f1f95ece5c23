"""Words of inside in what is meant for the requester: a colleague's note that an answer repeats.

A mail program may show the letter that somebody answers in any way, also in none by which it could be told from his own words. So
the words themselves are compared with what colleagues wrote in the record, whatever their letter case, blanks, line breaks and
signs, and whatever stands before a line to mark it as another's. A sentence counts as a whole, of a long one any part of some
size; a Chinese character says as much as two letters. A short one counts where it stands for itself, between signs, ends of
lines, numbers or names: its words within another sentence are anybody's. What looks like a password counts wherever it stands.

What the requester knows is no secret: what he wrote, and what he was told; but what stands beside it is one. Nor are whole
sentences that the writer told others before, such as his signature, nor those that only say how things of the trade stand, nor a
link that opens nothing.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from unicodedata import normalize

from maildesk.core.answers import courteous
from maildesk.core.known import Known
from maildesk.core.people import Person
from maildesk.core.routine import routine
from maildesk.core.secret import harmless, secrets, words
from maildesk.core.ticket import Mark, Progress, Ticket

SHORTEST = 12
"""What is shorter than this anybody may say,"""

PART = 2 * SHORTEST
"""and of what is longer than this such a part is enough to give it away. In letters."""

LEAST = 8
"""So many letters are enough where they are all of a note, or what such a part says beside what the requester knows."""

LINE = 4
"""So many letters are a line of a note that says something together with its others."""

MOST = 100_000
"""So many letters of the latest notes are compared, with as many of what is known."""

MOST_OWN = 50
"""So many of his own notes are."""

SHOWN = 120
"""So many characters of what he wrote are shown to him."""

_MARKED = re.compile(r"^[ \t]*(?:[^\W\d_][\w. -]{0,24})?(?:[>|»›》][ \t]*)+", re.MULTILINE)
_SIGN = re.compile(r"[^\w ]+|_+| {2,}|(?<=\d) ?[ap]m\b| (?=[\d\u2e80-\uffef])|(?<=[\d\u2e80-\uffef]) |(?<=\d)(?=[\u2e80-\uffef])")
_WIDE = "\u2e80"
_NO_LETTER = re.compile(r"[\W_]+")
_NAME = re.compile(r"(?<!\w)([A-ZÀ-ÞА-Я][\w.'’-]{0,24}) | (?=[A-ZÀ-ÞА-Я])")
_SENTENCE = re.compile(r"(?<=[。！？；!?;])|(?<=\.)(?=\s)|\n")
_MOMENT = re.compile(r"(?:\d{4}-)?\d\d-\d\d \d\d:\d\d")
_TOKEN = re.compile(r"[\u2e80-\uffef]|[^\W_\u2e80-\uffef]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Free:
    """What is no secret: the letters that the requester knows, whole sentences that he may hear, and words."""

    known: str
    sentences: frozenset[str]
    words: frozenset[str]

    def holds(self, sentence: str) -> bool:
        return sentence in self.known or sentence in self.sentences


def repeated(text: str, ticket: Ticket, by: Person, known: Known) -> str:
    """What somebody says again of the words of inside: his sentence in which they are, or nothing.

    Of what he noted himself only a line that is marked as a quote counts: he may tell the requester what he found.
    """
    notes = tuple(_notes(known.history, by)) if text else ()
    whole = (*_quoted(text, by, known.history), *_told(notes, text))
    parts, keys = _shared(notes, text), _keys(notes, text)
    if not (whole or parts or keys):
        return ""
    free = _free(ticket, known, text)
    secret = (*(one for one in whole if not free.holds(one)), *(_folded(key) for key in keys if key not in free.words))
    found = next(chain(secret, _left(parts, text, free)), "")
    return _where(found, text) if found else ""


def insists(text: str, by: Person, history: Sequence[Progress]) -> bool:
    """Whether he has said just this before, and it was kept back: who orders it once more knows what he does. The moment that
    stands in an order may be another by then."""
    said = _worded(text)
    held = (line for line in history if line.mark is Mark.HELD and line.author == by.staff_id)
    return bool(said.strip()) and any(said in _worded(line.text) for line in held)


def marked(line: str) -> bool:
    """Whether a line bears the mark of a quote."""
    return _MARKED.match(line) is not None


# -- what is said again --------------------------------------------------------------------------------------------------


def _shared(notes: Iterable[str], text: str) -> set[str]:
    """The parts of long sentences that stand in the text."""
    parts = {part for note in notes for part in _parts(_folded(note), PART)}
    return parts.intersection(_parts(_folded(text), PART)) if parts else parts


def _told(notes: Iterable[str], text: str) -> tuple[str, ...]:
    """The short sentences that stand for themselves in the text, and the lines of notes of which each does."""
    lines = {note: tuple(_sentences(_SENTENCE.split(note))) for note in notes}
    wholes = frozenset(_sentences(lines))
    standing = _standing(text, wholes.union(*lines.values()))
    told = {one for one in standing if len(one) >= (LEAST if one in wholes else SHORTEST)}
    for note in lines.values():
        if sum(map(len, note)) >= SHORTEST and standing.issuperset(note):
            told.update(note)
    return tuple(sorted(one.casefold() for one in told))


def _standing(text: str, wanted: Collection[str]) -> set[str]:
    """Those of some sentences that stand for themselves in a text: between signs, numbers or ends of lines in whatever letter
    case, between names to the very letter."""
    if not wanted:
        return set()
    plain = _plain(text)
    between_signs = _between(plain.casefold(), {one.casefold() for one in wanted})
    between_names = _between(_NAME.sub(r"\1  ", plain), wanted)
    return {one for one in wanted if one in between_names or one.casefold() in between_signs}


def _between(plain: str, wanted: Collection[str]) -> set[str]:
    """Those that begin and end where the signs of a text part it."""
    pieces, lengths = [_letters(piece) for piece in _SIGN.split(plain)], defaultdict[str, set[int]](set)
    for one in wanted:
        lengths[one[:LINE]].add(len(one))
    said, cuts = "".join(pieces), frozenset(accumulate(map(len, pieces), initial=0))
    begun = ((start, length) for start in cuts for length in lengths.get(said[start : start + LINE], ()))
    return {one for start, length in begun if start + length in cuts and (one := said[start : start + length]) in wanted}


def _sentences(notes: Iterable[str]) -> Iterator[str]:
    """The letters of what is short and says something. Notes count as a whole, too: a mail program may break lines anywhere."""
    for one in notes:
        letters = _letters(_plain(one))
        if LINE <= len(letters) <= PART and not courteous(one) and not routine(one):
            yield letters


def _keys(notes: Iterable[str], text: str) -> tuple[str, ...]:
    """The words that look like passwords and stand in the text."""
    kept = {word for note in notes for word in secrets(note)}
    return tuple(dict.fromkeys(word for word in words(text) if word in kept)) if kept else ()


def _quoted(text: str, by: Person, history: Sequence[Progress]) -> tuple[str, ...]:
    """The lines that are marked as another's and stand in a note of his own: so they are shown in a letter that he answers."""
    lines = tuple(dict.fromkeys(_folded(line) for line in text.splitlines() if marked(line)))
    if not lines:
        return ()
    noted = [_folded(_own_words(line)) for line in _written(history) if line.author == by.staff_id][:MOST_OWN]
    return tuple(one for one in lines if len(one) >= SHORTEST and any(one in note for note in noted))


def _left(parts: set[str], text: str, free: _Free) -> Iterator[str]:
    """What is left of the parts of long sentences in a text without what is no secret."""
    if not parts:
        return
    said, known = _folded(text), frozenset(_parts(free.known, SHORTEST))
    secret = bytearray(len(said))
    for at, part in enumerate(_parts(said, PART)):
        if part in parts:
            secret[at : at + PART] = b"x" * PART
    for at, part in enumerate(_parts(said, SHORTEST)):
        if part in known:
            secret[at : at + SHORTEST] = bytes(SHORTEST)
    for start, end in _harmless(text, free):
        secret[start:end] = bytes(end - start)
    yield from (said[run.start() : run.end()][:PART] for run in re.finditer(rb"x{%d,}" % LEAST, secret))


def _harmless(text: str, free: _Free) -> Iterator[tuple[int, int]]:
    """From where to where its letters are a sentence that the requester may hear."""
    start = 0
    for sentence in _SENTENCE.split(_plain(text)):
        letters = _letters(sentence).casefold()
        end = start + len(letters)
        if letters in free.sentences or routine(sentence):
            yield start, end
        start = end


def _where(found: str, text: str) -> str:
    """The sentence in which the words are, else the beginning of all."""
    every = (one for one in _SENTENCE.split(text) if found in _folded(one) or (len(one) > 1 and _folded(one) in found))
    return " ".join(next((one for one in every if _folded(one)), text).split())[:SHOWN]


# -- the record ----------------------------------------------------------------------------------------------------------


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


def _own_words(line: Progress) -> str:
    """Without our own sentence above them, as it stands in the lines of orders and turns."""
    return line.text.partition("\n")[2] if line.mark in (Mark.ORDER, Mark.TURN) else line.text


def _free(ticket: Ticket, known: Known, text: str) -> _Free:
    """What the requester wrote or was told, the latest of it, the links that he is given, and what the writer told others."""
    facts = [fact.value for fact in ticket.fields.values()]
    public = _latest(line.text for line in reversed(known.history) if line.public)
    heard = (ticket.subject, ticket.requester_name, *facts, *public)
    others = tuple(_latest(known.said))
    return _Free(
        known="\n".join(map(_folded, (*heard, *harmless(text)))),
        sentences=frozenset(_letters(one).casefold() for said in others for one in _SENTENCE.split(_plain(said))),
        words=frozenset(word for one in heard for word in words(one)),
    )


# -- letters -------------------------------------------------------------------------------------------------------------


def _parts(letters: str, size: int) -> Iterator[str]:
    return (letters[at : at + size] for at in range(len(letters) - size + 1))


def _folded(text: str) -> str:
    """Its letters and digits alone, in small ones, without what marks its lines."""
    return _letters(_plain(text)).casefold()


def _plain(text: str) -> str:
    return _MARKED.sub("", normalize("NFKC", text))


def _letters(plain: str) -> str:
    """Wide ones count twice."""
    letters = _NO_LETTER.sub("", plain)
    return letters if letters.isascii() else "".join([sign * 2 if sign >= _WIDE else sign for sign in letters])


def _worded(text: str) -> str:
    """Its words, each between blanks, without moments."""
    return f" {' '.join(_TOKEN.findall(_MOMENT.sub(' ', _plain(text).casefold())))} "
