"""Who is obeyed: the signed address together with what the named host says; a bare From never."""

from pathlib import Path

import pytest

from maildesk.core.ticket import Status
from maildesk.demo.world import ANN, FANG, LEI, MING
from maildesk.store import Store
from tests.desk.house import House, Letter


@pytest.fixture
def assignment(house: House) -> Letter:
    house.mail(FANG, "打印机坏了", subject="打印机")
    return house.letters(MING)[0]


def test_a_proven_engineer_is_obeyed_and_told(house: House, assignment: Letter) -> None:
    house.mail(MING, "/接单", answering=assignment)
    assert house.ticket().status is Status.IN_PROGRESS
    assert any("/接单" in letter.text for letter in house.letters(MING))


@pytest.mark.parametrize("proof", ["fail", "none"])
def test_a_sender_who_is_not_proven_orders_nothing(house: House, assignment: Letter, proof: str) -> None:
    house.mail(MING, "/关闭", answering=assignment, proof=proof)
    assert house.ticket().status is Status.ASSIGNED


@pytest.mark.parametrize("proof", ["pass", "fail", "none"])
def test_a_bare_from_orders_nothing(house: House, assignment: Letter, proof: str) -> None:
    house.mail(MING, "/关闭", subject=assignment.subject, proof=proof)
    assert all(ticket.status is not Status.CLOSED for ticket in house.tickets())


def test_somebody_elses_signed_address_orders_nothing(house: House, assignment: Letter) -> None:
    house.mail(LEI, "/关闭", answering=assignment)
    house.mail(ANN, "/close", answering=assignment)
    assert house.ticket().status is Status.ASSIGNED
    assert house.letters(FANG) == []


def test_an_engineers_plain_reply_reaches_the_requester_without_the_orders(house: House, assignment: Letter) -> None:
    house.mail(MING, "/接单\n王芳您好，请重启打印机。", answering=assignment)
    answers = [letter for letter in house.letters(FANG) if "请重启打印机" in letter.text]
    assert len(answers) == 1
    assert "/接单" not in answers[0].text


def test_a_reply_to_an_internal_letter_stays_inside(house: House, assignment: Letter) -> None:
    house.after(minutes=5)
    reminder = house.letters(MING)[0]
    house.mail(MING, "这个用户每周都来，很烦。", answering=reminder)
    assert [letter for letter in house.letters() if letter.to == FANG.address] == []
    assert any("很烦" in line for line in house.history(house.ticket()))


def test_one_unclear_line_stops_all_orders_of_a_mail(house: House, assignment: Letter) -> None:
    house.mail(MING, "/接单\n/优先极 P1", answering=assignment)
    assert house.ticket().status is Status.ASSIGNED
    transcript = house.letters(MING)[0]
    assert "/优先极 P1" in transcript.text
    assert "优先级" in transcript.text


def test_without_a_named_host_a_confirmation_opens_eight_hours(tmp_path: Path, store: Store) -> None:
    house = House(tmp_path, store, hosts=False)
    house.mail(FANG, "打印机坏了")
    assignment = house.letters(MING)[0]
    house.mail(MING, "/接单", answering=assignment)
    assert house.ticket().status is Status.ASSIGNED
    (confirm,) = house.letters(MING)
    assert "/接单" in confirm.text
    house.mail(MING, "确认", answering=confirm)
    assert house.ticket().status is Status.IN_PROGRESS
    house.mail(MING, "/等待 厂商", answering=assignment)
    assert house.ticket().status is Status.WAITING
    house.after(hours=9)
    house.mail(MING, "/关闭", answering=assignment)
    assert house.ticket().status is not Status.CLOSED
