"""One run, side by side: the floor (a plain script) and the desk, on the same mails from the same Dovecot; how fast mails are
read; the times that people feel. Figures are for reading, not for passing: they depend on the machine, only their ratios do less
so.

    make bench            2,000 mails: on a RAM disk, on the disk of this folder, and where each fsync takes 4 ms longer
    make bench ARGS=400   fewer
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import slow  # noqa: E402
from felt import felt  # noqa: E402
from mails import mails  # noqa: E402
from memory import MIB  # noqa: E402
from parsing import parsing  # noqa: E402
from reckoning import reckoning  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from tests.daemon.running import install  # noqa: E402
from tests.servers import authority, dovecot, machine  # noqa: E402
from tests.servers.dovecot import PASSWORD, Dovecot  # noqa: E402

RAM = "/dev/shm"
SLOWER = 4
FLOORS = ("email", "mail-parser")
Figures = Mapping[str, Any]


@contextmanager
def server() -> Iterator[Dovecot]:
    with machine.folder("authority") as folder, dovecot.running(authority.found(folder)) as running:
        yield running


def rates(running: Dovecot, place: str, count: int, disk: Mapping[str, str], title: str) -> Table:
    """Floors and desk, each a process of its own, with database and files in one place on the same disk."""
    with tempfile.TemporaryDirectory(dir=place, prefix="maildesk-bench-") as folder:
        desk, plain = Path(folder, "desk"), Path(folder, "floor")
        desk.mkdir()
        plain.mkdir()
        installed = install(desk, running, 9, met=False)
        text = installed.main.read_text().replace("[relay]", "import_since = 2020-01-01T00:00:00Z\n\n[relay]")
        installed.main.write_text(text)
        running.deliver(installed.desk, *mails(count, installed.desk))
        where = ("127.0.0.1", str(running.imap), installed.desk, PASSWORD, str(plain))
        floors = {parser: _ran(disk, "floor.py", *where, parser) for parser in FLOORS}
        ours = _ran(disk, "desk.py", str(installed.main), str(count))
    return _side_by_side(f"{count} mails on {title}", floors, ours)


def _ran(disk: Mapping[str, str], program: str, *words: str) -> Figures:
    """What a program of this folder measured."""
    surroundings = {**os.environ, "PYTHONPATH": str(HERE.parent), **disk}
    ran = subprocess.run([sys.executable, str(HERE / program), *words], capture_output=True, check=False, env=surroundings)
    if ran.returncode:
        sys.exit(ran.stderr.decode())
    figures: Figures = json.loads(ran.stdout)
    return figures


def _side_by_side(title: str, floors: Mapping[str, Figures], ours: Figures) -> Table:
    sync = min(floor["fsync"] for floor in floors.values())
    table = Table(title=f"{title}; one fsync {sync * 1000:.2f} ms", title_justify="left")
    for heading in ("", "mails/s", "ms per mail", "peak RSS", "maildesk / floor"):
        table.add_column(heading, justify="left" if not heading else "right")
    rate = ours["mails"] / ours["seconds"]
    for parser, floor in floors.items():
        plain = floor["mails"] / floor["seconds"]
        table.add_row(f"floor with {parser}", f"{plain:.0f}", f"{1000 / plain:.2f}", "", f"{rate / plain:.2f}")
    peaks = f"{ours['peak_rss'] / MIB:.0f} MiB"
    table.add_row("maildesk", f"{rate:.0f}", f"{1000 / rate:.2f}", peaks, "")
    table.add_row("  its reading process", "", "", f"{ours['reader_rss'] / MIB:.0f} MiB", "")
    return table


def main() -> None:
    if len(sys.argv) > 1 and not sys.argv[1].isdigit():
        sys.exit(__doc__)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    console = Console()
    with server() as running, tempfile.TemporaryDirectory(prefix="maildesk-bench-") as folder:
        console.print(rates(running, RAM, count, {}, RAM))
        console.print(rates(running, str(HERE), count, {}, str(HERE)))
        disk = slow.disk(Path(folder), SLOWER)
        if disk is None:
            console.print("no figures for a slow disk, which takes a C compiler: apt-get install gcc libc6-dev")
        else:
            console.print(rates(running, RAM, count, disk, f"{RAM}, each fsync slowed by {SLOWER} ms"))
        console.print(parsing(min(count, 1000)))
        console.print(reckoning())
        console.print(felt(running))


if __name__ == "__main__":
    main()
