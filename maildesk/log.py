"""One line per mail in, letter out and alarm: number, rule and message id, never a body and never a secret.

What a line says may come from a stranger: it is cut where it is long, and nothing in it is obeyed by a terminal or taken for the
end of the line. A trouble that stays is not told again and again: of equal warnings one is written in ten minutes, and the next
one says how many were not.
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from typing import Any

_log = logging.getLogger("maildesk")

LONGEST = 500
"""Characters of a fact that are written; what is longer is more of a mail than a log may hold."""

EVERY = 600.0
"""Seconds in which equal warnings are written once."""

REMEMBERED = 1000
"""Different warnings that are remembered at the same time."""

COUNTED = frozenset({"failures", "attempt"})
"""Facts that grow with each try: warnings that differ in nothing else are equal."""

_DIRECTIONS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_UNSAFE = {
    code: f"\\u{code:04x}" for code in (*range(32), *range(127, 160), 0x2028, 0x2029, *_DIRECTIONS, *range(0xD800, 0xE000))
}


def say(event: str, **facts: Any) -> None:
    """Something happened as it should."""
    _log.info(event, extra={"facts": facts})


def warn(event: str, **facts: Any) -> None:
    """Something went wrong and was dealt with; `exc_info=True` adds the traceback."""
    exc_info = facts.pop("exc_info", False)
    _log.warning(event, extra={"facts": facts}, exc_info=exc_info)


class Repeats(logging.Filter):
    """Lets one of equal warnings pass in EVERY seconds of `clock`; the next that passes has the fact `repeated`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._passed: dict[tuple[object, ...], float] = {}
        self._held: dict[tuple[object, ...], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        facts = getattr(record, "facts", {})
        equal = (record.getMessage(), *((name, str(value)) for name, value in facts.items() if name not in COUNTED))
        now = self._clock()
        if now - self._passed.get(equal, -EVERY) < EVERY:
            self._held[equal] = self._held.get(equal, 0) + 1
            return False
        self._remember(equal, now)
        if held := self._held.pop(equal, 0):
            record.facts = {**facts, "repeated": held}
        return True

    def _remember(self, equal: tuple[object, ...], now: float) -> None:
        """The latest last; the oldest are forgotten."""
        self._passed.pop(equal, None)
        self._passed[equal] = now
        if len(self._passed) > REMEMBERED:
            oldest = next(iter(self._passed))
            del self._passed[oldest]
            self._held.pop(oldest, None)


def _brief(fact: Any) -> Any:
    """A fact as it may be written: numbers and the like as they are, anything else as text of bounded length."""
    if fact is None or isinstance(fact, int | float):
        return fact
    text = str(fact)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    return {name: _brief(fact) for name, fact in getattr(record, "facts", {}).items()}


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> list[str]:
    """The lines of the traceback, if there is one."""
    return [_brief(line) for line in formatter.formatException(record.exc_info).split("\n")] if record.exc_info else []


class JsonLines(logging.Formatter):
    """For machines: one JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "event": _brief(record.getMessage()),
            **_facts(record),
        }
        if trace := _trace(self, record):
            line["trace"] = "\n".join(trace)
        return json.dumps(line, ensure_ascii=False, default=str).translate(_UNSAFE)


class PlainLines(logging.Formatter):
    """For a person at a terminal: the same facts as `key=value`, control characters escaped."""

    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{key}={value}" for key, value in _facts(record).items() if value not in (None, ""))
        clock = time.strftime("%H:%M:%S", time.localtime(record.created))
        lines = [f"{clock} {_brief(record.getMessage())} {facts}".rstrip()]
        return "\n".join(line.translate(_UNSAFE) for line in (*lines, *_trace(self, record)))


def start(*, level: int = logging.INFO) -> None:
    """Log to standard error: JSON for journald and files, plain lines for a terminal. Warnings of libraries come the same way."""
    out = logging.StreamHandler(sys.stderr)
    out.setFormatter(PlainLines() if sys.stderr.isatty() else JsonLines())
    out.addFilter(Repeats())
    for logger, least in ((_log, level), (logging.getLogger(), logging.WARNING)):
        logger.handlers[:] = [out]
        logger.setLevel(least)
    _log.propagate = False
