"""Pictures in the text of an answer: which go to the requester, and which stay inside.

A mail program sends the pictures along that stand in what it quotes. They are treated as words are: what a colleague sent stays
inside; what the writer sent inside himself stays where it is quoted; what the requester sent goes back to him only where it
stands among the writer's own words. A text names its pictures (`[image: …]`, `[cid:…]`); where it does not, they may be quoted
if anything is. A file that is attached and not shown in the text is sent on purpose.
"""

from collections.abc import Iterable, Sequence

from maildesk.core.decide.writing import carried
from maildesk.core.inside import marked
from maildesk.core.message import Attachment, Digest, Message
from maildesk.core.people import Person
from maildesk.core.ticket import Mark, Progress


def outgoing(message: Message, by: Person, history: Sequence[Progress]) -> tuple[Attachment, ...]:
    """The files of a mail that go to the requester."""
    staying = {file.digest for file in _staying(message, by, history)}
    return carried(tuple(file for file in message.attachments if not (file.inline and file.digest in staying)))


def left_inside(message: Message, by: Person, history: Sequence[Progress]) -> tuple[str, ...]:
    """The pictures of which its writer must be told that they did not go: he may have put them there himself."""
    heard = _heard(history)
    unsent = (file for file in _staying(message, by, history) if file.digest not in heard and _quoted(file, message) is not True)
    return tuple(dict.fromkeys(file.filename for file in unsent))


def _staying(message: Message, by: Person, history: Sequence[Progress]) -> tuple[Attachment, ...]:
    shown = tuple(file for file in message.attachments if file.inline)
    if not shown:
        return ()
    heard, others = _heard(history), _shown(line for line in history if line.author != by.staff_id)
    mine = _shown(line for line in history if line.author == by.staff_id and not line.public and line.mark is not Mark.HELD)

    def stays(file: Attachment) -> bool:
        quoted = _quoted(file, message)
        if file.digest in heard:
            return quoted is not False
        return file.digest in others or (file.digest in mine and (quoted or (quoted is None and message.quoted_lines > 0)))

    return tuple(filter(stays, shown))


def _heard(history: Sequence[Progress]) -> frozenset[Digest]:
    """The files that the requester sent himself."""
    own = (line for line in history if line.public and line.mark in (Mark.OPENED, Mark.MAIL))
    return frozenset(file.digest for line in own for file in line.attachments)


def _shown(lines: Iterable[Progress]) -> frozenset[Digest]:
    return frozenset(file.digest for line in lines for file in line.attachments if file.inline)


def _quoted(file: Attachment, message: Message) -> bool | None:
    """Whether it stands in a quote or a signature and not among the writer's own words; None where the text does not tell."""
    alike = [one for one in message.attachments if one.inline and one.filename == file.filename]
    names = [f"[cid:{file.content_id}]"] * bool(file.content_id) + [f"[image: {file.filename}]"] * (len(alike) == 1)
    own = [line for line in message.new_text.splitlines() if any(name in line for name in names)]
    if not own:
        return True if any(name in message.text for name in names) else None
    return all(map(marked, own))
