"""The files that `maildesk init` writes: the examples, comments and all, with the answers put in."""

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from maildesk import share
from maildesk.cli.questions import NONE, WHERE_SECRETS_ARE, Answers
from maildesk.config.writing import write

Place = tuple[str, str]
"""A table and a key in it."""

_HEADER = re.compile(r"\[\[?([\w.]+)\]\]?$")
_KEY = re.compile(r"#?(\w+) = ")


def filled(text: str, answers: Mapping[Place, Any]) -> str:
    """An example with these keys set; None switches a key off. Everything else stays as it is."""
    pending, table, lines = dict(answers), "", []
    for line in text.splitlines():
        if header := _HEADER.match(line):
            table = header[1]
        key = _KEY.match(line)
        if key and (table, key[1]) in pending:
            value = pending.pop((table, key[1]))
            line = f"#{line.lstrip('#')}" if value is None else f"{key[1]} = {toml(value)}"
        lines.append(line)
    if pending:
        raise KeyError(f"the example has no {sorted(pending)}")
    return "\n".join(lines) + "\n"


def toml(value: Any) -> str:
    """A value as TOML writes it; JSON's texts, numbers and lists are TOML's."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {toml(inner)}' for key, inner in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)


def _example(name: str) -> str:
    return (share.folder("config") / name).read_text(encoding="utf-8")


def main_file(answers: Answers, secrets: Mapping[str, Any]) -> str:
    """maildesk.toml. `secrets` are the forms in which the passwords are found, by the names of their questions."""
    login = answers["smtp_user"] != NONE
    host = answers["receiving_host"]
    return filled(
        _example("maildesk.example.toml"),
        {
            ("desk", "name"): answers["name"],
            ("desk", "address"): answers["address"],
            ("desk", "zone"): answers["zone"],
            ("desk", "language"): answers["language"],
            ("desk", "operator"): answers["operator"],
            ("desk", "hosts"): [] if host == NONE else [host],
            ("state", "folder"): answers["state"],
            ("account", "host"): answers["imap_host"],
            ("account", "port"): int(answers["imap_port"]),
            ("account", "security"): answers["imap_security"],
            ("account", "user"): answers["imap_user"],
            ("account", "password"): secrets["imap_password"],
            ("relay", "host"): answers["smtp_host"],
            ("relay", "port"): int(answers["smtp_port"]),
            ("relay", "security"): answers["smtp_security"],
            ("relay", "user"): answers["smtp_user"] if login else None,
            ("relay", "password"): secrets["smtp_password"] if login else None,
        },
    )


def policy_file(answers: Answers) -> str:
    return filled(
        _example("policy.example.toml"),
        {
            ("", "internal_domains"): [answers["address"].rpartition("@")[2]],
            ("calendars.office", "hours"): answers["hours"].split("; "),
            ("calendars.office", "adjusted"): None,
            ("calendars.office", "zone"): answers["zone"],
            ("calendars.office", "country"): None if answers["country"] == NONE else answers["country"],
        },
    )


def people_file(answers: Answers) -> str:
    """The head of the example, and one person who for a beginning can do everything."""
    categories = tomllib.loads(_example("policy.example.toml"))["categories"]
    skills = dict.fromkeys(category["skill"] for category in categories)
    person = {
        "staff_id": answers["engineer_id"],
        "name": answers["engineer_name"],
        "addresses": answers["engineer_address"],
        "roles": "engineer;lead",
        "line": "1",
        "skills": ";".join(skills),
    }
    head = [line for line in _example("people.example.csv").splitlines() if line.startswith(("#", "staff_id"))]
    cells = (_cell(person.get(column, "")) for column in head[-1].split(","))
    return "\n".join([*head, ",".join(cells)]) + "\n"


def _cell(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if any(mark in value for mark in ',"\n') else value


def keep_secret(said: str, name: str, state: Path) -> dict[str, str]:
    """The form in which a password is found: where `said` says (`env:NAME`), or in a file of its own in the state folder."""
    source, _, what = said.partition(":")
    if source in WHERE_SECRETS_ARE and what:
        return {source: what}
    path = state / name.replace("_", "-")
    write(path, said + "\n", 0o600)
    return {"file": str(path)}
