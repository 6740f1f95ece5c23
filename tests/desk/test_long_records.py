"""Tickets with long records: who gets one, shows it or looks at its life reads what it is about, however much was said since."""

from collections.abc import Callable, Iterator

import pytest

from maildesk.core.ticket import Mark, Progress
from maildesk.demo.world import FANG, LEI, MING
from tests.desk.house import House, Letter

WORDS = "重启也没有用"
Line = tuple[Mark, str, str | None]
"""Its kind, its text, and the name of its alarm."""


@pytest.fixture
def assignment(house: House) -> Letter:
    """A ticket that 李明 has, on which he has said something."""
    house.mail(FANG, f"打印机卡纸了，{WORDS}。")
    (letter,) = house.letters(MING)
    house.mail(MING, "/note 已联系供应商", answering=letter)
    house.letters()
    return letter


def clock(count: int) -> Iterator[Line]:
    yield from ((Mark.ALARM, f"时钟 {n}", f"alarm:progress:late:{n}") for n in range(count))


def notes(count: int) -> Iterator[Line]:
    yield from ((Mark.NOTE, f"备注 {n}", None) for n in range(count))


def grown(house: House, said: Iterator[Line]) -> None:
    lines = [Progress(at=house.now, mark=mark, author="desk", text=text, key=key) for mark, text, key in said]
    with house.store.write() as tx:
        tx.append(house.ticket().id, *lines)


def test_show_has_all_that_was_written_and_says_what_of_the_clock_is_left_out(house: House, assignment: Letter) -> None:
    grown(house, clock(60))
    house.mail(MING, "/show", answering=assignment)
    (told,) = house.letters(MING)
    assert WORDS in told.text
    assert "已联系供应商" in told.text
    assert "更早的自动提醒和催办没有列出" in told.text
    assert "时钟 39\n" not in told.text.replace("\r", "")
    assert "时钟 40\n" in told.text.replace("\r", "")


def test_a_short_record_is_shown_whole(house: House, assignment: Letter) -> None:
    grown(house, clock(20))
    house.mail(MING, "/show", answering=assignment)
    (told,) = house.letters(MING)
    assert "时钟 0\n" in told.text.replace("\r", "")
    assert "没有列出" not in told.text


def test_a_timeline_begins_at_the_beginning_however_long_it_is(house: House, assignment: Letter) -> None:
    grown(house, clock(1010))
    house.mail(MING, "/timeline", answering=assignment)
    assert WORDS in house.letters(MING)[-1].text


@pytest.mark.parametrize("lines", [999, 1000, 1001])
def test_no_line_is_shown_twice_however_many_there_are(house: House, assignment: Letter, lines: int) -> None:
    with house.store.read() as tx:
        begun = len(tx.history(house.ticket().id, 2000))
    grown(house, clock(500))
    house.mail(MING, "/note 正中间", answering=assignment)
    grown(house, ((mark, text, f"{key}/2") for mark, text, key in clock(lines - 501 - begun)))
    house.mail(MING, "/show", answering=assignment)
    told = house.letters(MING)[-1].text
    assert [told.count(words) for words in (WORDS, "已联系供应商", "正中间", "没有列出")] == [1, 1, 1, 1]
    assert told.index(WORDS) < told.index("已联系供应商") < told.index("没有列出")


@pytest.mark.parametrize("beside", ["", "\n/show", "\n/timeline"])
@pytest.mark.parametrize("said", [clock, notes])
def test_who_is_given_a_ticket_reads_what_it_is_about(
    house: House, assignment: Letter, said: Callable[[int], Iterator[Line]], beside: str
) -> None:
    grown(house, said(1010))
    house.mail(MING, f"/assign 赵磊{beside}", answering=assignment)
    (given,) = house.letters(LEI)
    assert WORDS in given.text
    assert "还没有处理记录" not in given.text


def test_many_tickets_are_shown_at_once(house: House) -> None:
    for number in range(7):
        house.mail(FANG, f"打印机 {number} 号坏了", subject=f"printer {number}")
    first, *_ = house.letters(MING)
    house.mail(MING, "\n".join(f"/show {ticket.number}" for ticket in house.tickets()), answering=first)
    (told,) = house.letters(MING)
    assert all(ticket.number in told.text for ticket in house.tickets())
    assert "一条都没有执行" not in told.text
