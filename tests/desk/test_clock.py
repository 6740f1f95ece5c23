"""The clock in the whole desk: what is said reaches people once, together, in their hours, and only while it is true."""

from collections import Counter
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

from maildesk.core.calendar import ALWAYS
from maildesk.core.people import People, StaffId
from maildesk.core.rules import MINUTE, Duties, Steps
from maildesk.demo.world import FANG, JING, LEI, MING, QIANG
from maildesk.reports.digest import write_digests
from tests.desk.house import House, Letter

FRIDAY_EVENING = datetime(2026, 11, 27, 9, 58, tzinfo=UTC)
"""Two minutes before the office closes in Shanghai."""


def opened(house: House) -> None:
    """A ticket with 李明, its first letters out of the way."""
    house.mail(FANG, "打印机卡纸了，重启也没有用。")
    house.letters()


def test_nobody_answers_so_the_engineer_hears_twice_and_then_the_lead(house: House) -> None:
    opened(house)
    heard = []
    for _ in range(10):
        house.after(minutes=1)
        heard += [(house.now.minute, letter.to) for letter in house.letters() if letter.to != FANG.address]
    assert heard == [(5, MING.address), (9, MING.address), (10, JING.address)]


def test_a_reminder_that_is_no_longer_true_is_not_sent(house: House) -> None:
    opened(house)
    (assignment,) = [letter for letter in house_letters_again(house) if letter.to == MING.address]
    house.after(minutes=5)
    house.mail(MING, "您好，我马上来看。", answering=assignment)
    assert [letter for letter in house.letters(MING) if "首次" in letter.text] == []
    with house.store.read() as tx:
        assert [letter.kind for letter in tx.outbox(state="outdated")] == ["reminder"]


def house_letters_again(house: House) -> list[Letter]:
    """Everything that was sent from the beginning."""
    house.read = 0
    return house.letters()


def test_after_an_outage_everybody_hears_at_most_his_case_and_one_reminder(house: House) -> None:
    opened(house)
    house.now += timedelta(hours=5)
    while house.desk.wake(house.now):
        pass
    heard = Counter(letter.to for letter in house.letters())
    assert heard == {MING.address: 1, LEI.address: 2, JING.address: 1}
    house.after(minutes=3)
    assert house.letters() == []


def test_a_policy_that_was_tightened_gives_its_first_step_and_then_speaks_once(house: House) -> None:
    opened(house)
    house.after(minutes=4)
    strict = Steps(remind=(MINUTE,), lead=(2 * MINUTE, 3 * MINUTE))
    policy = house.config.policy
    house.desk.reload(replace(house.config, policy=replace(policy, usual=replace(policy.usual, first_answer=strict))), house.now)
    heard = []
    for _ in range(6):
        house.after(minutes=1)
        heard += [letter.to for letter in house.letters()]
    assert heard == [JING.address]


def test_a_reload_that_changes_no_rule_gives_no_more_time(house: House) -> None:
    opened(house)
    house.after(minutes=4)
    house.desk.reload(house.config, house.now)
    house.after(minutes=1)
    assert [letter.to for letter in house.letters()] == [MING.address]


def test_a_changed_policy_speaks_at_its_own_moments_not_at_those_of_the_one_before(house: House) -> None:
    opened(house)
    policy = house.config.policy
    silent = replace(
        policy, usual=Duties(**{rule.name: replace(getattr(policy.usual, rule.name), on=False) for rule in fields(Duties)})
    )
    heard = []
    for one in (silent, policy):
        house.desk.reload(replace(house.config, policy=one), house.now)
        house.desk.rouse(house.now)
        for _ in range(4):
            house.after(minutes=1)
            heard += [(house.now.minute, letter.to) for letter in house.letters()]
        assert (house.ticket().wake_at is None, house.ticket().due_at is None) == (one is silent, one is silent)
    assert heard in ([(5, MING.address)], [(6, MING.address)])


def test_what_was_held_for_somebody_who_then_left_goes_to_who_stands_in_for_him(house: House) -> None:
    house.now = FRIDAY_EVENING
    policy, people = house.config.policy, house.config.people
    usual = replace(policy.usual, first_answer=Steps(remind=(5 * MINUTE,), calendar=ALWAYS))
    delegating = (replace(one, delegate=StaffId("E101")) if one.address == MING.address else one for one in people.everyone)
    house.config = replace(house.config, policy=replace(policy, usual=usual), people=People(tuple(delegating)))
    house.desk.reload(house.config)
    house.mail(FANG, "打印机卡纸了，重启也没有用。")
    (assignment,) = house.letters(MING)
    house.after(minutes=6)
    house.mail(MING, "/away 11-30", answering=assignment)
    house.letters()
    house.after(hours=62, minutes=55)
    assert house.letters() == []
    house.after(minutes=5)
    (held,) = house.letters() + house.letters()
    assert held.to == LEI.address
    assert "李明" in held.text


def test_the_weekend_is_quiet(house: House) -> None:
    house.now = FRIDAY_EVENING
    opened(house)
    house.after(hours=60)
    assert house.letters() == []
    house.after(hours=3, minutes=5)
    assert [letter.to for letter in house.letters()] == [MING.address]


def test_an_hour_on_line_1_brings_the_expert_who_then_has_it(house: House) -> None:
    opened(house)
    house.after(minutes=60)
    sent = house.letters()
    (handover,) = [letter for letter in sent if letter.to == LEI.address]
    assert "李明" in handover.text
    assert "打印机卡纸了" in handover.text
    ticket = house.ticket()
    assert (ticket.engineer, ticket.line) == ("E101", 2)
    house.mail(LEI, "您好，二线已接手。", answering=handover)
    assert any("二线已接手" in letter.text for letter in house.letters(FANG))


def test_digests_are_written_once_a_day_for_everybody_whom_they_concern(house: House) -> None:
    opened(house)
    assert write_digests(house.desk, house.now) == 4
    assert sorted(letter.to for letter in house.letters()) == sorted(one.address for one in (MING, LEI, JING, QIANG))
    house.now += timedelta(hours=1)
    assert write_digests(house.desk, house.now) == 0
    house.now += timedelta(days=1)
    assert write_digests(house.desk, house.now) == 4


def test_the_digest_shows_the_case_to_who_has_it_and_to_the_lead(house: House) -> None:
    opened(house)
    house.now += timedelta(minutes=20)
    write_digests(house.desk, house.now)
    texts = {letter.to: letter.text for letter in house.letters()}
    number = house.ticket().number
    assert number in texts[MING.address]
    assert number not in texts[LEI.address]
    assert number in texts[JING.address]
