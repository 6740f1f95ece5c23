"""Rules for mail that is from an engineer, or says so: answers, notes and orders, as far as he proves who he is."""

import re
from dataclasses import replace
from datetime import timedelta

from maildesk.core.event import Confirmed, Confirming, Held, Ignored, Noted, Opened, Ordered, Wrote
from maildesk.core.letter import Audience
from maildesk.core.message import Address, Proof
from maildesk.core.orders import Need, Order, Unclear, Verb, help_for
from maildesk.core.people import Person
from maildesk.core.ticket import Ticket
from maildesk.core.triage.case import Case, Decided, same, threads_of
from maildesk.core.triage.found import Claim
from maildesk.core.trust import Scope, Trust

STALE = timedelta(days=3)
"""Orders whose mail is dated further away from its arrival are not obeyed: somebody may be sending it again."""

LONGEST = 4_000
"""So much of a mail is shown when it must be confirmed."""

OF_STAFF = frozenset({Scope.ENGINEER, Scope.INTERNAL, Scope.DESK})
INSIDE = frozenset({Verb.NOTE, Verb.ASSIGN, Verb.ESCALATE})
"""Orders beside which a text is meant for colleagues, even on the address that reaches the requester."""

_YES = re.compile(r"(?:确认|是我写的|是的?|同意|照办|confirm(?:ed)?|yes|ok|okay)[\s,，.。!！]*", re.IGNORECASE)


def confirms(case: Case) -> Decided:
    """The answer to a confirmation, from the address to which it was sent."""
    claim = next((one for one in case.found.claims if one.scope is Scope.CONFIRM), None)
    if claim is None:
        return None
    person = case.engineer
    if person is None or not case.is_sender(claim.who) or case.proof is Proof.FAIL:
        return Ignored(rule="a confirmation by somebody else"), None, "the signed address for a confirmation"
    first = case.text.partition("\n")[0]
    if not _YES.fullmatch(first):
        return Ignored(rule="a confirmation that does not say yes"), None, "the signed address for a confirmation"
    return Confirmed(by=person), None, "the signed address for a confirmation"


def signed(case: Case) -> Decided:
    """An engineer on an address that only he got."""
    claim = next((one for one in case.own_claims if one.scope in OF_STAFF), None)
    if claim is None:
        return None
    person, evidence = case.engineer, f"his signed address ({claim.scope})"
    if person is None or case.proof is Proof.FAIL:
        held = Held(message=case.message, why=case.says("failed"))
        return (held, claim.ticket, evidence) if claim.ticket else (Ignored(rule="sender not proven"), None, evidence)
    if case.parsed.orders or case.parsed.unclear:
        return _ordered(case, person, claim), claim.ticket, evidence
    if claim.ticket is None:
        return _nothing_ordered(case, person), None, evidence
    if not case.text and not case.message.attachments:
        return Noted(message=case.message), claim.ticket, evidence
    return _wrote(case, person, claim, claim.ticket), claim.ticket, evidence


def _wrote(case: Case, person: Person, claim: Claim, ticket: Ticket) -> Wrote | Confirming:
    """Words without an order: to the requester where the letter said so, and he is believed.

    The requester gets what was newly written and never more: what an engineer quotes may be of inside.
    """
    public = claim.scope is Scope.ENGINEER and not _passes_on(case)
    if public and not case.trusted:
        return _confirming(case, person)
    message = replace(case.message, new_text=case.text) if public else case.message
    return Wrote(message=message, author=case.sender or person.address, by=person, public=public)


def _passes_on(case: Case) -> bool:
    """Whether the mail is somebody else's, passed on: that is shown to colleagues, not sent to the requester."""
    forwarded = case.message.forwarded
    return forwarded is not None and forwarded.text.strip()[:60] in case.message.new_text


def _ordered(case: Case, person: Person, claim: Claim) -> Ordered | Confirming:
    public = claim.scope is Scope.ENGINEER and not _passes_on(case) and INSIDE.isdisjoint(one.verb for one in case.parsed.orders)
    need = Need.ACT if public and case.parsed.rest else case.parsed.need
    if need is Need.ACT and not case.trusted and not case.parsed.unclear:
        return _confirming(case, person)
    refusal = case.says("stale") if need is Need.ACT and _stale(case) else ""
    return _orders(case, person, public=public, refusal=refusal)


def _orders(case: Case, person: Person, *, public: bool = False, refusal: str = "") -> Ordered:
    return Ordered(
        by=person,
        orders=case.parsed.orders,
        unclear=case.parsed.unclear,
        text=case.parsed.rest,
        public=public,
        message=case.message,
        refusal=refusal,
    )


def _stale(case: Case) -> bool:
    date = case.message.date
    return date is not None and abs(case.message.received_at - date) > STALE


def _confirming(case: Case, person: Person) -> Confirming:
    return Confirming(by=person, why=case.says("unsaid"), text=case.text[:LONGEST])


def _nothing_ordered(case: Case, person: Person) -> Ordered | Ignored:
    """A letter about no ticket was answered without an order: he is told how orders are written, unless he only says thanks."""
    if not case.substantial:
        return Ignored(rule="thanks")
    usage, meaning = help_for(Verb.HELP, _language(case, person))
    line = next((line for line in case.text.splitlines() if line.strip()), "")
    unclear = Unclear(line=line[:80], why=case.says("no order"), remedy=f"{usage} — {meaning}")
    return Ordered(by=person, orders=(), unclear=(unclear,), message=case.message)


def _language(case: Case, person: Person) -> str:
    return person.language or case.known.policy.language


def unsigned(case: Case) -> Decided:
    """An engineer who wrote to the desk itself: a requester like any other, unless he gives orders or answers our letter."""
    person, ticket = case.engineer, _meant(case)
    if person is None or (ticket is not None and case.takes_part(ticket)):
        return None
    if case.parsed.orders or case.parsed.unclear:
        return _without_address(case, person, ticket)
    if ticket is None:
        return None
    if case.proof is not Proof.PASS:
        return Held(message=case.message, why=case.says("bare engineer")), ticket, "no signed address"
    if _of_inside(case):
        return Wrote(message=case.message, author=case.sender or person.address, by=person), ticket, "his proven address"
    return _kept_inside(case, person), ticket, "his proven address"


def _meant(case: Case) -> Ticket | None:
    threads = threads_of(case.found)
    return threads[0].ticket if threads else case.found.named[0] if case.found.named else None


def _of_inside(case: Case) -> bool:
    """Whether what he answers was an internal letter, so that a note is what he meant."""
    threads = threads_of(case.found)
    return bool(threads) and threads[0].audience is Audience.INTERNAL


def _without_address(case: Case, person: Person, ticket: Ticket | None) -> Decided:
    """Orders that did not come to a signed address: proven, he may note and ask; else he hears why nothing was done."""
    if case.proof is Proof.FAIL:
        held = Held(message=case.message, why=case.says("failed"))
        return (held, ticket, "no signed address") if ticket else (Ignored(rule="sender not proven"), None, "no signed address")
    if case.proof is Proof.NONE:
        return _orders(case, person, refusal=case.says("bare")), ticket, "nothing but his name"
    refusal = case.says("no token") if case.parsed.need is Need.ACT else ""
    return _orders(case, person, refusal=refusal), ticket, "his proven address"


def _kept_inside(case: Case, person: Person) -> Ordered:
    """He may have meant the requester, but cannot reach him this way: it becomes a note, and he is told so."""
    line = "/备注" if _language(case, person) == "zh" else "/note"
    return Ordered(by=person, orders=(Order(verb=Verb.NOTE, line=line, args={"text": case.text}),), message=case.message)


def passed_on(case: Case) -> Decided:
    """A mail that a proven engineer passes on to the desk opens a ticket for the one who wrote it."""
    forwarded = case.message.forwarded
    writer = forwarded.sender.address if forwarded and forwarded.sender else None
    if case.engineer is None or case.proof is not Proof.PASS or not writer or case.is_sender(Address(writer)):
        return None
    if any(same(writer, ours) for ours in case.known.desk):
        return None
    local, _, domain = writer.strip().rpartition("@")
    requester = Address(f"{local}@{domain.lower()}")
    return Opened(message=case.message, requester=requester, trust=Trust.PROVEN), None, f"passed on by {case.engineer.staff_id}"
