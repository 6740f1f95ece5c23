"""What disturbs people of the desk at night: only what somebody did, and a P1. What the clock has to say waits for the day."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from maildesk.core.decision import Decision
from maildesk.core.event import Answered, Event, Opened, Undelivered, Wrote
from maildesk.core.letter import Audience, Letter, LetterKind
from maildesk.core.peace import Outage
from maildesk.core.ticket import Eta, Priority, Ticket
from maildesk.core.trust import Trust
from tests.core.clockwork import CHEN, KNOWN, LI, ZHOU, at, quiet_but, ticked, ticket
from tests.core.correspondence import USER, blank, decided, mail, order
from tests.core.ordering import RESOLVED, TICKET, WORKING

K = LetterKind
NIGHT, MORNING = at("10-28 23:30"), at("10-29 09:00")


def inside(decision: Decision) -> list[Letter]:
    """The letters to people of the desk."""
    return [letter for letter in decision.letters if letter.audience is not Audience.REQUESTER]


BROKEN = Eta(at=at("10-28 18:00"), said_at=at("10-28 11:00"))
UNTIL = {"waiting_until": at("10-28 20:00")}


@pytest.mark.parametrize(
    ("rule", "facts", "letters"),
    [
        ("first_answer", {}, [(K.ESCALATION, CHEN)]),
        ("missing", {"missing": ("error",)}, [(K.ESCALATION, CHEN)]),
        ("confirm_priority", {}, [(K.REMINDER, LI)]),
        ("line2", {}, [(K.HANDOVER, ZHOU), (K.REMINDER, LI)]),
        ("progress", {"opened": "10-28 16:05"}, [(K.PROGRESS_QUESTION, LI)]),
        ("progress", {"opened": "10-28 15:30"}, [(K.ESCALATION, CHEN)]),
        ("eta", {"eta": BROKEN, "promised": replace(BROKEN, at=at("10-30 18:00"))}, [(K.REMINDER, LI)]),
    ],
)
def test_what_the_clock_says_at_night_waits_for_the_morning_and_comes_as_one_letter(
    rule: str, facts: dict[str, Any], letters: list[Any]
) -> None:
    decision = ticked(ticket(**facts), replace(KNOWN, policy=quiet_but(rule)), NIGHT)
    assert [(one.kind, one.to) for one in inside(decision)] == [(kind, person.address) for kind, person in letters]
    assert {one.not_before for one in inside(decision)} == {MORNING}
    assert all((one.bundle_for, one.patience) == (one.person, timedelta()) for one in inside(decision))


def test_after_an_outage_even_a_hand_over_waits_until_the_desk_has_looked_around() -> None:
    outage = Outage(since=at("10-28 10:30"), until=at("10-28 14:00"))
    known = replace(KNOWN, policy=quiet_but("line2"), outage=outage)
    first, later = (inside(ticked(ticket(), known, now)) for now in (outage.until, outage.settled_at))
    assert [one.kind for one in first] == [one.kind for one in later] == [K.HANDOVER, K.REMINDER]
    assert {one.not_before for one in first} == {outage.settled_at}
    assert {one.not_before for one in later} == {None}
    assert [one.bundle_for for one in first] == [ZHOU.staff_id, LI.staff_id]


@pytest.mark.parametrize("rule", ["first_answer", "progress", "phone"])
def test_a_p1_is_told_at_any_hour_to_leads_and_engineers_alike(rule: str) -> None:
    decision = ticked(ticket("10-28 20:00", proposed=Priority.P1), replace(KNOWN, policy=quiet_but(rule)), NIGHT)
    assert inside(decision) != []
    assert all(one.not_before is None and not one.patience for one in inside(decision))


DEEDS: list[tuple[str, Ticket | None, Event, LetterKind]] = [
    ("a mail opens a ticket", blank(), Opened(message=mail(), requester=USER, trust=Trust.PROVEN), K.ASSIGNMENT),
    ("the requester writes", TICKET, Wrote(message=mail(), author=USER), K.REPLY),
    ("he says it is not solved", RESOLVED, Answered(message=mail(), author=USER, feedback="unsolved"), K.REPLY),
    ("a colleague writes a note", TICKET, Wrote(message=mail(sender=ZHOU.address), author=ZHOU.address, by=ZHOU), K.NOTE),
    ("a letter comes back", TICKET, Undelivered(letter="answer", to=USER, permanent=True, diagnostic="5.1.1"), K.UNDELIVERED),
]


@pytest.mark.parametrize(("before", "event", "kind"), [row[1:] for row in DEEDS], ids=[row[0] for row in DEEDS])
def test_what_somebody_does_at_night_is_told_at_once_and_alone(before: Ticket | None, event: Event, kind: LetterKind) -> None:
    told = [one for one in inside(decided(before, event, now=NIGHT)) if one.kind is kind]
    assert told != []
    assert all((one.not_before, one.bundle_for) == (None, None) for one in told)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("/assign 周强", K.HANDOVER), ("/escalate", K.ESCALATION), ("/note 看过了", K.NOTE), ("/list", K.TRANSCRIPT)],
)
def test_an_order_at_night_is_told_at_once_and_alone(text: str, kind: LetterKind) -> None:
    by = LI if kind is not K.NOTE else CHEN
    told = [one for one in inside(order(WORKING, text, by, now=NIGHT)) if one.kind is kind]
    assert told != []
    assert all((one.not_before, one.bundle_for) == (None, None) for one in told)
