"""Absences by mail, in the whole desk: who is away gets nothing, who stands in reads for whom, and what was said last holds."""

from dataclasses import replace
from datetime import timedelta

from maildesk.core.absence import EVER, Absence
from maildesk.core.people import People, Person
from maildesk.demo.world import FANG, JING, LEI, MING, QIANG, Actor
from maildesk.reports.digest import write_digests
from tests.desk.house import House, Letter


def opened(house: House) -> Letter:
    """A ticket with 李明; the letter that gave it to him."""
    house.mail(FANG, "打印机卡纸了，重启也没有用。")
    (assignment,) = house.letters(MING)
    return assignment


def asked(house: House, order: str, by: Actor = MING) -> str:
    """The transcript of an order to the desk itself, given in answer to any letter of his."""
    house.letters()
    house.read = 0
    letter = next(letter for letter in house.letters(by))
    house.mail(by, order, answering=letter)
    (transcript,) = house.letters(by)
    return transcript.text


def change(house: House, name: str, **facts: object) -> None:
    """Another people file, as a reload brings it."""

    def changed(person: Person) -> Person:
        return replace(person, **facts) if person.name == name else person  # type: ignore[arg-type]

    people = People(tuple(changed(person) for person in house.config.people.everyone))
    house.config = house.desk.config = replace(house.config, people=people)


def holder(house: House) -> str | None:
    house.mail(FANG, "另外一件事：屏幕不亮了。", subject="屏幕")
    return house.tickets()[-1].engineer


def test_an_absence_asked_for_by_mail_begins_and_ends_by_itself(house: House) -> None:
    opened(house)
    text = asked(house, "/请假 明天")
    assert "11-24 周二（整天）" in text
    assert holder(house) == "E001"
    house.now += timedelta(days=1)
    assert holder(house) == "L001"
    house.now += timedelta(days=1)
    assert holder(house) == "E001"


def test_who_stands_in_gets_what_is_his_and_reads_for_whom(house: House) -> None:
    change(house, MING.name, delegate="E101")
    opened(house)
    assert "期间由 赵磊 代理" in asked(house, "/请假")
    house.mail(FANG, "还是卡纸，很急。", subject=f"Re: [{house.ticket().number}]")
    told = {letter.to: letter.text for letter in house.letters() if letter.to != FANG.address}
    assert set(told) == {LEI.address}
    assert "李明 不在，由你代理。" in told[LEI.address]


def test_a_loop_of_delegates_after_a_reload_reaches_the_lead_once(house: House) -> None:
    opened(house)
    away = (Absence(since=EVER, until=house.now + timedelta(days=9)),)
    change(house, MING.name, delegate="E101", absences=away)
    change(house, LEI.name, delegate="E001", absences=away)
    house.mail(FANG, "还是卡纸，很急。", subject=f"Re: [{house.ticket().number}]")
    assert [letter.to for letter in house.letters() if letter.to != FANG.address] == [JING.address]


def test_who_is_back_before_the_people_file_says_so_gets_tickets_and_his_digest(house: House) -> None:
    opened(house)
    change(house, MING.name, absences=(Absence(since=EVER, until=house.now + timedelta(days=9)),))
    assert holder(house) == "L001"
    assert "欢迎回来" in asked(house, "/回来")
    assert holder(house) == "E001"
    house.now += timedelta(days=1)
    assert write_digests(house.desk, house.now) > 0
    assert house.letters(MING) != []


def test_who_has_the_ticket_does_not_read_in_the_place_of_the_leads_that_he_is_late(house: House) -> None:
    opened(house)
    house.letters()
    away = (Absence(since=EVER, until=house.now + timedelta(days=9)),)
    for lead in (JING, QIANG):
        change(house, lead.name, delegate="E001", absences=away)
    house.after(minutes=11)
    escalations = [letter for letter in house.letters() if "首次答复" in letter.text and letter.to != FANG.address]
    assert {letter.to for letter in escalations if letter.to != MING.address} == {JING.address, QIANG.address}
    assert not [letter for letter in escalations if "由你代理" in letter.text]
