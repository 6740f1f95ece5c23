"""What happened after a backup was made, as far as the mailboxes tell.

The desk went on then. Its mails lie in the folders where it filed them, for nothing is ever deleted there; each that the restored
store does not know is missing. A mail in INBOX is one of them when the lost desk had it in hand, held or still to be filed: the
server got it before the latest that was filed, or a letter of ours answers it, its bytes lie in the state folder already, or the
operator says that the desk still worked then. Whatever else is there waits for the desk to begin: its sender is owed an
acknowledgement, and may have got one in the desk's last moments.

Which letters the desk sent is told by the mails that answer them, and by the folder of sent mails where an account has one: they
name the thread of the lost ticket, which is signed, and the mail that opened it. What others wrote into a subject proves nothing.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from maildesk.config import Account, Config
from maildesk.core.message import Digest, MessageId
from maildesk.core.ticket import Number, numbers_in
from maildesk.desk.again import Again
from maildesk.desk.caution import BATCH
from maildesk.desk.collecting import LARGE, batches
from maildesk.imap import Mailbox, MailboxError, Selected, Trouble, Waiting
from maildesk.mail import head
from maildesk.mail.head import Head
from maildesk.mail.tokens import Keys
from maildesk.store import Place, Store

MARGIN = timedelta(days=2)
"""So much earlier than the latest mail that the backup has we begin to look: servers take mails in at once, but not in order."""


UNSEEN = 1_000
"""So many numbers may have been given where no mailbox tells how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A mail that the backup lacks. `place` is where it lies when it is still to be filed."""

    received_at: datetime
    digest: Digest
    size: int
    folder: str
    head: Head
    place: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """A mail in the folder that an account reads; the backup lacks it, and whether the lost desk had it is to be found out."""

    account: Account
    found: Waiting
    digest: Digest
    head: Head


@dataclass(slots=True, kw_only=True)
class Gap:
    """What happened after the backup, as far as the mailboxes tell: the mails, the letters of ours that somebody has, the lost
    tickets whose letters answer a mail, and their numbers, by that mail where it is certain. `counted` are the last serials
    of the days in the database that is replaced; `age` is the backup's; `waiting` is how many mails lie in INBOX of which nothing
    tells that the lost desk had them, `unseen` how many numbers may have been given of which nobody can tell, `unread` how many
    mails a server lists and does not give."""

    mails: list[Missed] = field(default_factory=list)
    letters: set[MessageId] = field(default_factory=set)
    lost: defaultdict[MessageId, set[int]] = field(default_factory=lambda: defaultdict(set))
    numbers: dict[MessageId, Number] = field(default_factory=dict)
    named: set[Number] = field(default_factory=set)
    counted: Mapping[date, int] = field(default_factory=dict)
    age: timedelta = timedelta(0)
    waiting: int = 0
    unseen: int = 0
    unread: int = 0

    @property
    def again(self) -> Again:
        return Again(lost={id: frozenset(keys) for id, keys in self.lost.items()}, numbers=self.numbers)


class Looking:
    """Reads the mailboxes of a desk and changes nothing in them. The bytes of what it finds go to the store's files. `since`:
    from when on, where that is not to be found out; `stopped`: the lost desk had everything that came until then."""

    def __init__(
        self,
        config: Config,
        store: Store,
        backed_up_at: datetime,
        *,
        since: datetime | None = None,
        stopped: datetime | None = None,
    ) -> None:
        self._config, self._store, self._at, self._since, self._stopped = config, store, backed_up_at, since, stopped
        self._keys = Keys(config.settings.keys)
        self.gap = Gap()

    def look(self, now: datetime) -> Gap:
        """Everything since the backup. Raises MailboxError: what cannot be seen cannot be said to be there."""
        accounts, self.gap.age = self._config.settings.accounts, now - self._at
        for account in accounts:
            with _named(account):
                self._look_at_the_filed(account, now)
        lying: list[Lying] = []
        for account in accounts:
            with _named(account):
                lying += self._lying(account)
        for head_of in (*(mail.head for mail in self.gap.mails), *(one.head for one in lying)):
            self._learn(head_of)
        self._judge(lying, now)
        self.gap.unseen = self._unseen()
        self.gap.mails.sort(key=lambda mail: mail.received_at)
        return self.gap

    def _look_at_the_filed(self, account: Account, now: datetime) -> None:
        since = self._looked_from(account)
        for folder in dict.fromkeys((account.processed, account.ignored, account.failed)):
            with _opened(replace(account, folder=folder)) as opened:
                if opened is not None:
                    there = opened[0].after(0, since)
                    self.gap.mails += self._missing(opened, [w for w in there if since <= w.received_at], now, folder)
        for sent in self._sent(account, since):
            self._learn_sent(sent)

    def _unseen(self) -> int:
        """Where mail came by another road before, it may have done so since."""
        with self._store.read() as tx:
            return UNSEEN if tx.has_mail_of_no_mailbox() else 0

    def _judge(self, lying: Sequence[Lying], now: datetime) -> None:
        """Take what the lost desk had in hand, and count the others."""
        signs = [*(mail.received_at for mail in self.gap.mails), *([self._stopped] if self._stopped else [])]
        latest = max(signs, default=None)
        in_hand = [one for one in lying if self._was_in_hand(one, latest)]
        self.gap.waiting = len(lying) - len(in_hand)
        for account in self._config.settings.accounts:
            ours = [one.found for one in in_hand if one.account is account]
            with _named(account), _opened(account) as opened:
                if opened is not None:
                    self.gap.mails += self._missing(opened, ours, now, account.folder, waiting=True)

    def _was_in_hand(self, one: Lying, latest: datetime | None) -> bool:
        """Something tells that the lost desk had it: what it filed later, a letter of ours, or its file."""
        worked_later = latest is not None and one.found.received_at <= latest
        file = self._config.settings.state / one.digest[:2] / one.digest
        return worked_later or one.head.message_id in self.gap.lost or file.exists()

    def _looked_from(self, account: Account) -> datetime:
        """Since when mails may be unknown: what came before we first looked into a mailbox is none of ours."""
        with self._store.read() as tx:
            position, latest = tx.position(account.name, account.folder), tx.latest_of(account.name)
        if self._since or position is None:
            return self._since or self._at
        return max(position.since, latest - MARGIN) if latest else position.since

    def _lying(self, account: Account) -> Iterator[Lying]:
        """What lies in INBOX and is not in the store. Nothing of it is kept yet."""
        since = self._looked_from(account)
        with _opened(account) as opened:
            if opened is None:
                return
            box, _ = opened
            for found in box.after(0, since):
                if since <= found.received_at and (read := self._leafed_through(box, found)) is not None:
                    digest, head_of = read
                    with self._store.read() as tx:
                        known = tx.kept((digest,))
                    if not known:
                        yield Lying(account=account, found=found, digest=digest, head=head_of)

    def _leafed_through(self, box: Mailbox, found: Waiting) -> tuple[Digest, Head] | None:
        """Digest and head of a mail, piece by piece; None when the server does not give it."""
        seen, beginning = hashlib.sha256(), b""
        with _unless_gone():
            for piece in box.stream(found.uid, found.size):
                beginning = beginning or piece[: head.LONGEST]
                seen.update(piece)
            return Digest(seen.hexdigest()), head.read(beginning)
        self.gap.unread += 1
        return None

    def _missing(
        self, opened: tuple[Mailbox, Selected], there: Iterable[Waiting], now: datetime, folder: str, *, waiting: bool = False
    ) -> Iterator[Missed]:
        """The mails among those of a folder that the store has not got; `waiting`: they are still to be filed."""
        box, selected = opened
        for batch in batches(there, BATCH):
            received = {w.uid: min(w.received_at, now) for w in batch}
            for uid, digest, size in self._fetched(box, batch):
                place = Place(mailbox=box.account.name, folder=folder, uidvalidity=selected.uidvalidity, uid=uid)
                yield Missed(
                    received_at=received[uid],
                    digest=digest,
                    size=size,
                    folder=folder,
                    head=self._head(digest),
                    place=place if waiting else None,
                )

    def _fetched(self, box: Mailbox, batch: tuple[Waiting, ...]) -> Iterator[tuple[int, Digest, int]]:
        """UID, name and size of those that were not known."""
        try:
            stored = self._whole(box, batch) if batch[0].size <= LARGE else self._in_pieces(box, batch)
        except MailboxError as trouble:
            if trouble.trouble is not Trouble.LARGER:
                raise
            box.open()
            stored = self._in_pieces(box, batch)
        self.gap.unread += len(batch) - len(stored)
        with self._store.read() as tx:
            known = tx.kept(digest for _, digest, _ in stored)
        met = {mail.digest for mail in self.gap.mails}
        yield from (one for one in stored if one[1] not in known | met)

    def _whole(self, box: Mailbox, batch: Sequence[Waiting]) -> list[tuple[int, Digest, int]]:
        arrived = tuple(box.fetch([w.uid for w in batch]))
        digests = self._store.files.put_many(tuple(mail.raw for mail in arrived))
        return [(mail.uid, digest, len(mail.raw)) for mail, digest in zip(arrived, digests, strict=True)]

    def _in_pieces(self, box: Mailbox, batch: Sequence[Waiting]) -> list[tuple[int, Digest, int]]:
        """For mails that are large, whatever their server says."""
        stored = []
        for one in batch:
            with _unless_gone():
                stored.append((one.uid, *self._store.files.put(box.stream(one.uid, one.size))))
        return stored

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


@contextmanager
def _named(account: Account) -> Iterator[None]:
    """A trouble says of which mailbox it is."""
    try:
        yield
    except MailboxError as trouble:
        raise MailboxError(trouble.trouble, f"{account.name}: {trouble.detail}", trouble.remedy) from trouble


@contextmanager
def _unless_gone() -> Iterator[None]:
    """A mail that its server does not give is left out. Raises what ends the connection."""
    try:
        yield
    except MailboxError as trouble:
        if trouble.fatal:
            raise


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
