"""Kept mails on their way through the reading process: claimed, handed over, collected with their files, or given back.

One batch is always under way while another is settled. No transaction is open while anybody waits for the process.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from maildesk import faults
from maildesk.config.settings import Settings
from maildesk.core.message import Digest, Message
from maildesk.dns import Texts
from maildesk.mail import inbound
from maildesk.reader import Raw, Reader, Reading
from maildesk.store import Illegible, Inbox, InboxId, Store, Tx
from maildesk.store.files import told

BATCH = 50
LEASE = timedelta(minutes=5)

STRIKES = 3
"""A mail whose third attempt begins is parked: it becomes a raw but visible ticket, and the others go on."""

UNEXPLAINED = 5
"""The same for a mail of which nothing is known but that the desk was killed with it in hand: that may have been chance."""


def last(row: Inbox) -> bool:
    """Whether the attempt that has begun is the one at which the mail is parked."""
    return row.strikes >= (STRIKES if row.reason else UNEXPLAINED)


class Unreadable(Exception):
    """A mail was not read; the words say what it did."""

    def __repr__(self) -> str:
        return f"unreadable: {self}"


PutOff = Callable[[Tx, Illegible, datetime], None]
"""Lets a mail wait whose row cannot be read."""

Taken = tuple[Inbox, Message | Unreadable]
"""A mail and what was read of it."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """Mails that are being read. `aside` is how the names of their files begin."""

    rows: tuple[Inbox, ...]
    aside: Path
    raws: Mapping[InboxId, Raw]
    readings: Iterator[Reading]

    def files(self, row: Inbox, message: Message) -> Iterator[tuple[Path, Digest]]:
        """What the process wrote aside for a mail."""
        for number, attachment in enumerate(message.attachments):
            yield Path(f"{_beginning(self.aside, row)}.{number}"), attachment.digest


def to_read(settings: Settings, path: Path, size: int, received_at: datetime, aside: str, *, glance: bool = False) -> Raw:
    """A mail as it is given to the reading process of a desk with these settings."""
    return Raw(
        path=str(path),
        size=size,
        aside=aside,
        received_at=received_at,
        hosts=settings.hosts,
        border=settings.border_hosts,
        keys={} if settings.local_dkim else None,
        own=tuple(settings.own),
        keep_large=size <= settings.size_limit,
        glance=glance,
    )


def _beginning(aside: Path, row: Inbox) -> str:
    return f"{aside}.{row.id}"


class ReadAhead:
    """The mails in hand: claimed and not settled yet, also in `held` with the epochs of their claims, which outlives it. True
    while some are being read."""

    def __init__(self, store: Store, reader: Reader, texts: Texts, held: dict[InboxId, int], put_off: PutOff) -> None:
        self._store, self._reader, self._texts, self._held, self._put_off = store, reader, texts, held, put_off
        self._batch: _Batch | None = None

    def __bool__(self) -> bool:
        return self._batch is not None

    def claim(self, settings: Settings, now: datetime) -> bool:
        """Begin to read the next mails; False when none wait. Their strikes are committed before one is opened. They are in hand
        before the commit: its answer may be lost, and then they are ours all the same. What cannot be read is put off."""
        rows: tuple[Inbox, ...] = ()
        with self._store.write() as tx:
            while not rows and (found := tx.claim_mail(now, BATCH, LEASE)):
                for illegible in (one for one in found if isinstance(one, Illegible)):
                    self._put_off(tx, illegible, now)
                rows = tuple(one for one in found if isinstance(one, Inbox))
            self._held |= {row.id: row.epoch for row in rows}
        faults.point("struck")
        if rows:
            aside = self._store.files.aside()
            raws = {row.id: self._raw(row, settings, _beginning(aside, row)) for row in rows}
            self._batch = _Batch(rows, aside, raws, self._reader.read(tuple(raws.values())))
        return bool(rows)

    def _raw(self, row: Inbox, settings: Settings, aside: str) -> Raw:
        path = self._store.files.path(row.digest)
        return to_read(settings, path, row.size, row.received_at, aside, glance=last(row))

    def collected(self) -> list[Taken]:
        """The batch as far as it was read, its files kept. What the process did not come to is given back at once."""
        batch, self._batch = self._batch, None
        assert batch is not None
        try:
            with told():
                answers = zip(batch.rows, batch.readings, strict=False)
                read: list[Taken] = [(row, _understood(row, reading)) for row, reading in answers]
            read = self._proven(batch, read)
            files = (batch.files(row, message) for row, message in read if isinstance(message, Message))
            self._store.files.adopt([file for each in files for file in each])
        finally:
            self._store.files.drop_aside(batch.aside)
        self._unclaim({row.id: row.epoch for row in batch.rows[len(read) :]})
        return read

    def _proven(self, batch: _Batch, read: list[Taken]) -> list[Taken]:
        """Signed mails looked at once more with the keys of their domains; one whose keys cannot be had stays as it is."""
        wanted = {row.id: message.authentication.keys for row, message in read if isinstance(message, Message)}
        names = dict.fromkeys(name for keys in wanted.values() for name in keys)
        texts = self._texts.at(names) if names else {}
        again = {id: self._with_keys(batch, id, keys, texts) for id, keys in wanted.items() if any(map(texts.get, keys))}
        readings = self._readings(again)
        return [(row, _judged_anew(message, readings.get(row.id))) for row, message in read]

    def _readings(self, raws: Mapping[InboxId, Raw]) -> Mapping[InboxId, Reading]:
        """What came of each, also of those behind one that cost the process."""
        found: dict[InboxId, Reading] = {}
        while left := {id: raw for id, raw in raws.items() if id not in found}:
            answers = zip(left, self._reader.read(tuple(left.values())), strict=False)
            found |= dict(answers)
        return found

    def _with_keys(self, batch: _Batch, id: InboxId, names: Iterable[str], texts: Mapping[str, str]) -> Raw:
        raw = batch.raws[id]
        return replace(raw, aside=f"{raw.aside}.again", keys={name: texts[name] for name in names if name in texts})

    def settled(self, read: Iterable[tuple[Inbox, object]]) -> None:
        """These are out of our hands."""
        for row, _ in read:
            self._held.pop(row.id, None)

    def give_back(self) -> None:
        """Everything in hand is to be claimed again, without a strike: the trouble was ours."""
        if self._batch is not None:
            self._reader.close()
            self._store.files.drop_aside(self._batch.aside)
            self._batch = None
        self._unclaim(dict(self._held))

    def _unclaim(self, claims: Mapping[InboxId, int]) -> None:
        if claims:
            with self._store.write() as tx:
                tx.unclaim(claims)
            for id in claims:
                self._held.pop(id, None)


def _judged_anew(message: Message | Unreadable, reading: Reading | None) -> Message | Unreadable:
    """The mail with what its signature proved. That it could not be checked is nobody's fault and proves nothing."""
    if reading is None or reading.message is None or not isinstance(message, Message):
        return message
    return replace(message, authentication=reading.message.authentication)


def _understood(row: Inbox, reading: Reading) -> Message | Unreadable:
    """A mail that is to be parked is shown as far as a glance went, with the reason for it among the limits."""
    if not last(row):
        return reading.message or Unreadable(reading.why)
    message = reading.message or inbound.unread(row.digest, size=row.size, received_at=row.received_at)
    return replace(message, limits=(*message.limits, row.reason)) if row.reason else message
