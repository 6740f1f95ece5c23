"""The servers of the tests themselves: they come when called, and when they go nothing of them stays."""

from pathlib import Path

import psutil
import pytest

from tests.servers import dovecot as dovecots
from tests.servers import machine, smtp_sink
from tests.servers import postfix as postfixes
from tests.servers.authority import Authority


def living_in(folder: Path) -> list[str]:
    """The processes that work in a folder or were started with something in it."""
    found = psutil.process_iter(["pid", "cwd", "cmdline"])
    return [str(one.info) for one in found if str(folder) in f"{one.info['cwd']} {one.info['cmdline']}"]


def test_no_server_outlives_its_context(authority: Authority) -> None:
    with dovecots.running(authority) as dovecot, postfixes.running(dovecot) as postfix, smtp_sink.running() as sink:
        folders = (dovecot.folder, postfix.folder, sink.dumps.parent)
        assert all(living_in(folder) for folder in folders)
    assert [living_in(folder) for folder in folders] == [[], [], []]
    assert not any(folder.exists() for folder in folders)


def test_a_server_that_is_not_installed_is_named_with_the_command_that_installs_it() -> None:
    with pytest.raises(RuntimeError, match="apt install mail-server"):
        machine.program("no-such-server", "mail-server")
