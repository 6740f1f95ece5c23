"""Units played side by side, in processes of their own, each with servers of its own."""

import logging
import multiprocessing
import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing.util import Finalize

from tests.proof.outcome import Outcome
from tests.proof.programs import program
from tests.proof.runs import RUNS
from tests.proof.servers import Servers

AT_ONCE = (os.cpu_count() or 2) + 1
"""A unit that starts and ends daemons waits for a third of its time."""

Unit = tuple[str, int]
"""A run and the seed of one of its units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One unit of a run, and the state of the program that was tried."""

    run: str
    seconds: float
    program: str
    outcome: Outcome


def play(units: Iterable[Unit], until: float) -> Iterator[Played]:
    """Play the units in order, a few at a time, and begin none after that moment (of time.monotonic)."""
    waiting, under_way = iter(units), set[Future[Played]]()
    with ProcessPoolExecutor(AT_ONCE, mp_context=multiprocessing.get_context("spawn"), initializer=_begin) as pool:
        while True:
            while len(under_way) < AT_ONCE and time.monotonic() < until and (unit := next(waiting, None)):
                under_way.add(pool.submit(_played, unit))
            if not under_way:
                return
            ended, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            yield from (one.result() for one in ended)


def timed(servers: Servers, unit: Unit) -> Played:
    """Play one unit. A run that fails is a failure of the proof, and no end of it."""
    run, seed = unit
    began = time.monotonic()
    try:
        outcome = RUNS[run].play(servers, seed)
    except Exception as trouble:
        outcome = Outcome(seed=seed, tried=1, effective=0, broken=(f"the run itself failed: {trouble!r}"[:2000],))
    return Played(run=run, seconds=round(time.monotonic() - began, 1), program=program(), outcome=outcome)


_SERVERS = Servers()


def _begin() -> None:
    logging.disable()  # of the desks in this process; those of their own keep a log of theirs
    Finalize(_SERVERS, _SERVERS.close, exitpriority=1)


def _played(unit: Unit) -> Played:
    return timed(_SERVERS, unit)
