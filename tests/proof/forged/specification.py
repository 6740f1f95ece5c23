"""What must become of a cell, by the rules of the desk alone: nothing here was asked of its code.

A mail ends in one Place, and does one Deed or none. Whoever gets a letter by it stands in `readers`; everybody else gets nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

from tests.proof.forged.cast import DIRECTORY, IDENTITY, MACHINES, PARTICIPANTS, STAFF, Sender
from tests.proof.forged.cells import IDS, Cell, Evidence, Want
from tests.proof.forged.headers import State


class Place(StrEnum):
    """Where the mail is to be seen."""

    APPENDED = "in the ticket"
    UNVERIFIED = "in the ticket, marked as not verified"
    FILED = "filed with the ticket as a machine's"
    HELD = "held"
    ASKED = "waiting for the engineer's yes"
    NEW = "a ticket of its own"
    LINKED = "a ticket of its own, linked inside"
    IGNORED = "filed as ignored"
    OBEYED = "in the record as an engineer's"
    REFUSED = "refused, and its sender is told at his stored address"
    TOLD = "answered to the stored address"


class Deed(StrEnum):
    """What it does beyond lying there."""

    NOTHING = "nothing"
    NOTE = "a note"
    ANSWER = "an answer to the requester"
    ACT = "the ticket changed"
    OTHERS = "the mail that waited was answered"


class Told(StrEnum):
    """What the sender of a new ticket hears."""

    NOTHING = "nothing"
    NEUTRAL = "a letter without a word of his"
    FULL = "a letter with his words"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    place: Place
    deed: Deed = Deed.NOTHING
    told: Told = Told.NOTHING


E, S, W, P, D = Evidence, Sender, Want, Place, Deed
HELD, IGNORED = End(place=P.HELD), End(place=P.IGNORED)
OWNER = {
    E.REQUESTERS: S.REQUESTER,
    E.SURVEY: S.REQUESTER,
    E.ADDRESS_AND_NUMBER: S.REQUESTER,
    E.WATCHERS: S.WATCHER,
    E.ENGINEERS: S.ENGINEER,
    E.INTERNAL: S.ENGINEER,
    E.SECONDS: S.SECOND,
    E.LEADS: S.LEAD,
    E.FORMERS: S.FORMER,
}
"""To whom an address about the ticket was given."""

OF_REQUESTERS = frozenset({E.REQUESTERS, E.SURVEY, E.ADDRESS_AND_NUMBER, E.WATCHERS})
BY_ID = frozenset({*IDS, E.ID_AND_NUMBER})
TIED = frozenset({*OWNER, *BY_ID, E.NUMBER})
"""What names the first ticket; a bad address and a bad Message-ID are as good as none."""


def end_of(cell: Cell) -> End:
    if cell.sender in MACHINES:
        return End(place=P.FILED) if _machine_let_in(cell) else IGNORED
    return _of_staff(cell) if cell.sender in STAFF else _from_outside(cell)


def _machine_let_in(cell: Cell) -> bool:
    """A signed address lets a machine in; an id or a number only that of somebody who has part in the ticket."""
    has_part = cell.sender in (S.AUTOMATIC, S.AWAY, S.LIST)
    return cell.evidence in OWNER or (cell.evidence in TIED and has_part and cell.state is not State.FAIL)


def state_of(cell: Cell) -> State:
    """What is proven: of nobody, nothing."""
    return cell.state if cell.sender in IDENTITY else State.NONE


# -- may it append? ------------------------------------------------------------------------------------------------------


def _from_outside(cell: Cell) -> End:
    evidence, state, takes_part = cell.evidence, state_of(cell), cell.sender in PARTICIPANTS
    if evidence is E.CONFIRM:
        return HELD
    if evidence in OWNER:
        own = OWNER[evidence] is cell.sender and takes_part
        proven = takes_part and evidence in OF_REQUESTERS and state is State.PASS
        return _appended(cell) if (own and state is not State.FAIL) or proven else HELD
    if takes_part and evidence in BY_ID:
        if state is State.FAIL:
            return HELD
        return End(place=P.UNVERIFIED) if evidence is E.STORED and state is State.NONE else _appended(cell)
    if takes_part and evidence is E.NUMBER and state is not State.FAIL:
        return _appended(cell) if state is State.PASS else End(place=P.UNVERIFIED)
    if evidence is E.ID_AND_NUMBER and state is State.FAIL:
        return HELD
    if evidence is E.ID_AND_NUMBER and cell.sender is S.CUSTOMER:
        return End(place=P.APPENDED if state is State.PASS else P.UNVERIFIED)
    return _opened(cell)


def _appended(cell: Cell) -> End:
    """Into the ticket. The end of it is the requester's to say, and nobody else's."""
    if cell.want is W.WITHDRAW and cell.sender is S.REQUESTER:
        return End(place=P.APPENDED, deed=D.ACT)
    return End(place=P.APPENDED)


def _opened(cell: Cell) -> End:
    """A ticket of his own; how much he hears of it depends on how well he is known."""
    place = P.LINKED if cell.evidence in TIED else P.NEW
    if cell.sender not in IDENTITY or cell.state is State.FAIL:
        return End(place=place)
    known = cell.sender in DIRECTORY or cell.state is State.PASS
    return End(place=place, told=Told.FULL if known else Told.NEUTRAL)


# -- is it obeyed? -------------------------------------------------------------------------------------------------------


def _of_staff(cell: Cell) -> End:
    """Two things count: his signed address, and a proof: the host's word, or his yes within the last hours."""
    evidence, state = cell.evidence, cell.state
    if state is State.FAIL:
        return HELD
    if evidence is E.CONFIRM:
        return _confirming(cell) if cell.sender is S.ENGINEER else HELD
    if evidence in OWNER:
        return _with_address(cell) if OWNER[evidence] is cell.sender else HELD
    if evidence is E.DESK and cell.sender is S.ENGINEER:
        act = cell.want in (W.ACT, W.ASSIGN, W.ADMIT, W.ADMIT_HELD)
        return End(place=P.ASKED) if act and state is State.NONE else _about_no_ticket(cell)
    return _without_address(cell)


def _with_address(cell: Cell) -> End:
    """He notes and asks; what reaches the requester or moves the ticket takes a proof as well."""
    proven = cell.state is State.PASS or cell.confirmed
    outward = cell.evidence is not E.INTERNAL
    match cell.want:
        case W.READ:
            return End(place=P.TOLD)
        case W.NOTE:
            return End(place=P.OBEYED, deed=D.NOTE)
        case W.ACT | W.ASSIGN | W.ADMIT | W.ADMIT_HELD if not proven:
            return End(place=P.ASKED)
        case W.ASSIGN if cell.sender is S.SECOND:
            return End(place=P.REFUSED)
        case W.ADMIT_HELD if cell.sender is S.LEAD:
            return End(place=P.TOLD, deed=D.OTHERS)
        case W.ADMIT | W.ADMIT_HELD:
            return End(place=P.REFUSED)
        case W.ACT | W.ASSIGN:
            return End(place=P.OBEYED, deed=D.ACT)
        case W.UNSEEN:
            return End(place=P.REFUSED)
        case _ if not outward:
            return End(place=P.OBEYED, deed=D.NOTE)
        case _:
            return End(place=P.OBEYED, deed=D.ANSWER) if proven else End(place=P.ASKED)


def _without_address(cell: Cell) -> End:
    """A proof alone notes and asks. A bare From does nothing at all, and nobody is made a requester of it by an order."""
    named = cell.evidence in TIED
    if cell.want is W.WORDS and not named:
        return _opened(cell)
    if cell.state is not State.PASS:
        return HELD
    if cell.want is W.READ or not named:
        return _about_no_ticket(cell)
    if cell.want in (W.WORDS, W.NOTE):
        return End(place=P.OBEYED, deed=D.NOTE)
    return End(place=P.REFUSED)


def _about_no_ticket(cell: Cell) -> End:
    return End(place=P.TOLD if cell.want is W.READ and cell.evidence in TIED else P.REFUSED)


def _confirming(cell: Cell) -> End:
    """Only a plain yes lets the other mail through; anything else is a no."""
    return End(place=P.TOLD, deed=D.OTHERS if cell.want is W.YES else D.NOTHING)


# -- who may read --------------------------------------------------------------------------------------------------------


def readers(cell: Cell, end: End) -> frozenset[str]:
    """The parts of those outside the staff who may get a letter by it; a part may be the sender's."""
    both = frozenset({"requester", "watcher"})
    if end.deed in (D.ANSWER, D.ACT, D.OTHERS):
        return both
    if end.told is not Told.NOTHING:
        return frozenset({"sender"})
    return frozenset()
