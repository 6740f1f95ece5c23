"""What closed tickets owe the archive: each week their engineers hear of it, each month the leads, once and in time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from maildesk.core.policy import Case
from maildesk.core.ticket import Archive, Priority, Status
from maildesk.demo.world import FANG, JING, LEI, MING, OPERATOR
from maildesk.reports.debts import MOST, write_debts
from tests.desk.house import House, Letter

FRIDAY = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
"""Ten o'clock in Shanghai."""

NEXT_MONDAY = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
"""Nine o'clock, when the digests are written."""


@pytest.fixture
def owing(house: House) -> House:
    """李明 closed a ticket on a Friday."""
    house.now = FRIDAY
    close(house, "打印机卡纸")
    house.letters()
    return house


def close(house: House, subject: str) -> None:
    house.mail(FANG, f"{subject}，请处理。", subject=subject)
    ming = house.config.people.at(MING.address)
    assert ming is not None
    house.desk.order(ming, house.tickets()[-1].number, "/转派 我\n/关闭 换了搓纸轮", house.now)


def debts(house: House) -> list[Letter]:
    write_debts(house.desk, house.now)
    return house.letters()


def test_what_was_closed_last_week_is_told_on_the_first_morning_of_this_one_and_once(owing: House) -> None:
    owing.now = NEXT_MONDAY - timedelta(minutes=1)
    assert debts(owing) == []
    owing.now = NEXT_MONDAY
    (letter,) = debts(owing)
    assert letter.to == MING.address
    assert "还没有归档" in letter.text
    assert "打印机卡纸" in letter.text
    for hours in (1, 30, 80):
        owing.now = NEXT_MONDAY + timedelta(hours=hours)
        assert MING.address not in [letter.to for letter in debts(owing)]
    owing.now = NEXT_MONDAY + timedelta(days=7)
    assert [letter.to for letter in debts(owing)] == [MING.address]


def test_what_is_closed_within_the_week_waits_for_the_next(owing: House) -> None:
    assert debts(owing) == []
    owing.now = FRIDAY + timedelta(hours=6)
    assert debts(owing) == []


def test_a_desk_that_was_down_on_monday_says_it_when_it_is_awake(owing: House) -> None:
    owing.now = NEXT_MONDAY + timedelta(days=2, hours=5)
    assert MING.address in [letter.to for letter in debts(owing)]


def test_a_tap_in_the_letter_settles_the_debt(owing: House) -> None:
    owing.now = NEXT_MONDAY
    (letter,) = debts(owing)
    owing.mail(MING, "/归档 KB-012", answering=letter)
    ticket = owing.ticket()
    assert (ticket.status, ticket.archive, ticket.article) == (Status.ARCHIVED, Archive.LINKED, "KB-012")
    owing.letters()
    owing.now = NEXT_MONDAY + timedelta(days=7)
    assert debts(owing) == []


def test_many_debts_are_one_letter_with_the_oldest_of_them(owing: House) -> None:
    for serial in range(MOST + 2):
        owing.now += timedelta(minutes=1)
        close(owing, f"第 {serial:02} 台打印机")
    owing.letters()
    owing.now = NEXT_MONDAY
    (letter,) = [one for one in debts(owing) if one.to == MING.address]
    assert f"{MOST} 件事" in letter.subject
    assert letter.html.count("%2F%E5%BD%92%E6%A1%A3") == MOST
    assert f"第 {MOST - 2:02} 台" in letter.text
    assert f"第 {MOST - 1:02} 台" not in letter.text
    assert "超时" not in letter.text


def test_the_leads_hear_on_the_first_working_day_of_the_month_how_many_everybody_has(owing: House) -> None:
    owing.now = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
    told = {letter.to: letter for letter in debts(owing)}
    assert set(told) - {OPERATOR.address} == {MING.address, JING.address}
    assert "李明" in told[JING.address].text
    assert "还有 1 张工单没有归档" in told[JING.address].text
    owing.now += timedelta(days=3)
    assert debts(owing) == []


def test_a_policy_that_asks_for_no_articles_writes_of_none(owing: House) -> None:
    policy = owing.config.policy
    off = replace(policy.usual.archive, on=False)
    owing.desk.reload(replace(owing.config, policy=replace(policy, usual=replace(policy.usual, archive=off))))
    owing.now = NEXT_MONDAY
    assert debts(owing) == []


def test_articles_that_only_a_case_asks_for_are_told_of(house: House) -> None:
    house.now = FRIDAY
    policy = house.config.policy
    usual = replace(policy.usual, archive=replace(policy.usual.archive, on=False))
    case = Case(priorities=frozenset({Priority.P2, Priority.P3}), changes={"archive": {"on": True}})
    house.desk.reload(replace(house.config, policy=replace(policy, usual=usual, cases=(case,))))
    close(house, "打印机卡纸")
    assert house.ticket().archive is Archive.PENDING
    house.letters()
    house.now = NEXT_MONDAY
    assert [letter.to for letter in debts(house)] == [MING.address]


def test_who_owes_nothing_hears_nothing(owing: House) -> None:
    owing.now = NEXT_MONDAY
    assert LEI.address not in [letter.to for letter in debts(owing)]
