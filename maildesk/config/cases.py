"""The cases of the policy file: other rules for some tickets, from their tables to core's Case.

A case must be able to do something. One that fits no ticket, or without which every ticket had the same rules, is a fault:
somebody has written it in the belief that it helps.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, Self

from pydantic import PlainValidator, model_validator

from maildesk.config import values
from maildesk.config.findings import Wrong, listed, nearest
from maildesk.config.rule_tables import (
    CHASED,
    NONE,
    Pauses,
    Priorities,
    RuleTables,
    Span,
    Text,
    disorders,
    named_calendars,
    one_of,
)
from maildesk.config.toml import Place
from maildesk.core.calendar import Calendar
from maildesk.core.policy import Case, Policy
from maildesk.core.rules import Duties, Rules
from maildesk.core.ticket import Kind, Priority

REQUESTERS = ("internal", "external")
TABLES = tuple(each.name for each in fields(Duties))


def _requester(value: Any) -> str:
    return one_of(value, REQUESTERS, "a kind of requester")


DESKWIDE = {
    **{name: f"Write it into [{name}], outside of the cases." for name in ("held", "limits", "peace", "quiet")},
    "targets": 'Write target = "4h" for the tickets of this case.',
    "priority_calendars": 'Write calendar = "always" for the tickets of this case.',
}
"""Tables that hold for the whole desk and not for some tickets, and what to write instead."""


class CaseTable(RuleTables):
    """One [[cases]]: which tickets it is about, and what is otherwise for them."""

    priority: Priorities = frozenset()
    category: Annotated[tuple[str, ...], PlainValidator(values.words)] = ()
    requester: Annotated[str, PlainValidator(_requester)] = ""
    pauses: Pauses = Pauses()
    calendar: Text = ""
    target: Span = NONE

    @model_validator(mode="before")
    @classmethod
    def _of_tickets(cls, table: Any) -> Any:
        """A held mail is no ticket yet, and people have their peace whatever is written to them about."""
        for key in table if isinstance(table, dict) else ():
            if key in DESKWIDE:
                raise Wrong("holds for the whole desk, and not for some tickets", DESKWIDE[key], key)
        return table

    @model_validator(mode="after")
    def _of_some(self) -> Self:
        """An empty list would name nobody, and is meant to name all."""
        for key in ("priority", "category"):
            if key in self.model_fields_set and not getattr(self, key):
                raise Wrong("is empty", "Name at least one, or remove this key: then all are meant.", key)
        return self

    def built(self, calendars: Mapping[str, Calendar]) -> Case:
        """The case, with the calendars that it names; one that does not exist was told before."""
        changes: dict[str, Any] = dict(self.tables(calendars))
        if self.calendar in calendars:
            changes["calendar"] = calendars[self.calendar]
        if "pauses" in self.given():
            changes["pauses"] = self.pauses.by_waiting()
        if self.target:
            changes["target"] = self.target
        internal = self.requester == "internal" if self.requester else None
        return Case(priorities=self.priority, categories=self.category, internal=internal, changes=changes)

    @property
    def calendars(self) -> Iterator[tuple[Place, str]]:
        """The calendars that it names, and where."""
        if self.calendar:
            yield ("calendar",), self.calendar
        yield from named_calendars(self)


# -- what is wrong with them ---------------------------------------------------------------------------------------------


def faults(policy: Policy) -> Iterator[tuple[Place, Wrong]]:
    """What is wrong with the cases of a policy, each with its place."""
    unknown = tuple(_unknown(policy))
    yield from unknown
    if not unknown:
        yield from _Trial(policy).faults()


def _unknown(policy: Policy) -> Iterator[tuple[Place, Wrong]]:
    known = _names(policy)
    for index, case in enumerate(policy.cases):
        for name in case.categories:
            if name not in known:
                remedy = nearest(name, known, f"Write {listed(known)}." if known else "Add the category, or remove it here.")
                yield ("cases", index, "category"), Wrong(f"{name!r} is not a category", remedy)


def _names(policy: Policy) -> tuple[str, ...]:
    """The categories, and what stands above them."""
    names = [category.name for category in policy.categories]
    return tuple(dict.fromkeys(name for one in names for name in (one.partition("-")[0], one)))


@dataclass(frozen=True, slots=True)
class _Trial:
    """Every kind of ticket that there can be, tried with the cases."""

    policy: Policy

    def kinds(self) -> Iterator[tuple[Kind, tuple[int, ...]]]:
        """One kind for each set of cases that fit together, with their positions."""
        seen = set()
        for kind in self.policy.kinds:
            fitting = tuple(index for index, case in enumerate(self.policy.cases) if case.fits(kind))
            if fitting and (kind.priority, fitting) not in seen:
                seen.add((kind.priority, fitting))
                yield kind, fitting

    def faults(self) -> Iterator[tuple[Place, Wrong]]:
        kinds = tuple(self.kinds())
        for index, case in enumerate(self.policy.cases):
            own = [kind for kind, fitting in kinds if index in fitting]
            powerless = tuple(self._powerless(case, own))
            yield from ((("cases", index, *place), wrong) for place, wrong in powerless)
            if not powerless and (wrong := self._idle(index, case, own)) is not None:
                yield ("cases", index), wrong
        yield from dict(self._disordered(kinds)).items()

    def _idle(self, index: int, case: Case, own: list[Kind]) -> Wrong | None:
        """Why a case never changes anything."""
        if not case.changes:
            return Wrong("changes nothing", "Write what is otherwise for these tickets, or remove the case.")
        if not own:
            return Wrong("fits no ticket: nobody is internal", "Name your domains in internal_domains, or remove the case.")
        others = replace(self.policy, cases=self.policy.cases[:index] + self.policy.cases[index + 1 :])
        if any(_felt(self.policy, kind) != _felt(others, kind) for kind in own):
            return None
        alone = replace(self.policy, cases=self.policy.cases[: index + 1])
        before = replace(self.policy, cases=self.policy.cases[:index])
        if all(_felt(alone, kind) == _felt(before, kind) for kind in own):
            return Wrong("changes nothing: all of it holds without it", "Remove the case, or write what is to be otherwise.")
        return Wrong("changes nothing: later cases say otherwise", "Move it below them, or remove it.")

    def _powerless(self, case: Case, own: list[Kind]) -> Iterator[tuple[Place, Wrong]]:
        """What a case says that no ticket can feel."""
        if "within" in case.changes.get("promises", {}):
            remedy = "Write it into [promises], outside of the cases."
            yield ("promises", "within"), Wrong("is one span for the whole desk", remedy)
        due = case.changes.get("silence", {}).get("due", {})
        strange = set(due) - case.priorities if case.priorities and len(due) < len(Priority) else set()
        for priority in sorted(strange):
            remedy = f"Remove it, or name {priority} as a priority of the case."
            yield ("silence", "due", priority), Wrong(f"can do nothing: no ticket of this case is a {priority}", remedy)
        tables = [name for name in TABLES if name in case.changes]
        idle = {name: wrong for name in tables if own and (wrong := self._asleep(name, case.changes[name], own)) is not None}
        half = {name for name in CHASED if not idle.keys() >= {*CHASED} & {*tables}}
        yield from (((name,), wrong) for name, wrong in idle.items() if name not in half)

    def _asleep(self, name: str, table: Mapping[str, Any], own: list[Kind]) -> Wrong | None:
        """Why a rule is of no concern to all tickets of a case that changes it, and does not mean it so."""
        rules = {kind: getattr(self.policy.rules_of(kind), name) for kind in own}
        if table.get("on") is not False and not any(rule.on for rule in rules.values()):
            return Wrong("can do nothing: this rule is switched off for these tickets", "Write on = true, or remove it.")
        if "never" not in table and all(kind.priority in getattr(rule, "never", ()) for kind, rule in rules.items()):
            whose = listed(sorted({kind.priority for kind in own}))
            return Wrong(f"can do nothing: this rule is not for {whose} (never)", "Write another never as well, or remove it.")
        return None

    def _disordered(self, kinds: tuple[tuple[Kind, tuple[int, ...]], ...]) -> Iterator[tuple[Place, Wrong]]:
        """Steps out of order once all cases are applied, in the last case that has touched them."""
        for kind, fitting in kinds:
            for name, wrong in disorders(self.policy.rules_of(kind)):
                touching = [index for index in fitting if name in self.policy.cases[index].changes]
                if touching:
                    told = Wrong(f"{wrong.problem} for {named(kind)}, with all that is said of it elsewhere", wrong.remedy)
                    yield ("cases", touching[-1], name, wrong.key), told


def _felt(policy: Policy, kind: Kind) -> Rules:
    """The rules of a kind as its tickets feel them: not what is due for other priorities."""
    rules = policy.rules_of(kind)
    return replace(rules, silence=replace(rules.silence, due={kind.priority: rules.silence.due[kind.priority]}))


def named(kind: Kind) -> str:
    """A kind of ticket, for the reader of a finding."""
    return " ".join(filter(None, (kind.priority, kind.category, "internal" if kind.internal else "external")))
