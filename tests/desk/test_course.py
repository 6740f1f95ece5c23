"""Whatever happens in whatever order, the laws hold."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.desk import course, house

HOLDING = settings(
    max_examples=30, stateful_step_count=50, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
BREAKING = settings(HOLDING, max_examples=100, phases=[Phase.generate])


@pytest.mark.timeout(900)
def test_in_any_course_of_things_the_laws_hold(sqlite_template: Path) -> None:
    courses = course.on(sqlite_template)
    run_state_machine_as_test(courses, settings=HOLDING)
    assert courses.judged > 10 * HOLDING.max_examples


def test_a_desk_that_obeys_whoever_writes_in_an_engineers_name_breaks_a_law(
    sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(house.PROOFS, "fail", house.PROOFS["pass"])
    with pytest.raises(AssertionError, match="was forged in the name of"):
        run_state_machine_as_test(course.on(sqlite_template), settings=BREAKING)


def test_a_desk_that_sends_out_what_is_noted_breaks_a_law(sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course, "NOTE", "/公开 他总是这样")
    with pytest.raises(AssertionError, match=r"reads mark\d+x \(notes"):
        run_state_machine_as_test(course.on(sqlite_template), settings=BREAKING)
