"""A held mail is judged by mail: one tap lets it in or refuses it, for who may and proves himself, once."""

from pathlib import Path

import pytest

from maildesk.core.ticket import Status
from maildesk.demo.world import ANN, FANG, JING, LEI, MING, Actor
from maildesk.reports.held import write_held
from maildesk.store import Inbox, Store
from tests.desk.house import House, Letter
from tests.mail.out.reading import taps

FORWARD = "请处理\n\n---------- Forwarded message ---------\nFrom: 王芳 <wang.fang@demo.test>\nSubject: 打印机\n\n打印机卡纸了。"


@pytest.fixture
def hostless(tmp_path: Path, store: Store) -> House:
    return House(tmp_path, store, hosts=False)


def mail(house: House, state: str) -> Inbox:
    (found,) = (row for row in house.inbox() if row.state == state)
    return found


def tap(house: House, actor: Actor, letter: Letter, label: str, *, proof: str = "pass", more: str = "") -> None:
    """Somebody taps a button of a letter and sends the mail that it writes."""
    link = next(one for one in taps(letter.html) if one.body.startswith(f"/{label}"))
    house.mail(actor, link.body + more, to=link.to, subject=link.subject, proof=proof)


def impostor(house: House) -> Letter:
    """A mail in an engineer's name that is about no ticket; the letter that puts it before the lead."""
    house.mail(MING, FORWARD, subject="Fwd: 打印机", proof="fail")
    return next(letter for letter in house.letters() if letter.to == JING.address)


def forged(house: House) -> Letter:
    """Words that the host says are not the requester's, held for his ticket; the letter that puts them before its engineer."""
    house.mail(FANG, "打印机坏了", subject="打印机")
    acknowledged = next(letter for letter in house.letters() if letter.to == FANG.address)
    house.mail(FANG, "换成三楼那台，谢谢。" + "很急。" * 3000, answering=acknowledged, proof="fail")
    return next(letter for letter in house.letters(MING))


def test_one_tap_lets_a_mail_in_and_it_does_what_its_senders_own_would_do(house: House) -> None:
    tap(house, JING, impostor(house), "放行")
    assert house.ticket().requester == FANG.address
    assert {row.state for row in house.inbox()} == {"done"}
    assert any("已放行" in letter.text for letter in house.letters(JING))


def test_the_words_of_who_lets_a_mail_in_are_kept_with_it(house: House) -> None:
    tap(house, JING, impostor(house), "放行", more=" 打电话问过他")
    (admitted,) = (row for row in house.inbox() if row.vouched)
    assert (admitted.state, admitted.reason) == ("done", "L001: 打电话问过他")


def test_one_tap_refuses_a_mail_and_nothing_comes_of_it(house: House) -> None:
    tap(house, JING, impostor(house), "拒绝", more="不是他写的")
    assert house.tickets() == ()
    (refused,) = (row for row in house.inbox() if row.outcome == "ignored: refused")
    assert (refused.state, refused.folder, refused.reason) == ("done", "ignored", "L001: 不是他写的")
    assert {letter.to for letter in house.letters()} == {JING.address}


def test_the_engineer_lets_words_into_his_ticket_and_the_record_says_who_did(house: House) -> None:
    letter = forged(house)
    assert "不是他自称的那个人" in letter.text
    assert len(letter.text) < 8000, "an excerpt is shown"
    tap(house, MING, letter, "放行")
    record = list(house.history(house.ticket()))
    assert any(line.startswith("放行了来信") for line in record)
    assert any(line.startswith("换成三楼那台") for line in record)
    assert mail_states(house) == {"done"}


def mail_states(house: House) -> set[str]:
    return {row.state for row in house.inbox()}


def test_a_second_tap_does_nothing_more(house: House) -> None:
    letter = forged(house)
    tap(house, MING, letter, "放行")
    before = list(house.history(house.ticket()))
    house.letters()
    house.after(minutes=1)
    tap(house, MING, letter, "放行")
    assert list(house.history(house.ticket())) == before
    (transcript,) = house.letters()
    assert "先前已经放行" in transcript.text
    tap(house, MING, letter, "拒绝")
    assert "不能再拒绝" in house.letters()[0].text


@pytest.mark.parametrize("label", ["放行", "拒绝"])
@pytest.mark.parametrize(
    ("actor", "proof", "state"),
    [
        (MING, "none", "awaiting"),  # his address and no word of the host: he is asked first
        (MING, "fail", "held"),
        (FANG, "pass", "held"),  # it is another's address
        (ANN, "pass", "held"),
        (ANN, "none", "held"),
        (LEI, "pass", "held"),
    ],
)
def test_nobody_judges_who_is_not_proven_to_be_who_may(house: House, label: str, actor: Actor, proof: str, state: str) -> None:
    letter = forged(house)
    held = mail(house, "held").id
    tap(house, actor, letter, label, proof=proof)
    rows = {row.id: row for row in house.inbox()}
    assert (rows[held].state, rows[held].vouched) == ("held", False)
    assert [row.state for row in rows.values() if row.id > held] == [state]


def test_a_colleague_who_has_neither_the_ticket_nor_the_office_is_refused_at_his_own_address(house: House) -> None:
    forged(house)
    held = mail(house, "held").id
    house.mail(ANN, "My screen is dark.", subject="screen")
    mine = next(letter for letter in house.letters(MING) if "screen" in letter.subject)
    house.mail(MING, "/转派 赵磊", answering=mine)
    his = next(letter for letter in house.letters(LEI))
    house.mail(LEI, f"/放行 {held}", answering=his)
    assert mail(house, "held").id == held
    assert any("处理人或主管决定" in letter.text for letter in house.letters(LEI))


def test_an_order_from_no_signed_address_judges_nothing(house: House) -> None:
    impostor(house)
    held = mail(house, "held").id
    house.mail(JING, f"/放行 {held}")
    assert mail(house, "held").id == held
    assert house.tickets() == ()


def test_without_a_named_host_the_lead_confirms_his_own_tap_first(hostless: House) -> None:
    house = hostless
    house.mail(FANG, "打印机坏了", proof="none")
    (assignment,) = house.letters(MING)
    house.mail(ANN, "/关闭 x", answering=assignment, proof="none")
    letter = next(letter for letter in house.letters(MING))
    tap(house, MING, letter, "拒绝", proof="none", more="不认识")
    (question,) = house.letters(MING)
    assert mail(house, "held")
    house.mail(MING, "确认", answering=question, proof="none")
    assert mail_states(house) == {"done"}
    assert house.ticket().status is not Status.CLOSED


def test_who_is_let_in_to_a_requesters_address_is_let_into_that_ticket_and_reads_nothing_of_it(house: House) -> None:
    house.mail(FANG, "打印机坏了", subject="打印机")
    acknowledged = next(letter for letter in house.letters() if letter.to == FANG.address)
    house.mail(ANN, "It jams for me, too.", answering=acknowledged)
    (held,) = house.letters(MING)
    assert "Ann" in held.text or ANN.address in held.text
    tap(house, MING, held, "放行")
    ticket = house.ticket()
    assert any(line.startswith("It jams for me") for line in house.history(ticket))
    assert (ticket.requester, ticket.watchers) == (FANG.address, ())
    assert ANN.address not in {letter.to for letter in house.letters()}


def test_the_lead_answers_the_reminder_of_what_waits(house: House) -> None:
    impostor(house)
    held = mail(house, "held").id
    house.after(hours=6)
    write_held(house.desk, house.now)
    reminder = next(letter for letter in house.letters(JING) if "没有人决定" in letter.text)
    house.mail(JING, f"/放行 {held}", answering=reminder)
    assert house.ticket().requester == FANG.address


def test_a_number_that_no_mail_has_is_answered_and_breaks_nothing(house: House) -> None:
    letter = impostor(house)
    for key in ("0", "999999999999"):
        house.mail(JING, f"/放行 {key}", answering=letter)
        assert any("没有编号" in one.text for one in house.letters(JING))
    assert {row.state for row in house.inbox()} == {"held", "done"}
