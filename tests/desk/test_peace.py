"""People's peace in the whole desk: what the clock says comes together, at the right time, once; a P1 comes at once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maildesk.core.absence import EVER, Absence
from maildesk.core.alarms import wake_at
from maildesk.core.letter import Letter as Promised
from maildesk.core.letter import LetterKind, instant
from maildesk.core.message import Address
from maildesk.core.people import People, Person, Role, StaffId
from maildesk.core.ticket import UNSAVED, Eta, Pause, Priority, Status, Ticket, Waiting
from maildesk.demo.world import ANN, FANG, JING, LEI, MING, OPERATOR
from maildesk.desk import Desk
from maildesk.desk.rendering import render
from maildesk.mail.bundle import Item
from maildesk.mail.content import Content
from maildesk.mail.letters import Letters, Written
from maildesk.store import Store
from tests.desk.house import MONDAY, READER, House, Letter
from tests.desk.test_absences import change

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
E001 = StaffId("E001")
SERIAL = count(1)


def put(house: House, *, opened_at: datetime, **facts: Any) -> Ticket:
    """A ticket that is with 李明 and has a life behind it."""
    plain: dict[str, Any] = {
        "status": Status.ASSIGNED,
        "subject": f"第 {next(SERIAL)} 个问题",
        "requester": Address(FANG.address),
        "engineer": E001,
        "opened_at": opened_at,
        "assigned_at": opened_at,
        "line_since": opened_at,
    }
    with house.store.write() as tx:
        ticket = Ticket(id=UNSAVED, number=tx.mint(opened_at.date()), **plain | facts)
        return tx.save(replace(ticket, wake_at=wake_at(ticket, house.config.policy)))


def becomes(house: House, ticket: Ticket, **facts: Any) -> None:
    with house.store.write() as tx:
        found = tx.ticket(ticket.id)
        assert found is not None
        tx.save(replace(found, **facts))


def minutes(house: House, span: timedelta) -> Iterator[list[Letter]]:
    """What is sent in each minute, by a desk that is alive."""
    for _ in range(span // MINUTE):
        house.now += MINUTE
        house.desk.alive(house.now)
        while house.desk.wake(house.now):
            pass
        yield house.letters()


# -- windows -------------------------------------------------------------------------------------------------------------


def test_what_falls_due_for_one_person_within_a_window_comes_as_two_letters_at_most(house: House) -> None:
    tickets = [put(house, opened_at=house.now + n * MINUTE, subject=f"问题{n}") for n in range(6)]
    sent = [letter for minute in minutes(house, 8 * MINUTE) for letter in minute if letter.to == MING.address]
    assert len(sent) == 2
    assert tickets[0].number in sent[0].subject
    assert "4 件事等你处理" in sent[1].subject


def test_a_letter_alone_is_not_late_by_a_second(house: House) -> None:
    put(house, opened_at=house.now)
    sent = [(house.now - MONDAY, letter.to) for minute in minutes(house, 6 * MINUTE) for letter in minute]
    assert sent == [(5 * MINUTE, MING.address)]


def test_a_letter_about_a_p1_is_alone_and_at_once_though_others_wait(house: House) -> None:
    put(house, opened_at=house.now, subject="先说的")
    put(house, opened_at=house.now + MINUTE, subject="等着的")
    put(house, opened_at=house.now + MINUTE, subject="最急的", proposed=Priority.P1)
    sent = [(house.now - MONDAY, one.subject.split()[-1]) for m in minutes(house, 8 * MINUTE) for one in m]
    assert sent[:2] == [(5 * MINUTE, "先说的"), (6 * MINUTE, "最急的")]
    assert sent[2][0] == 8 * MINUTE


def test_a_burst_is_one_letter_however_many_they_are(house: House) -> None:
    for n in range(120):
        put(house, opened_at=house.now, subject=f"问题{n}")
    sent = [letter for minute in minutes(house, 5 * MINUTE) for letter in minute]
    assert [letter.to for letter in sent] == [MING.address]
    assert "120 件事等你处理" in sent[0].subject
    assert sent[0].text.count("TS20261123") == 30
    assert "另有 90 件没有列在这里" in sent[0].text


def test_an_answer_to_a_merged_letter_reaches_no_requester_and_changes_no_ticket(house: House) -> None:
    first = put(house, opened_at=house.now)
    put(house, opened_at=house.now, subject=f"请看 {first.number}", requester=Address(ANN.address))
    (merged,) = [letter for minute in minutes(house, 5 * MINUTE) for letter in minute]
    before = house.tickets()
    house.mail(MING, "我马上来处理，请稍等。", answering=merged)
    assert {letter.to for letter in house.letters()} <= {MING.address}
    assert [ticket.status for ticket in house.tickets()] == [ticket.status for ticket in before]
    assert [ticket.first_answer_at for ticket in house.tickets()] == [None, None]


def test_what_is_no_longer_true_at_the_end_of_the_window_is_left_out(house: House) -> None:
    put(house, opened_at=house.now)
    settled = put(house, opened_at=house.now + MINUTE)
    put(house, opened_at=house.now + MINUTE)
    for _ in minutes(house, 6 * MINUTE):
        pass
    becomes(house, settled, first_answer_at=house.now)
    (sent,) = [letter for minute in minutes(house, 2 * MINUTE) for letter in minute]
    assert settled.number not in sent.text


def test_a_letter_that_cannot_be_written_spoils_no_other_and_the_operator_hears_of_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = [put(house, opened_at=house.now, subject=f"问题{n}") for n in range(4)]
    number = tickets[1].number
    line = Content._line

    def breaks(content: Content, n: int, item: Item, language: str, now: datetime) -> Any:
        if item[1] is not None and item[1].number == number:
            raise RuntimeError("nothing can be made of this")
        return line(content, n, item, language, now)

    def alone(*_: Any, ticket: Ticket | None, **facts: Any) -> Written:
        if ticket is not None and ticket.number == number:
            raise RuntimeError("nothing can be made of this")
        return write(*_, ticket=ticket, **facts)

    write = Letters.write
    monkeypatch.setattr(Content, "_line", breaks)
    monkeypatch.setattr(Letters, "write", alone)
    sent = [letter for minute in minutes(house, 5 * MINUTE) for letter in minute]
    told = [letter.text for letter in sent if letter.to == MING.address]
    assert [sum(ticket.number in text for text in told) for ticket in tickets] == [1, 0, 1, 1]
    assert [letter.to for letter in sent if letter.to != MING.address] == [OPERATOR.address]
    monkeypatch.undo()
    late = [letter for minute in minutes(house, 20 * MINUTE) for letter in minute if letter.to == MING.address]
    assert any(number in letter.text for letter in late)


# -- the law -------------------------------------------------------------------------------------------------------------


@st.composite
def schedules(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    """Letters as (minute of their making, minutes of rest before they may go, minutes of patience)."""
    times = draw(st.lists(st.integers(0, 60), min_size=1, max_size=12))
    return [(at, draw(st.sampled_from((0, 0, 0, 5, 45))), draw(st.sampled_from((0, 1, 4, 10)))) for at in sorted(times)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schedule=schedules())
def test_no_letter_is_lost_none_comes_twice_and_none_too_late(house: House, schedule: list[tuple[int, int, int]]) -> None:
    """Whatever is promised when: each letter is in exactly one that goes out, between the moment from which it may go and the
    end of its window; one without patience at that very moment."""
    person, start = StaffId(f"P{next(SERIAL)}"), house.now
    made: dict[str, tuple[datetime, timedelta]] = {}
    went: dict[str, list[datetime]] = {}
    for minute in range(120):
        now = start + minute * MINUTE
        with house.store.write() as tx:
            saver = house.desk.saver(tx, house.desk.gatherer(tx, now))
            for at, rest, waits in schedule:
                if at == minute:
                    ticket = tx.save(Ticket(id=UNSAVED, number=tx.mint(now.date()), status=Status.ASSIGNED, opened_at=now))
                    saver.promise(reminder(person, now, now + rest * MINUTE, waits * MINUTE), ticket)
                    made[ticket.number] = now + rest * MINUTE, waits * MINUTE
        with house.store.write() as tx:
            render(house.desk, tx, now)
            for row in tx.claim_letters(now, 50, MINUTE, pace=30):
                tx.sent(row.id, "ok", now)
                text = Letter(row.to, row.raw).text
                for number in made:
                    if number in text:
                        went.setdefault(number, []).append(now)
    assert {number: len(times) for number, times in went.items()} == dict.fromkeys(made, 1)
    for number, (ready, waits) in made.items():
        (at,) = went[number]
        assert ready <= at <= ready + waits


def reminder(person: StaffId, now: datetime, ready: datetime, patience: timedelta) -> Promised:
    return Promised(
        kind=LetterKind.REMINDER,
        to=Address(f"{person}@demo.test"),
        language="zh",
        facts={"rule": "progress", "step": "late", "due": instant(now)},
        not_before=ready,
        bundle_for=person,
        patience=patience,
    )


# -- outages -------------------------------------------------------------------------------------------------------------

STAFF = {
    "E1": (Role.ENGINEER, 1),
    "E2": (Role.ENGINEER, 1),
    "E3": (Role.ENGINEER, 2),
    "E4": (Role.ENGINEER, 2),
    "L1": (Role.LEAD, 1),
}


def staffed(house: House) -> None:
    """Four engineers and a lead."""
    people = tuple(
        Person(
            staff_id=StaffId(id),
            name=id,
            addresses=(Address(f"{id.lower()}@demo.test"),),
            roles=frozenset({role}),
            line=line,
            language="zh",
        )
        for id, (role, line) in STAFF.items()
    )
    house.config = replace(house.config, people=People(people))
    house.desk.reload(house.config)


def busy(house: House) -> None:
    """Two hundred open tickets in every kind of trouble, opened in the first hour of the day and the days before."""
    for n in range(200):
        facts: dict[str, Any] = {"engineer": StaffId(f"E{n % 4 + 1}"), "requester": Address(f"user{n}@customer.test")}
        opened_at = house.now + n % 60 * MINUTE
        if n % 4 == 1:
            facts["eta"] = Eta(at=house.now + 3 * HOUR, said_at=opened_at)
        if n % 4 == 2:
            opened_at = datetime(2026, 11, 19, 6, n % 60, tzinfo=UTC)
            pause = Pause(why=Waiting.USER, since=opened_at)
            facts |= {"status": Status.WAITING, "waiting": Waiting.USER, "pauses": (pause,), "first_answer_at": opened_at}
        put(house, opened_at=opened_at, **facts)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_after_six_hours_down_everybody_of_the_desk_gets_one_letter_and_requesters_hear_at_a_pace(house: House) -> None:
    staffed(house)
    house.desk.alive(house.now)
    busy(house)
    house.now += 6 * HOUR
    sent = list(minutes(house, 10 * MINUTE))
    inside = [letter for minute in sent for letter in minute if letter.to.endswith("demo.test")]
    outside = [[letter for letter in minute if letter.to.endswith("customer.test")] for minute in sent]
    assert Counter(letter.to for letter in inside) == {f"{id.lower()}@demo.test": 1 for id in STAFF}
    assert all("服务台 09:00 到 15:01 停机" in letter.text for letter in inside)
    assert {letter.to for letter in inside if "已超时" in letter.text} >= {"e3@demo.test", "l1@demo.test"}
    assert max(map(len, outside)) <= house.config.policy.peace.pace
    assert set(Counter(letter.to for minute in outside for letter in minute).values()) == {1}
    assert len([letter for minute in outside for letter in minute]) == 100


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_desk_that_starts_again_and_again_says_it_once(house: House, store: Store) -> None:
    house.desk.alive(house.now)
    put(house, opened_at=house.now)
    house.now += 2 * HOUR
    heard: list[Letter] = []
    for _ in range(6):
        house.desk = Desk(house.config, store, READER)
        house.posting.desk = house.desk
        heard += [letter for minute in minutes(house, MINUTE) for letter in minute]
    assert Counter(letter.to for letter in heard) == {MING.address: 1, LEI.address: 1, JING.address: 1}
    assert house.desk.outage is not None
    assert house.desk.outage.since == MONDAY


def test_a_short_silence_is_no_outage(house: House) -> None:
    house.desk.alive(house.now)
    house.desk.alive(house.now + 5 * MINUTE)
    assert house.desk.outage is None
    house.desk.alive(house.now + 11 * MINUTE)
    assert house.desk.outage is not None


def test_after_an_outage_a_p1_is_told_before_the_desk_has_looked_around(house: House) -> None:
    house.desk.alive(house.now)
    put(house, opened_at=house.now + HOUR, proposed=Priority.P1)
    house.now += 2 * HOUR
    sent = {letter.to for minute in minutes(house, MINUTE) for letter in minute}
    assert {MING.address, JING.address} <= sent


def test_what_became_a_p1_takes_nothing_along_that_waits_until_the_desk_has_looked_around(house: House) -> None:
    tickets = [put(house, opened_at=house.now + n * MINUTE) for n in range(3)]
    assert [letter.to for minute in minutes(house, 7 * MINUTE) for letter in minute] == [MING.address]
    house.now += HOUR
    house.desk.alive(house.now)
    becomes(house, tickets[1], proposed=Priority.P1)
    assert not [letter for letter in house.letters() if tickets[2].number in letter.text]
    later = [letter.text for minute in minutes(house, 10 * MINUTE) for letter in minute if letter.to == MING.address]
    assert sum(tickets[2].number in text for text in later) == 1


def test_what_waited_for_company_when_the_desk_went_down_comes_with_all_that_it_says_after_that(house: House) -> None:
    tickets = [put(house, opened_at=house.now + n * MINUTE, subject=f"问题{n}") for n in range(3)]
    first = [letter.to for minute in minutes(house, 6 * MINUTE) for letter in minute]
    assert first == [MING.address]
    house.now += HOUR
    sent = [(house.now, letter) for minute in minutes(house, 10 * MINUTE) for letter in minute if letter.to == MING.address]
    assert [(at - MONDAY, letter.to) for at, letter in sent] == [(HOUR + 9 * MINUTE, MING.address)]
    assert all(sent[0][1].text.count(ticket.number) == 1 for ticket in tickets)


def test_who_stands_in_after_an_outage_gets_his_own_and_what_is_passed_on_as_one_letter(house: House) -> None:
    """Whoever comes first in the round."""
    for n in range(3):
        put(house, opened_at=house.now + n * MINUTE, engineer=StaffId("E101"))
        put(house, opened_at=house.now + n * MINUTE)
    for _ in minutes(house, 31 * MINUTE):
        pass
    away = (Absence(since=EVER, until=house.now + DAY),)
    change(house, LEI.name, delegate="E001", absences=away)
    house.now += HOUR
    sent = [letter for minute in minutes(house, 10 * MINUTE) for letter in minute if letter.to == MING.address]
    assert len(sent) == 1
    assert f"代 {LEI.name}" in sent[0].text


def test_what_became_a_p1_waits_for_nothing_at_who_stands_in(house: House) -> None:
    """Others of his wait for company, as it did while it was no P1."""
    house.now += HOUR
    house.desk.alive(house.now)
    put(house, opened_at=house.now - 4 * MINUTE)
    put(house, opened_at=house.now - 2 * MINUTE, engineer=StaffId("E101"))
    answered = {"first_answer_at": house.now, "confirmed": Priority.P3, "priority_at": house.now}
    became = put(house, opened_at=house.now - 43 * MINUTE, **answered)
    for _ in minutes(house, 3 * MINUTE):
        pass
    becomes(house, became, confirmed=Priority.P1)
    change(house, MING.name, delegate="E101", absences=(Absence(since=EVER, until=house.now + DAY),))
    told = [house.now for letters in minutes(house, 6 * MINUTE) for letter in letters if became.number in letter.text]
    with house.store.read() as tx:
        passed_on = [row.created_at for row in tx.outbox() if row.ticket == became.id and row.to == LEI.address]
    assert len(told) == 1
    assert told == passed_on


def test_whose_mail_lay_there_while_the_desk_was_down_is_told_so(house: House) -> None:
    house.keep(house.raw(FANG, "打印机卡纸了，重启也没有用。"))
    house.now += 3 * HOUR
    house.take_in()
    (letter,) = house.letters(FANG)
    assert "您的信 09:00 就到了" in letter.text
