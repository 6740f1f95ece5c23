"""Who stands in for somebody absent; it is Wednesday, the 28th of October 2026, unless a test says otherwise."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.absence import Absence
from maildesk.core.assign import choose
from maildesk.core.decide import writing
from maildesk.core.decide.colleagues import reply
from maildesk.core.known import Known
from maildesk.core.message import Address
from maildesk.core.people import People, Person, Role, StaffId
from maildesk.core.shift import absent
from maildesk.core.ticket import Priority
from tests.core.clockwork import CHEN, LI, ZHOU, at, staffed, ticket
from tests.core.correspondence import NOW, mail

ANNA = replace(LI, staff_id=StaffId("E3"), name="Anna", addresses=(Address("e3@desk.example"),))
GUEST = replace(ANNA, staff_id=StaffId("U1"), name="访客", roles=frozenset({Role.REQUESTER}))


def away(of: Person, to: Person | None = None, since: str = "10-28 00:00", until: str = "10-31 00:00") -> Person:
    """Absent, with somebody who stands in."""
    absences = (Absence(since=at(since), until=at(until)),)
    return replace(of, absences=absences, delegate=to.staff_id if to else None)


def attending(*people: Person, now: datetime = NOW, **facts: Any) -> list[tuple[str, str]]:
    """Who is to act on 李明's ticket, and in whose place."""
    told = writing.attending(ticket(**facts), staffed(*people), now)
    return [(person.name, person.acting_for) for person in told]


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ((LI, ZHOU, CHEN), [("李明", "")]),
        ((away(LI, ZHOU), ZHOU, CHEN), [("周强", "李明")]),
        ((away(LI, ZHOU), away(ZHOU, ANNA), ANNA, CHEN), [("Anna", "李明")]),
        ((away(LI, ZHOU), away(ZHOU, ANNA), away(ANNA, CHEN), CHEN), [("陈静", "李明")]),
        ((away(LI, ZHOU), away(ZHOU), CHEN), [("陈静", "")]),
        ((away(LI), CHEN), [("陈静", "")]),
        ((away(LI, LI), CHEN), [("陈静", "")]),
        ((away(LI, ZHOU), away(ZHOU, LI), CHEN), [("陈静", "")]),
        ((away(LI, ZHOU), away(ZHOU, ANNA), away(ANNA, ZHOU), CHEN), [("陈静", "")]),
        ((away(LI, ZHOU), CHEN), [("陈静", "")]),
        ((away(LI, GUEST), replace(GUEST, delegate=ZHOU.staff_id), ZHOU, CHEN), [("周强", "李明")]),
        ((away(LI, GUEST), GUEST, CHEN), [("陈静", "")]),
        ((away(LI), away(CHEN, ZHOU), ZHOU), [("周强", "陈静")]),
    ],
    ids=["there", "one", "two", "three", "end", "nobody", "himself", "loop", "loop behind", "unknown", "past", "idle", "lead's"],
)
def test_delegates_are_followed_to_the_first_who_is_there(people: tuple[Person, ...], told: list[tuple[str, str]]) -> None:
    assert attending(*people) == told


def test_who_is_asked_for_himself_and_for_others_is_asked_once_and_for_himself() -> None:
    second = replace(CHEN, staff_id=StaffId("L2"), name="赵敏")
    assert attending(away(LI), away(second, CHEN), CHEN) == [("陈静", "")]
    third = replace(CHEN, staff_id=StaffId("L3"), name="孙立")
    assert attending(away(LI), away(second, ZHOU), away(third, ZHOU), ZHOU) == [("周强", "赵敏")]


WEEK_OFF = {"since": "11-02 00:00", "until": "11-07 00:00"}


@pytest.mark.parametrize(
    ("now", "priority", "told"),
    [
        ("10-30 17:59", Priority.P3, "李明"),
        ("10-30 19:00", Priority.P3, "周强"),
        ("10-30 19:00", Priority.P1, "李明"),
        ("11-02 00:00", Priority.P1, "周强"),
        ("11-06 19:00", Priority.P3, "李明"),
        ("11-06 19:00", Priority.P1, "周强"),
        ("11-07 00:00", Priority.P1, "李明"),
    ],
)
def test_what_counts_is_whether_he_is_there_when_he_would_read_it(now: str, priority: Priority, told: str) -> None:
    assert attending(away(LI, ZHOU, **WEEK_OFF), ZHOU, CHEN, now=at(now), confirmed=priority) == [
        (told, "李明" * (told != "李明"))
    ]


def test_his_letter_says_in_whose_place_he_gets_it() -> None:
    known = staffed(away(LI, ZHOU), ZHOU, CHEN)
    (letter,) = reply(ticket(), mail(), "还是不行", known, NOW, linked=())
    assert (letter.to, letter.acting_for) == (ZHOU.address, "李明")
    (letter,) = reply(ticket(engineer=ZHOU.staff_id), mail(), "还是不行", known, NOW, linked=())
    assert (letter.to, letter.acting_for) == (ZHOU.address, "")


@pytest.mark.parametrize(("now", "given"), [("10-28 10:29", "李明"), ("10-28 10:30", "Anna"), ("10-28 11:30", "Anna")])
def test_who_leaves_within_half_an_hour_gets_no_new_ticket(now: str, given: str) -> None:
    leaving = away(LI, since="10-28 11:00", until="10-28 12:00")
    known = staffed(leaving, replace(ANNA, staff_id=StaffId("E4")), CHEN)
    assert _chosen(known, at(now)) == given


def _chosen(known: Known, now: datetime) -> str | None:
    person, _ = choose(ticket(engineer=None), known, now)
    return person.name if person else None


IDS = [StaffId(f"E{n}") for n in range(6)]
DIRECTORIES = st.lists(st.tuples(st.sampled_from([None, *IDS]), st.booleans(), st.booleans()), min_size=6, max_size=6)


@given(DIRECTORIES)
def test_however_delegates_point_at_each_other_one_who_is_there_and_works_is_found_or_nobody(
    rows: list[tuple[StaffId | None, bool, bool]],
) -> None:
    """The chain as one would walk it by hand, at most once past everybody."""
    everyone = [
        replace(away(LI) if gone else LI, staff_id=one, delegate=to, roles=LI.roles if works else GUEST.roles)
        for one, (to, gone, works) in zip(IDS, rows, strict=True)
    ]
    people = People(tuple(everyone))
    for person in everyone:
        way = [person]
        while (further := people.get(way[-1].delegate)) and further not in way:
            way.append(further)
        there = [one for one in way if not absent(one, NOW) and (one.works or one is person)]
        assert people.acting_for(person, lambda one: absent(one, NOW)) == (there[0] if there else None)
