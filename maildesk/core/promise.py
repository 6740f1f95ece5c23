"""What the desk may honestly promise to a requester: times by the calendar of his ticket's priority."""

from datetime import datetime, timedelta

from maildesk.core.policy import Policy
from maildesk.core.ticket import Priority


def first_answer_by(policy: Policy, priority: Priority, now: datetime) -> datetime:
    """By when a person will have answered what arrived at `now`: the last step of that rule, in service time."""
    rule = policy.first_answer
    return policy.calendar_for(priority).add(now, max((*rule.remind, *rule.lead), default=timedelta()))


def target_by(policy: Policy, priority: Priority, now: datetime) -> datetime:
    """By when such a ticket is to be solved."""
    return policy.calendar_for(priority).add(now, policy.targets[priority])


def open_now(policy: Policy, priority: Priority, now: datetime) -> bool:
    """Whether the desk works on such a ticket at this moment."""
    return policy.calendar_for(priority).open_at(now)


def closes_on(policy: Policy, asked_at: datetime) -> datetime:
    """When a ticket is closed if the requester, asked at that moment, stays silent."""
    return policy.calendar.working_days_later(asked_at, policy.chasers.close)
