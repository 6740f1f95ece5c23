"""An engineer's answers that no person writes.

A vacation notice without a header that says so, sent back to every letter, would go to the requester, whose own notice would
answer it, for ever. So who says the same again and again in one ticket is not passed on any more.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from maildesk.core.people import Person
from maildesk.core.ticket import Mark, Progress

DAY = timedelta(days=1)
SAME = 2
"""So often in a day the same words of one person go out in one ticket."""

MOST = 20
"""So many answers of one person go out in one ticket in a day, whatever they say."""

_CHANGES = re.compile(r"[\d\s]+")
"""What differs from one notice of a machine to the next: numbers, times, line breaks."""


def parrots(by: Person, text: str, history: Sequence[Progress], now: datetime) -> bool:
    """Whether this answer is one too many. `history` are the last lines of the ticket's record."""
    said = [
        _gist(line.text) for line in history if line.mark is Mark.ANSWER and line.author == by.staff_id and now - line.at < DAY
    ]
    return said.count(_gist(text)) >= SAME or len(said) >= MOST


def _gist(text: str) -> str:
    return _CHANGES.sub("", text).casefold()
