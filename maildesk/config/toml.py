"""A TOML file together with the line of each of its keys.

Python's reader tells what a file says, not where. `_Scanner` finds the places: it walks the lines, follows `[table]` and
`[[table]]` headers and skips strings and lists that run over several lines. It only ever sees text that Python's reader has
accepted, so it need not know the whole grammar: what it does not find is reported at the table that should hold it.
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maildesk.config.findings import Report

Place = tuple[str | int, ...]
"""The way to a value: keys of tables and, counted from 0, positions in lists."""

_HEADER = re.compile(r"(\[\[?)(.+?)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=\s*(.*)$""", re.ASCII)
_WORD = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""", re.ASCII)
_STRING = re.compile(r'''"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"""|\'\'\'|"(?:\\.|[^"\\])*"|'[^']*'|#[^\n]*''', re.DOTALL)
_TRIPLE = ('"""', "'''")
_AT = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class Toml:
    """One file as read: its values and where they stand."""

    path: Path
    values: dict[str, Any]
    lines: dict[Place, int] = field(repr=False)

    def line(self, place: Place) -> int | None:
        """The line of a key, or of the nearest table that would hold it."""
        for end in range(len(place), 0, -1):
            if place[:end] in self.lines:
                return self.lines[place[:end]]
        return None


def read(path: Path, report: Report) -> Toml | None:
    """The file, or None after reporting why it cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return Toml(path, tomllib.loads(text), _Scanner().scan(text))
    except OSError as error:
        report.unreadable(path, error)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        report.add(path, "", "is not UTF-8 text", "Save the file in the encoding UTF-8.", line)
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        problem = _AT.sub("", str(error)).strip()
        remedy = "The file must be TOML: key = value, texts in quotes, each key once."
        report.add(path, "", f"is not valid TOML: {problem}", remedy, int(at[1]) if at else None)
    except (RecursionError, ValueError):  # lists within lists by the thousand, a number of thousands of digits
        remedy = "Remove the list, table or number that is far too long: no key of maildesk needs one."
        report.add(path, "", "has something nested or long beyond measure", remedy)
    return None


class _Scanner:
    """One walk over the text. `table` is the open table, `counts` how many elements each [[list]] has so far."""

    def __init__(self) -> None:
        self.lines: dict[Place, int] = {}
        self.table: Place = ()
        self.counts: dict[Place, int] = {}

    def scan(self, text: str) -> dict[Place, int]:
        pending = ""
        for number, line in enumerate(text.splitlines(), 1):
            if pending:
                pending = _unfinished(f"{pending}\n{line}")
            elif header := _HEADER.match(line.strip()):
                self._open(header[2], repeated=header[1] == "[[")
                for end in range(1, len(self.table) + 1):
                    self.lines.setdefault(self.table[:end], number)
            elif key := _KEY.match(line.strip()):
                place = (*self.table, *_words(key[1]))
                self.lines[place] = number
                self._inline(place, key[2], number)
                pending = _unfinished(key[2])
        return self.lines

    def _open(self, name: str, *, repeated: bool) -> None:
        place: Place = ()
        words = _words(name)
        for word in words[:-1]:
            place = (*place, word)
            if place in self.counts:
                place = (*place, self.counts[place])
        place = (*place, words[-1])
        if repeated:
            self.counts[place] = self.counts.get(place, -1) + 1
            place = (*place, self.counts[place])
        self.table = place

    def _inline(self, place: Place, value: str, number: int) -> None:
        """Keys of `{ a = 1, b = 2 }` stand on the line of the table."""
        if value.startswith("{"):
            for key in re.findall(r"[{,]\s*([\w-]+)\s*=", _STRING.sub('""', value)):
                self.lines[(*place, key)] = number


def _words(name: str) -> Place:
    return tuple(word.strip("\"'") for word in _WORD.findall(name))


def _unfinished(value: str) -> str:
    """The value when it goes on in the next line, else nothing."""
    bare = _STRING.sub(lambda string: string[0] if string[0] in _TRIPLE else "", value)
    open_text = any(quotes in bare for quotes in _TRIPLE)
    open_list = bare.count("[") + bare.count("{") > bare.count("]") + bare.count("}")
    return value if open_text or open_list else ""
