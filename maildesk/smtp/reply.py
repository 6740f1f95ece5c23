"""How an attempt ended, by what the relay answered or failed to answer.

accepted   the relay took it (2xx)
deferred   not now (4xx), or the connection was lost before the text began: try this letter again later
refused    never (5xx), or the letter cannot be put into SMTP at all
uncertain  the text had begun, and no answer that can be read came: the relay may have the letter or not
down       the channel itself: no connection, no safe one, no login. Not the letter's fault
"""

from dataclasses import dataclass
from typing import Literal

from aiosmtplib import SMTPResponse

Outcome = Literal["accepted", "deferred", "refused", "uncertain", "down"]

LONGEST = 500
"""Characters of a server's words that we keep."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The end of one step: the outcome, the server's code (None when it said nothing), its words or ours, on one line."""

    outcome: Outcome
    code: int | None
    text: str

    @property
    def accepted(self) -> bool:
        return self.outcome == "accepted"


def answered(response: SMTPResponse, *, otherwise: Outcome = "deferred") -> Reply:
    """What a server's answer means; `otherwise` what to make of a code that no server should give here."""
    families: dict[int, Outcome] = {2: "accepted", 4: "deferred", 5: "refused"}
    return Reply(families.get(response.code // 100, otherwise), response.code, tame(f"{response.code} {response.message}"))


def tame(text: str) -> str:
    """A server's words on one line, as they may stand in a log or a letter."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:LONGEST]
