"""Who is obeyed: the signed address together with what the named host says; a bare From never."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from maildesk.core.ticket import Status
from maildesk.demo.world import ANN, FANG, HOST, LEI, MING
from maildesk.store import Store
from tests.desk.house import House, Letter


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


@pytest.mark.parametrize("above", ["none", "spf=fail smtp.mailfrom=evil.test", "dkim=fail header.d=demo.test"])
def test_a_strangers_note_below_the_word_of_the_host_is_not_taken_down(house: House, assignment: Letter, above: str) -> None:
    house.desk.adopt(replace(house.config, settings=replace(house.config.settings, border_hosts=(HOST,))), house.now)
    mail = house.raw(MING, "/note forged by a stranger", subject=f"[{house.ticket().number}]").partition(b"\n")[2]
    head = (
        f"Authentication-Results: {HOST}; {above}\n"
        f"Received: from evil.test (evil.test [203.0.113.9]) by {HOST} with ESMTP; Mon, 23 Nov 2026 01:00:00 +0000\n"
        f"Authentication-Results: {HOST}; dmarc=pass header.from=demo.test\n"
    )
    house.keep(head.encode() + mail)
    house.take_in()
    assert not any("forged by" in line for line in house.history(house.ticket()))


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


QUOTED = "On Mon, Nov 23, 2026 at 9:00 AM IT 服务台 <support@demo.test> wrote:\n> 到目前为止：秘密\n> /关闭 不归我们管"


@pytest.mark.parametrize("written", ["", QUOTED, "On Mon, Nov 23, 2026 at 9:00 AM IT 服务台 <support@demo.test> wrote:"])
def test_an_answer_in_which_nothing_was_written_shows_the_requester_nothing(
    house: House, assignment: Letter, written: str
) -> None:
    house.mail(MING, "/备注 秘密", answering=assignment)
    house.mail(MING, "/转派 赵磊 秘密的原因", answering=assignment)
    handover = house.letters(LEI)[-1]
    house.mail(LEI, written, answering=handover)
    assert house.letters(FANG) == []
    assert house.ticket().status is Status.ASSIGNED


def test_a_file_without_a_word_goes_to_the_requester_without_what_is_quoted(house: House, assignment: Letter) -> None:
    house.mail(MING, "/备注 秘密", answering=assignment)
    house.mail(MING, "/转派 赵磊 秘密的原因", answering=assignment)
    handover = house.letters(LEI)[-1]
    mail = message_from_bytes(house.raw(LEI, QUOTED, answering=handover), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="手册.pdf")
    house.keep(mail.as_bytes())
    house.take_in()
    (letter,) = house.letters(FANG)
    assert "秘密" not in letter.text + letter.html
    assert [part.get_filename() for part in letter.mail.iter_attachments()] == ["手册.pdf"]


@pytest.mark.parametrize(("hours", "obeyed"), [(23, True), (29, False)])
def test_a_confirmation_is_good_for_as_long_as_its_letter_says(tmp_path: Path, store: Store, hours: int, obeyed: bool) -> None:
    house = House(tmp_path, store, hosts=False)
    house.mail(FANG, "打印机坏了", proof="none")
    (assignment,) = house.letters(MING)
    house.mail(MING, "请重启", answering=assignment, proof="none")
    (question,) = house.letters(MING)
    assert "11月24日 周二 09:00 前有效" in question.text
    house.now += timedelta(hours=hours)
    house.mail(MING, "确认", answering=question, proof="none")
    assert any("请重启" in letter.text for letter in house.letters(FANG)) is obeyed


def test_any_ticket_is_shown_to_an_engineer_who_asks_the_desk_for_it(house: House, assignment: Letter) -> None:
    number = house.ticket().number
    house.mail(LEI, f"/查看 {number}")
    (shown,) = house.letters(LEI)
    assert number in shown.text
    assert "打印机坏了" in shown.text
    assert len(house.tickets()) == 1


def test_clocks_and_timeline_of_any_ticket_are_told_to_an_engineer_who_asks_the_desk(house: House, assignment: Letter) -> None:
    number = house.ticket().number
    house.mail(LEI, f"/为什么 {number}\n/时间线 {number}")
    (shown,) = house.letters(LEI)
    assert "首次答复：已用 0 分钟 / 10 分钟，运行中，" in shown.text
    assert "公开：接收工单：打印机坏了" in shown.text
    assert len(house.tickets()) == 1


def test_orders_that_come_again_under_another_subject_are_not_obeyed_again(house: House, assignment: Letter) -> None:
    raw = house.raw(MING, "/备注 重启过了", answering=assignment)
    house.keep(raw)
    house.take_in()
    house.letters()
    house.keep(raw.replace(b"Subject: Re:", b"Subject: Fwd:"))
    house.take_in()
    history = list(house.history(house.ticket()))
    assert sum("重启过了" in line for line in history) == 1, history
    (refused,) = house.letters(MING)
    assert "Message-ID" in refused.text


@pytest.mark.parametrize("how", ["forged", "expired", "revoked"])
def test_a_signed_address_that_is_not_believed_stands_in_the_log_without_itself(
    house: House, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    house.mail(FANG, "打印机坏了")
    (letter,) = house.letters(FANG)
    address = letter.reply_to
    if how == "forged":
        local, _, host = address.partition("@")
        address = f"{local[:-37]}{local[-37:][::-1]}@{host}"
    elif how == "expired":
        house.now += timedelta(days=500)
    else:
        with house.store.write() as tx:
            tx.revoke(f"mail:{FANG.address}")
    house.mail(FANG, "还是坏的", to=address)
    told = [record for record in caplog.records if record.message == "signed address not believed"]
    assert len(told) == 1
    assert address.partition("@")[0] not in str(told[0].__dict__)
    assert len(house.tickets()) == 2, "it is a mail as any other"
