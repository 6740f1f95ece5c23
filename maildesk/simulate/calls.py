"""The hook of a rehearsal: nobody is rung, whoever is on call is reached at once, and every call is kept."""

from dataclasses import dataclass
from datetime import datetime

from maildesk.core.call import Call
from maildesk.desk import Desk
from maildesk.desk.calling import claim, write_down
from maildesk.hook import Answer

REACHED = Answer(True, "rehearsal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One call that would have been made."""

    at: datetime
    call: Call


class Calls:
    """Every call in the order of ringing; claim, attempt and end are one commit."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.made: list[Made] = []

    def round(self, now: datetime) -> int:
        """Make all calls whose time has come; how many were looked at."""
        looked_at = 0
        while self._desk.config.settings.on_call is not None and (some := self._some(now)):
            looked_at += some
        return looked_at

    def _some(self, now: datetime) -> int:
        """As many as are rung at the same time."""
        with self._desk.store.write() as tx:
            looked_at, rows = claim(self._desk, tx, now)
            for row in rows:
                write_down(self._desk, tx, row, REACHED, now)
                self.made.append(Made(at=now, call=row.call))
        return looked_at
