"""A mail as the rules look at it: with all that ties it to us, who it says it is from, and what he newly wrote."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from maildesk.core.answers import courteous, understood
from maildesk.core.event import Held, Outcome
from maildesk.core.known import Known
from maildesk.core.message import Address, Message, Proof, folded
from maildesk.core.orders import Parsed, parse
from maildesk.core.people import Person, StaffId
from maildesk.core.ticket import Feedback, Status, Ticket
from maildesk.core.triage.found import Claim, Found, Thread
from maildesk.core.trust import Scope, Suspicion, Trust
from maildesk.core.unseen import bare

REASONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "unsaid": ("收信的服务器没有说明发件人是谁。", "the receiving server does not say who sent it."),
        "stale": (
            "信上没有日期，或者和收到的时间差了三天以上，可能是旧信被人重发。要办的话，请另写一封。",
            "it has no date, or one more than three days away from its arrival: it may be an old mail sent again. "
            "Please write a new one.",
        ),
        "repeated": (
            "以前有一封信用过这个 Message-ID，或者日期和内容都一样，可能是旧信改头换面被人重发。要办的话，请另写一封。",
            "an earlier mail had its Message-ID, or its date and its words: it may be that mail sent again with another header. "
            "Please write a new one.",
        ),
        "no token": (
            "这封信没有寄到工单的回信地址，只能记备注和查询。请回复一封这张工单的信。",
            "it was not sent to the reply address of a ticket, so it may only note and ask. Please answer a letter about it.",
        ),
        "no order": ("没有看到指令", "there is no order in it"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A mail with everything that the rules look at. `engineer` is who it is from when he works here, not yet believed."""

    message: Message
    found: Found
    known: Known
    now: datetime
    sender: Address | None
    person: Person | None
    engineer: Person | None
    text: str
    parsed: Parsed

    @property
    def proof(self) -> Proof:
        """The host's word about the sender, or that of a person who knows better."""
        return Proof.PASS if self.found.vouched else self.message.authentication.proof

    @property
    def trust(self) -> Trust:
        """How far the sender is believed without any token."""
        return {Proof.PASS: Trust.PROVEN, Proof.NONE: Trust.PLAUSIBLE, Proof.FAIL: Trust.FAILED}[self.proof]

    @property
    def trusted(self) -> bool:
        """The second thing that acting needs, beside the signed address: the host's word, or his own confirmation.

        A mail about which he was asked needs his answer about this very mail: it may be what he was warned of.
        """
        opened = self.found.opened_until
        believed = self.proof is Proof.NONE and not self.found.asked and opened is not None and self.now < opened
        return self.proof is Proof.PASS or believed

    @property
    def ticket(self) -> Ticket | None:
        """The ticket with the strongest evidence."""
        tickets = (
            *(claim.ticket for claim in self.found.claims),
            *(thread.ticket for thread in threads_of(self.found)),
            *self.found.named,
        )
        return next((ticket for ticket in tickets if ticket is not None), None)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The signed addresses that lead into the desk."""
        return tuple(claim for claim in self.found.claims if claim.scope not in {Scope.BOUNCE, Scope.CONFIRM})

    @property
    def own_claims(self) -> tuple[Claim, ...]:
        return tuple(claim for claim in self.claims if self.is_sender(claim.who))

    @property
    def substantial(self) -> bool:
        """More than thanks, a greeting or a signature."""
        return not courteous(self.text) or any(not one.inline for one in self.message.attachments)

    def is_sender(self, who: StaffId | Address) -> bool:
        """Whether the mail is from this person, at any of his addresses."""
        if self.person is not None and who in {self.person.staff_id, *self.person.addresses}:
            return True
        return self.sender is not None and "@" in who and same(self.sender, who)

    @property
    def ends(self) -> bool:
        """Whether these are words by which a requester ends or rates his ticket, in a doubtful name. Where the ticket stands
        now does not count: it may be solved by the time that somebody lets the mail in."""
        said = understood(self.text, Status.RESOLVED) if self.engineer is None and self.proof is not Proof.PASS else None
        return said is not None and (said.feedback is Feedback.SOLVED or said.withdrawn or said.rating is not None)

    def stranger(self, owner: StaffId | Address) -> Suspicion:
        """Why somebody is not let in by an address of ours: it is another's, or its owner works here no more."""
        person = None if "@" in owner else self.known.people.get(StaffId(owner))
        return Suspicion.OTHER if "@" in owner or (person is not None and person.works) else Suspicion.LEFT

    def takes_part(self, ticket: Ticket) -> bool:
        """Whether the sender is the requester or a watcher."""
        return any(address and self.is_sender(address) for address in ticket.participants)

    def says(self, name: str) -> str:
        """A reason for the engineer, in his language."""
        language = (self.engineer.language if self.engineer else None) or self.known.policy.language
        return REASONS[name][0 if language == "zh" else 1]


Decided = tuple[Outcome, Ticket | None, str] | None
"""What a rule answers: the outcome, its ticket, the evidence; None when the mail is not its business."""


def hold(case: Case, why: Suspicion, ticket: Ticket | None, evidence: str) -> Decided:
    """Until a person has looked at it. One for which somebody vouches is never held again: the rules go on."""
    if case.found.vouched:
        return None
    by = None if case.proof is Proof.PASS else case.engineer
    held = Held(message=case.message, why=why, mail=case.found.mail, by=by, said=case.found.said, ends=case.ends)
    return held, ticket, evidence


def case_of(message: Message, found: Found, known: Known, now: datetime) -> Case:
    """The mail with what was found of it, its sender looked up and its orders read."""
    person = known.people.at(message.identity.address)
    engineer = person if person is not None and person.works else None
    text = "" if engineer and _empty_answer(message) else newly_written(message)
    return Case(
        message=message,
        found=found,
        known=known,
        now=now,
        sender=message.identity.address,
        person=person,
        engineer=engineer,
        text=text,
        parsed=_orders_of(engineer, message, text, found, known) if engineer else Parsed(rest=text),
    )


def _orders_of(engineer: Person, message: Message, text: str, found: Found, known: Known) -> Parsed:
    shown = message.sender.name if message.sender else None
    return parse(
        text,
        known.language_of(engineer),
        heard=found.heard,
        unseen=message.unseen,
        signature="" if message.only_quoted else message.signature,
        names=(engineer.name, shown or "", *(address.partition("@")[0] for address in engineer.addresses)),
    )


def _empty_answer(message: Message) -> bool:
    """A reply sent off with nothing written in it: what it quotes may be of inside, and orders in it are not his."""
    return message.only_quoted and message.forwarded is None


OLD = re.compile(r"^[>\s]*##- .*", re.MULTILINE | re.DOTALL)
"""Our letters begin with a line like this; what stands below it is no news, even where a mail shows nothing else."""


PICKED = re.compile(r"^[ \t]{0,3}[>＞].*(?:\n|\Z)", re.MULTILINE)
"""A line that the sender left standing above his answer to it."""


def newly_written(message: Message) -> str:
    """What the sender newly wrote: nothing of our letter, no line he answers, and nothing of a mail that he only passes on."""
    text = bare(OLD.sub("", message.new_text)).strip()
    text = text if message.only_quoted else PICKED.sub("", text).strip()
    forwarded = message.forwarded.text.strip()[:60] if message.forwarded else ""
    return text.partition(forwarded)[0].strip() if forwarded and text != forwarded and forwarded in text else text


def same(one: str, other: str) -> bool:
    return folded(one) == folded(other)


def threads_of(found: Found) -> tuple[Thread, ...]:
    """The answered mails, ours first."""
    return tuple(sorted(found.threads, key=lambda thread: not thread.signed))
