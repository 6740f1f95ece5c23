"""`run --once`: take in everything that waits, do all that is due, ring, send, file, and come back."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from maildesk.config import Account
from maildesk.desk import Desk
from maildesk.desk.calling import Calling
from maildesk.desk.collecting import Collecting
from maildesk.desk.filing import Filing
from maildesk.desk.posting import Posting
from maildesk.imap import Mailbox, MailboxError
from maildesk.log import warn
from maildesk.reports import write_reports
from maildesk.smtp import Lines
from maildesk.store import Full

ROUNDS = 20
"""Letters may cause letters (a refusal tells the engineer), but not for ever."""


@dataclass(slots=True)
class Turned:
    """What one turn did. `troubles` are the mailboxes and channels that could not be worked, each with its remedy."""

    kept: int = 0
    taken_in: int = 0
    woken: int = 0
    rung: int = 0
    posted: int = 0
    troubles: list[str] = field(default_factory=list)


def run_once(desk: Desk, clock: Callable[[], datetime]) -> Turned:
    """One whole turn of the desk."""
    turned = Turned()
    with desk.store.write() as tx:
        tx.recover(clock())
    desk.adopt(desk.config, clock())
    boxes = [box for account in desk.config.settings.accounts if (box := _open(desk, account, clock, turned))]
    try:
        _work(desk, clock, turned)
        for collecting in boxes:
            _file(collecting, clock, turned)
    finally:
        for collecting in boxes:
            collecting.box.close()
    return turned


def _open(desk: Desk, account: Account, clock: Callable[[], datetime], turned: Turned) -> Collecting | None:
    """Connect and keep what waits; a mailbox that does not answer leaves the others alone."""
    box = Mailbox(account)
    try:
        collecting = Collecting(desk, account, box)
        collecting.begin(box.open(), clock())
        turned.kept += collecting.collect(clock()) + collecting.reconcile(clock())
    except (MailboxError, Full) as trouble:
        box.close()
        _lost(account, trouble, turned)
        return None
    return collecting


def _file(collecting: Collecting, clock: Callable[[], datetime], turned: Turned) -> None:
    """A server that closed the line while we worked is told next time."""
    try:
        Filing(collecting.desk, collecting.account, collecting.box).file(clock)
    except MailboxError as trouble:
        _lost(collecting.account, trouble, turned)


def _lost(account: Account, trouble: MailboxError | Full, turned: Turned) -> None:
    what = trouble.what if isinstance(trouble, Full) else str(trouble)
    warn("mailbox lost", mailbox=account.name, problem=what)
    turned.troubles.append(f"{account.name}: {what}. {trouble.remedy}")


def _work(desk: Desk, clock: Callable[[], datetime], turned: Turned) -> None:
    turned.taken_in += sum(desk.take_in(clock))
    while count := desk.wake(clock()):
        turned.woken += count
    write_reports(desk, clock())
    asyncio.run(_ring(desk, clock, turned))
    asyncio.run(_post(desk, clock, turned))


async def _ring(desk: Desk, clock: Callable[[], datetime], turned: Turned) -> None:
    calling = Calling(desk, clock)
    while count := await calling.call():
        turned.rung += count


async def _post(desk: Desk, clock: Callable[[], datetime], turned: Turned) -> None:
    lines = Lines(desk.config.settings.relay)
    posting = Posting(desk, lines, clock)
    try:
        for _ in range(ROUNDS):
            posted = await posting.post()
            turned.posted += posted.tried
            if posted.down:
                turned.troubles.append(f"letters wait: {posted.down}")
            if posted.down or not posted.tried:
                return
    finally:
        await lines.close()
