"""What is not proven waits until a person has spoken: the engineer himself, or somebody of the desk."""

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from maildesk.core.message import Address
from maildesk.core.ticket import Status
from maildesk.core.trust import Scope
from maildesk.demo.world import ANN, DESK, FANG, JING, MING, Actor
from maildesk.smtp import Reply
from maildesk.store import Inbox, InboxId, Store
from tests.desk.house import House, Letter

FORWARD = "请处理\n\n---------- Forwarded message ---------\nFrom: 王芳 <wang.fang@demo.test>\nSubject: 打印机\n\n打印机卡纸了。"


@pytest.fixture
def hostless(tmp_path: Path, store: Store) -> House:
    """A desk that may believe no host."""
    return House(tmp_path, store, hosts=False)


def forward(house: House, *, proof: str) -> None:
    house.mail(MING, FORWARD, subject="Fwd: 打印机", proof=proof)


def waiting(house: House) -> list[Inbox]:
    return [mail for mail in house.inbox() if mail.state in {"held", "awaiting"}]


def decide(house: House, mail: InboxId, *, admit: bool) -> None:
    with house.store.write() as tx:
        assert tx.admit(mail) if admit else tx.refuse(mail, "不是他写的")
    house.take_in()


# -- without a ticket ----------------------------------------------------------------------------------------------------


def test_what_an_impostor_passes_on_opens_nothing_and_the_lead_and_he_hear_of_it(house: House) -> None:
    forward(house, proof="fail")
    assert house.tickets() == ()
    letters = {letter.to: letter for letter in house.letters()}
    assert set(letters) == {JING.address, MING.address}
    assert "请处理" in letters[JING.address].text
    (mail,) = waiting(house)
    assert f"/放行 {mail.id}" in letters[JING.address].text
    assert "冒用" in letters[MING.address].text
    assert (mail.state, mail.folder, mail.ticket) == ("held", None, None)


@pytest.mark.parametrize("proof", ["fail", "none"])
def test_however_many_come_in_an_hour_he_is_warned_once_and_the_leads_see_each(house: House, proof: str) -> None:
    for _ in range(3):
        house.mail(MING, "/关闭 全部", proof=proof)
    assert len(waiting(house)) == 3
    told = [letter.to for letter in house.letters()]
    assert (told.count(MING.address), told.count(JING.address)) == (1, 3)
    house.now += timedelta(hours=1)
    house.mail(MING, "/关闭 全部", proof=proof)
    assert len(house.letters(MING)) == 1


def test_what_is_let_in_does_what_it_would_have_done_and_its_thread_is_known(house: House) -> None:
    forward(house, proof="fail")
    (mail,) = waiting(house)
    decide(house, mail.id, admit=True)
    ticket = house.ticket()
    assert (ticket.requester, waiting(house)) == (FANG.address, [])
    (done,) = house.inbox()
    assert (done.state, done.folder, done.ticket) == ("done", "processed", ticket.id)
    house.mail(FANG, "还有一台", headers={"In-Reply-To": f"<{done.message_id}>"}, proof="none")
    assert len(house.tickets()) == 1


def test_what_is_refused_is_kept_as_ignored_and_does_nothing(house: House) -> None:
    forward(house, proof="fail")
    house.letters()
    (mail,) = waiting(house)
    decide(house, mail.id, admit=False)
    (done,) = house.inbox()
    assert (done.state, done.folder, done.reason) == ("done", "ignored", "不是他写的")
    assert (house.tickets(), house.letters()) == ((), [])


def test_a_held_mail_that_is_let_in_never_empties_the_ticket_that_it_was_held_for(house: House) -> None:
    house.mail(FANG, "打印机坏了", subject="打印机")
    assignment = house.letters(MING)[0]
    house.mail(MING, "/接单", answering=assignment)
    acknowledged = assignment
    house.mail(ANN, "Let me in, please.", answering=acknowledged)
    before = house.ticket()
    (mail,) = waiting(house)
    assert mail.ticket == before.id
    decide(house, mail.id, admit=True)
    kept, new = house.tickets()
    assert (kept.status, kept.requester, kept.engineer, kept.subject) == (
        Status.IN_PROGRESS,
        FANG.address,
        before.engineer,
        "打印机",
    )
    assert (new.requester, new.linked) == (ANN.address, (kept.number,))


# -- a confirmation ------------------------------------------------------------------------------------------------------


def questions(house: House) -> list[Letter]:
    return [letter for letter in house.letters(MING) if "确认" in letter.subject]


def test_what_he_confirms_to_have_passed_on_opens_the_users_ticket(hostless: House) -> None:
    house = hostless
    forward(house, proof="none")
    assert house.tickets() == ()
    (question,) = questions(house)
    assert FANG.address in question.text
    assert "打印机卡纸了" in question.text
    house.mail(MING, "确认", answering=question, proof="none")
    assert house.ticket().requester == FANG.address
    forward(house, proof="none")
    assert len(house.tickets()) == 2, "within the hours he needs no other confirmation"


def test_a_confirmation_frees_the_mail_it_was_asked_about_and_no_other(hostless: House) -> None:
    house = hostless
    house.mail(FANG, "打印机坏了", proof="none")
    (assignment,) = house.letters(MING)
    house.mail(MING, "请重启", answering=assignment, proof="none")
    house.mail(MING, "/关闭 冒名的人写的", answering=assignment, proof="none")
    first, second = sorted(questions(house), key=lambda letter: "/关闭" in letter.text)
    assert ("请重启" in first.text, "/关闭" in second.text) == (True, True)
    house.mail(MING, "确认", answering=first, proof="none")
    assert any("请重启" in letter.text for letter in house.letters(FANG))
    assert house.ticket().status is not Status.CLOSED
    assert [mail.state for mail in waiting(house)] == ["awaiting"]


def test_a_second_copy_of_a_mail_that_waits_takes_nothing_from_the_first(hostless: House) -> None:
    house = hostless
    house.mail(FANG, "打印机坏了", proof="none")
    (assignment,) = house.letters(MING)
    raw = house.raw(MING, "请重启", answering=assignment, proof="none")
    house.keep(raw, b"Received: by the.other.mailbox\n" + raw)
    house.take_in()
    (question,) = questions(house)
    house.mail(MING, "确认", answering=question, proof="none")
    assert [letter.text.count("请重启") for letter in house.letters(FANG)][-1:] == [1]
    assert waiting(house) == []


def test_a_confirmation_that_comes_again_begins_no_hours(hostless: House) -> None:
    house = hostless
    house.mail(FANG, "打印机坏了", proof="none")
    (assignment,) = house.letters(MING)
    house.mail(MING, "请重启", answering=assignment, proof="none")
    (question,) = questions(house)
    house.mail(MING, "确认", answering=question, proof="none")
    house.now += timedelta(hours=9)
    house.mail(MING, "确认", answering=question, proof="none")
    house.mail(MING, "/关闭 冒名的人写的", answering=assignment, proof="none")
    assert house.ticket().status is not Status.CLOSED
    assert len(questions(house)) == 1


def test_what_nobody_confirms_in_time_is_held_and_the_lead_is_told(hostless: House) -> None:
    house = hostless
    house.mail(FANG, "打印机坏了", proof="none")
    (assignment,) = house.letters(MING)
    house.mail(MING, "/关闭 修好了", answering=assignment, proof="none")
    house.letters()
    house.now += timedelta(hours=23)
    house.desk.wake(house.now)
    house.take_in()
    assert [mail.state for mail in waiting(house)] == ["awaiting"]
    house.now += timedelta(hours=1)
    house.desk.wake(house.now)
    house.take_in()
    (mail,) = waiting(house)
    assert (mail.state, "没有确认" in mail.reason) == ("held", True)
    assert any(f"/放行 {mail.id}" in letter.text for letter in house.letters(JING))
    assert house.ticket().status is not Status.CLOSED


def test_what_he_says_is_not_his_is_held_with_his_words(hostless: House) -> None:
    house = hostless
    forward(house, proof="none")
    (question,) = questions(house)
    house.mail(MING, "不是我写的", answering=question, proof="none")
    (mail,) = waiting(house)
    assert "不是我写的" in mail.reason
    assert any("不是我写的" in letter.text for letter in house.letters(JING))
    assert house.tickets() == ()


# -- the same Message-ID -------------------------------------------------------------------------------------------------


def test_the_same_message_id_with_other_content_is_told_to_the_engineer_and_in_the_record(house: House) -> None:
    raw = house.raw(FANG, "The first matter")
    house.keep(raw, raw.replace(b"The first", b"Another"))
    house.take_in()
    first, second = house.tickets()
    assert not any("Message-ID" in line for line in house.history(first))
    assert any("Message-ID" in line for line in house.history(second))
    letters = house.letters()
    assert [second.number in letter.subject for letter in letters if "Message-ID" in letter.text] == [True]
    assert {letter.to for letter in letters if "Message-ID" in letter.text} == {MING.address}


# -- revoked addresses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [1, 257])
def test_what_was_revoked_orders_nothing_and_later_letters_do(house: House, times: int) -> None:
    house.mail(FANG, "打印机坏了")
    assignment = house.letters(MING)[0]
    with house.store.write() as tx:
        for _ in range(times):
            tx.revoke("staff:E001")
    house.mail(MING, "/接单", answering=assignment)
    assert house.ticket().status is Status.ASSIGNED
    house.after(minutes=5)
    house.mail(MING, "/接单", answering=house.letters(MING)[-1])
    assert house.ticket().status is Status.IN_PROGRESS


# -- what came back, and dead addresses ----------------------------------------------------------------------------------


def report(house: House, about: str, *, to: str = DESK, original: str = "") -> bytes:
    """A delivery report (RFC 3464) about an address, naming a letter of ours or none."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "MAILER-DAEMON@mx.test", to, "Undelivered Mail Returned to Sender"
    mail["Return-Path"], mail["Auto-Submitted"] = "<>", "auto-replied"
    mail["Message-ID"] = f"<report-{len(house.inbox())}@mx.test>"
    status = f"Final-Recipient: rfc822; {about}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\n"
    returned = f"\n--x\nContent-Type: text/rfc822-headers\n\nMessage-ID: {original}\n" if original else ""
    head = "".join(f"{name}: {value}\n" for name, value in mail.items())
    return (
        f'{head}MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="x"\n\n'
        f"--x\nContent-Type: text/plain\n\nThis is the mail system. Your message could not be delivered.\n"
        f"--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.test\n\n{status}{returned}\n--x--\n"
    ).encode()


def come_back(house: House, raw: bytes) -> None:
    house.keep(raw)
    house.take_in()


def test_a_forged_report_that_names_only_an_address_marks_nothing_and_is_told_to_nobody(house: House) -> None:
    house.mail(FANG, "打印机坏了", subject="打印机")
    house.letters()
    before = house.ticket()
    for original in ("", "<md.1.x.aaaaaaaaaaaaaaaa@demo.test>"):
        for _ in range(3):
            come_back(house, report(house, FANG.address, original=original))
    assert house.ticket() == before
    assert house.letters() == []
    with house.store.read() as tx:
        assert tx.suppressions() == ()
    house.mail(FANG, "还有一件事", subject=f"[{before.number}]")
    assert house.letters(MING), "and letters go on"


def test_who_knows_a_message_id_cannot_have_an_address_written_to_no_more(house: House) -> None:
    house.mail(FANG, "打印机坏了", subject="打印机")
    (acknowledged,) = house.letters(FANG)
    for _ in range(3):
        come_back(house, report(house, FANG.address, original=str(acknowledged.mail["message-id"])))
    assert any("user unknown" in line for line in house.history(house.ticket())), "it is told to people"
    with house.store.read() as tx:
        assert tx.suppressions() == ()


def test_two_dead_addresses_do_not_report_each_other_for_ever(house: House) -> None:
    house.mail(FANG, "打印机坏了")
    pending = [letter for letter in house.letters() if letter.to == MING.address]
    sent = 0
    while pending and sent < 50:
        letter = pending.pop()
        come_back(house, report(house, letter.to, to=bounce_address(house, letter)))
        fresh = house.letters()
        sent += len(fresh)
        pending += fresh
    assert sent < 10


def bounce_address(house: House, letter: Letter) -> str:
    """Where the letter says it is to come back to: the sender of its envelope."""
    with house.store.read() as tx:
        party = tx.party(next(f"staff:{p.staff_id}" for p in house.config.people.everyone if letter.to in p.addresses))
    return house.desk.keys.address(Address(DESK), Scope.BOUNCE, house.ticket().id, party.id, party.epoch, house.now)


def refuse(house: House, actor: Actor, text: str) -> None:
    house.office.offered = lambda to: Reply("refused", 550, text) if to == actor.address else Reply("accepted", 250, "ok")


def assigned(house: House) -> Letter:
    """The letter that gave him the ticket, which has the requester's words."""
    return next(letter for letter in house.letters(MING) if "打印机坏了" in letter.text)


def test_an_address_that_refuses_twice_is_written_to_no_more_until_it_is_heard_of(house: House) -> None:
    refuse(house, FANG, "550 5.1.1 user unknown")
    house.mail(FANG, "打印机坏了", proof="none")
    assignment = assigned(house)
    house.mail(MING, "请重启", answering=assignment)
    house.letters()
    offers = house.office.offers
    refuse(house, ANN, "")
    house.mail(MING, "请再试一次", answering=assignment)
    told = house.letters()
    assert [letter.to for letter in told if letter.to == FANG.address] == []
    assert any("没有再寄" in letter.text for letter in told if letter.to == MING.address)
    assert house.office.offers - offers == len(told), "nothing was offered to the dead address"
    house.mail(FANG, "我的邮箱又好了", subject=f"[{house.ticket().number}]")
    house.after(minutes=1)
    house.mail(MING, "请再试一次", answering=assignment)
    assert any(letter.to == FANG.address for letter in house.letters())


def test_who_refuses_a_letter_for_what_it_says_is_not_dead(house: House) -> None:
    refuse(house, FANG, "554 5.7.1 looks like spam")
    house.mail(FANG, "打印机坏了")
    assignment = assigned(house)
    for _ in range(3):
        house.mail(MING, "请重启", answering=assignment)
        house.letters()
    with house.store.read() as tx:
        assert tx.suppressions() == ()
