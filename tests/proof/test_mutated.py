"""No broken mail is lost, stops the desk, or breaks what the desk writes."""

from pathlib import Path

import pytest

from tests.mail.mutants import mutants
from tests.proof import mutated


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, 2])
def test_broken_mails_go_the_whole_way(seed: int, tmp_path: Path) -> None:
    outcome = mutated.end_to_end(tmp_path, seed=seed, mails=500)
    assert outcome.broken == ()
    assert outcome.effective == len(set(mutants(seed, 500)))
    assert outcome.counts["tickets"] > 250
