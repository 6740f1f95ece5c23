"""Two machines that answer each other through a ticket.

A vacation notice without a header that says so, sent back to every letter, would go to the requester, whose own notice would
answer it, for ever. What gives them away is that both say the same again and again, and at once; such an answer is not passed on
any more. A person who repeats himself is not meant, nor one who sends a file.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise, takewhile

from maildesk.core.message import Message
from maildesk.core.people import Person
from maildesk.core.ticket import Mark, Progress

DAY = timedelta(days=1)
PROMPT = timedelta(minutes=5)
"""Who answers later than this may be a person."""

QUICK = 3
"""So often in a row both sides may say the same, each at once after the other."""

SLOW = 5
"""So often in a day both may say the very same, however long they took."""

MOST = 20
"""So often in a day they may write to each other, whatever they say."""

_CHANGES = re.compile(r"[\d\s]+")
"""What differs from one notice of a machine to the next: numbers, times, line breaks."""


def parrots(by: Person, message: Message, history: Sequence[Progress], now: datetime) -> bool:
    """Whether this answer is one too many. `history` are the last lines of the ticket's record."""
    said = Progress(at=now, mark=Mark.ANSWER, author=by.staff_id, text=message.new_text)
    today = [line for line in history if now - line.at < DAY and (line.mark is Mark.MAIL or _his(by, line))]
    ours, theirs = ([line for line in today if (line.mark is Mark.MAIL) is outside] for outside in (False, True))
    if min(len(ours), len(theirs)) >= MOST:
        return True
    if any(not file.inline for file in message.attachments):
        return False
    return _echo(_promptly([*today, said]), said, _gist, QUICK) or _echo(today, said, _words, SLOW)


def _his(by: Person, line: Progress) -> bool:
    """What he said to the requester, or would have."""
    return line.mark in (Mark.ANSWER, Mark.HELD) and line.author == by.staff_id


def _promptly(lines: Sequence[Progress]) -> list[Progress]:
    """The lines before the last one, as far back as each came at once after the one before it."""
    pairs = takewhile(lambda pair: pair[0].at - pair[1].at <= PROMPT, pairwise(reversed(lines)))
    return [earlier for _, earlier in pairs]


def _echo(lines: Sequence[Progress], said: Progress, meant: Callable[[str], str], times: int) -> bool:
    """Whether our side has said this so often, and the other side something else as often."""
    ours = sum(meant(line.text) == meant(said.text) for line in lines if line.mark is not Mark.MAIL)
    theirs = Counter(meant(line.text) for line in lines if line.mark is Mark.MAIL)
    return ours >= times and max(theirs.values(), default=0) >= times


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()


def _gist(text: str) -> str:
    return _CHANGES.sub("", text).casefold()
