"""What people see at the shell: tables that know how wide Chinese letters are, plain columns where nobody looks, JSON lines.

Texts of mails are shown without control characters: no mail may speak to anybody's terminal.
"""

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta, tzinfo
from enum import Enum
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

Rows = Sequence[Sequence[str]]


def say(text: str = "", style: str = "") -> None:
    """A line for people; `style` is seen at a terminal only."""
    Console(highlight=False, markup=False, emoji=False, soft_wrap=True).print(Text(safe(text, keep="\n"), style))


def table(headings: Sequence[str], rows: Rows, *, wide: int | None = None, empty: str = "Nothing.") -> None:
    """Rows under their headings. `wide` is the column that gives way where the terminal is narrow."""
    if not rows:
        say(empty)
    elif sys.stdout.isatty():
        _pretty(headings, rows, wide)
    else:
        _plain(headings, rows)


def _pretty(headings: Sequence[str], rows: Rows, wide: int | None) -> None:
    shown = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for index, heading in enumerate(headings):
        gives_way = index == wide
        shown.add_column(heading, no_wrap=True, overflow="ellipsis", ratio=1 if gives_way else None)
    for row in rows:
        shown.add_row(*(Text(safe(cell)) for cell in row))
    Console(highlight=False).print(shown)


def _plain(headings: Sequence[str], rows: Rows) -> None:
    lines = [tuple(headings), *(tuple(safe(cell) for cell in row) for row in rows)]
    widths = [max(cell_len(line[index]) for line in lines) for index in range(len(headings))]
    for line in lines:
        cells = (cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())


def safe(text: str, keep: str = "") -> str:
    """One line without anything that a terminal would obey."""
    return "".join(letter if letter.isprintable() or letter in keep else " " for letter in text)


def json_line(value: Any) -> None:
    """One JSON object on one line."""
    print(json.dumps(plain(value), ensure_ascii=False))


def plain(value: Any) -> Any:
    """Values of the desk as JSON knows them: instants in ISO 8601, spans in seconds, sets sorted."""
    match value:
        case Enum():
            return value.value
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Path():
            return str(value)
        case Mapping():
            return {str(plain(key)): plain(inner) for key, inner in value.items()}
        case frozenset() | set():
            return sorted(plain(inner) for inner in value)
        case tuple() | list():
            return [plain(inner) for inner in value]
        case _ if dataclasses.is_dataclass(value):
            return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value) if field.repr}
        case _:
            return value


def moment(at: datetime | None, zone: tzinfo) -> str:
    """An instant on the desk's clock."""
    return "" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error while something takes its time; call the value for each piece that is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    with bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)
