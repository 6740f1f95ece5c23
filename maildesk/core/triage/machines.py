"""Rules for mail that no person wrote: our own, what came back, other machines. None of it moves a ticket."""

import re
from datetime import timedelta

from maildesk.core.event import Ignored, Noted, Opened, Undelivered
from maildesk.core.message import Address, Bounce, FailedRecipient, Kind, Proof
from maildesk.core.policy import Machine
from maildesk.core.ticket import NOBODY, Ticket
from maildesk.core.triage.case import Case, Decided, hold, same, threads_of
from maildesk.core.triage.found import Sent
from maildesk.core.trust import Scope, Suspicion, Trust

SECONDS = timedelta(seconds=120)
"""An answer to a letter of a machine of ours within this time may be a machine's own."""

ANY_LETTER = ""
"""The kind of a letter of which only the way back is known."""

_WEAK = re.compile(
    r"out\s+of\s+(?:the\s+)?office|auto(?:matic|mated)?[- ]?(?:reply|response|answer|generated)"
    r"|\b(?:am|be|are|is|currently)\s+(?:away|absent|on\s+(?:\w+\s+)?(?:leave|vacation|holiday))|\bmy\s+absence"
    r"|do\s+not\s+reply|自动(?:回复|答复|应答)|不在(?:办公室|公司|单位|岗|にして|のため)|休假(?:中|期间)|请勿回复"
    r"|(?:正在|在|将)休假(?!系统|申请|单|审批|流程)|[此本这是为]系统邮件|abwesen|\b(?:mon|d['’])\s*absence|ausencia|assenza",
    re.IGNORECASE,
)
"""Words of a machine, and not those of somebody whose holiday form or printer ("不在线") does not work."""

_NO_PERSON = re.compile(
    r"(?<![a-z])(?:no-?_?reply|do-?not-?reply|mailer|daemon|postmaster|notifications?|alerts?|robot|bot)(?![a-z])", re.IGNORECASE
)
"""Such a word in the part before the @, standing by itself: Abbott is a person."""


def own(case: Case) -> Decided:
    """A letter of ours, back by some detour."""
    if case.found.own or case.message.verdict.kind is Kind.OWN:
        return Ignored(rule="our own mail"), None, "a Message-ID or an address of ours"
    return None


def bounced(case: Case) -> Decided:
    """A delivery report counts only when it proves that it speaks of a letter that we sent.

    A Message-ID of ours proves it, but all who got a letter of that thread know some: whether the address is dead takes more.
    """
    bounce = case.message.bounce
    if bounce is None or case.message.verdict.kind is not Kind.BOUNCE:
        return None
    returned = _returned(case)
    sent = case.found.sent or returned
    if sent is None or sent.ticket is None:
        return Ignored(rule="a report about no letter of ours"), None, case.message.verdict.rule
    failed = _about(bounce, sent)
    event = Undelivered(
        letter=sent.kind,
        to=sent.to,
        permanent=any(one.permanent for one in failed),
        diagnostic="; ".join(dict.fromkeys(one.diagnostic or one.status or one.action for one in failed)),
        sure=returned is not None and same(returned.to, sent.to),
    )
    return event, sent.ticket, "our Message-ID in the report" if case.found.sent else "the signed address for returns"


def _returned(case: Case) -> Sent | None:
    """The letter by the address to which it came back; its kind is not known."""
    claim = next((one for one in case.found.claims if one.scope is Scope.BOUNCE and one.ticket), None)
    if claim is None:
        return None
    person = next((one for one in case.known.people.everyone if one.staff_id == claim.who), None)
    return Sent(kind=ANY_LETTER, to=person.address if person else Address(claim.who), ticket=claim.ticket)


def _about(bounce: Bounce, sent: Sent) -> tuple[FailedRecipient, ...]:
    """The recipients of the report that are ours; all of them where a forwarding changed the address."""
    failed = tuple(one for one in bounce.recipients if one.action != "delivered")
    return tuple(one for one in failed if same(one.address, sent.to)) or failed


def accepted(case: Case) -> Decided:
    """A machine that the policy lets open tickets. It gets no letter, ever; so the ticket has no requester."""
    machine = _accepted(case)
    if machine is None or case.ticket is not None or case.proof is Proof.FAIL:
        return None
    opened = Opened(message=case.message, requester=NOBODY, trust=Trust.PLAUSIBLE, quiet=True)
    return opened, None, f"accept_machines: {machine.sender or machine.header}"


def _accepted(case: Case) -> Machine | None:
    return next((one for one in case.known.policy.accept_machines if _is(case, one)), None)


def _is(case: Case, machine: Machine) -> bool:
    if machine.sender:
        return case.sender is not None and same(case.sender, machine.sender)
    return machine.contains.casefold() in case.message.headers.get(machine.header.casefold(), "").casefold()


def machine(case: Case) -> Decided:
    """Any other machine: filed with its ticket, or nowhere. What a server calls spam may be a person; somebody looks."""
    verdict = case.message.verdict
    if verdict.kind is Kind.PERSON:
        return None
    ticket = _let_in(case)
    if ticket is None:
        return Ignored(rule=verdict.kind), None, verdict.rule
    if verdict.kind is Kind.SPAM:
        return hold(case, Suspicion.SPAM, ticket, verdict.rule)
    return Noted(message=case.message), ticket, verdict.rule


def _let_in(case: Case) -> Ticket | None:
    """The ticket with which a machine's mail is filed: that of the signed address to which it came, or one that it names and in
    which its sender has part. A line in the record of somebody else's ticket is nothing that a number is good for."""
    claimed = next((claim.ticket for claim in case.claims if claim.ticket is not None), None)
    if claimed is not None or case.proof is Proof.FAIL:
        return claimed
    named = (*(thread.ticket for thread in threads_of(case.found)), *case.found.named)
    return next((ticket for ticket in named if _has_part(case, ticket)), None)


def _has_part(case: Case, ticket: Ticket) -> bool:
    """Whether the sender is the requester, a watcher, who works on it, or a machine that the policy lets open tickets."""
    works = ticket.engineer is not None and case.is_sender(ticket.engineer)
    return works or case.takes_part(ticket) or _accepted(case) is not None


def hasty(case: Case) -> Decided:
    """An answer to a letter that no person wrote, within seconds, that looks a little like a machine's."""
    answered = next((one for one in threads_of(case.found) if one.automatic and one.sent_at is not None), None)
    if answered is None or answered.sent_at is None or case.message.received_at - answered.sent_at > SECONDS:
        return None
    name = (case.sender or "").rpartition("@")[0]
    if not _WEAK.search(case.message.subject) and not _WEAK.search(case.text[:400]) and not _NO_PERSON.search(name):
        return None
    return Noted(message=case.message), answered.ticket, "within two minutes of our automatic letter"
