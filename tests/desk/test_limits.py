"""Limits hold back and never drop: every mail has its ticket or stands in one, and every letter comes, some of them as one."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maildesk.core.message import Kind
from maildesk.core.ticket import numbers_in
from maildesk.demo.world import ANN, FANG, JING, LEI, MING, OPERATOR, Actor
from tests.desk.house import House, Letter

SERIAL = count(1)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def stranger(n: int, domain: str = "elsewhere.test") -> Actor:
    return Actor(name=f"Stranger {n}", address=f"s{n}@{domain}", part="")


def limited(house: House, **limits: Any) -> None:
    policy = replace(house.config.policy, limits=replace(house.config.policy.limits, **limits))
    house.config = replace(house.config, policy=policy)
    house.desk.reload(house.config)


def acknowledged(letters: list[Letter]) -> Counter[str]:
    """How often each number was told, over all letters."""
    return Counter(number for letter in letters for number in numbers_in(letter.text))


def flood(house: House, actor: Actor, mails: int, **how: Any) -> None:
    house.keep(
        *(house.raw(actor, f"The printer on floor {n} does not print.", subject=f"Printer {n}", **how) for n in range(mails))
    )
    house.take_in()


# -- gathered ------------------------------------------------------------------------------------------------------------


def test_the_first_acknowledgement_comes_at_once_and_the_others_of_a_quarter_of_an_hour_as_one(house: House) -> None:
    for n in range(5):
        house.mail(ANN, f"The printer on floor {n} does not print.", subject=f"Printer {n}")
        house.now += MINUTE
    assert [len(house.tickets()), len(house.letters(ANN))] == [5, 1]
    house.now += 9 * MINUTE
    assert house.letters(ANN) == []
    house.now += MINUTE
    (gathered,) = house.letters(ANN)
    assert gathered.subject == "4 messages for you"
    assert set(acknowledged([gathered])) == {ticket.number for ticket in house.tickets()[1:]}
    house.now += DAY
    assert house.letters(ANN) == []


def test_one_that_waited_alone_is_a_letter_like_any_other(house: House) -> None:
    house.mail(ANN, "The printer does not print.")
    house.mail(ANN, "The scanner does not scan.")
    first = house.letters(ANN)
    house.now += 15 * MINUTE
    (second,) = house.letters(ANN)
    assert [letter.subject[:15] for letter in (*first, second)] == [f"[{ticket.number}]" for ticket in house.tickets()]


def test_an_answer_by_the_button_of_a_gathered_letter_reaches_its_ticket(house: House) -> None:
    for n in range(3):
        house.mail(FANG, f"打印机 {n} 不能打印。", subject=f"打印机 {n}")
    house.letters()
    house.now += 15 * MINUTE
    (gathered,) = house.letters(FANG)
    claims = [line for line in gathered.text.splitlines() if "+" in line and "@demo.test" in line]
    assert len(claims) == 2
    before = len(house.tickets())
    house.mail(FANG, "还没好。", answering=gathered)
    assert len(house.tickets()) == before + 1  # about which of the two he speaks nobody knows


def test_a_thousand_mails_in_a_minute_are_all_told_in_two_letters(house: House) -> None:
    limited(house, sender_tickets=10_000, domain_tickets=10_000)
    flood(house, ANN, 200)
    first = house.letters(ANN)
    house.now += 15 * MINUTE
    second = house.letters(ANN)
    assert [len(first), len(second)] == [1, 1]
    assert set(acknowledged(first + second)) == {ticket.number for ticket in house.tickets()}
    assert len(house.tickets()) == 200


# -- per address, per domain, in all ---------------------------------------------------------------------------------------


def within(house: House, span: timedelta, to: Actor | None = None, step: timedelta = 5 * MINUTE) -> list[Letter]:
    """What is sent in that time, to everybody or to one."""
    sent: list[Letter] = []
    for _ in range(span // step):
        house.now += step
        sent += house.letters(to)
    return sent


def test_an_address_gets_so_many_an_hour_and_what_was_held_back_comes_as_one(house: House) -> None:
    limited(house, address_hour=3, gather=timedelta(0))
    for n in range(8):
        house.mail(ANN, f"The printer on floor {n} does not print.", subject=f"Printer {n}")
    assert len(house.letters(ANN)) == 3
    later = within(house, 2 * HOUR, ANN)
    assert [letter.subject for letter in later] == ["5 messages for you"]


def test_a_domain_and_all_together_get_so_many_an_hour_and_the_rest_later(house: House) -> None:
    limited(house, domain_hour=4, all_hour=6)
    for n in range(10):
        house.mail(stranger(n), "It does not work.")
        house.mail(stranger(n, "another.test"), "It does not work.")
    assert len([letter for letter in house.letters() if letter.to.endswith("elsewhere.test")]) <= 4
    told = within(house, 6 * HOUR)
    everyone = {stranger(n, domain).address for n in range(10) for domain in ("elsewhere.test", "another.test")}
    assert everyone >= {letter.to for letter in told if letter.to.endswith(("elsewhere.test", "another.test"))}
    with house.store.read() as tx:
        letters = [row for row in tx.outbox(limit=1000) if row.kind == "acknowledgement"]
    assert Counter(row.state for row in letters) == {"sent": 20}
    assert {row.to for row in letters} == everyone
    times = sorted(row.settled_at for row in letters if row.settled_at)
    assert all(sum(at <= other < at + HOUR for other in times) <= 6 for at in times)


def test_colleagues_are_limited_by_no_domain(house: House) -> None:
    limited(house, domain_hour=1)
    house.mail(FANG, "打印机不能打印。")
    house.mail(Actor(name="", address="another@demo.test", part=""), "打印机不能打印。")
    assert len([letter for letter in house.letters() if letter.to in {FANG.address, "another@demo.test"}]) == 2


def test_a_limit_that_holds_back_is_told_to_the_operator_once_an_hour(house: House) -> None:
    limited(house, all_hour=1)
    for n in range(20):
        house.mail(stranger(n), "It does not work.")
    assert [letter.subject for letter in house.letters(OPERATOR)] == ["maildesk 告警：自动信的总数到了上限，其余的稍后再发"]


def test_what_people_write_is_not_limited(house: House) -> None:
    limited(house, address_hour=1, address_day=1, all_hour=1)
    house.mail(ANN, "It does not work.")
    (assignment,) = [letter for letter in house.letters() if letter.subject.endswith("Help") and letter.to != ANN.address]
    holder = next(actor for actor in (MING, LEI, JING) if actor.address == assignment.to)
    for n in range(15):
        house.mail(holder, f"Please try this: {n}.", answering=assignment)
    assert len(house.letters(ANN)) == 15


# -- strangers -----------------------------------------------------------------------------------------------------------


def test_whoever_proves_nothing_gets_one_acknowledgement_a_day_and_none_of_the_words_that_came_in_his_name(house: House) -> None:
    for n in range(30):
        house.keep(house.raw(ANN, f"Buy these pills {n}", subject=f"Buy {n}", proof="none"))
        house.take_in()
        house.now += MINUTE
    first = house.letters(ANN)
    assert len(first) == 1
    sent = within(house, 30 * HOUR, ANN, step=HOUR)
    assert len(sent) == 1
    assert all(word not in letter.raw.decode() for letter in (*first, *sent) for word in ("Buy", "pills", "Ann"))
    with house.store.read() as tx:
        assert Counter(row.state for row in tx.inbox(limit=100)) == {"done": 30}


def test_strangers_in_all_get_so_many_an_hour(house: House) -> None:
    limited(house, neutral_hour=5, domain_tickets=1000)
    house.keep(*(house.raw(stranger(n), "Hello.", proof="none") for n in range(12)))
    house.take_in()
    counts = [len([one for one in house.letters() if one.to.endswith("elsewhere.test")])]
    for _ in range(3):
        house.now += HOUR
        counts.append(len([one for one in house.letters() if one.to.endswith("elsewhere.test")]))
    assert counts == [5, 5, 2, 0]


# -- machines ------------------------------------------------------------------------------------------------------------


def test_who_goes_on_writing_right_after_our_letters_gets_few_of_them_and_all_of_it_in_the_end(house: House) -> None:
    sent = []
    house.mail(ANN, "We have your message.", subject="Ticket 1")
    for minute in range(24 * 60):
        house.now += MINUTE
        for letter in house.letters(ANN):
            sent.append(letter)
            house.now += 2 * MINUTE
            house.mail(ANN, "We have your message.", subject=f"Ticket {minute}")
    assert len(sent) <= 5
    for _ in range(60):
        house.now += HOUR
        sent += house.letters(ANN)
    assert set(acknowledged(sent)) == {ticket.number for ticket in house.tickets()}


def test_who_answers_within_seconds_again_and_again_gets_no_more_for_a_day_and_the_engineer_is_told(house: House) -> None:
    house.mail(ANN, "It does not work.")
    sent = house.letters()
    (letter,) = [one for one in sent if one.to == ANN.address]
    heard = []
    for _ in range(6):
        house.now += timedelta(seconds=5)
        house.mail(ANN, "status", answering=letter)
        heard.append([one.to for one in house.letters()])
    answers = sum(ANN.address in to for to in heard)
    assert answers == 2
    assert [one for one in house.history(house.ticket()) if "machine" in one or "机器" in one] != []
    assert len([to for some in heard for to in some if to in {MING.address, LEI.address}]) == 1
    house.now += DAY
    assert len(house.letters(ANN)) == 1


# -- floods --------------------------------------------------------------------------------------------------------------


def test_a_sender_opens_so_many_tickets_an_hour_and_one_more_collects_the_rest(house: House) -> None:
    flood(house, ANN, 60)
    tickets = house.tickets()
    assert len(tickets) == 21
    with house.store.read() as tx:
        rows = tx.inbox(limit=100)
        lines = tx.history(tickets[-1].id, 1000)
    assert Counter(row.state for row in rows) == {"done": 60}
    assert Counter(row.ticket for row in rows)[tickets[-1].id] == 40
    assert sum("does not print" in line.text for line in lines) == 40
    told = house.letters()
    assert len([one for one in told if one.to == OPERATOR.address]) == 1
    assert any("记在这张工单里" in one.text and one.to == JING.address for one in told)
    house.now += 61 * MINUTE
    house.mail(ANN, "And the scanner does not scan.", subject="Scanner")
    assert len(house.tickets()) == 22


def test_a_domain_opens_so_many_tickets_an_hour_and_the_mails_of_all_are_collected(house: House) -> None:
    limited(house, domain_tickets=10)
    house.keep(*(house.raw(stranger(n), f"It does not work: {n}.") for n in range(30)))
    house.take_in()
    assert len(house.tickets()) == 11
    house.mail(ANN, "Another company.")
    house.mail(FANG, "自己人。")
    assert len(house.tickets()) == 13
    with house.store.read() as tx:
        assert {row.verdict for row in tx.inbox(limit=100)} == {Kind.PERSON}


def test_who_floods_in_somebodys_name_uses_up_none_of_his_tickets(house: House) -> None:
    flood(house, ANN, 40, proof="none")
    before = len(house.tickets())
    house.mail(ANN, "It is really me.")
    assert (before, len(house.tickets())) == (21, 22)


def test_answers_find_their_tickets_during_a_flood(house: House) -> None:
    house.mail(ANN, "It does not work.")
    (letter,) = house.letters(ANN)
    flood(house, ANN, 40)
    before = len(house.tickets())
    house.mail(ANN, "It works again now, but slowly.", answering=letter)
    first = house.tickets()[0]
    assert len(house.tickets()) == before
    assert any("slowly" in line for line in house.history(first))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
# -- what strangers make us write to people of the desk -----------------------------------------------------------------------


def burst(house: House, actor: Actor, mails: int, **how: Any) -> None:
    """So many mails in half a minute, in two batches."""
    for half in (range(mails // 2), range(mails // 2, mails)):
        house.keep(*(house.raw(actor, f"/resolve {n}", subject=f"{how.get('subject', 'Hello')} {n}", proof="none") for n in half))
        house.take_in()
        house.now += MINUTE / 4


def test_mails_in_a_colleagues_name_are_told_in_so_many_letters_and_the_rest_in_one(house: House) -> None:
    limited(house, staff_hour=5)
    burst(house, MING, 80)
    assert len(house.letters(JING)) == 5
    later = within(house, 2 * HOUR, JING)
    assert len(later) == 1
    assert "75" in later[0].subject
    assert sum(mail.state == "held" for mail in house.inbox()) == 80


def test_words_in_a_requesters_name_are_told_in_so_many_letters_and_the_rest_in_one(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    house.letters()
    limited(house, staff_hour=5)
    number = house.ticket().number
    house.keep(*(house.raw(FANG, f"第 {n} 句话，请看一下。", subject=f"[{number}] {n}", proof="none") for n in range(30)))
    house.take_in()
    assert len(house.letters(MING)) == 5
    later = within(house, 65 * MINUTE, MING)
    assert len(later) == 1


def test_a_proven_requester_is_heard_at_once_whatever_comes_in_his_name(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    house.letters()
    limited(house, staff_hour=1)
    number = house.ticket().number
    for n in range(3):
        house.mail(FANG, f"第 {n} 句话，请看一下。", subject=f"[{number}] {n}", proof="none")
    assert len(house.letters(MING)) == 1
    house.mail(FANG, "现在全部门都打不出来了。", subject=f"[{number}] now")
    assert any("全部门" in letter.text for letter in house.letters(MING))


def test_questions_that_prove_nothing_get_so_many_answers_an_hour_and_the_rest_in_one(house: House, assignment: Letter) -> None:
    for _ in range(40):
        house.mail(MING, "/list", answering=assignment, proof="none")
        house.now += timedelta(seconds=1)
    assert len(house.letters(MING)) == 20
    later = within(house, 65 * MINUTE, MING)
    assert len(later) == 1


def test_what_an_engineer_must_confirm_he_sees_in_full_however_late(house: House, assignment: Letter) -> None:
    limited(house, staff_hour=2)
    for n in range(5):
        house.mail(MING, f"请重启第 {n} 台打印机。", answering=assignment, proof="none")
        house.now += timedelta(seconds=1)
    assert len(house.letters(MING)) == 2
    later = [letter for letter in within(house, 3 * HOUR) if "请重启第" in letter.text]
    assert [letter.to for letter in later] == [MING.address] * 3


def test_no_limit_holds_back_what_the_clock_says_of_a_p1(house: House) -> None:
    limited(house, staff_hour=1, asked_hour=1)
    house.mail(FANG, "全部门无法工作，紧急！生产系统宕机")
    (ticket,) = house.tickets()
    burst(house, MING, 20, subject=f"[{ticket.number}]")
    house.letters()
    house.after(hours=1)
    assert any(letter.to in (MING.address, JING.address) and "##-" in letter.text for letter in house.letters())


def test_no_limit_keeps_an_engineer_from_opening_tickets(house: House) -> None:
    flood(house, MING, 40)
    assert len(house.tickets()) in {0, 40}


def test_a_machine_that_answers_for_an_engineer_is_told_a_few_times_a_day_that_it_orders_nothing(house: House) -> None:
    house.mail(MING, "/list")
    heard = []
    for _ in range(100):
        for letter in house.letters(MING):
            heard.append(house.now)
            house.now += 3 * MINUTE
            house.mail(MING, "I am travelling and will read this on Monday.", answering=letter)
        house.now += 13 * MINUTE
    assert len([at for at in heard if at < heard[0] + DAY]) <= 6
    with house.store.read() as tx:
        assert {row.state for row in tx.inbox(limit=1000)} == {"done"}
    house.mail(MING, "/list")
    assert len(house.letters(MING)) == 1  # what he orders he hears of at once


# -- the law -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.fixed_dictionaries(
        {
            "address_hour": st.integers(1, 4),
            "address_day": st.integers(4, 9),
            "domain_hour": st.integers(1, 5),
            "all_hour": st.integers(2, 9),
            "neutral_hour": st.integers(1, 5),
            "sender_tickets": st.integers(1, 6),
            "domain_tickets": st.integers(2, 9),
        }
    ),
    mails=st.lists(
        st.tuples(
            st.integers(0, 3), st.sampled_from(("a.test", "b.test")), st.sampled_from(("pass", "none")), st.integers(0, 20)
        ),
        min_size=1,
        max_size=25,
    ),
)
def test_under_any_limits_every_mail_has_its_ticket_and_every_ticket_is_told_to_its_requester_once(
    house: House, numbers: dict[str, int], mails: list[tuple[int, str, str, int]]
) -> None:
    limited(house, **numbers)
    house.now += 3 * DAY
    house.letters()
    kept, old = len(house.inbox()), {ticket.id for ticket in house.tickets()}
    for n, domain, proof, minutes in mails:
        house.mail(stranger(n, domain), f"It does not work: {next(SERIAL)}.", proof=proof)
        house.now += minutes * MINUTE
    told = house.letters()
    for _ in range(24 * 6):
        house.now += HOUR / 2
        told += house.letters()
    tickets = [ticket for ticket in house.tickets() if ticket.id not in old]
    fresh = house.inbox()[: len(house.inbox()) - kept]
    assert len(fresh) == len(mails)
    assert {(row.state, row.ticket in {ticket.id for ticket in tickets}) for row in fresh} == {("done", True)}
    outside = [letter for letter in told if letter.to.endswith(("a.test", "b.test"))]
    for ticket in tickets:
        assert [letter.to for letter in outside if ticket.number in letter.text] == [ticket.requester]
