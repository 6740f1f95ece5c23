"""Figures for digests and reports."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from maildesk.core.people import StaffId
from maildesk.store.part import Part
from maildesk.store.schema import CLOSED, IGNORED, OPEN_TICKET, inbox, tickets
from maildesk.store.values import Figures


class Counts(Part):
    def figures(self, since: datetime, until: datetime) -> Figures:
        """What happened from `since` to just before `until`."""

        def within(at: sa.Column[datetime], *more: sa.ColumnElement[bool]) -> int:
            return int(self._scalar(sa.select(sa.func.count()).where(*more, at >= since, at < until)))

        return Figures(
            opened=within(tickets.c.opened_at),
            closed=within(tickets.c.closed_at, CLOSED),
            ignored=within(inbox.c.kept_at, IGNORED),
        )

    def open_tickets(self) -> Mapping[StaffId | None, int]:
        """How many open tickets each engineer has; under None those that nobody has."""
        counted = sa.select(tickets.c.engineer, sa.func.count()).where(OPEN_TICKET).group_by(tickets.c.engineer)
        return dict(self._run(counted).tuples().all())
