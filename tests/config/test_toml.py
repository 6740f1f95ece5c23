"""Where a key stands in a file."""

from pathlib import Path

import pytest

from maildesk.config import toml
from maildesk.config.findings import Report

TEXT = '''\
top = 1 # a comment
"quoted key" = 2
list = [
    "a", # [not] = a header
    "]",
    "b",
]
after = """
[fake]
key = 1
"""
inline = { one = 1, two = "x = y" }
dotted.key = 3

[table]
key = 1
[table.inner]
key = 'x # y'

[[many]]
key = 1
[[many]]
key = 2
[[many.deep]]
key = 3
'''


def lines_of(tmp_path: Path, text: str) -> toml.Toml:
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    report = Report()
    read = toml.read(path, report)
    assert read is not None, report.findings
    return read


def test_every_key_is_found_on_its_line(tmp_path: Path) -> None:
    read = lines_of(tmp_path, TEXT)
    places: dict[toml.Place, int] = {
        ("top",): 1,
        ("quoted key",): 2,
        ("list",): 3,
        ("after",): 8,
        ("inline",): 12,
        ("inline", "two"): 12,
        ("dotted", "key"): 13,
        ("table", "key"): 16,
        ("table", "inner", "key"): 18,
        ("many", 0, "key"): 21,
        ("many", 1, "key"): 23,
        ("many", 1, "deep", 0, "key"): 25,
    }
    assert {place: read.line(place) for place in places} == places


def test_nothing_inside_a_text_or_list_is_taken_for_a_key(tmp_path: Path) -> None:
    read = lines_of(tmp_path, TEXT)
    assert not [place for place in read.lines if "fake" in place or "not" in place]


def test_a_missing_key_is_reported_at_its_table(tmp_path: Path) -> None:
    read = lines_of(tmp_path, TEXT)
    assert read.line(("many", 1, "absent")) == 22
    assert read.line(("table", "inner", "absent", "deeper")) == 17
    assert read.line(("absent",)) is None


def test_a_byte_order_mark_and_windows_line_ends_are_no_trouble(tmp_path: Path) -> None:
    read = lines_of(tmp_path, "\ufeff" + TEXT.replace("\n", "\r\n"))
    assert read.line(("many", 0, "key")) == 21


def test_a_fault_of_the_grammar_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("a = 1\nb = 2\na = 3\n", encoding="utf-8")
    report = Report()
    assert toml.read(path, report) is None
    (finding,) = report.findings
    assert finding.line == 3
    assert "not valid TOML" in finding.problem


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 3000 + "]" * 3000, "a = " + "{a=" * 3000 + "1" + "}" * 3000, "a = " + "9" * 5000]
)
def test_what_is_nested_or_long_beyond_measure_is_a_finding(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    report = Report()
    assert toml.read(path, report) is None
    (finding,) = report.findings
    assert "beyond measure" in finding.problem
    assert finding.remedy
