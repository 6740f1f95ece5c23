"""Sample letters: every kind in every shape that its template distinguishes, with facts as the desk gives them.

They are what `check` renders, what the preview shows and what the tests read. They tell one story, that of `mail.story`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from maildesk.core.letter import AUDIENCE, Audience, Letter, LetterKind
from maildesk.core.message import Address, Attachment, Digest, MessageId
from maildesk.core.peace import Outage
from maildesk.core.ticket import Archive, Number, Pause, Priority, Status, Ticket, TicketId, Waiting
from maildesk.mail.bundle import LISTED
from maildesk.mail.situations import after, situations
from maildesk.mail.story import DAY, EN, HOUR, MINUTE, NOW, PEOPLE, STORIES, Story, ticket

K = LetterKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A letter to look at. `name` is its kind, and its variant after a dash."""

    name: str
    letter: Letter
    ticket: Ticket | None


def every(language: str) -> tuple[Sample, ...]:
    """All sample letters of a language; one that has no story of its own gets the English one."""
    story = replace(STORIES.get(language, EN), language=language)
    return tuple(_sample(story, name, facts) for name, facts in situations(story))


def one(language: str, name: str) -> Sample:
    """The sample of a name."""
    return next(sample for sample in every(language) if sample.name == name)


def reminders(language: str) -> tuple[tuple[Letter, Ticket | None], ...]:
    """Letters for one person that go out as one."""
    first, second = one(language, "reminder"), one(language, "reminder-confirm_priority")
    assert second.ticket is not None
    other = replace(second.ticket, id=TicketId(4712), number=Number("TS20231026017"))
    return (first.letter, first.ticket), (second.letter, other)


OUTAGE = Outage(since=NOW - 6 * HOUR, until=NOW - 2 * MINUTE)


def burst(language: str) -> tuple[tuple[Letter, Ticket | None], ...]:
    """More letters for one person than a merged one lists, as they come after the outage."""
    reminder = one(language, "reminder")
    assert reminder.ticket is not None
    tickets = (replace(reminder.ticket, number=Number(f"TS20231027{n:03}")) for n in range(1, LISTED + 13))
    return tuple((_due(reminder.letter, n * 7 * MINUTE - HOUR), ticket) for n, ticket in enumerate(tickets))


def gathered(language: str) -> tuple[tuple[Letter, Ticket | None], ...]:
    """More acknowledgements for one sender than a letter lists, as they come when a limit lets them go."""
    letter, ticket = one(language, "acknowledgement").letter, one(language, "acknowledgement").ticket
    assert ticket is not None
    tickets = (replace(ticket, id=TicketId(n), number=Number(f"TS20231027{n:03}")) for n in range(1, LISTED + 13))
    return tuple((letter, about) for about in tickets)


def _due(letter: Letter, span: timedelta) -> Letter:
    return replace(letter, facts={**letter.facts, "due": after(span)})


STALLED: Mapping[str, Any] = {
    "status": Status.WAITING,
    "waiting": Waiting.VENDOR,
    "pauses": (Pause(why=Waiting.VENDOR, since=NOW - 5 * DAY),),
}
OWING: Mapping[str, Any] = {"status": Status.CLOSED, "closed_at": NOW - 5 * DAY, "archive": Archive.PENDING}
CHANGED: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "reminder-stalled": STALLED,
        "escalation-stalled": STALLED,
        "reminder-observing": {"status": Status.RESOLVED},
        "reminder-archive": OWING,
        "reply-solved": OWING,
    }
)
"""What the ticket of some letters has become."""

OF_A_P1 = frozenset({"assignment-urgent", "reminder-phone", "escalation-phone"})
DESK_LEVEL = frozenset({K.CONFIRM, K.IMPOSTOR, K.DIGEST, K.TEAM_DIGEST, K.HELD_QUEUE, K.DEBTS, K.ALARM})


def _sample(story: Story, name: str, facts: Mapping[str, Any]) -> Sample:
    kind = LetterKind(name.partition("-")[0])
    about = None if kind in DESK_LEVEL or name in {"transcript-list", "held-unplaced"} else ticket(story)
    if about is not None and name in OF_A_P1:
        about = replace(about, proposed=Priority.P1)
    if about is not None and name == "assignment-unread":
        about = replace(about, requester=Address(""), requester_name="", subject="", fields={}, missing=(), category="")
    if about is not None and name in {"reply-rated", "escalation-resolved"}:
        about = replace(about, rating=4, round=2)
    if about is not None and name in CHANGED:
        about = replace(about, **CHANGED[name])
    if AUDIENCE[kind] is Audience.REQUESTER:
        letter = Letter(kind=kind, to=story.requester, name=story.name, language=story.language, facts=facts)
        return Sample(name=name, letter=replace(letter, answers=MessageId("CAF42@mail.example.com")), ticket=about)
    person = (
        story.ids[2]
        if kind in {K.ESCALATION, K.TEAM_DIGEST, K.HELD_QUEUE, K.DEBTS}
        else None
        if kind is K.ALARM
        else story.ids[0]
    )
    known = PEOPLE.get(person)
    to = known.address if known else Address("operator@example.com")
    letter = Letter(kind=kind, to=to, person=person, name=known.name if known else "", language=story.language, facts=facts)
    if kind is K.NOTE:
        letter = replace(letter, attachments=(_file(story),))
    return Sample(name=name, letter=letter, ticket=about)


def _file(story: Story) -> Attachment:
    return Attachment(filename=story.screenshot, content_type="image/png", size=182_400, digest=Digest("0" * 64))
