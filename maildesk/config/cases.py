"""The cases of the policy file: other rules for some tickets, from their tables to core's Case.

A case must be able to do something. Those that fit no ticket, or after which every ticket has the rules that it had before, are
faults: somebody has written them in the belief that they help.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import PlainValidator

from maildesk.config import values
from maildesk.config.rule_tables import Priorities, RuleTables, Span, Text, one_of
from maildesk.core.calendar import Calendar
from maildesk.core.policy import Case

REQUESTERS = ("internal", "external")


def _requester(value: Any) -> str:
    return one_of(value, REQUESTERS, "a kind of requester")


class CaseTable(RuleTables):
    """One [[cases]]: which tickets it is about, and what is otherwise for them."""

    priority: Priorities = frozenset()
    category: Annotated[tuple[str, ...], PlainValidator(values.words)] = ()
    requester: Annotated[str, PlainValidator(_requester)] = ""
    calendar: Text = ""
    target: Span = values.span("0s")

    def built(self, calendars: Mapping[str, Calendar]) -> Case:
        given = self.given()
        changes: dict[str, Any] = dict(self.tables(calendars))
        if self.calendar in calendars:
            changes["calendar"] = calendars[self.calendar]
        if "target" in given:
            changes["target"] = self.target
        internal = self.requester == "internal" if self.requester else None
        return Case(priorities=self.priority, categories=self.category, internal=internal, changes=changes)
