"""How the other side answered."""

from dataclasses import dataclass

from maildesk.mail.compose import clean_header

LONGEST = 200
"""Characters of its words that are kept: enough to see what went wrong, too few for a page of somebody's secrets."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether somebody was reached, as far as the hook knows: its status, and the first words that it said, on one line.

    What a program says may be meant for its operator alone: the words stand in the log, a ticket shows the status.
    """

    heard: bool
    status: str
    words: str = ""

    @property
    def said(self) -> str:
        return f"{self.status}: {self.words}" if self.words else self.status


def answer(heard: bool, status: str, output: bytes = b"") -> Answer:
    """An answer with the beginning of an output, made harmless."""
    return Answer(heard, status, clean_header(output.decode("utf-8", "replace"), LONGEST))
