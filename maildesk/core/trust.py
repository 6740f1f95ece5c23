"""Who proved to be whom, and what each order needs."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Trust(StrEnum):
    """How far we believe a sender.

    PROVEN: the named host vouches for him, or he used a token that only he got together with it. PLAUSIBLE: nothing speaks
    against him, nothing proves him. FAILED: the named host says that he is not who he claims to be.
    """

    PROVEN = "proven"
    PLAUSIBLE = "plausible"
    FAILED = "failed"


class Suspicion(StrEnum):
    """Why a mail is held until a person of the desk has looked at it.

    FAILED: the named host says that its sender is not who he claims to be. OTHER: the signed address was given to somebody
    else. LEFT: it was given to a colleague who does not work on tickets any more. NOBODY: it does not say clearly who wrote
    it. BARE: it bears a colleague's name and nothing else of him. SPAM: a server called it that. UNCONFIRMED, DENIED: a
    colleague was asked whether it is his, and said nothing in time, or something else than yes.
    """

    FAILED = "failed"
    OTHER = "other"
    LEFT = "left"
    NOBODY = "nobody"
    BARE = "bare"
    SPAM = "spam"
    UNCONFIRMED = "unconfirmed"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """By what a person of the desk judges a held mail: who it says wrote it, about what, and why it is held; `said` is what the
    colleague answered who was asked whether it is his, `ends` whether its words would end or rate a requester's ticket."""

    sender: str
    subject: str
    why: Suspicion
    said: str = ""
    ends: bool = False


class Standing(IntEnum):
    """How much became of a mail: a copy of it is worked only where more would become of it.

    IGNORED: nothing. FILED: it stands in a record as a machine's. HELD, ASKED: a person must look at it, or its engineer say that
    it is his. DOUBTED: it was worked, but not believed. DONE: all that it can do.
    """

    IGNORED = 0
    FILED = 1
    HELD = 2
    ASKED = 3
    DOUBTED = 4
    DONE = 5


class Scope(StrEnum):
    """What a signed address of ours may be used for; the letter stands in the token.

    CUSTOMER writes into a ticket, ENGINEER answers its requester, INTERNAL notes inside, SURVEY rates, CONFIRM confirms that
    one mail is an engineer's, DESK is an engineer's address about no single ticket, BOUNCE is where undelivered letters come
    back to.
    """

    CUSTOMER = "c"
    ENGINEER = "e"
    INTERNAL = "i"
    SURVEY = "s"
    CONFIRM = "k"
    DESK = "d"
    BOUNCE = "b"


OF_STAFF = frozenset({Scope.ENGINEER, Scope.INTERNAL, Scope.DESK})
"""What is given to those who work here alone."""
