"""The handbooks say what the program does: every verb, every order, every link, in both languages."""

import re
from pathlib import Path

import pytest

from maildesk.cli import VERBS
from maildesk.core.orders import ORDERS, Need, Rule, help_for
from tests.architecture.tree import ROOT, tracked

LANGUAGES = ("en", "zh")
OTHER = {"en": "zh", "zh": "en"}
HEADINGS = {
    "en": (
        "| you write | in Chinese | what it does | needs |",
        {Need.READ: "your address", Need.NOTE: "your address", Need.ACT: "proof"},
    ),
    "zh": ("| 您写 | 英文 | 作用 | 需要 |", {Need.READ: "您的地址", Need.NOTE: "您的地址", Need.ACT: "证明"}),
}


def handbook(language: str, name: str) -> str:
    return (ROOT / "docs" / language / f"{name}.md").read_text(encoding="utf-8")


def orders_table(language: str) -> str:
    """The table of orders as the engineer's handbook must show it."""
    heading, needs = HEADINGS[language]
    rows = [heading, "|---|---|---|---|"]
    for verb, rule in ORDERS.items():
        usage, meaning = help_for(verb, language)
        rows.append(f"| {_code(usage)} | {_code(_usage(rule, OTHER[language]))} | {meaning} | {needs[rule.need]} |")
    return "\n".join(rows)


def _usage(rule: Rule, language: str) -> str:
    return rule.usage[language]


def _code(usage: str) -> str:
    return "`" + usage.replace("|", r"\|") + "`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_engineers_handbook_shows_the_table_of_orders_as_it_is(language: str) -> None:
    shown = re.search(r"<!-- orders -->\n\n(.*?)\n\n<!-- -->", handbook(language, "engineer"), flags=re.DOTALL)
    assert shown is not None
    assert shown[1] == orders_table(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_operators_handbook_names_every_verb_of_the_shell(language: str) -> None:
    text = handbook(language, "operator")
    assert [verb.name for verb in VERBS if f"maildesk {verb.name}" not in text] == []


def test_every_verb_that_a_handbook_names_exists() -> None:
    pages = [path for path in tracked() if path.suffix == ".md"]
    named = {
        verb
        for page in pages
        for code in re.findall(r"`[^`\n]+`|^    .+$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for verb in re.findall(r"(?:^    |[`/]|&& |=\S+ )maildesk ([a-z]+)\b", code)
    }
    assert named == {verb.name for verb in VERBS}


def test_every_handbook_exists_in_every_language() -> None:
    names = {language: {path.name for path in (ROOT / "docs" / language).glob("*.md")} for language in LANGUAGES}
    assert names["en"] == names["zh"] == {"engineer.md", "operator.md", "requester.md"}


def test_every_link_between_the_pages_leads_somewhere() -> None:
    pages = [path for path in tracked() if path.suffix == ".md"]
    dead = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not _leads(page, target)
    ]
    assert dead == []


def _leads(page: Path, target: str) -> bool:
    return (page.parent / target).exists()
