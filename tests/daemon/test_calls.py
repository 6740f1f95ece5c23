"""The real program with a real command to ring: it rings in time, and after a kill once more at the most, never more often."""

import json
import re
import signal
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.daemon.running import Installed, install, until
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

AT_MOST = {"call-promised": 1, "call-claimed": 1, "rung": 2, "call-settled": 2}
"""How often a call is rung when the desk is killed at a point: what is lost with the desk has reached somebody or not."""

OUTAGE = (
    "From: Ann <ann@users.example.org>",
    "Subject: everything is down",
    "Message-ID: <outage@users.example.org>",
    "",
    "URGENT: nobody can log in, the whole company is down. Call me: 13800138000",
    "",
)


@pytest.fixture
def installed(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> Installed:
    """A desk that rings a second after a P1 came; the command writes each call into a file of its own."""
    made = install(tmp_path, dovecot, sink.port)
    program = tmp_path / "page"
    program.write_text(
        f"#!/bin/sh\nmkdir -p {tmp_path}/rung\ncat > {tmp_path}/rung/$$.new\nmv {tmp_path}/rung/$$.new {tmp_path}/rung/$$\n"
    )
    program.chmod(0o755)
    change(made.main, '#command = ["/usr/local/bin/page", "--loud"]', f'command = ["{program}"]')
    change(tmp_path / "policy.toml", 'call = ["10m", "15m"]\nunattended = true', 'call = ["1s"]\nunattended = false')
    return made


@pytest.fixture
def web_hook(installed: Installed) -> Iterator[list[int]]:
    """The same with a web hook, which is out of order twice; the statuses that it gave."""
    given: list[int] = []
    answers = [503, 500]

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = self.rfile.read(int(self.headers["Content-Length"]))
            (installed.place / "rung").mkdir(exist_ok=True)
            (installed.place / "rung" / str(len(given))).write_bytes(told)
            given.append(answers.pop(0) if answers else 202)
            self.send_response(given[-1])
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f'url = "http://127.0.0.1:{server.server_port}/"'
        installed.main.write_text(re.sub(r"^command = .*$", url, installed.main.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
        change(installed.main, 'every = "30s"', 'every = "200ms"')
        yield given
        server.shutdown()


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def deliver(installed: Installed) -> None:
    installed.dovecot.deliver(installed.desk, "\r\n".join((f"To: {installed.desk}", *OUTAGE)).encode())


def rung(installed: Installed) -> list[dict[str, object]]:
    return [json.loads(path.read_bytes()) for path in (installed.place / "rung").glob("*[0-9]")]


def calls(installed: Installed) -> list[tuple[str, int, int]]:
    """State, attempts and how many of them were broken off."""
    with sqlite3.connect(f"file:{installed.database}?mode=ro", uri=True, timeout=20) as base:
        return base.execute("SELECT state, attempts, broken_off FROM calls").fetchall()


def test_a_p1_that_nobody_phones_about_rings(installed: Installed) -> None:
    deliver(installed)
    with installed.running() as daemon:
        daemon.wait_for('"call out"')
        daemon.signal(signal.SIGTERM)
        assert daemon.ended() == 0
        assert "13800138000" not in daemon.said()
    (told,) = rung(installed)
    assert (told["priority"], told["subject"], told["phone"]) == ("P1", "everything is down", "13800138000")
    assert calls(installed) == [("heard", 1, 0)]


@pytest.mark.parametrize("point", AT_MOST)
def test_a_kill_in_the_middle_of_a_call_loses_none_and_rings_at_most_once_more(point: str, installed: Installed) -> None:
    deliver(installed)
    with installed.running(fault=f"{point}:kill:1") as daemon:
        until(lambda: daemon.process.poll() is not None, within=30, told=daemon.said)
        assert daemon.process.returncode == -signal.SIGKILL, daemon.said()
    with installed.running() as daemon:
        until(lambda: [state for state, _, _ in calls(installed)] == ["heard"], within=30, told=daemon.said)
        daemon.signal(signal.SIGTERM)
        assert daemon.ended() == 0
    told = rung(installed)
    assert len(told) == AT_MOST[point]
    assert {one["id"] for one in told} == {told[0]["id"]}


def test_one_turn_rings_as_well(installed: Installed) -> None:
    change(installed.place / "policy.toml", 'call = ["1s"]', 'call = ["1ms"]')
    deliver(installed)
    until(lambda: installed.tell("run", "--once").returncode == 0 and calls(installed) != [])
    until(lambda: installed.tell("run", "--once").returncode == 0 and calls(installed) == [("heard", 1, 0)])
    assert len(rung(installed)) == 1


def test_a_web_hook_that_is_out_of_order_is_tried_again_until_it_takes_the_call(
    installed: Installed, web_hook: list[int]
) -> None:
    deliver(installed)
    with installed.running() as daemon:
        until(lambda: [state for state, _, _ in calls(installed)] == ["heard"], within=30, told=daemon.said)
        daemon.signal(signal.SIGTERM)
        assert daemon.ended() == 0
    told = rung(installed)
    assert (web_hook, calls(installed)) == ([503, 500, 202], [("heard", 3, 0)])
    assert len(told) == 3
    assert {one["id"] for one in told} == {told[0]["id"]}


def test_when_every_try_fails_the_operator_is_written_to_and_the_ticket_says_so(installed: Installed, sink: SmtpSink) -> None:
    (installed.place / "page").write_text("#!/bin/sh\necho the pager is dead >&2\nexit 3\n")
    change(installed.main, "tries = 4", "tries = 2")
    change(installed.main, 'every = "30s"', 'every = "200ms"')
    deliver(installed)
    with installed.running() as daemon:
        until(lambda: any(b"<operator@example.org>" in mail for mail in sink.mails()), within=30, told=daemon.said)
        daemon.signal(signal.SIGTERM)
        assert daemon.ended() == 0
    assert calls(installed) == [("failed", 2, 0)]
    number = json.loads(installed.tell("list", "--json").stdout.splitlines()[0])["number"]
    assert "the pager is dead" not in installed.tell("show", number).stdout.decode()
    assert "exit code 3" in installed.tell("show", number).stdout.decode()
    assert b"the last call reached nobody" in installed.tell("check", "--no-servers").stdout
