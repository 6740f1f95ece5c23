"""Looking up what the core must know before it decides. Reads only; what it finds is handed over as values.

Few events need all that they may need: the load, the history and the languages are looked up when a rule first reads them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import itemgetter

from maildesk.config import Config
from maildesk.core import echo
from maildesk.core.absence import Absence, away, together
from maildesk.core.decide.looking import LISTED, MOST_SHOWN
from maildesk.core.event import Event, Opened, Ordered, Wrote
from maildesk.core.known import HeldMail, Known, Shown
from maildesk.core.message import Address, Digest, Message, MessageId
from maildesk.core.orders import Verb
from maildesk.core.peace import Outage
from maildesk.core.people import People, Person, Role, StaffId
from maildesk.core.ticket import Mark, Progress, Ticket, TicketId, numbers_in
from maildesk.core.triage import Claim, Found, Sent, Thread
from maildesk.core.trust import OF_STAFF, Scope
from maildesk.desk.experience import Experience
from maildesk.desk.later import Lines, Table
from maildesk.log import warn
from maildesk.mail import inbound, signatures
from maildesk.mail.tokens import Keys, Token
from maildesk.store import Illegible, Inbox, InboxId, Ref, Tx

STAFF, MAIL = "staff:", "mail:"
LONG = 1000
"""So many lines of its record tell a ticket's life,"""

BEGINNING = 5
"""and so many how it began."""

SAID = 20
"""So many of his answers tell how an engineer speaks to requesters."""

LATEST = 5
"""So many letters are looked through for the one that a mail answers."""

LIFE = frozenset({Verb.SHOW, Verb.WHY, Verb.TIMELINE})
"""The orders that ask for all that happened, also by the clock."""


def party_name(to: Address, person: StaffId | None) -> str:
    """Under which name the store keeps somebody to whom we write: a person of the directory by id, others by address."""
    return f"{STAFF}{person}" if person else f"{MAIL}{to}"


def _who(name: str) -> StaffId | Address:
    return StaffId(name.removeprefix(STAFF)) if name.startswith(STAFF) else Address(name.removeprefix(MAIL))


def _was_held(row: Inbox) -> bool:
    return row.state == "held" or row.admitted is not None


def _absent(person: Person, said: tuple[Absence, ...]) -> Person:
    return replace(person, absences=away(together(*person.absences, *said))) if said else person


@dataclass(slots=True)
class Gatherer:
    """Looks things up in one transaction, at one moment. `kept` tells a letter by the bytes that the store has of it."""

    tx: Tx
    config: Config
    keys: Keys
    now: datetime
    kept: Callable[[bytes], bytes] = bytes
    experience: Experience = field(default_factory=Experience)
    outage: Outage | None = None
    _people: People | None = field(default=None)

    # -- for triage --------------------------------------------------------------------------------------------------

    def found(self, message: Message, row: Inbox) -> Found:
        """All that ties this mail to tickets, letters and people of ours, and what people said of it."""
        person = self.people.at(message.identity.address)
        asked, claims, threads = row.waits_until is not None, self._claims(message), self._threads(message)
        named = self._named(message.subject)
        return Found(
            mail=row.id,
            asked=asked,
            said=row.reason if asked else "",
            vouched=row.vouched,
            claims=claims,
            threads=threads,
            named=named,
            heard=Lines(
                lambda: self._heard(message, (*(one.ticket for one in claims), *(one.ticket for one in threads), *named))
            ),
            sent=self._sent(message),
            opened_until=self.tx.party(f"{STAFF}{person.staff_id}").opened_until if person else None,
            own=self._own(message),
        )

    def _heard(self, message: Message, tickets: tuple[Ticket | None, ...]) -> tuple[str, ...]:
        """What outside people wrote into tickets, as far as the last lines of their records go, their names, subjects and facts,
        and what the answered letter shows of mails that are in no record, such as held ones."""
        found = {ticket.id: ticket for ticket in tickets if ticket}
        lines = (line for key in found for line in self.tx.history(key, limit=LONG, clock=False))
        written = (line.text for line in lines if line.mark in (Mark.OPENED, Mark.MAIL))
        facts = (fact.value for ticket in found.values() for fact in ticket.fields.values())
        named = (words for ticket in found.values() for words in (ticket.subject, ticket.requester_name))
        return (*written, *facts, *named, *self._told(message))

    def _told(self, message: Message) -> tuple[str, ...]:
        """The subject of the letter that a mail answers, and the words in it that are somebody else's."""
        letter = self._answered(message)
        if letter is None:
            return ()
        sent = inbound.read(letter, received_at=self.now)
        return sent.subject, "\n".join(line[2:] for line in sent.text.splitlines() if line.startswith("> "))

    def unechoed(self, message: Message) -> Message:
        """The mail without what it repeats of the letter that it answers, marked or not: we kept that letter."""
        asked = len(message.new_text) >= echo.LEAST and not message.only_quoted
        letters = self._perhaps_answered(message) if asked else ()
        sent = (inbound.read(letter, received_at=self.now).text for letter in letters)
        new, hidden = max((echo.without(message.new_text, text) for text in sent), key=itemgetter(1), default=("", 0))
        if not hidden:
            return message
        if not new:
            return replace(message, only_quoted=True)
        return replace(message, new_text=new, quoted_lines=message.quoted_lines + hidden)

    def _perhaps_answered(self, message: Message) -> tuple[bytes, ...]:
        """The letter of ours that the mail answers. Where it names none that we know, as behind a gateway that gives mails other
        ids, it may be one of the latest to the desk about the ticket of its signed address."""
        answered = self._answered(message)
        if answered is not None:
            return (answered,)
        tokens = (self.keys.read(address, self.now) for address in message.addressed)
        about = next((token.about for token in tokens if token and token.about and token.scope in OF_STAFF), 0)
        found = map(self.tx.raw, self.tx.letters_inside(TicketId(about), LATEST)) if about else ()
        return tuple(self.kept(raw) for raw in found if raw is not None)

    def _answered(self, message: Message) -> bytes | None:
        """The letter of ours that the mail answers."""
        known = self.tx.refs(message.in_reply_to) if message.in_reply_to else {}
        ref = next((ref for ref in known.values() if ref.outbox is not None), None)
        raw = self.tx.raw(ref.outbox) if ref and ref.outbox is not None else None
        return None if raw is None else self.kept(raw)

    def _claims(self, message: Message) -> tuple[Claim, ...]:
        claims = []
        for address in message.addressed:
            token = self.keys.read(address, self.now)
            party = self.tx.party_by_id(token.party) if token else None
            if token is None or party is None or party.epoch % 256 != token.epoch:
                self._disbelieve(address, message)
                continue
            mail = token.about if token.scope is Scope.CONFIRM else 0
            ticket = self._meant(token, message) if token.about and not mail else None
            claims.append(Claim(scope=token.scope, ticket=ticket, who=_who(party.who), mail=mail))
        return tuple(claims)

    def _disbelieve(self, address: Address, message: Message) -> None:
        """A signed address that is forged, expired or revoked is none; the log alone tells, and not which it was."""
        if self.keys.bears_one(address) and self.config.settings.owns(address):
            warn("signed address not believed", id=message.message_id, sender=message.identity.address)

    def _meant(self, token: Token, message: Message) -> Ticket | None:
        """The ticket of a signed address. Where that was lost and nothing took its place yet, who works here means the ticket of
        the mails that he answers; others must take part in that by themselves."""
        found = self._ticket(token.about)
        if found is not None or token.scope not in OF_STAFF:
            return found
        return next((thread.ticket for thread in self._threads(message)), None)

    def _threads(self, message: Message) -> tuple[Thread, ...]:
        ids = tuple(dict.fromkeys((*message.in_reply_to, *reversed(message.references))))
        if not ids:
            return ()
        known = self.tx.refs(ids)
        return tuple(thread for thread in (self._thread(one, known.get(one)) for one in ids) if thread is not None)

    def _thread(self, message_id: MessageId, ref: Ref | None) -> Thread | None:
        signed = self.keys.read_id(message_id)
        ticket = self._ticket(ref.ticket) if ref and ref.ticket else self._ticket(signed) if signed else None
        if ticket is None:
            return None
        return Thread(
            ticket=ticket,
            signed=signed is not None,
            audience=ref.audience if ref else None,
            automatic=bool(ref and ref.automatic),
            sent_at=ref.at if ref else None,
        )

    def _named(self, subject: str) -> tuple[Ticket, ...]:
        tickets = (self.tx.by_number(number) for number in numbers_in(subject))
        return tuple(ticket for ticket in tickets if ticket is not None)

    def _sent(self, message: Message) -> Sent | None:
        """Our letter that a delivery report names: only an id that we really sent counts."""
        original = message.bounce.original_message_id if message.bounce else None
        ref = self.tx.refs((original,)).get(original) if original else None
        if ref is None or ref.outbox is None:
            return None
        letter = self.tx.letter(ref.outbox)
        ticket = self._ticket(ref.ticket) if ref.ticket else None
        return None if letter is None else Sent(kind=letter.kind, to=letter.to, ticket=ticket)

    def _own(self, message: Message) -> bool:
        return message.message_id is not None and self.keys.read_id(message.message_id) is not None

    def _ticket(self, key: int) -> Ticket | None:
        """The ticket that a letter of ours names, or what took its place when it was lost."""
        return self.tx.ticket(TicketId(key)) or self._found_again(key)

    def _found_again(self, key: int) -> Ticket | None:
        thread = self.thread_of(key)
        ref = self.tx.refs((thread,)).get(thread)
        return self.tx.ticket(ref.ticket) if ref and ref.ticket else None

    def thread_of(self, key: int) -> MessageId:
        """The id under which the letters of a ticket meet."""
        return self.keys.thread_id(key, self.config.settings.host)

    # -- for decide --------------------------------------------------------------------------------------------------

    def known(self, event: Event, ticket: Ticket | None, reopens: Ticket | None = None) -> Known:
        """Everything a rule may ask about this event."""
        return Known(
            policy=self.config.policy,
            people=self.people,
            load=Table(self.tx.load),
            surveyed_at=self.tx.surveyed_at(ticket.requester) if ticket and ticket.version else None,
            history=Lines(lambda: self._history(event, ticket) if ticket and ticket.version else ()),
            said=Lines(lambda: self._said(event)),
            own=self._own_tickets(event),
            shown=self._shown(event),
            reopens=reopens,
            languages=Table(lambda: self._languages(ticket) if ticket and ticket.version else {}),
            desk=self.config.settings.own,
            seen=self._seen(event),
            took=self.experience.took(self.tx, self.config.policy, self.now),
            outage=self.outage,
            held=self._held(event),
        )

    def _languages(self, ticket: Ticket) -> Mapping[Address, str]:
        return self.tx.languages((ticket.requester, *ticket.watchers))

    def _seen(self, event: Event) -> frozenset[Digest]:
        """The pictures of a mail that came with an earlier mail too."""
        if not isinstance(event, Opened | Wrote):
            return frozenset()
        return self.tx.seen(tuple(file.digest for file in event.message.attachments if file.inline))

    @property
    def people(self) -> People:
        """The directory, with what people said of their absences by mail in place of what the file says."""
        if self._people is None:
            said = self.tx.absences(self.now)
            everyone = self.config.people.everyone
            self._people = People(tuple(_absent(p, said.get(p.staff_id, ())) for p in everyone)) if said else self.config.people
        return self._people

    def forget(self) -> None:
        """Somebody's absence may have changed: look again next time."""
        self._people = None

    def _shown(self, event: Event) -> tuple[Shown, ...]:
        """The tickets that somebody of the desk wants to see: any that he names."""
        orders = event.orders if isinstance(event, Ordered) else ()
        said = " ".join(order.args.get("number", "") for order in orders)
        found = (self.tx.by_number(number) for number in numbers_in(said)[:MOST_SHOWN])
        return tuple(Shown(ticket=one, history=self._history(event, one)) for one in found if one is not None)

    def _held(self, event: Event) -> Mapping[int, HeldMail]:
        """The mails that orders let in or refuse, as far as they were ever held. One about which a colleague was asked is his to
        judge until his time is over."""
        orders = event.orders if isinstance(event, Ordered) else ()
        keys = {int(order.args["mail"]) for order in orders if order.verb in (Verb.ADMIT, Verb.REFUSE)}
        found = (self.tx.mail(InboxId(key)) for key in keys)
        return {row.id: self._judged(row) for row in found if isinstance(row, Illegible) or (row and _was_held(row))}

    def _judged(self, row: Inbox | Illegible) -> HeldMail:
        if isinstance(row, Illegible):
            warn("mail not read", inbox=row.id, trouble=row.why)
            return HeldMail(legible=False)
        return HeldMail(
            ticket=self._ticket(row.ticket) if row.ticket else None,
            person=row.person,
            denied=row.doubt is not None and bool(row.doubt.said),
            ends=row.doubt is not None and row.doubt.ends,
            admitted=row.admitted,
        )

    def _history(self, event: Event, ticket: Ticket) -> tuple[Progress, ...]:
        """What was written and done; all that happened where an order asks for it."""
        orders = event.orders if isinstance(event, Ordered) else ()
        return self._life(ticket) if any(order.verb in LIFE for order in orders) else self._deeds(ticket)

    def _said(self, event: Event) -> tuple[str, ...]:
        """What he told requesters, and what his mail program tells them of itself."""
        if not isinstance(event, Wrote | Ordered) or event.by is None:
            return ()
        words = event.message.new_text if event.message else ""
        return (*signatures.added(words), *self.tx.answers(event.by.staff_id, SAID))

    def _deeds(self, ticket: Ticket) -> tuple[Progress, ...]:
        """What was written and done last, behind how it began."""
        last = self.tx.history(ticket.id, limit=LONG, clock=False)
        if len(last) < LONG:
            return last
        began = self.tx.beginning(ticket.id, BEGINNING)
        return (*began, *last[len(began) :])

    def _life(self, ticket: Ticket) -> tuple[Progress, ...]:
        """The last of all lines, behind what was written and done before them."""
        last = self.tx.history(ticket.id, limit=LONG)
        if len(last) < LONG:
            return last
        deeds, late = self._deeds(ticket), sum(line.mark is not Mark.ALARM for line in last)
        if late == LONG:
            return deeds
        return (*deeds[: len(deeds) - late], *last)

    def _own_tickets(self, event: Event) -> tuple[Ticket, ...]:
        if not isinstance(event, Ordered) or all(order.verb is not Verb.LIST for order in event.orders):
            return ()
        everybody = not event.by.roles.isdisjoint({Role.LEAD, Role.MANAGER})
        return self.tx.first_due(None if everybody else event.by.staff_id, LISTED + 1)
