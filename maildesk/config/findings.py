"""What is wrong with a configuration: findings that name the file, the line, the key, the fault and its remedy.

Every reader of a file collects its findings into a `Report` and goes on, so that one start shows all of them at once.
A finding never contains the value of a secret: problems are built from key names and from values that are public by nature.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault: where it stands, what it is (without a full stop), and what to do about it, as a sentence.

    `line` counts from 1; None when the fault is of the whole file.
    """

    file: Path
    key: str
    problem: str
    remedy: str
    line: int | None = None

    def __str__(self) -> str:
        where = str(self.file) if self.line is None else f"{self.file}:{self.line}"
        what = f"{self.key}: {self.problem}" if self.key else self.problem
        return f"{where}: {what}. {self.remedy}"


class Wrong(ValueError):
    """A value that cannot be read: the problem without a full stop, and what would be right as a sentence.

    `key` names the faulty one among the keys of a table.
    """

    def __init__(self, problem: str, remedy: str, key: str = "") -> None:
        self.problem, self.remedy, self.key = problem, remedy, key
        super().__init__(problem)


@dataclass(slots=True)
class Report:
    """The findings so far."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, file: Path, key: str, problem: str, remedy: str, line: int | None = None) -> None:
        self.findings.append(Finding(file=file, key=key, problem=problem, remedy=remedy, line=line))

    def unreadable(self, file: Path, error: OSError) -> None:
        """A file that is not there, or is none, or is closed to us."""
        missing = isinstance(error, FileNotFoundError)
        remedy = "Create it, for example with: maildesk init." if missing else "Name a file that the desk's user may read."
        self.add(file, "", f"cannot be read ({error.strerror})", remedy)

    def in_order(self) -> list[Finding]:
        """By file and line."""
        return sorted(self.findings, key=lambda finding: (str(finding.file), finding.line or 0))


def nearest(word: str, known: Iterable[str], otherwise: str, also: Mapping[str, str] = MappingProxyType({})) -> str:
    """A remedy for a word that is not known: the known one it resembles, else the sentence `otherwise`.

    `also` are other words that people have for known ones, in small letters.
    """
    choices = {choice.casefold(): choice for choice in known} | dict(also)
    close = get_close_matches(word.casefold(), choices, n=1, cutoff=0.6)
    return f"Did you mean {choices[close[0]]}?" if close else otherwise


def listed(words: Iterable[str]) -> str:
    """Words for the end of a sentence: `a, b or c`."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} or {last}" if most else last
