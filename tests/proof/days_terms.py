"""What the rules ask for with a ticket of each kind: the handbook's figures, and the cases of the policy file.

A case stands here twice, as an operator writes it and as what it means; the desk reads the one, the judge the other. Spans are
seconds, rules and calendars have their names in the policy file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, NamedTuple

MINUTE, HOUR = 60, 3600
BY_DAYS = frozenset({"waiting", "resolved", "survey", "stalled"})
"""Rules that count working days of the desk."""


class Kind(NamedTuple):
    """What decides by which rules a ticket goes."""

    priority: str
    category: str
    internal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The rules for tickets of one kind. `by` names the calendars of rules that do not go by that of the ticket."""

    calendar: str
    target: int
    silence: int
    first_answer: tuple[int, ...] = (5 * MINUTE, 8 * MINUTE)
    first_lead: tuple[int, ...] = (10 * MINUTE,)
    confirm: tuple[int, ...] = (30 * MINUTE,)
    warn: int = 45 * MINUTE
    handover: int = 60 * MINUTE
    progress: tuple[int, int, int] | None = (105 * MINUTE, 120 * MINUTE, 150 * MINUTE)
    eta_ask: int = 210 * MINUTE
    eta_beyond: int = 4 * HOUR
    remind: float = 0.2
    tell: float = 0.1
    margin: int = 15 * MINUTE
    phone: tuple[int, ...] = (10 * MINUTE, 15 * MINUTE)
    calls: tuple[int, ...] = (10 * MINUTE, 15 * MINUTE)
    before: int = 20 * MINUTE
    after: int = 30 * MINUTE
    stalled: tuple[int, int] = (2, 5)
    chasers: tuple[int, ...] = (2, 4)
    close: int = 6
    survey: int = 3
    by: Mapping[str, str] = field(default_factory=dict)

    def calendar_of(self, rule: str) -> str:
        return self.by.get(rule, "office" if rule in BY_DAYS else self.calendar)


CALENDARS = {"P1": "always", "P2": "around", "P3": "office", "P4": "office"}
TARGETS = {"P1": 4 * HOUR, "P2": 8 * HOUR, "P3": 24 * HOUR, "P4": 40 * HOUR}
SILENCE = {"P1": HOUR, "P2": 4 * HOUR, "P3": 8 * HOUR, "P4": 16 * HOUR}
NO_SECOND_LINE = "P4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Other rules for some tickets; whatever it does not name does not matter."""

    written: str
    priorities: str = ""
    category: str = ""
    internal: bool | None = None
    means: Mapping[str, Any]
    silence: Mapping[str, int] = field(default_factory=dict)

    def fits(self, kind: Kind) -> bool:
        category = self.category in ("", kind.category, kind.category.partition("-")[0])
        priority = not self.priorities or kind.priority in self.priorities.split()
        return category and priority and self.internal in (None, kind.internal)


CASES = (
    Case(
        written="""
priority = ["P1"]
requester = "external"
first_answer = { due = "5m", remind = ["2m"], lead = ["5m"], calendar = "around" }
phone = { due = "12m", lead = ["6m", "12m"], call = ["4m", "8m"] }
""",
        priorities="P1",
        internal=False,
        means={
            "first_answer": (2 * MINUTE,),
            "first_lead": (5 * MINUTE,),
            "phone": (6 * MINUTE, 12 * MINUTE),
            "calls": (4 * MINUTE, 8 * MINUTE),
            "by": {"first_answer": "around"},
        },
    ),
    Case(
        written="""
category = ["软件问题"]
line2 = { warn = "20m", due = "30m" }
progress = { ask = "150m", due = "3h", lead = "3h 20m" }
""",
        category="软件问题",
        means={"warn": 20 * MINUTE, "handover": 30 * MINUTE, "progress": (150 * MINUTE, 3 * HOUR, 200 * MINUTE)},
    ),
    Case(
        written="""
priority = ["P4"]
requester = "internal"
calendar = "around"
target = "20h"
confirm_priority = { on = false }
progress = { on = false }
chasers = { after = [1], close = 3 }
survey = { remind = 1 }
""",
        priorities="P4",
        internal=True,
        means={
            "calendar": "around",
            "target": 20 * HOUR,
            "confirm": (),
            "progress": None,
            "chasers": (1,),
            "close": 3,
            "survey": 1,
        },
    ),
    Case(
        written="""
category = ["硬件故障"]
requester = "external"
target = "6h"
silence = { due = { P1 = "90m", P2 = "5h", P3 = "10h", P4 = "20h" }, before = "10m", after = "15m" }
promises = { remind = 0.3, tell = 0.2, margin = "20m" }
eta = { ask = "90m", beyond = "2h" }
stalled = { ask = 1, lead = 2 }
""",
        category="硬件故障",
        internal=False,
        silence={"P1": 90 * MINUTE, "P2": 5 * HOUR, "P3": 10 * HOUR, "P4": 20 * HOUR},
        means={
            "target": 6 * HOUR,
            "before": 10 * MINUTE,
            "after": 15 * MINUTE,
            "remind": 0.3,
            "tell": 0.2,
            "margin": 20 * MINUTE,
            "eta_ask": 90 * MINUTE,
            "eta_beyond": 2 * HOUR,
            "stalled": (1, 2),
        },
    ),
    Case(
        written="""
priority = ["P2", "P3"]
category = ["硬件故障-打印机"]
requester = "external"
target = "5h"
eta = { ask = "100m" }
line2 = { due = "50m" }
chasers = { calendar = "around" }
""",
        priorities="P2 P3",
        category="硬件故障-打印机",
        internal=False,
        means={
            "target": 5 * HOUR,
            "eta_ask": 100 * MINUTE,
            "handover": 50 * MINUTE,
            "by": {"waiting": "around", "resolved": "around"},
        },
    ),
    Case(
        written="""
category = ["系统故障-登录异常"]
priority = ["P2", "P3", "P4"]
calendar = "always"
first_answer = { remind = ["4m"] }
""",
        priorities="P2 P3 P4",
        category="系统故障-登录异常",
        means={"calendar": "always", "first_answer": (4 * MINUTE,)},
    ),
)
"""By priority, category and requester, each with other keys; of the fourth and the fifth, which fit the same tickets, both
say something of the same keys."""


def written() -> str:
    """The cases as they stand in the policy file."""
    return "".join(f"\n[[cases]]{case.written}" for case in CASES)


@cache
def terms(kind: Kind) -> Terms:
    """The rules for a kind of ticket: of the cases that fit, a later one wins key by key."""
    priority = kind.priority
    found = Terms(calendar=CALENDARS[priority], target=TARGETS[priority], silence=SILENCE[priority])
    for case in CASES:
        if case.fits(kind):
            by = {**found.by, **case.means.get("by", {})}
            silence = case.silence.get(priority, found.silence)
            found = replace(found, **{**case.means, "by": by, "silence": silence})
    return found
