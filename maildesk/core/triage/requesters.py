"""Rules for mail of those who ask us: into their ticket, held, or a new matter."""

from datetime import datetime

from maildesk.core.answers import Answer, understood
from maildesk.core.event import Answered, Noted, Opened, Wrote
from maildesk.core.message import Proof
from maildesk.core.policy import Policy
from maildesk.core.ticket import NOBODY, TURNS, Feedback, Number, Status, Ticket, Turn
from maildesk.core.triage.case import Case, Decided, hold, threads_of
from maildesk.core.trust import Scope, Suspicion

FROM_OUTSIDE = frozenset({Scope.CUSTOMER, Scope.SURVEY})
STORED = "a Message-ID of the thread"


def borrowed(case: Case) -> Decided:
    """A signed address that was given to somebody else: whoever writes there does not get in by it."""
    claim = next((one for one in case.claims if one.ticket is not None), None)
    if claim is None or claim.ticket is None or case.own_claims:
        return None
    if case.proof is Proof.PASS and claim.scope in FROM_OUTSIDE and case.takes_part(claim.ticket):
        return into(case, claim.ticket, "the signed address of another participant")
    if case.found.vouched and claim.scope in FROM_OUTSIDE and case.engineer is None:
        wrote = Wrote(message=case.message, author=case.sender or NOBODY)
        return wrote, claim.ticket, "somebody of the desk let him into this ticket"
    failed = Suspicion.FAILED if case.proof is Proof.FAIL else case.stranger(claim.who)
    why = Suspicion.NOBODY if case.sender is None else failed
    return hold(case, why, claim.ticket, "a signed address that was given to somebody else")


def signed(case: Case) -> Decided:
    """A mail to the signed address that its sender got from us."""
    claim = next((one for one in case.own_claims if one.scope in FROM_OUTSIDE and one.ticket is not None), None)
    if claim is None or claim.ticket is None:
        return None
    return _unless_failed(case, claim.ticket, "his signed address")


def threaded(case: Case) -> Decided:
    """An answer to a mail of the thread, from somebody who takes part. The id of a mail of his own stood in no letter of ours:
    all to whom he sent it know it, so that it proves no more than the number."""
    thread = next((one for one in threads_of(case.found) if case.takes_part(one.ticket)), None)
    if thread is None:
        return None
    if thread.signed or case.proof is Proof.FAIL:
        return _unless_failed(case, thread.ticket, "our signed Message-ID" if thread.signed else STORED)
    return into(case, thread.ticket, STORED, verified=case.proof is Proof.PASS)


def numbered(case: Case) -> Decided:
    """A number in the subject. It is no secret, so it takes the host's word to be more than a remark."""
    ticket = next((one for one in case.found.named if case.takes_part(one)), None)
    if ticket is None or case.proof is Proof.FAIL:
        return None
    return into(case, ticket, "the number in the subject", verified=case.proof is Proof.PASS)


def new(case: Case) -> Decided:
    """Everything else opens a ticket, whoever it is from. What it mentions is linked where only we see it."""
    linked = _named(case)
    if len(linked) > 1 and case.proof is Proof.FAIL:
        return hold(case, Suspicion.FAILED, case.ticket, "it names more than one ticket")
    opened = Opened(
        message=case.message,
        requester=case.sender or NOBODY,
        trust=case.trust,
        linked=linked,
        quiet=case.sender is None,
    )
    return opened, None, "nothing ties it to a ticket that he may write to"


def _named(case: Case) -> tuple[Number, ...]:
    """All tickets to which anything ties the mail."""
    claimed = (one.ticket for one in case.claims if one.ticket is not None)
    tickets = (*claimed, *(one.ticket for one in threads_of(case.found)), *case.found.named)
    return tuple(dict.fromkeys(ticket.number for ticket in tickets))


def _others(case: Case, ticket: Ticket) -> tuple[Number, ...]:
    """Those that the mail names beside the one that it goes into."""
    return tuple(number for number in _named(case) if number != ticket.number)


def _unless_failed(case: Case, ticket: Ticket, evidence: str) -> Decided:
    if case.proof is Proof.FAIL:
        return hold(case, Suspicion.FAILED, ticket, evidence)
    return into(case, ticket, evidence)


def into(case: Case, ticket: Ticket, evidence: str, *, verified: bool = True) -> Decided:
    """A participant's mail into his ticket: an answer to us, words of his own, or a new matter when the ticket is long over."""
    author = case.sender or NOBODY
    said = understood(case.text, ticket.status) if verified else None
    if said is not None and not _may_say(case, ticket, said):
        return Noted(message=case.message), ticket, f"{evidence}; only the requester may say so"
    if verified and _asks_more(case, said) and not reopenable(ticket, case.known.policy, case.now):
        opened = Opened(message=case.message, requester=author, trust=case.trust, linked=(ticket.number,))
        return opened, ticket, f"{evidence}; the ticket is over for too long"
    if said is not None:
        return _answered(case, ticket, said), ticket, evidence
    wrote = Wrote(message=case.message, author=author, verified=verified, linked=_others(case, ticket))
    return wrote, ticket, evidence


def _may_say(case: Case, ticket: Ticket, said: Answer) -> bool:
    """Who only watches may ask how it stands and say that it is not solved; the end is the requester's to say."""
    return said.status_asked or said.feedback in {Feedback.PARTLY, Feedback.UNSOLVED} or case.is_sender(ticket.requester)


def _asks_more(case: Case, said: Answer | None) -> bool:
    """Whether he wants something done."""
    return case.substantial if said is None else said.feedback in {Feedback.PARTLY, Feedback.UNSOLVED}


def reopenable(ticket: Ticket, policy: Policy, now: datetime) -> bool:
    """Whether more work can still be done on this ticket: it is open, waits for his word, or was closed not long ago."""
    if ticket.status.open or ticket.status is Status.RESOLVED:
        return True
    return (ticket.status, Turn.REOPEN) in TURNS and (ticket.closed_at is None or now - ticket.closed_at <= policy.reopen_within)


def _answered(case: Case, ticket: Ticket, said: Answer) -> Answered:
    return Answered(
        message=case.message,
        author=case.sender or NOBODY,
        feedback=said.feedback,
        withdrawn=said.withdrawn,
        status_asked=said.status_asked,
        rating=said.rating,
        comment=said.comment,
        linked=_others(case, ticket),
    )
