"""How long a letter waits for company, and when it goes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.core.peace import Outage, goes_at, patience

NOON = datetime(2026, 10, 28, 12, 0, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
WINDOW = 10 * MINUTE


def minute(n: float) -> datetime:
    return NOON + n * MINUTE


@pytest.mark.parametrize(
    ("since", "deadline", "waits"),
    [
        (-5, 5, 75),  # first answer, reminded at 5 of 10 minutes: a quarter of the 5 that are left
        (-8, 2, 30),  # reminded again at 8
        (-10, 0, 150),  # the lead at 10: no time is left, so a quarter of the time there was
        (-45, 15, 225),  # the warning before line 2
        (-105, 15, 225),
        (-120, 0, 600),  # late: the window is all it waits
        (-210, 30, 450),
        (-600, -300, 600),  # said late, after an outage
        (0, 0, 0),  # an agreed date has come
    ],
)
def test_a_letter_waits_a_part_of_the_time_in_which_something_can_be_done(since: int, deadline: int, waits: int) -> None:
    assert patience(minute(since), minute(deadline), NOON, WINDOW) == waits * SECOND


@pytest.mark.parametrize(
    ("last", "waits", "goes"),
    [
        (None, 10, 0),  # nobody wrote to him yet
        (-10, 10, 0),  # the last window is over
        (-60, 10, 0),
        (-4, 10, 6),  # the window is open: its end
        (-4, 2, 2),  # but no longer than there is patience
        (-4, 0, 0),  # and a P1 not at all
        (5, 10, 10),  # the last one is known to go later: it will be taken along by that
    ],
)
def test_the_first_letter_goes_at_once_and_the_next_ones_wait_for_the_end_of_its_window(
    last: int | None, waits: int, goes: int
) -> None:
    assert goes_at(NOON, waits * MINUTE, None if last is None else minute(last), WINDOW) == minute(goes)


SECONDS = st.integers(-100_000, 100_000).map(lambda n: n * SECOND)
SPANS = st.integers(0, 100_000).map(lambda n: n * SECOND)


@given(ready=SECONDS, waits=SPANS, last=SECONDS, window=SPANS)
def test_a_letter_goes_no_sooner_than_it_may_and_no_later_than_its_window_and_its_patience(
    ready: timedelta, waits: timedelta, last: timedelta, window: timedelta
) -> None:
    at = goes_at(NOON + ready, waits, NOON + last, window)
    assert NOON + ready <= at <= NOON + ready + waits
    assert at <= max(NOON + last + window, NOON + ready)


@given(since=SECONDS, span=SPANS, now=SECONDS, window=SPANS)
def test_waiting_never_makes_a_letter_miss_the_deadline_of_which_it_speaks(
    since: timedelta, span: timedelta, now: timedelta, window: timedelta
) -> None:
    deadline, moment = NOON + since + span, NOON + max(since, now)
    waits = patience(NOON + since, deadline, moment, window)
    assert timedelta() <= waits <= window
    assert moment >= deadline or moment + waits < deadline


def test_what_is_decided_in_the_first_minutes_after_an_outage_is_what_came_late() -> None:
    outage = Outage(since=minute(-60), until=NOON)
    assert [outage.told_at(minute(n)) for n in (-1, 0, 1, 2, 3)] == [False, True, True, False, False]
    assert outage.settled_at == minute(2)
