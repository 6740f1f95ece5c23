"""The steps that change tickets. Each step gathers, lets the core decide, applies, and ends in one commit."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from maildesk import faults
from maildesk.config import Config
from maildesk.core.decide import decide
from maildesk.core.event import (
    Answered,
    Confirmed,
    Confirming,
    Event,
    Ignored,
    Opened,
    Ordered,
    Outcome,
    Ticked,
    Undelivered,
    Wrote,
)
from maildesk.core.letter import Letter, LetterKind, instant
from maildesk.core.message import Address, Kind, Message
from maildesk.core.orders import parse
from maildesk.core.people import Person
from maildesk.core.ticket import UNSAVED, Number, Ticket, TicketId
from maildesk.core.triage import Triaged, triage
from maildesk.core.trust import Scope, Trust
from maildesk.desk.gather import STAFF, Gatherer
from maildesk.desk.saving import Saver
from maildesk.log import say, warn
from maildesk.mail import inbound
from maildesk.mail.letters import House, Letters
from maildesk.mail.tokens import LIFE, Keys
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
                self._settle(tx, gatherer, row, message)
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

    def _settle(self, tx: Tx, gatherer: Gatherer, row: Inbox, message: Message) -> None:
        semantic = inbound.semantic(message)
        if message.message_id and tx.twin(message.message_id, semantic) is not None:
            tx.settle(row.id, "duplicate", folder="processed", message_id=message.message_id, semantic=semantic)
            say("mail in", inbox=row.id, id=message.message_id, outcome="duplicate")
            return
        failed = row.strikes >= STRIKES
        triaged = self._parked(row, message) if failed else self._triaged(gatherer, message)
        ticket = self._act(tx, gatherer, row, triaged)
        if message.message_id:
            machine, inside = message.verdict.kind is not Kind.PERSON, not _from_outside(triaged.outcome)
            tx.refer(message.message_id, ticket.id if ticket else None, None, None, machine, gatherer.now, inside=inside)
        tx.settle(
            row.id,
            "failed" if failed else "awaiting" if isinstance(triaged.outcome, Confirming) else "done",
            verdict=message.verdict.kind,
            outcome=f"{type(triaged.outcome).__name__.lower()}: {triaged.rule}",
            ticket=ticket.id if ticket else None,
            reason=row.reason if failed else "",
            folder="failed" if failed else "ignored" if isinstance(triaged.outcome, Ignored) else "processed",
            message_id=message.message_id,
            semantic=semantic,
            person=triaged.outcome.by.staff_id if isinstance(triaged.outcome, Confirming) else None,
        )
        say(
            "mail in",
            inbox=row.id,
            id=message.message_id,
            number=ticket.number if ticket else None,
            outcome=type(triaged.outcome).__name__.lower(),
            rule=triaged.rule,
            evidence=triaged.evidence,
        )

    def _triaged(self, gatherer: Gatherer, message: Message) -> Triaged:
        return triage(message, gatherer.found(message), gatherer.known(Ticked(), None), gatherer.now)

    def _parked(self, row: Inbox, message: Message) -> Triaged:
        """Three strikes: a ticket that nobody acknowledges, with the raw mail, so that a person sees it."""
        return Triaged(
            outcome=Opened(message=message, requester=Address(""), trust=Trust.PLAUSIBLE, quiet=True),
            ticket=None,
            evidence=f"{row.strikes} attempts failed: {row.reason}",
            rule="three strikes",
        )

    def _act(self, tx: Tx, gatherer: Gatherer, row: Inbox, triaged: Triaged) -> Ticket | None:
        """Do what triage made of a mail; the ticket concerned."""
        match triaged.outcome:
            case Ignored():
                return None
            case Confirming() as confirming:
                self._ask_confirmation(tx, gatherer, confirming)
                return triaged.ticket
            case Confirmed(by=by):
                tx.open_party(f"{STAFF}{by.staff_id}", gatherer.now + self.config.policy.opening)
                tx.release_awaiting(by.staff_id)
                return None
            case Opened() as opened:
                return self._apply(tx, gatherer, opened, self._blank(tx, row, gatherer.now), triaged.ticket)
            case event:
                return self._apply(tx, gatherer, event, triaged.ticket)

    def _blank(self, tx: Tx, row: Inbox, now: datetime) -> Ticket:
        """A ticket that is nothing yet but its number. A replayed mail fills the ticket it already has."""
        parked = tx.ticket(row.ticket) if row.ticket else None
        if parked is not None:
            return Ticket(id=parked.id, number=parked.number, version=parked.version, opened_at=parked.opened_at)
        minted = tx.mint(now.astimezone(self.house.zone).date())
        faults.point("number-minted")
        return Ticket(id=UNSAVED, number=minted, opened_at=now)

    def _ask_confirmation(self, tx: Tx, gatherer: Gatherer, confirming: Confirming) -> None:
        person = confirming.by
        until = gatherer.now + LIFE[Scope.CONFIRM]
        letter = Letter(
            kind=LetterKind.CONFIRM,
            to=person.address,
            language=person.language or self.house.language,
            person=person.staff_id,
            name=person.name,
            facts={"why": confirming.why, "text": confirming.text, "until": instant(until)},
        )
        self.saver(tx, gatherer).promise(letter, None)

    # -- every event -------------------------------------------------------------------------------------------------

    def _apply(
        self, tx: Tx, gatherer: Gatherer, event: Event, ticket: Ticket | None, reopens: Ticket | None = None
    ) -> Ticket | None:
        """Gather, decide, apply: the one way in which a ticket changes. The ticket as it is now."""
        known = gatherer.known(event, ticket, reopens)
        decisions = decide((ticket,) if ticket else (), event, known, gatherer.now)
        saver = self.saver(tx, gatherer)
        saved = [saver.save(decision) for decision in decisions]
        return next((one for one in saved if one is not None), ticket)

    def saver(self, tx: Tx, gatherer: Gatherer) -> Saver:
        return Saver(tx=tx, gatherer=gatherer, letters=self.letters, files=self.store.files, house=self.house)

    def wake(self, now: datetime) -> int:
        """Let the rules speak whose time has come; how many tickets were looked at."""
        with self.store.write() as tx:
            gatherer = Gatherer(tx, self.config, self.keys, now)
            due = tx.due(now, BATCH)
            for ticket in due:
                self._tick(tx, gatherer, ticket)
            faults.point("woken")
        return len(due)

    def _tick(self, tx: Tx, gatherer: Gatherer, ticket: Ticket) -> None:
        try:
            with tx.savepoint():
                self._apply(tx, gatherer, Ticked(), ticket)
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
            return self._apply(tx, Gatherer(tx, self.config, self.keys, now), event, ticket)

    def undelivered(self, tx: Tx, event: Undelivered, ticket: TicketId | None, now: datetime) -> None:
        """A letter of a ticket will not arrive: recorded and told, in the transaction that settles the letter."""
        gatherer = Gatherer(tx, self.config, self.keys, now)
        found = tx.ticket(ticket) if ticket else None
        if found is not None:
            self._apply(tx, gatherer, event, found)
        if event.letter == LetterKind.UNDELIVERED or (found is None and event.letter != LetterKind.ALARM):
            self.saver(tx, gatherer).alarm("letter refused", f"{event.to}: {event.diagnostic}", "maildesk outbox --state refused")

    def alarm(self, what: str, detail: str, remedy: str, now: datetime) -> None:
        """Tell the operator, once an hour for the same thing."""
        with self.store.write() as tx:
            self.saver(tx, Gatherer(tx, self.config, self.keys, now)).alarm(what, detail, remedy)


def _from_outside(outcome: Outcome) -> bool:
    """Whether the requester knows this mail, because he wrote it: only then may its Message-ID appear in letters to him."""
    return isinstance(outcome, Opened | Answered) or (isinstance(outcome, Wrote) and outcome.by is None)
