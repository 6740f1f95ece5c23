"""The file of the keys that sign our reply addresses and Message-IDs: one key of 32 random bytes per line, in hexadecimal.

The first key signs, every key is believed. To rotate, put a new one on top; remove an old one when no letter that it signed
should be answered any more.
"""

import re
import secrets
import stat
from pathlib import Path

from maildesk.config.findings import Report
from maildesk.config.writing import write

_KEY = re.compile(r"[0-9a-fA-F]{64,}")
_HOW = "Create it with: maildesk init --new-key."


def read(path: Path, report: Report) -> tuple[bytes, ...]:
    """The keys, the signing one first; what is wrong with the file goes into the report."""
    try:
        mode = path.stat().st_mode
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError as error:
        report.add(path, "", f"the file of the signing keys cannot be read ({error.strerror})", _HOW)
        return ()
    except UnicodeDecodeError:
        report.add(path, "", "is not a file of signing keys", _HOW)
        return ()
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        report.add(path, "", "can be read by others than its owner", f"Run: chmod 600 {path}")
    return _keys(path, lines, report)


def _keys(path: Path, lines: list[str], report: Report) -> tuple[bytes, ...]:
    keys = []
    for number, line in enumerate(lines, 1):
        written = line.strip()
        if not written or written.startswith("#"):
            continue
        if not _KEY.fullmatch(written) or len(written) % 2:
            report.add(path, "", "this line is not a key", "A key is 64 hexadecimal digits; remove the line.", number)
        else:
            keys.append(bytes.fromhex(written))
    if not keys and not report.findings:
        report.add(path, "", "holds no key", _HOW)
    return tuple(keys)


def add(path: Path) -> None:
    """Put a new key on top of the file, which is created when there is none; only its owner can read it."""
    old = path.read_text(encoding="ascii") if path.exists() else ""
    write(path, f"{secrets.token_hex(32)}\n{old}", 0o600)
