"""Patterns that are compiled when they are first used: who reads no time need not wait for all the words of times."""

import re
from collections.abc import Iterator
from functools import cached_property


class Pattern:
    """What `re.compile` makes of a text, once it is needed. Words are in any case, digits are those of ASCII."""

    def __init__(self, text: str, flags: re.RegexFlag = re.IGNORECASE | re.ASCII) -> None:
        self.text = text
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.text, self._flags)

    def match(self, text: str) -> re.Match[str] | None:
        return self._compiled.match(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        return self._compiled.fullmatch(text)

    def search(self, text: str) -> re.Match[str] | None:
        return self._compiled.search(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self._compiled.finditer(text)

    def split(self, text: str) -> list[str]:
        """The parts between; what a group holds is none of them."""
        return list(self._compiled.split(text))

    def sub(self, by: str, text: str, count: int = 0) -> str:
        return self._compiled.sub(by, text, count=count)
