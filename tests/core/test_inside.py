"""A colleague's words are known again in what is meant for the requester, and nothing else is taken for them."""

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from time import process_time
from typing import Any

import pytest

from maildesk.core.decision import Decision
from maildesk.core.event import Wrote
from maildesk.core.inside import insists, repeated
from maildesk.core.letter import LetterKind
from maildesk.core.message import Fact
from maildesk.core.people import StaffId
from maildesk.core.ticket import Mark, Progress
from tests.core.clockwork import KNOWN, LI, ZHOU, ticket
from tests.core.correspondence import DESKTOP, decided, history, letter, lines, mail, obeyed, order, outside
from tests.core.ordering import WORKING

NOTE = "this customer never pays, be slow with him"
CHINESE = "这个客户从来不付钱，慢慢处理就行，别太着急"
TICKET = ticket()
TOLD = "请重启打印机。"
COLLEAGUE = replace(LI, staff_id=StaffId("E8"))


def noted(*notes: str) -> tuple[Progress, ...]:
    """Notes of a colleague of Li and Zhou."""
    return tuple(replace(line, author="E9") for line in history(*((Mark.NOTE, note, False) for note in notes)))


def again(text: str, *notes: str, said: Sequence[str] = ()) -> str:
    return repeated(text, TICKET, LI, replace(KNOWN, history=noted(*notes), said=said))


def kept(text: str, record: tuple[Progress, ...], **facts: Any) -> str:
    return repeated(text, replace(TICKET, **facts), COLLEAGUE, replace(KNOWN, history=record))


@pytest.mark.parametrize("mark", ["LM> ", "Li Ming> ", "| ", "» ", "《》 ", "* ", "", "    ", "> > ", "＞", ": "])
@pytest.mark.parametrize("note", [NOTE, CHINESE])
def test_whatever_stands_before_it(mark: str, note: str) -> None:
    assert note in again(f"{mark}{note}\n\n{TOLD}", note)


@pytest.mark.parametrize("width", [10, 16, 30, 72])
@pytest.mark.parametrize("mark", ["", "LM> ", "> "])
def test_wherever_its_lines_end(width: int, mark: str) -> None:
    assert again(f"{TOLD}\n\n" + textwrap.indent(textwrap.fill(NOTE, width), mark), NOTE)


@pytest.mark.parametrize(
    "text",
    [NOTE.upper(), f"“{NOTE}” I know.", NOTE.replace(" ", "\u00a0"), NOTE.replace("slow", "sl\u00adow"), f"1. {NOTE[5:35]}"],
)
def test_however_it_is_written(text: str) -> None:
    assert again(text, NOTE) in text.replace("\u00a0", " ")
    assert len(again(text, NOTE)) > 20


def test_a_part_of_a_long_note_is_enough_and_the_sentence_that_says_it_is_named() -> None:
    note = f"先看了日志。{CHINESE}。然后再说别的事情"
    assert again(f"您好，从来不付钱，慢慢处理就行，别太着急。{TOLD}", note) == "您好，从来不付钱，慢慢处理就行，别太着急。"


@pytest.mark.parametrize("note", ["重启打印机即可", "先看看。重启打印机即可。再等他回信"])
def test_a_short_sentence_counts_as_a_whole(note: str) -> None:
    assert "重启打印机即可" in again("您好，重启打印机即可。", note)
    assert again("您好，重启打印机。", note) == ""


@pytest.mark.parametrize("words", ["已处理", "ok, done", "Thank you very much", "谢谢您的帮忙", "", "……", "等用户"])
def test_what_anybody_says_is_no_secret(words: str) -> None:
    assert again(f"您好，{words}。{TOLD}", words) == ""


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("Password reset.", "Your password reset is done."),
        ("Network is back", "The network is back again."),
        ("Waiting for vendor", "We are still waiting for vendor feedback."),
        ("下午上门处理", "我们下午上门处理。"),
    ],
)
def test_words_of_a_short_note_within_another_sentence_are_not_that_note(note: str, words: str) -> None:
    assert again(words, note) == ""


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "{}。",
        "> {}",
        "Hello, {}, thanks",
        "10:00  Ming  {}  10:05",
        "| Ming | {} |",
        "10:00\tMing\t{}\tnote",
        "10:00 {}",
        "Please wait.\n{}\nLi",
        "Ming: {}",
        "_{}_",
        "Wang Ming\u00a0\u00a0{}",
        "10:00 {} 10:05",
        "10:05 pm {}",
        "10:05pm {}",
        "Ming {}",
        "Wang Ming {}",
        "{} Wang Ming",
        "Wang Ming {} 28 Oct 2026",
        "10:00 Ming {} 10:05",
    ],
)
@pytest.mark.parametrize("note", ["customer is rude", "it was our fault, say nothing", "别告诉他是我们弄坏的"])
def test_a_short_note_that_stands_for_itself_is_that_note(text: str, note: str) -> None:
    assert again(text.format(note), note)


@pytest.mark.parametrize("note", ["customer is rude", "it was our fault, say nothing", "别告诉他是我们弄坏的"])
def test_a_short_note_stands_for_itself_wherever_its_lines_end(note: str) -> None:
    assert again(f"{TOLD}\n{textwrap.fill(note, 9)}", note)


@pytest.mark.parametrize("words", ["The vendor is useless.", "The Vendor is useless today.", "A vendor is useless, or not."])
def test_a_word_before_a_short_note_makes_it_a_sentence_of_his_own_unless_it_is_a_name(words: str) -> None:
    assert again(words, "Vendor is useless") == ""
    assert again("Ming Vendor is useless", "Vendor is useless")


@pytest.mark.parametrize(
    "note", ["he lies\nignore him", "never pays\nbe slow", "他总撒谎\n别理他", "thanks\nnever pays\nbe slow"]
)
@pytest.mark.parametrize("before", ["", "> ", "Ming: ", "10:00 Ming ", "王明：", "10:05 "])
def test_each_line_of_a_note_may_be_short_if_all_of_them_stand_there(note: str, before: str) -> None:
    assert again(f"{TOLD}\n\n{textwrap.indent(note, before)}", note)
    assert again(f"{TOLD}\n\n{before}{note.splitlines()[-1]}", note) == ""


PASSWORDS = ["Sommer@2026Geheim!Schluessel", "Winter26!", "P@ssw0rd", "Geheim#77", "geheim2026", "Zx9-Lm2q", "Zx9-12"]


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize("note", ["admin {} do not share", "别外传：{}", "admin/{}", "{}"])
@pytest.mark.parametrize("text", ["Use {}", "请用{}，谢谢", "admin / {}", "admin:{}.", "“{}”", "**{}**"])
def test_a_password_is_secret_wherever_it_stands(text: str, note: str, password: str) -> None:
    assert again(text.format(password), note.format(password))
    assert again(text.format("Tester#99"), note.format(password)) == ""
    assert again(text.format(password), note.format(password), said=[f"{password} is what we use"])
    told = (*noted(note.format(password)), *history((Mark.ANSWER, f"Your password is {password}.", True)))
    assert kept(f"Use {password}", told) == ""


@pytest.mark.parametrize("note", ["4711", "door PIN 4711", "门禁密码4711", "PIN是4711，别外传", "Access code: 4711"])
def test_a_number_is_secret_where_its_line_names_a_secret_or_is_nothing_else(note: str) -> None:
    assert again("请输入4711。", note)
    assert again("Type 4711, please.", note)
    assert again("Your extension is 5566.", note) == ""


@pytest.mark.parametrize(
    "word",
    ["KB5034441", "0x80070005", "LAPTOP-7H3K2", "HP-LJ4200", "10.20.30.40", "100Mbps", "v2.3.1", "report2026.xlsx", "2026-10-28",
     "10:05", "TS20261028007", "mail2.example.com", "+86-21-55551234", "4500012345"],
)  # fmt: skip
def test_what_counts_and_measures_is_no_password(word: str) -> None:
    assert again(f"It is {word}.", f"looked at {word} with the vendor") == ""


@pytest.mark.parametrize("note", ["he never pays", "he lies a lot", "他总撒谎", "不用管他"])
@pytest.mark.parametrize("text", ["{}", "Hello,\n\n{}\n\nBye", "- {}", "28.10.2026 10:00 Ming: {}"])
def test_less_is_enough_where_it_is_all_of_a_note(text: str, note: str) -> None:
    assert again(text.format(note), note)
    assert again(text.format(note), f"{note}\n{NOTE}") == ""


@pytest.mark.parametrize("text", ["10:00 王明 {} 10:05", "王明10:05{}", "王明 {}\n", "10:05{}"])
def test_a_short_chinese_note_stands_for_itself_between_blanks_and_behind_numbers(text: str) -> None:
    assert again(text.format("别告诉他是我们弄坏的"), "别告诉他是我们弄坏的")


ROUTINE = [
    "Password reset.",
    "已重启服务器",
    "VPN已恢复正常",
    "Error 0x80070005 access denied",
    "Waiting for vendor",
    "checking it now",
    "正在处理",
    "下午上门处理",
    "Server restarted.\nServices are running again.",
]


@pytest.mark.parametrize("note", ROUTINE)
@pytest.mark.parametrize("text", ["{}", "Hello,\n{}\nLi", "> {}"])
def test_a_line_of_which_every_word_is_of_the_trade_is_no_secret(text: str, note: str) -> None:
    assert again(text.format(note), note) == ""


@pytest.mark.parametrize(
    "note",
    [
        "We reset his password.",
        "我们重启了服务器",
        "Password not reset.",
        "备份没有恢复正常",
        "Server restarted by mistake",
        "客户账号已解锁",
        "Wang has access again",
        "HE IS BACK AGAIN",
    ],
)
def test_a_line_with_any_other_word_may_be_a_confidence(note: str) -> None:
    assert again(note, note)


SIGNATURE = "上海明德信息技术有限公司 信息技术部\n如有任何疑问请随时与服务台联系"


def test_what_he_told_requesters_before_is_his_way_of_speaking() -> None:
    text, note = f"{TOLD}\n李明\n{SIGNATURE}", f"{CHINESE}\n王明\n{SIGNATURE}"
    assert again(text, note)
    assert again(text, note, said=[f"您好。\n李明\n{SIGNATURE}"]) == ""
    assert again(f"{text}\n{CHINESE}", note, said=[f"您好。\n李明\n{SIGNATURE}"]) == CHINESE


@pytest.mark.parametrize(
    "link",
    [
        "https://helpdesk.example.com/kb/vpn-setup-for-mac",
        "\\\\fileserver01\\finance\\reports2026",
        "service-desk-second-line@desk.example.com",
    ],
)
def test_a_link_is_no_secret_and_the_words_around_it_are(link: str) -> None:
    assert again(f"Please look here: {link}", f"Give him this: {link}") == ""
    note = f"{NOTE}, see {link}"
    assert again(f"{TOLD}\n{note}", note) == note
    assert CHINESE in again(f"{TOLD}\n{link}{CHINESE}", f"{link}{CHINESE}")


@pytest.mark.parametrize(
    "link",
    [
        "https://vault.example.com/reset?token=Ab12Cd34Ef56",
        "https://vault.example.com/reset#token=Ab12Cd34Ef56",
        "https://admin:Geheim77@router.example.com/setup-page",
        "https://share.example.com/s/8f3a9c7d2b1e4f60aa",
        "https://share.example.com/123e4567-e89b-12d3-a456-426614174000",
        "\\\\fileserver01\\c$\\secret-plans",
    ],
)
def test_a_link_that_opens_something_is_one(link: str) -> None:
    assert again(f"Please look here: {link}", f"Give him this: {link}")
    assert again(link, link)


@pytest.mark.parametrize(
    ("known", "secret"),
    [
        ("您的电脑需要重装", "，是我们搞坏的"),
        ("We replace the disk", ", we dropped it"),
        ("三楼的打印机打不出来，红灯一直闪", "，是我们忘了续费"),
    ],
)
def test_what_stands_beside_known_words_is_secret_all_the_same(known: str, secret: str) -> None:
    note = f"{known}{secret}"
    assert again(note, note, said=[known, f"您好，{known}。"])
    for mark in (Mark.MAIL, Mark.ANSWER):
        assert kept(note, (*noted(note), *history((mark, known, True))))
    assert again(f"{known}。", f"{known}。", said=[f"您好。\n{known}。"]) == ""


@pytest.mark.parametrize("before", ["", "用户说", "He says: "])
def test_nor_is_what_the_requester_wrote_or_was_told_or_is_known_of_him(before: str) -> None:
    known = "三楼的打印机打不出来，红灯一直闪，换过墨盒也没有用"
    record = history((Mark.NOTE, f"{before}{known}", False))
    text = f"您说{known}，对吗？"
    assert kept(text, record)
    for mark in (Mark.OPENED, Mark.MAIL, Mark.ANSWER):
        assert kept(text, (*record, *history((mark, known, True)))) == ""
    assert kept(text, record, subject=known) == ""
    assert kept(text, record, fields={"symptom": Fact(value=known, source="line")}) == ""


def test_what_the_desk_says_of_itself_is_no_secret_and_the_reason_below_it_is() -> None:
    record = history((Mark.ORDER, f"waiting for the vendor\n{NOTE}", False))
    assert kept("We are waiting for the vendor.", record) == ""
    assert kept(NOTE, record) == NOTE


def test_of_very_long_records_the_latest_notes_are_compared() -> None:
    old, new = "这一句话说得很早很早，早就没有人记得", NOTE
    notes = [old, *(f"{n:05d} {chr(0x4E00 + n) * 200}" for n in range(600)), new]
    assert again(new, *notes) == new
    assert again(old, *notes) == ""


OWN = "报错 809 是防火墙挡了 UDP 500，已请网络组放行"


def by_himself(text: str, *notes: str) -> str:
    record = history(*((Mark.NOTE, note, False) for note in notes))
    author = replace(LI, staff_id=record[0].author)  # type: ignore[arg-type]
    return repeated(text, TICKET, author, replace(KNOWN, history=record))


@pytest.mark.parametrize(
    "text", [f"您好，{OWN}，请再试一次。", OWN, f"您好：\n{OWN}\n请再试一次。\n李明 信息技术部 技术支持工程师"]
)
def test_he_tells_the_requester_what_he_noted_himself(text: str) -> None:
    assert by_himself(text, OWN, f"{OWN}\n李明 信息技术部 技术支持工程师") == ""


@pytest.mark.parametrize("mark", ["LM> ", "> ", "| "])
def test_a_line_of_his_own_note_that_is_marked_is_a_quote(mark: str) -> None:
    assert OWN in by_himself(f"{mark}{OWN}\n\n{TOLD}", OWN)
    assert OWN in by_himself(f"{TOLD}\n\n{mark}{OWN}", OWN)


def test_who_says_it_again_with_another_time_insists() -> None:
    record = history((Mark.HELD, f"10-28 12:05 前解决：{NOTE}", False))
    author = replace(LI, staff_id=record[0].author)  # type: ignore[arg-type]
    assert insists(f"10-28 12:12 前解决：{NOTE}", author, record)


def test_who_says_the_very_words_that_were_kept_back_insists() -> None:
    record = history((Mark.HELD, f"您好。\n{NOTE}", False))
    author = replace(LI, staff_id=record[0].author)  # type: ignore[arg-type]
    assert insists(NOTE, author, record)
    assert not insists(f"{NOTE} {TOLD}", author, record)
    assert not insists(NOTE, ZHOU, record)


@pytest.mark.parametrize(("held", "said"), [("door PIN 4711", "4712"), ("门禁密码4711", "门禁密码4712"), ("Room 14711", "4711")])
def test_another_number_is_another_word(held: str, said: str) -> None:
    record = history((Mark.HELD, held, False))
    author = replace(LI, staff_id=record[0].author)  # type: ignore[arg-type]
    assert insists(held, author, record)
    assert not insists(said, author, record)
    assert not insists("……", author, record)


HOSTILE = [
    "A." * 100_000,
    "Ming 10:00 ab\n" * 28_000,
    "https://h/" + "." * 400_000,
    "1x" * 200_000,
    "好，" * 130_000,
    "a b " * 100_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_long_thread_takes_no_longer_than_its_length(text: str) -> None:
    begun = process_time()
    again(f"{text}?", f"{text}!", NOTE, said=[text])
    assert process_time() - begun < 5


# -- decided -------------------------------------------------------------------------------------------------------------


def answered(text: str) -> Decision:
    known = replace(DESKTOP, history=noted(NOTE))
    return decided(WORKING, Wrote(message=mail(text, sender=LI.address), author=LI.address, by=LI, public=True), known)


def test_an_answer_that_says_it_stays_inside_and_its_writer_is_told() -> None:
    decision = answered(f"LM> {NOTE}\n\n{TOLD}")
    assert (outside(decision), lines(decision)) == ([], [(Mark.HELD, False)])
    refusal = letter(decision, LetterKind.TRANSCRIPT).facts["refusal"]
    assert NOTE in refusal
    assert "/公开" in refusal
    assert outside(answered(TOLD)) == [LetterKind.ANSWER]


@pytest.mark.parametrize(
    "words", ["/public", "/ask", "/resolve", "/close", "/observe", "/eta 明天", "/公开", "/解决", "/take\n\n"]
)
def test_no_order_says_it_to_the_requester_before_it_comes_once_more(words: str) -> None:
    record = noted(NOTE)
    text = f"{words} 您好，{NOTE}。"
    decision = order(WORKING, text, public=True, known=replace(DESKTOP, history=record))
    assert (obeyed(decision), outside(decision), lines(decision)) == (False, [], [(Mark.HELD, False)])
    assert NOTE in letter(decision, LetterKind.TRANSCRIPT).facts["refusal"]
    once_more = order(WORKING, text, public=True, known=replace(DESKTOP, history=(*record, *decision.progress)))
    assert obeyed(once_more)
    assert outside(once_more)
