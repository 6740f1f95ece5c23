"""The letters people know, word by word. See `golden` for how they are kept."""

import pytest

from maildesk.mail.letters import Letters
from tests.mail.out.golden import KEPT, made, path
from tests.mail.out.reading import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", KEPT)
def test_a_letter_says_what_it_has_always_said(letters: Letters, name: str, language: str) -> None:
    kept = path(name, language).read_text("utf-8")
    assert [line.rstrip() for line in made(letters, name, language).split("\n")] == [line.rstrip() for line in kept.split("\n")]
