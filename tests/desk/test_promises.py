"""What the desk promises follows what its tickets really took, and what it cannot keep it says in time."""

from datetime import timedelta

from maildesk.core.duration import SOLUTION, Spread
from maildesk.core.rules import Rule
from maildesk.core.ticket import Priority
from maildesk.demo.world import FANG, MING
from maildesk.desk.experience import Experience
from tests.desk.house import House

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def solved(house: House, minutes: int) -> None:
    """A ticket that was answered at once and solved so many minutes later."""
    house.mail(FANG, "打印机卡纸了，重启也没有用。")
    assignment = next(letter for letter in house.letters(MING) if "打印机" in letter.text)
    house.mail(MING, "您好，我马上来看。", answering=assignment)
    house.now += minutes * MINUTE
    house.mail(MING, "/解决 换了搓纸轮", answering=assignment)


def took(house: House, experience: Experience) -> dict[tuple[str, Priority, str | None], Spread]:
    with house.store.read() as tx:
        return dict(experience.took(tx, house.config.policy, house.now))


def test_all_of_a_day_is_promised_by_what_was_known_when_it_began(house: House) -> None:
    solved(house, 60)
    experience = Experience()
    assert took(house, experience) == {}
    house.now += timedelta(days=1)
    (one,) = {spread for (rule, _, _), spread in took(house, experience).items() if rule == SOLUTION}
    assert one == Spread(1, HOUR, HOUR)
    solved(house, 30)
    assert took(house, experience) == took(house, Experience())
    house.now += timedelta(days=1)
    assert took(house, experience)[SOLUTION, house.tickets()[0].priority, None] == Spread(2, HOUR / 2, HOUR)
    house.now += timedelta(days=90)
    assert took(house, experience) == {}


def test_experience_is_kept_by_priority_and_category_for_answers_and_solutions(house: House) -> None:
    solved(house, 60)
    house.now += timedelta(days=1)
    ticket = house.ticket()
    assert set(took(house, Experience())) == {
        (rule, ticket.priority, category) for rule in (Rule.FIRST_ANSWER, SOLUTION) for category in (ticket.category, None)
    }


def test_who_was_promised_a_time_that_will_not_hold_hears_of_it_once_and_before(house: House) -> None:
    house.mail(FANG, "打印机卡纸了，重启也没有用。")
    assignment = next(letter for letter in house.letters(MING) if "打印机" in letter.text)
    house.mail(MING, "/接单 11:30", answering=assignment)
    house.letters()
    heard = []
    for _ in range(160):
        house.after(minutes=1)
        heard += [(f"{house.now + 8 * HOUR:%H:%M}", letter) for letter in house.letters(FANG)]
    ((when, letter),) = heard
    assert when == "11:15"
    assert "说好 11:30 前解决，看来赶不上了" in letter.text
    assert "最晚" in letter.text
