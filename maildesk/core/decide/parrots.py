"""Two machines that answer each other through a ticket.

A vacation notice without a header that says so, sent back to every letter, would go to the requester, whose own notice would
answer it, for ever. What gives them away is that both say the same again and again; such an answer is not passed on any more. A
person who repeats himself to a person is not meant, nor one who writes a lot.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from maildesk.core.people import Person
from maildesk.core.ticket import Mark, Progress

DAY = timedelta(days=1)
SAME = 2
"""So often in a day both sides may say the same."""

MOST = 15
"""So often in a day they may write to each other, whatever they say."""

_CHANGES = re.compile(r"[\d\s]+")
"""What differs from one notice of a machine to the next: numbers, times, line breaks."""


def parrots(by: Person, text: str, history: Sequence[Progress], now: datetime) -> bool:
    """Whether this answer is one too many. `history` are the last lines of the ticket's record."""
    today = [line for line in history if now - line.at < DAY]
    ours = Counter(_gist(line.text) for line in today if line.mark is Mark.ANSWER and line.author == by.staff_id)
    theirs = Counter(_gist(line.text) for line in today if line.mark is Mark.MAIL)
    echo = ours[_gist(text)] >= SAME and max(theirs.values(), default=0) >= SAME
    return echo or min(ours.total(), theirs.total()) >= MOST


def _gist(text: str) -> str:
    return _CHANGES.sub("", text).casefold()
