"""How a verb fails: what is wrong, what to do about it, and an exit code that a script can tell apart."""

import sys
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maildesk.config import Finding


class Code(IntEnum):
    """Exit codes; those above 64 are of sysexits.h, as mail servers understand them."""

    OK = 0
    FOUND = 1
    USAGE = 2
    TEMPORARY = 75
    CONFIG = 78


@dataclass(slots=True, eq=False)
class Failure(Exception):
    """A verb could not do its work. `problem` is a sentence without a full stop; a `remedy` may have several lines."""

    problem: str
    remedy: str
    code: Code = Code.FOUND


def failure_of(error: Exception) -> Failure | None:
    """What an expected error of the layers below means to somebody at the shell; None for a fault of the program."""
    from maildesk.config import ConfigError, Wrong
    from maildesk.reader import ReaderFailed
    from maildesk.store import StoreError

    match error:
        case Failure():
            return error
        case ConfigError():
            faults = "a fault" if len(error.findings) == 1 else f"{len(error.findings)} faults"
            return Failure(f"the configuration has {faults}", "\n".join(map(_finding, error.findings)), Code.CONFIG)
        case Wrong():
            return Failure(error.problem, error.remedy, Code.CONFIG)
        case StoreError():
            return Failure(error.what, error.remedy)
        case ReaderFailed():
            return Failure(str(error), error.remedy, Code.TEMPORARY)
        case _:
            return None


def _finding(finding: "Finding") -> str:
    """Where, what and what to do, on lines of their own."""
    where = str(finding.file) if finding.line is None else f"{finding.file}:{finding.line}"
    return f"{where}\n  {f'{finding.key} ' if finding.key else ''}{finding.problem}\n  → {finding.remedy}"


def tell(failure: Failure) -> None:
    """One style for all: the problem, then indented what to do."""
    lines = "\n".join(f"  {line}" for line in failure.remedy.splitlines())
    print(f"maildesk: {failure.problem}\n{lines}", file=sys.stderr)
