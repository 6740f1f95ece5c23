"""Whether settings, policy and people fit together: nobody twice, nobody named who is not there, somebody to turn to."""

from dataclasses import dataclass
from pathlib import Path

from maildesk.config.findings import Report, listed, nearest
from maildesk.config.people_file import Listed
from maildesk.config.settings import Settings
from maildesk.config.toml import Toml
from maildesk.core.message import folded
from maildesk.core.people import Role, StaffId
from maildesk.core.policy import Policy
from maildesk.core.shift import awake_in


@dataclass(frozen=True, slots=True)
class Together:
    """All that was read. `settings` and `policy` are None where their files have faults of their own; `everyone` are those
    whose fields could be read, `ids` the staff ids of all."""

    people_file: Path
    everyone: tuple[Listed, ...]
    ids: frozenset[str]
    settings: Settings | None
    main_toml: Toml | None
    policy: Policy | None
    policy_toml: Toml | None
    languages: frozenset[str]
    report: Report

    def check(self) -> None:
        """Every fault that only shows when the parts are seen together goes into the report.

        Who is missing is only said of a people file without faults: a row that cannot be read may be the very one.
        """
        whole = not any(finding.file == self.people_file for finding in self.report.findings)
        self._nobody_twice()
        for one in self.everyone:
            self._names_known(one)
            self._not_the_desk(one)
        self._no_circles()
        self._somebody_awake()
        if whole:
            self._somebody_there()
            self._categories()
        if self.main_toml and self.settings and self.settings.language not in self.languages:
            line = self.main_toml.line(("desk", "language"))
            self.report.add(self.main_toml.path, "desk.language", *self._no_letters(self.settings.language), line)

    def _nobody_twice(self) -> None:
        ids: dict[str, Listed] = {}
        addresses: dict[str, Listed] = {}
        for one in self.everyone:
            first = ids.setdefault(one.person.staff_id.casefold(), one)
            if first is not one:
                self._on(
                    one, "staff_id", f"{one.person.staff_id} is already {first.person.name}", "Give everyone an id of his own."
                )
            for address in one.person.addresses:
                owner = addresses.setdefault(folded(address), one)
                if owner is not one:
                    problem = f"{address} already belongs to {owner.person.name}"
                    self._on(one, "addresses", problem, "An address belongs to one person; remove it from the other.")

    def _names_known(self, one: Listed) -> None:
        person = one.person
        calendars = self.policy.calendars if self.policy else {}
        if self.policy and person.calendar is not None and person.calendar not in calendars:
            remedy = nearest(person.calendar, calendars, f"The policy has: {listed(calendars)}.")
            self._on(one, "calendar", f"{person.calendar!r} is not a calendar of the policy", remedy)
        if person.language is not None and person.language not in self.languages:
            self._on(one, "language", *self._no_letters(person.language))
        if person.delegate is not None and person.delegate not in self.ids:
            remedy = nearest(person.delegate, self.ids, "Write the staff_id of somebody in this file.")
            self._on(one, "delegate", f"{person.delegate!r} is nobody's staff_id", remedy)
        elif person.works and person.delegate in self._idle():
            problem = f"{person.delegate} may not act on tickets, so what is {person.name}'s would reach nobody"
            self._on(one, "delegate", problem, "Name an engineer, a lead or a manager, or give this one such a role.")

    def _idle(self) -> frozenset[str]:
        """Who is there and may not act on tickets."""
        return frozenset(one.person.staff_id for one in self.everyone if not one.person.works)

    def _not_the_desk(self, one: Listed) -> None:
        """Mail to such a person would come back to us for ever."""
        if self.settings is None:
            return
        for address in one.person.addresses:
            if self.settings.owns(address):
                self._on(one, "addresses", f"{address} is the desk's own mailbox", "Give the person's own address.")

    def _no_circles(self) -> None:
        """An absent person's letters go to his delegate, and on to the delegate's: this must come to an end."""
        delegates = {one.person.staff_id: one.person.delegate for one in self.everyone}
        told: set[StaffId] = set()
        for one in self.everyone:
            way = [one.person.staff_id]
            while (further := delegates.get(way[-1])) is not None and further not in way:
                way.append(further)
            if further == way[0] and not told & set(way):
                told |= set(way)
                problem = f"leads in a circle: {' → '.join([*way, way[0]])}"
                self._on(one, "delegate", problem, "Let the last of them have no delegate, or another one.")

    def _somebody_awake(self) -> None:
        """Quiet hours must leave some of the hours in which people work; a shift of one's own is never quiet."""
        if self.policy is None or self.policy_toml is None or not self.policy.quiet.on:
            return
        place = ("quiet", "start")
        line = self.policy_toml.line(place)
        if self.policy.quiet.start == self.policy.quiet.end:
            remedy = "Write on = false to have none, or another end."
            self.report.add(self.policy_toml.path, "quiet.start", "begins when it ends", remedy, line)
            return
        people = [one.person for one in self.everyone if one.person.works and not one.person.shift]
        calendars = {self.policy.calendars.get(person.calendar or "", self.policy.calendar) for person in people}
        for calendar in sorted(calendars, key=lambda one: one.name):
            if not any(awake_in(hours, self.policy.quiet) for day in calendar.week for hours in day):
                problem = (
                    f"the quiet hours cover all hours of the calendar {calendar.name}, so its people could never be written to"
                )
                remedy = "Shorten the quiet hours, or give the people a shift: who has one is written to within it."
                self.report.add(self.policy_toml.path, "quiet.start", problem, remedy, line)

    def _somebody_there(self) -> None:
        everybody = [one.person for one in self.everyone]
        if not any(Role.ENGINEER in person.roles for person in everybody):
            self.report.add(
                self.people_file, "roles", "nobody is an engineer", "Give at least one person the role engineer (处理人)."
            )
        if not any(person.leads for person in everybody):
            remedy = "Give at least one person the role lead (主管) or manager (经理)."
            self.report.add(self.people_file, "roles", "name nobody to escalate to", remedy)

    def _categories(self) -> None:
        if self.policy is None or self.policy_toml is None:
            return
        skills = {skill for one in self.everyone for skill in one.person.skills if one.person.works}
        able = {one.person.staff_id for one in self.everyone if one.person.works}
        for index, category in enumerate(self.policy.categories):
            if category.skill and category.skill not in skills:
                remedy = nearest(category.skill, skills, "Give somebody this skill in the people file, or remove it here.")
                self._category(index, "skill", f"no engineer has the skill {category.skill!r}", remedy)
            if category.engineer is not None and category.engineer not in able:
                remedy = nearest(category.engineer, able, "Write the staff_id of an engineer of the people file.")
                self._category(index, "engineer", f"{category.engineer!r} is no engineer", remedy)

    def _category(self, index: int, key: str, problem: str, remedy: str) -> None:
        if self.policy_toml is not None:
            line = self.policy_toml.line(("categories", index, key))
            self.report.add(self.policy_toml.path, f"categories[{index + 1}].{key}", problem, remedy, line)

    def _no_letters(self, language: str) -> tuple[str, str]:
        return (
            f"there are no letters in {language!r}",
            f"Write {listed(sorted(self.languages))}, or add templates in this language.",
        )

    def _on(self, one: Listed, column: str, problem: str, remedy: str) -> None:
        self.report.add(self.people_file, column, problem, remedy, one.line)
