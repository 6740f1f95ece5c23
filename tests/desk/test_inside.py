"""What colleagues wrote to each other reaches nobody outside, however a mail program shows it in an answer."""

import re
import textwrap
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage

import pytest

from maildesk.core.event import Wrote
from maildesk.core.inside import repeated
from maildesk.core.ticket import Mark, Progress
from maildesk.demo.world import DESK, FANG, LEI, MING, Actor
from tests.core.clockwork import LI, ticket
from tests.core.correspondence import NOW, mail
from tests.desk.house import House, Letter

NOTE = "this customer never pays, be slow with him"


def handed_over(house: House, note: str = NOTE, subject: str = "打印机") -> Letter:
    """Ming writes a note and gives the ticket to Lei, who reads the note in the letter that he gets."""
    house.mail(FANG, "打印机坏了", subject=subject)
    given = house.letters(MING)[0]
    house.mail(MING, f"/note {note}", answering=given)
    house.mail(MING, "/assign E101", answering=given)
    return next(letter for letter in house.letters(LEI) if note in letter.text)


def answer(house: House, letter: Letter, text: str, *, known: bool = True, by: Actor = LEI) -> None:
    """An answer as the mail program wrote it; `known` False: a gateway has put another id in place of ours."""
    answered = str(letter.mail["message-id"]) if known else "<0102018f-abc@gateway.test>"
    house.mail(by, text, to=letter.reply_to, subject=f"Re: {letter.subject}", headers={"In-Reply-To": answered})


def line(letter: Letter) -> str:
    return next(line for line in letter.text.splitlines() if NOTE in line)


def below(letter: Letter) -> str:
    """The letter without the line that we put on top."""
    return "\n".join(letter.text.splitlines()[1:])


def leaked(letters: list[Letter], words: str = "never pays") -> list[Letter]:
    return [letter for letter in letters if letter.to == FANG.address and words in f"{letter.text}{letter.html}"]


# -- words of a note -----------------------------------------------------------------------------------------------------


SHOWN: dict[str, Callable[[Letter], str]] = {
    "initials": lambda letter: f"LM> {line(letter)}\n\n请重启打印机。",
    "nothing": lambda letter: f"{line(letter)}\n\n请重启打印机。",
    "all below": lambda letter: f"请重启打印机。\n\n{below(letter)}",
    "narrow lines": lambda letter: "请重启打印机。\n\n" + textwrap.fill(below(letter), 40),
}


@pytest.mark.parametrize("how", SHOWN)
def test_a_note_never_reaches_the_requester(house: House, how: str) -> None:
    letter = handed_over(house)
    answer(house, letter, SHOWN[how](letter), known=False)
    assert leaked(house.letters()) == []


def test_nor_as_html_without_a_mark(house: House) -> None:
    letter = handed_over(house)
    found = re.search(r"<body[^>]*>(.*)</body>", letter.html, re.DOTALL)
    assert found
    quoted = found[1].replace("##-", "")
    raw = house.raw(LEI, "", to=letter.reply_to, subject=f"Re: {letter.subject}")
    mail = EmailMessage()
    mail.set_content(f"请重启打印机。\n\n{below(letter)}")
    mail.add_alternative(f"<html><body><p>请重启打印机。</p><br><div>{quoted}</div></body></html>", subtype="html")
    head = [one for one in raw.partition(b"\n\n")[0].split(b"\n") if not one.lower().startswith((b"content-", b"mime-"))]
    house.keep(b"\n".join(head) + b"\n" + mail.as_bytes())
    house.take_in()
    assert leaked(house.letters()) == []


def test_the_engineer_is_told_at_once_what_was_kept_back_and_how_it_goes_out(house: House) -> None:
    letter = handed_over(house)
    answer(house, letter, f"LM> {line(letter)}\n\n请重启打印机。")
    (told,) = house.letters()
    assert (told.to, "never pays" in told.text, "/公开" in told.text) == (LEI.address, True, True)
    answer(house, letter, "请重启打印机。")
    assert any("请重启打印机" in letter.text for letter in house.letters(FANG))


def test_it_stays_in_the_record(house: House) -> None:
    letter = handed_over(house)
    answer(house, letter, f"LM> {line(letter)}\n\n请重启打印机。")
    assert any("请重启打印机" in text for text in house.history(house.ticket()))


def test_he_may_say_to_the_user_what_he_noted_himself(house: House) -> None:
    house.mail(FANG, "打印机坏了", subject="打印机")
    given = house.letters(MING)[0]
    house.mail(MING, "/note 重启打印机即可，用的是 HP LaserJet Pro M404", answering=given)
    house.letters()
    house.mail(MING, "您好，\n重启打印机即可，用的是 HP LaserJet Pro M404\n谢谢", answering=given)
    (sent,) = house.letters(FANG)
    assert "重启打印机即可" in sent.text


def test_he_may_say_to_the_user_what_a_colleague_noted_when_he_insists(house: House) -> None:
    letter = handed_over(house, "重启打印机即可")
    house.letters()
    answer(house, letter, "您好，重启打印机即可。")
    assert house.letters(FANG) == []
    answer(house, letter, "/公开 您好，重启打印机即可。")
    (sent,) = house.letters(FANG)
    assert "重启打印机即可" in sent.text
    answer(house, letter, "再说一遍：重启打印机即可。")
    assert any("再说一遍" in letter.text for letter in house.letters(FANG))


def test_an_order_with_a_length_of_time_insists_later_too(house: House) -> None:
    letter = handed_over(house, "重启打印机即可")
    house.letters()
    answer(house, letter, "/预计 2d，重启打印机即可")
    assert house.letters(FANG) == []
    house.after(minutes=7)
    answer(house, letter, "/预计 2d，重启打印机即可")
    assert any("重启打印机即可" in letter.text for letter in house.letters(FANG))


@pytest.mark.parametrize("order", ["/公开", "/解决"])
def test_an_order_insists_when_it_comes_once_more_as_it_was(house: House, order: str) -> None:
    letter = handed_over(house, "重启打印机即可")
    answer(house, letter, f"{order} 重启打印机即可，谢谢。")
    assert house.letters(FANG) == []
    house.after(minutes=1)
    answer(house, letter, f"{order} 重启打印机即可，谢谢。")
    (sent,) = house.letters(FANG)
    assert "重启打印机即可" in sent.text


def test_who_sends_the_same_answer_twice_does_not_insist(house: House) -> None:
    letter = handed_over(house)
    for _ in range(2):
        answer(house, letter, f"LM> {line(letter)}\n\n请重启打印机。")
    assert leaked(house.letters()) == []


def test_who_insists_on_some_words_does_not_send_others_below_them(house: House) -> None:
    letter = handed_over(house)
    answer(house, letter, f"请重启打印机。\n\n{line(letter)}")
    answer(house, letter, f"/public\n请再重启一次打印机。\n\n{line(letter)}")
    assert leaked(house.letters()) == []


def test_the_users_own_words_in_a_note_are_no_secret(house: House) -> None:
    house.mail(FANG, "三楼的打印机打不出来，红灯一直闪，换过墨盒也没有用", subject="三楼打印机的红灯一直在闪怎么办")
    given = house.letters(MING)[0]
    house.mail(MING, "/note 用户说三楼的打印机打不出来，红灯一直闪，换过墨盒也没有用", answering=given)
    house.letters()
    house.mail(MING, "您说三楼的打印机打不出来，红灯一直闪，换过墨盒也没有用，是哪一台？", answering=given)
    assert any("是哪一台" in letter.text for letter in house.letters(FANG))


@pytest.mark.parametrize("footer", ["Sent from my iPhone", "发自我的iPhone"])
def test_what_a_mail_program_says_of_itself_is_no_secret(house: House, footer: str) -> None:
    note = Progress(at=NOW, mark=Mark.NOTE, author="E9", text=f"别告诉他是我们弄坏的\n{footer}\n王明")

    def repeats(text: str) -> str:
        event = Wrote(message=mail(text), author=LI.address, by=LI, public=True)
        with house.store.write() as tx:
            known = house.desk.gatherer(tx, NOW).known(event, None)
            return repeated(text, ticket(), LI, replace(known, history=(note,)))

    assert repeats(f"已处理。\n{footer}\n雷雨") == ""
    assert repeats(f"已处理。\n{footer}\n别告诉他是我们弄坏的") == "别告诉他是我们弄坏的"


def test_a_signature_that_colleagues_share_is_no_secret_once_he_has_sent_it_to_somebody(house: House) -> None:
    signature = "上海明德信息技术有限公司 信息技术部"
    first = handed_over(house, f"备件周五到，王明，{signature}")
    answer(house, first, f"请重启打印机。\n\n雷雨\n{signature}")
    assert house.letters(FANG) == []
    answer(house, first, f"/公开 请重启打印机。\n\n雷雨\n{signature}")
    assert any(signature in letter.text for letter in house.letters(FANG))
    second = handed_over(house, f"换了线也不亮，王明，{signature}", "显示器不亮")
    house.letters()
    answer(house, second, f"请换一台显示器。\n\n雷雨\n{signature}")
    assert any("请换一台显示器" in letter.text for letter in house.letters(FANG))


def test_an_answer_that_was_not_sent_because_of_a_wrong_order_is_no_secret(house: House) -> None:
    house.mail(FANG, "打印机坏了", subject="打印机")
    given = house.letters(MING)[0]
    house.mail(MING, "/预计 某个时候\n\n我们正在给您换一台新的打印机。", answering=given)
    assert house.letters(FANG) == []
    house.mail(MING, "/接单\n\n我们正在给您换一台新的打印机。", answering=given)
    assert any("换一台新的打印机" in letter.text for letter in house.letters(FANG))


# -- signed addresses ----------------------------------------------------------------------------------------------------


def test_an_engineers_signed_address_never_reaches_the_requester(house: House) -> None:
    house.mail(FANG, "打印机坏了，请帮忙看看", subject="打印机")
    given = house.letters(MING)[0]
    answer(house, given, f"请重启打印机\n\nSent to {given.reply_to}", by=MING)
    (sent,) = house.letters(FANG)
    token = given.reply_to.partition("+")[2].partition("@")[0]
    assert f"Sent to {DESK}" in sent.text
    assert token not in f"{sent.text}{sent.html}"


def test_it_is_not_told_later_either(house: House) -> None:
    house.mail(FANG, "打印机坏了", subject="打印机")
    given = house.letters(MING)[0]
    answer(house, given, f"请重启打印机，再回信到 {given.reply_to}", by=MING)
    sent = house.letters(FANG)[-1]
    house.mail(FANG, "进度如何？", answering=sent)
    token = given.reply_to.partition("+")[2].partition("@")[0]
    (status,) = house.letters(FANG)
    assert DESK in status.text
    assert token not in f"{status.text}{status.html}"
