"""Whatever stands behind a key of the policy, of a file of holidays or of people: it is read, or told with a remedy."""

import re
from itertools import cycle, islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from maildesk import share
from maildesk.config import people_file, policy_file, toml
from maildesk.config.findings import Report
from maildesk.config.people_file import COLUMNS

VALUES = (
    *(
        "0",
        "-1",
        "1.5",
        "nan",
        "-inf",
        "99999999999999999999",
        "true",
        '""',
        '" "',
        '"x"',
        '"\\u0000"',
        '"\uff12\uff10\uff12\uff17"',
    ),
    *("[]", "[[]]", "[1]", '[""]', "[{}]", "{}", "{ x = 1 }", "{ P1 = 1 }", "2027-01-01", "2027-01-01T00:00:00", "10:00:00"),
    *('"0s"', '"99999999999d"', '"24:00"', '"mon-sun 24:00-24:00"', '"9999-12-31"', '"0001-01-01"', '["9999-12-31"]', '["/"]'),
    '"\uff12\uff10\uff12\uff17"',
    f'"{"9" * 5000}"',
)
ZONE = ZoneInfo("Asia/Shanghai")
ASSIGNED = re.compile(r"^#?(\w+) = (\S.*)$", re.MULTILINE)


def findings(report: Report) -> str:
    assert all(finding.problem and finding.remedy for finding in report.findings)
    return "\n".join(map(str, report.findings))


def with_value(text: str, key: re.Match[str], value: str) -> str:
    """The text with another value behind a key; a list over several lines is replaced as a whole."""
    end = text.index("\n]", key.start()) + 2 if key[2] == "[" else key.end()
    return f"{text[: key.start()]}{key[1]} = {value}{text[end:]}"


@pytest.mark.parametrize("start", range(2))
def test_no_value_of_the_policy_makes_it_unreadable(tmp_path: Path, start: int) -> None:
    text = (share.folder("config") / "policy.example.toml").read_text(encoding="utf-8")
    values = islice(cycle(VALUES), start * 7, None)
    for key, value in zip(ASSIGNED.finditer(text), values, strict=False):
        path, report = tmp_path / "policy.toml", Report()
        path.write_text(with_value(text, key, value), encoding="utf-8")
        file = toml.read(path, report)
        read = file and policy_file.policy(file, report, zone=ZONE, language="zh")
        assert read is not None or findings(report), f"{key[1]} = {value}"


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("text", ["years = {}\n", "[years]\n2027 = {}\n", "[years.2027]\nholidays = {}\n", "[years.{}]\n"])
def test_no_value_of_a_file_of_holidays_makes_it_unreadable(tmp_path: Path, text: str, value: str) -> None:
    policy = (
        (share.folder("config") / "policy.example.toml").read_text(encoding="utf-8").replace("#holiday_files", "holiday_files")
    )
    path, report = tmp_path / "policy.toml", Report()
    path.write_text(policy, encoding="utf-8")
    (tmp_path / "holidays-cn.toml").write_text(text.replace("{}", value), encoding="utf-8")
    file = toml.read(path, report)
    assert file is not None
    assert policy_file.policy(file, report, zone=ZONE, language="zh") is not None or findings(report)


@pytest.mark.parametrize("value", VALUES)
def test_no_value_of_a_person_makes_the_file_unreadable(tmp_path: Path, value: str) -> None:
    usual = {"staff_id": '"E1"', "name": '"A"', "addresses": '"a@example.org"'}
    for column in COLUMNS:
        path, report = tmp_path / "people.toml", Report()
        lines = "\n".join(f"{key} = {written}" for key, written in (usual | {column: value}).items())
        path.write_text(f"[[person]]\n{lines}\n", encoding="utf-8")
        everyone, _ = people_file.people(path, report, ZONE)
        assert everyone or findings(report), column
