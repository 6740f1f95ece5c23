"""The files that `maildesk init` writes: the examples, comments and all, with the answers put in."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from maildesk.cli.questions import NONE, WHERE_SECRETS_ARE, Answers
from maildesk.config import examples
from maildesk.config.examples import filled
from maildesk.config.writing import write


def main_file(answers: Answers, secrets: Mapping[str, Any]) -> str:
    """maildesk.toml. `secrets` are the forms in which the passwords are found, by the names of their questions."""
    login = answers["smtp_user"] != NONE
    host = answers["receiving_host"]
    return filled(
        "maildesk.example.toml",
        {
            "desk": {key: answers[key] for key in ("name", "address", "zone", "language", "operator")}
            | {"hosts": [] if host == NONE else [host]},
            "state": {"folder": answers["state"]},
            "account": {
                "host": answers["imap_host"],
                "port": int(answers["imap_port"]),
                "security": answers["imap_security"],
                "user": answers["imap_user"],
                "password": secrets["imap_password"],
            },
            "relay": {
                "host": answers["smtp_host"],
                "port": int(answers["smtp_port"]),
                "security": answers["smtp_security"],
                "user": answers["smtp_user"] if login else None,
                "password": secrets["smtp_password"] if login else None,
            },
        },
    )


def policy_file(answers: Answers) -> str:
    return filled(
        "policy.example.toml",
        {
            "": {"internal_domains": [answers["address"].rpartition("@")[2]]},
            "calendars.office": {
                "hours": answers["hours"].split("; "),
                "adjusted": None,
                "zone": answers["zone"],
                "country": None if answers["country"] == NONE else answers["country"],
            },
        },
    )


def people_file(answers: Answers) -> str:
    """The head of the example, and one person who for a beginning can do everything."""
    categories = tomllib.loads(examples.text("policy.example.toml"))["categories"]
    skills = dict.fromkeys(category["skill"] for category in categories)
    person = {
        "staff_id": answers["engineer_id"],
        "name": answers["engineer_name"],
        "addresses": answers["engineer_address"],
        "roles": "engineer;lead",
        "line": "1",
        "skills": ";".join(skills),
    }
    head = [line for line in examples.text("people.example.csv").splitlines() if line.startswith(("#", "staff_id"))]
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
