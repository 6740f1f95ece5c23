"""Words without an order: who reads them, what they move, and that what is said inside stays inside."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from maildesk.core.decision import Decision
from maildesk.core.event import Answered, Ordered, Wrote
from maildesk.core.letter import LetterKind
from maildesk.core.message import Address, Fact, Proof
from maildesk.core.orders import parse
from maildesk.core.people import People
from maildesk.core.ticket import NOBODY, Feedback, Mark, Number, Pause, Progress, Status, Ticket, Waiting
from tests.core.clockwork import CHEN, LI, WU, ZHOU, at, away_until, ticket, waiting
from tests.core.correspondence import DESKTOP, NOW, USER, after, decided, file, letter, lines, mail, outside, written
from tests.core.ordering import WORKING

K = LetterKind
TICKET = ticket(missing=("error", "system"))
SEEN = Address("watcher@customer.example")


def participant(text: str = "还是登录不了。", of: Ticket = TICKET, **more: Any) -> Decision:
    known = more.pop("known", DESKTOP)
    verified = more.pop("verified", True)
    return decided(of, Wrote(message=mail(text, **more), author=USER, verified=verified), known)


def engineer(text: str, of: Ticket = TICKET, *, public: bool = True, by: Any = LI, **more: Any) -> Decision:
    return decided(of, Wrote(message=mail(text, sender=by.address, **more), author=by.address, by=by, public=public))


def over(status: Status = Status.CLOSED, **facts: Any) -> Ticket:
    return ticket(status=status, resolved_at=NOW - timedelta(days=2), closed_at=NOW - timedelta(days=1), **facts)


# -- a participant -------------------------------------------------------------------------------------------------------


def test_a_participants_mail_reaches_the_engineer_and_nobody_else() -> None:
    decision = participant(quoted_lines=5, attachments=(file("屏幕.png"),))
    assert written(decision) == [(K.REPLY, LI.address)]
    facts = letter(decision, K.REPLY).facts
    assert (facts["text"], facts["hidden"], facts["verified"], facts["event"]) == ("还是登录不了。", 5, True, None)
    assert [one.filename for one in letter(decision, K.REPLY).attachments] == ["屏幕.png"]


def test_his_delegate_reads_it_while_he_is_away() -> None:
    away = replace(LI, absences=away_until(at("11-02 09:00")), delegate=ZHOU.staff_id)
    known = replace(DESKTOP, people=People((away, ZHOU, CHEN)))
    assert written(participant(known=known)) == [(K.REPLY, ZHOU.address)]


def test_filled_in_lines_become_facts() -> None:
    told = {"error": Fact(value="500", source="line"), "name": Fact(value="王芳", source="signature")}
    decision = participant(fields=told)
    assert after(decision).missing == ("system",)
    assert dict(after(decision).fields) == {"error": told["error"]}
    assert letter(decision, K.REPLY).facts["event"] == "facts"


def test_what_an_engineer_set_is_not_overwritten() -> None:
    known = {"error": Fact(value="502", source="engineer")}
    decision = participant(of=replace(TICKET, fields=known), fields={"error": Fact(value="500", source="line")})
    assert after(decision).fields["error"].value == "502"


def test_an_answer_ends_the_waiting_for_it_and_keeps_the_time_that_was_used() -> None:
    asked = waiting(Waiting.USER, "10-28 10:10")
    resumed = after(participant(of=asked))
    assert (resumed.status, resumed.waiting) == (Status.IN_PROGRESS, None)
    assert resumed.pauses == (Pause(why=Waiting.USER, since=at("10-28 10:10"), until=NOW),)


@pytest.mark.parametrize("why", [Waiting.VENDOR, Waiting.APPROVAL, Waiting.SCHEDULED])
def test_a_mail_of_the_requester_does_not_end_the_waiting_for_others(why: Waiting) -> None:
    assert after(participant(of=waiting(why, "10-28 10:10"))).status is Status.WAITING


def test_thanks_do_not_end_the_waiting() -> None:
    assert after(participant("谢谢！", waiting(Waiting.USER, "10-28 10:10"))).status is Status.WAITING


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED, Status.WITHDRAWN, Status.GUIDED])
def test_more_than_thanks_reopens_and_both_sides_and_the_lead_are_told(status: Status) -> None:
    decision = participant(of=over(status))
    again = after(decision)
    assert (again.status, again.round, again.reopened_at) == (Status.IN_PROGRESS, 2, NOW)
    assert (again.closed_at, again.resolved_at, again.closed_how) == (None, None, "")
    assert written(decision) == [(K.REPLY, LI.address), (K.REOPENED, USER), (K.ESCALATION, CHEN.address)]
    assert letter(decision, K.REPLY).facts["event"] == "reopened"


@pytest.mark.parametrize("text", ["谢谢！", "Thanks!", "收到，谢谢"])
def test_thanks_reopen_nothing_and_bother_nobody(text: str) -> None:
    decision = participant(text, over())
    assert after(decision).status is Status.CLOSED
    assert decision.letters == ()
    assert lines(decision) == [(Mark.MAIL, True)]


def test_a_reopened_ticket_whose_engineer_is_gone_gets_another() -> None:
    gone = over(engineer="E99")
    assert after(participant(of=gone)).engineer == LI.staff_id


def test_an_unverified_mail_is_shown_with_a_warning_and_moves_nothing() -> None:
    for of in (over(), waiting(Waiting.USER, "10-28 10:10"), TICKET):
        decision = participant(of=of, verified=False, proof=Proof.NONE, fields={"error": Fact(value="x", source="line")})
        assert replace(after(decision), wake_at=None, due_at=None) == of
        assert written(decision) == [(K.REPLY, LI.address)]
        assert letter(decision, K.REPLY).facts["verified"] is False
        assert lines(decision) == [(Mark.MAIL, False)]


def test_the_subject_never_changes() -> None:
    assert after(participant(subject="完全不同的主题")).subject == TICKET.subject


def test_nobody_becomes_a_reader_by_being_copied() -> None:
    assert after(participant(cc=mail().to)).watchers == ()


# -- an engineer, in public ----------------------------------------------------------------------------------------------


def test_an_answer_goes_to_the_requester_and_all_who_watch() -> None:
    decision = engineer("请重启试试。", replace(TICKET, watchers=(SEEN,)), attachments=(file("说明.pdf"),))
    assert written(decision) == [(K.ANSWER, USER), (K.ANSWER, SEEN)]
    assert letter(decision, K.ANSWER).facts == {"engineer": "李明", "text": "请重启试试。"}
    assert [one.filename for one in letter(decision, K.ANSWER).attachments] == ["说明.pdf"]
    assert lines(decision) == [(Mark.ANSWER, True)]


def shown(mark: Mark, by: str, name: str, *, inline: bool = True) -> Progress:
    """A line of the record with a picture in its text."""
    public = mark in (Mark.MAIL, Mark.ANSWER)
    return Progress(at=NOW, mark=mark, author=by, text="如图。", public=public, attachments=(file(name, inline=inline),))


OTHER, MINE = ZHOU.staff_id, LI.staff_id
PICTURES = (
    shown(Mark.NOTE, OTHER, "密码.png"),
    shown(Mark.ANSWER, OTHER, "步骤.png"),
    shown(Mark.MAIL, USER, "报错.png"),
    shown(Mark.NOTE, MINE, "结果.png"),
    shown(Mark.HELD, MINE, "拦下.png"),
    shown(Mark.NOTE, OTHER, "说明.pdf", inline=False),
)
NAMES = ("密码.png", "步骤.png", "报错.png", "结果.png", "拦下.png", "新图.png")


def pictured(words: str, **more: Any) -> tuple[list[str], list[str]]:
    """The files that go with an answer, or with an order, that has all these pictures, and those of which its writer is told."""
    files = (*(file(name, inline=True) for name in NAMES), file("说明.pdf"))
    sent = replace(mail(words, sender=LI.address, attachments=files), **more)
    event = (
        Ordered(by=LI, orders=parse(words).orders, message=sent, public=True)
        if words.startswith("/")
        else Wrote(message=sent, author=LI.address, by=LI, public=True)
    )
    decision = decided(WORKING, event, replace(DESKTOP, history=PICTURES))
    assert len(decision.progress[0].attachments) == len(sent.attachments)
    (out,) = (one for one in decision.letters if one.to == USER)
    assert out.kind is (K.RESOLVED if words.startswith("/resolve") else K.ANSWER)
    told = [name for one in decision.letters if one.kind is K.TRANSCRIPT for name in one.facts["pictures"]]
    return [one.filename for one in out.attachments], told


@pytest.mark.parametrize("words", ["请重启试试。", "/resolve 请重启试试。", "/public 请重启试试。"])
def test_pictures_that_others_sent_inside_stay_there_and_who_sends_them_again_is_told(words: str) -> None:
    assert pictured(words) == (["结果.png", "拦下.png", "新图.png", "说明.pdf"], ["密码.png", "步骤.png"])


@pytest.mark.parametrize("words", ["请重启试试。", "/resolve 请重启试试。"])
def test_where_something_is_quoted_his_own_picture_of_inside_may_be_too(words: str) -> None:
    assert pictured(words, quoted_lines=3) == (["拦下.png", "新图.png", "说明.pdf"], ["密码.png", "步骤.png", "结果.png"])


def test_a_picture_among_his_own_words_goes_unless_it_is_of_a_colleague() -> None:
    words = "如图：\n" + "\n".join(f"[image: {name}]" for name in NAMES)
    assert pictured(words, quoted_lines=3) == ([*NAMES[2:], "说明.pdf"], ["密码.png", "步骤.png"])


def test_a_picture_in_what_is_known_for_a_quote_stays_without_a_word() -> None:
    quote = "\n".join(f"> [image: {name}]" for name in NAMES[:4])
    expected = (["拦下.png", "新图.png", "说明.pdf"], [])
    assert pictured("请重启试试。", text=f"请重启试试。\n{quote}", quoted_lines=4) == expected
    assert pictured(f"请重启试试。\n{quote}") == expected


def test_pictures_of_one_name_are_told_by_their_ids() -> None:
    mine, new = (
        replace(file(name, inline=True), filename="image001.png", content_id=f"{name}@01DA") for name in ("结果.png", "新.png")
    )
    assert pictured("看图 [cid:新.png@01DA]", attachments=(mine, new, *[file("x")] * 5), quoted_lines=3)[1] == ["image001.png"]
    assert pictured("看图 [cid:结果.png@01DA]", attachments=(mine, new, *[file("x")] * 5), quoted_lines=3)[1] == []


def test_who_answers_without_such_pictures_gets_no_letter_about_them() -> None:
    assert written(engineer("请重启试试。", attachments=(file("新图.png", inline=True),))) == [(K.ANSWER, USER)]


def test_an_answer_stops_the_clock_of_the_first_answer_and_takes_the_ticket() -> None:
    answered = after(engineer("请重启试试。"))
    assert answered.status is Status.IN_PROGRESS
    assert answered.first_answer_at == answered.heard_at == answered.progressed_at == NOW


def test_a_later_answer_leaves_the_first_one_first() -> None:
    first = at("10-28 10:05")
    assert after(engineer("再试试。", replace(TICKET, first_answer_at=first))).first_answer_at == first


def test_the_first_answer_of_a_new_round_counts_anew() -> None:
    again = replace(TICKET, first_answer_at=at("10-28 10:05"), reopened_at=at("10-28 10:20"))
    assert after(engineer("再试试。", again)).first_answer_at == NOW


def test_who_answers_takes_what_nobody_has() -> None:
    free = ticket(status=Status.NEW, engineer=None, assigned_at=None)
    taken = after(engineer("我来看。", free, by=ZHOU))
    assert (taken.engineer, taken.line, taken.line2_at) == (ZHOU.staff_id, 2, NOW)


def test_who_helps_out_does_not_take_a_colleagues_ticket_and_the_colleague_reads_it() -> None:
    decision = engineer("我是二线，请重启。", by=ZHOU)
    assert (after(decision).engineer, after(decision).status) == (LI.staff_id, Status.ASSIGNED)
    assert written(decision) == [(K.ANSWER, USER), (K.NOTE, LI.address)]


def test_an_answer_goes_to_stored_addresses_only() -> None:
    decision = engineer("请重启。", cc=mail(sender="x@evil.example").to, reply_to=mail().to)
    assert {to for _, to in written(decision)} == {USER}


def test_an_answer_that_nobody_can_get_is_a_note() -> None:
    decision = engineer("请重启。", replace(TICKET, requester=NOBODY))
    assert decision.letters == ()
    assert lines(decision) == [(Mark.NOTE, False)]


# -- an engineer, inside -------------------------------------------------------------------------------------------------


def test_a_note_stays_inside_and_counts_as_progress() -> None:
    decision = engineer("怀疑是数据库。", public=False)
    assert decision.letters == ()
    assert lines(decision) == [(Mark.NOTE, False)]
    noted = after(decision)
    assert (noted.progressed_at, noted.first_answer_at, noted.status) == (NOW, None, Status.ASSIGNED)


def test_a_colleagues_note_reaches_who_has_the_ticket() -> None:
    decision = engineer("怀疑是数据库。", public=False, by=CHEN)
    assert written(decision) == [(K.NOTE, LI.address)]
    assert outside(decision) == []


def test_a_note_about_a_ticket_of_nobody_reaches_the_leads() -> None:
    decision = engineer("谁来看看？", ticket(status=Status.NEW, engineer=None), public=False, by=WU)
    assert written(decision) == [(K.NOTE, CHEN.address)]


def test_other_tickets_that_a_mail_names_are_linked_inside_and_its_reader_is_told() -> None:
    other, third = Number("TS20261028007"), Number("TS20261028008")
    mine = ticket(linked=(third,))
    for event in (
        Wrote(message=mail("也和那张单有关"), author=USER, linked=(other, third)),
        Wrote(message=mail("也和那张单有关"), author=USER, verified=False, linked=(other, third)),
        Answered(message=mail("没解决"), author=USER, feedback=Feedback.UNSOLVED, linked=(other, third)),
    ):
        decision = decided(mine, event)
        assert after(decision).linked == (third, other)
        (warning,) = (one for one in letter(decision, K.REPLY).facts["warnings"] if other in one)
        assert "关联" in warning
        assert not any(other in str(one.facts) for one in decision.letters if one.to == USER)


def test_no_mail_links_a_ticket_to_more_than_a_person_reads_of() -> None:
    many = tuple(Number(f"TS20261028{n:03d}") for n in range(100, 150))
    assert len(after(decided(ticket(), Wrote(message=mail(), author=USER, linked=many))).linked) == 20
