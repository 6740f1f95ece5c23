"""Telling systemd how we are (sd_notify(3)): a datagram to the socket it names; silence where there is none."""

import os
import socket
from contextlib import suppress


def tell(state: str) -> None:
    """Send one state (`READY=1`, `WATCHDOG=1`, `STATUS=…`, `STOPPING=1`). That nobody listens is no trouble of ours."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.connect("\0" + address[1:] if address.startswith("@") else address)
        line.send(state.encode())


def watchdog_seconds() -> float | None:
    """How often systemd wants to hear from us at the latest, or None when it does not care."""
    usec = os.environ.get("WATCHDOG_USEC")
    mine = os.environ.get("WATCHDOG_PID") in (None, "", str(os.getpid()))
    return int(usec) / 1_000_000 if usec and mine else None
