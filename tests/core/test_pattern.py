"""Patterns that are compiled when they are first used."""

import re

import pytest

from maildesk.core.pattern import Pattern


def test_a_pattern_costs_nothing_until_it_is_used() -> None:
    """Were it compiled before, it would be refused before."""
    broken = Pattern("(")
    with pytest.raises(re.error):
        broken.match("(")


def test_its_words_are_in_any_case_and_its_digits_those_of_ascii() -> None:
    assert Pattern(r"mon \d").fullmatch("MON 1")
    assert not Pattern(r"\d").search("１")
    assert not Pattern("mon", re.ASCII).match("MON")
