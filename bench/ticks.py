"""What the turns of a desk cost among 1,000, 100,000 and 1,000,000 tickets, one in ten of them open, on SQLite and PostgreSQL.

    make bench                            at the end of all that is measured
    python bench/ticks.py                 alone
    python bench/ticks.py 1000 100000     other sizes

SQLite lies on a RAM disk and PostgreSQL syncs nothing, so that the figures are of the work and not of a disk. The last column
says how many times as long the largest desk takes as the smallest: what touches only what it must stays near 1.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from tests.servers import postgres  # noqa: E402

RAM = "/dev/shm"
SIZES = (1_000, 100_000, 1_000_000)
Figures = Mapping[str, Any]


@contextmanager
def sqlite() -> Iterator[tuple[str, str]]:
    """A database that is not there yet, and the folder of the desk's files."""
    with tempfile.TemporaryDirectory(dir=RAM, prefix="maildesk-ticks-") as folder:
        yield f"sqlite:///{folder}/maildesk.db", folder


@contextmanager
def postgresql() -> Iterator[tuple[str, str]]:
    with postgres.running() as server, tempfile.TemporaryDirectory(dir=RAM, prefix="maildesk-ticks-") as folder:
        yield server.url(server.database()), folder


def measured(url: str, folder: str, sizes: Sequence[int]) -> list[Figures]:
    """The figures of each size, from a process of its own."""
    command = (sys.executable, str(HERE / "turns.py"), url, folder, *map(str, sizes))
    ran = subprocess.run(command, capture_output=True, check=False, env={"PYTHONPATH": str(HERE.parent)})
    if ran.returncode:
        sys.exit(ran.stderr.decode())
    return [json.loads(line) for line in ran.stdout.splitlines()]


def side_by_side(title: str, found: Sequence[Figures]) -> Table:
    """A row for each thing that is done, a column for each size; milliseconds."""
    table = Table(title=f"{title}, ms", title_justify="left")
    table.add_column("")
    for figures in found:
        table.add_column(f"{figures['tickets']:,}\n{figures['open']:,} open", justify="right")
    table.add_column("×", justify="right")
    for name, largest in found[-1]["ms"].items():
        times = [figures["ms"].get(name) for figures in found]
        growth = f"{largest / times[0]:.1f}" if times[0] else ""
        table.add_row(name, *("" if time is None else f"{time:.2f}" for time in times), growth)
    return table


def main() -> None:
    if not all(word.isdigit() for word in sys.argv[1:]):
        sys.exit(__doc__)
    sizes = sorted(map(int, sys.argv[1:])) or SIZES
    console = Console()
    for title, database in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        with database() as (url, folder):
            console.print(side_by_side(title, measured(url, folder, sizes)))


if __name__ == "__main__":
    main()
