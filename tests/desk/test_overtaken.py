"""What the clock has to say to a requester waits for his hours, and is not said when it is so no more by then."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from maildesk.core.alarm import Step
from maildesk.core.alarms import alarms
from maildesk.core.letter import FACTS, LetterKind
from maildesk.core.letter import Letter as Said
from maildesk.core.ticket import Pause, Status, Ticket, Waiting
from maildesk.demo.world import FANG, MING
from maildesk.desk.attempts import claim
from maildesk.store.schema import outbox, tickets
from tests.desk.house import House, Letter
from tests.desk.test_limits import limited
from tests.desk.test_spoilt import spoil
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


def test_whose_rating_came_before_the_end_is_told_of_the_end(house: House) -> None:
    """The end falls into an evening, and the letter waits until the morning."""
    house.mail(FANG, "打印机坏了", subject="打印机")
    (assignment,) = house.letters(MING)
    house.mail(MING, "/resolve 换了硒鼓", answering=assignment)
    (solved,) = (letter for letter in house.letters(FANG) if "换了硒鼓" in letter.text)
    house.mail(FANG, "评分 5", answering=solved)
    assert house.ticket().rating == 5
    closes(house)
    assert house.ticket().status is Status.CLOSED
    assert house.letters(FANG) == []
    house.after(hours=13)
    assert "重新打开" in "".join(letter.text for letter in house.letters(FANG))


def closes(house: House) -> None:
    """Pass the days in which he is asked, and be away when the last is over."""
    while (end := house.ticket().wake_at) and house.ticket().status is Status.RESOLVED:
        ends = alarms(house.ticket(), house.config.policy)[0].step is Step.CLOSE
        house.now = end.replace(hour=12) if ends else end
        house.desk.wake(house.now)
        if not ends:
            house.letters()


@pytest.mark.parametrize("meanwhile", ["/wait vendor 等配件", "/wait user 等他回复", "/note 看过了"])
def test_a_later_time_that_was_told_at_night_comes_in_the_morning_whatever_the_desk_notes(house: House, meanwhile: str) -> None:
    assignment = taken(house)
    house.now += timedelta(hours=11)
    house.desk.wake(house.now)
    house.letters()
    house.now += timedelta(hours=12, minutes=30)
    house.mail(MING, meanwhile, answering=assignment)
    assert "说好" not in "".join(letter.text for letter in house.letters(FANG))
    house.after(hours=1)
    assert "说好" in "".join(letter.text for letter in house.letters(FANG))


def test_a_time_that_no_longer_holds_is_not_told_after_the_word_that_it_does_not(house: House) -> None:
    assignment = taken(house)
    house.now += timedelta(hours=11)
    house.desk.wake(house.now)
    house.letters()
    house.now += timedelta(hours=12, minutes=30)
    house.mail(MING, "/wait approval 等主管批", answering=assignment)
    assert "等主管批" in "".join(letter.text for letter in house.letters(FANG))
    house.after(hours=1)
    assert "说好" not in "".join(letter.text for letter in house.letters(FANG))


def taken(house: House) -> Letter:
    """Somebody is told that it is solved this afternoon; the assignment that his engineer answers."""
    house.mail(FANG, "打印机坏了", subject="打印机")
    (assignment,) = house.letters(MING)
    house.mail(MING, "/take 17:00", answering=assignment)
    house.letters()
    return assignment


def test_what_waited_for_the_relay_is_not_said_when_he_has_answered_meanwhile(house: House) -> None:
    house.mail(FANG, "打印机坏了", subject="打印机")
    (assignment,) = house.letters(MING)
    house.mail(MING, "/ask 是哪一台?", answering=assignment)
    (asked,) = (letter for letter in house.letters(FANG) if "哪一台" in letter.text)
    end = house.ticket().wake_at
    assert end is not None
    house.now = end
    house.desk.wake(house.now)
    with house.store.read() as tx:
        assert [one.kind for one in tx.outbox("queued")] == [LetterKind.CHASER]
    house.mail(FANG, "三楼那台。", answering=asked)
    assert house.letters(FANG) == []
    with house.store.read() as tx:
        assert [(one.kind, one.reason) for one in tx.outbox("outdated")] == [(LetterKind.CHASER, "the ticket moved on")]


def test_a_ticket_that_cannot_be_read_keeps_no_written_letter_back(house: House) -> None:
    waiting(house, "Which printer, 1?")
    spoil(house, tickets, "pauses", tickets.c.id > 0)
    assert ["1?" in letter.text for letter in house.letters(FANG)] == [True]


def test_a_time_without_a_zone_in_one_ticket_stops_no_post(house: House) -> None:
    waiting(house, "Which printer, 1?")
    with house.store.write() as tx:
        pauses = tx._run(sa.select(sa.cast(tickets.c.pauses, sa.Text()))).scalar()
        tx._run(sa.update(tickets).values(pauses=json.loads(pauses.replace("+00:00", ""))))
    house.mail(FANG, "网络坏了", subject="网络")
    told = house.letters(FANG)
    assert [any(words in letter.text for letter in told) for words in ("1?", "网络")] == [True, True]


def test_written_bytes_go_out_though_what_they_say_cannot_be_read_any_more(house: House) -> None:
    waiting(house, "Which printer, 1?")
    spoil(house, outbox, "letter", outbox.c.state == "queued")
    assert ["1?" in letter.text for letter in house.letters(FANG)] == [True]


def test_the_next_letter_is_taken_when_all_that_were_are_so_no_more(house: House) -> None:
    first = waiting(house, "Which printer, 1?")
    waiting(house, "Which printer, 2?")
    goes_on(house, first)
    with house.store.write() as tx:
        (row,), _ = claim(house.desk, tx, house.now, 1)
        assert row.letter is not None
        assert row.letter.facts["question"] == "Which printer, 2?"
