"""What the clock has to ask a requester waits for his hours, and is asked no more when he has spoken before."""

from datetime import timedelta

import pytest

from maildesk.demo.world import FANG, MING
from tests.desk.house import House, Letter


@pytest.fixture
def observed(house: House) -> Letter:
    """The letter that a solution is watched, which ends on Friday evening: he is to be asked on Monday."""
    house.now += timedelta(days=4, hours=1)
    house.mail(FANG, "打印机坏了", subject="打印机")
    (assignment,) = house.letters(MING)
    house.mail(MING, "/observe 9h 换了硒鼓", answering=assignment)
    (told,) = (letter for letter in house.letters(FANG) if "换了硒鼓" in letter.text)
    house.after(hours=12)
    assert "观察期到了" not in "".join(letter.text for letter in house.letters(FANG))
    return told


def on_monday(house: House) -> str:
    house.after(days=3)
    return "".join(letter.text for letter in house.letters(FANG))


def test_who_is_silent_is_asked_on_monday_whether_it_held(house: House, observed: Letter) -> None:
    assert "观察期到了" in on_monday(house)


@pytest.mark.parametrize("words", ["还是不行，又坏了。", "已解决"])
def test_who_has_said_at_the_weekend_how_it_is_is_not_asked_on_monday(house: House, observed: Letter, words: str) -> None:
    house.mail(FANG, words, answering=observed)
    house.letters()
    assert "观察期到了" not in on_monday(house)
