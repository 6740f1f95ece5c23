"""What every server of the tests needs: its program, a port, a folder, a user to run as, and an end."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import SystemRandom

STARTS_WITHIN = 30.0
ENDS_WITHIN = 20.0
SYSTEM = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where servers lie; not all of it is in everybody's PATH."""

PORTS = (20_000, 32_000)
CHOICE = SystemRandom()
"""Not the generator that the tests seed, or two workers would choose the same."""

ROOT = os.geteuid() == 0


def program(name: str, package: str) -> str:
    """The path of a program; RuntimeError with the command that installs it where it is missing."""
    found = shutil.which(name, path=SYSTEM)
    if found is None:
        raise RuntimeError(f"{name} is not installed: apt install {package}")
    return found


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has, below those that the kernel gives to outgoing connections."""
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", CHOICE.randrange(*PORTS)))
            except OSError:
                continue
            return int(probe.getsockname()[1])


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """A folder with a short path, for servers put sockets into theirs; everybody may pass through it."""
    path = Path(tempfile.mkdtemp(prefix=f"maildesk-{name}-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def serving(
    command: Sequence[str | Path], ports: Sequence[int], log: Path, *, user: pwd.struct_passwd | None = None
) -> Iterator[None]:
    """The server for the length of the context, which begins when all its ports answer."""
    with log.open("ab") as output:
        as_whom = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()} if user and ROOT else {}
        server = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd="/", **as_whom)
    try:
        for port in ports:
            _wait_for(server, port, log)
        yield
    finally:
        end(server)


def end(server: subprocess.Popen[bytes]) -> None:
    """As an administrator would, and as the kernel would if that does not help."""
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(timeout=ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while server.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"{server.args!r} did not start:\n{log.read_text(errors='replace')[-2000:]}")
