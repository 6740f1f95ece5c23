"""Writing down what was decided: the ticket, its progress and its letters, all in the transaction that decided them."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from maildesk import faults
from maildesk.core import limits
from maildesk.core.call import Call
from maildesk.core.decide import decide
from maildesk.core.decision import Decision, Judgement
from maildesk.core.event import Event, Undelivered
from maildesk.core.letter import Audience, Letter, LetterKind
from maildesk.core.message import Digest, MessageId
from maildesk.core.peace import Outage, goes_at
from maildesk.core.ticket import Ticket
from maildesk.desk.again import Again
from maildesk.desk.gather import Gatherer, party_name
from maildesk.desk.limiting import Limiting
from maildesk.log import say, warn
from maildesk.mail.bundle import Item
from maildesk.mail.letterhead import personal
from maildesk.mail.letters import House, Party, Written
from maildesk.store import Busy, Files, InboxId, OutboxId, Tx

Nonce = Callable[[str], str]
"""What makes the Message-ID of a letter unlike any other, for words that say which letter it is."""


def random_nonce(_: str) -> str:
    """One that nobody can foretell."""
    return secrets.token_hex(5)


class Pen(Protocol):
    """What makes letters (see `mail.letters.Letters`)."""

    def write(
        self,
        letter: Letter,
        *,
        ticket: Ticket | None,
        party: Party,
        nonce: str,
        now: datetime,
        references: tuple[MessageId, ...] = (),
        files: Callable[[Digest], bytes] = ...,
        outage: Outage | None = None,
    ) -> Written: ...

    def bundle(
        self, items: tuple[Item, ...], *, party: Party, nonce: str, now: datetime, outage: Outage | None = None
    ) -> Written: ...

    def kept(self, raw: bytes) -> bytes:
        """A letter by the bytes that were put into the store."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Saver:
    """Applies Decisions in one transaction. `again`: they are about mails that a lost desk had taken in before."""

    tx: Tx
    gatherer: Gatherer
    letters: Pen
    files: Files
    house: House
    nonce: Nonce
    again: Again | None = None

    @property
    def now(self) -> datetime:
        return self.gatherer.now

    @property
    def limiting(self) -> Limiting:
        return Limiting(self.tx, self.gatherer.config.policy, self.now, self.alarm)

    def apply(self, event: Event, ticket: Ticket | None, reopens: Ticket | None = None) -> Ticket | None:
        """Gather, decide, apply: the one way in which a ticket changes. The ticket as it is now."""
        if isinstance(event, Undelivered):
            self._count(event)
        return self.saved(self.decided(event, ticket, reopens), ticket)

    def decided(self, event: Event, ticket: Ticket | None, reopens: Ticket | None = None) -> tuple[Decision, ...]:
        """What follows from an event, not yet saved."""
        known = self.gatherer.known(event, ticket, reopens)
        return decide((ticket,) if ticket else (), event, known, self.now)

    def saved(self, decisions: Iterable[Decision], ticket: Ticket | None) -> Ticket | None:
        """All of it saved; the ticket as it is now."""
        saved = [self.save(decision) for decision in decisions]
        return next((one for one in saved if one is not None), ticket)

    def _count(self, lost: Undelivered) -> None:
        """An address that is dead is written to no more. Who works on tickets is always tried: he must not go deaf."""
        person = self.gatherer.people.at(lost.to)
        if lost.dead and (person is None or not person.works):
            self.tx.refused_us(lost.to, lost.diagnostic, self.now)

    def save(self, decision: Decision) -> Ticket | None:
        """One Decision, whole. Its letters that go to the requester now are rendered here; the others when they are due."""
        ticket = self.tx.save(decision.ticket) if decision.ticket else None
        if ticket and self.tx.append(ticket.id, *decision.progress) < len(decision.progress):
            warn("progress repeated", number=ticket.number)
        if ticket:
            self.tx.measure(ticket.id, decision.settled)
        for key in (line.key for line in decision.progress if line.key):
            say("alarm", number=ticket.number if ticket else None, key=key)
        for letter in decision.letters:
            self.promise(letter, ticket)
        for call in decision.calls:
            self._promise_call(call, ticket)
        for person, said in decision.absences.items():
            self.tx.say_absent(person, said, self.now)
        if decision.absences:
            self.gatherer.forget()
        for judgement in decision.judgements:
            self._judge(judgement)
        faults.point("decided")
        return ticket

    def _judge(self, judged: Judgement) -> None:
        """A held mail is taken in again, or filed; raises Busy when somebody else decided at the same moment."""
        key = InboxId(judged.mail)
        if not (self.tx.admit(key, judged.why) if judged.admitted else self.tx.refuse(key, judged.why)):
            raise Busy(f"mail {key} was judged by somebody else at the same moment", "look at it again and decide anew")
        if judged.ticket is not None:
            self.tx.append(judged.ticket, judged.line)
        say("mail judged", inbox=key, admitted=judged.admitted, by=judged.line.author)

    def _promise_call(self, call: Call, ticket: Ticket | None) -> None:
        assert ticket is not None, "a call is always about a ticket"
        self.tx.promise_call(call, ticket.id, self.now)
        faults.point("call-promised")

    def promise(self, letter: Letter, ticket: Ticket | None) -> None:
        """Put a letter into the outbox: as bytes when it goes to a requester now, as a value when it may still be merged, become
        outdated before his hours begin, or a limit holds it back."""
        if self.again is not None:
            repeated = self.again.letter(letter)
            if repeated is None:
                return
            letter = repeated
        free_at = self.limiting.free_at(letter)
        if free_at > self.now and limits.merges(letter):
            letter = replace(letter, bundle_for=letter.person)
        at_once = letter.audience is Audience.REQUESTER and max(free_at, letter.ready_at(self.now)) <= self.now
        written = self.write(letter, ticket) if at_once else None
        key = self.tx.promise(letter, ticket.id if ticket else None, self.now, written, at=self._goes_at(letter, free_at))
        if key is not None and written is not None:
            self.refer(letter.audience, letter, ticket, key, written)
            self.limiting.count(letter)

    def _goes_at(self, letter: Letter, free_at: datetime) -> datetime:
        """Its own time, or that at which it comes together with others for the same person."""
        ready, person = max(letter.ready_at(self.now), free_at), letter.bundle_for
        if person is None or not letter.patience:
            return ready
        at = goes_at(ready, letter.patience, self.tx.window(person), self.gatherer.config.policy.peace.window)
        return at if at > ready and self._more_by(at) else ready

    def _more_by(self, moment: datetime) -> bool:
        """Whether the clock will speak again by then: else nothing can come for which a letter would wait."""
        soonest = self.tx.next_wake()
        return soonest is not None and soonest <= moment

    def write(self, letter: Letter, ticket: Ticket | None, outage: Outage | None = None) -> Written:
        """The bytes of a letter, fixed for ever from here on. A broken template is reported and the plain letter goes out."""
        party = self.tx.party(party_name(letter.to, letter.person), letter.language)
        audience = Audience.REQUESTER if letter.audience is Audience.REQUESTER else None
        written = self.letters.write(
            letter,
            ticket=ticket,
            party=Party(number=party.id, epoch=party.epoch),
            nonce=self._nonce(letter, ticket),
            now=self.now,
            references=self.tx.thread(ticket.id, audience, 10) if ticket and not (audience and ticket.version == 1) else (),
            files=self.files.get,
            outage=outage,
        )
        self.report(written)
        return written

    def bundle(self, items: tuple[Item, ...], outage: Outage | None = None) -> Written:
        """Several letters for one person as one."""
        first = items[0][0]
        party = self.tx.party(party_name(first.to, first.person))
        written = self.letters.bundle(
            items, party=Party(number=party.id, epoch=party.epoch), nonce=self._nonce(*items[0]), now=self.now, outage=outage
        )
        self.report(written)
        return written

    def _nonce(self, letter: Letter, ticket: Ticket | None) -> str:
        return self.nonce(f"{letter.kind} {letter.to} {ticket.id if ticket else 0} {self.now.isoformat()}")

    def report(self, written: Written) -> None:
        """Tell the operator of a template that could not be used."""
        if written.fault:
            warn("template broken", fault=written.fault)
            self.alarm("template", written.fault, "maildesk check")

    def refer(self, audience: Audience, letter: Letter, ticket: Ticket | None, outbox: OutboxId, written: Written) -> None:
        """Remember the letter's id, and who reads an answer to it, so that an answer finds its way."""
        automatic = not personal(letter)
        self.tx.refer(written.message_id, ticket.id if ticket else None, audience, outbox, automatic, self.now)

    def alarm(self, what: str, detail: str, remedy: str) -> None:
        """A letter to the operator: once an hour for the same thing, however often it happens."""
        letter = Letter(
            kind=LetterKind.ALARM,
            to=self.gatherer.config.settings.operator,
            language=self.house.language,
            facts={"what": what, "detail": detail[:2000], "remedy": remedy},
            key=f"alarm:{what}:{self.now:%Y-%m-%dT%H}",
        )
        self.promise(letter, None)
