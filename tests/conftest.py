"""What holds for every test: the servers it may ask for, an odd time zone, and no network but this machine's own."""

import os
import socket
import sys
import time
from typing import Any

import hypothesis
import pytest

hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")  # a slow one is no fault of the desk's
os.environ["TZ"] = "Asia/Kathmandu"
time.tzset()

pytest_plugins = ("tests.servers.fixtures", "tests.servers.databases")
pytest.register_assert_rewrite("tests.proof.oracle", "tests.desk.house", "tests.story.client")

HERE = ("127.", "::1", "localhost", "0.0.0.0")


def _only_loopback(event: str, args: tuple[Any, ...]) -> None:
    """The tests run on a machine that no cable leads to: other names are unknown, other addresses unreachable."""
    if event == "socket.getaddrinfo" and not _is_here(args[0]):
        raise socket.gaierror(socket.EAI_NONAME, f"the tests know no other machine: {args[0]!r}")
    if event == "socket.connect" and isinstance(args[1], tuple) and not _is_here(args[1][0]):
        raise OSError(f"the tests reach no other machine: {args[1]!r}")


def _is_here(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else host or "localhost"
    return str(name).startswith(HERE) or str(name) == socket.gethostname()


sys.addaudithook(_only_loopback)
