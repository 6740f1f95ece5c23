"""The road beside the mail, for alarms that no letter can carry: the store cannot keep one, or the relay takes none.

Such an alarm becomes a line of JSON in `alarms.log` of the state folder, and whoever is on call is rung, once an hour for the
same thing. `maildesk check` finds what was written here in the last day. Either may fail as well (the disk is full, nobody is
on call); the log has all of it in any case.
"""

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from maildesk import hook
from maildesk.config import Settings
from maildesk.core.call import Call
from maildesk.core.ticket import Number, Priority
from maildesk.log import warn

FILE = "alarms.log"
FRESH = timedelta(days=1)
MOST = 2000
"""Characters of what happened."""


class Unmailed(NamedTuple):
    """An alarm that no letter could carry."""

    at: datetime
    what: str
    detail: str
    remedy: str


class Beside:
    """Remembers what was told in which hour; so does the file, for a desk that cannot even begin and is started again."""

    def __init__(self) -> None:
        self._told: dict[str, str] = {}

    def tell(self, settings: Settings, what: str, detail: str, remedy: str, now: datetime) -> None:
        """Once an hour for the same thing; never raises. Not to be called in an event loop."""
        hour = _hour(now)
        if self._told.get(what) == hour or (what, hour) in {(one.what, _hour(one.at)) for one in unmailed(settings.state, now)}:
            return
        self._told[what] = hour
        alarm = Unmailed(now, what, detail[:MOST], remedy)
        rung = _rung(settings, alarm)
        warn("alarm beside the mail", what=what, detail=detail, written=_written(settings.state, alarm), rung=rung)


def _hour(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H}"


def _written(state: Path, alarm: Unmailed) -> bool:
    line = json.dumps({**alarm._asdict(), "at": alarm.at.astimezone(UTC).isoformat(timespec="seconds")}) + "\n"
    try:
        with open(os.open(state / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600), "a") as file:
            file.write(line)
    except OSError:
        return False
    return True


def _rung(settings: Settings, alarm: Unmailed) -> str:
    """What whoever is on call, or his hook, answered."""
    if settings.on_call is None:
        return "nobody is on call"
    call = Call(
        alarm=alarm.what,
        number=Number("DESK"),
        priority=Priority.P1,
        subject=f"{settings.name}: 服务台自身故障，无法发信 · the desk itself is in trouble and cannot write: {alarm.what}",
        requester="",
        phone="",
        due=alarm.at,
    )
    try:
        return asyncio.run(hook.ring(settings.on_call, call)).said
    except Exception as trouble:  # an alarm that cannot be told must not stop what goes on
        return repr(trouble)


def unmailed(state: Path, now: datetime) -> Iterator[Unmailed]:
    """What was told here in the last day, the oldest first."""
    for line in _lines(state / FILE):
        with suppress(ValueError, TypeError):  # a line that a full disk has cut
            found = json.loads(line)
            alarm = Unmailed(**found | {"at": datetime.fromisoformat(found["at"])})
            if alarm.at > now - FRESH:
                yield alarm


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").splitlines()
    except OSError:
        return []
