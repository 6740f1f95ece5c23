"""What people feel: how soon they are answered, what the desk weighs at rest and under a heavy mail, how soon help comes."""

import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psutil
from mails import mails
from memory import MIB, peak, peak_of_children
from rich.table import Table
from sink import Sink
from wire import Wire

from tests.daemon.running import Installed, install
from tests.servers.dovecot import Dovecot

ROUNDS = 30


def felt(running: Dovecot) -> Table:
    """The real daemon between a real mailbox and a relay that takes everything."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="maildesk-bench-")))
        sink = stack.enter_context(Sink())
        wire = stack.enter_context(Wire(running.imap))
        installed = install(folder, replace(running, imap=wire.port), sink.port)
        daemon = stack.enter_context(installed.running())
        daemon.wait_for("mailbox open")
        time.sleep(2)
        desk = psutil.Process(daemon.process.pid)
        idle = desk.memory_info().rss
        waits = [_wait_for_acknowledgement(installed, sink, wire, number) for number in range(ROUNDS)]
        heavy, reader = _heavy(installed, sink, desk)
    table = Table(title="what people feel", title_justify="left", show_header=False)
    table.add_row("notice to acknowledgement taken, median", f"{statistics.median(waits) * 1000:.0f} ms")
    table.add_row(f"the same, worst of {ROUNDS}", f"{max(waits) * 1000:.0f} ms")
    table.add_row("idle RSS", f"{idle / MIB:.0f} MiB")
    table.add_row("a mail of 50 MB: peak RSS above idle", f"{(heavy - idle) / MIB:.0f} MiB")
    table.add_row("a mail of 50 MB: peak RSS of the process that reads it", f"{reader / MIB:.0f} MiB")
    table.add_row("maildesk --help, median of 7", f"{_help():.2f} s")
    return table


def _wait_for_acknowledgement(installed: Installed, sink: Sink, wire: Wire, number: int) -> float:
    """Seconds from the moment at which the server's notice went over the wire to the relay's 250 for the acknowledgement."""
    sender = b"felt%d@" % number
    raw = mails(1, installed.desk, seed=number)[0].replace(b"<bench1@", b"<" + sender).replace(b"user1@", sender)
    before, noticed = sink.count(), len(wire.noticed)
    installed.dovecot.deliver(installed.desk, raw)
    taken = sink.taken_after(before, f"felt{number}@example.com")
    time.sleep(0.7)
    return taken - wire.noticed[noticed]


def _heavy(installed: Installed, sink: Sink, desk: psutil.Process) -> tuple[int, int]:
    """The peak RSS of the desk, and of the process that reads for it, while a mail of 50 MB is taken in."""
    for each in (desk, *desk.children()):
        Path(f"/proc/{each.pid}/clear_refs").write_text("5")
    head = b"From: big@example.com\r\nSubject: big\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    part = b"--b\r\nContent-Type: application/zip; name=big.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    line = b"QUJD" * 19 + b"\r\n"
    raw = head + b"--b\r\n\r\nplease see the file\r\n" + part + line * (50_000_000 // len(line)) + b"--b--\r\n"
    before = sink.count()
    installed.dovecot.deliver(installed.desk, raw)
    sink.taken_after(before, "big@example.com", within=120)
    return peak(desk), peak_of_children(desk)


def _help() -> float:
    times = []
    for _ in range(7):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", "from maildesk.cli import main; main()", "--help"], capture_output=True, check=True)
        times.append(time.perf_counter() - started)
    return statistics.median(times)
