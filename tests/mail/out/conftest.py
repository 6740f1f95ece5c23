"""A desk that writes letters."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from maildesk.cli.preview import sample_letters
from maildesk.mail.letters import Letters
from maildesk.mail.samples import one
from tests.mail.out.reading import Read, write


@pytest.fixture(scope="session")
def letters() -> Letters:
    return sample_letters()


@pytest.fixture(scope="session")
def written(letters: Letters) -> Callable[[str, str], Read]:
    """`written("zh", "assignment")`: that sample, written and read back."""
    return cache(lambda language, name: write(letters, one(language, name)))


@pytest.fixture
def templates(tmp_path: Path) -> Callable[..., Letters]:
    """Letters of an operator who has his own version of one template."""

    def own(language: str, file: str, source: str) -> Letters:
        (tmp_path / language).mkdir()
        (tmp_path / language / file).write_text(source, "utf-8")
        return sample_letters(tmp_path)

    return own
