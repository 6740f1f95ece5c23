"""Real commands and a real web server, well and unwell: what they are told, and what is made of their answers."""

import asyncio
import json
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from maildesk import hook
from maildesk.config import OnCall, Secret
from maildesk.core.call import Call
from maildesk.core.ticket import Number, Priority
from tests.daemon.running import until
from tests.servers.authority import Authority
from tests.servers.web_double import CLOSE, DRIBBLE, HANG, Web

CALL = Call(
    alarm="alarm:phone:call:2026-11-23T01:00:00+00:00/1",
    number=Number("TS20261123001"),
    priority=Priority.P1,
    subject="机房断电",
    requester="王芳",
    phone="6120",
    due=datetime(2026, 11, 23, 1, 15, tzinfo=UTC),
)
TOLD = {
    "id": "TS20261123001:alarm:phone:call:2026-11-23T01:00:00+00:00/1",
    "number": "TS20261123001",
    "priority": "P1",
    "subject": "机房断电",
    "requester": "王芳",
    "phone": "6120",
    "due": "2026-11-23T01:15:00+00:00",
    "trial": False,
}
HOSTILE = "down\r\nBcc: x@y\x1b]0;own\x07 $(touch pwned) `id` ; \u202eevil"


def script(place: Path, text: str) -> tuple[str, ...]:
    """A program of these lines of shell."""
    path = place / "page"
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return (str(path),)


def ring(on_call: OnCall, call: Call = CALL) -> hook.Answer:
    return asyncio.run(hook.ring(on_call, call))


# -- commands ------------------------------------------------------------------------------------------------------------


def test_a_command_gets_the_facts_as_json_and_in_its_environment(tmp_path: Path) -> None:
    command = script(tmp_path, f'cat > {tmp_path}/json; env | sort > {tmp_path}/env; printf "%s" "$*" > {tmp_path}/arguments')
    answer = ring(OnCall(command=(*command, "--loud", "two words")))
    assert answer == hook.Answer(True, "exit code 0")
    assert json.loads((tmp_path / "json").read_bytes()) == TOLD
    variables = (tmp_path / "env").read_text("utf-8").splitlines()
    assert {"MAILDESK_NUMBER=TS20261123001", "MAILDESK_PHONE=6120", "MAILDESK_SUBJECT=机房断电", "MAILDESK_TRIAL="} <= set(
        variables
    )
    assert (tmp_path / "arguments").read_text() == "--loud two words"


def test_a_trial_says_that_it_is_one(tmp_path: Path) -> None:
    answer = ring(OnCall(command=script(tmp_path, "tail -c 15; echo $MAILDESK_TRIAL")), replace(CALL, trial=True))
    assert answer.said == 'exit code 0: "trial": true} 1'


def test_a_command_gets_none_of_our_other_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAP_PASSWORD", "planted-secret")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/planted-secret")
    ring(OnCall(command=script(tmp_path, f"env > {tmp_path}/env")))
    text = (tmp_path / "env").read_text("utf-8")
    assert "planted" not in text
    assert f"PATH={os.environ['PATH']}" in text


def test_nothing_of_a_hostile_subject_is_obeyed_or_leaves_its_line(tmp_path: Path) -> None:
    call = replace(CALL, subject=HOSTILE, requester=HOSTILE, phone=HOSTILE * 10)
    on_call = OnCall(command=("/bin/sh", "-c", f'cd {tmp_path}; cat > json; printf "%s" "$MAILDESK_SUBJECT" > subject'))
    assert ring(on_call, call).heard
    told = json.loads((tmp_path / "json").read_bytes())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["json", "subject"]
    assert told["subject"] == (tmp_path / "subject").read_text("utf-8") == "down Bcc: x@y ]0;own $(touch pwned) `id` ; evil"
    assert all(value.isprintable() for value in told.values() if isinstance(value, str))
    assert len(told["phone"]) <= 64


@pytest.mark.parametrize(
    ("text", "heard", "said"),
    [
        ("echo paged alice; exit 0", True, "exit code 0: paged alice"),
        ("echo no pager >&2; exit 3", False, "exit code 3: no pager"),
        ("printf 'a\\033[31m\\nb\\000c'; exit 1", False, "exit code 1: a [31m b c"),
        ("kill -9 $$", False, "ended by signal 9"),
        ("cat > /dev/null; exec head -c 3000000 /dev/zero", True, "exit code 0"),
        ("exit 0 # never reads what it is told", True, "exit code 0"),
    ],
)
def test_a_command_answers_by_its_exit_code(text: str, heard: bool, said: str, tmp_path: Path) -> None:
    answer = ring(OnCall(command=script(tmp_path, text)))
    assert (answer.heard, answer.said) == (heard, said)


def test_only_the_first_words_of_a_long_output_are_kept(tmp_path: Path) -> None:
    answer = ring(OnCall(command=script(tmp_path, "yes | head -n 100000")))
    assert answer.heard
    assert len(answer.words) == 200


def test_a_command_that_is_not_there_or_may_not_be_run_is_named(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("", "utf-8")
    assert ring(OnCall(command=("/no/such/page",))).said == "/no/such/page cannot be run (No such file or directory)"
    answer = ring(OnCall(command=(str(tmp_path / "plain"),)))
    assert answer == hook.Answer(False, f"{tmp_path}/plain cannot be run (Permission denied)")


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]


def test_a_command_that_does_not_end_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    text = f"trap '' TERM; sleep 600 & echo $! >> {tmp_path}/pids; echo $$ >> {tmp_path}/pids; echo ringing; wait"
    answer = ring(OnCall(command=script(tmp_path, text), timeout=timedelta(seconds=1)))
    assert answer == hook.Answer(False, "no end within 1 s", "ringing")
    pids = [int(line) for line in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 2
    until(lambda: alive(pids) == [])


def test_what_a_command_leaves_running_holds_up_nobody(tmp_path: Path) -> None:
    command = script(tmp_path, f"sleep 600 & echo $! > {tmp_path}/pid; echo told the pager")
    answer = ring(OnCall(command=command, timeout=timedelta(seconds=60)))
    psutil.Process(int((tmp_path / "pid").read_text())).kill()
    assert answer == hook.Answer(True, "exit code 0", "told the pager")


def test_who_stops_waiting_leaves_no_process_behind(tmp_path: Path) -> None:
    command = script(tmp_path, f"echo $$ > {tmp_path}/pid.new; mv {tmp_path}/pid.new {tmp_path}/pid; sleep 600")

    async def stopped() -> None:
        ringing = asyncio.create_task(hook.ring(OnCall(command=command, timeout=timedelta(minutes=5)), CALL))
        await asyncio.to_thread(until, (tmp_path / "pid").exists)
        ringing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await ringing

    asyncio.run(stopped())
    assert alive([int((tmp_path / "pid").read_text())]) == []


# -- web hooks -----------------------------------------------------------------------------------------------------------


def to(web: Web, **more: object) -> OnCall:
    return OnCall(url=Secret(web.url), **more)  # type: ignore[arg-type]


async def test_a_web_hook_gets_the_facts_and_knows_us_by_the_secret() -> None:
    async with Web() as web:
        answer = await hook.ring(to(web, secret=Secret("planted-77")), CALL)
    assert answer == hook.Answer(True, "202 Accepted", "queued")
    (asked,) = web.asked
    assert asked.line == "POST /page?team=it HTTP/1.1"
    assert asked.fields["authorization"] == "Bearer planted-77"
    assert asked.fields["host"] == f"127.0.0.1:{web.port}"
    assert asked.fields["content-type"] == "application/json"
    assert json.loads(asked.body) == TOLD


async def test_without_a_secret_none_is_sent() -> None:
    async with Web() as web:
        assert (await hook.ring(to(web), replace(CALL, subject=HOSTILE))).heard
    (asked,) = web.asked
    assert "authorization" not in asked.fields
    assert "bcc" not in asked.fields


@pytest.mark.parametrize(
    ("answers", "heard", "said"),
    [
        ([b"HTTP/1.1 204 No Content\r\n\r\n"], True, "204 No Content"),
        ([b"HTTP/1.0 200 OK\r\nServer: x\r\n\r\nwhatever"], True, "200 OK"),
        ([b"HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"], True, "200"),
        ([b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\n\r\n"], True, "201 Created"),
        ([b"HTTP/1.1 500 Oh\r\nContent-Length: 9999\r\n\r\nno \x1b[1mpager"], False, "500 Oh: no [1mpager"),
        ([b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"], False, "401 Unauthorized"),
        ([CLOSE], False, "this is no answer of a web server"),
        ([b"220 mail.example.org ESMTP\r\n\r\n"], False, "this is no answer of a web server: 220 mail.example.org ESMTP"),
        ([b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n"], False, "this is no answer of a web server"),
    ],
)
async def test_a_web_hook_answers_by_its_status(answers: list[bytes], heard: bool, said: str) -> None:
    async with Web(list(answers)) as web:
        answer = await hook.ring(to(web), CALL)
    assert (answer.heard, answer.said) == (heard, said)


async def test_a_redirect_is_not_followed() -> None:
    async with Web() as other, Web([b"HTTP/1.1 307 Elsewhere\r\nLocation: " + other.url.encode() + b"\r\n\r\n"]) as web:
        answer = await hook.ring(to(web, secret=Secret("planted-77")), CALL)
    assert answer == hook.Answer(False, "307 Elsewhere; redirects are not followed")
    assert other.asked == []


@pytest.mark.parametrize("unwell", [HANG, DRIBBLE])
async def test_a_web_hook_that_does_not_come_to_an_end_is_left(unwell: bytes) -> None:
    async with Web([unwell]) as web:
        answer = await hook.ring(to(web, timeout=timedelta(seconds=0.5)), CALL)
    assert answer == hook.Answer(False, "no answer within 0.5 s")


async def test_nobody_at_the_other_end_is_no_connection() -> None:
    async with Web() as web:
        on_call = to(web)
    answer = await hook.ring(on_call, CALL)
    assert (answer.heard, answer.said.startswith("no connection")) == (False, True)


async def test_a_certificate_is_verified(authority: Authority) -> None:
    async with Web(authority=authority) as web:
        unknown = await hook.ring(to(web), CALL)
        known = await hook.ring(to(web, ca_file=authority.ca_file), CALL)
    assert (unknown.heard, unknown.said) == (False, "the certificate cannot be trusted (unable to get local issuer certificate)")
    assert known.heard
    assert len(web.asked) == 1


async def test_a_secret_that_cannot_be_read_is_told_without_a_word_of_it(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    async with Web() as web:
        missing = await hook.ring(to(web, secret=Secret(str(path), "file")), CALL)
        path.write_text("planted secret with spaces", "utf-8")
        unfit = await hook.ring(to(web, secret=Secret(str(path), "file")), CALL)
    assert missing.said == f"{path} cannot be read (No such file or directory)"
    assert unfit.said == "has characters that no header can carry"
    assert web.asked == []
