"""One run, side by side: the floor (a plain script) and the desk, on the same mails from the same Dovecot; then the times that
people feel. Figures are for reading, not for passing: they depend on the machine, only their ratios do less so.

    make bench            2,000 mails, on a RAM disk and on the disk of this folder
    make bench ARGS=400   fewer
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import floor  # noqa: E402
import psutil  # noqa: E402
from mails import mails  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402
from sink import Sink  # noqa: E402
from wire import Wire  # noqa: E402

from tests.daemon.running import Installed, Running, install  # noqa: E402
from tests.servers import authority, dovecot, machine  # noqa: E402
from tests.servers.dovecot import PASSWORD, Dovecot  # noqa: E402

ROUNDS = 30
MIB = 1 << 20
console = Console()


@contextmanager
def server() -> Iterator[Dovecot]:
    with machine.folder("authority") as folder, dovecot.running(authority.found(folder)) as running:
        yield running


def rates(running: Dovecot, place: str, count: int) -> None:
    """Both rates with the database and the files on one disk."""
    with tempfile.TemporaryDirectory(dir=place, prefix="maildesk-bench-") as folder:
        desk, plain = Path(folder, "desk"), Path(folder, "floor")
        desk.mkdir()
        plain.mkdir()
        installed = install(desk, running, 9, met=False)
        text = installed.main.read_text().replace("[relay]", "import_since = 2020-01-01T00:00:00Z\n\n[relay]")
        installed.main.write_text(text)
        running.deliver(installed.desk, *mails(count, installed.desk))
        sync = floor.fsync_milliseconds(plain)
        where = ("127.0.0.1", running.imap, installed.desk, PASSWORD, plain)
        floors = {parser: floor.run(*where, parser) for parser in floor.PARSERS}
        command = [sys.executable, str(HERE / "desk.py"), str(installed.main), str(count)]
        ran = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(HERE.parent)})
        if ran.returncode:
            sys.exit(ran.stderr.decode())
        ours = json.loads(ran.stdout)
    table = Table(title=f"{count} mails on {place}, one fsync {sync:.2f} ms", title_justify="left")
    for heading in ("", "mails/s", "ms per mail", "peak RSS", "maildesk / floor"):
        table.add_column(heading, justify="left" if not heading else "right")
    rate, peak = ours["mails"] / ours["seconds"], f"{ours['peak_rss'] / MIB:.0f} MiB"
    for parser, (done, seconds) in floors.items():
        name = f"floor with {parser}"
        table.add_row(name, f"{done / seconds:.0f}", f"{seconds / done * 1000:.2f}", "", f"{rate / (done / seconds):.2f}")
    table.add_row("maildesk", f"{rate:.0f}", f"{1000 / rate:.2f}", peak, "")
    console.print(table)


def felt(running: Dovecot) -> None:
    """From the server's notice to the acknowledgement taken by the relay; what the process weighs; how soon help comes."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="maildesk-bench-")))
        sink = stack.enter_context(Sink())
        wire = stack.enter_context(Wire(running.imap))
        installed = install(folder, replace(running, imap=wire.port), sink.port)
        daemon = stack.enter_context(installed.running())
        daemon.wait_for("mailbox open")
        time.sleep(2)
        process = psutil.Process(daemon.process.pid)
        idle = process.memory_info().rss
        waits = [_wait_for_acknowledgement(installed, sink, wire, number) for number in range(ROUNDS)]
        heavy = _heavy(installed, sink, daemon)
    table = Table(title="what people feel", title_justify="left", show_header=False)
    table.add_row("notice to acknowledgement taken, median", f"{statistics.median(waits) * 1000:.0f} ms")
    table.add_row("the same, worst of 30", f"{max(waits) * 1000:.0f} ms")
    table.add_row("idle RSS", f"{idle / MIB:.0f} MiB")
    table.add_row("a mail of 50 MB: peak RSS above idle", f"{(heavy - idle) / MIB:.0f} MiB")
    table.add_row("maildesk --help, median of 7", f"{_help():.2f} s")
    console.print(table)


def _wait_for_acknowledgement(installed: Installed, sink: Sink, wire: Wire, number: int) -> float:
    """Seconds from the moment at which the server's notice went over the wire to the relay's 250 for the acknowledgement."""
    sender = b"felt%d@" % number
    raw = mails(1, installed.desk, seed=number)[0].replace(b"<bench1@", b"<" + sender).replace(b"user1@", sender)
    before, noticed = sink.count(), len(wire.noticed)
    installed.dovecot.deliver(installed.desk, raw)
    taken = sink.taken_after(before, f"felt{number}@example.com")
    time.sleep(0.7)
    return taken - wire.noticed[noticed]


def _heavy(installed: Installed, sink: Sink, daemon: Running) -> int:
    """The peak RSS of the daemon while a mail of 50 MB is taken in."""
    pid = daemon.process.pid
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    head = b"From: big@example.com\r\nSubject: big\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    part = b"--b\r\nContent-Type: application/zip; name=big.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    line = b"QUJD" * 19 + b"\r\n"
    raw = head + b"--b\r\n\r\nplease see the file\r\n" + part + line * (50_000_000 // len(line)) + b"--b--\r\n"
    before = sink.count()
    installed.dovecot.deliver(installed.desk, raw)
    sink.taken_after(before, "big@example.com", within=120)
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) * 1024


def _help() -> float:
    times = []
    for _ in range(7):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", "from maildesk.cli import main; main()", "--help"], capture_output=True, check=True)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    if len(sys.argv) > 1 and not sys.argv[1].isdigit():
        sys.exit(__doc__)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with server() as running:
        for place in ("/dev/shm", str(HERE)):
            rates(running, place, count)
        felt(running)


if __name__ == "__main__":
    main()
