"""The steps that change tickets. Each step gathers, lets the core decide, applies, and ends in one commit."""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from maildesk import faults
from maildesk.config import Config
from maildesk.core.event import Ordered, Ticked, Undelivered
from maildesk.core.letter import Letter, LetterKind
from maildesk.core.message import Message
from maildesk.core.orders import parse
from maildesk.core.peace import Outage
from maildesk.core.people import Person
from maildesk.core.ticket import Number, Ticket, TicketId
from maildesk.desk.again import Again
from maildesk.desk.ahead import BATCH, ReadAhead, Unreadable, last
from maildesk.desk.beside import Beside
from maildesk.desk.experience import Experience
from maildesk.desk.gather import Gatherer
from maildesk.desk.saving import Nonce, Pen, Saver, random_nonce
from maildesk.desk.taking import Taking, recognised_by
from maildesk.desk.timed import rules_of_time
from maildesk.dns import Texts
from maildesk.log import warn
from maildesk.mail.letters import House, Letters
from maildesk.mail.tokens import Keys
from maildesk.reader import Reader, ReaderFailed
from maildesk.store import (
    Broken,
    Busy,
    Full,
    Illegible,
    Inbox,
    InboxId,
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

POSTPONED = timedelta(minutes=15)

ROUSING = timedelta(minutes=2)
"""So long it takes until the rules of a changed policy have looked at every ticket; what is due meanwhile need not wait."""

BREATH = timedelta(minutes=1)
"""How often the desk writes down that it is alive."""

AGREEING = timedelta(minutes=10)
"""So long nodes may go by different rules, because one after the other gets the new ones."""

ONE_POLICY = "Give all nodes the same policy and people files, and reload or restart those that have the old ones."
"""What helps when they do for longer."""

UNWELL = (Broken, Busy, Full, Older, Stale, Unreachable, OSError)
"""Troubles of the store or the machine, and of no mail or letter: all of it is tried again, and nobody gets a strike."""

IN_A_ROW = 3
"""Where they meet the same ticket so often, it is looked at by itself, behind all others."""


class NoSuchTicket(Exception):
    """An order from the shell named a number that does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What became of orders: the ticket as it is now, whether they were obeyed, and of each `line` whether it was `done` and what
    was `said` of it."""

    ticket: Ticket | None
    obeyed: bool
    results: tuple[Mapping[str, Any], ...]


class Desk:
    """All steps of the desk over one store. Time is an argument; no step holds a transaction over a socket.

    `again`: its mails are those that a lost desk had taken in.
    """

    def __init__(
        self,
        config: Config,
        store: Store,
        reader: Reader | None = None,
        texts: Texts | None = None,
        nonce: Nonce = random_nonce,
        pen: Callable[[Letters], Pen] = lambda letters: letters,
        again: Again | None = None,
    ) -> None:
        self.config, self.store, self._nonce, self._pen, self._again = config, store, nonce, pen, again
        self.reader, self.texts = reader or Reader(), texts or Texts()
        self.beside = Beside()
        self.outage: Outage | None = None
        self._agreed_at: datetime | None = None
        self._alive_at: datetime | None = None
        self._in_hand: dict[InboxId, int] = {}
        self._hindered: Counter[int] = Counter()
        """How often in a row the store failed while this ticket was looked at."""

        self.reload(config)

    def close(self) -> None:
        """End the process that reads mails, which began with the first mail."""
        self.reader.close()

    def adopt(self, config: Config, now: datetime) -> None:
        """Begin or go on by this configuration. Where its rules of time are others than those of the desk until now, even before
        a restart or on another node, what they put into the past breaks nothing at once; and every ticket is looked at anew,
        because a rule may speak sooner than when it was looked at last."""
        with self.store.write() as tx:
            adopted = tx.adopt(rules_of_time(config.policy), now)
            if adopted.anew:
                tx.rouse(now, ROUSING)
            self.reload(replace(config, policy=replace(config.policy, since=adopted.since)))

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
        self.config, self.house, self.keys, self.letters = config, house, keys, self._pen(letters)
        self._experience = Experience()

    # -- mail in -----------------------------------------------------------------------------------------------------

    def require_room(self) -> None:
        """Raises Full before the disk is full, so that there is room for the work on the mail that we have."""
        free, reserve = self.store.files.free(), self.config.settings.reserve_free
        if free < reserve:
            what = f"no mail is fetched while less than {reserve / 1e6:.0f} MB are free for {self.config.settings.state}"
            raise Full(what, "make room on the disk of the state folder")

    def keep(self, mails: Sequence[tuple[Place | None, datetime, bytes]], position: Position | None, now: datetime) -> None:
        """Make a batch of mails durable: `(place, received_at, raw)` each, with the mailbox's new position, in one commit."""
        digests = self.store.files.put_many(tuple(raw for _, _, raw in mails))
        faults.point("raw-written")
        with self.store.write() as tx:
            tx.alone_with(digests)
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

    def take_in(self, clock: Callable[[], datetime]) -> Generator[int, None, None]:
        """Read and decide all kept mails, batch by batch; how many each time. A strike is counted before a mail is opened.

        While one batch is settled, the next is read. When the store fails, or the reading process cannot be had, or the caller
        closes the iterator, what was claimed and is not settled is given back: no strike for our trouble.
        """
        ahead = ReadAhead(self.store, self.reader, self.texts, self._in_hand, self._put_mail_off)
        ahead.give_back()  # what could not be given back the last time, because the store still failed
        try:
            while ahead or ahead.claim(self.config.settings, clock()):
                read = ahead.collected()
                faults.point("read")
                ahead.claim(self.config.settings, clock())
                self._all_settled(read, clock())
                ahead.settled(read)
                yield len(read)
        except (StoreError, ReaderFailed, OSError, GeneratorExit):
            ahead.give_back()
            raise

    def _put_mail_off(self, tx: Tx, mail: Illegible, now: datetime) -> None:
        """The row of the mail cannot be read; the operator hears of it."""
        warn("mail not taken in", inbox=mail.id, trouble=mail.why)
        tx.put_mail_off(InboxId(mail.id), now + POSTPONED)
        self.saver(tx, self.gatherer(tx, now)).alarm("mail not read", f"mail {mail.id}: {mail.why}", mail.remedy)

    def _all_settled(self, read: Sequence[tuple[Inbox, Message | Unreadable]], now: datetime) -> None:
        """The effects of a batch."""
        with self.store.write() as tx:
            names = (name for _, mail in read if isinstance(mail, Message) for name in recognised_by(mail))
            tx.alone_with((*names, *(row.digest for row, _ in read)))
            gatherer = self.gatherer(tx, now)
            for row, message in read:
                self._try(tx, gatherer, row, message)
            faults.point("before-commit")
        faults.point("taken-in")

    def _try(self, tx: Tx, gatherer: Gatherer, row: Inbox, message: Message | Unreadable) -> None:
        """One mail's effects, all or none; a fault leaves the mail kept, to be tried again alone."""
        try:
            if isinstance(message, Unreadable):
                raise message
            with tx.savepoint():
                Taking(self.saver(tx, gatherer)).settle(row, message, parked=last(row))
        except UNWELL:
            raise
        except LeaseLost:
            warn("mail taken over by another", inbox=row.id)
            gatherer.forget()
        except Exception as trouble:  # a bug of ours must not stop the mails behind this one
            warn("mail not taken in", inbox=row.id, strikes=row.strikes, trouble=repr(trouble), exc_info=True)
            gatherer.forget()
            if not last(row):
                tx.settle(row.id, "kept", epoch=row.epoch, reason=repr(trouble))
            else:
                tx.settle(row.id, "failed", epoch=row.epoch, reason=repr(trouble), folder="failed")
                self.saver(tx, gatherer).alarm("mail failed", repr(trouble), f"maildesk inbox replay {row.id}")

    # -- every event -------------------------------------------------------------------------------------------------

    def gatherer(self, tx: Tx, now: datetime) -> Gatherer:
        return Gatherer(tx, self.config, self.keys, now, self.letters.kept, self._experience, self.outage)

    def saver(self, tx: Tx, gatherer: Gatherer) -> Saver:
        return Saver(
            tx=tx,
            gatherer=gatherer,
            letters=self.letters,
            files=self.store.files,
            house=self.house,
            nonce=self._nonce,
            again=self._again,
        )

    def alive(self, now: datetime) -> None:
        """Give a sign of life, and learn from the one before whether the desk was down for long, and from those of other nodes
        whether they go by other rules. To be called all the time."""
        if self._alive_at is not None and self._alive_at <= now < self._alive_at + BREATH:
            return
        with self.store.write() as tx:
            self.outage = tx.alive(now, self.config.policy.peace.outage)
            tx.at_work(now)
            disagreeing = tx.disagreeing()
        self._alive_at = now
        if self._agreed_at is None or not disagreeing:
            self._agreed_at = now
        if now - self._agreed_at >= AGREEING:
            detail = " / ".join(", ".join(nodes) for nodes in disagreeing)
            self.alarm("rules of the nodes", f"different rules of time: {detail}", ONE_POLICY, now)

    def wake(self, now: datetime) -> int:
        """Let the rules speak whose time has come; how many tickets were looked at."""
        with self.store.write() as tx:
            gatherer = self.gatherer(tx, now)
            tx.lapse(now)
            due = tx.due(now, BATCH)
            alone = {ticket.id for ticket in due if self._hindered[ticket.id] >= IN_A_ROW}
            for ticket in due:
                if ticket.id not in alone:
                    self._tick(tx, gatherer, ticket)
            faults.point("woken")
        for id in alone:
            self._wake_alone(TicketId(id), now, others=len(alone) < len(due))
        return len(due)

    def _wake_alone(self, id: TicketId, now: datetime, *, others: bool) -> None:
        """The store failed for this ticket again and again. What fails once more is put off, if it did not for others."""
        try:
            with self.store.write() as tx:
                for ticket in (ticket for ticket in tx.due(now, BATCH) if ticket.id == id):
                    self._tick(tx, self.gatherer(tx, now), ticket)
        except UNWELL as trouble:
            if not others:
                raise
            with self.store.write() as tx:
                self._put_off(tx, self.gatherer(tx, now), id, repr(trouble), "maildesk check", exc_info=True)

    def _tick(self, tx: Tx, gatherer: Gatherer, ticket: Ticket | Illegible) -> None:
        if isinstance(ticket, Illegible):
            self._put_off(tx, gatherer, TicketId(ticket.id), ticket.why, ticket.remedy)
            return
        try:
            with tx.savepoint():
                self.saver(tx, gatherer).apply(Ticked(), ticket)
            self._hindered.pop(ticket.id, None)
        except UNWELL:
            self._hindered[ticket.id] += 1
            raise
        except Exception as trouble:  # one ticket's trouble must not silence the clock of the others
            self._put_off(tx, gatherer, ticket.id, repr(trouble), f"maildesk show {ticket.number}", exc_info=True)

    def _put_off(self, tx: Tx, gatherer: Gatherer, id: TicketId, why: str, remedy: str, *, exc_info: bool = False) -> None:
        """The ticket cannot be woken now; the operator hears of it."""
        number = tx.number_of(id)
        warn("ticket not woken", number=number, trouble=why, exc_info=exc_info)
        gatherer.forget()
        tx.postpone(id, gatherer.now + POSTPONED)
        self.saver(tx, gatherer).alarm("clock", f"{number}: {why}", remedy)

    def order(self, by: Person, ticket_number: Number | None, text: str, now: datetime) -> Transcript:
        """Orders from the shell, where the operator has already been let in; the answer goes by mail as always, too.

        Raises NoSuchTicket when the number does not exist.
        """
        parsed = parse(text)
        event = Ordered(by=by, orders=parsed.orders, unclear=parsed.unclear, text=parsed.rest)
        with self.store.write() as tx:
            ticket = tx.by_number(ticket_number) if ticket_number else None
            if ticket_number and ticket is None:
                raise NoSuchTicket(ticket_number)
            saver = self.saver(tx, self.gatherer(tx, now))
            decisions = saver.decided(event, ticket)
            letters = (letter for decision in decisions for letter in decision.letters)
            told = next(letter.facts for letter in letters if letter.kind is LetterKind.TRANSCRIPT)
            return Transcript(ticket=saver.saved(decisions, ticket), obeyed=told["obeyed"], results=tuple(told["results"]))

    def undelivered(self, tx: Tx, event: Undelivered, ticket: TicketId | None, now: datetime) -> None:
        """A letter of a ticket will not arrive: recorded and told, in the transaction that settles the letter."""
        saver = self.saver(tx, self.gatherer(tx, now))
        found = tx.ticket(ticket) if ticket else None
        if found is not None:
            saver.apply(event, found)
        if event.letter == LetterKind.UNDELIVERED or (found is None and event.letter != LetterKind.ALARM):
            saver.alarm("letter refused", f"{event.to}: {event.diagnostic}", "maildesk outbox --state refused")

    def tell(self, letters: Sequence[tuple[Letter, Ticket | None]], now: datetime) -> int:
        """Promise letters that the desk writes of its own accord, each with the ticket that it is about; how many."""
        if letters:
            with self.store.write() as tx:
                saver = self.saver(tx, self.gatherer(tx, now))
                for letter, ticket in letters:
                    saver.promise(letter, ticket)
        return len(letters)

    def alarm(self, what: str, detail: str, remedy: str, now: datetime) -> None:
        """Tell the operator, once an hour for the same thing: by letter, or beside the mail when the store cannot keep one."""
        try:
            with self.store.write() as tx:
                self.saver(tx, self.gatherer(tx, now)).alarm(what, detail, remedy)
        except Exception as trouble:  # whatever hinders the letter must not hinder the alarm
            warn("operator not written to", what=what, trouble=repr(trouble))
            self.beside.tell(self.config.settings, what, detail, remedy, now)
