"""The desk is asked to end at every named point, or its disk is full there, and each time more mail has arrived.

Asked to end, it ends by itself within thirty seconds, and no letter is left in the middle of an attempt. When its disk was full
it does not end: it works on, in the same process, until all is done. (Where the relay has a part of a letter, a full disk leaves
the attempt to its lease, as a kill does; those points are the kills'. An end that is known is written down as soon as it can be.)
"""

import signal
import subprocess
from collections import Counter

from tests.daemon.running import Running
from tests.proof.kills import POINTS, VISITED_WITHIN, settled
from tests.proof.ledger import Ledger
from tests.proof.oracle import Oracle
from tests.proof.outcome import Outcome, shuffled

ENDS_WITHIN = 30.0
MAILS = 2

AT_THE_RELAY = frozenset({"claimed", "in-data", "data-begun", "dot-sent", "delivered"})
"""Points from the beginning of an attempt to the moment at which its end is known."""

BEFORE_THE_RELAY = tuple(point for point in POINTS if point not in AT_THE_RELAY)

HALF_DONE = "SELECT count(*) FROM outbox WHERE state IN ('claimed', 'in_data')"


def by_sigterm(ledger: Ledger, *, each: int, within: float = 240.0) -> Outcome:
    """Asked to end, so many times at every point."""
    oracle, ended, broken = Oracle(ledger=ledger), Counter[str](), list[str]()
    order = shuffled(POINTS, each, ledger.seed)
    for point in order:
        ledger.send(MAILS)
        with ledger.installed.running(fault=f"{point}:term:1") as daemon:
            ended[point] += _ended_itself(daemon)
            code = _code(daemon)
        if code != 0:
            broken.append(f"at {point} the desk ended with {code}")
        if (left := oracle.ask(HALF_DONE)[0][0]) != 0:
            broken.append(f"at {point} the desk left {left} letters in the middle of an attempt")
    return settled(ledger, oracle, tried=len(order), met=ended, within=within, broken=tuple(broken))


def _ended_itself(daemon: Running) -> bool:
    """Whether it came by the point and ended, without being asked from outside."""
    try:
        daemon.ended(within=VISITED_WITHIN)
    except subprocess.TimeoutExpired:
        daemon.signal(signal.SIGTERM)
        return False
    return True


def _code(daemon: Running) -> int | str:
    try:
        return daemon.ended(within=ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        return f"nothing within {ENDS_WITHIN} s"


def by_a_full_disk(ledger: Ledger, *, each: int, within: float = 60.0) -> Outcome:
    """No space left, so many times at every point before the relay; room again a moment later."""
    oracle, full, broken = Oracle(ledger=ledger), Counter[str](), list[str]()
    order = shuffled(BEFORE_THE_RELAY, each, ledger.seed)
    for point in order:
        ledger.send(MAILS)
        with ledger.installed.running(fault=f"{point}:enospc:1") as daemon:
            before = len(daemon.said())
            daemon.wait_until_open(within=60)
            try:
                oracle.wait_until_settled(within=within)
            except AssertionError as trouble:
                broken.append(f"after a full disk at {point}: {str(trouble)[:500]}")
            full[point] += "No space left" in daemon.said()[before:]
            daemon.signal(signal.SIGTERM)
            if code := _code(daemon):
                broken.append(f"after a full disk at {point} the desk ended with {code}")
    return settled(ledger, oracle, tried=len(order), met=full, within=within, broken=tuple(broken))
