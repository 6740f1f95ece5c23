"""What peace needs to remember: when somebody was last written to, how fast requesters are written to, when the desk was down."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import bindparam

from maildesk.core.peace import Outage
from maildesk.core.people import StaffId
from maildesk.store.part import Part
from maildesk.store.prepared import Prepared
from maildesk.store.schema import pace, pulse, windows
from maildesk.store.statements import insert_once, put

MINUTE = timedelta(minutes=1)
ONLY = 1

WINDOW = Prepared(sa.select(windows.c.opened_at).where(windows.c.person == bindparam("whose")))
OPEN = put(windows, "person")
LIFE = sa.select(pulse.c.alive_at, pulse.c.down_since, pulse.c.down_until).where(pulse.c.id == ONLY)
LIVE = sa.update(pulse).where(pulse.c.id == ONLY)
BORN = insert_once(pulse, "id")
PACE = Prepared(sa.select(pace.c.sent, pace.c.last_at).where(pace.c.id == ONLY).with_for_update())
RESTS_UNTIL = Prepared(sa.select(pace.c.rests_until).where(pace.c.id == ONLY))
STEP = put(pace, "id")


class Peace(Part):
    # Windows

    def window(self, person: StaffId) -> datetime | None:
        """When the clock last wrote to somebody of the desk."""
        opened_at: datetime | None = self._scalar(WINDOW, whose=person)
        return opened_at

    def open_window(self, person: StaffId, now: datetime) -> None:
        self._run(OPEN, person=person, opened_at=now)

    # Outages

    def alive(self, now: datetime, silence: timedelta) -> Outage | None:
        """Give a sign of life; the last outage, if there ever was one: the sign before it was older than `silence`."""
        life = self._one(LIFE)
        if life is None:
            self._run(BORN, id=ONLY, alive_at=now)
            return None
        since, until = life.down_since, life.down_until
        if now - life.alive_at > silence:
            since, until = life.alive_at, now
        self._run(LIVE.values(alive_at=max(now, life.alive_at), down_since=since, down_until=until))
        return None if since is None else Outage(since=since, until=until)

    # The pace of the clock's letters to requesters: so many in a row, then a minute's rest

    def _still_free(self, now: datetime, most: int) -> int:
        """How many may be sent now."""
        return max(0, most - self._in_a_row(now))

    def _step(self, count: int, now: datetime, most: int) -> None:
        """So many are being sent."""
        sent = self._in_a_row(now) + count
        self._run(STEP, id=ONLY, sent=sent, last_at=now, rests_until=now + MINUTE if sent >= most else now)

    def _in_a_row(self, now: datetime) -> int:
        """How many were sent without a minute's rest between them."""
        sent, last_at = self._one(PACE) or (0, now)
        return 0 if now - last_at >= MINUTE else int(sent)

    def _rests_until(self) -> datetime | None:
        rests_until: datetime | None = self._scalar(RESTS_UNTIL)
        return rests_until
