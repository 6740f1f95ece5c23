"""The people file as spreadsheets really save it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from maildesk.config import Config, ConfigError
from maildesk.core.absence import EVER, Absence
from maildesk.core.people import Role
from maildesk.core.shift import calendar_of, week

CHINESE = (
    "姓名,工号,邮箱,部门,电话,角色,支持线,技能,语言,请假至,代理人\n"
    "王小明,E001,wang@example.com；w2@example.com,信息技术部,138,处理人、主管,一线,网络；硬件,中文,2026/10/8,E002\n"
    "陈静,E002,chen@example.com,研发部,139,工程师,二线,网络,zh-CN,,\n"
)

From = Callable[[bytes], Config]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_chinese_table_is_read_in_every_encoding_of_excel(people_from: From, encoding: str) -> None:
    wang, chen = people_from(CHINESE.encode(encoding)).people.everyone
    assert (wang.name, wang.staff_id, wang.department, wang.line) == ("王小明", "E001", "信息技术部", 1)
    assert wang.addresses == ("wang@example.com", "w2@example.com")
    assert wang.roles == {Role.ENGINEER, Role.LEAD}
    assert wang.skills == {"网络", "硬件"}
    assert wang.delegate == "E002"
    assert (chen.line, chen.language, chen.absences) == (2, "zh", ())


@pytest.mark.parametrize("separator", [";", "\t"])
def test_columns_may_be_separated_by_semicolons_or_tabs(people_from: From, separator: str) -> None:
    rows = [["staff_id", "name", "email", "role"], ["E1", "A", "a@x.org|b@x.org", "engineer|lead"]]
    (person,) = people_from("\r\n".join(separator.join(row) for row in rows).encode()).people.everyone
    assert person.addresses == ("a@x.org", "b@x.org")
    assert person.roles == {Role.ENGINEER, Role.LEAD}


def test_quoted_fields_comments_and_empty_lines_are_no_trouble(people_from: From) -> None:
    heading = b'# who works here\n\n"staff_id","name","addresses","roles","department"\n,,,,\n'
    raw = heading + b'E1,"Smith, Anna","a@x.org",lead engineer,"IT, Berlin"\n'
    (person,) = people_from(raw).people.everyone
    assert (person.name, person.department) == ("Smith, Anna", "IT, Berlin")
    assert person.roles == {Role.ENGINEER, Role.LEAD}


def test_a_date_of_absence_is_the_last_day_away(people_from: From) -> None:
    wang, _ = people_from(CHINESE.encode()).people.everyone
    assert wang.absences == (Absence(since=EVER, until=datetime(2026, 10, 9, tzinfo=ZoneInfo("Asia/Shanghai"))),)


def test_a_moment_of_absence_is_local_to_the_person(people_from: From) -> None:
    raw = b"staff_id,name,email,roles,timezone,absent_until\nE1,A,a@x.org,engineer lead,Europe/Berlin,2026-10-08 13:00\n"
    (person,) = people_from(raw).people.everyone
    assert person.absences == (Absence(since=EVER, until=datetime(2026, 10, 8, 13, tzinfo=ZoneInfo("Europe/Berlin"))),)


SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("columns", "cells", "spans"),
    [
        ("absences", "2026-12-20..2026-12-28; 2027-01-05", [("2026-12-20", "2026-12-29"), ("2027-01-05", "2027-01-06")]),
        ("absences", "2026/12/20 至 2026/12/28；2027/1/5", [("2026-12-20", "2026-12-29"), ("2027-01-05", "2027-01-06")]),
        ("请假", "2026-11-23 14:00..2026-11-23 16:00", [("2026-11-23 14:00", "2026-11-23 16:00")]),
        ("absences", "2026-12-20..2026-12-24; 2026-12-23..2026-12-28", [("2026-12-20", "2026-12-29")]),
        ("absent_from,absent_until", "2026-12-20,2026-12-28", [("2026-12-20", "2026-12-29")]),
        ("请假自,请假至", "2026-12-20 12:00,2026-12-20 18:00", [("2026-12-20 12:00", "2026-12-20 18:00")]),
        ("absent_from,absent_until,absences", "2026-12-20,2026-12-20,2026-12-21", [("2026-12-20", "2026-12-22")]),
    ],
)
def test_absences_are_planned_from_one_day_or_moment_to_another(
    people_from: From, columns: str, cells: str, spans: list[tuple[str, str]]
) -> None:
    (person,) = people_from(f"staff_id,name,email,roles,{columns}\nE1,A,a@x.org,engineer lead,{cells}\n".encode()).people.everyone
    moments = [[datetime.fromisoformat(end).replace(tzinfo=SHANGHAI) for end in span] for span in spans]
    assert list(person.absences) == [Absence(since=since, until=until) for since, until in moments]


@pytest.mark.parametrize(
    ("columns", "cells", "key", "problem", "remedy"),
    [
        ("absences", "2026-12-28..2026-12-20", "absences", "ends before it begins", "earlier day or moment first"),
        ("absences", "Christmas", "absences", "'Christmas' is not a date", "2026-10-08"),
        ("absences", "2026-02-30", "absences", "is not a date", "2026-10-08 13:00"),
        ("absent_until", "9999-12-31", "absent_until", "too far away", "of this century"),
        ("absences", "0001-01-01..2026-12-31", "absences", "too far away", "of this century"),
        ("absent_from,absent_until", "2026-12-28,2026-12-20", "absent_until", "ends before it begins", "earlier day"),
        ("absent_from", "2026-12-28", "absent_from", "has no end", "absent_until"),
    ],
)
def test_an_absence_that_cannot_be_is_told(files: Any, columns: str, cells: str, key: str, problem: str, remedy: str) -> None:
    files.people.write_text(f"staff_id,name,email,roles,{columns}\nE1,A,a@x.org,engineer lead,{cells}\n", encoding="utf-8")
    (found,) = (finding for finding in files.findings() if finding.file == files.people)
    assert (found.key, found.line) == (key, 2)
    assert problem in found.problem
    assert remedy in found.remedy


@pytest.mark.parametrize(
    "shift",
    [
        "mon-fri 09:00-12:00 13:00-18:00",
        "Mon-Fri 09:00 - 12:00, 13:00-18:00",
        "周一至周五 09:00-12:00 13:00-18:00",
        "monday–friday 09:00–12:00、13:00–18:00",
    ],
)
def test_a_shift_is_kept_in_the_form_that_the_core_reads(people_from: From, shift: str) -> None:
    raw = f'staff_id,name,email,roles,shift\nE1,A,a@x.org,engineer lead,"{shift}"\n'
    (person,) = people_from(raw.encode()).people.everyone
    days = week(person.shift)
    assert [f"{hours.start:%H:%M}-{hours.end:%H:%M}" for hours in days[4]] == ["09:00-12:00", "13:00-18:00"]
    assert days[5] == ()


def test_an_address_is_compared_in_one_form(people_from: From) -> None:
    raw = "staff_id,name,email,roles\nE1,A,Ann@BÜCHER.example,engineer lead\nE2,B,ｂ＠ｅｘａｍｐｌｅ．ｏｒｇ,\n"
    first, second = people_from(raw.encode()).people.everyone
    assert first.address == "Ann@xn--bcher-kva.example"
    assert second.address == "b@example.org"
    assert second.roles == {Role.REQUESTER}
    assert second.line is None


def test_people_may_stand_in_toml(files: Any) -> None:
    files.change("main", "people.csv", "people.toml")
    (files.folder / "people.toml").write_text(
        '[[person]]\nstaff_id = "E1"\nname = "王"\naddresses = ["a@x.org"]\nroles = ["engineer", "主管"]\nline = 2\n'
        'skills = ["hardware", "software", "network", "account", "system", "guidance"]\nabsent_until = 2026-10-08T13:00:00\n',
        encoding="utf-8",
    )
    (person,) = files.load().people.everyone
    assert (person.staff_id, person.line, person.addresses) == ("E1", 2, ("a@x.org",))
    assert person.absences == (Absence(since=EVER, until=datetime(2026, 10, 8, 13, tzinfo=ZoneInfo("Asia/Shanghai"))),)


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        ('[[person]]\nstaff_id = "E1"\nnmae = "x"\n', "is not a known column", 3),
        ('[[people]]\nstaff_id = "E1"\n', "is not a list of people", None),
        ('[[person]]\nname = "x"\naddresses = "a@x.org"\n', "is empty", 1),
    ],
)
def test_faults_of_people_in_toml_are_named_with_their_line(files: Any, text: str, problem: str, line: int | None) -> None:
    files.change("main", "people.csv", "people.toml")
    (files.folder / "people.toml").write_text(text, encoding="utf-8")
    assert (problem, line) in [(finding.problem, finding.line) for finding in files.findings()]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "is empty"),
        (b"staff_id,name,email\nE1,A,a@x.org,extra\n", "has more fields than the heading"),
        (b"staff_id,name,email,mail\nE1,A,a@x.org,b@x.org\n", "there are two columns addresses"),
        (b'staff_id,name,email\nE1,"A,a@x.org\n', "is not a CSV table"),
        (b"staff_id,name,email\n\xff\xff\xff,\x80,a@x.org\n", "is neither UTF-8 nor GB18030 text"),
    ],
)
def test_a_table_that_is_none_is_refused(people_from: From, raw: bytes, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        people_from(raw)
    assert any(problem in finding.problem for finding in caught.value.findings)


def test_one_bad_row_does_not_accuse_the_others(files: Any) -> None:
    files.change("people", "13800000301,manager", "13800000301,manger")
    assert [finding.key for finding in files.findings()] == ["roles"]


def test_the_policy_knows_the_hours_of_line_2(files: Any) -> None:
    """When they begin, a hand-over that nobody could take is tried again."""
    loaded = files.load()
    theirs = {calendar_of(one, loaded.policy) for one in loaded.people.having(Role.ENGINEER) if one.line == 2}
    assert theirs
    assert set(loaded.policy.experts) == theirs
