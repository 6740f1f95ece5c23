"""Figures for digests and reports."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import sqlalchemy as sa

from maildesk.core.ticket import Ticket
from maildesk.store.part import Part
from maildesk.store.schema import CLOSED, IGNORED, OPEN_TICKET, TICKET, inbox, tickets
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

    def each_open(self, page: int = 500) -> Iterator[Ticket]:
        """Every open ticket, the oldest first, a page at a time: however many there are, few are in memory."""
        opened, id = tickets.c.opened_at, tickets.c.id
        following = sa.select(*(tickets.c[name] for name in TICKET.names)).where(OPEN_TICKET).order_by(opened, id).limit(page)
        found = self._run(following).all()
        while found:
            yield from map(TICKET.value, found)
            last = found[-1]
            beyond = sa.or_(opened > last.opened_at, id > last.id)
            found = self._run(following.where(opened >= last.opened_at, beyond)).all()
