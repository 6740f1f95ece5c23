"""The examples are the reference of the configuration: they name every key, hold every default, and load."""

import re
import tomllib
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from maildesk import share
from maildesk.config import Account, OnCall, Relay, Retry, Settings
from maildesk.config.desk_file import DeskFile
from maildesk.config.people_file import COLUMNS
from maildesk.config.policy_file import PolicyFile
from maildesk.config.shapes import Shape, shape_in
from maildesk.core.people import Person, Role
from maildesk.core.policy import Category, Policy
from maildesk.core.rules import Duties
from maildesk.core.ticket import Kind, Priority


def everything_on(text: str) -> str:
    """The example with every switched-off key switched on; of a key that is there twice the last is kept off."""
    lines: list[str] = []
    seen: set[str] = set()
    for line in text.splitlines():
        bare = re.sub(r"^#(?=[\[a-z_]+\S*( = |\]))", "", line)
        if bare.startswith("["):
            seen = set()
        key = bare.partition(" = ")[0] if " = " in bare and not bare.startswith(" ") else ""
        lines.append(line if key in seen else bare)
        if key and not key.startswith("#"):
            seen.add(key)
    return "\n".join(lines)


def example(name: str) -> dict[str, Any]:
    return tomllib.loads(everything_on((share.folder("config") / name).read_text(encoding="utf-8")))


def keys_of(shape: type[Shape], values: Any, place: str = "") -> set[str]:
    """The keys of a shape, and of the shapes in it, that `values` does not have. In a case all rules are like those outside."""
    lacking = set()
    for name, info in shape.model_fields.items():
        here = f"{place}.{name}".lstrip(".")
        given = [table[name] for table in values if name in table]
        if not given:
            lacking.add(here)
        elif (inner := shape_in(info.annotation)) is not None and not place.startswith("cases"):
            tables = [one for value in given for one in (value if isinstance(value, list) else [value])]
            named = "dict" in str(info.annotation)
            lacking |= keys_of(inner, [t for table in tables for t in table.values()] if named else tables, here)
    return lacking


@pytest.mark.parametrize(("shape", "name"), [(DeskFile, "maildesk.example.toml"), (PolicyFile, "policy.example.toml")])
def test_the_example_names_every_key(shape: type[Shape], name: str) -> None:
    assert keys_of(shape, [example(name)]) == set()


@pytest.mark.parametrize(("shape", "name"), [(DeskFile, "maildesk.example.toml"), (PolicyFile, "policy.example.toml")])
def test_every_switched_off_key_of_the_example_is_right(shape: type[Shape], name: str) -> None:
    values = example(name)
    if shape is PolicyFile:
        assert values["calendars"]["office"].pop("subdivision") == "BY", "only DE has BY"
        assert len(values["accept_machines"]) == 2
    shape.model_validate(values)


def test_every_field_of_the_policy_has_a_key() -> None:
    rules = {field.name for field in fields(Duties)}
    others = {field.name for field in fields(Policy) if field.init} - {"language", "usual", "since", "on_call", "experts"}
    assert rules | others | {"chasers"} == set(PolicyFile.model_fields), "chasers are those of waiting and resolved"
    assert {field.name for field in fields(Category)} == set(
        shape_in(PolicyFile.model_fields["categories"].annotation).model_fields
    )


def test_every_field_of_the_settings_has_a_key() -> None:
    def names(of: type) -> set[str]:
        return {field.name for field in fields(of)}

    def keys(name: str) -> set[str]:
        return set(shape_in(DeskFile.model_fields[name].annotation).model_fields)

    assert names(Account) == keys("account")
    assert names(Relay) == keys("relay")
    assert names(OnCall) == keys("on_call")
    assert names(Retry) == keys("retry")
    derived = {"file", "policy_file", "people_file", "keys_file", "accounts", "relay", "on_call", "retry", "state"}
    assert names(Settings) - derived == (keys("desk") | keys("state")) - {"policy", "people", "folder"}


def test_every_field_of_a_person_has_a_column() -> None:
    assert {field.name for field in fields(Person) if field.compare} == set(COLUMNS) - {"absent_from", "absent_until"}


def test_what_the_example_says_of_rules_is_their_default(files: Any) -> None:
    policy = files.load().policy
    for field in fields(Policy):
        default = field.default if field.default is not MISSING else None
        if field.default_factory is not MISSING and field.name in {"usual", "targets", "matrix", "pauses"}:
            default = field.default_factory()
        if default is not None and field.name not in {
            "categories",
            "experts",
            "questions",
            "impact",
            "urgency",
            "internal_domains",
        }:
            assert getattr(policy, field.name) == default, field.name


def test_what_the_example_says_of_retries_and_servers_is_their_default(files: Any) -> None:
    settings = files.load().settings
    assert settings.retry == Retry()
    for built in (settings.accounts[0], settings.relay):
        for field in fields(built):
            if field.default is not MISSING and field.name not in {"user", "password"}:
                assert getattr(built, field.name) == field.default, field.name


def test_nobody_is_on_call_in_the_example_and_the_other_keys_have_their_defaults(files: Any) -> None:
    assert files.load().settings.on_call is None
    files.change("main", "#command = ", "command = ")
    assert files.load().settings.on_call == OnCall(command=("/usr/local/bin/page", "--loud"))


def test_the_example_desk_has_the_customers_categories_and_people(files: Any) -> None:
    desk = files.load()
    names = {category.name for category in desk.policy.categories}
    assert {"系统故障-登录异常", "操作咨询-流程审批", "软件问题-软件Bug"} <= names
    assert {name.partition("-")[0] for name in names} == {"硬件故障", "软件问题", "网络异常", "系统故障", "权限配置", "操作咨询"}
    assert all(category.english and category.skill for category in desk.policy.categories)
    assert {role for person in desk.people.everyone for role in person.roles} == set(Role)
    assert desk.people.at("XM.Wang@example.com").staff_id == "E001"
    assert desk.policy.rules_of(Kind(Priority.P1)).calendar.name == "always"
    assert desk.policy.rules_of(Kind(Priority.P3)).calendar.name == "office"


def test_no_word_suggests_two_categories(files: Any) -> None:
    seen: dict[str, str] = {}
    for category in files.load().policy.categories:
        for word in category.words:
            assert seen.setdefault(word.casefold(), category.name) == category.name or word == "is down", word


def test_the_examples_lie_in_the_shared_folder() -> None:
    assert {path.name for path in Path(share.folder("config")).iterdir()} >= {
        "maildesk.example.toml",
        "policy.example.toml",
        "people.example.csv",
    }


def test_a_folder_that_was_not_installed_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        share.folder("nowhere")
