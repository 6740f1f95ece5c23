"""Named places where a test may let maildesk fail: killed, hung, full, or merely unlucky.

MAILDESK_FAULT holds one or several orders `name:action`, `name:action:n` or `name:sleep=SECONDS`, separated by commas. With n
the order is carried out at the nth visit of that point only, counted from 1; without it at every visit. Without the variable
a point costs one look at an empty table.

    kill    the process ends at once, as by SIGKILL
    term    the process is asked to end, by SIGTERM
    raise   Fault is raised
    enospc  OSError(ENOSPC) is raised: no space left on device
    sleep   the thread waits, one second when nothing else is said
    hang    the thread waits for ever
    spin    the thread computes for ever
"""

import errno
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, assert_never, cast, get_args

VARIABLE = "MAILDESK_FAULT"

POINTS: Mapping[str, str] = MappingProxyType(
    {
        "selected": "the mailbox is selected, nothing is read yet",
        "fetched": "mails are fetched, nothing is kept yet",
        "raw-written": "the raw files are durable, their rows are not",
        "kept": "a batch of mails is committed, the server knows nothing of it",
        "struck": "the strikes of a batch are committed, nothing is parsed yet",
        "reading": "a mail is open in the process that reads, nothing of it is understood yet",
        "read": "the batch is parsed, nothing is decided yet",
        "number-minted": "a number is taken in an open transaction",
        "decided": "a decision is applied in an open transaction",
        "before-commit": "all effects of a batch are written, not committed",
        "taken-in": "the effects of a batch are committed",
        "moved": "mails are moved on the server, our commit of that is missing",
        "woken": "due rules have spoken, not committed",
        "rendered": "letters have their bytes, not committed",
        "claimed": "attempts are counted and committed, nothing is said to the relay",
        "in-data": "the relay took the recipient, and `in data` is committed",
        "data-begun": "the relay waits for the letter's bytes",
        "dot-sent": "the relay has the whole letter, its answer is not read yet",
        "delivered": "the relay's answer is read, nothing of it is written down",
        "before-settled": "the end of an attempt is written, not committed",
        "call-promised": "a call to whoever is on call is promised in an open transaction",
        "call-claimed": "attempts to ring are counted and committed, nobody is rung yet",
        "rung": "the hook has answered, nothing of it is written down",
        "call-settled": "the end of an attempt to ring is written, not committed",
        "backup-half": "a backup is written, and does not bear its name yet",
        "restore-half": "the old database is set aside, the restored one is not in its place yet",
    }
)
"""Every point and the state of things there, in the order in which a mail and its answer pass them, then a call, then a
backup."""

Action = Literal["kill", "term", "raise", "enospc", "sleep", "hang", "spin"]


class Fault(Exception):
    """What `raise` raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What shall happen at a point, at its nth visit (None: at each)."""

    name: str
    action: Action
    nth: int | None = None
    seconds: float = 1.0


def orders(text: str) -> tuple[Order, ...]:
    """The orders in the variable's form; ValueError for an unknown point or action, for such an order would never fire."""
    return tuple(_order(part.strip()) for part in text.split(",") if part.strip())


def _order(text: str) -> Order:
    name, _, rest = text.partition(":")
    what, _, nth = rest.partition(":")
    action, _, seconds = what.lower().partition("=")
    if name not in POINTS or action not in get_args(Action):
        raise ValueError(f"{VARIABLE}: {text!r} names no point with an action; actions: {', '.join(get_args(Action))}")
    return Order(name=name, action=cast(Action, action), nth=int(nth) if nth else None, seconds=float(seconds or 1))


class _Armed:
    """The orders in force and the visits so far."""

    def __init__(self, given: tuple[Order, ...]) -> None:
        self.orders = given
        self.visits: Counter[str] = Counter()
        self.lock = threading.Lock()

    def visit(self, name: str) -> None:
        with self.lock:
            self.visits[name] += 1
            nth = self.visits[name]
        for order in self.orders:
            if order.name == name and order.nth in (None, nth):
                _carry_out(order)


_armed = _Armed(orders(os.environ.get(VARIABLE, "")))


def arm(text: str) -> None:
    """Put other orders in force, counting anew; none when `text` is empty."""
    global _armed
    _armed = _Armed(orders(text))


def point(name: str) -> None:
    """Here maildesk may be made to fail."""
    if _armed.orders:
        _armed.visit(name)


def _carry_out(order: Order) -> None:
    match order.action:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "term":
            os.kill(os.getpid(), signal.SIGTERM)
        case "raise":
            raise Fault(order.name)
        case "enospc":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), order.name)
        case "sleep":
            time.sleep(order.seconds)
        case "hang":
            threading.Event().wait()
        case "spin":
            while True:
                pass
        case _:
            assert_never(order.action)
