"""What a server may do instead of what it should, as a script.

An Oddity belongs to the beginning of a command, and is met instead of the usual answer, so many times. Its steps are bytes to
send (`{tag}` stands for the command's tag), seconds to wait, things to do to the server (they may decide on the step to take),
what a good server would do and say here (USUAL), the same `Changed` on its way, the end of the connection (DROP), and silence
for ever (SILENCE).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass

USUAL, DROP, SILENCE = "usual", "drop", "silence"
Step = "bytes | float | str | Changed | Callable[[OddImap], Step | None]"


@dataclass(slots=True, kw_only=True)
class Oddity:
    """`at` is how the command begins ("" for the greeting); `after` so many were answered well; None for `times` is for ever."""

    at: str
    steps: tuple[Step, ...]
    times: int | None = 1
    after: int = 0
    met: int = 0

    def again(self) -> "Oddity":
        """The same for another server: this one counts down."""
        return Oddity(at=self.at, steps=self.steps, times=self.times, after=self.after)


@dataclass(frozen=True, slots=True)
class Changed:
    """The usual answer, but with the bytes that the pattern finds replaced."""

    pattern: bytes
    by: bytes | Callable[[re.Match[bytes]], bytes]
    most: int = 0

    def __call__(self, answer: bytes) -> bytes:
        return re.sub(self.pattern, self.by, answer, count=self.most, flags=re.DOTALL)


def once(at: str, *steps: Step) -> Oddity:
    return Oddity(at=at, steps=steps)


def times(count: int, at: str, *steps: Step) -> Oddity:
    return Oddity(at=at, steps=steps, times=count)


def always(at: str, *steps: Step) -> Oddity:
    return Oddity(at=at, steps=steps, times=None)


def after(count: int, at: str, *steps: Step) -> Oddity:
    """Once, when it has gone well so many times."""
    return Oddity(at=at, steps=steps, after=count)
