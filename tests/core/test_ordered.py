"""A mail's orders are obeyed all or not at all; the requester gets one letter of them, the giver a transcript."""

from dataclasses import replace

import pytest

from maildesk.core.event import Ordered
from maildesk.core.letter import LetterKind
from maildesk.core.message import Address
from maildesk.core.orders import ORDERS, Order, Verb, parse
from maildesk.core.people import People
from maildesk.core.ticket import Mark, Priority, Status
from tests.core.clockwork import CHEN, LI
from tests.core.correspondence import (
    DESKTOP,
    USER,
    after,
    decided,
    file,
    letter,
    lines,
    mail,
    obeyed,
    order,
    outside,
    said,
    written,
)
from tests.core.ordering import CLOSED, RESOLVED, WORKING, inside, unchanged

K = LetterKind


# -- one letter to the requester -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kinds", "fact", "words"),
    [
        ("/resolve 重启了服务\n\n您好，请再试一次。", [K.RESOLVED], "solution", "您好，请再试一次。\n\n重启了服务"),
        ("/ask 哪个版本？\n\n您好。", [K.ASK], "text", "您好。\n\n哪个版本？"),
        ("/eta 明天 10:00 等备件\n您好，正在处理。", [K.ETA], "reason", "您好，正在处理。\n\n等备件"),
        ("/take 16:30\n您好，正在处理。", [K.ETA], "reason", "您好，正在处理。"),
        ("/take\n您好，正在处理。", [K.ANSWER], "text", "您好，正在处理。"),
        ("/resolve 重启了\n/close", [K.CLOSED], "solution", "重启了"),
        ("/take 16:30\n/eta 明天 10:00", [K.ETA], "reason", ""),
        ("/priority P2 多人\n/category System-Login\n您好。", [K.ANSWER], "text", "您好。"),
    ],
)
def test_whatever_the_orders_the_requester_gets_one_letter(text: str, kinds: list[LetterKind], fact: str, words: str) -> None:
    decision = order(WORKING, text, public=True)
    assert obeyed(decision)
    assert outside(decision) == kinds
    assert letter(decision, kinds[0]).facts[fact] == words


def test_an_answer_to_a_closed_case_that_reopens_it_is_the_only_letter() -> None:
    assert outside(order(CLOSED, "/reopen\n您好，我们再看看。", public=True)) == [K.ANSWER]


def test_files_beside_public_orders_go_with_the_letter() -> None:
    message = mail("/resolve 见附件", sender=LI.address, attachments=(file("步骤.pdf"),))
    parsed = parse("/resolve 见附件")
    decision = decided(WORKING, Ordered(by=LI, orders=parsed.orders, message=message, public=True))
    assert [one.filename for one in letter(decision, K.RESOLVED).attachments] == ["步骤.pdf"]


@pytest.mark.parametrize(
    ("words", "sent"), [("/public 见附件", ["步骤.pdf"]), ("/public 见附件\n/note 日志", []), ("看日志。\n\n/public 已处理", [])]
)
def test_files_beside_public_words_go_with_them_wherever_it_was_written_if_there_is_nothing_else(
    words: str, sent: list[str]
) -> None:
    parsed = parse(words)
    message = mail(words, sender=LI.address, attachments=(file("步骤.pdf"),))
    decision = decided(WORKING, Ordered(by=LI, orders=parsed.orders, text=parsed.rest, message=message))
    assert [one.filename for one in letter(decision, K.ANSWER).attachments] == sent


def test_files_beside_orders_are_recorded_and_reach_who_has_the_ticket() -> None:
    message = mail("/note 见截图", sender=CHEN.address, attachments=(file("屏幕.png"),))
    decision = decided(WORKING, Ordered(by=CHEN, orders=parse("/note 见截图").orders, message=message))
    assert [one.filename for one in decision.progress[0].attachments] == ["屏幕.png"]
    assert [one.filename for one in letter(decision, K.NOTE).attachments] == ["屏幕.png"]


def test_only_the_requester_is_asked_to_rate() -> None:
    watched = replace(RESOLVED, watchers=(Address("w@customer.example"),))
    rates = {one.to: one.facts["rate"] for one in order(watched, "/close").letters if one.kind is K.CLOSED}
    assert rates == {USER: True, "w@customer.example": False}


def test_text_beside_orders_on_an_inside_letter_is_a_note() -> None:
    decision = order(WORKING, "/take\n怀疑是数据库")
    assert outside(decision) == []
    assert (Mark.NOTE, False) in lines(decision)


# -- all or nothing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [verb for verb in Verb if ORDERS[verb].on_ticket])
def test_an_order_about_a_ticket_needs_one(verb: Verb) -> None:
    assert said(decided(None, Ordered(by=LI, orders=(Order(verb=verb, line=f"/{verb}"),)))) == ["这条指令要写在某张工单的回信里"]


@pytest.mark.parametrize("wrong", ["/assign 张飞", "/eta 09:00", "/priority P1", "/tkae", "/reopen", "/分类 天气", "/priority"])
def test_one_wrong_order_stops_all_of_them(wrong: str) -> None:
    decision = order(WORKING, f"/note 看了日志\n/take 16:30\n{wrong}\n\n您好，正在处理。", public=True)
    assert not obeyed(decision)
    assert unchanged(decision, WORKING)
    assert written(decision) == [(K.TRANSCRIPT, LI.address)]
    results = letter(decision, K.TRANSCRIPT).facts["results"]
    assert {result["done"] for result in results} == {False}
    assert [result["line"] for result in results if result["said"]] == [wrong]


def test_what_stood_beside_orders_that_were_not_obeyed_is_kept_inside() -> None:
    decision = order(WORKING, "/tkae\n您好，正在处理。", public=True)
    assert lines(decision) == [(Mark.HELD, False)]
    assert decision.progress[0].text == "您好，正在处理。"


def test_an_absence_is_not_granted_when_another_order_is_wrong() -> None:
    assert order(WORKING, "/away 周五\n/eta 09:00").absences == {}


def test_a_refused_mail_does_nothing_whatever_it_orders() -> None:
    parsed = parse("/close x\n/away 周五")
    decision = decided(WORKING, Ordered(by=LI, orders=parsed.orders, refusal="没法证明是你", text="随便", public=True))
    assert unchanged(decision, WORKING)
    assert decision.absences == {}
    assert lines(decision) == [(Mark.HELD, False)]
    assert written(decision) == [(K.TRANSCRIPT, LI.address)]
    assert letter(decision, K.TRANSCRIPT).facts["refusal"] == "没法证明是你"


def test_each_order_sees_what_the_one_before_it_did() -> None:
    decision = order(CLOSED, "/reopen\n/priority P2 多人\n/wait user")
    assert obeyed(decision)
    assert (after(decision).status, after(decision).confirmed) == (Status.WAITING, Priority.P2)


# -- the transcript ------------------------------------------------------------------------------------------------------


def test_the_transcript_goes_to_the_stored_address_and_says_what_became_of_each_line() -> None:
    second = replace(LI, addresses=(LI.address, Address("li@home.example")))
    message = mail("/take\n/note x", sender="li@home.example")
    parsed = parse(message.new_text)
    event = Ordered(by=second, orders=parsed.orders, message=message)
    decision = decided(WORKING, event, replace(DESKTOP, people=People((second,))))
    transcript = letter(decision, K.TRANSCRIPT)
    assert (transcript.to, transcript.answers) == (LI.address, message.message_id)
    assert transcript.facts["results"] == [
        {"line": "/take", "done": True, "said": "已照办"},
        {"line": "/note x", "done": True, "said": "已记下，只有内部看得到"},
    ]


@pytest.mark.parametrize(("language", "words"), [("zh", "已照办"), ("en", "done"), ("de", "done"), (None, "已照办")])
def test_it_speaks_the_language_of_the_giver(language: str | None, words: str) -> None:
    assert said(order(WORKING, "/take", by=replace(LI, language=language))) == [words]


def test_a_colleagues_orders_are_told_to_who_has_the_ticket() -> None:
    decision = order(WORKING, "/priority P2 多人报修\n/note 看了日志", by=CHEN)
    assert inside(decision) == [(K.NOTE, LI.address)]
    text = letter(decision, K.NOTE).facts["text"]
    assert "优先级 P3 → P2" in text
    assert "看了日志" in text


def test_an_order_from_the_shell_needs_no_mail() -> None:
    parsed = parse("/note 从命令行")
    decision = decided(WORKING, Ordered(by=LI, orders=parsed.orders))
    assert letter(decision, K.TRANSCRIPT).answers is None
    assert obeyed(decision)
