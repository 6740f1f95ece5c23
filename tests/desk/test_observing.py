"""A solution is watched before anybody is asked: from the order to the requester's word, through the whole desk."""

from datetime import UTC, datetime, timedelta

import pytest

from maildesk.core.ticket import Archive, Status
from maildesk.demo.world import FANG, MING
from tests.desk.house import House, Letter

TUESDAY = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@pytest.fixture
def told(house: House) -> Letter:
    """What 王芳 reads when 李明 has done his work on a Monday morning and watches it for a day."""
    house.mail(FANG, "系统每隔一小时就断一次，刷新也没有用。", subject="系统断开")
    (assignment,) = house.letters(MING)
    house.mail(MING, "/接单\n/观察 1d 扩了连接池", answering=assignment)
    (letter,) = house.letters(FANG)
    return letter


def test_the_requester_reads_what_was_done_and_until_when_it_is_watched(house: House, told: Letter) -> None:
    assert "扩了连接池" in told.text
    assert "11月24日 周二 09:00" in told.text
    assert "未解决" in told.text
    assert house.ticket().status is Status.OBSERVING


def test_while_it_is_watched_nobody_is_asked_for_anything(house: House, told: Letter) -> None:
    house.after(hours=23)
    assert house.letters() == []


def test_when_it_held_she_is_asked_as_by_resolve_and_her_yes_closes_it(house: House, told: Letter) -> None:
    house.after(hours=24)
    letters = {letter.to: letter for letter in house.letters()}
    assert set(letters) == {FANG.address, MING.address}
    asked = letters[FANG.address]
    assert house.now == TUESDAY
    assert "观察期到了" in asked.text
    assert "扩了连接池" in asked.text
    assert asked.mail["Auto-Submitted"] == "auto-generated"
    assert "已请提交人确认" in letters[MING.address].text
    house.mail(FANG, "已解决", answering=asked)
    ticket = house.ticket()
    assert (ticket.status, ticket.closed_how, ticket.archive) == (Status.CLOSED, "confirmed", Archive.PENDING)


def test_her_silence_is_chased_from_the_end_of_the_watch_on(house: House, told: Letter) -> None:
    house.after(hours=24)
    house.letters()
    house.after(days=2)
    assert house.letters(FANG) != []
    assert house.now == TUESDAY + timedelta(days=2)


@pytest.mark.parametrize("words", ["未解决", "又断了，和昨天一模一样，正在等您处理。"])
def test_when_it_does_not_hold_she_only_replies_and_work_goes_on(house: House, told: Letter, words: str) -> None:
    house.after(hours=3)
    house.mail(FANG, words, answering=told)
    assert house.ticket().status is Status.IN_PROGRESS
    assert [letter.to for letter in house.letters()] == [MING.address]
    house.after(hours=30)
    assert "观察期到了" not in "".join(letter.text for letter in house.letters())
