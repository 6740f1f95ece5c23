"""Laws of every decision, tried on long lives of tickets: mails, orders and answers in any order."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.core.alarms import due_at, wake_at
from maildesk.core.decide import decide
from maildesk.core.decision import Decision
from maildesk.core.event import Answered, Event, Held, Noted, Opened, Ordered, Ticked, Undelivered, Wrote
from maildesk.core.known import Known
from maildesk.core.letter import Audience
from maildesk.core.message import Address
from maildesk.core.orders import parse
from maildesk.core.ticket import TURNS, Feedback, Status, Ticket
from maildesk.core.trust import Suspicion, Trust
from tests.core.clockwork import CHEN, LI, PEOPLE, ZHOU
from tests.core.correspondence import DESKTOP, NOW, STRANGER, USER, blank, mail

SECRET = "内部机密"
"""Stands in everything that is written inside, and must never leave the house."""

INTERNAL_ORDERS = (
    f"/note {SECRET}",
    f"/assign E2 {SECRET}",
    f"/escalate {SECRET}",
    f"/priority P1 {SECRET}",
    f"/wait vendor until fri {SECRET}",
    f"/called 09:00 {SECRET}",
    f"/reopen {SECRET}",
    f"/take\n\n{SECRET}",
)
OTHER_ORDERS = ("/take", "/take 16:30", "/eta 明天 10:00", "/ask 版本？", "/wait user", "/resolve 重启了", "/close 重复", "/oops")
ORDERS = st.sampled_from((*INTERNAL_ORDERS, *OTHER_ORDERS))
PEOPLE_THERE = st.sampled_from([LI, ZHOU, CHEN])


def ordered(by: Any, text: str) -> Ordered:
    parsed = parse(text, "zh")
    return Ordered(by=by, orders=parsed.orders, unclear=parsed.unclear, text=parsed.rest, message=mail(text, sender=by.address))


def said(**what: Any) -> Answered:
    return Answered(message=mail("x"), author=USER, **what)


def heard(verified: bool, text: str) -> Wrote:
    return Wrote(message=mail(text), author=USER, verified=verified)


EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(ordered, PEOPLE_THERE, ORDERS),
    st.builds(lambda by: Wrote(message=mail(SECRET), author=by.address, by=by), PEOPLE_THERE),
    st.builds(lambda by: Wrote(message=mail("请重启"), author=by.address, by=by, public=True), PEOPLE_THERE),
    st.builds(heard, st.booleans(), st.sampled_from(["还是不行", "谢谢"])),
    st.builds(lambda feedback: said(feedback=feedback), st.sampled_from(Feedback)),
    st.sampled_from([said(withdrawn=True), said(status_asked=True), said(rating=1), Ticked()]),
    st.just(Held(message=mail(SECRET, sender=STRANGER), why=Suspicion.DENIED, mail=17, said=SECRET)),
    st.just(Noted(message=mail(SECRET, subject=SECRET))),
    st.just(Undelivered(letter="answer", to=USER, permanent=True, diagnostic=SECRET)),
)
FIXED = ("id", "number", "subject", "requester", "watchers", "opened_at", "raw", "proposed", "asked")
"""What nothing changes any more, once a ticket is open."""

LIVES = st.lists(st.tuples(EVENTS, st.integers(min_value=1, max_value=5000)), min_size=1, max_size=12)


def born() -> tuple[Ticket, Known]:
    event = Opened(message=mail("登录失败"), requester=USER, trust=Trust.PROVEN)
    (decision,) = decide((blank(),), event, DESKTOP, NOW)
    return carried_on(decision, DESKTOP)


def carried_on(decision: Decision, known: Known) -> tuple[Ticket, Known]:
    """The ticket as it is now, and the history as it has grown."""
    assert decision.ticket is not None
    saved = replace(decision.ticket, version=decision.ticket.version + 1, watchers=(Address("w@customer.example"),))
    return saved, replace(known, history=(known.history + decision.progress)[-50:])


def lived(life: list[tuple[Event, int]]) -> list[tuple[Ticket, Event, Decision]]:
    """Every step of a life: the ticket before, what happened, what was decided."""
    (ticket, known), now, steps = born(), NOW, []
    for event, minutes in life:
        now += timedelta(minutes=minutes)
        (decision,) = decide((ticket,), event, known, now)
        steps.append((ticket, event, decision))
        ticket, known = carried_on(decision, known)
    return steps


@given(LIVES)
@settings(max_examples=150, deadline=None)
def test_nothing_that_was_said_inside_ever_reaches_the_requester(life: list[tuple[Event, int]]) -> None:
    for _, _, decision in lived(life):
        outside = [letter for letter in decision.letters if letter.audience is Audience.REQUESTER]
        assert SECRET not in str([letter.facts for letter in outside])
        assert [line.text for line in decision.progress if line.public and SECRET in line.text] == []


@given(LIVES)
@settings(max_examples=150, deadline=None)
def test_every_decision_keeps_the_laws_of_the_ticket(life: list[tuple[Event, int]]) -> None:
    for before, _, decision in lived(life):
        after = decision.ticket
        assert after is not None
        assert [getattr(after, name) for name in FIXED] == [getattr(before, name) for name in FIXED]
        assert after.wake_at == wake_at(after, DESKTOP.policy)
        assert after.due_at == due_at(after, DESKTOP.policy)
        still = [pause for pause in after.pauses if pause.until is None]
        assert [pause.why for pause in still] == ([after.waiting] if after.status is Status.WAITING else [])
        assert after.status in _reachable(before.status)


def _reachable(start: Status) -> set[Status]:
    """Every status that turns of the table lead to."""
    found = {start}
    while more := {end for (begin, _), end in TURNS.items() if begin in found} - found:
        found |= more
    return found


@given(LIVES)
@settings(max_examples=150, deadline=None)
def test_letters_go_to_stored_addresses_only(life: list[tuple[Event, int]]) -> None:
    ours = {person.address for person in PEOPLE.everyone}
    for before, _, decision in lived(life):
        outside = {letter.to for letter in decision.letters if letter.audience is Audience.REQUESTER}
        inside = {letter.to for letter in decision.letters if letter.audience is not Audience.REQUESTER}
        assert outside <= before.participants
        assert inside <= ours


@given(LIVES, PEOPLE_THERE, st.lists(ORDERS, min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_all_orders_of_a_mail_are_obeyed_or_none(life: list[tuple[Event, int]], by: Any, orders: list[str]) -> None:
    ticket, event, decision = lived([*life, (ordered(by, "\n".join(one.split("\n")[0] for one in orders)), 1)])[-1]
    assert isinstance(event, Ordered)
    transcript = decision.letters[-1].facts
    assert {result["done"] for result in transcript["results"]} == {transcript["obeyed"]}
    if not transcript["obeyed"]:
        assert decision.ticket is not None
        assert replace(decision.ticket, wake_at=None, due_at=None) == replace(ticket, wake_at=None, due_at=None)
        assert len(decision.letters) == 1
