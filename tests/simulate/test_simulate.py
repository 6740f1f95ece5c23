"""The rehearsal: mails in a folder, letters in another, and everything between them in virtual time."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from maildesk.cli import app
from maildesk.demo import world
from maildesk.demo.world import ANN, DESK, FANG, JING, MING, Actor
from maildesk.simulate import Unplayable, arrivals

SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE = "2026-11-23T09:00:00+08:00"

Write = Callable[..., None]


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    (tmp_path / "mails").mkdir()
    return tmp_path / "mails"


@pytest.fixture
def write(mails: Path) -> Write:
    """Put a mail into the folder: `at` is when it arrives, `answering` the letter that it answers."""

    def written(name: str, actor: Actor, text: str, *, at: str | None = None, answering: str = "", **fields: str) -> None:
        mail = EmailMessage()
        mail["From"], mail["Message-ID"] = f"{actor.name} <{actor.address}>", f"<{name}@demo.test>"
        if at:
            mail["X-Arrived"] = at
        if answering:
            mail["X-Answer-To"] = answering
        else:
            mail["To"], mail["Subject"] = DESK, f"about {name}"
        for field, value in fields.items():
            mail[field.replace("_", "-")] = value
        mail.set_content(text)
        (mails / f"{name}.eml").write_bytes(mail.as_bytes())

    return written


@pytest.fixture
def simulate(tmp_path: Path, mails: Path) -> Callable[..., Any]:
    """`maildesk simulate` with the demo's people; the result of the verb."""
    main = world.write(tmp_path, imap_port=1, smtp_port=1)
    words = ("simulate", "--config", str(main), "--mails", str(mails))
    return lambda out, *more: CliRunner().invoke(app, [*words, "--out", str(out), *more])


def letters(out: Path) -> list[EmailMessage]:
    return [message_from_bytes(path.read_bytes(), _class=EmailMessage) for path in sorted((out / "letters").iterdir())]


def kinds(out: Path) -> list[str]:
    return [str(letter["X-Maildesk-Kind"]) for letter in letters(out)]


# -- arrivals ------------------------------------------------------------------------------------------------------------


def test_mails_arrive_in_the_order_of_their_moments(mails: Path, write: Write) -> None:
    write("third", FANG, "x", at="2026-11-23T12:00:00+08:00")
    write("second", FANG, "x", Received="from a by b; Mon, 23 Nov 2026 03:00:00 +0000", Date="Mon, 23 Nov 2026 01:00:00 +0000")
    write("first", FANG, "x", Date="Mon, 23 Nov 2026 02:00:00 +0000")
    found = arrivals(mails, SHANGHAI)
    assert [mail.name for mail in found] == ["first.eml", "second.eml", "third.eml"]
    assert [mail.at.astimezone(UTC).hour for mail in found] == [2, 3, 4]


def test_a_moment_without_an_offset_is_on_the_clock_of_the_desk(mails: Path, write: Write) -> None:
    write("one", FANG, "x", at="2026-11-23T09:00")
    assert arrivals(mails, SHANGHAI)[0].at == datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, "add X-Arrived"),
        ({"X_Arrived": "next week"}, "no moment"),
        ({"X_Arrived": NINE, "X_Answer_To": "kind=poem ticket=1"}, "The kinds are"),
        ({"X_Arrived": NINE, "X_Answer_To": "assignment"}, "kind=assignment ticket=1"),
    ],
)
def test_a_mail_that_cannot_be_played_says_why(mails: Path, write: Write, fields: dict[str, str], word: str) -> None:
    write("bad", FANG, "x", **fields)
    with pytest.raises(Unplayable, match=word) as trouble:
        arrivals(mails, SHANGHAI)
    assert "bad.eml" in str(trouble.value)


def test_a_folder_without_mails_is_named(mails: Path) -> None:
    with pytest.raises(Unplayable, match=r"no \.eml file"):
        arrivals(mails, SHANGHAI)


# -- the play ------------------------------------------------------------------------------------------------------------


def test_a_whole_ticket_is_played_by_mails_that_answer_letters(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "打印机卡纸", at=NINE)
    write("2", MING, "请取出后盖里的纸。", at="2026-11-23T09:04:00+08:00", answering="kind=assignment ticket=1")
    write("3", MING, "/resolve 取出后盖里的纸", at="2026-11-23T09:30:00+08:00", answering="kind=assignment ticket=1")
    write("4", FANG, "已解决", at="2026-11-23T10:00:00+08:00", answering="kind=resolved ticket=1")
    result = simulate(tmp_path / "out", "--until", "2026-11-23T11:00")
    assert result.exit_code == 0, result.output
    (ticket,) = json.loads((tmp_path / "out" / "tickets.json").read_text("utf-8"))
    assert (ticket["status"], ticket["closed_how"]) == ("closed", "confirmed")
    assert ticket["first_answer_at"].startswith("2026-11-23T01:04") or ticket["first_answer_at"].startswith("2026-11-23T09:04")
    assert {"acknowledgement", "assignment", "answer", "resolved", "closed"} <= set(kinds(tmp_path / "out"))
    assert "reminder" not in kinds(tmp_path / "out")


def test_silence_is_rehearsed_to_the_minute(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "打印机卡纸", at=NINE)
    assert simulate(tmp_path / "out", "--until", "2026-11-23T09:10").exit_code == 0
    said = [
        (letter["X-Maildesk-Kind"], parsedate_to_datetime(letter["Date"]).astimezone(SHANGHAI).strftime("%H:%M"))
        for letter in letters(tmp_path / "out")
        if letter["X-Maildesk-Kind"] in ("reminder", "escalation")
    ]
    assert ("reminder", "09:05") in said
    assert ("reminder", "09:08") in said
    assert ("escalation", "09:10") in said


def test_every_letter_says_what_it_is_and_of_which_ticket(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", ANN, "The printer is jammed", at=NINE)
    simulate(tmp_path / "out", "--until", "2026-11-23T09:01")
    first = next(letter for letter in letters(tmp_path / "out") if letter["X-Maildesk-Kind"] == "acknowledgement")
    assert first["X-Maildesk-Ticket"] == "TS20261123001"
    assert parsedate_to_datetime(first["Date"]) == datetime(2026, 11, 23, 1, tzinfo=UTC)


def test_the_timeline_has_mails_letters_alarms_and_turns_in_order(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "打印机卡纸", at=NINE)
    write("2", MING, "/take", at="2026-11-23T09:20:00+08:00", answering="kind=assignment ticket=1")
    simulate(tmp_path / "out", "--until", "2026-11-23T12:00")
    lines = [json.loads(line) for line in (tmp_path / "out" / "timeline.jsonl").read_text("utf-8").splitlines()]
    moments = [datetime.fromisoformat(line["at"]) for line in lines]
    assert moments == sorted(moments)
    assert {"mail", "letter", "alarm", "order"} <= {line["what"] for line in lines}
    assert {"rule": "first_answer", "step": "lead"}.items() <= next(line for line in lines if line.get("step") == "lead").items()


def test_an_answer_to_a_letter_that_never_came_is_named(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "打印机卡纸", at=NINE)
    write("2", JING, "/note 看过了", at=NINE, answering="kind=survey ticket=1")
    result = simulate(tmp_path / "out", "--until", "2026-11-23T10:00")
    assert "Not played, because the letter that they answer never came: 2.eml" in result.output
    assert "2.eml" in (tmp_path / "out" / "summary.html").read_text("utf-8")


def test_nobody_can_use_an_address_of_a_rehearsal(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "打印机卡纸", at=NINE)
    simulate(tmp_path / "one", "--until", "2026-11-23T09:01")
    simulate(tmp_path / "two", "--until", "2026-11-23T09:01")
    one, two = ([str(letter["Reply-To"]) for letter in letters(tmp_path / name)] for name in ("one", "two"))
    assert len(one) == len(two) > 0
    assert not set(one) & set(two)


def test_two_policies_are_shown_side_by_side(tmp_path: Path, write: Write, simulate: Any) -> None:
    patient = tmp_path / "patient.toml"
    text = (tmp_path / "policy.toml").read_text("utf-8")
    assert 'remind = ["5m", "8m"]\nlead = ["10m"]' in text
    patient.write_text(text.replace('remind = ["5m", "8m"]\nlead = ["10m"]', 'remind = ["30m"]\nlead = ["60m"]'), "utf-8")
    write("1", FANG, "打印机卡纸", at=NINE)
    result = simulate(tmp_path / "out", "--until", "2026-11-23T09:20", "--policy", str(patient))
    assert result.exit_code == 0, result.output
    assert "escalation" in kinds(tmp_path / "out" / "policy")
    assert "escalation" not in kinds(tmp_path / "out" / "patient")
    page = (tmp_path / "out" / "summary.html").read_text("utf-8")
    assert '<th class="n">policy</th><th class="n">patient</th>' in page
    assert '<td>first_answer · lead</td><td class="n">1</td><td class="n">0</td>' in page


# -- wrong use -----------------------------------------------------------------------------------------------------------


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "x", at=NINE)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    result = simulate(tmp_path / "out")
    assert result.exit_code == 2
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_a_time_that_is_none_is_refused(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "x", at=NINE)
    assert simulate(tmp_path / "out", "--from", "soon").exit_code == 2
