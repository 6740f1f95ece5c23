"""The bugs of the proof can still be planted: the desk has moved on since they were written."""

import ast
import re

import pytest

from tests.proof.planted import BUGS, HERE, KILLS, POWER, Bug

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


def test_the_oracle_shall_catch_some_of_them_after_a_run_in_the_copy() -> None:
    assert [(bug.law, bug.after) for bug in BUGS if bug.run] == [
        ("L4", "kills"),
        ("L2", "kills"),
        ("L1", "losses of power"),
        ("L4", "losses of power"),
        ("L4", "kills"),
    ]
    for run in (KILLS, POWER):
        assert re.search(rf"^def test_(?:\w+_)?{run[-1]}", (HERE / run[0]).read_text("utf-8"), re.MULTILINE)


def test_a_bug_has_a_law_where_it_has_a_run() -> None:
    assert [bool(bug.law) for bug in BUGS] == [bool(bug.run) for bug in BUGS]
