"""Sample values for the tests of the store."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from maildesk.core.duration import SOLUTION, Duration
from maildesk.core.letter import Letter, LetterKind
from maildesk.core.message import Address, Digest, MessageId
from maildesk.core.people import StaffId
from maildesk.core.ticket import UNSAVED, Mark, Priority, Progress, Status, Ticket
from maildesk.store import Inbox, InboxId, OutboxId, Store, Tx

NOW = datetime(2026, 10, 27, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = timedelta(minutes=5)
PACE = 30
DAY = NOW.date()
ANN = Address("ann@example.org")
DESK = Address("support@example.org")


@dataclass(frozen=True, slots=True)
class Bytes:
    """A letter as bytes."""

    message_id: MessageId
    raw: bytes = b"Subject: hello\r\n\r\nhello\r\n"
    sender: Address = DESK


def digest(serial: int) -> Digest:
    return Digest(f"{serial:064x}")


def kept(store: Store, *serials: int) -> tuple[InboxId, ...]:
    """Mails waiting to be taken in."""
    with store.write() as tx:
        return tuple(tx.keep(digest(serial), 100, NOW, NOW) for serial in serials)


def claimed(store: Store, now: datetime = NOW, limit: int = 50) -> tuple[Inbox, ...]:
    with store.write() as tx:
        return tx.claim_mail(now, limit, LEASE)


def opened(tx: Tx, **fields: Any) -> Ticket:
    """A new ticket, saved."""
    plain: dict[str, Any] = {"opened_at": NOW, "status": Status.NEW, "requester": ANN}
    return tx.save(Ticket(**{**plain, "id": UNSAVED, "number": tx.mint(DAY), **fields}))


def line(text: str = "said", **fields: Any) -> Progress:
    return Progress(**{"at": NOW, "mark": Mark.NOTE, "author": "E001", "text": text, **fields})


def done(**fields: Any) -> Duration:
    """A ticket that was solved in time, or any other duty."""
    plain: dict[str, Any] = {
        "rule": SOLUTION,
        "since": NOW - 60 * MINUTE,
        "settled_at": NOW,
        "kept": True,
        "took": 60 * MINUTE,
        "allowed": 8 * 60 * MINUTE,
        "priority": Priority.P3,
        "category": "软件",
        "engineer": StaffId("E001"),
    }
    return Duration(**plain | fields)


def letter(**fields: Any) -> Letter:
    plain: dict[str, Any] = {"kind": LetterKind.WITHDRAWN, "to": ANN, "language": "zh"}
    return Letter(**{**plain, **fields})


def alarm_letter(**fields: Any) -> Letter:
    """A letter that is not urgent."""
    return letter(**{"kind": LetterKind.ALARM, "facts": {"what": "disk", "detail": "full", "remedy": "tidy"}, **fields})


def urgent_letter(**fields: Any) -> Letter:
    return letter(**{"kind": LetterKind.ANSWER, "facts": {"engineer": "Li", "text": "done"}, **fields})


def promised(store: Store, made: Letter, raw: bytes = b"hello", now: datetime = NOW) -> OutboxId:
    """A letter in the queue."""
    with store.write() as tx:
        found = tx.promise(made, None, now, Bytes(MessageId(f"{made.key or id(made)}@desk"), raw))
    assert found is not None
    return found
