"""What the desk may honestly promise to a requester: times by the rules that hold for his ticket."""

from datetime import datetime, timedelta

from maildesk.core.rules import Rule, Rules


def first_answer_by(rules: Rules, now: datetime) -> datetime:
    """By when a person will have answered what arrived at `now`: the last step of that rule, in service time."""
    steps = rules.first_answer
    return rules.calendar_of(Rule.FIRST_ANSWER).add(now, max((*steps.remind, *steps.lead), default=timedelta()))


def target_by(rules: Rules, now: datetime) -> datetime:
    """By when such a ticket is to be solved."""
    return rules.calendar.add(now, rules.target)


def open_now(rules: Rules, now: datetime) -> bool:
    """Whether the desk works on such a ticket at this moment."""
    return rules.calendar.open_at(now)


def closes_on(rules: Rules, asked_at: datetime) -> datetime:
    """When a ticket is closed if the requester, asked at that moment, stays silent."""
    return rules.calendar_of(Rule.RESOLVED).working_days_later(asked_at, rules.chasers.close)
