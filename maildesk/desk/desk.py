"""The steps that change tickets. Each step gathers, lets the core decide, applies, and ends in one commit."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from maildesk import faults
from maildesk.config import Config
from maildesk.core.event import Ordered, Ticked, Undelivered
from maildesk.core.letter import LetterKind
from maildesk.core.message import Message
from maildesk.core.orders import parse
from maildesk.core.people import Person
from maildesk.core.ticket import Number, Ticket, TicketId
from maildesk.desk.gather import Gatherer
from maildesk.desk.saving import Saver
from maildesk.desk.taking import Taking
from maildesk.log import warn
from maildesk.mail import inbound
from maildesk.mail.letters import House, Letters
from maildesk.mail.tokens import Keys
from maildesk.store import (
    Busy,
    Full,
    Inbox,
    LeaseLost,
    Older,
    Place,
    Position,
    Stale,
    Store,
    StoreError,
    Tx,
    Unreachable,
)

STRIKES = 3
"""A mail whose third attempt begins is parked: it becomes a raw but visible ticket, and the others go on."""

BATCH = 50
LEASE = timedelta(minutes=5)
POSTPONED = timedelta(minutes=15)


UNWELL = (Busy, Full, Older, Stale, Unreachable)
"""Troubles of the store, and of no mail or letter: all of it is tried again, and nobody gets a strike."""


class NoSuchTicket(Exception):
    """An order from the shell named a number that does not exist."""


class Desk:
    """All steps of the desk over one store. Time is an argument; no step holds a transaction over a socket."""

    def __init__(self, config: Config, store: Store) -> None:
        self.store = store
        self.reload(config)

    def reload(self, config: Config) -> None:
        """Work by another configuration from the next step on."""
        settings = config.settings
        house = House(
            name=settings.name,
            address=settings.address,
            host=settings.host,
            zone=settings.zone,
            language=settings.language,
            bounce=None,
        )
        keys = Keys(settings.keys)
        letters = Letters(house, keys, config.people, config.policy, settings.templates)
        self.config, self.house, self.keys, self.letters = config, house, keys, letters

    # -- mail in -----------------------------------------------------------------------------------------------------

    def keep(self, mails: Sequence[tuple[Place | None, datetime, bytes]], position: Position | None, now: datetime) -> None:
        """Make a batch of mails durable: `(place, received_at, raw)` each, with the mailbox's new position, in one commit."""
        digests = self.store.files.put_many(tuple(raw for _, _, raw in mails))
        faults.point("raw-written")
        with self.store.write() as tx:
            for digest, (place, received_at, raw) in zip(digests, mails, strict=True):
                tx.keep(digest, len(raw), received_at, now, place)
            if position is not None:
                tx.move_position(position)
        faults.point("kept")

    def keep_large(self, place: Place | None, received_at: datetime, pieces: Iterable[bytes], now: datetime) -> None:
        """The same for one mail that is too large to be held in memory; `pieces` are written as they come."""
        digest, size = self.store.files.put(pieces)
        with self.store.write() as tx:
            tx.keep(digest, size, received_at, now, place)
        faults.point("kept")

    def take_in(self, now: datetime) -> int:
        """Read and decide a batch of kept mails; how many were claimed. A strike is counted before anything is read."""
        with self.store.write() as tx:
            rows = tx.claim_mail(now, BATCH, LEASE)
        faults.point("struck")
        try:
            if rows:
                self._all_settled(rows, now)
        except StoreError:
            with self.store.write() as tx:
                tx.unclaim(row.id for row in rows)
            raise
        return len(rows)

    def _all_settled(self, rows: Sequence[Inbox], now: datetime) -> None:
        """The effects of a batch. When the store itself fails, the mails are given back: no strike for our trouble."""
        read = [(row, self._read(row)) for row in rows]
        faults.point("read")
        with self.store.write() as tx:
            gatherer = Gatherer(tx, self.config, self.keys, now)
            for row, message in read:
                self._try(tx, gatherer, row, message)
            faults.point("before-commit")
        faults.point("taken-in")

    def _read(self, row: Inbox) -> Message:
        """The mail understood, its attachments kept. A mail with three strikes is not parsed again."""
        if row.strikes >= STRIKES:
            return inbound.unread(row.digest, size=row.size, received_at=row.received_at)
        settings = self.config.settings
        try:
            with self.store.files.open_map(row.digest) as raw:
                message = inbound.read(
                    raw,
                    received_at=row.received_at,
                    hosts=settings.hosts,
                    border=settings.border_hosts,
                    own=settings.own,
                    keep_large=row.size <= settings.size_limit,
                )
                return self._attachments_kept(message)
        except UNWELL:
            raise
        except Exception as trouble:  # whatever a mail does, the next one is read
            warn("mail not read", inbox=row.id, strikes=row.strikes, trouble=repr(trouble), exc_info=True)
            return inbound.unread(row.digest, size=row.size, received_at=row.received_at)

    def _attachments_kept(self, message: Message) -> Message:
        kept = []
        for attachment in message.attachments:
            if attachment.chunks is not None:
                self.store.files.put(attachment.chunks())
            kept.append(replace(attachment, chunks=None))
        return replace(message, attachments=tuple(kept))

    def _try(self, tx: Tx, gatherer: Gatherer, row: Inbox, message: Message) -> None:
        """One mail's effects, all or none; a fault leaves the mail kept, to be tried again alone."""
        try:
            with tx.savepoint():
                Taking(self.saver(tx, gatherer)).settle(row, message, parked=row.strikes >= STRIKES)
        except UNWELL:
            raise
        except LeaseLost:
            warn("mail taken over by another", inbox=row.id)
            gatherer.forget()
        except Exception as trouble:  # a bug of ours must not stop the mails behind this one
            warn("mail not taken in", inbox=row.id, strikes=row.strikes, trouble=repr(trouble), exc_info=True)
            gatherer.forget()
            if row.strikes < STRIKES:
                tx.settle(row.id, "kept", reason=repr(trouble))
            else:
                tx.settle(row.id, "failed", reason=repr(trouble), folder="failed")
                self.saver(tx, gatherer).alarm("mail failed", repr(trouble), f"maildesk inbox replay {row.id}")

    # -- every event -------------------------------------------------------------------------------------------------

    def saver(self, tx: Tx, gatherer: Gatherer) -> Saver:
        return Saver(tx=tx, gatherer=gatherer, letters=self.letters, files=self.store.files, house=self.house)

    def wake(self, now: datetime) -> int:
        """Let the rules speak whose time has come; how many tickets were looked at."""
        with self.store.write() as tx:
            gatherer = Gatherer(tx, self.config, self.keys, now)
            tx.lapse(now)
            due = tx.due(now, BATCH)
            for ticket in due:
                self._tick(tx, gatherer, ticket)
            faults.point("woken")
        return len(due)

    def _tick(self, tx: Tx, gatherer: Gatherer, ticket: Ticket) -> None:
        try:
            with tx.savepoint():
                self.saver(tx, gatherer).apply(Ticked(), ticket)
        except Exception as trouble:  # one ticket's trouble must not silence the clock of the others
            warn("ticket not woken", number=ticket.number, trouble=repr(trouble), exc_info=True)
            gatherer.forget()
            tx.postpone(ticket.id, gatherer.now + POSTPONED)
            self.saver(tx, gatherer).alarm("clock", f"{ticket.number}: {trouble!r}", f"maildesk show {ticket.number}")

    def order(self, by: Person, ticket_number: Number | None, text: str, now: datetime) -> Ticket | None:
        """Orders from the shell, where the operator has already been let in; the answer goes by mail as always.

        Raises NoSuchTicket when the number does not exist.
        """
        parsed = parse(text)
        event = Ordered(by=by, orders=parsed.orders, unclear=parsed.unclear, text=parsed.rest)
        with self.store.write() as tx:
            ticket = tx.by_number(ticket_number) if ticket_number else None
            if ticket_number and ticket is None:
                raise NoSuchTicket(ticket_number)
            return self.saver(tx, Gatherer(tx, self.config, self.keys, now)).apply(event, ticket)

    def undelivered(self, tx: Tx, event: Undelivered, ticket: TicketId | None, now: datetime) -> None:
        """A letter of a ticket will not arrive: recorded and told, in the transaction that settles the letter."""
        saver = self.saver(tx, Gatherer(tx, self.config, self.keys, now))
        found = tx.ticket(ticket) if ticket else None
        if found is not None:
            saver.apply(event, found)
        if event.letter == LetterKind.UNDELIVERED or (found is None and event.letter != LetterKind.ALARM):
            saver.alarm("letter refused", f"{event.to}: {event.diagnostic}", "maildesk outbox --state refused")

    def alarm(self, what: str, detail: str, remedy: str, now: datetime) -> None:
        """Tell the operator, once an hour for the same thing."""
        with self.store.write() as tx:
            self.saver(tx, Gatherer(tx, self.config, self.keys, now)).alarm(what, detail, remedy)
