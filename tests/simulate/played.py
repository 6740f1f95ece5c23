"""What the tests of the rehearsal share: a moment to begin with, and what is read from the folder it leaves."""

import json
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE = "2026-11-23T09:00:00+08:00"

Write = Callable[..., None]


def letters(out: Path) -> list[EmailMessage]:
    return [message_from_bytes(path.read_bytes(), _class=EmailMessage) for path in sorted((out / "letters").iterdir())]


def kinds(out: Path) -> list[str]:
    return [str(letter["X-Maildesk-Kind"]) for letter in letters(out)]


def timeline(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "timeline.jsonl").read_text("utf-8").splitlines()]


def outcomes(out: Path) -> dict[str, str]:
    """What became of each file, in the order of playing."""
    return {line["file"]: line["outcome"].partition(":")[0] for line in timeline(out) if line["what"] == "mail"}
