"""The timeline of a ticket: its key points in the order of time, each in one line.

Whatever somebody did or said is a key point, and what the clock did; that it only reminded or asked somebody is none.
"""

from dataclasses import dataclass
from datetime import datetime

from maildesk.core.alarm import Step
from maildesk.core.letter import instant
from maildesk.core.ticket import Mark, Progress

PASSING = frozenset({Step.REMIND, Step.WARN, Step.ASK, Step.RATE})
"""Words of the clock that leave everything as it is."""

LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A moment of the ticket's life; `author` as in its Progress, `public` when the requester may read it."""

    at: datetime
    mark: Mark
    author: str
    text: str
    public: bool

    @property
    def fact(self) -> list[str | bool]:
        """As a letter is told of it."""
        return [instant(self.at), self.author, self.mark, self.text, self.public]


def timeline(history: tuple[Progress, ...]) -> tuple[Point, ...]:
    """The key points of the record, the oldest first."""
    told = sorted((line for line in history if not _passing(line)), key=lambda line: line.at)
    return tuple(
        Point(at=line.at, mark=line.mark, author=line.author, text=_short(line.text), public=line.public) for line in told
    )


def _passing(line: Progress) -> bool:
    """Whether it is only a word of the clock; its key names rule and step."""
    named = (line.key or "").split(":")
    return line.mark is Mark.ALARM and len(named) > 2 and named[2] in PASSING


def _short(text: str) -> str:
    """As much of a text as one line holds."""
    words = " ".join(text.split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"
