"""An order line in an engineer's mail that is not his own is told to him and never obeyed: repeated, unseen, in a signature."""

from email.message import EmailMessage
from email.utils import format_datetime

import pytest

from maildesk.core.ticket import Status, Ticket
from maildesk.demo.world import DESK, FANG, HOST, MING
from tests.desk.house import House, Letter

PLANTED = "打印机打不出来，灯一直闪。\n\n/关闭 已处理"
SHORT = "Printer down.\n/close fixed"


def opened(house: House, text: str, subject: str = "Help") -> Letter:
    """A requester writes; the engineer's assignment."""
    house.mail(FANG, text, subject=subject)
    (assignment,) = house.letters(MING)
    house.letters()
    return assignment


def unmarked(house: House, letter: Letter, text: str, html: str = "") -> Ticket:
    """The engineer answers with a program that marks nothing; the ticket after that."""
    mail = EmailMessage()
    mail["Authentication-Results"] = f"{HOST}; dmarc=pass header.from={MING.address.partition('@')[2]}"
    mail["From"], mail["To"] = f"{MING.name} <{MING.address}>", letter.reply_to
    mail["Date"], mail["Subject"] = format_datetime(house.now), f"Re: {letter.subject}"
    mail["Message-ID"], mail["In-Reply-To"] = f"<{house.now.timestamp()}@{DESK}>", str(letter.mail["message-id"])
    mail.set_content(text or html, subtype="plain" if text else "html")
    if text and html:
        mail.add_alternative(html, subtype="html")
    house.keep(mail.as_bytes())
    house.take_in()
    return house.ticket()


# -- repeated ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("planted", [PLANTED, SHORT])
def test_an_order_at_the_end_of_a_repeated_mail_is_told_and_not_obeyed(house: House, planted: str) -> None:
    ticket = unmarked(house, opened(house, planted), f"Looking at it.\n\n{planted}")
    assert ticket.status.open
    (transcript,) = house.letters(MING)
    assert planted.splitlines()[-1] in transcript.text
    assert "最上面" in transcript.text or "at the very top" in transcript.text
    assert house.letters(FANG) == []


def test_it_is_known_when_a_program_wrapped_it_anew_in_another_letter_case(house: House) -> None:
    long = "Since this morning the printer on the third floor prints nothing at all, please /Close  it when it works."
    ticket = unmarked(house, opened(house, long), f"Looking.\n\n{long[: long.index('/')]}\n/close it when it works.")
    assert ticket.status.open


def test_a_later_mail_of_the_ticket_counts_as_well_as_the_first(house: House) -> None:
    assignment = opened(house, "Printer down.")
    house.mail(FANG, "It still is.\n/close fixed", subject=f"Re: [{house.ticket().number}]")
    assert unmarked(house, assignment, "Looking.\n\n/close fixed").status.open


@pytest.mark.parametrize(
    ("subject", "text", "line"),
    [
        ("三楼打印机 /关闭 已处理", "打印机坏了。", "/关闭 已处理"),
        ("Help", "Printer down.\nerror:/close fixed", "/close fixed"),
        ("打印机", "打印机坏了。\n报错信息：/关闭 已处理", "/关闭 已处理"),
    ],
)
def test_what_a_letter_shows_as_subject_or_fact_counts_too(house: House, subject: str, text: str, line: str) -> None:
    assert unmarked(house, opened(house, text, subject), f"Looking.\n\n{line}").status.open


@pytest.mark.parametrize("line", ["/close fixed", "/放行 2"])
def test_so_does_a_held_mail_that_is_in_no_record(house: House, line: str) -> None:
    house.mail(FANG, "Printer down.")
    acknowledged = next(letter for letter in house.letters() if letter.to == FANG.address)
    house.mail(FANG, f"It still is.\n{line}\nThanks.", answering=acknowledged, proof="fail")
    (shown,) = house.letters(MING)
    assert unmarked(house, shown, f"Who is that?\n\n{line}").status.open
    assert "held" in {row.state for row in house.inbox()}


def test_the_order_that_a_letter_offers_is_his_where_nobody_outside_wrote_it(house: House) -> None:
    assert unmarked(house, opened(house, "Printer down."), "Looking at it.\n\n/接单").status is Status.IN_PROGRESS


@pytest.mark.parametrize("text", ["打印机坏了：/关闭 已处理", "打印机坏了——/关闭 已处理", "打印机坏了/关闭已处理好了"])
def test_between_chinese_letters_a_line_may_begin_anywhere(house: House, text: str) -> None:
    assert unmarked(house, opened(house, text), f"在看了。\n\n{text[text.index('/') :]}").status.open


def test_a_mail_repeated_on_top_gives_no_order_though_it_begins_with_one(house: House) -> None:
    planted = "/close fixed\nPrinter down."
    assert unmarked(house, opened(house, planted), f"{planted}\n\nLooking at it.").status.open


@pytest.mark.parametrize("text", ["/close fixed", "/close fixed\n\nThank you.", "/CLOSE fixed\n\nLooking.\n\n" + SHORT])
def test_what_he_writes_on_top_is_his_order_whatever_the_requester_wrote(house: House, text: str) -> None:
    assert unmarked(house, opened(house, SHORT), text).status is Status.CLOSED


@pytest.mark.parametrize(
    "words",
    ["You may /closed it?", "see https://desk.test/close fixed", "D:/close fixed", "what does /close do?", "-/close fixed"],
)
def test_an_order_below_his_words_is_obeyed_when_no_line_of_an_outside_mail_can_have_become_it(house: House, words: str) -> None:
    assert unmarked(house, opened(house, words), "Done.\n\n/close fixed").status is Status.CLOSED


# -- unseen --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plain", ["", "Done.\n\n/close fixed"], ids=["html alone", "plain beside it"])
def test_an_order_in_white_on_white_is_told_and_not_obeyed(house: House, plain: str) -> None:
    html = '<p>Done.</p><p style="color:#fff">/close fixed</p>'
    assert unmarked(house, opened(house, "Printer down."), plain, html).status.open
    (transcript,) = house.letters(MING)
    assert "看不见" in transcript.text


def test_an_order_in_white_on_blue_is_obeyed(house: House) -> None:
    html = '<p>Done.</p><p style="color:#fff;background:#1f6feb">/close fixed</p>'
    assert unmarked(house, opened(house, "Printer down."), "", html).status is Status.CLOSED


# -- in a signature ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "end",
    [
        "/Done",
        "/Fixed",
        "/Erledigt",
        "Best regards\nMing\n/close",
        "____________\nMing\n/CLOSE now",
        "Best regards\n\n/Clsoe",
    ],
)
def test_a_line_like_an_order_in_what_passes_for_a_signature_is_told(house: House, end: str) -> None:
    ticket = unmarked(house, opened(house, "Printer down."), f"It prints again.\n\n{end}")
    assert ticket.status.open
    (transcript,) = house.letters(MING)
    assert end.splitlines()[-1] in transcript.text
    assert house.letters(FANG) == []


@pytest.mark.parametrize(
    "end",
    [
        "/Li",
        "/Ming",
        "/LM",
        "-- \n/ Berlin office",
        "-- \n/IT Support",
        "Best regards\n/Ming Li",
        "Best regards\n/Mike",
        "-- \n/Support",
        "-- \nMing\n/close",
        "/Mvh\nMike",
    ],
)
def test_a_name_behind_a_slash_is_a_name(house: House, end: str) -> None:
    unmarked(house, opened(house, "Printer down."), f"It prints again.\n\n{end}")
    assert len(house.letters(FANG)) == 1


def test_who_is_told_reads_that_his_words_went_to_nobody_and_where_to_send_them_again(house: House) -> None:
    unmarked(house, opened(house, SHORT), "The toner is new.\n\n/close fixed")
    (transcript,) = house.letters(MING)
    assert "也没有发给提交人" in transcript.text
    assert "别回这一封" in transcript.text


def test_who_wrote_no_words_besides_reads_nothing_of_them(house: House) -> None:
    unmarked(house, opened(house, SHORT), "/clsoe fixed")
    (transcript,) = house.letters(MING)
    assert "也没有发给提交人" not in transcript.text
