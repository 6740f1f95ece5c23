"""Whoever is on call is rung when the user of a P1 is not phoned in time: durably, once, and no longer than there is a reason."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from maildesk import faults
from maildesk.config import OnCall
from maildesk.core.ticket import Priority
from maildesk.demo.world import ANN, FANG, JING, MING, OPERATOR
from maildesk.desk.calling import Calling
from maildesk.hook import Answer
from maildesk.simulate.calls import Calls
from maildesk.store.schema import calls
from tests.desk.house import MONDAY, House
from tests.desk.pager import DEAF, HEARD, Pager

NIGHT = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
"""Three o'clock in the morning of Tuesday in Shanghai: nobody is on shift, and it is quiet."""

OUTAGE = "紧急！全公司都无法登录财务系统，整个公司无法办公。"


class Watch:
    """A house whose desk has a hook: a pager that is looked after once a minute."""

    def __init__(self, house: House, **settings: object) -> None:
        on_call = OnCall(command=("/usr/local/bin/page",), **settings)  # type: ignore[arg-type]
        self.house, self.pager = house, Pager()
        house.config = replace(
            house.config,
            settings=replace(house.config.settings, on_call=on_call),
            policy=replace(house.config.policy, on_call=True),
        )
        house.desk.reload(house.config)
        self.calling = Calling(house.desk, lambda: house.now, self.pager)

    def opens(self, at: datetime) -> None:
        """An outage is reported, and found to be a P1."""
        self.house.now = at
        self.house.mail(FANG, OUTAGE, subject="财务系统登录不上")
        assert self.house.ticket().priority is Priority.P1

    def ring(self) -> int:
        return asyncio.run(self.calling.call())

    def after(self, minutes: int) -> list[int]:
        """Let time pass; the minutes from the opening of the ticket at which somebody was rung."""
        heard = []
        for minute in range(minutes + 1):
            if minute:
                self.house.after(minutes=1)
            while self.house.desk.wake(self.house.now):
                pass
            before = len(self.pager.rung)
            while self.due():
                self.ring()
            since = (self.house.now - self.house.ticket().opened_at) // timedelta(minutes=1)
            heard += [since] * (len(self.pager.rung) - before)
        return heard

    def due(self) -> bool:
        with self.house.store.read() as tx:
            return any(call.next_at <= self.house.now for call in tx.calls("waiting"))

    def states(self) -> list[tuple[str, int, str]]:
        """State, attempts and last words of the calls, the oldest first."""
        with self.house.store.read() as tx:
            return [(call.state, call.attempts, call.said) for call in reversed(tx.calls())]


@pytest.fixture
def watch(house: House) -> Watch:
    return Watch(house)


def test_by_day_who_is_on_call_is_rung_after_ten_and_after_fifteen_minutes(watch: Watch) -> None:
    watch.opens(MONDAY)
    assert watch.after(20) == [10, 15]
    assert watch.states() == [("heard", 1, "exit code 0: paged alice")] * 2


def test_at_night_he_is_rung_at_once_as_well_and_no_quiet_hours_hold_it(watch: Watch) -> None:
    watch.opens(NIGHT)
    assert watch.after(20) == [0, 10, 15]


def test_a_rehearsal_has_all_rung_at_the_second_at_which_they_are_to_be(watch: Watch) -> None:
    house, calls = watch.house, Calls(watch.house.desk)
    house.now = NIGHT
    for number in range(7):
        house.mail(FANG, OUTAGE, subject=f"财务系统 {number} 登录不上")
    while house.desk.wake(house.now):
        pass
    calls.round(house.now)
    assert [(made.at, made.call.number) for made in calls.made] == [(NIGHT, ticket.number) for ticket in house.tickets()]


def test_he_is_told_whom_to_phone_and_by_when_and_nothing_of_the_mail(watch: Watch) -> None:
    watch.opens(MONDAY)
    watch.after(10)
    (call,) = watch.pager.rung
    ticket = watch.house.ticket()
    assert (call.number, call.priority, call.subject) == (ticket.number, Priority.P1, "财务系统登录不上")
    assert (call.requester, call.phone, call.due) == (FANG.name, "6120", ticket.opened_at + timedelta(minutes=15))
    assert "无法办公" not in repr(call)


def test_who_has_phoned_is_not_rung(watch: Watch) -> None:
    watch.opens(NIGHT)
    assert watch.after(12) == [0, 10]
    assignment, *_ = watch.house.letters(JING)
    watch.house.mail(JING, "/called 电话里已告知", answering=assignment)
    assert watch.house.ticket().called_at is not None
    assert watch.after(20) == []


@pytest.mark.parametrize("spoilt", [[], {"alarm": "unheard of"}])
def test_a_call_that_cannot_be_read_keeps_no_other_from_ringing(spoilt: object, watch: Watch) -> None:
    watch.opens(NIGHT)
    watch.house.mail(FANG, OUTAGE, subject="财务系统又登录不上")
    while watch.house.desk.wake(watch.house.now):
        pass
    with watch.house.store.write() as tx:
        first = sa.select(sa.func.min(calls.c.id)).scalar_subquery()
        (whole,) = tx._run(sa.select(calls.c.call).where(calls.c.id == first)).scalars()
        tx._run(sa.update(calls).where(calls.c.id == first).values(call=spoilt))
    watch.ring()
    assert watch.ring() == 0
    assert [call.subject for call in watch.pager.rung] == ["财务系统又登录不上"]
    assert any("call 1" in letter.text for letter in watch.house.letters(OPERATOR))
    with watch.house.store.write() as tx:
        tx._run(sa.update(calls).where(calls.c.id == first).values(call=whole))
    watch.house.now += timedelta(minutes=20)
    watch.ring()
    assert [call.subject for call in watch.pager.rung[1:]] == ["财务系统登录不上"]


def test_who_has_only_taken_it_is_rung_all_the_same(watch: Watch) -> None:
    watch.opens(MONDAY)
    (assignment,) = watch.house.letters(MING)
    watch.house.mail(MING, "/take", answering=assignment)
    assert watch.after(20) == [10, 15]


def test_for_anything_less_than_a_p1_nobody_is_rung(watch: Watch) -> None:
    watch.house.now = NIGHT
    watch.house.mail(FANG, "打印机卡纸了")
    assert watch.after(20) == []


def test_without_a_hook_nothing_is_promised(house: House) -> None:
    house.mail(FANG, OUTAGE)
    assert house.ticket().priority is Priority.P1
    house.after(minutes=20)
    with house.store.read() as tx:
        assert tx.calls() == ()
    assert not any("值班" in line for line in house.history(house.ticket()))


def test_after_an_hour_of_silence_he_is_rung_once(watch: Watch) -> None:
    watch.opens(NIGHT)
    watch.house.now += timedelta(hours=1)
    assert watch.after(20) == [60]


def test_the_record_says_that_he_was_rung_and_what_came_of_it(watch: Watch) -> None:
    watch.opens(MONDAY)
    watch.after(10)
    told = [line for line in watch.house.history(watch.house.ticket()) if "值班" in line]
    assert told == ["电话联系 11-23 09:15：呼叫值班人员", "已呼叫值班人员（exit code 0）"]


def test_why_says_that_the_rule_rang(watch: Watch) -> None:
    watch.opens(MONDAY)
    (assignment,) = watch.house.letters(MING)
    watch.after(15)
    watch.house.letters()
    watch.house.mail(MING, "/why", answering=assignment)
    (answer,) = watch.house.letters(MING)
    assert "呼叫值班人员" in answer.text


# -- nobody answers ------------------------------------------------------------------------------------------------------


def test_who_is_not_reached_is_rung_again_and_each_time_later(house: House) -> None:
    watch = Watch(house, every=timedelta(minutes=1), tries=3)
    watch.pager.answer = DEAF
    watch.opens(MONDAY)
    assert watch.after(14) == [10, 11, 13]
    assert watch.states() == [("failed", 3, "exit code 3: no pager")]
    assert [call.alarm for call in watch.pager.rung] == [watch.pager.rung[0].alarm] * 3


def test_when_all_tries_have_failed_the_operator_gets_one_letter_and_the_record_says_it(house: House) -> None:
    watch = Watch(house, tries=2)
    watch.pager.answer = DEAF
    watch.opens(MONDAY)
    watch.after(30)
    (alarm,) = house.letters(OPERATOR)
    assert house.ticket().number in alarm.text
    assert "exit code 3: no pager" in alarm.text
    assert "maildesk calls --state failed" in alarm.text
    told = [line for line in house.history(house.ticket()) if "都没有成功" in line]
    assert told == ["呼叫值班人员试了 2 次都没有成功（exit code 3）"] * 2


def test_a_try_that_succeeds_ends_the_matter(house: House) -> None:
    watch = Watch(house, every=timedelta(minutes=1))
    watch.pager.answer = DEAF
    watch.opens(MONDAY)
    watch.after(10)
    watch.pager.answer = HEARD
    assert watch.after(3) == [11]
    assert watch.states() == [("heard", 2, "exit code 0: paged alice")]
    assert house.letters(OPERATOR) == []


def test_a_later_step_takes_the_place_of_one_that_is_still_tried(house: House) -> None:
    watch = Watch(house, every=timedelta(minutes=10))
    watch.pager.answer = DEAF
    watch.opens(MONDAY)
    assert watch.after(22) == [10, 15]
    assert [state for state, _, _ in watch.states()] == ["outdated", "waiting"]


def test_what_has_lost_its_reason_is_not_rung_again(house: House) -> None:
    watch = Watch(house, every=timedelta(minutes=2))
    watch.pager.answer = DEAF
    watch.opens(MONDAY)
    (assignment,) = house.letters(MING)
    watch.after(10)
    house.mail(MING, "/called 已告知", answering=assignment)
    assert watch.after(30) == []
    assert watch.states() == [("outdated", 2, "the ticket moved on")]
    assert house.letters(OPERATOR) == []


def test_when_the_hook_is_taken_out_of_the_configuration_nobody_is_rung_any_more(watch: Watch) -> None:
    watch.pager.answer = DEAF
    watch.opens(MONDAY)
    watch.after(10)
    house = watch.house
    without = replace(house.config.settings, on_call=None)
    house.desk.reload(replace(house.config, settings=without, policy=replace(house.config.policy, on_call=False)))
    assert watch.after(30) == []
    assert watch.states() == [("outdated", 2, "nobody is on call any more")]


# -- broken off ----------------------------------------------------------------------------------------------------------


def dies(watch: Watch) -> None:
    """The desk dies while it rings."""
    faults.arm("rung:raise")
    try:
        with pytest.raises(faults.Fault):
            watch.ring()
    finally:
        faults.arm("")


def broken_off(watch: Watch) -> None:
    """The desk dies while it rings, and is started again."""
    dies(watch)
    with watch.house.store.write() as tx:
        tx.recover(watch.house.now)


def test_a_call_that_was_broken_off_is_made_once_more_and_under_the_same_name(watch: Watch) -> None:
    watch.opens(MONDAY)
    watch.house.after(minutes=10)
    broken_off(watch)
    watch.ring()
    first, second = watch.pager.rung
    assert first == second
    assert watch.states() == [("heard", 2, "exit code 0: paged alice")]


def test_a_call_of_a_desk_that_does_not_come_back_is_made_by_another_a_minute_after_its_deadline(watch: Watch) -> None:
    watch.opens(MONDAY)
    watch.house.after(minutes=10)
    dies(watch)
    watch.house.now += timedelta(minutes=1, seconds=19)
    assert watch.ring() == 0
    watch.house.now += timedelta(seconds=1)
    assert watch.ring() == 1
    assert watch.states() == [("heard", 2, "exit code 0: paged alice")]


def test_a_call_that_was_broken_off_twice_is_given_up_and_told(watch: Watch) -> None:
    watch.opens(MONDAY)
    watch.house.after(minutes=10)
    broken_off(watch)
    broken_off(watch)
    watch.ring()
    assert len(watch.pager.rung) == 2
    assert watch.states() == [("failed", 3, "broken off twice")]
    assert [letter.to for letter in watch.house.letters(OPERATOR)] == [OPERATOR.address]


def test_a_mail_that_comes_while_he_is_rung_is_not_lost(watch: Watch) -> None:
    watch.opens(MONDAY)
    watch.pager.meanwhile = lambda: watch.house.mail(ANN, "Hello, my screen is dark.")
    watch.house.after(minutes=10)
    watch.ring()
    assert watch.states() == [("heard", 1, "exit code 0: paged alice")]
    assert len(watch.house.tickets()) == 2


def test_one_call_that_cannot_be_settled_holds_up_no_other(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    watch.opens(MONDAY)
    watch.house.mail(ANN, "URGENT: the whole company cannot log in, production is down for everybody.")
    watch.house.after(minutes=10)
    faults.arm("call-settled:raise:1")
    with pytest.raises(faults.Fault):
        watch.ring()
    faults.arm("")
    assert len(watch.pager.rung) == 2
    assert sorted(state for state, _, _ in watch.states()) == ["heard", "ringing"]


def test_an_answer_is_a_status_for_the_record_and_words_for_the_operator() -> None:
    assert Answer(False, "exit code 3", "no pager").said == "exit code 3: no pager"
    assert Answer(True, "exit code 0").said == "exit code 0"
