"""The bugs of the proof can still be planted: the desk has moved on since they were written."""

import ast

import pytest

from tests.proof.planted import BUGS, HERE, KILLS, Bug

BY_NAME = pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)


@BY_NAME
def test_a_bug_has_its_place_in_the_desk_of_today(bug: Bug) -> None:
    planted = bug.planted(HERE)
    assert planted is not None
    assert planted != (HERE / bug.file).read_text("utf-8")
    ast.parse(planted)


@BY_NAME
def test_the_tests_that_shall_catch_a_bug_are_there(bug: Bug) -> None:
    files = [one for one in bug.caught_by if one.endswith(".py")]
    assert files
    assert all((HERE / one).is_file() for one in files)


def test_the_oracle_shall_catch_some_of_them_in_a_run_of_kills() -> None:
    assert [bug.law for bug in BUGS if bug.law] == ["L4", "L2", "L4"]
    assert (HERE / KILLS[0]).is_file()
    assert f"def test_kills_{KILLS[-1]}" in (HERE / KILLS[0]).read_text("utf-8")
