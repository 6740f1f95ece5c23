"""How much memory a process had at most."""

from pathlib import Path

import psutil

MIB = 1 << 20


def peak(process: psutil.Process) -> int:
    """Bytes of its largest resident set (proc_pid_status(5)). getrusage would count what a child shared before its exec."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) * 1024


def peak_of_children(process: psutil.Process) -> int:
    """That of the largest child; 0 without one."""
    return max(map(peak, process.children()), default=0)
