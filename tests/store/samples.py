"""Sample values for the tests of the store."""

from datetime import UTC, datetime, timedelta
from typing import Any

from maildesk.core.letter import Letter, LetterKind
from maildesk.core.message import Address, Digest
from maildesk.core.ticket import Mark, Progress, Status, Ticket
from maildesk.store import Tx

NOW = datetime(2026, 10, 27, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = timedelta(minutes=5)
DAY = NOW.date()


def digest(serial: int) -> Digest:
    return Digest(f"{serial:064x}")


def opened(tx: Tx, **fields: Any) -> Ticket:
    """A new ticket, saved."""
    plain: dict[str, Any] = {"opened_at": NOW, "status": Status.NEW, "requester": Address("ann@example.org")}
    return tx.save(Ticket(**{**plain, "id": tx.new_id(), "number": tx.mint(DAY), **fields}))


def line(text: str = "said", **fields: Any) -> Progress:
    return Progress(**{"at": NOW, "mark": Mark.NOTE, "author": "E001", "text": text, **fields})


def letter(**fields: Any) -> Letter:
    plain: dict[str, Any] = {"kind": LetterKind.WITHDRAWN, "to": Address("ann@example.org"), "language": "zh"}
    return Letter(**{**plain, **fields})
