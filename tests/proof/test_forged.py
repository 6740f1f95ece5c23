"""No stranger is obeyed, and none learns anything: the whole table."""

from pathlib import Path

import pytest

from tests.proof import forged


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(4))
def test_no_forgery_is_obeyed_and_nothing_leaks(part: int, tmp_path: Path) -> None:
    outcome = forged.played(tmp_path, seed=1, part=part, parts=4)
    assert outcome.broken == ()
    assert outcome.effective >= 300
