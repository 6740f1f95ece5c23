"""Facts are read out of labelled lines, and the language out of letters."""

import tomllib
from pathlib import Path

import pytest

from maildesk.mail import facts, language
from maildesk.share import folder

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("name", sorted(facts.LABELS))
def test_every_label_is_read_in_a_line_of_its_own(name: str) -> None:
    for label in facts.LABELS[name]:
        assert facts.labelled(f"{label}：值") == (name, "值")
        assert facts.labelled(f"  - **{label.title()}** : value ") == (name, "value")


@pytest.mark.parametrize("words", sorted(folder("templates").glob("*/words.toml")), ids=lambda path: path.parent.name)
def test_a_filled_in_block_of_our_letters_comes_back_as_facts(words: Path) -> None:
    labels = tomllib.loads(words.read_text(encoding="utf-8"))["field"]
    asked = {name: label for name, label in labels.items() if name in facts.LABELS}
    block = "\n".join(f"{label}：{name}!" for name, label in asked.items())
    assert {name: fact.value for name, fact in facts.read("", block, "").items()} == {name: f"{name}!" for name in asked}


@pytest.mark.parametrize("handbook", sorted(DOCS.glob("*/requester.md")), ids=lambda path: path.parent.name)
def test_every_line_that_the_handbook_advises_is_a_fact(handbook: Path) -> None:
    lines = [line for line in handbook.read_text(encoding="utf-8").splitlines() if line.startswith("    ")]
    assert lines
    names = [facts.labelled(line)[0] for line in lines]
    assert len(set(names) - {""}) == len(lines)


def test_no_label_stands_for_two_facts() -> None:
    labels = [label for names in facts.LABELS.values() for label in names]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize(
    "line", ["工号", "工号：____", "Phone: ...", "at 09:30 it failed", "http://example.com/path", "注意：没有"]
)
def test_a_line_without_a_known_label_and_a_value_is_no_fact(line: str) -> None:
    assert not facts.read("", line, "")


def test_a_ticket_number_is_read_to_its_end() -> None:
    assert facts.read("Re: [TS202310271000] x", "", "")["ticket"].value == "TS202310271000"


def test_a_fact_of_the_signature_says_so_and_gives_way_to_a_line() -> None:
    found = facts.read("", "电话：1", "电话：2\n部门：财务部")
    assert (found["contact"].value, found["contact"].source) == ("1", "line")
    assert (found["department"].value, found["department"].source) == ("财务部", "signature")


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ("打印机坏了", "zh"),
        ("The printer is broken", "en"),
        ("登录时报错 access denied by policy", "zh"),
        ("Hello Mr 李", "en"),
        ("", "en"),
    ],
)
def test_the_language_is_told_by_the_letters(text: str, guess: str) -> None:
    assert language.guess(text, None) == guess


def test_a_mail_without_letters_speaks_the_language_of_its_charset() -> None:
    assert language.guess("12345", "gb2312") == "zh"
