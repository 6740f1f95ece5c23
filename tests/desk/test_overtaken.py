"""What the clock has to say to a requester waits for his hours, and is not said when it is so no more by then."""

from dataclasses import replace
from datetime import timedelta

import pytest

from maildesk.core.letter import FACTS, LetterKind
from maildesk.core.letter import Letter as Said
from maildesk.core.ticket import Pause, Status, Ticket, Waiting
from maildesk.demo.world import FANG, MING
from tests.desk.house import House, Letter
from tests.desk.test_limits import limited
from tests.store.samples import opened


@pytest.fixture
def observed(house: House) -> Letter:
    """The letter that a solution is watched, which ends on Friday evening: he is to be asked on Monday."""
    house.now += timedelta(days=4, hours=1)
    house.mail(FANG, "打印机坏了", subject="打印机")
    (assignment,) = house.letters(MING)
    house.mail(MING, "/observe 9h 换了硒鼓", answering=assignment)
    (told,) = (letter for letter in house.letters(FANG) if "换了硒鼓" in letter.text)
    house.after(hours=12)
    assert "观察期到了" not in "".join(letter.text for letter in house.letters(FANG))
    return told


def on_monday(house: House) -> str:
    house.after(days=3)
    return "".join(letter.text for letter in house.letters(FANG))


def test_who_is_silent_is_asked_on_monday_whether_it_held(house: House, observed: Letter) -> None:
    assert "观察期到了" in on_monday(house)


@pytest.mark.parametrize("words", ["还是不行，又坏了。", "已解决"])
def test_who_has_said_at_the_weekend_how_it_is_is_not_asked_on_monday(house: House, observed: Letter, words: str) -> None:
    house.mail(FANG, words, answering=observed)
    house.letters()
    assert "观察期到了" not in on_monday(house)


def waiting(house: House, question: str, **facts: object) -> Ticket:
    """A ticket that waits for him, and what the clock asks him about it; it is his hours unless `not_before` says otherwise."""
    with house.store.write() as tx:
        pauses = (Pause(why=Waiting.USER, since=house.now),)
        ticket = opened(
            tx, status=Status.WAITING, waiting=Waiting.USER, requester=FANG.address, opened_at=house.now, pauses=pauses
        )
        asked = {**dict.fromkeys(FACTS[LetterKind.CHASER], ""), "about": "waiting", "step": 1, "question": question}
        asked["closes_on"] = "2026-12-01T09:00:00+08:00"
        chaser = Said(kind=LetterKind.CHASER, to=FANG.address, language="en", paced=True, facts=asked, **facts)  # type: ignore[arg-type]
        house.desk.saver(tx, house.desk.gatherer(tx, house.now)).promise(chaser, ticket)
    return ticket


def goes_on(house: House, ticket: Ticket) -> None:
    with house.store.write() as tx:
        tx.save(replace(ticket, status=Status.IN_PROGRESS, waiting=None))


def test_of_several_letters_that_wait_for_his_hours_each_comes_by_itself_and_is_judged_by_itself(house: House) -> None:
    morning = house.now + timedelta(hours=5)
    first, _, _ = (waiting(house, f"Which printer, {n}?", not_before=morning) for n in (1, 2, 3))
    goes_on(house, first)
    assert house.letters(FANG) == []
    house.now = morning
    told = house.letters(FANG)
    assert [f"Which printer, {n}?" in letter.text for n, letter in zip((2, 3), told, strict=True)] == [True, True]


def test_a_letter_that_is_so_no_more_takes_none_with_it_that_a_limit_held_back_with_it(house: House) -> None:
    """The number of a new ticket comes though it was to come in one letter with a question that he has answered."""
    limited(house, address_hour=1)
    waiting(house, "Which printer, 1?")
    asked = waiting(house, "Which printer, 2?")
    house.mail(FANG, "打印机坏了", subject="新的")
    new = house.tickets()[-1]
    assert [("1?" in letter.text, new.number in letter.text) for letter in house.letters(FANG)] == [(True, False)]
    goes_on(house, asked)
    house.now += timedelta(minutes=61)
    (gathered,) = house.letters(FANG)
    assert new.number in gathered.text
    assert "2?" not in gathered.text


def test_letters_that_only_waited_for_his_hours_use_up_nothing_of_what_a_limit_holds_back(house: House) -> None:
    """His second acknowledgement of an hour comes after a quarter of an hour, as on any day."""
    morning = house.now + timedelta(hours=5)
    for n in (1, 2, 3):
        waiting(house, f"Which printer, {n}?", not_before=morning)
    house.now = morning
    assert len(house.letters(FANG)) == 3
    house.now += timedelta(minutes=90)
    house.mail(FANG, "打印机坏了", subject="A")
    assert len(house.letters(FANG)) == 1
    house.mail(FANG, "网络坏了", subject="B")
    house.now += timedelta(minutes=16)
    assert len(house.letters(FANG)) == 1
