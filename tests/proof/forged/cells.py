"""The table: every cell is a mail by its evidence, its sender, its head and what it wants."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import cycle, product

from tests.proof.forged.cast import ALIKE, MACHINES, NOBODY, Sender
from tests.proof.forged.headers import FORMS, State


class Evidence(StrEnum):
    """What ties the mail to the desk. Unless it says otherwise, to the first ticket."""

    REQUESTERS = "the requester's address"
    WATCHERS = "a participant's address"
    ENGINEERS = "the engineer's address"
    SECONDS = "another engineer's address"
    LEADS = "the lead's address"
    INTERNAL = "the engineer's address for notes"
    DESK = "the engineer's address about no ticket"
    CONFIRM = "the address for the engineer's yes"
    SURVEY = "the requester's address for rating"
    FORMERS = "the address of who was an engineer once"

    TAMPERED = "an address with one letter changed"
    OTHER_KEY = "an address signed by another key"
    EXPIRED = "an address whose time is over"
    REVOKED = "an address that was revoked"
    NO_ID = "a Message-ID of our form, not signed by us"

    ANSWERED = "our Message-ID, answered"
    REFERRED = "our Message-ID among the references"
    STORED = "the Message-ID of the requester's mail"
    NUMBER = "the number in the subject"
    ADDRESS_AND_NUMBER = "the requester's address, and another ticket's number"
    ID_AND_NUMBER = "our Message-ID, and another ticket's number"
    NOTHING = "nothing"


class Want(StrEnum):
    """What the mail says."""

    WORDS = "words"
    NOTE = "/note"
    ACT = "/resolve"
    ASSIGN = "/assign"
    ASK = "/ask"
    READ = "/show"
    YES = "yes"
    ADMIT = "/admit the mail that waits for a yes"
    ADMIT_HELD = "/admit the mail in another engineer's name"
    WITHDRAW = "withdraw"
    RATE = "5"

    QUOTED = "an order in the quote"
    FORWARDED = "an order in a forwarded mail"
    ATTACHED = "an order in a file"
    UNSEEN_HTML = "an order that the page hides"
    UNSEEN = "an order with letters that nobody sees"
    SIGNED = "an order in the signature"
    IN_SUBJECT = "an order in the subject"


HIDDEN = (Want.QUOTED, Want.FORWARDED, Want.ATTACHED, Want.UNSEEN_HTML, Want.UNSEEN, Want.SIGNED, Want.IN_SUBJECT)
"""Orders that are not in what the sender newly wrote for all to see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A row of the table; `form` names the head. `confirmed`: the engineer said yes to another mail an hour ago. `more` are
    further fields of the mail."""

    evidence: Evidence
    sender: Sender
    form: str
    want: Want = Want.WORDS
    confirmed: bool = False
    more: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        """What is proven of a sender whose From is clear."""
        return FORMS[self.form].state

    def __str__(self) -> str:
        hours = ", within the hours" if self.confirmed else ""
        return f"[{self.sender} | {self.evidence} | {self.form} | {self.want}{hours} {' '.join(self.more)}]"


E, S, W = Evidence, Sender, Want
IDS = (E.ANSWERED, E.REFERRED, E.STORED)
OUTSIDE = (S.REQUESTER, S.WATCHER, S.COLLEAGUE, S.FORMER, S.CUSTOMER, S.STRANGER)
ENDING = (E.REQUESTERS, E.ANSWERED, E.REFERRED, E.STORED, E.NUMBER)
"""What a requester may end his ticket by, or want to."""

KEY = (E.REQUESTERS, E.ENGINEERS, E.INTERNAL, E.CONFIRM, E.TAMPERED, E.ANSWERED, E.NUMBER, E.NOTHING)


@dataclass(slots=True)
class Heads:
    """Heads of a state in turn, so that every deceit meets every sort of cell."""

    _by_state: dict[State, Iterator[str]] = field(init=False)

    def __post_init__(self) -> None:
        self._by_state = {state: cycle([name for name, form in FORMS.items() if form.state is state]) for state in State}

    def next(self, state: State) -> str:
        return next(self._by_state[state])


def cells() -> list[Cell]:
    """All of them, in the order of the table."""
    heads = Heads()
    return [
        *_appending(heads),
        *_alike(heads),
        *_orders(heads),
        *_heads(),
        *_hidden(heads),
        *_sayings(heads),
        *_vouching(heads),
        *_people_named(heads),
    ]


def _but(*without: Evidence) -> list[Evidence]:
    """All evidence but some."""
    return [evidence for evidence in Evidence if evidence not in without]


def _appending(heads: Heads) -> Iterator[Cell]:
    """Who may write into a ticket."""
    for evidence, sender, state in product(_but(E.SECONDS, E.LEADS, E.SURVEY), OUTSIDE, State):
        yield Cell(evidence=evidence, sender=sender, form=heads.next(state))


def _alike(heads: Heads) -> Iterator[Cell]:
    """Who wants to be taken for the engineer, and machines, with an order."""
    for evidence, sender in product(KEY, (*ALIKE, *NOBODY, *MACHINES)):
        yield Cell(evidence=evidence, sender=sender, form=heads.next(State.PASS), want=W.ACT)
    for evidence, sender, state in product((E.REQUESTERS, *IDS, E.NUMBER), MACHINES, (State.NONE, State.FAIL)):
        yield Cell(evidence=evidence, sender=sender, form=heads.next(state))


def _orders(heads: Heads) -> Iterator[Cell]:
    """Who is obeyed."""
    for evidence, want, state in product(_but(E.SURVEY), (W.WORDS, W.NOTE, W.ACT), State):
        yield Cell(evidence=evidence, sender=S.ENGINEER, form=heads.next(state), want=want)
    for evidence, state in product((E.ENGINEERS, E.INTERNAL, E.DESK, E.NUMBER, E.NOTHING), State):
        yield Cell(evidence=evidence, sender=S.ENGINEER, form=heads.next(state), want=W.READ)
        yield Cell(evidence=evidence, sender=S.ENGINEER, form=heads.next(state), want=W.ASSIGN)
    for want in (W.WORDS, W.NOTE, W.ACT):
        yield Cell(evidence=E.ENGINEERS, sender=S.ENGINEER, form=heads.next(State.NONE), want=want, confirmed=True)
    for state in State:
        yield Cell(evidence=E.SECONDS, sender=S.SECOND, form=heads.next(state), want=W.ASSIGN)
        yield Cell(evidence=E.LEADS, sender=S.LEAD, form=heads.next(state), want=W.ASSIGN)
    for sender, evidence, state in product((S.SECOND, S.LEAD), (*KEY, E.SECONDS, E.LEADS), State):
        yield Cell(evidence=evidence, sender=sender, form=heads.next(state), want=W.ACT)


def _heads() -> Iterator[Cell]:
    """Every head with an order, with a participant's words and with a stranger's."""
    for form in FORMS:
        yield Cell(evidence=E.ENGINEERS, sender=S.ENGINEER, form=form, want=W.ACT)
        yield Cell(evidence=E.NUMBER, sender=S.REQUESTER, form=form)
        yield Cell(evidence=E.NOTHING, sender=S.STRANGER, form=form)


def _hidden(heads: Heads) -> Iterator[Cell]:
    """Orders where no order counts."""
    for want, (evidence, sender), state in product(
        HIDDEN, ((E.ENGINEERS, S.ENGINEER), (E.INTERNAL, S.ENGINEER), (E.REQUESTERS, S.REQUESTER)), (State.PASS, State.NONE)
    ):
        yield Cell(evidence=evidence, sender=sender, form=heads.next(state), want=want)


def _sayings(heads: Heads) -> Iterator[Cell]:
    """What only one person may say: the requester that he withdraws and is content, the engineer that a mail is his."""
    for sender, evidence, state in product((S.REQUESTER, S.WATCHER, S.STRANGER), ENDING, State):
        yield Cell(evidence=evidence, sender=sender, form=heads.next(state), want=W.WITHDRAW)
    for sender, state in product((S.REQUESTER, S.WATCHER, S.ENGINEER, S.STRANGER, S.NO_REPLY), State):
        yield Cell(evidence=E.SURVEY, sender=sender, form=heads.next(state), want=W.RATE)
    for sender, state in product((S.ENGINEER, S.SECOND, S.REQUESTER, S.STRANGER, S.HOMOGRAPH, S.AWAY), State):
        yield Cell(evidence=E.CONFIRM, sender=sender, form=heads.next(state), want=W.YES)


def _vouching(heads: Heads) -> Iterator[Cell]:
    """Who lets in the mail that waits for the engineer's yes, and the one in his colleague's name."""
    for want, sender, evidence, state in product(
        (W.ADMIT, W.ADMIT_HELD),
        (S.ENGINEER, S.SECOND, S.LEAD, S.REQUESTER, S.STRANGER, S.HOMOGRAPH),
        (E.ENGINEERS, E.SECONDS, E.LEADS, E.DESK, E.NUMBER, E.NOTHING),
        State,
    ):
        yield Cell(evidence=evidence, sender=sender, form=heads.next(state), want=want)


def _people_named(heads: Heads) -> Iterator[Cell]:
    """Whom a mail names becomes no reader by it, and no ticket by it."""
    for more, evidence in product(NAMED, (E.REQUESTERS, E.ANSWERED, E.NUMBER)):
        yield Cell(evidence=evidence, sender=S.REQUESTER, form=heads.next(State.PASS), more=(more,))
    for more in NAMED:
        yield Cell(evidence=E.NOTHING, sender=S.STRANGER, form=heads.next(State.PASS), more=(more,))


NAMED = (
    "Cc: {stranger}, {colleague}",
    "Reply-To: {stranger}",
    "Sender: {stranger}",
    "Disposition-Notification-To: {stranger}",
    "X-Maildesk-Ticket: {number}",
    "Resent-From: {engineer}",
)
