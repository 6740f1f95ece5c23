"""How the other side answered."""

from dataclasses import dataclass

from maildesk.mail.compose import clean_header

LONGEST = 200
"""Characters of its words that are kept: enough to see what went wrong, too few for a page of somebody's secrets."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether somebody was reached, as far as the hook knows; the status and the first words of its output, on one line."""

    heard: bool
    said: str


def answer(heard: bool, status: str, output: bytes = b"") -> Answer:
    """An answer by its status; the output is what a person may want to see in the log."""
    words = clean_header(output.decode("utf-8", "replace"), LONGEST)
    return Answer(heard, f"{status}: {words}" if words else status)
