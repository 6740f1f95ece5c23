"""Weekly hours as people write them: `mon-fri 09:00-12:00 13:00-18:00`, `sat,sun 10:00-16:00`, `周一至周五 09:00-18:00`.

One line (or one part between semicolons) names days and then spans of hours; `24:00` is the midnight that ends the day. Days
that are named twice get the hours of both.
"""

import re
from datetime import time
from itertools import pairwise
from typing import Any

from maildesk.config.findings import Wrong
from maildesk.config.values import listed_as, text
from maildesk.core.calendar import Hours

Week = tuple[tuple[Hours, ...], ...]

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CHINESE = re.compile("(?:周|星期|礼拜)([一二三四五六日天])")
_CHINESE_DAYS = "一二三四五六日"
_EVERY_DAY = ("daily", "每天", "每日")
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_HOW = 'Write it like "mon-fri 09:00-12:00 13:00-18:00".'


def week(value: Any) -> Week:
    """Seven days, Monday first, from one text or a list of texts."""
    lines = listed_as(text)(value) if isinstance(value, list) else (text(value),)
    parts = [part.strip() for line in lines for part in re.split("[;；]", line) if part.strip()]
    if not parts:
        raise Wrong("names no hours", _HOW)
    found: list[list[Hours]] = [[] for _ in _DAYS]
    for part in parts:
        spans = _spans(part)
        for day in _days(_SPAN.split(part, maxsplit=1)[0]):
            found[day] += spans
    return tuple(_in_order(hours) for hours in found)


def day_hours(value: Any) -> tuple[Hours, ...]:
    """The hours of one day: `09:00-12:00 13:00-18:00`."""
    return _in_order(_spans(text(value)))


def _spans(part: str) -> list[Hours]:
    spans = [_hours(part, *map(int, span.groups())) for span in _SPAN.finditer(part)]
    between = _SPAN.sub("|", part).split("|")[1:]
    if not spans or any(rest.strip(" ,，") for rest in between):
        raise Wrong(f"{part!r} are not hours", _HOW)
    return spans


def _hours(part: str, hour: int, minute: int, last_hour: int, last_minute: int) -> Hours:
    begin, end = hour * 60 + minute, last_hour * 60 + last_minute
    if minute > 59 or last_minute > 59 or begin >= 1440 or end > 1440:
        raise Wrong(f"{part!r} has a time that no day has", "Write times from 00:00 to 24:00.")
    if end <= begin:
        remedy = 'Write a night as two spans: "mon-thu 22:00-24:00" and "tue-fri 00:00-06:00".'
        raise Wrong(f"{part!r} ends before it begins", remedy)
    return Hours(time(hour, minute), time(last_hour % 24, last_minute))


def _in_order(hours: list[Hours]) -> tuple[Hours, ...]:
    ordered = tuple(sorted(set(hours), key=lambda one: one.start))
    for earlier, later in pairwise(ordered):
        if earlier.span[1] > later.span[0]:
            raise Wrong(
                f"the hours from {earlier.start:%H:%M} and from {later.start:%H:%M} overlap",
                "Let each end before the next begins.",
            )
    return ordered


def _days(written: str) -> list[int]:
    plain = _CHINESE.sub(lambda match: _DAYS[_CHINESE_DAYS.index(match[1].replace("天", "日"))], written)
    plain = plain.strip().casefold().replace("至", "-").replace("到", "-")
    if plain in _EVERY_DAY:
        return list(range(7))
    return [day for part in re.split(r"[,，、\s]+", plain) for day in _range(part, written.strip())]


def _range(part: str, written: str) -> list[int]:
    first, dash, last = part.partition("-")
    ends = [_DAYS.index(end[:3]) if end[:3] in _DAYS else -1 for end in ((first, last) if dash else (first,))]
    if -1 in ends:
        raise Wrong(f"{written!r} names no days", _HOW)
    return [(ends[0] + n) % 7 for n in range((ends[-1] - ends[0]) % 7 + 1)]
