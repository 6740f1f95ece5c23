"""A day with an outage: every alarm speaks once, at its second, and one letter tells each person what was not said."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from maildesk.config import Config
from maildesk.core.people import People
from tests.proof.days import TICKETS, Played, day, judged, played
from tests.proof.days_seen import Seen

pytestmark = pytest.mark.timeout(900)

SATURDAY = 4


@pytest.fixture(scope="module")
def saturday(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A little of the Saturday on which people work in China, and the holiday after it."""
    return played(tmp_path_factory.mktemp("day"), seed=SATURDAY, tickets=60)


def test_every_alarm_of_a_day_speaks_once_at_its_second_and_after_an_outage_everybody_gets_one_letter(tmp_path: Path) -> None:
    outcome = day(tmp_path, seed=2)
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


def _a_ticket_is_given_to_who_is_away(seen: Seen) -> Seen:
    ((at, _), *later), gone = seen.holders[55], "e1@demo.test"
    return replace(seen, holders={**seen.holders, 55: [(at, gone), *later]})


def _a_requester_is_read_by_nobody(seen: Seen) -> Seen:
    return replace(seen, replies=seen.replies[1:])


def _a_ticket_is_of_another_category(seen: Seen) -> Seen:
    return replace(seen, tickets={**seen.tickets, 1: seen.tickets[1]._replace(category="网络异常-VPN")})


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
        (_a_ticket_is_of_another_category, "D6"),
        (_a_ticket_is_given_to_who_is_away, "D7"),
        (_a_requester_is_read_by_nobody, "D7"),
    ],
)
def test_what_goes_wrong_on_a_day_is_noticed(saturday: Played, wrong: Callable[[Seen], Seen], law: str) -> None:
    broken = judged(replace(saturday, seen=wrong(saturday.seen))).broken
    assert any(f": {law} " in problem for problem in broken)


def test_a_small_day_is_right_with_people_who_leave_and_cases_of_the_policy(saturday: Played) -> None:
    outcome = judged(saturday)
    assert outcome.broken == ()
    assert outcome.counts["letters to who stands in"] > 0


def _no_cases(config: Config) -> Config:
    return replace(config, policy=replace(config.policy, cases=()))


def _one_case_is_missing(config: Config) -> Config:
    first, _, *others = config.policy.cases
    return replace(config, policy=replace(config.policy, cases=(first, *others)))


def _with_people(config: Config, **other: Any) -> Config:
    return replace(config, people=People(tuple(replace(person, **other) for person in config.people.everyone)))


def _nobody_is_away(config: Config) -> Config:
    return _with_people(config, absences=())


def _nobody_stands_in(config: Config) -> Config:
    return _with_people(config, delegate=None)


@pytest.mark.parametrize(
    ("otherwise", "laws"),
    [
        (_no_cases, {"D1", "D2"}),
        (_one_case_is_missing, {"D1"}),
        (_nobody_is_away, {"D2", "D7"}),
        (_nobody_stands_in, {"D2"}),
    ],
)
def test_a_desk_that_was_told_otherwise_is_noticed(tmp_path: Path, otherwise: Callable[[Config], Config], laws: set[str]) -> None:
    broken = judged(played(tmp_path, seed=SATURDAY, tickets=60, otherwise=otherwise)).broken
    assert all(any(f": {law} " in problem for problem in broken) for law in laws)


def test_letters_after_an_outage_that_come_one_by_one_are_noticed(saturday: Played) -> None:
    apart = tuple(one._replace(within=one.id) for one in saturday.seen.letters)
    files = dict.fromkeys((one.message_id for one in apart), next(iter(saturday.letters.values())))
    broken = judged(replace(saturday, seen=replace(saturday.seen, letters=apart), letters=files)).broken
    assert any(": D4 " in problem and "letters after the outage" in problem for problem in broken)
