"""No machine brings the desk into a loop, whatever it answers and whatever its answers lose on their way."""

from pathlib import Path

import pytest

from tests.proof import loops

SOME = (*loops.CONFIGURATIONS[1::5], ("list server", "none"), (loops.FACE_TO_FACE, "none"))


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("machine", "disguise"), SOME)
def test_a_day_with_a_machine_that_answers_everything(machine: str, disguise: str, tmp_path: Path) -> None:
    outcome = loops.day(tmp_path, machine, disguise)
    assert outcome.broken == ()
    assert outcome.counts["letters"] >= 1
    assert outcome.effective == 1


def test_every_machine_is_played_with_every_disguise() -> None:
    assert len(loops.MACHINES) * len(loops.DISGUISES) == 48
    assert {machine for machine, _ in loops.CONFIGURATIONS} == {*loops.MACHINES, loops.FACE_TO_FACE}
