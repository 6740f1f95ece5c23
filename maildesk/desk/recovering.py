"""After a restore: what the mailboxes have and the backup lacks is taken in again.

The desk went on after the backup was made. Its mails lie in the folders where it filed them, for nothing is ever deleted there.
Each that the restored store does not know is kept again, in the order in which the servers got them. A mail in INBOX is one of
them when the server got it before the latest that was filed: the lost desk had it in hand, held or still to be filed. Whatever
came later waits for the desk to begin.

What the lost desk gave out, nobody may get from us (`store.recovery`). The numbers of today go on above the last one that is
known, one for each mail of the gap, and above each that a letter of ours bears. Which letters those were is told by the mails
that answer them, and by the folder of sent mails where an account has one: they name the thread of the lost ticket, which is
signed, and the mail that opened it. So the ticket that this mail opens now takes the place of the lost one, and answers to its
letters find it. It keeps its number where a letter in the folder of sent mails tells which that was; what others wrote into a
subject proves nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from maildesk.config import Account, Config
from maildesk.core.message import Digest, MessageId
from maildesk.core.ticket import Number, number_parts, numbers_in
from maildesk.desk.again import Again
from maildesk.desk.caution import BATCH
from maildesk.desk.collecting import LARGE, batches
from maildesk.desk.desk import Desk
from maildesk.imap import Mailbox, MailboxError, Selected, Trouble, Waiting
from maildesk.log import say, warn
from maildesk.mail import head
from maildesk.mail.head import Head
from maildesk.mail.tokens import Keys
from maildesk.store import Doubtful, Place, Store, Tx

MARGIN = timedelta(days=2)
"""So much earlier than the latest mail that the backup has we begin to look: servers take mails in at once, but not in order."""

UNSEEN = 1_000
"""So many numbers of today are left out where no mailbox tells how many the lost desk gave."""

FURTHEST = 10_000
"""By so many numbers more than there are mails in the gap a number may lie above the last one known; what lies higher is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A mail that the backup lacks. `place` is where it lies when it is still to be filed."""

    received_at: datetime
    digest: Digest
    size: int
    folder: str
    head: Head
    place: Place | None


@dataclass(slots=True, kw_only=True)
class Gap:
    """What happened after the backup, as far as the mailboxes tell: the mails, the letters of ours that somebody has, the lost
    tickets whose letters answer a mail, and their numbers, by that mail where it is certain. `unseen` is how many numbers may
    have been given of which nobody can tell, `unread` how many mails a server lists and does not give."""

    mails: list[Missed] = field(default_factory=list)
    letters: set[MessageId] = field(default_factory=set)
    lost: defaultdict[MessageId, set[int]] = field(default_factory=lambda: defaultdict(set))
    numbers: dict[MessageId, Number] = field(default_factory=dict)
    named: set[Number] = field(default_factory=set)
    unseen: int = 0
    unread: int = 0

    @property
    def again(self) -> Again:
        return Again(lost={id: frozenset(keys) for id, keys in self.lost.items()}, numbers=self.numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What a restore came to. `skipped` are numbers of today that nobody gets, `lost` those that the lost desk gave to tickets
    which have another one now, or none. `unread` mails are listed by their server, which gave nothing of them."""

    mails: int
    unread: int
    skipped: int
    lost: tuple[Number, ...]
    letters: Doubtful


class Looking:
    """Reads the mailboxes of a desk and changes nothing in them. The bytes of what it finds go to the store's files."""

    def __init__(self, config: Config, store: Store, backed_up_at: datetime, since: datetime | None = None) -> None:
        self._config, self._store, self._at, self._since = config, store, backed_up_at, since
        self._keys = Keys(config.settings.keys)
        self.gap = Gap()

    def look(self, now: datetime) -> Gap:
        """Everything since the backup. Raises MailboxError: what cannot be seen cannot be said to be there."""
        for account in self._config.settings.accounts:
            self._look_into(account, now)
        self.gap.mails.sort(key=lambda mail: mail.received_at)
        for mail in self.gap.mails:
            self._learn(mail.head)
        return self.gap

    def _look_into(self, account: Account, now: datetime) -> None:
        since, before = self._looked_from(account), len(self.gap.mails)
        for folder in dict.fromkeys((account.processed, account.ignored, account.failed)):
            self.gap.mails += self._missing(replace(account, folder=folder), since, now)
        latest = max((mail.received_at for mail in self.gap.mails[before:]), default=None)
        if latest is not None:
            self.gap.mails += self._missing(account, since, now, until=latest)
        for sent in self._sent(account, since):
            self._learn_sent(sent)

    def _looked_from(self, account: Account) -> datetime:
        """Since when mails may be unknown: what came before we first looked into a mailbox is none of ours."""
        with self._store.read() as tx:
            position, latest = tx.position(account.name, account.folder), tx.latest_of(account.name)
        if self._since or position is None:
            return self._since or self._at
        return max(position.since, latest - MARGIN) if latest else position.since

    def _missing(self, account: Account, since: datetime, now: datetime, until: datetime | None = None) -> Iterator[Missed]:
        """The mails of one folder that the store has not got; with `until` only those, and they are still to be filed."""
        with _opened(account) as opened:
            if opened is None:
                return
            box, selected = opened
            ours = (w for w in box.after(0, since) if since <= w.received_at and (until is None or w.received_at <= until))
            for batch in batches(ours, BATCH):
                received = {w.uid: min(w.received_at, now) for w in batch}
                for uid, digest, size in self._fetched(box, batch):
                    place = Place(mailbox=account.name, folder=account.folder, uidvalidity=selected.uidvalidity, uid=uid)
                    yield Missed(
                        received_at=received[uid],
                        digest=digest,
                        size=size,
                        folder=account.folder,
                        head=self._head(digest),
                        place=place if until else None,
                    )

    def _fetched(self, box: Mailbox, batch: tuple[Waiting, ...]) -> Iterator[tuple[int, Digest, int]]:
        """UID, name and size of those that were not known."""
        if len(batch) == 1 and batch[0].size > LARGE:
            stored = [(batch[0].uid, *self._store.files.put(box.stream(batch[0].uid, batch[0].size)))]
        else:
            arrived = tuple(box.fetch([w.uid for w in batch]))
            digests = self._store.files.put_many(tuple(mail.raw for mail in arrived))
            stored = [(mail.uid, digest, len(mail.raw)) for mail, digest in zip(arrived, digests, strict=True)]
            self.gap.unread += len(batch) - len(arrived)
        with self._store.read() as tx:
            known = tx.kept(digest for _, digest, _ in stored)
        met = {mail.digest for mail in self.gap.mails}
        yield from (one for one in stored if one[1] not in known | met)

    def _head(self, digest: Digest) -> Head:
        with self._store.files.open_map(digest) as raw:
            return head.read(bytes(raw[: head.LONGEST]))

    def _sent(self, account: Account, since: datetime) -> Iterator[Head]:
        """What lies in the folder of sent mails, if there is one."""
        with _opened(account) as opened:
            name = opened[0].sent() if opened else None
        if name is None:
            return
        with _opened(replace(account, folder=name)) as opened:
            if opened is not None:
                box, _ = opened
                yield from map(head.read, box.heads([w.uid for w in box.after(0, since)]))

    # -- what letters of ours tell -----------------------------------------------------------------------------------

    def _learn(self, mail: Head) -> None:
        """A mail that answers letters of ours: they arrived, and stand for the tickets of the other mails that it names."""
        keys = self._signed(mail.answers)
        if not keys:
            return
        self.gap.letters |= set(mail.answers)
        self.gap.named |= set(numbers_in(mail.subject))
        self._link(mail.answers, keys)

    def _learn_sent(self, letter: Head) -> None:
        """A letter of ours in our own folder: what it says is so."""
        own = letter.message_id
        if own is None or not self._keys.read_id(own):
            return
        self.gap.letters.add(own)
        keys, numbers = self._signed((own,)), numbers_in(letter.subject)
        self.gap.named |= set(numbers)
        self._link(letter.answers, keys)
        answered = [one for one in letter.answers if self._keys.read_id(one) is None]
        if len(numbers) == 1 and len(answered) == 1:
            self.gap.numbers.setdefault(answered[0], numbers[0])

    def _signed(self, ids: Iterable[MessageId]) -> frozenset[int]:
        """The tickets that ids of ours name."""
        return frozenset(key for one in ids if (key := self._keys.read_id(one)))

    def _link(self, ids: Iterable[MessageId], keys: frozenset[int]) -> None:
        """Where one ticket alone is meant, the mails that stand beside it are its own."""
        if len(keys) == 1:
            for one in ids:
                if self._keys.read_id(one) is None:
                    self.gap.lost[one] |= keys


def prepare(config: Config, store: Store, gap: Gap, now: datetime) -> Recovered:
    """Keep the mails of a gap, and make sure that nobody gets what the lost desk gave to somebody else."""
    today = now.astimezone(config.settings.zone).date()
    with store.write() as tx:
        tx.recover(now)
        tx.leap(len(gap.mails) + FURTHEST, now)
        skipped = _leave_numbers_out(gap, today, tx)
        letters = tx.doubt_letters(frozenset(gap.letters), now)
        tx.forget_policies()
        for mail in gap.mails:
            tx.keep(mail.digest, mail.size, mail.received_at, now, mail.place)
        lost = tuple(sorted(number for number in gap.named if tx.by_number(number) is None))
    return Recovered(mails=len(gap.mails), unread=gap.unread, skipped=skipped, lost=lost, letters=letters)


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
    for day, serial in ((today, last + len(gap.mails) + gap.unseen), *believed.values()):
        tx.number_above(day, serial)
    return tx.last_number(today) - last


@contextmanager
def _opened(account: Account) -> Iterator[tuple[Mailbox, Selected] | None]:
    """A connection with the account's folder open; None where there is no such folder."""
    box = Mailbox(account)
    try:
        yield _selected(box)
    finally:
        box.close()


def _selected(box: Mailbox) -> tuple[Mailbox, Selected] | None:
    try:
        return box, box.open()
    except MailboxError as trouble:
        if trouble.trouble is Trouble.FOLDER:
            return None
        raise
