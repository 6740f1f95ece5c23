"""What becomes of one mail that was read: looked up, judged, decided and settled, in the transaction of its batch.

A mail ends as done, failed or a duplicate: the copy of another, of which no more would become than became of that one already.
Of a list's copy nothing becomes, of one that the host does not believe little; a better one that follows is worked in its place,
in the ticket that the first one opened, and nobody is asked about the first one any more.

Two states wait for a person, and the mail's copies stay where they were found until he has spoken: `awaiting` for the engineer
who was asked whether it is his, `held` for anybody of the desk. When he speaks, or is silent for too long, the mail is taken in
once more from the beginning, with what he said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from maildesk import faults
from maildesk.core.decide.held import reason
from maildesk.core.decide.limited import muted
from maildesk.core.event import Answered, Confirmed, Confirming, Held, Ignored, Opened, Outcome, Ticked, Wrote
from maildesk.core.letter import Letter, LetterKind, instant
from maildesk.core.message import Address, Kind, Message, MessageId, Proof
from maildesk.core.ticket import NOBODY, UNSAVED, Number, Ticket, TicketId
from maildesk.core.triage import Triaged, triage
from maildesk.core.trust import Scope, Trust
from maildesk.desk.flooding import Flooding
from maildesk.desk.gather import STAFF, Gatherer
from maildesk.desk.saving import Saver
from maildesk.log import say, warn
from maildesk.mail import inbound
from maildesk.mail.tokens import LIFE
from maildesk.store import Inbox, InboxId, Twin, Tx

SHOWN = 20_000
"""So many characters of a mail are shown when it must be confirmed."""


class Marks(NamedTuple):
    """What a mail is known by when it comes again: its id and what it says (K3); by `said` those of people who work here, under
    whatever id."""

    message_id: MessageId | None
    semantic: str
    said: str | None


@dataclass(frozen=True, slots=True)
class Taking:
    """Takes mails in, in one transaction."""

    saver: Saver

    @property
    def tx(self) -> Tx:
        return self.saver.tx

    @property
    def gatherer(self) -> Gatherer:
        return self.saver.gatherer

    @property
    def flooding(self) -> Flooding:
        return Flooding(self.saver)

    def settle(self, row: Inbox, message: Message, *, parked: bool) -> None:
        """All effects of a mail. One that is `parked` becomes a ticket as it is: it could not be taken in otherwise."""
        marks = self._marks(message)
        twins = self.tx.twins(marks.message_id, marks.semantic) if marks.message_id else ()
        message = self._compared(message, marks)
        triaged = _parked(row, message) if parked else self._triaged(row, message, marks)
        if twins and triaged.standing <= twins[0].standing:
            self._is_duplicate(row, marks)
            return
        for twin in twins:
            self.tx.supersede(twin.id)
        collected = self.flooding.collected(triaged)
        ticket = self._work(row, message, collected, twins)
        self.tx.settle(
            row.id,
            **({"state": "failed", "folder": "failed", "reason": row.reason} if parked else self._end(row, collected.outcome)),
            epoch=row.epoch,
            **marks._asdict(),
            verdict=message.verdict.kind,
            outcome=f"{_name(collected.outcome)}: {collected.rule}",
            ticket=ticket.id if ticket else None,
            standing=triaged.standing,
        )
        _tell(row, message, collected, ticket)

    def _is_duplicate(self, row: Inbox, marks: Marks) -> None:
        self.tx.settle(
            row.id,
            "duplicate",
            epoch=row.epoch,
            folder="processed",
            message_id=marks.message_id,
            semantic=marks.semantic,
        )
        say("mail in", inbox=row.id, id=marks.message_id, outcome="duplicate")

    def _marks(self, message: Message) -> Marks:
        person = self.gatherer.people.at(message.identity.address)
        said = inbound.said(message) if person is not None and person.works else None
        return Marks(message.message_id, inbound.semantic(message), said)

    def _compared(self, message: Message, marks: Marks) -> Message:
        """The mail without what it repeats of ours, and marked where its id was another's."""
        repeated = marks.message_id is not None and self.tx.used_id(marks.message_id, marks.semantic)
        return self.gatherer.unechoed(replace(message, repeated=repeated))

    def _work(self, row: Inbox, message: Message, triaged: Triaged, twins: Sequence[Twin]) -> Ticket | None:
        """Everything that follows from a mail but its own end; the ticket concerned."""
        machine = self._answering_machine(message)
        ticket = self._act(row, triaged, twins)
        if ticket and machine:
            self.saver.save(muted(ticket, machine, self.gatherer.known(Ticked(), ticket), self.gatherer.now))
        self._learn(message, triaged.outcome, ticket)
        self._find_again(message, ticket)
        return ticket

    def _answering_machine(self, message: Message) -> Address | None:
        """The sender, if by this mail he turns out to answer our letters as only a machine does."""
        sender = message.identity.address
        forged = message.authentication.proof is Proof.FAIL
        return sender if sender and not forged and self.saver.limiting.answered(sender, message.received_at) else None

    def _triaged(self, row: Inbox, message: Message, marks: Marks) -> Triaged:
        gatherer = self.gatherer
        keys = {marks.said, inbound.said(message, dated=False)} if marks.said else ()
        again = any(key and self.tx.said_before(key, marks.message_id, marks.semantic) for key in keys)
        return triage(message, replace(gatherer.found(message, row), again=again), gatherer.known(Ticked(), None), gatherer.now)

    def _act(self, row: Inbox, triaged: Triaged, twins: Sequence[Twin]) -> Ticket | None:
        """Do what triage made of a mail; the ticket concerned."""
        match triaged.outcome:
            case Ignored():
                return None
            case Confirming() as confirming:
                self._ask(row, confirming)
                return triaged.ticket
            case Confirmed() as confirmed:
                self._confirmed(confirmed)
                return None
            case Opened() as opened:
                ticket = self._open(self._opened_before(row, twins), opened, triaged.ticket)
                if ticket:
                    self.flooding.opened(opened, ticket)
                return ticket
            case event:
                return self.saver.apply(event, triaged.ticket)

    def _learn(self, message: Message, outcome: Outcome, ticket: Ticket | None) -> None:
        """The thread of the mail, unless nobody knows where it belongs; and that its sender's address is alive."""
        if message.message_id and not isinstance(outcome, Held | Confirming | Ignored):
            machine, inside = message.verdict.kind is not Kind.PERSON, not _from_outside(outcome)
            where = ticket.id if ticket else None
            self.tx.refer(message.message_id, where, None, None, machine, self.gatherer.now, inside=inside)
        if message.identity.address and (message.authentication.proof is Proof.PASS or _heard(outcome)):
            self.tx.lift(message.identity.address)

    def _find_again(self, message: Message, ticket: Ticket | None) -> None:
        """The lost tickets that this mail had are this one from now on."""
        lost = self.saver.again.lost.get(message.message_id, ()) if self.saver.again and message.message_id else ()
        for key in lost:
            if ticket is not None and self.tx.ticket(TicketId(key)) is None:
                self.tx.refer(self.gatherer.thread_of(key), ticket.id, None, None, False, self.gatherer.now)

    def _end(self, row: Inbox, outcome: Outcome) -> dict[str, Any]:
        """The state that a mail ends in, or for whom it waits, and where its copies belong."""
        match outcome:
            case Confirming(by=by):
                return {"state": "awaiting", "person": by.staff_id, "waits_until": self.gatherer.now + LIFE[Scope.CONFIRM]}
            case Held(by=by):
                why, person = reason(outcome.doubt, self.saver.house.language), by.staff_id if by else None
                return {"state": "held", "person": person, "reason": why, "held_at": self.gatherer.now, "doubt": outcome.doubt}
            case Ignored():
                return {"state": "done", "folder": "ignored"}
            case _:
                return {"state": "done", "folder": "processed", "reason": row.reason if row.vouched else ""}

    # -- tickets -----------------------------------------------------------------------------------------------------

    def _opened_before(self, row: Inbox, twins: Sequence[Twin]) -> Ticket | None:
        """The ticket that was made for this mail when it could not be taken in, or for a copy that was not believed."""
        candidates: tuple[Inbox | Twin, ...] = (row, *twins)
        for mail in candidates:
            ticket = self.tx.ticket(mail.ticket) if mail.ticket else None
            if ticket is not None and ticket.raw == mail.digest:
                return ticket
        return None

    def _open(self, before: Ticket | None, opened: Opened, reopens: Ticket | None) -> Ticket | None:
        """A new ticket, or the one that there is for this mail.

        That one is filled from the beginning while nobody has touched it. Else nothing of the work is lost: the mail is added,
        as it would be to any ticket.
        """
        if before is None:
            return self.saver.apply(opened, self._blank(opened.message), reopens)
        if before.untouched:
            blank = Ticket(id=before.id, number=before.number, version=before.version, opened_at=before.opened_at)
            return self.saver.apply(opened, blank, reopens)
        if before.requester == NOBODY:
            before = replace(before, requester=opened.requester)
        wrote = Wrote(message=opened.message, author=opened.requester, verified=opened.trust is not Trust.FAILED)
        return self.saver.apply(wrote, before)

    def _blank(self, message: Message) -> Ticket:
        """A ticket that is nothing yet but its number."""
        now = self.gatherer.now
        minted = self._former(message) or self.tx.mint(now.astimezone(self.saver.house.zone).date())
        faults.point("number-minted")
        return Ticket(id=UNSAVED, number=minted, opened_at=now)

    def _former(self, message: Message) -> Number | None:
        """The number that this mail's ticket had before it was lost, as long as no other has it."""
        known = self.saver.again.numbers.get(message.message_id) if self.saver.again and message.message_id else None
        return known if known and self.tx.by_number(known, follow_merges=False) is None else None

    # -- confirmations -----------------------------------------------------------------------------------------------

    def _ask(self, row: Inbox, confirming: Confirming) -> None:
        """One letter to the engineer's stored address; its answer is about this mail and no other."""
        person, text = confirming.by, confirming.text
        letter = Letter(
            kind=LetterKind.CONFIRM,
            to=person.address,
            language=person.language or self.saver.house.language,
            person=person.staff_id,
            name=person.name,
            facts={
                "why": confirming.why,
                "deed": confirming.deed,
                "whom": confirming.whom,
                "number": confirming.number,
                "text": text[:SHOWN],
                "rest": max(0, len(text) - SHOWN),
                "files": [[file.filename, file.size, False] for file in confirming.files],
                "until": instant(self.gatherer.now + LIFE[Scope.CONFIRM]),
                "mail": row.id,
            },
        )
        self.saver.promise(letter, None)

    def _confirmed(self, confirmed: Confirmed) -> None:
        """The mail in question is taken in again with the answer. After a yes the hours begin for what comes from now on.

        An answer that comes again finds no mail that waits, and begins no hours.
        """
        staff_id = confirmed.by.staff_id
        if not self.tx.answered(InboxId(confirmed.mail), staff_id, yes=confirmed.yes, said=confirmed.said):
            warn("confirmation of a mail that does not wait", inbox=confirmed.mail, person=staff_id, yes=confirmed.yes)
        elif confirmed.yes:
            self.tx.open_party(f"{STAFF}{staff_id}", self.gatherer.now + self.gatherer.config.policy.opening)


def recognised_by(message: Message) -> tuple[str, ...]:
    """What a copy of this mail, or the same mail sent again, has in common with it."""
    names = (message.message_id, inbound.said(message), inbound.said(message, dated=False))
    return tuple(name for name in names if name is not None)


def _parked(row: Inbox, message: Message) -> Triaged:
    """Three strikes: a ticket that nobody acknowledges, with the raw mail, so that a person sees it."""
    return Triaged(
        outcome=Opened(message=message, requester=NOBODY, trust=Trust.PLAUSIBLE, quiet=True),
        ticket=None,
        evidence=f"{row.strikes} attempts failed: {row.reason or 'the desk was killed each time'}",
        rule="three strikes",
    )


def _heard(outcome: Outcome) -> bool:
    """Whether the mail came by a way that only a participant knows."""
    return isinstance(outcome, Answered) or (isinstance(outcome, Wrote) and outcome.verified)


def _from_outside(outcome: Outcome) -> bool:
    """Whether the requester knows this mail, because he wrote it: only then may its Message-ID appear in letters to him."""
    return isinstance(outcome, Opened | Answered) or (isinstance(outcome, Wrote) and outcome.by is None)


def _name(outcome: Outcome) -> str:
    return type(outcome).__name__.lower()


def _tell(row: Inbox, message: Message, triaged: Triaged, ticket: Ticket | None) -> None:
    say(
        "mail in",
        inbox=row.id,
        id=message.message_id,
        number=ticket.number if ticket else None,
        outcome=_name(triaged.outcome),
        rule=triaged.rule,
        evidence=triaged.evidence,
        id_used_before=message.repeated or None,
    )
