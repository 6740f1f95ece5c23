"""The verbs that look: tickets, mails, letters."""

import json
import os
import pty
import re
import sys
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from maildesk.cli.tickets import CLOCKS
from maildesk.core.letter import Letter, LetterKind
from maildesk.core.message import Address, Digest, Fact, MessageId
from maildesk.core.people import StaffId
from maildesk.core.rules import Rule
from maildesk.core.ticket import UNSAVED, Mark, Pause, Priority, Progress, Status, Ticket, Waiting

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def tickets(desk: Any) -> tuple[Ticket, ...]:
    """Three tickets: one open and assigned, one that waits, one closed."""

    def ticket(tx: Any, hours: int, **more: Any) -> Ticket:
        opened = AT + timedelta(hours=hours)
        fields = {"requester": Address("ann@acme.test"), "requester_name": "Ann", "opened_at": opened, **more}
        return tx.save(Ticket(id=UNSAVED, number=tx.mint(date(2026, 11, 20)), **fields))

    with desk.store() as store, store.write() as tx:
        first = ticket(
            tx,
            0,
            subject="财务系统登录不上，提示 500 错误，全部门都无法使用，请尽快处理，谢谢",
            status=Status.IN_PROGRESS,
            engineer=StaffId("E001"),
            confirmed=Priority.P1,
            priority_reason="影响全部门登录",
            wake_at=AT + timedelta(hours=1),
            fields={"system": Fact(value="SAP", source="line")},
        )
        tx.append(first.id, Progress(at=AT, mark=Mark.OPENED, author="desk", text="opened", public=True))
        tx.append(first.id, Progress(at=AT, mark=Mark.NOTE, author="E001", text="缓存异常\n\x1b[31mred"))
        pause = Pause(why=Waiting.USER, since=AT + timedelta(hours=2))
        second = ticket(tx, 1, subject="Printer\x1b]0;evil\x07", status=Status.WAITING, waiting=Waiting.USER, pauses=(pause,))
        third = ticket(tx, 2, subject="closed", status=Status.CLOSED)
    return first, second, third


def lines(output: str) -> list[Any]:
    return [json.loads(line) for line in output.splitlines()]


def test_open_tickets_are_listed_the_youngest_first(desk: Any, tickets: Any) -> None:
    result = desk.call("list")
    assert result.exit_code == 0
    heading, *rows = result.stdout.splitlines()
    assert heading.split() == ["NUMBER", "P", "STATUS", "ENGINEER", "NEXT", "SUBJECT"]
    assert [row.split()[:3] for row in rows] == [["TS20261120002", "P3?", "waiting"], ["TS20261120001", "P1", "in_progress"]]
    assert "王小明" in rows[1]
    assert "11-20 11:00" in rows[1], "the desk's own zone"


def test_columns_stand_under_each_other_though_chinese_letters_are_wide(desk: Any, tickets: Any) -> None:
    from rich.cells import cell_len

    heading, waiting, progress = desk.call("list").stdout.splitlines()
    assert cell_len(progress[: progress.index("财务")]) == heading.index("SUBJECT") == waiting.index("Printer")


def test_no_mail_speaks_to_the_terminal(desk: Any, tickets: Any) -> None:
    for words in (("list",), ("show", "TS20261120001"), ("show", "TS20261120002")):
        output = desk.call(*words).stdout
        assert "\x1b" not in output
        assert "\x07" not in output


def test_tickets_are_listed_as_json_one_on_a_line(desk: Any, tickets: Any) -> None:
    waiting, progress = lines(desk.call("list", "--json").stdout)
    assert (progress["number"], progress["confirmed"], progress["engineer"]) == ("TS20261120001", "P1", "E001")
    assert progress["opened_at"] == "2026-11-20T02:00:00+00:00"
    assert progress["fields"] == {"system": {"value": "SAP", "source": "line"}}
    assert waiting["waiting"] == "user"


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (["--all"], [3, 2, 1]),
        (["--status", "closed"], [3]),
        (["--status", "closed", "--status", "waiting"], [3, 2]),
        (["--engineer", "王小明"], [1]),
        (["--engineer", "wang@acme.test"], [1]),
        (["--requester", "ann@acme.test", "--all"], [3, 2, 1]),
        (["--requester", "bob@acme.test"], []),
        (["--all", "--limit", "1"], [3]),
    ],
)
def test_the_list_can_be_narrowed(desk: Any, tickets: Any, words: list[str], numbers: list[int]) -> None:
    found = lines(desk.call("list", "--json", *words).stdout)
    assert [ticket["number"] for ticket in found] == [f"TS20261120{number:03d}" for number in numbers]


@pytest.mark.parametrize("words", [("list", "--all"), ("list", "--all", "--json")])
def test_a_list_says_when_there_is_more(desk: Any, tickets: Any, words: tuple[str, ...]) -> None:
    whole, cut = desk.call(*words, "--limit", "3"), desk.call(*words, "--limit", "2")
    assert whole.stderr == ""
    assert cut.stderr == "There are more than these 2; --limit 4 shows so many.\n"
    assert cut.stdout.count("TS20261120") == 2


@pytest.mark.parametrize("verb", ["inbox", "outbox"])
def test_lists_of_mails_and_letters_say_it_too(desk: Any, verb: str) -> None:
    with desk.store() as store, store.write() as tx:
        for n in range(2):
            tx.keep(Digest(f"{n + 1:064x}"), 100, AT, AT)
            facts = {"what": f"trouble {n}", "detail": "", "remedy": ""}
            tx.promise(Letter(kind=LetterKind.ALARM, to=Address("op@acme.test"), language="en", facts=facts), None, AT)
    cut = desk.call(verb, "--limit", "1")
    assert cut.stderr == "There are more than these 1; --limit 2 shows so many.\n"
    assert len(cut.stdout.splitlines()) == 2
    assert desk.call(verb, "--limit", "2").stderr == ""


def test_a_name_that_nobody_has_is_refused(desk: Any, tickets: Any) -> None:
    result = desk.call("list", "--engineer", "nobody")
    assert result.exit_code == 1
    assert "does not name one person" in result.stderr


def test_a_ticket_is_shown_with_its_history(desk: Any, tickets: Any) -> None:
    result = desk.call("show", "ts20261120001")
    assert result.exit_code == 0
    assert "TS20261120001  财务系统登录不上" in result.stdout
    assert "P1 (影响全部门登录)" in result.stdout
    assert "王小明 (inside)\n    缓存异常" in result.stdout
    assert "2026-11-20 10:00  opened" in result.stdout


def test_a_ticket_is_shown_with_its_clocks(desk: Any, tickets: Any) -> None:
    shown = desk.call("show", "TS20261120002").stdout.splitlines()
    assert next(line for line in shown if line.startswith("CLOCK")).split() == list(CLOCKS)
    clocks = {line.split()[0]: line.split()[1:] for line in shown if line.split(" ")[0] in set(Rule)}
    assert set(clocks) == set(Rule)
    assert clocks["first_answer"] == ["paused", "1:00", "0:10", "user;", "late;", "user", "11-20", "12:00", "to", "now"]
    assert clocks["scheduled"] == ["idle", "no_date"]


def test_a_ticket_is_shown_as_one_json_object(desk: Any, tickets: Any) -> None:
    (shown,) = lines(desk.call("show", "TS20261120001", "--json").stdout)
    assert shown["number"] == "TS20261120001"
    assert [line["mark"] for line in shown["history"]] == ["opened", "note"]
    assert {clock["rule"]: clock["state"] for clock in shown["ledger"]}.items() >= {"phone": "running", "missing": "idle"}.items()


@pytest.mark.parametrize("number", ["TS20261120009", "TS001", "hello"])
def test_a_number_that_is_none_is_refused(desk: Any, tickets: Any, number: str) -> None:
    result = desk.call("show", number)
    assert result.exit_code == 1
    assert f"there is no ticket {number}" in result.stderr


@pytest.fixture
def mails(desk: Any) -> tuple[int, int]:
    """Two mails that came, the second of which could not be taken in."""
    with desk.store() as store:
        digests = store.files.put_many((b"Subject: one\n\n1", b"Subject: two\n\n2"))
        with store.write() as tx:
            first, second = (tx.keep(digest, 2048, AT, AT) for digest in digests)
            tx.settle(first, "done", verdict="person: nobody else", outcome="opened", folder="processed")
            tx.settle(second, "failed", reason="三次失败", folder="failed")
    return first, second


def test_mails_are_listed_with_what_became_of_them(desk: Any, mails: Any) -> None:
    _, failed, done = desk.call("inbox").stdout.splitlines()
    assert "person: nobody else" in done
    assert failed.rstrip().endswith("三次失败")
    assert [mail["state"] for mail in lines(desk.call("inbox", "--json").stdout)] == ["failed", "done"]


def test_failed_mails_are_listed_and_taken_in_again(desk: Any, mails: Any) -> None:
    _, second = mails
    assert [mail["id"] for mail in lines(desk.call("inbox", "failed", "--json").stdout)] == [second]
    assert desk.call("inbox", "replay", str(second)).exit_code == 0
    assert desk.call("inbox", "failed").stdout == "No mails.\n"
    with desk.store() as store, store.read() as tx:
        assert tx.mail(second).state == "kept"


def test_a_mail_that_has_not_failed_is_not_replayed_nor_those_beside_it(desk: Any, mails: Any) -> None:
    first, second = mails
    result = desk.call("inbox", "replay", str(second), str(first))
    assert result.exit_code == 1
    assert "Nothing was changed" in result.stderr
    with desk.store() as store, store.read() as tx:
        assert tx.mail(second).state == "failed"


def test_replay_needs_to_know_what(desk: Any) -> None:
    result = desk.call("inbox", "replay")
    assert result.exit_code == 2
    assert "maildesk inbox failed" in result.stderr


@pytest.fixture
def letters(desk: Any) -> None:
    """Two letters, one of which ended uncertain."""

    class Written:
        sender = Address("support@acme.test")
        raw = b"Subject: x\r\n\r\nx\r\n"

        def __init__(self, name: str) -> None:
            self.message_id = MessageId(f"{name}@acme.test")

    with desk.store() as store:
        for name in ("one", "two"):
            facts = {"what": name, "detail": "", "remedy": ""}
            letter = Letter(kind=LetterKind.ALARM, to=Address(f"{name}@acme.test"), language="zh", facts=facts)
            with store.write() as tx:
                tx.promise(letter, None, AT, written=Written(name))
        with store.write() as tx:
            claimed = tx.claim_letters(AT, 10, timedelta(minutes=5), pace=30)
            tx.in_data(claimed[0])
            tx.uncertain(claimed[0], "connection lost", AT, None)


def test_letters_are_listed_with_what_became_of_them(desk: Any, letters: None) -> None:
    output = desk.call("outbox").stdout
    assert "one@acme.test" in output
    assert "connection lost" in output
    assert len(lines(desk.call("outbox", "--json").stdout)) == 2


def test_uncertain_letters_can_be_asked_for(desk: Any, letters: None) -> None:
    (letter,) = lines(desk.call("outbox", "--uncertain", "--json").stdout)
    assert (letter["state"], letter["reply"]) == ("uncertain", "connection lost")
    assert desk.call("outbox", "--state", "refused").stdout == "No letters.\n"


@pytest.mark.parametrize("verb", ["inbox", "outbox"])
def test_an_unknown_state_is_wrong_use(desk: Any, verb: str) -> None:
    result = desk.call(verb, "--state", "lost")
    assert result.exit_code == 2
    assert "'lost' is not a state" in result.stderr


def at_a_terminal(desk: Any, *words: str, columns: int = 80) -> list[str]:
    """The lines of a verb as a terminal of that width gets them, without its colours."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(PYTHONPATH=str(ROOT), TERM="xterm", COLUMNS=str(columns))
        os.execv(
            sys.executable, [sys.executable, "-c", "from maildesk.cli import main; main()", *words, "--config", str(desk.main)]
        )
    written = b""
    with suppress(OSError):  # Linux ends a terminal whose program is gone with EIO
        while piece := os.read(terminal, 4096):
            written += piece
    os.close(terminal)
    assert os.waitpid(pid, 0)[1] == 0, written.decode()
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", written.decode()).splitlines()


@pytest.mark.parametrize("columns", [80, 72, 160])
def test_a_terminal_gets_lines_that_fit_and_show_what_was_cut(desk: Any, tickets: Any, columns: int) -> None:
    from rich.cells import cell_len

    lines = at_a_terminal(desk, "list", columns=columns)
    assert len(lines) == 3
    assert all(cell_len(line) <= columns for line in lines)
    assert lines[2].endswith("…") == (columns < 160)


def test_a_finding_is_wrapped_under_itself(desk: Any) -> None:
    lines = at_a_terminal(desk, "check", "--no-servers")
    (remedy,) = (index for index, line in enumerate(lines) if line.startswith(" " * 9 + "→ Write into hosts"))
    warned = max(index for index, line in enumerate(lines[:remedy]) if line.startswith("warning"))
    assert lines[warned + 1].startswith(" " * 26), "the rest of the sentence"
    assert remedy == warned + 2
    assert all(len(line) <= 80 for line in lines)
