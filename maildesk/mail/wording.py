"""The words of one language: names of statuses, rules, fields; days, spans and sizes as people say them.

They stand in templates/<language>/words.toml, so that a language is added by translating a folder.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

Group = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language. `groups` are its tables by name, `buttons` the words of each button."""

    language: str
    groups: Mapping[str, Group] = field(default_factory=dict)
    buttons: Mapping[str, Group] = field(default_factory=dict)
    weekdays: tuple[str, ...] = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months: tuple[str, ...] = tuple(str(month) for month in range(1, 13))

    @classmethod
    def of(cls, language: str, table: Mapping[str, Any]) -> "Words":
        """From the words.toml of a language, read. KeyError, TypeError, ValueError or IndexError when it lacks something."""
        groups = {name: dict(group) for name, group in table.items() if name not in {"button", "calendar"}}
        calendar = table["calendar"]
        words = cls(
            language=language,
            groups=groups,
            buttons={name: dict(button) for name, button in table["button"].items()},
            weekdays=tuple(calendar["weekdays"]),
            months=tuple(calendar["months"]),
        )
        words._try_all()
        return words

    def _try_all(self) -> None:
        """Use everything once, so that no letter can fail for want of a word."""
        if not (self.phrase("colon") and self.phrase("delimiter").startswith("##- ")):
            raise ValueError("phrase.delimiter must begin with ##- ")
        for month in range(1, 13):
            self.moment(datetime(2024, month, month, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC), UTC)
        self.day(datetime(2023, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC), UTC)
        for minutes in (0, 1, 61, 122, 2880):
            self.left(datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes), datetime(2024, 1, 1, tzinfo=UTC))
        parts = {"past": "span", "zoned": "zone", "reply_public": "requester", "reply_internal": "requester", "blank": "field"}
        for name, part in parts.items():
            self.phrase(name, **{part: ""})
        for name, button in self.buttons.items():
            _ = button["label"], button["hint"] if name == "call" else button["apart"]

    def name(self, group: str, key: object) -> str:
        """The friendly name of a key; the key itself where the operator invented one of his own."""
        return self.groups.get(group, {}).get(str(key), str(key))

    def phrase(self, name: str, **parts: object) -> str:
        """One of the language's small phrases, filled in."""
        return self.groups["phrase"][name].format(**parts)

    # -- time --------------------------------------------------------------------------------------------------------

    def moment(self, at: datetime, now: datetime, zone: tzinfo) -> str:
        """A moment in full; its year only when it is not this one."""
        return self._dated("moment", at, now, zone)

    def by(self, at: datetime, now: datetime, zone: tzinfo) -> str:
        """A moment by which something is due: a midnight is the end of the day before it, `Sat 28 Feb, 24:00`."""
        return self._dated("moment", at, now, zone, ends=True)

    def day(self, at: datetime, now: datetime, zone: tzinfo) -> str:
        return self._dated("day", at, now, zone)

    def clock(self, at: datetime, now: datetime, zone: tzinfo) -> str:
        """The time of day alone when the moment is today, else in full; one that is still to come may end the day."""
        day, clock = _on_the_wall(at, zone, ends=at > now)
        if day.date() == now.astimezone(zone).date():
            return clock
        return self._dated("moment", at, now, zone, ends=at > now)

    def clock_of(self, moments: Iterable[datetime], zone: tzinfo) -> str:
        """By what clock some moments are told: its distance from UTC, or the name of the zone where that changes between them."""
        distances = {utc(at, zone) for at in moments}
        return distances.pop() if len(distances) == 1 else self.phrase("zoned", zone=zone)

    def _dated(self, pattern: str, at: datetime, now: datetime, zone: tzinfo, *, ends: bool = False) -> str:
        local, clock = _on_the_wall(at, zone, ends=ends)
        if local.year != now.astimezone(zone).year:
            pattern += "_year"
        weekday, month = self.weekdays[local.weekday()], self.months[local.month - 1]
        return self.phrase(pattern, year=local.year, month=month, day=local.day, weekday=weekday, clock=clock)

    def span(self, span: timedelta) -> str:
        """A length of time in its two largest units, never less than a minute."""
        minutes = max(1, round(abs(span).total_seconds() / 60))
        if minutes >= 2880:
            return self._counted("day", round(minutes / 1440))
        return self._hours(minutes)

    def worked(self, seconds: float) -> str:
        """The time of a clock in full minutes. Never in days: those of a clock are shorter than those of people."""
        return self._hours(int(seconds) // 60)

    def _hours(self, minutes: int) -> str:
        hours, rest = divmod(minutes, 60)
        parts = [self._counted("hour", hours)] * (hours > 0) + [self._counted("minute", rest)] * (rest > 0 or not hours)
        return " ".join(parts)

    def left(self, at: datetime, now: datetime) -> str:
        """How far away a moment is, or how long ago it was; in its own minute it is now."""
        which = "ahead" if at > now else "past" if now - at >= timedelta(minutes=1) else "now"
        return self.phrase(which, span=self.span(at - now))

    def _counted(self, unit: str, count: int) -> str:
        return self.phrase(unit if count == 1 else f"{unit}s", n=count)


def _on_the_wall(at: datetime, zone: tzinfo, *, ends: bool) -> tuple[datetime, str]:
    """The day and the time of day in a zone; where it `ends` something, a midnight is the 24:00 of the day before."""
    local = at.astimezone(zone)
    return (local - timedelta(days=1), "24:00") if ends and local.time() == time() else (local, f"{local:%H:%M}")


def size(octets: int) -> str:
    """The size of a file: 320 B, 12 KB, 3.4 MB."""
    if octets < 1000:
        return f"{octets} B"
    return f"{octets / 1000:.0f} KB" if octets < 1_000_000 else f"{octets / 1_000_000:.1f} MB"


def utc(at: datetime, zone: tzinfo) -> str:
    """How far a zone is from UTC at a moment: UTC, UTC+8, UTC-3:30."""
    minutes = int((at.astimezone(zone).utcoffset() or timedelta()).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}{f':{rest:02d}' if rest else ''}" if minutes else "UTC"
