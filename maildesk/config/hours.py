"""Weekly hours as people write them: `mon-fri 09:00-12:00 13:00-18:00`, `sat,sun 10:00-16:00`, `周一至周五 09:00-18:00`.

The core reads one plain form of them (see core.shift.week). Here the freer forms are brought into it: Chinese and long names
of days, full-width marks, spans of hours separated by blanks, a list of texts instead of semicolons.
"""

import re
from itertools import pairwise
from typing import Any

from maildesk.config.findings import Wrong
from maildesk.config.values import listed_as, text
from maildesk.core import shift
from maildesk.core.calendar import Hours
from maildesk.core.shift import DAYS, Week

_CHINESE = re.compile("(?:周|星期|礼拜)([一二三四五六日天])")
_EVERY_DAY = re.compile("^(daily|every day|每天|每日)", re.IGNORECASE)
_LONG = re.compile(rf"\b({'|'.join(DAYS)})[a-z]+", re.IGNORECASE)
_MARKS = str.maketrans("；，、：－–—~～至到", ";,,:-------")
_SPAN = re.compile(r"(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})")
_BETWEEN = re.compile(r"(?<=\d)[\s,]+(?=\d)")
_HOW = 'Write it like "mon-fri 09:00-12:00 13:00-18:00".'


def plain(value: Any) -> str:
    """Weekly hours in the core's form, from a text or a list of texts."""
    lines = listed_as(text)(value) if isinstance(value, list) else (text(value),)
    parts = [part for line in lines for part in line.translate(_MARKS).split(";")]
    return "; ".join(_plain(part) for part in parts if part.strip())


def week(value: Any) -> Week:
    """Seven days, Monday first; within each the hours in their order."""
    written = plain(value)
    try:
        days = shift.week(written)
    except ValueError as error:
        problem = str(error).partition(";")[0]
        raise Wrong(problem if "'" in problem else f"{written!r}: {problem}", _HOW) from None
    if not any(days):
        raise Wrong("names no hours", _HOW)
    return tuple(_in_order(hours) for hours in days)


def day_hours(value: Any) -> tuple[Hours, ...]:
    """The hours of one day: `09:00-12:00 13:00-18:00`."""
    monday, *others = week(f"mon {text(value)}")
    if any(others):
        raise Wrong(f"{value!r} is not within one day", 'Write it like "09:00-12:00 13:00-18:00"; 24:00 is midnight.')
    return monday


def _plain(part: str) -> str:
    days = _CHINESE.sub(lambda match: DAYS["一二三四五六日".index(match[1].replace("天", "日"))], part.strip())
    days = _LONG.sub(r"\1", _EVERY_DAY.sub("mon-sun", days))
    return _BETWEEN.sub(", ", _SPAN.sub(r"\1-\2", days)).strip(" ,").lower()


def _in_order(hours: tuple[Hours, ...]) -> tuple[Hours, ...]:
    ordered = tuple(sorted(set(hours), key=lambda one: one.start))
    for earlier, later in pairwise(ordered):
        if earlier.span[1] > later.span[0]:
            problem = f"the hours from {earlier.start:%H:%M} and from {later.start:%H:%M} overlap"
            raise Wrong(problem, "Let each end before the next begins.")
    return ordered
