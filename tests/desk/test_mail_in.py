"""From a mail to a ticket: once, whatever comes, and the next one is never held up."""

from dataclasses import replace
from pathlib import Path

import pytest

from maildesk.core.message import Message
from maildesk.core.ticket import Status
from maildesk.demo.world import ANN, DESK, FANG, JING, MING
from maildesk.mail import inbound
from maildesk.store import Files, Full, Place, Store, StoreError
from tests.desk.house import House


def test_a_mail_becomes_a_numbered_ticket_with_one_letter_to_each(house: House) -> None:
    house.mail(FANG, "打印机不能打印，提示缺纸，但是纸是满的。", subject="打印机坏了")
    ticket = house.ticket()
    assert (ticket.number, ticket.status, ticket.engineer) == ("TS20261123001", Status.ASSIGNED, "E001")
    letters = {letter.to: letter for letter in house.letters()}
    assert set(letters) == {FANG.address, MING.address}
    assert all("TS20261123001" in letter.subject for letter in letters.values())
    assert letters[FANG.address].mail["auto-submitted"] == "auto-replied"
    assert "打印机不能打印" in letters[MING.address].text


def test_the_same_bytes_twice_are_one_mail(house: House) -> None:
    raw = house.raw(FANG, "Hello")
    house.keep(raw, raw)
    house.keep(raw)
    house.take_in()
    assert len(house.tickets()) == len(house.inbox()) == 1


def test_the_same_mail_by_two_roads_is_one_ticket(house: House) -> None:
    raw = house.raw(FANG, "Hello")
    house.keep(raw, b"Received: by another.example; Mon, 23 Nov 2026 09:00:00 +0800\r\n" + raw)
    house.take_in()
    assert len(house.tickets()) == 1
    assert sorted(mail.state for mail in house.inbox()) == ["done", "duplicate"]


def test_the_same_message_id_with_other_content_is_another_mail(house: House) -> None:
    raw = house.raw(FANG, "The first matter")
    house.keep(raw, raw.replace(b"The first", b"Another"))
    house.take_in()
    assert len(house.tickets()) == 2


@pytest.mark.parametrize("raw", [b"", b"\x00\xff\xfe" * 500, b"no header at all", b"From: (c):\r\n\r\nhello", b"\r\n\r\n\r\n"])
def test_whatever_comes_is_kept_and_visible_and_the_next_mail_is_read(house: House, raw: bytes) -> None:
    house.keep(raw, house.raw(FANG, "The printer is broken"))
    house.take_in()
    assert [mail.state for mail in house.inbox()] == ["done", "done"]
    assert any(ticket.requester == FANG.address for ticket in house.tickets())


def test_a_mail_that_cannot_be_taken_in_becomes_a_raw_ticket_at_the_third_strike(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(raw: object, **_: object) -> None:
        raise RuntimeError("the reader broke")

    raw = house.raw(FANG, "poison", subject="poison")
    good = house.raw(FANG, "good", subject="good")
    house.keep(raw, good)
    monkeypatch.setattr(inbound, "semantic", lambda message: breaks(message) if message.subject == "poison" else "digest")
    house.take_in()
    states = {mail.id: (mail.state, mail.strikes) for mail in house.inbox()}
    assert states == {1: ("failed", 3), 2: ("done", 1)}
    assert "the reader broke" in next(mail.reason for mail in house.inbox() if mail.state == "failed")


def test_a_machine_gets_no_answer_and_moves_nothing(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    (acknowledgement,) = house.letters(FANG)
    before = house.ticket()
    house.mail(FANG, "我正在休假", answering=acknowledgement, headers={"Auto-Submitted": "auto-replied (vacation)"})
    assert replace(house.ticket(), version=before.version, wake_at=before.wake_at) == before
    assert house.letters(FANG) == []


def test_a_stranger_with_a_number_gets_a_ticket_of_his_own(house: House) -> None:
    house.mail(FANG, "打印机坏了", subject="打印机")
    number = house.ticket().number
    house.letters()
    house.mail(ANN, "What is going on there?", subject=f"[{number}] tell me more", proof="none")
    assert len(house.tickets()) == 2
    stranger = next(ticket for ticket in house.tickets() if ticket.requester == ANN.address)
    assert number in stranger.linked
    for letter in house.letters(ANN):
        assert number not in letter.raw.decode(errors="replace")


def test_a_reply_after_the_number_grew_to_four_digits_finds_its_own_ticket(house: House) -> None:
    with house.store.write() as tx:
        for _ in range(999):
            tx.mint(house.now.date())
    house.mail(FANG, "打印机坏了")
    assert house.ticket().number == "TS202611231000"
    (acknowledgement,) = house.letters(FANG)
    house.mail(FANG, "还有一个问题", answering=acknowledgement)
    assert len(house.tickets()) == 1


def test_mail_is_filed_where_its_verdict_says(house: House) -> None:
    def place(uid: int) -> Place:
        return Place(mailbox="support", folder="INBOX", uidvalidity=1, uid=uid)

    machine = house.raw(ANN, "newsletter", headers={"List-Id": "<news.partner.test>", "Precedence": "bulk"})
    mails = [(place(1), house.now, house.raw(FANG, "打印机坏了")), (place(2), house.now, machine)]
    house.desk.keep(mails, None, house.now)
    house.take_in()
    with house.store.read() as tx:
        assert {one.uid: one.target for one in tx.unfiled("support", house.now, 10)} == {1: "processed", 2: "ignored"}


def test_when_the_store_fails_the_mails_are_given_back_without_a_strike(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from maildesk.store import Full, Tx

    def full(*_: object, **__: object) -> None:
        raise Full("the disk is full", "make room")

    house.keep(house.raw(FANG, "打印机坏了"))
    with monkeypatch.context() as broken:
        broken.setattr(Tx, "settle", full)
        with pytest.raises(Full):
            house.take_in()
    assert [(mail.state, mail.strikes) for mail in house.inbox()] == [("kept", 0)]
    assert house.take_in() == 1
    assert len(house.tickets()) == 1


def test_a_mail_to_our_own_two_addresses_does_not_make_us_a_requester(house: House) -> None:
    house.mail(FANG, "打印机坏了", to=f"{DESK}, {DESK}")
    assert house.ticket().participants == {FANG.address}


def test_what_the_desk_sent_and_gets_back_is_its_own(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    (letter,) = house.letters(FANG)
    house.keep(letter.raw)
    house.take_in()
    assert len(house.tickets()) == 1
    assert house.letters() == []


def test_a_lead_is_told_of_a_ticket_when_nobody_else_is_there(tmp_path: Path, store: Store) -> None:
    house = House(tmp_path, store)
    house.mail(FANG, "打印机坏了")
    house.letters()
    house.after(minutes=11)
    assert [letter.to for letter in house.letters(JING)] == [JING.address]


def test_a_full_disk_costs_no_mail_a_strike_and_no_attachment(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise Full("no space left", "make room")

    picture = b'Content-Type: image/png; name="a.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n' + b"QUJD" * 500
    text = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + "打印机坏了".encode()
    head = house.raw(FANG, "").partition(b"Content-Type")[0]
    parts = b"\r\n--x\r\n".join((b"", text, picture)) + b"\r\n--x--\r\n"
    house.keep(head + b"Content-Type: multipart/mixed; boundary=x\r\n" + parts)
    with monkeypatch.context() as broken:
        broken.setattr(Files, "adopt", full)
        with pytest.raises(Full):
            house.take_in()
    assert [(mail.state, mail.strikes) for mail in house.inbox()] == [("kept", 0)]
    house.take_in()
    ticket = house.ticket()
    with house.store.read() as tx:
        assert [file.filename for file in tx.history(ticket.id)[0].attachments] == ["a.png"]
    assert ticket.requester == FANG.address


def test_a_mail_that_the_database_refuses_holds_up_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    meaning = inbound.semantic

    def refused(message: Message) -> str:
        if message.subject == "poison":
            raise StoreError("invalid byte sequence")
        return meaning(message)

    house.keep(house.raw(FANG, "poison", subject="poison"), house.raw(ANN, "good", subject="good"))
    monkeypatch.setattr(inbound, "semantic", refused)
    house.take_in()
    assert [mail.state for mail in reversed(house.inbox())] == ["failed", "done"]


# -- what nobody sees ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("empty", ["\u200b", "\u2060\n\n\u200b", "\ufeff\u00a0"])
def test_an_answer_in_which_nobody_sees_a_word_is_not_sent(house: House, empty: str) -> None:
    house.mail(FANG, "打印机卡纸")
    house.mail(MING, empty, answering=house.letters(MING)[0])
    assert house.letters(FANG) == []
    assert house.ticket().first_answer_at is None


def test_a_note_behind_what_nobody_sees_stays_inside(house: House) -> None:
    house.mail(FANG, "打印机卡纸")
    house.mail(MING, "\u200b/note 密码是 abc\n\u200b\n", answering=house.letters(MING)[0])
    assert house.letters(FANG) == []
    assert any("密码是 abc" in line for line in house.history(house.ticket()))


def test_an_answer_of_the_requester_behind_what_nobody_sees_counts(house: House) -> None:
    house.mail(FANG, "打印机卡纸")
    house.mail(FANG, "\u200b撤回", answering=house.letters(FANG)[0])
    assert house.ticket().status is Status.WITHDRAWN


def test_an_unknown_order_alone_is_answered(house: House) -> None:
    house.mail(FANG, "打印机卡纸")
    house.mail(MING, "/关单", answering=house.letters(MING)[0])
    assert "/关单" in house.letters(MING)[0].text
