"""A day with an outage: every alarm speaks once, at its second, and one letter tells each person what was not said."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.proof.days import Played, day, judged, played
from tests.proof.days_seen import Seen

pytestmark = pytest.mark.timeout(900)

TICKETS = 500
"""What a minute's computing allows; the proof plays days of 2,000."""


@pytest.fixture(scope="module")
def sunday(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A little of the Sunday on which clocks are put back in Berlin, and the Monday after it."""
    return played(tmp_path_factory.mktemp("day"), seed=2, tickets=60)


def test_every_alarm_of_a_day_speaks_once_at_its_second_and_after_an_outage_everybody_gets_one_letter(tmp_path: Path) -> None:
    outcome = day(tmp_path, seed=2, tickets=TICKETS)
    assert outcome.broken == ()
    assert outcome.counts["tickets"] == TICKETS
    assert outcome.effective > 0
    assert outcome.counts["told after the outage"] > 0


def _an_alarm_is_lost(seen: Seen) -> Seen:
    lost = [line for line in seen.lines if line.key][50]
    return replace(seen, lines=tuple(line for line in seen.lines if line is not lost))


def _an_alarm_is_doubled(seen: Seen) -> Seen:
    return replace(seen, lines=(*seen.lines, [line for line in seen.lines if line.key][50]))


def _an_alarm_is_late(seen: Seen) -> Seen:
    late = [line for line in seen.lines if line.key][50]
    return replace(seen, lines=tuple(line._replace(at=line.at + 5) if line is late else line for line in seen.lines))


def _a_letter_is_lost(seen: Seen) -> Seen:
    return replace(seen, letters=seen.letters[:70] + seen.letters[71:])


def _nobody_is_rung(seen: Seen) -> Seen:
    return replace(seen, calls=seen.calls[1:])


def _a_letter_goes_to_somebody_else(seen: Seen) -> Seen:
    return replace(seen, letters=(seen.letters[0]._replace(to="x0@demo.test"), *seen.letters[1:]))


def _letters_go_an_hour_late(seen: Seen) -> Seen:
    return replace(seen, letters=tuple(one._replace(sent=one.sent + 3600 if one.sent else 0) for one in seen.letters))


def _letters_are_dropped(seen: Seen) -> Seen:
    return replace(seen, letters=tuple(one._replace(state="outdated", sent=0) for one in seen.letters))


def _a_ticket_ends_otherwise(seen: Seen) -> Seen:
    return replace(seen, tickets={**seen.tickets, 1: seen.tickets[1]._replace(status="observing")})


@pytest.mark.parametrize(
    ("wrong", "law"),
    [
        (_an_alarm_is_lost, "D1"),
        (_an_alarm_is_doubled, "D1"),
        (_an_alarm_is_late, "D1"),
        (_a_letter_is_lost, "D2"),
        (_a_letter_goes_to_somebody_else, "D2"),
        (_nobody_is_rung, "D2"),
        (_letters_go_an_hour_late, "D3"),
        (_letters_are_dropped, "D3"),
        (_a_ticket_ends_otherwise, "D6"),
    ],
)
def test_what_goes_wrong_on_a_day_is_noticed(sunday: Played, wrong: Callable[[Seen], Seen], law: str) -> None:
    broken = judged(replace(sunday, seen=wrong(sunday.seen))).broken
    assert any(f": {law} " in problem for problem in broken)


def test_letters_after_an_outage_that_come_one_by_one_are_noticed(sunday: Played) -> None:
    apart = tuple(one._replace(within=one.id) for one in sunday.seen.letters)
    files = dict.fromkeys((one.message_id for one in apart), next(iter(sunday.letters.values())))
    broken = judged(replace(sunday, seen=replace(sunday.seen, letters=apart), letters=files)).broken
    assert any(": D4 " in problem and "letters after the outage" in problem for problem in broken)
