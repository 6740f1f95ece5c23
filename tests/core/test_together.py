"""Several orders in one mail that speak of time: what the requester is told, what the desk keeps and what the transcript says."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from maildesk.core.letter import LetterKind
from maildesk.core.ticket import Eta
from tests.core.clockwork import at
from tests.core.correspondence import NOW, after, letter, order, outside
from tests.core.ordering import WORKING

K = LetterKind
TOLD = Eta(at=at("10-28 18:00"), said_at=at("10-28 10:00"))


@pytest.mark.parametrize(
    ("text", "kind", "fact", "told"),
    [
        ("/eta 明天下午 等备件\n/take 17:00", K.TAKEN, "until", "10-28 17:00"),
        ("/eta 明天下午 等备件\n/接单 17:00\n您好。", K.TAKEN, "until", "10-28 17:00"),
        ("/take 11:00\n/eta 明天下午", K.ETA, "at", "10-29 18:00"),
        ("/take 16:30\n/eta 12:00", K.ETA, "at", "10-28 12:00"),
        ("/eta 16:00\n/eta 明天 10:00", K.ETA, "at", "10-29 10:00"),
        ("/eta 明天 10:00\n/eta 16:00", K.ETA, "at", "10-28 16:00"),
        ("/eta 明天 10:00\n/eta 12:00", K.ETA, "at", "10-28 12:00"),
        ("/take 17:00\n/take 11:00", K.TAKEN, "until", "10-28 11:00"),
    ],
)
def test_of_several_times_the_last_is_the_one_told_and_kept(text: str, kind: LetterKind, fact: str, told: str) -> None:
    """He knows of none, so none has moved."""
    decision = order(WORKING, text)
    facts = letter(decision, kind).facts
    assert outside(decision) == [kind]
    assert datetime.fromisoformat(facts[fact]) == at(told)
    assert (facts.get("moved", False), facts.get("earlier", False), facts["reason"]) == (False, False, "")
    assert after(decision).promised == after(decision).eta == Eta(at=at(told), said_at=NOW)


@pytest.mark.parametrize(("text", "moved", "earlier"), [("/eta 16:00", True, True), ("/eta 18:00", False, False)])
def test_a_time_has_moved_that_is_another_than_he_knew_before_the_mail(text: str, moved: bool, earlier: bool) -> None:
    decision = order(replace(WORKING, eta=TOLD, promised=TOLD), f"/eta 明天 10:00\n{text}")
    facts = letter(decision, K.ETA).facts
    assert (facts["moved"], facts["earlier"]) == (moved, earlier)


@pytest.mark.parametrize("heard", [None, at("10-28 10:10")])
@pytest.mark.parametrize(
    "last", ["/wait vendor 备件", "/wait user", "/wait approval", "/wait until 10-29 14:00", "/take", "/ask 哪台？"]
)
def test_the_last_waiting_alone_is_told_and_kept(last: str, heard: Any) -> None:
    before = replace(WORKING, eta=TOLD, promised=TOLD, heard_at=heard)
    both, alone = order(before, f"/wait until 10-30 14:00 等货\n{last}"), order(before, last)
    assert after(both) == after(alone)
    assert [one.facts for one in both.letters if one.kind is not K.TRANSCRIPT] == [
        one.facts for one in alone.letters if one.kind is not K.TRANSCRIPT
    ]


def test_what_a_later_line_unsays_stands_inside_alone() -> None:
    decision = order(WORKING, "/wait until 10-30 14:00 等货\n/wait user 截图")
    assert [("等货" in line.text, line.public) for line in decision.progress] == [(True, False), (False, True)]


@pytest.mark.parametrize("end", ["/resolve 换了硬盘", "/observe 1d 换了硬盘", "/close 不用了"])
def test_a_time_that_nobody_was_told_is_not_kept_behind_the_end_of_the_work(end: str) -> None:
    decision = order(WORKING, f"/eta 明天 10:00\n{end}")
    assert (after(decision).eta, after(decision).promised) == (None, None)


@pytest.mark.parametrize("waits", ["/wait user until 10-30 14:00", "/wait user"])
def test_who_hears_a_time_only_now_hears_of_the_waiting_too(waits: str) -> None:
    decision = order(replace(WORKING, heard_at=at("10-28 10:10")), f"/eta 10-29 10:00\n{waits}")
    assert K.WAITING in outside(decision)
