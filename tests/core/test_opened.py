"""A new matter: what is understood, who gets it, and the one letter that the requester gets."""

from dataclasses import replace
from typing import Any

import pytest

from maildesk.core.alarms import wake_at
from maildesk.core.decide.opened import MOST_WATCHERS
from maildesk.core.decide.writing import first_told
from maildesk.core.decision import Decision
from maildesk.core.duration import SOLUTION, Spread
from maildesk.core.event import Opened
from maildesk.core.known import Known
from maildesk.core.letter import LetterKind
from maildesk.core.message import Address, Fact, Mailbox, Message, Risk
from maildesk.core.people import People, Person, Role
from maildesk.core.ticket import NOBODY, Eta, Mark, Number, Priority, Status
from maildesk.core.trust import Trust
from tests.core.clockwork import CHEN, HOUR, LI, WU, ZHOU, at, away_until, person, ticket
from tests.core.correspondence import (
    DESK,
    DESKTOP,
    LOGIN,
    NOW,
    STRANGER,
    USER,
    after,
    blank,
    decided,
    file,
    letter,
    lines,
    mail,
    passed_on,
    written,
)

K = LetterKind
FANG = person("U1", "王芳", Role.REQUESTER, department="财务部", phone="138 0013 8000", language="zh")
TEXT = "今天上午9点开始登录不了报销系统，提示“500 错误”。"


def opening(
    message: Message | None = None, trust: Trust = Trust.PROVEN, known: Known = DESKTOP, now: Any = NOW, **more: Any
) -> Decision:
    message = message or mail(TEXT)
    usual: dict[str, Any] = {"message": message, "requester": message.identity.address or NOBODY, "trust": trust}
    event = Opened(**usual | more)
    return decided(blank(), event, known, now)


def with_people(*people: Person, **more: Any) -> Known:
    return replace(DESKTOP, people=People((LI, ZHOU, CHEN, WU, *people)), **more)


# -- one decision --------------------------------------------------------------------------------------------------------


def test_the_requester_gets_one_letter_and_the_engineer_one() -> None:
    assert written(opening()) == [(K.ACKNOWLEDGEMENT, USER), (K.ASSIGNMENT, LI.address)]


def test_the_ticket_is_given_to_somebody_in_the_same_decision() -> None:
    opened = after(opening())
    assert (opened.status, opened.engineer, opened.assigned_at) == (Status.ASSIGNED, LI.staff_id, NOW)
    assert opened.wake_at == wake_at(opened, DESKTOP.policy) == at("10-28 10:35")


def test_the_mail_is_understood() -> None:
    opened = after(opening())
    assert (opened.category, opened.category_source) == (LOGIN.name, "rule")
    assert {name: fact.value for name, fact in opened.fields.items()} == {
        "symptom": "报销系统登录失败",
        "system": "报销系统",
        "error": "500 错误",
        "occurred": "今天上午9点",
    }
    assert opened.missing == ()
    assert (opened.proposed, opened.asked, opened.confirmed) == (Priority.P3, None, None)


def test_his_wish_for_a_priority_is_kept_apart() -> None:
    wish = {"urgency": Fact(value="P1", source="line")}
    opened = after(opening(mail("登录失败", fields=wish)))
    assert (opened.asked, opened.proposed, opened.priority) == (Priority.P1, Priority.P3, Priority.P3)


def test_what_he_filled_in_counts_more_than_what_his_text_tells() -> None:
    told = {"system": Fact(value="OA", source="line"), "ticket": Fact(value="TS20231027001", source="subject")}
    opened = after(opening(mail(TEXT, fields=told)))
    assert opened.fields["system"] == told["system"]
    assert "ticket" not in opened.fields


def test_the_record_keeps_the_mail_with_its_files() -> None:
    decision = opening(mail(TEXT, attachments=(file("屏幕.png"),)))
    assert lines(decision) == [(Mark.OPENED, True), (Mark.TURN, False)]
    assert (decision.progress[0].text, len(decision.progress[0].attachments)) == (TEXT, 1)


# -- the acknowledgement -------------------------------------------------------------------------------------------------


def test_the_acknowledgement_promises_times_by_the_calendar_and_asks_for_what_is_missing() -> None:
    decision = opening(mail("登录失败"))
    facts = letter(decision, K.ACKNOWLEDGEMENT).facts
    assert (facts["full"], facts["open"]) == (True, True)
    assert facts["first_answer_by"] == "2026-10-28T02:40:00+00:00"
    assert facts["missing"] == ["occurred", "error", "system"]
    assert after(decision).missing_asked_at == NOW


def test_what_the_acknowledgement_tells_is_promised_from_then_on() -> None:
    decision = opening()
    assert letter(decision, K.ACKNOWLEDGEMENT).facts["target_by"] == "2026-11-02T04:00:00+00:00"
    assert after(decision).promised == Eta(at=at("11-02 12:00"), said_at=NOW)
    assert after(opening(quiet=True)).promised is None


def test_experience_puts_a_promise_off_and_says_what_is_usual() -> None:
    long = Spread(count=20, median=2 * HOUR, p90=30 * HOUR)
    known = replace(DESKTOP, took={(SOLUTION, Priority.P3, None): long})
    decision = opening(mail("登录失败"), known=known)
    facts = letter(decision, K.ACKNOWLEDGEMENT).facts
    assert (facts["target_by"], facts["solved_usually"]) == ("2026-11-03T02:30:00+00:00", "2026-10-28T06:00:00+00:00")
    assert (facts["measured"], facts["answered_usually"]) == (True, None)
    assert after(decision).promised == Eta(at=at("11-03 10:30"), said_at=NOW)


def test_at_night_it_says_when_the_desk_works_again() -> None:
    facts = letter(opening(now=at("10-28 23:00")), K.ACKNOWLEDGEMENT).facts
    assert not facts["open"]
    assert facts["first_answer_by"] == "2026-10-29T01:10:00+00:00"


def test_nothing_is_asked_when_nothing_is_missing() -> None:
    decision = opening()
    assert letter(decision, K.ACKNOWLEDGEMENT).facts["missing"] == []
    assert after(decision).missing_asked_at is None


def test_whose_mail_was_too_large_is_told_when_he_is_believed() -> None:
    large = mail(TEXT, limits=("large",))
    assert letter(opening(large), K.ACKNOWLEDGEMENT).facts["cut"] is True
    assert letter(opening(large, Trust.PLAUSIBLE), K.ACKNOWLEDGEMENT).facts["cut"] is False
    assert "large" in letter(opening(large), K.ASSIGNMENT).facts["warnings"][0]


def test_a_stranger_who_proves_nothing_gets_none_of_his_words_back() -> None:
    decision = opening(mail("https://evil.example 登录", sender=STRANGER, subject="win a prize"), Trust.PLAUSIBLE)
    facts = letter(decision, K.ACKNOWLEDGEMENT).facts
    assert (facts["full"], facts["understood"], facts["late_for"]) == (False, [], None)
    assert facts["missing"] == list(DESKTOP.policy.facts)
    assert after(decision).missing_asked_at == NOW


def test_every_stranger_gets_the_same_whatever_he_wrote() -> None:
    one = opening(mail("登录", sender=STRANGER), Trust.PLAUSIBLE)
    other = opening(mail("全部门紧急！无法登录", sender=STRANGER), Trust.PLAUSIBLE, linked=(Number("TS20261027001"),))
    assert letter(one, K.ACKNOWLEDGEMENT).facts == letter(other, K.ACKNOWLEDGEMENT).facts


def test_somebody_of_the_directory_gets_the_full_one_and_is_not_asked_what_we_know() -> None:
    known = with_people(FANG, policy=replace(DESKTOP.policy, facts=("name", "department", "contact", "system")))
    decision = opening(mail("登录失败", sender=FANG.address), Trust.PLAUSIBLE, known)
    facts = letter(decision, K.ACKNOWLEDGEMENT).facts
    assert (facts["full"], facts["missing"]) == (True, ["system"])
    assert after(decision).fields["department"] == Fact(value="财务部", source="directory")
    assert after(decision).requester_name == "王芳"


def test_an_impostor_gets_nothing_and_the_engineer_is_told() -> None:
    decision = opening(mail(TEXT, sender=FANG.address), Trust.FAILED, with_people(FANG))
    assert written(decision) == [(K.ASSIGNMENT, LI.address)]
    assert "不是他自称的" in letter(decision, K.ASSIGNMENT).facts["warnings"][0]
    assert "department" not in after(decision).fields
    assert after(decision).missing_asked_at is None


def test_a_machine_that_may_open_tickets_gets_nothing() -> None:
    decision = opening(requester=NOBODY, quiet=True)
    assert written(decision) == [(K.ASSIGNMENT, LI.address)]
    assert letter(decision, K.ASSIGNMENT).facts["warnings"] == []


def test_a_mail_of_nobody_reaches_an_engineer_with_a_warning() -> None:
    decision = opening(mail(TEXT, sender=None), Trust.PLAUSIBLE)
    assert written(decision) == [(K.ASSIGNMENT, LI.address)]
    assert "看不出" in letter(decision, K.ASSIGNMENT).facts["warnings"][0]


def test_who_writes_to_a_ticket_long_closed_reads_its_number_in_the_new_one() -> None:
    old = ticket(status=Status.CLOSED, number=Number("TS20260901001"))
    decision = opening(known=replace(DESKTOP, reopens=old), linked=(old.number,))
    assert letter(decision, K.ACKNOWLEDGEMENT).facts["late_for"] == old.number
    assert after(decision).linked == (old.number,)


# -- the engineer --------------------------------------------------------------------------------------------------------


def test_the_assignment_carries_everything_he_needs() -> None:
    message = mail(TEXT, quoted_lines=7, signature_lines=2, attachments=(file("屏幕.png"), file("清单.xlsm", risk=Risk.MACRO)))
    decision = opening(message, linked=(Number("TS20260901001"),), known=with_people(FANG))
    assigned = letter(decision, K.ASSIGNMENT)
    assert (assigned.facts["text"], assigned.facts["hidden"], assigned.facts["by"]) == (TEXT, 9, None)
    assert assigned.facts["why"] == "按工作量"
    assert assigned.facts["linked"] == ["TS20260901001"]
    assert assigned.facts["files"] == [["屏幕.png", 1000, False], ["清单.xlsm", 1000, "macro"]]
    assert [one.filename for one in assigned.attachments] == ["屏幕.png"]


def test_a_logo_that_came_before_is_left_out_and_a_new_picture_is_not() -> None:
    logo, screenshot = file("logo.png", inline=True), file("屏幕.png", 200_000, inline=True)
    message = mail(TEXT, attachments=(logo, screenshot))
    again = with_people(FANG, seen=frozenset({logo.digest, screenshot.digest}))
    for known, names in ((with_people(FANG), ["logo.png", "屏幕.png"]), (again, ["屏幕.png"])):
        assigned = letter(opening(message, known=known), K.ASSIGNMENT)
        assert [one.filename for one in assigned.attachments] == names
        assert [name for name, _, _ in assigned.facts["files"]] == names


def test_what_an_engineer_wrote_above_a_mail_he_passes_on_is_a_note_for_colleagues() -> None:
    decision = opening(passed_on("打印机又卡纸了。", above="领导的机器，请优先"), requester=USER)
    assert letter(decision, K.ASSIGNMENT).facts["text"] == "打印机又卡纸了。"
    assert letter(decision, K.ASSIGNMENT).facts["remarks"] == [[LI.staff_id, "领导的机器，请优先"]]
    remark = decision.progress[1]
    assert (remark.mark, remark.author, remark.text, remark.public) == (Mark.NOTE, LI.staff_id, "领导的机器，请优先", False)
    assert "领导" not in str(letter(decision, K.ACKNOWLEDGEMENT).facts)


def test_a_mail_that_is_passed_on_without_a_word_has_no_note() -> None:
    decision = opening(passed_on("打印机又卡纸了。"), requester=USER)
    assert letter(decision, K.ASSIGNMENT).facts["remarks"] == []
    assert [line.mark for line in decision.progress] == [Mark.OPENED, Mark.TURN]


def test_who_is_given_a_new_case_reads_the_note_too() -> None:
    history = opening(passed_on("打印机又卡纸了。", above="请优先"), requester=USER).progress
    assert first_told(replace(DESKTOP, history=history)) == history[:2]
    assert first_told(replace(DESKTOP, history=history[1:])) == ()


def test_the_lead_gets_it_when_nobody_is_on_shift() -> None:
    decision = opening(now=at("10-28 23:00"))
    assert after(decision).engineer == CHEN.staff_id
    assert letter(decision, K.ASSIGNMENT).facts["why"] == "没有处理人在岗"


def test_without_anybody_it_waits_and_all_leads_are_written_to() -> None:
    away = replace(CHEN, absences=away_until(at("11-30 09:00")))
    decision = opening(known=replace(DESKTOP, people=People((away,))))
    assert (after(decision).status, after(decision).engineer) == (Status.NEW, None)
    assert written(decision) == [(K.ACKNOWLEDGEMENT, USER), (K.ASSIGNMENT, CHEN.address)]


# -- who else --------------------------------------------------------------------------------------------------------------


def boxes(*addresses: str) -> tuple[Mailbox, ...]:
    return tuple(Mailbox(address=address) for address in addresses)


def test_colleagues_on_the_first_mail_of_a_colleague_watch() -> None:
    message = mail(TEXT, sender=FANG.address, to=boxes(DESK, "B@desk.example"), cc=boxes("x@evil.example", "c@desk.example"))
    decision = opening(message, known=with_people(FANG))
    assert after(decision).watchers == ("b@desk.example", "c@desk.example")
    assert [to for kind, to in written(decision) if kind is K.ACKNOWLEDGEMENT] == [
        FANG.address,
        "b@desk.example",
        "c@desk.example",
    ]


def test_that_of_very_many_colleagues_in_copy_only_some_take_part_is_told() -> None:
    for count, told in ((MOST_WATCHERS, False), (MOST_WATCHERS + 3, True)):
        message = mail(TEXT, sender=FANG.address, cc=boxes(*(f"in.copy{n}@desk.example" for n in range(count))))
        decision = opening(message, known=with_people(FANG))
        (assigned,) = (letter for letter in decision.letters if letter.kind is K.ASSIGNMENT)
        assert len(after(decision).watchers) == MOST_WATCHERS
        assert any("3" in warning and "20" in warning for warning in assigned.facts["warnings"]) == told


def test_our_own_addresses_never_watch() -> None:
    message = mail(TEXT, sender=FANG.address, to=boxes(DESK, "support+abc@desk.example", "SUPPORT@desk.example"))
    assert after(opening(message, known=with_people(FANG))).watchers == ()


@pytest.mark.parametrize(("sender", "trust"), [(USER, Trust.PROVEN), (FANG.address, Trust.FAILED)])
def test_nobody_from_outside_and_no_impostor_makes_anybody_watch(sender: Address, trust: Trust) -> None:
    message = mail(TEXT, sender=sender, cc=boxes("b@desk.example"))
    assert after(opening(message, trust, with_people(FANG))).watchers == ()


def test_a_mail_that_an_engineer_passes_on_is_its_writers() -> None:
    decision = opening(passed_on("打印机又卡纸了，昨天开始。", above="请处理"), requester=USER)
    opened = after(decision)
    assert (opened.requester, opened.requester_name, opened.subject) == (USER, "王芳", "打印机卡纸")
    assert written(decision)[0] == (K.ACKNOWLEDGEMENT, USER)
    assert letter(decision, K.ASSIGNMENT).facts["text"] == "打印机又卡纸了，昨天开始。"
    assert letter(decision, K.ASSIGNMENT).facts["warnings"] == ["由 李明 转来。"]
    assert letter(decision, K.ACKNOWLEDGEMENT).answers is None


def test_letters_are_in_the_language_that_was_set_else_in_his_own_else_in_that_of_his_mail() -> None:
    english = mail("cannot login", language="en", sender=FANG.address)
    assert letter(opening(english), K.ACKNOWLEDGEMENT).language == "en"
    assert letter(opening(english, known=with_people(FANG)), K.ACKNOWLEDGEMENT).language == "zh"
    chosen = with_people(FANG, languages={FANG.address: "en"})
    assert letter(opening(english, known=chosen), K.ACKNOWLEDGEMENT).language == "en"


def test_a_number_is_opened_once() -> None:
    event = Opened(message=mail(), requester=USER, trust=Trust.PROVEN)
    with pytest.raises(ValueError, match="opened already"):
        decided(ticket(), event)
