"""Absences that were told one after the other, and what holds of them."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.absence import Absence, away, together
from tests.core.clockwork import at

START = at("12-01 00:00")


def days(first: int, last: int, *, here: bool = False) -> Absence:
    """From the beginning of one day of December to the end of another."""
    since, until = (START + timedelta(days=day) for day in (first - 1, last))
    return Absence(since=since, until=until, here=here)


def back(first: int, last: int) -> Absence:
    return days(first, last, here=True)


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ([days(20, 28)], [days(20, 28)]),
        ([days(20, 28), days(2, 3)], [days(2, 3), days(20, 28)]),
        ([days(20, 24), days(22, 28)], [days(20, 28)]),
        ([days(20, 24), days(25, 28)], [days(20, 28)]),
        ([days(20, 28), days(22, 23)], [days(20, 28)]),
        ([days(20, 24), days(26, 28), days(23, 27)], [days(20, 28)]),
        ([days(20, 28), back(23, 28)], [days(20, 22)]),
        ([days(20, 28), back(23, 24)], [days(20, 22), days(25, 28)]),
        ([days(20, 28), back(20, 28)], []),
        ([days(20, 28), back(23, 28), days(27, 27)], [days(20, 22), days(27, 27)]),
        ([back(1, 5), days(4, 6)], [days(4, 6)]),
        ([days(20, 19)], []),
    ],
)
def test_what_was_said_later_holds(said: list[Absence], holds: list[Absence]) -> None:
    assert list(away(together(*said))) == holds


def test_what_is_over_is_left_out() -> None:
    said = (days(2, 3), days(20, 28))
    assert away(said, after=at("12-03 23:59")) == said
    assert away(said, after=at("12-04 00:00")) == (days(20, 28),)


SPANS = st.builds(
    lambda first, length, here: days(first, first + length, here=here), st.integers(1, 20), st.integers(0, 9), st.booleans()
)


@given(st.lists(SPANS, max_size=8))
def test_at_every_moment_the_last_word_about_it_holds(said: list[Absence]) -> None:
    kept = together(*said)
    for hour in range(0, 31 * 24, 6):
        moment = START + timedelta(hours=hour)
        about = [one for one in said if one.covers(moment)]
        assert any(one.covers(moment) for one in away(kept)) == bool(about and not about[-1].here)


@given(st.lists(SPANS, max_size=8))
def test_what_holds_is_in_order_apart_and_says_nothing_new_when_said_again(said: list[Absence]) -> None:
    kept = together(*said)
    assert all(one.until < other.since or one.here != other.here for one, other in pairwise(kept))
    assert all(one.until <= other.since for one, other in pairwise(kept))
    assert together(*kept) == kept
