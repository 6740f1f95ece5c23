"""Rules for mail that is from an engineer, or says so: answers, notes and orders, as far as he proves who he is."""

import re
from dataclasses import replace
from datetime import timedelta

from maildesk.core.event import Confirmed, Confirming, Deed, Ignored, Noted, Opened, Ordered, Wrote
from maildesk.core.letter import Audience
from maildesk.core.message import Address, Proof
from maildesk.core.orders import Need, Order, Unclear, Verb, help_for
from maildesk.core.people import Person
from maildesk.core.ticket import Ticket
from maildesk.core.triage.case import Case, Decided, hold, same, threads_of
from maildesk.core.triage.found import Claim
from maildesk.core.trust import OF_STAFF, Scope, Suspicion, Trust

STALE = timedelta(days=3)
"""Orders whose mail is dated further away from its arrival, or not at all, are not obeyed: somebody may be sending it again."""

SAID = 80
"""So many characters of the answer to a confirmation are kept in mind when it is no yes."""

INSIDE = frozenset({Verb.NOTE, Verb.ASSIGN, Verb.ESCALATE})
"""Orders beside which a text is meant for colleagues, even on the address that reaches the requester."""

_IT_WAS_ME = r"(?:(?:是我|我)写的|是我|没错|it was me|that was me|i did|i wrote it)"
_YES = re.compile(
    rf"(?:确认|是的?|对的?|好的?|可以|嗯+|同意|照办|confirm(?:ed)?|yes|ok|okay|sure|{_IT_WAS_ME})"
    rf"(?:[\s,，.。!！]+(?:请照办|谢谢|please|thanks|thank you|confirmed|{_IT_WAS_ME}))?[\s,，.。!！]*",
    re.IGNORECASE,
)
"""Nothing but a yes, perhaps said twice or with thanks; `是的，不是我写的` is none."""


def confirms(case: Case) -> Decided:
    """The answer to a confirmation, from the address to which it was sent."""
    claim = next((one for one in case.found.claims if one.scope is Scope.CONFIRM), None)
    if claim is None:
        return None
    person, evidence = case.engineer, "the signed address for a confirmation"
    if case.proof is Proof.FAIL:
        return hold(case, Suspicion.FAILED, None, evidence)
    if person is None or not case.is_sender(claim.who):
        return hold(case, case.stranger(claim.who), None, evidence)
    said = case.text.strip().partition("\n")[0]
    if not said:
        return Ignored(rule="a confirmation without a word"), None, evidence
    return Confirmed(by=person, mail=claim.mail, yes=bool(_YES.fullmatch(said)), said=said[:SAID]), None, evidence


def signed(case: Case) -> Decided:
    """An engineer on an address that only he got."""
    claim = next((one for one in case.own_claims if one.scope in OF_STAFF), None)
    if claim is None:
        return None
    person, evidence = case.engineer, f"his signed address ({claim.scope})"
    if person is None or case.proof is Proof.FAIL:
        return hold(case, Suspicion.FAILED if case.proof is Proof.FAIL else Suspicion.LEFT, claim.ticket, evidence)
    if case.parsed.orders or case.parsed.unclear:
        return _ordered(case, person, claim, evidence)
    if claim.ticket is None:
        return passed_on(case) or (_nothing_ordered(case, person), None, evidence)
    if not case.text and not case.message.attachments:
        return Noted(message=case.message), claim.ticket, evidence
    return _wrote(case, person, claim, claim.ticket, evidence)


def _wrote(case: Case, person: Person, claim: Claim, ticket: Ticket, evidence: str) -> Decided:
    """Words without an order: to the requester where the letter said so, and he is believed.

    The requester gets what was newly written and never more: what an engineer quotes may be of inside.
    """
    public = claim.scope is Scope.ENGINEER and not _passes_on(case)
    if public and (not case.trusted or _again(case)):
        return _asked(case, person, ticket, evidence, Deed.ANSWER, case.text, whom=ticket.requester)
    message = replace(case.message, new_text=case.text) if public else case.message
    return Wrote(message=message, author=case.sender or person.address, by=person, public=public), ticket, evidence


def _passes_on(case: Case) -> bool:
    """Whether the mail is somebody else's, passed on: that is shown to colleagues, not sent to the requester."""
    forwarded = case.message.forwarded
    return forwarded is not None and forwarded.text.strip()[:60] in case.message.new_text


def _ordered(case: Case, person: Person, claim: Claim, evidence: str) -> Decided:
    public = claim.scope is Scope.ENGINEER and not _passes_on(case) and INSIDE.isdisjoint(one.verb for one in case.parsed.orders)
    need = Need.ACT if public and case.parsed.rest else case.parsed.need
    if need is not Need.READ and _repeated(case):
        return _orders(case, person, public=public, refusal=case.says("repeated")), claim.ticket, evidence
    if need is Need.ACT and not case.trusted and not case.parsed.unclear:
        whom = claim.ticket.requester if claim.ticket and public and case.parsed.rest else ""
        return _asked(case, person, claim.ticket, evidence, Deed.ORDERS, case.text, whom=whom)
    refusal = case.says("stale") if need is Need.ACT and _stale(case) else ""
    return _orders(case, person, public=public, refusal=refusal), claim.ticket, evidence


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


def _again(case: Case) -> bool:
    """Whether it may be an old mail that somebody sends once more, and nobody has vouched for it."""
    return (_repeated(case) or _stale(case)) and not case.found.vouched


def _repeated(case: Case) -> bool:
    """Whether a mail with its Message-ID, or with its date and body, came before."""
    return case.message.repeated or case.found.again


def _stale(case: Case) -> bool:
    date = case.message.date
    return date is None or abs(case.message.received_at - date) > STALE


def _asked(case: Case, person: Person, ticket: Ticket | None, evidence: str, deed: Deed, text: str, *, whom: str) -> Decided:
    """He is asked, once, whether this mail is his; when he was asked before and has not said yes, somebody else must judge."""
    if case.found.asked:
        why = Suspicion.DENIED if case.found.said else Suspicion.UNCONFIRMED
        return hold(case, why, ticket, f"{evidence}; not confirmed")
    number, files = ticket.number if ticket else "", case.message.attachments
    asked = Confirming(
        by=person,
        why=case.says("unsaid" if not case.trusted else "repeated" if _repeated(case) else "stale"),
        deed=deed,
        text=text,
        files=files,
        whom=whom,
        number=number,
    )
    return asked, ticket, evidence


def _nothing_ordered(case: Case, person: Person) -> Ordered | Ignored:
    """A letter about no ticket was answered without an order: he is told how orders are written, unless he only says thanks."""
    if not case.substantial:
        return Ignored(rule="thanks")
    usage, meaning = help_for(Verb.HELP, case.known.language_of(person))
    line = next((line for line in case.text.splitlines() if line.strip()), "")
    unclear = Unclear(line=line[:80], why=case.says("no order"), remedy=f"{usage} — {meaning}")
    return Ordered(by=person, orders=(), unclear=(unclear,), message=case.message)


def impostor(case: Case) -> Decided:
    """An engineer's name of which the host says that it is not his. No requester is made of it, and nobody is answered."""
    if case.engineer is None or case.proof is not Proof.FAIL:
        return None
    return hold(case, Suspicion.FAILED, _meant(case), "nothing but his name")


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
        return hold(case, Suspicion.BARE, ticket, "no signed address")
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
    """Orders that did not come to a signed address: proven, he may note and ask; else it is a name that anybody can write."""
    if case.proof is Proof.NONE:
        return hold(case, Suspicion.BARE, ticket, "nothing but his name")
    again = _repeated(case) and case.parsed.need is not Need.READ
    refusal = case.says("no token") if case.parsed.need is Need.ACT else case.says("repeated") if again else ""
    return _orders(case, person, refusal=refusal), ticket, "his proven address"


def _kept_inside(case: Case, person: Person) -> Ordered:
    """He may have meant the requester, but cannot reach him this way: it becomes a note, and he is told so."""
    line = "/备注" if case.known.language_of(person) == "zh" else "/note"
    return Ordered(by=person, orders=(Order(verb=Verb.NOTE, line=line, args={"text": case.text}),), message=case.message)


def passed_on(case: Case) -> Decided:
    """A mail that an engineer passes on to the desk opens a ticket for the one who wrote it, once it is sure who passed it on."""
    requester, person = _writer(case), case.engineer
    if requester is None or person is None or case.message.forwarded is None:
        return None
    evidence = f"passed on by {person.staff_id}"
    if not case.trusted:
        text = f"{case.text}\n\n{case.message.forwarded.text}".strip()
        return _asked(case, person, None, evidence, Deed.TICKET, text, whom=requester)
    return Opened(message=case.message, requester=requester, trust=Trust.PROVEN), None, evidence


def _writer(case: Case) -> Address | None:
    """Who wrote the mail that is passed on: somebody else than the sender and the desk."""
    forwarded = case.message.forwarded
    writer = forwarded.sender.address if forwarded and forwarded.sender else None
    if not writer or case.is_sender(Address(writer)) or any(same(writer, ours) for ours in case.known.desk):
        return None
    local, _, domain = writer.strip().rpartition("@")
    return Address(f"{local}@{domain.lower()}")
