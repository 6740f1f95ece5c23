"""Mails in a rehearsal: when they arrive, and mails of every make."""

import json
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest

from maildesk.demo.world import ANN, FANG, MING
from maildesk.simulate import Unplayable, arrivals
from tests.simulate.played import NINE, SHANGHAI, Write, letters, outcomes, timeline

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


# -- mails of every make --------------------------------------------------------------------------------------------------


def test_an_answer_without_a_sender_comes_from_whoever_got_the_letter(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "打印机卡纸", at=NINE)
    write("2", None, "/take", at="2026-11-23T09:04:00+08:00", answering="kind=assignment ticket=1")
    write("3", None, "还是不行", at="2026-11-23T09:05:00+08:00", answering="kind=acknowledgement ticket=TS20261123001")
    assert simulate(tmp_path / "out", "--until", "2026-11-23T09:06").exit_code == 0
    assignment = next(letter for letter in letters(tmp_path / "out") if letter["X-Maildesk-Kind"] == "assignment")
    order = next(line for line in timeline(tmp_path / "out") if line["what"] == "order")
    assert order["author"] == {"li.ming@demo.test": "E001", "zhao.lei@demo.test": "E101"}[parseaddr(assignment["To"])[1]]
    assert outcomes(tmp_path / "out")["3.eml"] == "wrote"


def test_mails_of_one_moment_are_played_in_the_order_of_their_names(tmp_path: Path, write: Write, simulate: Any) -> None:
    for name in ("b", "a", "c"):
        write(name, FANG, f"打印机卡纸，第 {name} 台", at=NINE)
    simulate(tmp_path / "out", "--until", "2026-11-23T09:00:30")
    tickets = json.loads((tmp_path / "out" / "tickets.json").read_text("utf-8"))
    assert [(ticket["number"], ticket["subject"]) for ticket in tickets] == [
        ("TS20261123001", "about a"),
        ("TS20261123002", "about b"),
        ("TS20261123003", "about c"),
    ]


def test_an_answer_that_is_too_early_waits_for_its_letter(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "打印机卡纸", at=NINE)
    write("2", None, "/take", at="2026-11-23T09:01:00+08:00", answering="kind=assignment ticket=2")
    write("3", ANN, "The printer is jammed", at="2026-11-23T09:30:00+08:00")
    simulate(tmp_path / "out", "--until", "2026-11-23T09:31")
    order = next(line for line in timeline(tmp_path / "out") if line["what"] == "order")
    assert order["number"] == "TS20261123002"
    assert datetime.fromisoformat(order["at"]) == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def test_the_same_mail_again_opens_nothing(tmp_path: Path, mails: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "打印机卡纸", at=NINE)
    raw = (mails / "1.eml").read_bytes()
    (mails / "2.eml").write_bytes(raw)
    (mails / "3.eml").write_bytes(b"Received: from b by mail.demo.test; Mon, 23 Nov 2026 01:00:00 +0000\n" + raw)
    simulate(tmp_path / "out", "--until", "2026-11-23T09:00:30")
    assert outcomes(tmp_path / "out") == {"1.eml": "opened", "2.eml": "duplicate", "3.eml": "duplicate"}


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_lines_may_end_either_way_and_fields_may_be_folded(tmp_path: Path, mails: Path, simulate: Any, end: bytes) -> None:
    mail = [b"From: Fang <wang.fang@demo.test>", b"To: support@demo.test", b"Subject: printer", b"Message-ID: <1@demo.test>"]
    opening = [*mail, b"X-Arrived:", b" Mon, 23 Nov 2026 09:00:00", b"\t+0800", b"", b"The printer is jammed", b""]
    answer = [
        b"Subject: a draft",
        b" over two lines",
        b"X-Arrived: 2026-11-23T09:04",
        b"X-Answer-To: kind=assignment",
        b"  ticket=1",
        b"To: nobody@demo.test,",
        b" somebody@demo.test",
        b"",
        b"Subject: this is text",
        b"/take",
        b"",
    ]
    (mails / "1.eml").write_bytes(end.join(opening))
    (mails / "2.eml").write_bytes(end.join(answer))
    assert simulate(tmp_path / "out", "--until", "2026-11-23T09:05").exit_code == 0
    assert outcomes(tmp_path / "out") == {"1.eml": "opened", "2.eml": "ordered"}
    (order,) = (line for line in timeline(tmp_path / "out") if line["what"] == "order")
    assert "two lines" not in json.dumps(order)


def test_files_with_chinese_names_are_handed_on(tmp_path: Path, write: Write, mails: Path, simulate: Any) -> None:
    write("1", FANG, "打印机卡纸，见附件", at=NINE)
    mail = message_from_bytes((mails / "1.eml").read_bytes(), policy=SMTP)
    mail.add_attachment(b"%PDF-1.4 jam", maintype="application", subtype="pdf", filename="卡纸 报告.pdf")
    (mails / "1.eml").unlink()
    (mails / "打印机 1.eml").write_bytes(mail.as_bytes())
    assert simulate(tmp_path / "out", "--until", "2026-11-23T09:00:30").exit_code == 0
    assert list(outcomes(tmp_path / "out")) == ["打印机 1.eml"]
    assignment = next(letter for letter in letters(tmp_path / "out") if letter["X-Maildesk-Kind"] == "assignment")
    assert "卡纸 报告.pdf" in assignment.as_string() or "卡纸 报告.pdf" in [part.get_filename() for part in assignment.walk()]


def test_a_mail_that_nobody_confirms_is_held_after_a_day(tmp_path: Path, write: Write, simulate: Any) -> None:
    unproven = "mail.demo.test; dmarc=none header.from=demo.test"
    write("1", FANG, "打印机卡纸", at=NINE)
    write(
        "2", MING, "/take", at="2026-11-23T09:01:00+08:00", answering="kind=assignment ticket=1", Authentication_Results=unproven
    )
    simulate(tmp_path / "one", "--until", "2026-11-23T09:30")
    assert outcomes(tmp_path / "one")["2.eml"] == "confirming"
    simulate(tmp_path / "two", "--until", "2026-11-24T09:30")
    assert outcomes(tmp_path / "two")["2.eml"] == "held"
