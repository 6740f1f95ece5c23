"""Held mails that nobody decides about are put before the leads: after four hours of service, then once a day while they last."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from maildesk.core.calendar import ALWAYS
from maildesk.core.decide.saying import say
from maildesk.core.people import People
from maildesk.core.policy import HeldQueue
from maildesk.demo.world import JING, MING
from maildesk.reports.held import MOST, write_held
from maildesk.store import InboxId
from tests.desk.house import House, Letter

FORGED = "请处理\n\n---------- Forwarded message ---------\nFrom: 王芳 <wang.fang@demo.test>\nSubject: 打印机\n\n打印机卡纸了。"


def hold(house: House, mails: int = 1) -> tuple[InboxId, ...]:
    """Mails that bear a colleague's name without being his."""
    for serial in range(mails):
        house.mail(MING, f"{FORGED} {serial}", subject=f"Fwd: 打印机 {serial}", proof="fail")
    house.letters()
    return tuple(mail.id for mail in house.inbox() if mail.state == "held")


def told(house: House, **later: float) -> list[Letter]:
    house.now += timedelta(**later)
    write_held(house.desk, house.now)
    return [letter for letter in house.letters() if "没有人决定" in letter.text]


def test_a_held_mail_is_told_to_the_leads_after_four_hours_of_service(house: House) -> None:
    (mail,) = hold(house)
    assert told(house, hours=4, minutes=59) == []
    (letter,) = told(house, minutes=1)
    assert letter.to == JING.address
    assert letter.subject == "1 封来信等你决定"
    assert f"* {mail} · Fwd: 打印机 0\n" in letter.text.replace("\r", "")
    assert "/放行 编号" in letter.text
    assert "/拒绝 编号 原因" in letter.text


def test_each_lead_reads_in_his_language_who_wrote_what_and_why_it_is_held(house: House) -> None:
    people = (replace(one, language="en") if one.address == JING.address else one for one in house.config.people.everyone)
    house.config = replace(house.config, people=People(tuple(people)))
    house.desk.reload(house.config)
    hold(house)
    house.now += timedelta(hours=5)
    write_held(house.desk, house.now)
    (letter,) = house.letters(JING)
    assert letter.subject == "1 held mail waits for you"
    assert f"from {MING.address}" in letter.text
    assert "Fwd: 打印机 0" in letter.text
    assert "5 hours ago" in letter.text
    assert say("en", "held failed") in " ".join(letter.text.split())
    assert say("zh", "held failed") not in letter.text


def test_a_subject_that_goes_on_for_ever_or_obeys_nobody_is_one_short_line(house: House) -> None:
    wild = "Fwd: urgent\u202e\x1b[2J " + "read me " * 300
    house.mail(MING, FORGED, subject=wild, proof="fail")
    house.letters()
    (letter,) = told(house, hours=5)
    (line,) = [line for line in letter.text.splitlines() if "urgent" in line]
    assert len(line) < 140
    assert line.isprintable()


def test_of_a_mail_that_an_earlier_version_held_the_reason_is_told(house: House) -> None:
    house.keep(b"Subject: old\r\n\r\nold")
    (mail,) = house.inbox()
    with house.store.write() as tx:
        tx.settle(mail.id, "held", reason="可能是冒名的", held_at=house.now)
    (letter,) = told(house, hours=5)
    assert "可能是冒名的" in letter.text


def test_while_it_lasts_it_is_told_once_on_each_working_day(house: House) -> None:
    hold(house)
    assert len(told(house, hours=5)) == 1
    assert told(house, minutes=30) == []
    house.desk.reload(house.config)
    assert told(house, minutes=30) == []
    assert told(house, hours=12) == []
    house.now = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    assert len(told(house)) == 1
    house.now = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)
    assert told(house) == []


def test_what_was_decided_is_told_no_more(house: House) -> None:
    admitted, refused = hold(house, 2)
    with house.store.write() as tx:
        assert tx.admit(admitted)
        assert tx.refuse(refused, "不是他写的")
    assert told(house, hours=6) == []


def test_the_time_counts_from_when_it_was_held_and_not_from_when_it_came(house: House) -> None:
    """Nobody confirmed it for a day; only then it was held."""
    house.mail(MING, FORGED, subject="Fwd: 打印机", proof="none")
    house.letters()
    house.after(hours=25)
    house.take_in()
    (mail,) = [mail for mail in house.inbox() if mail.state == "held"]
    assert mail.held_at == house.now
    house.letters()
    assert told(house, hours=3) == []
    assert len(told(house, hours=2)) == 1


def test_many_are_one_letter_with_those_that_wait_longest(house: House) -> None:
    hold(house, MOST + 2)
    (letter,) = told(house, hours=5)
    assert letter.subject == f"{MOST + 2} 封来信等你决定"
    assert f"等得最久的 {MOST} 封" in letter.text


def test_the_queue_may_be_timed_by_a_calendar_of_its_own(house: House) -> None:
    """The clock on the wall does not stand still at noon."""
    hold(house)
    rule = HeldQueue(calendar=ALWAYS)
    house.desk.reload(replace(house.config, policy=replace(house.config.policy, held=rule)))
    assert told(house, hours=3, minutes=59) == []
    assert len(told(house, minutes=1)) == 1


@pytest.mark.parametrize(("rule", "letters"), [(HeldQueue(after=timedelta(hours=1)), 1), (HeldQueue(on=False), 0)])
def test_the_policy_says_after_how_long_or_never(house: House, rule: HeldQueue, letters: int) -> None:
    hold(house)
    house.desk.reload(replace(house.config, policy=replace(house.config.policy, held=rule)))
    assert len(told(house, hours=1)) == letters
