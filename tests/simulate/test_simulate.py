"""The rehearsal: mails in a folder, letters in another, and everything between them in virtual time."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from maildesk import config
from maildesk.core.letter import LetterKind
from maildesk.core.message import Address, MessageId
from maildesk.core.people import People
from maildesk.core.ticket import Number
from maildesk.demo import world
from maildesk.demo.world import ANN, FANG, JING, MING, Actor
from maildesk.mail.tokens import Keys
from maildesk.simulate import Unplayable, arrivals
from maildesk.simulate.letters import Letters
from maildesk.simulate.shelf import Shelf
from maildesk.store import OutboxId, Outgoing
from tests.simulate.played import NINE, SHANGHAI, Write, kinds, letters, outcomes, timeline

# -- calls ---------------------------------------------------------------------------------------------------------------


def test_nobody_is_rung_but_the_timeline_and_the_summary_say_who_would_have_been(
    tmp_path: Path, write: Write, simulate: Callable[..., Any]
) -> None:
    write("outage", FANG, "紧急！全公司都无法登录财务系统，整个公司无法办公。", at="2026-11-24T03:00")
    assert simulate(tmp_path / "silent", "--until", "2026-11-24T04:00").exit_code == 0
    main = tmp_path / "maildesk.toml"
    rings = main.read_text("utf-8").replace(
        '#command = ["/usr/local/bin/page"', f'command = ["/usr/bin/touch", "{tmp_path}/rung"'
    )
    main.write_text(rings, "utf-8")
    out = tmp_path / "out"
    assert simulate(out, "--until", "2026-11-24T04:00").exit_code == 0
    timeline = [json.loads(line) for line in (out / "timeline.jsonl").read_text("utf-8").splitlines()]
    calls = [one for one in timeline if one["what"] == "call"]
    at = [datetime.fromisoformat(one["at"]).astimezone(SHANGHAI) for one in calls]
    assert [f"{one:%H:%M}" for one in at] == ["03:00", "03:10", "03:15"]
    assert {(one["number"], one["phone"]) for one in calls} == {("TS20261124001", "6120")}
    assert '<td>呼叫值班人员<td class="n">3' in (out / "summary.html").read_text("utf-8").replace("</td>", "")
    assert '<td>呼叫值班人员<td class="n">0' in (tmp_path / "silent" / "summary.html").read_text("utf-8").replace("</td>", "")
    assert not (tmp_path / "rung").exists()


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


def test_what_an_engineer_closed_with_a_reason_counts_as_solved(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "打印机卡纸", at=NINE)
    write("2", MING, "/close 取出了后盖里的纸", at="2026-11-23T09:30:00+08:00", answering="kind=assignment ticket=1")
    assert simulate(tmp_path / "out", "--until", "2026-11-23T11:00").exit_code == 0
    page = (tmp_path / "out" / "summary.html").read_text("utf-8").replace("</td>", "")
    assert '<td>已解决<td class="n">1' in page
    assert '<td>解决用时（中位 / 九成以内）<td class="n">0:30 / 0:30 (1)' in page


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


def test_each_policy_names_the_mails_that_it_did_not_play(tmp_path: Path, write: Write, simulate: Any) -> None:
    other = tmp_path / "silent.toml"
    other.write_text(_without_leads((tmp_path / "policy.toml").read_text("utf-8")), "utf-8")
    write("1", FANG, "打印机卡纸", at=NINE)
    write("2", JING, "/note 看过了", at=NINE, answering="kind=survey ticket=1")
    write("3", JING, "/note 知道了", at=NINE, answering="kind=escalation ticket=1")
    output = simulate(tmp_path / "out", "--until", "2026-11-23T10:00", "--policy", str(other)).output
    assert "Not played under policy, because the letter that they answer never came: 2.eml\n" in output
    assert "Not played under silent, because the letter that they answer never came: 2.eml, 3.eml\n" in output


def _without_leads(policy: str) -> str:
    """The same policy, in which no rule tells a lead within an hour."""
    return re.sub(r"^lead = \[.*\]$", "lead = []", policy, flags=re.MULTILINE)


def test_nobody_can_use_an_address_of_a_rehearsal(tmp_path: Path, write: Write, simulate: Any) -> None:
    """The real desk does not know the key."""
    write("1", FANG, "打印机卡纸", at=NINE)
    simulate(tmp_path / "out", "--until", "2026-11-23T09:01")
    real = Keys(config.load(tmp_path / "maildesk.toml").settings.keys)
    addresses = [parseaddr(letter["Reply-To"])[1] for letter in letters(tmp_path / "out")]
    assert len(addresses) > 1
    known = [real.read(address, datetime(2026, 11, 23, 2, tzinfo=UTC)) for address in addresses if "+" in address]
    assert known == [None] * len(addresses)
    assert [letter["Message-ID"] for letter in letters(tmp_path / "out") if real.read_id(letter["Message-ID"].strip("<>"))] == []


def test_a_rehearsal_needs_neither_keys_nor_servers_nor_passwords(tmp_path: Path, write: Write, simulate: Any) -> None:
    """What a manager has: the policy, the people, and how the desk is called."""
    main = tmp_path / "maildesk.toml"
    tables = re.split(r"^(?=\[)", main.read_text("utf-8"), flags=re.MULTILINE)
    main.write_text("".join(table for table in tables if table.startswith(("[desk]", "[on_call]"))), "utf-8")
    shutil.rmtree(tmp_path / "state")
    write("1", FANG, "打印机卡纸", at=NINE)
    result = simulate(tmp_path / "out", "--until", "2026-11-23T09:20")
    assert result.exit_code == 0, result.output
    assert "escalation" in kinds(tmp_path / "out")
    assert not (tmp_path / "state").exists()
    assert (tmp_path / "out" / "desk" / "maildesk.db").is_file()


def test_a_main_file_that_asks_for_what_this_machine_has_not_can_be_rehearsed(
    tmp_path: Path, write: Write, simulate: Any
) -> None:
    main = tmp_path / "maildesk.toml"
    text = re.sub(r"^password = .*$", 'password = { credential = "nowhere" }', main.read_text("utf-8"), flags=re.MULTILINE)
    text = re.sub(r"^#?database = .*$", 'database = { credential = "nowhere" }', text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^#?url = .*$", 'url = { credential = "nowhere" }\nca_file = "/nowhere"', text, count=1, flags=re.MULTILINE)
    main.write_text(text, "utf-8")
    write("1", FANG, "打印机卡纸", at=NINE)
    result = simulate(tmp_path / "out", "--until", "2026-11-23T09:01")
    assert result.exit_code == 0, result.output


def test_the_second_policy_has_its_own_cases_and_calendars(tmp_path: Path, write: Write, simulate: Any) -> None:
    """On a Saturday that is a working day by one calendar and none by the other."""
    text, other = (tmp_path / "policy.toml").read_text("utf-8"), tmp_path / "weekends.toml"
    six = '[calendars.six]\nhours = ["mon-sat 09:00-18:00"]\nzone = "Asia/Shanghai"\n\n[priority_calendars]'
    case = '\n[[cases]]\ncategory = ["硬件故障"]\nfirst_answer = { remind = ["1m"], lead = ["2m"] }\n'
    other.write_text(text.replace("[priority_calendars]", six, 1).replace('P3 = "office"', 'P3 = "six"') + case, "utf-8")
    write("1", FANG, "打印机卡纸", at="2026-11-28T09:00:00+08:00")
    result = simulate(tmp_path / "out", "--until", "2026-11-30T09:30", "--policy", str(other))
    assert result.exit_code == 0, result.output
    told = {}
    for name in ("policy", "weekends"):
        lines = [json.loads(line) for line in (tmp_path / "out" / name / "timeline.jsonl").read_text("utf-8").splitlines()]
        speaks = (one["at"] for one in lines if one.get("rule") == "first_answer" and one["step"] == "lead")
        told[name] = [datetime.fromisoformat(at).astimezone(SHANGHAI).strftime("%a %H:%M") for at in speaks]
    assert told == {"policy": ["Mon 09:10"], "weekends": ["Sat 09:02"]}


QUICK = 'due = "10m"\nremind = ["5m", "8m"]\nlead = ["10m"]'
SLOW = 'due = "60m"\nremind = ["30m"]\nlead = ["60m"]'


def test_two_policies_are_shown_side_by_side(tmp_path: Path, write: Write, simulate: Any) -> None:
    patient = tmp_path / "patient.toml"
    text = (tmp_path / "policy.toml").read_text("utf-8")
    assert QUICK in text
    patient.write_text(text.replace(QUICK, SLOW), "utf-8")
    write("1", FANG, "打印机卡纸", at=NINE)
    result = simulate(tmp_path / "out", "--until", "2026-11-23T09:20", "--policy", str(patient))
    assert result.exit_code == 0, result.output
    assert "escalation" in kinds(tmp_path / "out" / "policy")
    assert "escalation" not in kinds(tmp_path / "out" / "patient")
    page = (tmp_path / "out" / "summary.html").read_text("utf-8")
    assert '<th class="n">policy</th><th class="n">patient</th>' in page
    assert '<td>首次答复 · 上报主管</td><td class="n">1</td><td class="n">0</td>' in page


def test_two_policies_are_compared_by_how_each_rule_was_kept(tmp_path: Path, write: Write, simulate: Any) -> None:
    patient = tmp_path / "patient.toml"
    text = (tmp_path / "policy.toml").read_text("utf-8")
    patient.write_text(text.replace(QUICK, SLOW), "utf-8")
    write("1", FANG, "打印机卡纸", at=NINE)
    write("2", MING, "请取出后盖里的纸。", at="2026-11-23T09:15:00+08:00", answering="kind=assignment ticket=1")
    write("3", MING, "/resolve 取出后盖里的纸", at="2026-11-23T09:30:00+08:00", answering="kind=assignment ticket=1")
    simulate(tmp_path / "out", "--until", "2026-11-23T11:00", "--policy", str(patient))
    page = (tmp_path / "out" / "summary.html").read_text("utf-8")
    assert '<td>首次答复</td><td class="n">0 / 1 (0%)</td><td class="n">1 / 1 (100%)</td>' in page
    assert '<td>解决</td><td class="n">1 / 1 (100%)</td><td class="n">1 / 1 (100%)</td>' in page
    assert "0:30 / 0:30 (1)" in page


def test_the_line_at_the_end_counts_every_broken_duty(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "打印机卡纸", at=NINE)
    result = simulate(tmp_path / "out", "--until", "2026-11-24")
    rows = re.findall(r">([0-9]+) / ([0-9]+) \([0-9]+%\)<", (tmp_path / "out" / "summary.html").read_text("utf-8"))
    broken = sum(int(due) - int(kept) for kept, due in rows)
    assert any(int(due) > 1 for _, due in rows), "one duty of the ticket came again"
    assert f" {broken} duties broken" in result.output


def test_the_page_speaks_the_language_of_the_desk(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "打印机卡纸", at=NINE)
    main = tmp_path / "maildesk.toml"
    for language, word, letter in (("zh", "新工单", "受理通知"), ("en", "a new ticket", "acknowledgement")):
        simulate(tmp_path / language, "--until", "2026-11-23T09:00:30")
        page = (tmp_path / language / "summary.html").read_text("utf-8")
        assert f"<td>{word}</td>" in page
        assert f"<td>{letter}</td>" in page
        main.write_text(main.read_text("utf-8").replace('language = "zh"', 'language = "en"'), "utf-8")


def test_the_readers_beyond_the_fortieth_are_counted(tmp_path: Path, write: Write, simulate: Any) -> None:
    for number in range(45):
        someone = Actor(name=f"U{number}", address=f"u{number}@partner.test", part="")
        write(f"{number:02}", someone, f"Printer {number} is jammed", at=NINE)
    simulate(tmp_path / "out", "--until", "2026-11-23T09:00:30")
    page = (tmp_path / "out" / "summary.html").read_text("utf-8")
    readers = {str(letter["To"]) for letter in letters(tmp_path / "out")}
    assert f"另有 {len(readers) - 40} 人收到的更少" in page


# -- the span ------------------------------------------------------------------------------------------------------------


def test_only_mails_of_the_span_are_played(tmp_path: Path, write: Write, simulate: Any) -> None:
    for day in (22, 23, 24):
        write(str(day), FANG, f"打印机卡纸 {day}", at=f"2026-11-{day}T09:00:00+08:00")
    simulate(tmp_path / "out", "--from", "2026-11-23", "--until", "2026-11-23")
    assert list(outcomes(tmp_path / "out")) == ["23.eml"]
    assert [ticket["number"] for ticket in json.loads((tmp_path / "out" / "tickets.json").read_text("utf-8"))] == [
        "TS20261123001"
    ]


def test_the_last_day_is_played_to_its_end(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "打印机卡纸", at="2026-11-23T23:59:00+08:00")
    simulate(tmp_path / "day", "--until", "2026-11-23")
    simulate(tmp_path / "moment", "--until", "2026-11-23T23:58:59")
    assert list(outcomes(tmp_path / "day")) == ["1.eml"]
    assert outcomes(tmp_path / "moment") == {}


def test_digests_come_at_their_hour_whenever_the_rehearsal_begins(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "打印机卡纸", at="2026-11-23T08:07:13+08:00")
    simulate(tmp_path / "out", "--until", "2026-11-24T12:00")
    digests = [line for line in timeline(tmp_path / "out") if line.get("kind") == "digest"]
    clocks = {datetime.fromisoformat(line["at"]).astimezone(SHANGHAI).strftime("%d %H:%M") for line in digests}
    assert clocks == {"23 09:00", "24 09:00"}


@pytest.mark.parametrize(("begins", "first"), [("17:50", "24 09:00"), ("09:00", "23 09:00")])
def test_a_digest_of_before_the_beginning_is_not_written(
    tmp_path: Path, write: Write, simulate: Any, begins: str, first: str
) -> None:
    write("1", FANG, "打印机卡纸", at=f"2026-11-23T{begins}:00+08:00")
    simulate(tmp_path / "out", "--until", "2026-11-24T12:00")
    digests = [line["at"] for line in timeline(tmp_path / "out") if line.get("kind") in ("digest", "team_digest")]
    assert datetime.fromisoformat(digests[0]).astimezone(SHANGHAI).strftime("%d %H:%M") == first


def test_every_moment_of_the_timeline_is_told_in_the_zone_of_the_desk(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "打印机卡纸", at="2026-11-23T01:00:00Z")
    write("2", ANN, "Everybody is down, urgent", at="2026-11-23T20:00:00+01:00")
    simulate(tmp_path / "out", "--until", "2026-11-24T12:00")
    told = timeline(tmp_path / "out")
    assert {"mail", "letter", "alarm"} <= {line["what"] for line in told}
    assert {line["at"][-6:] for line in told} == {"+08:00"}


def test_the_same_mails_give_the_same_bytes(tmp_path: Path, write: Write) -> None:
    """Whatever the order in which Python keeps its sets."""
    main = world.write(tmp_path, imap_port=1, smtp_port=1)
    for hour in range(4):
        write(f"{hour}-a", FANG, f"打印机卡纸，第 {hour} 台", at=f"2026-11-23T1{hour}:00:00+08:00")
        write(f"{hour}-b", ANN, f"Everybody is down, urgent, {hour}", at=f"2026-11-23T1{hour}:00:00+08:00")
    write("take", None, "/take", at="2026-11-23T13:10:00+08:00", answering="kind=assignment ticket=3")
    play = (sys.executable, "-c", "from maildesk.cli import main; main()", "simulate", "--config", main)
    for seed in ("1", "2"):
        words = ("--mails", tmp_path / "mails", "--out", tmp_path / seed, "--until", "2026-11-24T12:00")
        subprocess.run([*play, *words], env={**os.environ, "PYTHONHASHSEED": seed}, check=True)
    one, two = (shown(tmp_path / seed) for seed in ("1", "2"))
    assert len(one) > 50
    assert one == two


def shown(out: Path) -> dict[str, bytes]:
    """Everything that a rehearsal shows, by the names of the files."""
    return {
        str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file() and "desk" not in path.parts
    }


# -- wrong use -----------------------------------------------------------------------------------------------------------


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "x", at=NINE)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    result = simulate(tmp_path / "out")
    assert result.exit_code == 2
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_a_span_that_ends_before_it_begins_is_refused(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "x", at=NINE)
    assert simulate(tmp_path / "out", "--from", "2026-11-24", "--until", "2026-11-23").exit_code == 2
    assert not (tmp_path / "out").exists()


def test_a_folder_within_that_of_the_mails_is_refused(tmp_path: Path, mails: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "x", at=NINE)
    assert simulate(mails / "out").exit_code == simulate(mails).exit_code == 2
    assert [path.name for path in mails.iterdir()] == ["1.eml"]


def test_a_folder_that_cannot_be_written_is_named(write: Write, simulate: Any) -> None:
    write("1", FANG, "x", at=NINE)
    result = simulate(Path("/proc/nowhere/out"))
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59", "2049-01-01T00:00:00Z"])
def test_a_mail_of_a_year_without_calendars_is_named(mails: Path, write: Write, at: str) -> None:
    write("old", FANG, "x", at=at)
    with pytest.raises(Unplayable, match=r"old\.eml: it came in the year"):
        arrivals(mails, SHANGHAI)


def test_a_file_that_cannot_be_read_is_named_with_the_others(mails: Path, write: Write) -> None:
    write("1", FANG, "x", at=NINE)
    (mails / "gone.eml").symlink_to("/nowhere")
    (mails / "folder.eml").mkdir()
    with pytest.raises(Unplayable, match=r"folder.eml: cannot be read[^\n]+\n[^\n]+gone.eml: cannot be read"):
        arrivals(mails, SHANGHAI)


def test_a_file_is_a_mail_in_any_letter_case(mails: Path, write: Write) -> None:
    write("1", FANG, "x", at=NINE)
    (mails / "1.eml").rename(mails / "1.EML")
    assert [mail.name for mail in arrivals(mails, SHANGHAI)] == ["1.EML"]


def test_a_span_without_mails_is_said(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "x", at=NINE)
    assert "they come from 2026-11-23" in simulate(tmp_path / "out", "--until", "2026-11-22").output


def test_an_answer_of_two_senders_is_refused(mails: Path, write: Write) -> None:
    write("bad", None, "/take", at=NINE, answering="kind=assignment ticket=1", From="a@demo.test, b@demo.test")
    with pytest.raises(Unplayable, match="leave From out"):
        arrivals(mails, SHANGHAI)


def test_a_time_that_is_none_is_refused(tmp_path: Path, write: Write, simulate: Any) -> None:
    write("1", FANG, "x", at=NINE)
    for said in ("soon", "1066-10-14", "9999-12-31"):
        assert simulate(tmp_path / "out", "--from", said).exit_code == 2


def test_a_letter_that_could_not_be_written_is_told_at_the_end(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "letters")
    (tmp_path / "letters").rmdir()
    Letters(shelf, People(())).keep(OUTGOING, Number("TS20261102001"), NOON)
    with pytest.raises(FileNotFoundError):
        shelf.close()


NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
OUTGOING = Outgoing(
    id=OutboxId(1),
    ticket=None,
    kind=LetterKind.REMINDER,
    to=Address("li.ming@demo.test"),
    sender=Address("support@demo.test"),
    message_id=MessageId("md.1@demo.test"),
    attempts=1,
    epoch=1,
    created_at=NOON,
    resent=False,
    late=False,
    size=0,
    letter=None,
    body=b"Subject: hello\r\n\r\n",
)
