"""An alarm: one moment at which one rule speaks, and the name under which it does so once."""

from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from maildesk.core.rules import Rule

UNATTENDED = 0
"""`nth` of the call at once."""


class Step(StrEnum):
    """What a rule does when it speaks. A step that comes several times is counted in `Alarm.nth`."""

    REMIND = "remind"
    LEAD = "lead"
    WARN = "warn"
    HANDOVER = "handover"
    CALL = "call"
    ASK = "ask"
    LATE = "late"
    MISSED = "missed"
    DELAY = "delay"
    CHASER = "chaser"
    CLOSE = "close"
    RESUME = "resume"
    RESOLVE = "resolve"
    RATE = "rate"


class Alarm(NamedTuple):
    """A moment at which a rule speaks. `deadline` is what it speaks of: the moment at which the duty is broken.

    `since` is when the rule's clock began, `nth` counts repetitions of the step. They name the alarm, because the deadline
    itself moves with each pause, and what was said must not be said again for that.
    """

    due: datetime
    rule: Rule
    step: Step
    deadline: datetime
    since: datetime
    nth: int = 1

    @property
    def kind(self) -> str:
        """What all alarms of this rule and step begin their names with."""
        return f"{begins(self.rule)}{self.step}:"

    @property
    def clock(self) -> str:
        """The same for those of one clock."""
        return by_clock(self.rule, self.step, self.since)

    @property
    def key(self) -> str:
        """Its name in `ticket.spoken` and the progress: nothing speaks twice under one name."""
        return f"{self.clock}{self.nth}"

    @property
    def escalates(self) -> bool:
        """Whether it speaks to the leads."""
        return self.step is Step.LEAD

    @property
    def tries(self) -> bool:
        """Whether it tries again what could not be done when its time came; if it cannot, it says nothing."""
        return self.step is Step.HANDOVER and self.nth > 1

    @property
    def heard_by(self) -> tuple[Rule, bool, bool]:
        """The same for all alarms that say the same thing to the same people."""
        return self.rule, self.escalates, self.rings or self.tries

    @property
    def rings(self) -> bool:
        """Whether it goes by the other road, to whoever is on call: no letter says the same, and it says the same as none."""
        return self.step is Step.CALL


def begins(rule: Rule) -> str:
    """What the names of all alarms of a rule begin with."""
    return f"alarm:{rule}:"


@lru_cache(maxsize=10_000)
def by_clock(rule: Rule, step: Step, since: datetime) -> str:
    """The same for one step of the clock that began at an instant."""
    return f"{begins(rule)}{step}:{since.astimezone(UTC).isoformat(timespec='seconds')}/"
