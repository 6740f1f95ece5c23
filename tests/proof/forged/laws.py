"""What a mail came to, read from the store by plain SQL and from the letters that went out; and what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy

from tests.proof.forged.cast import STAFF
from tests.proof.forged.cells import Cell, Want
from tests.proof.forged.specification import Deed, End, Place, Told, end_of, readers
from tests.proof.forged.stage import NOTE, SECRETS, WAITING, Stage
from tests.proof.forged.writing import MARK, PLUG

TICKETS = "SELECT id, status, engineer, requester, watchers, subject, confirmed, waiting, closed_at FROM tickets ORDER BY id"
TAKEN = "SELECT id, digest, state, folder, ticket, verdict FROM inbox ORDER BY id DESC LIMIT 1"
LINES = "SELECT ticket, mark, author, text, public, raw FROM progress WHERE id > ? ORDER BY id"


UNVERIFIED = "（未验证）"
"""How a line of the record begins whose sender nothing proves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The store at one moment: its tickets, and how far the record and the outbox went."""

    tickets: tuple[tuple[object, ...], ...]
    lines: int
    mails: int


def scene(stage: Stage) -> Scene:
    (lines,), (mails,) = stage.ask("SELECT coalesce(max(id), 0) FROM progress UNION ALL SELECT max(id) FROM inbox")
    return Scene(tickets=tuple(stage.ask(TICKETS)), lines=int(str(lines)), mails=int(str(mails)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is to be seen after one mail. `lines` are those added to the first two tickets."""

    place: str
    deed: Deed
    letters: tuple[tuple[str, str], ...]
    lines: tuple[tuple[object, ...], ...]
    before: Scene
    after: Scene


def seen(stage: Stage, before: Scene) -> Seen:
    after = scene(stage)
    lines = tuple(line for line in stage.ask(LINES, before.lines) if line[0] in {row[0] for row in before.tickets})
    letters = tuple((to, text_of(raw)) for to, raw in stage.letters())
    moved = after.tickets[: len(before.tickets)] != before.tickets
    return Seen(
        place=" + ".join(_places(stage, before, after, lines, letters)) or "nowhere",
        deed=_deed(moved, lines),
        letters=letters,
        lines=lines,
        before=before,
        after=after,
    )


def _deed(moved: bool, lines: tuple[tuple[object, ...], ...]) -> Deed:
    marks = {str(line[1]) for line in lines}
    if any(line[1] == "answer" and WAITING in str(line[3]) for line in lines):
        return Deed.OTHERS
    if "answer" in marks and MARK in "".join(str(line[3]) for line in lines if line[1] == "answer"):
        return Deed.ANSWER
    if moved:
        return Deed.ACT
    return Deed.NOTE if "note" in marks else Deed.NOTHING


def _places(
    stage: Stage,
    before: Scene,
    after: Scene,
    lines: tuple[tuple[object, ...], ...],
    letters: tuple[tuple[str, str], ...],
) -> Iterator[Place]:
    """Every place in which the last mail is to be seen; there must be one."""
    ((_, digest, state, folder, _, verdict),) = stage.ask(TAKEN)
    own = [line for line in lines if line[5] == digest]
    if state == "held":
        yield Place.HELD
    if state == "awaiting":
        yield Place.ASKED
    if folder == "ignored":
        yield Place.IGNORED
    for _, linked in stage.ask("SELECT id, linked FROM tickets WHERE raw = ?", digest):
        yield Place.LINKED if stage.numbers[0] in str(linked) else Place.NEW
    if any(line[1] in ("mail", "turn", "order") and "@" in str(line[2]) for line in own):
        doubted = any(str(line[3]).startswith(UNVERIFIED) and not line[4] for line in own)
        yield Place.FILED if verdict != "person" else Place.UNVERIFIED if doubted else Place.APPENDED
    if any("@" not in str(line[2]) and line[1] != "held" for line in own):
        yield Place.OBEYED
    if state == "done" and folder == "processed" and not own and len(after.tickets) == len(before.tickets):
        told = " ".join(text for to, text in letters if to in _staff(stage))
        yield Place.REFUSED if "Nothing was done" in told else Place.TOLD


def _staff(stage: Stage) -> frozenset[str]:
    return frozenset(stage.cast[sender.name.lower()] for sender in STAFF)


def text_of(raw: bytes) -> str:
    """All that a letter shows, its head as well."""
    parsed = message_from_bytes(raw, policy=policy.default)
    head = "\n".join(f"{name}: {value}" for name, value in parsed.items() if name in ("Subject", "To", "Cc", "Reply-To", "From"))
    return "\n".join((head, *(str(part.get_content()) for part in parsed.walk() if part.get_content_maintype() == "text")))


# -- the laws ------------------------------------------------------------------------------------------------------------


def broken(cell: Cell, stage: Stage, found: Seen) -> Iterator[str]:
    """Every law that the cell breaks, in words."""
    end = end_of(cell)
    problems = (*_ended(end, found), *_obeyed(end, found), *_told(cell, end, stage, found), *_leaked(cell, end, stage, found))
    yield from (f"{cell}: {problem}" for problem in problems)


def _ended(end: End, found: Seen) -> Iterator[str]:
    """One place, and that which the table says."""
    if found.place != end.place:
        yield f"it ended {found.place}, not {end.place}"


def _obeyed(end: End, found: Seen) -> Iterator[str]:
    """Nothing is done that was not allowed: the tickets are as they were, and so is the record but for the mail itself."""
    if found.deed is not end.deed:
        yield f"it did {found.deed}, not {end.deed}"
    rows = found.after.tickets[: len(found.before.tickets)]
    if end.deed in (Deed.NOTHING, Deed.NOTE) and rows != found.before.tickets:
        yield f"the tickets changed: {set(rows) ^ set(found.before.tickets)}"
    if end.deed is not Deed.ACT and [row[3:5] for row in rows] != [row[3:5] for row in found.before.tickets]:
        yield "who takes part has changed"
    if end.place is not Place.APPENDED and any(line[4] for line in found.lines) and end.deed in (Deed.NOTHING, Deed.NOTE):
        yield "something became public"
    if len(found.lines) > 1 and end.deed is Deed.NOTHING and end.place is not Place.TOLD:
        yield f"the record has more than the mail: {found.lines}"


def _told(cell: Cell, end: End, stage: Stage, found: Seen) -> Iterator[str]:
    """The sender of a new ticket hears what he may, one who is suspected nothing, and whoever is refused why."""
    address = _address(cell, stage)
    own = [text for to, text in found.letters if to == address]
    if cell.sender in STAFF:
        if end.place in (Place.OBEYED, Place.REFUSED, Place.TOLD) and end.deed is not Deed.OTHERS and not own:
            yield from _silent(cell, end)
        return
    told = Told.NOTHING if not own else Told.FULL if any(MARK in text for text in own) else Told.NEUTRAL
    if end.deed is Deed.NOTHING and told is not end.told:
        yield f"its sender got {told}, not {end.told}"


def _silent(cell: Cell, end: End) -> Iterator[str]:
    if end.place is not Place.OBEYED and cell.evidence.name != "CONFIRM":
        yield "nobody told him what became of it"


def _address(cell: Cell, stage: Stage) -> str:
    return stage.cast.address(cell.sender) or ""


def _leaked(cell: Cell, end: End, stage: Stage, found: Seen) -> Iterator[str]:
    """Letters go to people of the desk and to whom the table lets read, and tell strangers nothing of what was there before."""
    parts = readers(cell, end)
    may = {_address(cell, stage) if part == "sender" else stage.cast[part] for part in parts} | _staff(stage)
    inside = {stage.cast[sender.name.lower()] for sender in STAFF}
    members = {stage.cast["requester"], stage.cast["watcher"]}
    hidden = () if cell.want is Want.ATTACHED else (PLUG,)
    for to, text in found.letters:
        if to not in may:
            yield f"a letter went to {to}"
        if to in inside:
            continue
        secret = (NOTE, *hidden) if to in members else (*SECRETS, stage.ids["ours"])
        yield from (f"{word} stands in a letter to {to}" for word in secret if word in text)
        if to not in members and stage.numbers[0] in text and cell.evidence.name != "NUMBER":
            yield f"the number of the ticket stands in a letter to {to}"
