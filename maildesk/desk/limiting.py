"""Whether a letter that no person wrote may go now, and if not, when: `maildesk.core.limits` over what the store remembers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from maildesk.core import limits
from maildesk.core.letter import Letter
from maildesk.core.limits import Limit
from maildesk.core.message import Address
from maildesk.core.policy import Policy
from maildesk.core.triage.machines import SECONDS
from maildesk.store import Tx

Alarm = Callable[[str, str, str], None]
"""Tells the operator: what, in which case, and the remedy."""


@dataclass(frozen=True, slots=True)
class Limiting:
    """The limits in one transaction, at one moment."""

    tx: Tx
    policy: Policy
    now: datetime
    alarm: Alarm

    def free_at(self, letter: Letter) -> datetime:
        """When a new letter may go: now, or when the last of the limits that hold it back lets it."""
        waits = [self._until(limit) for limit in self._on(letter)]
        gather = limits.gathering(letter, self.policy.limits)
        if gather and self._until(gather[0]) > self.now:
            waits += map(self._until, gather)
        return max(waits, default=self.now)

    def still_waits(self, letter: Letter) -> datetime | None:
        """Until when a letter that was held back must go on waiting; None when it may go."""
        until = max((self._until(limit) for limit in self._on(letter)), default=self.now)
        return until if until > self.now else None

    def count(self, *letters: Letter, gathered: bool = False) -> None:
        """These go as one letter; `gathered` after they were held back."""
        names = dict.fromkeys(name for letter in letters if limits.limited(letter) for name in limits.told_by(letter))
        if names:
            self.tx.happened((*names, limits.gathered_for(letters[0].to)) if gathered else names, self.now)

    def answered(self, sender: Address, received_at: datetime) -> bool:
        """A mail of this sender has come. Whether he answers our letters as only a machine does, and gets no more for a while."""
        last, volley = self.tx.nth_latest(limits.written_to(sender), 1), limits.volley(sender)
        if last is None or not last < received_at <= last + SECONDS:
            return False
        before = self.tx.nth_latest(volley, 1)
        if before is not None and before > last:
            return False
        self.tx.happened((volley,), self.now)
        first = self.tx.nth_latest(volley, limits.VOLLEYS)
        if first is None or self.now - first > limits.VOLLEY or self._muted(sender):
            return False
        self.tx.happened((limits.muted(sender),), self.now)
        return True

    def flooding(self, sender: Address, *, proven: bool) -> tuple[Limit, ...]:
        """The limits on tickets of this sender."""
        return limits.flooding(sender, self.policy.limits, self.policy.internal_domains, proven=proven)

    def reached(self, limit: Limit) -> bool:
        """Whether it allows no more now."""
        nth = self.tx.nth_latest(limit.name, limit.most)
        return nth is not None and nth + limit.span > self.now

    # -- parts -------------------------------------------------------------------------------------------------------

    def _on(self, letter: Letter) -> tuple[Limit, ...]:
        policy = self.policy
        return limits.limits_on(letter, policy.limits, policy.internal_domains) if limits.limited(letter) else ()

    def _until(self, limit: Limit) -> datetime:
        """When the limit allows one more; that it does not now is told to the operator."""
        reached = self.tx.nth_latest(limit.name, limit.most)
        until = self.now if reached is None else max(self.now, reached + limit.span)
        if until > self.now and limit.breach:
            self.alarm(f"limit {limit.breach}", f"{limit.name}: {limit.most}", "maildesk outbox --state unwritten")
        return until

    def _muted(self, sender: Address) -> bool:
        return self.reached(Limit(limits.muted(sender), 1, self.policy.limits.mute))
