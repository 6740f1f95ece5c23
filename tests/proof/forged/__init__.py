"""Forged orders, hijacked tickets, forged heads: every combination of what ties a mail to the desk, of its sender, of what the
head says of him and of what it wants ends as the specification says, and nothing else happens."""

from collections import Counter
from pathlib import Path

from tests.proof.forged import again, existence, laws
from tests.proof.forged.cells import Cell, cells
from tests.proof.forged.stage import Stage, staged
from tests.proof.forged.writing import knows, raw
from tests.proof.outcome import Outcome

__all__ = ["cells", "played"]


def played(place: Path, *, seed: int, part: int = 0, parts: int = 1) -> Outcome:
    """A part of the table, or all of it: every cell upon a fresh copy of a prepared desk, with the people of the seed. Then
    signed mails that come again, and questions for tickets that may exist."""
    broken, counts, ours = list[str](), Counter[str](), slice(part, None, parts)
    with staged(place, seed) as stage:
        for cell in cells()[ours]:
            found = _played(cell, stage)
            counts[found.place] += 1
            broken += laws.broken(cell, stage, found)
        for problems in again.broken(stage, list(again.replays())[ours]):
            counts["mails that came again"] += 1
            broken += problems
        for problems in existence.broken(stage, existence.QUESTIONS[ours]):
            counts["questions for a ticket"] += 1
            broken += problems
    tried, nowhere = counts.total(), counts["nowhere"]
    return Outcome(seed=seed, tried=tried, effective=tried - nowhere, counts=dict(counts), broken=tuple(broken))


def _played(cell: Cell, stage: Stage) -> laws.Seen:
    stage.reset()
    if cell.confirmed:
        stage.opens_hours()
    mail = raw(cell, stage)
    before = laws.scene(stage)
    stage.take_in(mail, knows(cell))
    return laws.seen(stage, before)
