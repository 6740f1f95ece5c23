"""What `maildesk check` says of the people together with the rules: hours that nobody covers, words that reach nobody.

Nothing of this keeps a desk from starting: people are on leave, and small desks have few.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from maildesk.cli.checks import Ruled, Said, ok, warning
from maildesk.cli.steps import steps
from maildesk.core.calendar import Calendar
from maildesk.core.decide import writing
from maildesk.core.known import Known
from maildesk.core.people import People, Person, Role, StaffId
from maildesk.core.policy import Policy
from maildesk.core.shift import calendar_of, on_shift
from maildesk.desk.gather import Gatherer
from maildesk.mail.tokens import Keys

AHEAD = timedelta(days=7)
MINUTE = timedelta(minutes=1)


def people(desk: Ruled) -> Iterator[Said]:
    """The people as they are now, with the absences that they asked for by mail."""
    config = desk.config
    everyone = config.people
    if desk.store is not None:
        with desk.store.read() as tx:
            everyone = Gatherer(tx, config, Keys(config.settings.keys), desk.now).people
    said = tuple(covered(config.policy, everyone, desk.now))
    yield from said or (ok("people", "somebody is there in all working hours, and somebody is told when he is late"),)


def covered(policy: Policy, people: People, now: datetime) -> Iterator[Said]:
    """Every warning about these people under this policy."""
    yield from steps(policy, now)
    yield from _told_of_himself(policy, people, now)
    yield from _line2(policy, people)
    yield from _idle_shifts(policy, people, now)
    yield from _gap(policy, people, now)


def _told_of_himself(policy: Policy, people: People, now: datetime) -> Iterator[Said]:
    """Of who is late somebody else must hear, and while he could still do something."""
    above = {person.staff_id: person.name for role in (Role.LEAD, Role.MANAGER) for person in people.having(role)}
    there = _above(policy, people, now)
    stand_in = "Name a delegate who is there in the people file, or one more lead or manager."
    if not there:
        away = f"{', '.join(above.values())} {'is' if len(above) == 1 else 'are all'} away"
        yield warning("people", f"nobody is told at once who is late: {away}, and nobody stands in", stand_in)
    for person in people.having(Role.ENGINEER):
        if set(above) == {person.staff_id}:
            what = f"nobody is told when {person.name} is late: there is no lead or manager but himself"
            yield warning("people", what, "Give somebody else the role lead (主管) or manager (经理).")
        elif there == {person.staff_id}:
            what = f"nobody is told at once when {person.name} is late: no other lead, manager or delegate is there"
            yield warning("people", what, stand_in)


def _above(policy: Policy, people: People, now: datetime) -> set[StaffId]:
    """The leads and managers who are there, and who stands in for the others."""
    known = Known(policy=policy, people=people)
    leads = (person for person in people.everyone if person.leads)
    return {there.staff_id for person in leads if (there := writing.present(person, None, known, now))}


def _line2(policy: Policy, people: People) -> Iterator[Said]:
    """A hand-over needs somebody to hand over to."""
    if policy.usual.line2.on and not any(person.line == 2 for person in people.having(Role.ENGINEER)):
        remedy = "Give somebody line 2 in the people file, or write on = false in [line2] of the policy."
        yield warning("people", "line 2 is switched on and nobody is on it: what goes there reaches the leads", remedy)


def _idle_shifts(policy: Policy, people: People, now: datetime) -> Iterator[Said]:
    """A shift must have hours in which there is work."""
    calendars = (policy.calendar, *policy.calendars.values())
    for person in people.everyone:
        if person.works and person.shift and not any(_meet(calendar_of(person, policy), one, now) for one in calendars):
            remedy = "Correct his shift in the people file, or the hours of the calendars in the policy."
            yield warning("people", f"the shift of {person.name} has no hour in which a calendar of the policy is open", remedy)


def _meet(one: Calendar, other: Calendar, now: datetime) -> bool:
    """Whether both are open at some moment of the days to come."""
    at = now
    while at < now + AHEAD:
        opens = one.next_open(at)
        at = other.next_open(opens)
        if at == opens:
            return True
    return False


def _gap(policy: Policy, people: People, now: datetime) -> Iterator[Said]:
    """The first working hours in the days to come in which no engineer of line 1 is there."""
    line1 = tuple(person for person in people.having(Role.ENGINEER) if (person.line or 1) == 1)
    since = _first(policy, line1, now, covered=False)
    if since is None:
        return
    until = _first(policy, line1, since, covered=True) or now + AHEAD
    zone = policy.calendar.zone
    begins, ends = (f"{at.astimezone(zone):%a %Y-%m-%d %H:%M}" for at in (since, until))
    whose = "go to the leads" if _above(policy, people, since) else "belong to nobody, because the leads are away too"
    what = f"no engineer of line 1 is on shift from {begins} to {ends}, while the desk is open: new tickets {whose}"
    yield warning("people", what, "Change shifts or absences, or give somebody line 1 who is there.")


def _first(policy: Policy, line1: tuple[Person, ...], now: datetime, *, covered: bool) -> datetime | None:
    """The first minute of the days to come in which the desk is open, and somebody is there, or nobody."""
    at = policy.calendar.next_open(now.replace(second=0, microsecond=0))
    while at < now + AHEAD:
        if any(on_shift(person, policy, at) for person in line1) is covered:
            return at
        at = policy.calendar.next_open(at + MINUTE)
    return None
