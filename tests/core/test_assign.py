"""Who gets a ticket: rule, skill, shift, absence, load; and who when nobody is there."""

from dataclasses import replace
from typing import Any

from maildesk.core.assign import Why, choose
from maildesk.core.known import Known, Load
from maildesk.core.people import Person, Role
from tests.core.clockwork import CHEN, LI, WU, ZHOU, at, away_until, person, staffed, ticket
from tests.core.correspondence import LOGIN, POLICY

NOON = at("10-28 10:30")
NIGHT = at("10-28 23:00")
ANNA = person("E3", "Anna", Role.ENGINEER, line=1, skills=frozenset({"account"}))
NEW = ticket(engineer=None, category=LOGIN.name)


def desk(*people: Person, loads: dict[Person, Load] | None = None, **policy: Any) -> Known:
    known = staffed(*people)
    known = replace(known, policy=replace(POLICY, **policy))
    return replace(known, load={person.staff_id: load for person, load in (loads or {}).items()})


def test_the_engineer_of_the_category_always_gets_it() -> None:
    mine = replace(LOGIN, engineer=LI.staff_id)
    assert choose(NEW, desk(LI, ANNA, categories=(mine,)), NIGHT) == (LI, Why.RULE)


def test_his_delegate_gets_it_while_he_is_absent() -> None:
    away = replace(LI, absences=away_until(at("11-02 09:00")), delegate=ANNA.staff_id)
    mine = replace(LOGIN, engineer=LI.staff_id)
    chosen, why = choose(NEW, desk(away, ANNA, categories=(mine,)), NOON)
    assert (chosen, why) == (ANNA, Why.RULE)
    assert chosen is not None
    assert chosen.acting_for == LI.name


def test_the_skill_of_the_category_comes_before_the_load() -> None:
    loads = {ANNA: Load(weight=20), LI: Load(weight=0)}
    assert choose(NEW, desk(LI, ANNA, loads=loads), NOON) == (ANNA, Why.SKILL)


def test_somebody_without_the_skill_is_better_than_nobody() -> None:
    away = replace(ANNA, absences=away_until(at("11-02 09:00")))
    assert choose(NEW, desk(LI, away), NOON) == (LI, Why.LOAD)


def test_the_least_loaded_gets_it() -> None:
    other = person("E4", "Bob", Role.ENGINEER, line=1)
    loads = {LI: Load(weight=4.5), other: Load(weight=4)}
    assert choose(ticket(engineer=None), desk(LI, other, loads=loads), NOON) == (other, Why.LOAD)


def test_of_two_who_have_as_much_he_who_waited_longest_gets_it() -> None:
    other = person("E4", "Bob", Role.ENGINEER, line=1)
    loads = {LI: Load(weight=2, last_at=at("10-28 10:00")), other: Load(weight=2, last_at=at("10-28 09:00"))}
    assert choose(ticket(engineer=None), desk(LI, other, loads=loads), NOON)[0] == other
    loads[LI] = Load(weight=2)
    assert choose(ticket(engineer=None), desk(LI, other, loads=loads), NOON)[0] == LI


def test_only_who_is_on_shift_gets_one() -> None:
    early = replace(LI, shift="mon-fri 06:00-10:00")
    assert choose(ticket(engineer=None), desk(early, ANNA), NOON)[0] == ANNA


def test_the_lead_gets_it_when_nobody_is_there() -> None:
    assert choose(NEW, desk(LI, ANNA, CHEN, WU), NIGHT) == (CHEN, Why.LEAD)


def test_the_manager_gets_it_when_no_lead_is_there_either() -> None:
    away = replace(CHEN, absences=away_until(at("11-02 09:00")))
    assert choose(NEW, desk(away, WU), NOON) == (WU, Why.LEAD)


def test_nobody_gets_it_when_there_is_nobody() -> None:
    assert choose(NEW, desk(ZHOU), NOON) == (None, Why.NOBODY)


def test_an_expert_is_chosen_only_from_line_2_and_never_who_has_it() -> None:
    assert choose(ticket(), desk(LI, ZHOU, CHEN), NOON, line=2)[0] == ZHOU
    assert choose(ticket(engineer=ZHOU.staff_id), desk(LI, ZHOU, CHEN), NOON, line=2) == (None, Why.NOBODY)
