"""How fast mails are read: the parsers that anybody may choose beside maildesk, which does more.

maildesk tells, besides what a parser gives, what is new in a mail and what is quoted, who wrote it (a person, a machine), the
fields of a form, what the receiving host proved; and it never raises.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from mails import mails
from parsers import PARSERS
from rich.table import Table

from maildesk.mail import inbound

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def parsing(count: int) -> Table:
    """All of them over the same mails."""
    raws = mails(count, "support@desk.test")
    ours = _seconds(by_maildesk, raws) / count
    table = Table(title=f"reading {count} mails, {sum(map(len, raws)) / count / 1000:.0f} KB each", title_justify="left")
    for heading in ("", "mails/s", "ms per mail", "maildesk / this"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name, read in PARSERS.items():
        each = _seconds(read, raws) / count
        table.add_row(name, f"{1 / each:.0f}", f"{each * 1000:.2f}", f"{each / ours:.2f}")
    table.add_row("maildesk", f"{1 / ours:.0f}", f"{ours * 1000:.2f}", "")
    return table


def by_maildesk(raw: bytes) -> None:
    for attachment in inbound.read(raw, received_at=NOW).attachments:
        assert attachment.chunks is not None
        assert sum(map(len, attachment.chunks())) == attachment.size


def _seconds(read: Callable[[bytes], object], raws: list[bytes]) -> float:
    """For all of them, after a few to warm up."""
    for raw in raws[:20]:
        read(raw)
    started = time.perf_counter()
    for raw in raws:
        read(raw)
    return time.perf_counter() - started
