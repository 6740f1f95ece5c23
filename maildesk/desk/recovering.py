"""After a restore: what the mailboxes have and the backup lacks is taken in again, in the order in which the servers got it.

What the lost desk gave out, nobody may get from us (`store.recovery`). The numbers of today go on above the last one that is
known, one for each mail of the gap and each that waits, and above each that a letter of ours bears. The ticket that a mail of the
gap opens now takes the place of the lost one, and answers to its letters find it. It keeps its number where a letter in the
folder of sent mails tells which that was.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from maildesk.config import Config
from maildesk.core.ticket import Number, number_parts
from maildesk.desk.desk import Desk
from maildesk.desk.gap import Gap
from maildesk.log import say, warn
from maildesk.store import Doubtful, Store, Tx

FURTHEST = 10_000
"""By so many numbers more than there are mails in the gap a number may lie above the last one known; what lies higher is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What a restore came to. `skipped` are numbers of today that nobody gets, `lost` those that the lost desk gave to tickets
    which have another one now, or none. `waiting` mails lie in INBOX and will be new to the desk; `unread` ones are listed by
    their server, which gave nothing of them."""

    mails: int
    waiting: int
    unread: int
    skipped: int
    lost: tuple[Number, ...]
    letters: Doubtful


def prepare(config: Config, store: Store, gap: Gap, now: datetime) -> Recovered:
    """Keep the mails of a gap, and make sure that nobody gets what the lost desk gave to somebody else."""
    today = now.astimezone(config.settings.zone).date()
    with store.write() as tx:
        tx.recover(now)
        tx.leap(len(gap.mails) + FURTHEST, gap.age, now)
        skipped = _leave_numbers_out(gap, today, tx)
        letters = tx.doubt_letters(frozenset(gap.letters), now)
        tx.forget_policies()
        for mail in gap.mails:
            tx.keep(mail.digest, mail.size, mail.received_at, now, mail.place)
        lost = tuple(sorted(number for number in gap.named if tx.by_number(number) is None))
    return Recovered(mails=len(gap.mails), waiting=gap.waiting, unread=gap.unread, skipped=skipped, lost=lost, letters=letters)


def recover(config: Config, store: Store, gap: Gap, clock: Callable[[], datetime]) -> Recovered:
    """The same, and take those mails in again. The lost numbers are then those that no ticket got back."""
    prepared = prepare(config, store, gap, clock())
    _take_in(Desk(config, store, again=gap.again), clock)
    with store.write() as tx:
        tx.land()
        lost = tuple(number for number in prepared.lost if tx.by_number(number) is None)
    say("restored", mails=prepared.mails, numbers_left_out=prepared.skipped, numbers_lost=", ".join(lost))
    return replace(prepared, lost=lost)


def _take_in(desk: Desk, clock: Callable[[], datetime]) -> None:
    try:
        desk.adopt(desk.config, clock())
        for _ in desk.take_in(clock):
            pass
    finally:
        desk.close()


def _leave_numbers_out(gap: Gap, today: date, tx: Tx) -> int:
    """Raise the counters of the days above what the lost desk can have given; how many numbers of today nobody gets."""
    room = len(gap.mails) + FURTHEST
    parts = {number: part for number in gap.named if (part := number_parts(number))}
    believed = {number: (day, serial) for number, (day, serial) in parts.items() if serial <= tx.last_number(day) + room}
    if doubted := gap.named - believed.keys():
        warn("numbers not believed", numbers=sorted(doubted))
    gap.named &= believed.keys()
    gap.numbers = {id: number for id, number in gap.numbers.items() if number in believed}
    last = tx.last_number(today)
    for day, serial in ((today, last + len(gap.mails) + gap.waiting + gap.unseen), *gap.counted.items(), *believed.values()):
        tx.number_above(day, serial)
    return tx.last_number(today) - last
