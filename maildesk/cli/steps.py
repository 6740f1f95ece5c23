"""What `maildesk check` says of the steps of the rules: whether anybody hears of what is late, and in time.

Nothing of this keeps a desk from starting: a rule may be meant to be quiet.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from maildesk.cli.checks import Said, warning
from maildesk.config.cases import named
from maildesk.config.findings import listed
from maildesk.core.alarm import UNATTENDED, Alarm, Step
from maildesk.core.alarms import alarms
from maildesk.core.message import Address
from maildesk.core.policy import Policy
from maildesk.core.rules import MINUTE, Phone, Rule, Rules, Steps
from maildesk.core.ticket import Kind, Number, Priority, Status, Ticket, TicketId

STEPPED = (Rule.FIRST_ANSWER, Rule.MISSING, Rule.CONFIRM_PRIORITY, Rule.PHONE)
"""The rules whose steps may stand anywhere beside the moment at which they are due."""


def steps(policy: Policy, now: datetime) -> Iterator[Said]:
    """Every warning about the rules of this policy."""
    yield from _late_in_silence(policy, now)
    for rule in STEPPED:
        yield from _of_rule(rule, policy)


# -- late in silence -----------------------------------------------------------------------------------------------------


def _late_in_silence(policy: Policy, now: datetime) -> Iterator[Said]:
    """Of work that is late somebody must hear besides the engineer, whatever it is about."""
    everywhere = _silent(policy, "", now)
    if everywhere:
        yield _nobody_told(f"a {listed(everywhere)} ticket", "a rule of the policy, for example [first_answer]")
    found: dict[tuple[Priority, ...], list[str]] = {}
    for category in policy.categories:
        if more := tuple(one for one in _silent(policy, category.name, now) if one not in everywhere):
            found.setdefault(more, []).append(category.name)
    for priorities, categories in found.items():
        yield _nobody_told(
            f"a {listed(priorities)} ticket about {listed(categories)}", "the case of the policy that is about them"
        )


def _nobody_told(of: str, where: str) -> Said:
    what = f"nobody but the engineer is told when {of} is late: no rule tells a lead, calls or hands over"
    return warning("people", what, f'Write on = true and a step like lead = ["10m"] into {where}.')


def _silent(policy: Policy, category: str, now: datetime) -> tuple[Priority, ...]:
    """The priorities of which nobody hears, be it a colleague's ticket or a stranger's."""
    return tuple(one for one in Priority if not any(_escalates(alarm) for alarm in _alarms(policy, one, category, now)))


def _alarms(policy: Policy, priority: Priority, category: str, now: datetime) -> Iterator[Alarm]:
    """What the rules have to say of a ticket with which nobody does anything."""
    for internal in (True, False):
        ticket = Ticket(
            id=TicketId(0),
            number=Number(""),
            status=Status.ASSIGNED,
            requester=Address("requester"),
            internal=internal,
            opened_at=now,
            missing=policy.facts,
            proposed=priority,
            category=category,
        )
        yield from alarms(ticket, policy)


def _escalates(alarm: Alarm) -> bool:
    """Whether somebody else hears that work is late; the call at once says only that nobody is on shift."""
    return alarm.escalates or alarm.step is Step.HANDOVER or (alarm.rings and alarm.nth != UNATTENDED)


# -- steps beside the moment at which it is due --------------------------------------------------------------------------


def _of_rule(rule: Rule, policy: Policy) -> Iterator[Said]:
    """What is odd about the steps of a rule, each once: where it stands in a case, with a kind of ticket that shows it."""
    usual = None
    if (table := getattr(policy.usual, rule)).on:
        usual = _odd(table, policy.on_call)
    found = {} if usual is None else {usual: f"[{rule}]"}
    for kind in policy.kinds:
        if (odd := _odd_for(rule, kind, policy.rules_of(kind))) is not None:
            found.setdefault(odd, f"{rule} of {named(kind)} tickets")
    for (what, remedy), where in found.items():
        yield warning("rules", f"{where}: {what}", remedy)


def _odd_for(rule: Rule, kind: Kind, rules: Rules) -> tuple[str, str] | None:
    table = getattr(rules, rule)
    if not table.on or (rule is Rule.PHONE and kind.priority in rules.phone.never):
        return None
    return _odd(table, rules.on_call)


def _odd(table: Steps, on_call: bool) -> tuple[str, str] | None:
    """What is odd about steps, with a remedy."""
    calls = table.call if isinstance(table, Phone) and on_call else ()
    above, every = (*table.lead, *calls), (*table.remind, *table.lead, *calls)
    if not every:
        return f"is due after {_written(table.due)}, and nobody hears of it", 'Write a step like remind = ["5m"], or on = false.'
    heard = min(above or every)
    if heard > table.due:
        who = "a lead" if above else "the engineer"
        what = f"is due after {_written(table.due)}, and {who} hears of it only after {_written(heard)}"
        return what, f'Write due = "{_written(heard)}" if that is what is promised, or an earlier step.'
    if table.remind and above and table.remind[0] > heard:
        what = f"the lead hears of it after {_written(heard)}, the engineer after {_written(table.remind[0])}"
        return what, "Let the first step of remind come before those of lead and call."
    return None


def _written(span: timedelta) -> str:
    """A span as it stands in the policy."""
    hours, minutes = divmod(span // MINUTE, 60)
    parts = (f"{hours}h" if hours else "", f"{minutes}m" if minutes else "", "" if hours or minutes else f"{span.seconds}s")
    return " ".join(filter(None, parts))
