"""Digests and reports: what the desk tells people of its own accord, once per period."""

from datetime import datetime

from maildesk.desk import Desk
from maildesk.reports.debts import write_debts
from maildesk.reports.digest import write_digests
from maildesk.reports.held import write_held

__all__ = ["write_reports"]


def write_reports(desk: Desk, now: datetime, since: datetime | None = None) -> int:
    """Promise everything of this kind that is due; how many letters. No digest is of a time before `since`."""
    return write_digests(desk, now, since) + write_held(desk, now) + write_debts(desk, now)
