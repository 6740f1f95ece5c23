"""What a run of the proof came to: figures that were counted, and what went wrong, with the seed that repeats it."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`tried` counts what was begun, `effective` what met the desk at work. A run without `broken` has passed. `counts` are
    added up over the units of a run, of `worst` the largest is told."""

    seed: int
    tried: int
    effective: int
    counts: Mapping[str, int] = field(default_factory=dict)
    worst: Mapping[str, int] = field(default_factory=dict)
    broken: tuple[str, ...] = ()


def shuffled(things: Sequence[str], each: int, seed: int) -> list[str]:
    """Each of the things so many times, in an order that the seed decides."""
    order = [thing for thing in things for _ in range(each)]
    random.Random(seed).shuffle(order)
    return order
