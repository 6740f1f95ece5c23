"""Orders that ask the desk: they answer to the giver alone, and change nothing."""

from dataclasses import replace

import pytest

from maildesk.core.decide.looking import LISTED
from maildesk.core.known import Shown
from maildesk.core.letter import LetterKind
from maildesk.core.ticket import Mark, Number, TicketId, Waiting
from tests.core.clockwork import LI, ZHOU, waiting
from tests.core.correspondence import DESKTOP, history, letter, order, said, written
from tests.core.ordering import WORKING, unchanged

K = LetterKind
LIFE = history((Mark.OPENED, "登录失败", True), (Mark.NOTE, "看了日志", False))


def test_show_answers_with_the_whole_history_to_the_giver_only() -> None:
    known = replace(DESKTOP, history=LIFE)
    decision = order(WORKING, "/show", known=known)
    facts = letter(decision, K.TRANSCRIPT).facts
    assert [text for _, _, text in facts["history"]] == ["登录失败", "看了日志"]
    assert written(decision) == [(K.TRANSCRIPT, LI.address)]
    assert unchanged(decision, WORKING)


def test_why_tells_the_giver_what_every_clock_does() -> None:
    decision = order(WORKING, "/为什么", known=replace(DESKTOP, history=LIFE))
    ((number, entries),) = letter(decision, K.TRANSCRIPT).facts["ledgers"]
    assert number == WORKING.number
    first = next(entry for entry in entries if entry["rule"] == "first_answer")
    assert (first["state"], first["allowed"], first["deadline"]) == ("running", 600.0, "2026-10-28T02:10:00+00:00")
    assert written(decision) == [(K.TRANSCRIPT, LI.address)]
    assert unchanged(decision, WORKING)


def test_the_timeline_marks_what_is_public() -> None:
    decision = order(WORKING, "/timeline", known=replace(DESKTOP, history=LIFE))
    ((_, points),) = letter(decision, K.TRANSCRIPT).facts["timelines"]
    assert [(text, public) for _, _, _, text, public in points] == [("登录失败", True), ("看了日志", False)]
    assert written(decision) == [(K.TRANSCRIPT, LI.address)]
    assert unchanged(decision, WORKING)


@pytest.mark.parametrize(("verb", "fact"), [("why", "ledgers"), ("timeline", "timelines"), ("show", "history")])
def test_any_ticket_can_be_asked_for_from_anywhere(verb: str, fact: str) -> None:
    other = Shown(ticket=replace(WORKING, engineer=ZHOU.staff_id), history=LIFE)
    shown = letter(order(None, f"/{verb} ts20261028001", known=replace(DESKTOP, shown=(other,))), K.TRANSCRIPT).facts
    assert [row[0] for row in shown["rows"]] == ["TS20261028001"]
    assert shown[fact]
    assert said(order(None, f"/{verb} TS20261028009")) == ["没有 TS20261028009 这张工单"]
    assert said(order(None, f"/{verb}")) == ["这条指令要写在某张工单的回信里"]


def test_a_ticket_that_is_asked_for_twice_is_named_once() -> None:
    shown = letter(order(WORKING, "/why\n/timeline", known=replace(DESKTOP, history=LIFE)), K.TRANSCRIPT).facts
    assert len(shown["rows"]) == 1


def test_list_answers_with_what_is_due() -> None:
    known = replace(DESKTOP, own=(WORKING, waiting(Waiting.USER, "10-28 10:10")))
    decision = order(None, "/list", known=known)
    rows = letter(decision, K.TRANSCRIPT).facts["rows"]
    assert rows[0] == ["TS20261028001", "登录失败", "in_progress", "P3", "李明", "2026-10-28T02:10:00+00:00"]
    assert decision.ticket is None


def test_a_list_that_goes_on_says_so() -> None:
    own = tuple(replace(WORKING, id=TicketId(n), number=Number(f"TS20261028{n:03}")) for n in range(1, LISTED + 2))
    assert said(order(None, "/list", known=replace(DESKTOP, own=own[:LISTED]))) == [f"共 {LISTED} 张"]
    decision = order(None, "/list", known=replace(DESKTOP, own=own))
    assert said(decision) == [f"最先到期的 {LISTED} 张，后面还有"]
    assert len(letter(decision, K.TRANSCRIPT).facts["rows"]) == LISTED


@pytest.mark.parametrize("number", ["TS20261028009", "the printer"])
def test_a_ticket_that_does_not_exist_cannot_be_looked_at(number: str) -> None:
    assert said(order(None, f"/show {number}")) == [f"没有 {number} 这张工单"]


def test_help_shows_the_help() -> None:
    assert letter(order(None, "/帮助"), K.TRANSCRIPT).facts["help"] is True
