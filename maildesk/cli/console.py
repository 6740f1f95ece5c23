"""What people see at the shell: tables that know how wide Chinese letters are, plain columns where nobody looks, JSON lines.

Texts of mails are shown without control characters: no mail may speak to anybody's terminal.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import Any, TypeVar

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from maildesk.plain import plain
from maildesk.store import Illegible

Rows = Sequence[Sequence[str]]
T = TypeVar("T")

GAP = 2
NARROWEST = 12


def say(text: str = "", style: str = "") -> None:
    """A line for people; `style` is seen at a terminal only."""
    Console(highlight=False, markup=False, emoji=False, soft_wrap=True).print(Text(safe(text, keep="\n"), style))


def entry(cells: Sequence[str], widths: Sequence[int], style: str = "") -> None:
    """Cells side by side, all but the last in their widths; the last is wrapped under itself where a terminal is narrow."""
    if not sys.stdout.isatty():
        print(" ".join([*map(_padded, cells, widths), safe(cells[-1])]))
        return
    grid = Table.grid(padding=(0, 1, 0, 0))
    for width in widths:
        grid.add_column(width=width, no_wrap=True)
    grid.add_row(*(Text(safe(cell), style) for cell in cells))
    Console(highlight=False).print(grid)


def table(headings: Sequence[str], rows: Rows, *, wide: int | None = None, empty: str = "Nothing.") -> None:
    """Rows under their headings, if they have any. `wide` is the column that gives way where a terminal is narrow."""
    lines = [*([tuple(headings)] if any(headings) else []), *(tuple(safe(cell) for cell in row) for row in rows)]
    if not rows:
        say(empty)
        return
    widths = [max(cell_len(line[index]) for line in lines) for index in range(len(headings))]
    terminal = sys.stdout.isatty()
    if terminal and wide is not None:
        taken = sum(widths) - widths[wide] + GAP * (len(widths) - 1)
        widths[wide] = max(NARROWEST, min(widths[wide], Console().width - taken))
    for number, line in enumerate(lines):
        written = (" " * GAP).join(map(_padded, line, widths)).rstrip()
        say(written, "bold" if terminal and number == 0 and any(headings) else "")


def _padded(cell: str, width: int) -> str:
    """A cell in its width; what does not fit is cut off, visibly."""
    shown = safe(cell)
    return set_cell_size(shown, width) if cell_len(shown) <= width else set_cell_size(shown, width - 1) + "…"


def safe(text: str, keep: str = "") -> str:
    """One line without anything that a terminal would obey."""
    return "".join(letter if letter.isprintable() or letter in keep else " " for letter in text)


def listing(
    found: Sequence[T | Illegible],
    limit: int,
    headings: Sequence[str],
    row: Callable[[T], Sequence[str]],
    *,
    empty: str,
    as_json: bool,
    name: Callable[[Illegible], str] = lambda one: str(one.id),
) -> None:
    """At most so many of what was found, as a table whose last column gives way, or as JSON. What cannot be read stands behind
    the table, by its name, with what mends it. That there are more is said behind them, on standard error: look for one more
    than the limit, and it is known."""
    some = found[:limit]
    if as_json:
        for one in some:
            json_line(one)
    else:
        damaged = [one for one in some if isinstance(one, Illegible)]
        rows = [row(one) for one in some if not isinstance(one, Illegible)]
        if rows or not damaged:
            table(headings, rows, wide=len(headings) - 1, empty=empty)
        for one in damaged:
            say(safe(f"{name(one)} cannot be read: {one.why}. {one.remedy}"))
    if len(found) > limit:
        sys.stdout.flush()
        print(f"There are more than these {limit}; --limit {2 * limit} shows so many.", file=sys.stderr)


def json_line(value: Any) -> None:
    """One JSON object on one line."""
    print(json.dumps(plain(value), ensure_ascii=False))


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
