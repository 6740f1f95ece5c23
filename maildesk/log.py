"""One line per mail in, letter out and alarm: number, rule and message id, never a body and never a secret."""

import json
import logging
import sys
import time
from typing import Any

_log = logging.getLogger("maildesk")

_UNSAFE = {code: f"\\u{code:04x}" for code in (*range(32), *range(127, 160), 0x2028, 0x2029)}


def say(event: str, **facts: Any) -> None:
    """Something happened as it should."""
    _log.info(event, extra={"facts": facts})


def warn(event: str, **facts: Any) -> None:
    """Something went wrong and was dealt with; `exc_info=True` adds the traceback."""
    exc_info = facts.pop("exc_info", False)
    _log.warning(event, extra={"facts": facts}, exc_info=exc_info)


class JsonLines(logging.Formatter):
    """For machines: one JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str).translate(_UNSAFE)


class PlainLines(logging.Formatter):
    """For a person at a terminal: the same facts as `key=value`, control characters escaped."""

    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{key}={value}" for key, value in getattr(record, "facts", {}).items() if value not in (None, ""))
        clock = time.strftime("%H:%M:%S", time.localtime(record.created))
        line = f"{clock} {record.getMessage()} {facts}".rstrip().translate(_UNSAFE)
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def start(*, level: int = logging.INFO) -> None:
    """Log to standard error: JSON for journald and files, plain lines for a terminal."""
    out = logging.StreamHandler(sys.stderr)
    out.setFormatter(PlainLines() if sys.stderr.isatty() else JsonLines())
    _log.handlers[:] = [out]
    _log.setLevel(level)
    _log.propagate = False
