"""Nobody gets a colleague's power, or ends a ticket, by letting in a mail that he wrote himself in another's name."""

import pytest

from maildesk.core.ticket import Status
from maildesk.demo.world import FANG, JING, LEI, MING, Actor
from maildesk.store import InboxId
from tests.desk.house import House, Letter
from tests.mail.out.reading import taps

ORDER = "/转派 李明 主管决定"


def held_by_lei(house: House) -> dict[str, Letter]:
    """A ticket that Lei holds; by address, a letter of it to everybody who got one."""
    house.mail(FANG, "打印机坏了", subject="打印机")
    letters: dict[str, Letter] = {}
    for _ in range(12):
        house.after(hours=1)
        for letter in house.letters():
            letters.setdefault(letter.to, letter)
    return letters


def waiting(house: House) -> InboxId:
    (mail,) = (row for row in house.inbox() if row.waits)
    return mail.id


def states(house: House) -> dict[InboxId, str]:
    return {row.id: row.state for row in house.inbox()}


def question(house: House) -> Letter:
    return next(letter for letter in house.letters(JING) if "是你写的吗" in letter.subject)


def test_the_holder_of_a_ticket_cannot_let_in_a_mail_in_his_leads_name(house: House) -> None:
    of = held_by_lei(house)
    house.mail(JING, ORDER, answering=of[JING.address], proof="fail")
    mail, engineer = waiting(house), house.ticket().engineer
    told = {letter.to for letter in house.letters() if f"/拒绝 {mail}" in letter.text}
    assert LEI.address not in told
    house.mail(LEI, f"/放行 {mail}", answering=of[LEI.address])
    assert states(house)[mail] == "held"
    assert house.ticket().engineer == engineer
    assert any("只能由别的主管放行" in letter.text for letter in house.letters(LEI))
    house.mail(LEI, f"/拒绝 {mail} 她说没有写过", answering=of[LEI.address])
    assert states(house)[mail] == "done"
    assert house.ticket().engineer == engineer


@pytest.mark.parametrize("judge", [LEI, MING, JING])
@pytest.mark.parametrize("order", ["/放行", "/拒绝"])
def test_a_mail_about_which_a_colleague_is_asked_is_his_alone_to_judge(house: House, judge: Actor, order: str) -> None:
    of = held_by_lei(house)
    house.mail(JING, ORDER, answering=of[JING.address], proof="none")
    mail = waiting(house)
    house.mail(judge, f"{order} {mail}", answering=of[judge.address])
    assert states(house)[mail] == "awaiting"


def test_what_its_person_denied_is_let_in_by_no_mail(house: House) -> None:
    of = held_by_lei(house)
    house.mail(JING, ORDER, answering=of[JING.address], proof="none")
    mail = waiting(house)
    house.mail(JING, "不是我写的", answering=question(house))
    shown = [letter for letter in house.letters() if f"/拒绝 {mail}" in letter.text]
    assert shown
    assert all("放行" not in [tap.body[1:3] for tap in taps(letter.html)] for letter in shown)
    for judge in (LEI, MING, JING):
        house.mail(judge, f"/放行 {mail}", answering=of[judge.address])
        assert states(house)[mail] == "held"


def test_the_letter_of_a_mail_in_a_colleagues_name_goes_to_the_lead_and_says_what_letting_it_in_does(house: House) -> None:
    of = held_by_lei(house)
    house.mail(MING, "/解决 换了墨盒", answering=of[MING.address], proof="fail")
    (letter,) = (one for one in house.letters() if f"/放行 {waiting(house)}" in one.text)
    assert letter.to == JING.address
    assert "信里的指令就按 李明 本人下的照办" in letter.text


@pytest.mark.parametrize("words", ["解决了，很满意", "5", "撤回"])
def test_words_that_end_or_rate_a_ticket_are_let_in_by_a_lead_and_not_by_its_holder(house: House, words: str) -> None:
    house.mail(FANG, "打印机坏了", subject="打印机")
    letters = {letter.to: letter for letter in house.letters()}
    house.mail(MING, "/解决 换了墨盒", answering=letters[MING.address])
    house.letters()
    house.mail(FANG, words, answering=letters[FANG.address], proof="fail")
    mail = waiting(house)
    (shown,) = (letter for letter in house.letters() if f"/放行 {mail}" in letter.text)
    assert shown.to == JING.address
    house.mail(MING, f"/放行 {mail}", answering=letters[MING.address])
    assert states(house)[mail] == "held"
    assert house.ticket().status is Status.RESOLVED
    house.mail(JING, f"/放行 {mail}", answering=shown)
    assert states(house)[mail] == "done"
