"""The file of the keys that sign our reply addresses and Message-IDs: one key of 32 random bytes per line, in hexadecimal.

The first key signs, every key is believed. To rotate, put a new one on top; remove an old one when no letter that it signed
should be answered any more.
"""

import re
import secrets
import stat
from pathlib import Path

from maildesk.config.findings import Report, Wrong
from maildesk.config.writing import write

_KEY = re.compile(r"[0-9a-fA-F]{64,}")
_HOW = "Put back the one that is kept elsewhere; a desk that has none gets one with: maildesk init --new-key."
_NONE = "Move it away, and put back the one that is kept elsewhere, or make another with: maildesk init --new-key."
_CLOSED = "Call maildesk as the desk's user, or let the desk's user read it, and nobody else (chown, chmod 600)."


def read(path: Path, report: Report) -> tuple[bytes, ...]:
    """The keys, the signing one first; what is wrong with the file goes into the report."""
    try:
        mode = path.stat().st_mode
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError as error:
        remedy = _HOW if isinstance(error, FileNotFoundError) else _CLOSED
        report.add(path, "", f"the file of the signing keys cannot be read ({error.strerror})", remedy)
        return ()
    except UnicodeDecodeError:
        report.add(path, "", "is not a file of signing keys", _NONE)
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
    """Put a new key on top of the file, which is created when there is none; only its owner can read it. Raises Wrong."""
    try:
        old = path.read_text(encoding="ascii") if path.exists() else ""
        write(path, f"{secrets.token_hex(32)}\n{old}", 0o600)
    except OSError as error:
        raise Wrong(f"{path} cannot be changed ({error.strerror})", "Call maildesk as root or as the desk's user.") from None
    except UnicodeDecodeError:
        raise Wrong(f"{path} is not a file of signing keys", _NONE) from None
