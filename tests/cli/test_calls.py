"""`maildesk calls`, and what `check` says of the road to whoever is on call."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from maildesk.core.call import Call
from maildesk.core.message import Address
from maildesk.core.ticket import UNSAVED, Priority, Ticket

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def with_hook(desk: Any, text: str) -> Path:
    """A program of these lines of shell is what rings."""
    program: Path = desk.folder / "page"
    program.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    program.chmod(0o755)
    desk.change('#command = ["/usr/local/bin/page", "--loud"]', f'command = ["{program}"]')
    return program


SAID = {"failed": "exit code 3: no pager\x1b[31m", "heard": "exit code 0"}


def called(desk: Any, *ends: str) -> None:
    """Calls of one ticket that came to these ends, one after the other."""
    with desk.store() as store:
        with store.write() as tx:
            number = tx.mint(date(2026, 11, 20))
            ticket = tx.save(Ticket(id=UNSAVED, number=number, opened_at=AT, requester=Address("ann@acme.test")))
        for nth, end in enumerate(ends):
            call = Call(
                alarm=f"alarm:phone:call:{nth}",
                number=number,
                priority=Priority.P1,
                subject="down",
                requester="Ann",
                phone="1",
                due=AT,
            )
            with store.write() as tx:
                tx.promise_call(call, ticket.id, AT)
                (row,) = tx.claim_calls(AT, 1, timedelta(minutes=1))
                tx.settle_call(row, end, SAID[end], AT)  # type: ignore[arg-type]


def test_calls_are_listed_the_latest_first(desk: Any) -> None:
    called(desk, "failed", "heard")
    result = desk.call("calls")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["ID", "PROMISED", "STATE", "TICKET", "TRIES", "SAID"]
    assert lines[1].split()[3:] == ["heard", "TS20261120001", "1", "exit", "code", "0"]
    assert "failed" in lines[2]
    assert "no pager [31m" in lines[2]
    assert "\x1b" not in result.stdout


def test_only_calls_of_one_state_are_listed_and_as_json(desk: Any) -> None:
    called(desk, "failed", "heard")
    (line,) = desk.call("calls", "--state", "failed", "--json").stdout.splitlines()
    told = json.loads(line)
    assert (told["state"], told["call"]["number"], told["call"]["phone"]) == ("failed", "TS20261120001", "1")
    assert desk.call("calls", "--state", "ringing").stdout == "No calls.\n"
    wrong = desk.call("calls", "--state", "deaf")
    assert wrong.exit_code == 2
    assert "waiting, ringing, heard, failed, outdated" in wrong.stderr


def test_a_trial_rings_at_once_and_leaves_no_call_behind(desk: Any) -> None:
    with_hook(desk, f"cat > {desk.folder}/told; echo paged alice")
    result = desk.call("calls", "test")
    assert (result.exit_code, result.stdout) == (0, "Somebody was reached: exit code 0: paged alice\n")
    told = json.loads((desk.folder / "told").read_bytes())
    assert (told["trial"], told["number"], told["phone"]) == (True, "TRIAL", "")
    assert desk.call("calls").stdout == "No calls.\n"


def test_a_trial_that_reaches_nobody_says_why(desk: Any) -> None:
    with_hook(desk, "echo no pager; exit 3")
    result = desk.call("calls", "test")
    assert result.exit_code == 1
    assert "nobody was reached: exit code 3: no pager" in result.stderr


def test_without_anybody_on_call_a_trial_says_where_to_name_him(desk: Any) -> None:
    result = desk.call("calls", "test")
    assert result.exit_code == 1
    assert "nobody is on call" in result.stderr
    assert "[on_call]" in result.stderr


# -- check ---------------------------------------------------------------------------------------------------------------


def on_call(desk: Any, *words: str) -> tuple[int, list[tuple[str, str]]]:
    """The exit code of `check`, and what it says of the road."""
    result = desk.call("check", "--json", *(words or ("--no-servers",)))
    said = [(one["level"], one["what"]) for one in json.loads(result.stdout)["findings"] if one["area"] == "on call"]
    return result.exit_code, said


def test_check_says_nothing_of_a_road_that_nobody_named(desk: Any) -> None:
    assert on_call(desk) == (0, [])


def test_check_finds_the_program_and_does_not_run_it(desk: Any) -> None:
    program = with_hook(desk, f"touch {desk.folder}/rung")
    assert on_call(desk) == (0, [("ok", f"rung by {program}; try it with: maildesk calls test")])
    assert not (desk.folder / "rung").exists()


def test_check_finds_a_program_that_is_not_there_or_may_not_be_run(desk: Any) -> None:
    program = with_hook(desk, "exit 0")
    program.chmod(0o644)
    assert on_call(desk) == (1, [("error", f"{program} may not be run")])
    program.unlink()
    assert on_call(desk) == (1, [("error", f"there is no program {program}")])


def test_check_finds_a_secret_that_others_can_read(desk: Any) -> None:
    secret: Path = desk.folder / "secret"
    secret.write_text("planted", "utf-8")
    secret.chmod(0o644)
    desk.change("#url = ", f'secret = {{ file = "{secret}" }}\nurl = ')
    result = desk.call("check", "--no-servers")
    assert result.exit_code == 1
    assert f"{secret} holds a secret and can be read by others" in result.stdout
    assert "rung by a web hook" in result.stdout


def test_check_warns_as_long_as_the_last_call_reached_nobody(desk: Any) -> None:
    called(desk, "heard", "failed")
    (told,) = on_call(desk)[1]
    assert told == ("warning", "the last call reached nobody (TS20261120001: exit code 3: no pager\x1b[31m)")


def test_check_is_content_when_a_later_call_was_heard(desk: Any) -> None:
    called(desk, "failed", "heard")
    assert on_call(desk) == (0, [])
