"""Figures for digests and reports."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from maildesk.core.people import StaffId
from maildesk.core.ticket import Ticket
from maildesk.store.loads import NOBODY
from maildesk.store.part import Part
from maildesk.store.schema import BY_DUE, CLOSED, IGNORED, OPEN_TICKET, TICKET, WATCHED, inbox, tickets
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

    def ignored(self, since: datetime, until: datetime) -> Mapping[str, int]:
        """How many mails of each verdict were ignored from `since` to just before `until`."""
        within = (IGNORED, inbox.c.kept_at >= since, inbox.c.kept_at < until)
        counted = sa.select(inbox.c.verdict, sa.func.count()).where(*within).group_by(inbox.c.verdict)
        return dict(self._run(counted).all())

    def due_before(self, engineer: StaffId, until: datetime) -> int:
        """In how many of his open tickets a duty is broken before then; NOBODY has those that nobody has. Read from an index."""
        his = tickets.c.engineer.is_(None) if engineer == NOBODY else tickets.c.engineer == engineer
        return int(self._scalar(sa.select(sa.func.count()).where(OPEN_TICKET, his, tickets.c.due_at < until)))

    def first_due(self, engineer: StaffId | None, limit: int) -> tuple[Ticket, ...]:
        """His open tickets, or everybody's, by when their first duty is broken; those without any at the end, by age."""
        his = (OPEN_TICKET,) if engineer is None else (OPEN_TICKET, tickets.c.engineer == engineer)
        found = self._by_due(limit, *his, tickets.c.due_at.is_not(None))
        return found + self._by_due(limit - len(found), *his, tickets.c.due_at.is_(None))

    def watched(self, now: datetime, limit: int) -> tuple[Ticket, ...]:
        """Open tickets with a broken duty, the longest broken first; then those that are nobody's or urgent, by their due."""
        found = self._by_due(limit, OPEN_TICKET, tickets.c.due_at < now)
        for when in (tickets.c.due_at >= now, tickets.c.due_at.is_(None)):
            found += self._by_due(limit - len(found), WATCHED, when)
        return found

    def _by_due(self, limit: int, *which: sa.ColumnElement[bool]) -> tuple[Ticket, ...]:
        """Through an index of the same order, which is never walked further than asked."""
        wanted = sa.select(*(tickets.c[name] for name in TICKET.names)).where(*which).limit(limit)
        ordered = wanted.order_by(*BY_DUE)
        return tuple(map(TICKET.value, self._run(ordered))) if limit > 0 else ()
