"""Tickets over China's holidays of 2026, as the library of holidays knows them: a Saturday that is worked counts, the Monday that
is given for it does not.

The State Council's notice: free from the 1st to the 7th of October and from the 15th to the 23rd of February; worked are Saturday
the 10th of October, the 14th and the 28th of February, and Sunday the 20th of September.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from maildesk.demo.world import FANG, JING, MING
from maildesk.reports.digest import write_digests
from tests.desk.house import House

SHANGHAI = ZoneInfo("Asia/Shanghai")
Said = tuple[str, str]


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def opened(house: House, moment: str) -> None:
    house.now = at(moment)
    house.mail(FANG, "打印机卡纸了，重启也没有用。")


def spoken(house: House, rule: str) -> list[Said]:
    """Each time that a rule spoke, by the clock in Shanghai, and what it did."""
    with house.store.read() as tx:
        lines = [line for line in tx.history(house.ticket().id, 1000) if line.key and line.key.startswith(f"alarm:{rule}:")]
    return [(f"{line.at.astimezone(SHANGHAI):%m-%d %H:%M}", str(line.key).split(":")[2]) for line in lines]


@pytest.mark.parametrize("day", ["10-10", "02-14", "02-28", "09-20"])
def test_a_weekend_day_that_is_worked_counts_to_the_minute(house: House, day: str) -> None:
    opened(house, f"{day} 09:00")
    house.after(minutes=10)
    assert spoken(house, "first_answer") == [(f"{day} 09:05", "remind"), (f"{day} 09:08", "remind"), (f"{day} 09:10", "lead")]


@pytest.mark.parametrize(
    ("opened_at", "back"),
    [("10-05 10:00", "10-08"), ("09-30 18:30", "10-08"), ("10-10 18:30", "10-12"), ("02-16 10:00", "02-24")],
    ids=["a Monday of the holidays", "their eve", "after a worked Saturday comes Sunday", "the Monday of the spring festival"],
)
def test_a_working_day_that_is_given_for_it_does_not(house: House, opened_at: str, back: str) -> None:
    opened(house, opened_at)
    house.after(days=10)
    assert {moment[:5] for moment, _ in spoken(house, "first_answer")} == {back}


def test_the_minutes_before_the_holidays_and_those_after_them_are_one_clock(house: House) -> None:
    opened(house, "09-30 17:56")
    house.now = at("10-08 08:59")
    assert not house.desk.wake(house.now)
    house.after(minutes=7)
    assert spoken(house, "first_answer") == [("10-08 09:01", "remind"), ("10-08 09:04", "remind"), ("10-08 09:06", "lead")]


def test_a_whole_life_over_the_holidays(house: House) -> None:
    """Answered on the eve; chased after two and four working days, of which the Saturday is one; closed after six; rated."""
    opened(house, "09-30 09:50")
    house.now = at("09-30 10:00")
    (assignment,) = house.letters(MING)
    house.mail(MING, "/wait user\n\n请把报错的截图发给我们。", answering=assignment)
    house.after(days=15)
    assert spoken(house, "waiting") == [("10-09 10:00", "chaser"), ("10-12 10:00", "chaser"), ("10-14 10:00", "close")]
    assert house.ticket().status == "closed"


def test_a_digest_comes_on_the_saturday_that_is_worked_and_on_none_of_the_free_days(house: House) -> None:
    opened(house, "09-30 09:50")
    came = []
    for day in ("10-05", "10-08", "10-10", "10-11", "10-12"):
        house.now = at(f"{day} 09:30")
        house.letters()
        write_digests(house.desk, house.now)
        came += [day for letter in house.letters(JING) if "日报" in letter.subject]
    assert came == ["10-08", "10-10", "10-12"]
