"""The desk is killed, again and again, at named points or at any moment, and each time started anew on what is left.

Before every start more mails arrive. A kill meets what the kill before it has left behind; after a few in a row the desk is let
finish, because a mail that was in hand at four kills in a row is set aside at the fifth attempt, as the likely cause. In the end
the oracle looks at all of it.
"""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable

from maildesk import faults
from tests.daemon.running import Installed, Running
from tests.proof.ledger import Ledger
from tests.proof.oracle import Oracle
from tests.proof.outcome import Outcome, shuffled

IN_ANOTHER_PROCESS = frozenset({"reading"})
"""Points that the desk itself never visits: the process that reads mails is killed there, and the desk lives."""

ONLY_ON_CALL = frozenset({"call-promised", "call-claimed", "rung", "call-settled"})
"""Points that are visited only when nobody phones about a P1; tests/daemon/test_calls.py kills the desk there."""

ONLY_BY_HAND = frozenset({"backup-half", "restore-half"})
"""Points that only verbs of the shell visit; tests/cli/test_backup.py kills them there."""

POINTS = tuple(point for point in faults.POINTS if point not in IN_ANOTHER_PROCESS | ONLY_ON_CALL | ONLY_BY_HAND)

AT_THE_RELAY = ("in-data", "data-begun", "dot-sent", "delivered")
"""Points at which the relay may have a letter, and the desk has not noted what became of it."""

VISITED_WITHIN = 30.0
"""Seconds in which a desk with fresh mail comes by every point; a kill that has not happened by then is not counted."""

MAILS = 2
"""New mails before each start."""

IN_A_ROW = 3
"""Kills after which the desk is let finish."""


def at_points(ledger: Ledger, *, each: int, points: tuple[str, ...] = POINTS, within: float = 240.0) -> Outcome:
    """Killed `each` times at every one of the points."""
    oracle, killed = Oracle(ledger=ledger), Counter[str]()
    order = shuffled(points, each, ledger.seed)
    for number, point in enumerate(order, 1):
        ledger.send(MAILS)
        with ledger.installed.running(fault=f"{point}:kill:1") as daemon:
            killed[point] += _dies(daemon)
        oracle.broken_off()
        if not _finishes(oracle, number, within):
            break
    return settled(ledger, oracle, tried=len(order), met=killed, within=within)


def _nothing(installed: Installed, chance: random.Random) -> None:
    """A kill alone leaves all that was written."""


def at_random(
    ledger: Ledger,
    *,
    kills: int,
    mails: int = 6,
    within: float = 240.0,
    then: Callable[[Installed, random.Random], None] = _nothing,
) -> Outcome:
    """Killed so many times at moments that only chance has chosen, most of them soon after the start.

    `then` befalls what each kill has left.
    """
    oracle, killed, chance = Oracle(ledger=ledger), Counter[str](), random.Random(ledger.seed)
    tried = 0
    while killed.total() < kills and tried < 2 * kills + 10:
        tried += 1
        ledger.send(mails)
        with ledger.installed.running() as daemon:
            daemon.wait_until_open(within=60)
            time.sleep(chance.expovariate(4.0))
            killed["at any moment"] += daemon.process.poll() is None and bool(oracle.unsettled())
        then(ledger.installed, chance)
        oracle.broken_off()
        if not _finishes(oracle, tried, within):
            break
    return settled(ledger, oracle, tried=tried, met=killed, within=within)


def _finishes(oracle: Oracle, number: int, within: float) -> bool:
    """After a few in a row the desk is let finish; whether it can. When it cannot, the oracle will say why."""
    if number % IN_A_ROW:
        return True
    with oracle.installed.running():
        try:
            oracle.wait_until_settled(within=within)
        except AssertionError:
            return False
    return True


def _dies(daemon: Running) -> bool:
    end = time.monotonic() + VISITED_WITHIN
    while daemon.process.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    return daemon.process.returncode == -signal.SIGKILL


def settled(
    ledger: Ledger, oracle: Oracle, *, tried: int, met: Counter[str], within: float, broken: tuple[str, ...] = ()
) -> Outcome:
    """The last start, undisturbed; then the oracle's word. `met` counts the points at which the desk was met."""
    broken += oracle.at_the_end(within=within)
    counts = {
        "mails": len(ledger.entries),
        "tickets": int(str(oracle.ask("SELECT count(*) FROM tickets")[0][0])),
        "letters": int(str(oracle.ask("SELECT count(*) FROM outbox WHERE state = 'sent'")[0][0])),
        "extra copies": oracle.extra_copies(),
        "steps of the clock": len(oracle.told(oracle.copies())),
        "uncertain": int(str(oracle.ask("SELECT count(*) FROM outbox WHERE state = 'uncertain'")[0][0])),
        **dict(sorted(met.items())),
    }
    return Outcome(seed=ledger.seed, tried=tried, effective=met.total(), counts=counts, broken=broken)
