"""The configuration: three files in, one checked and frozen Config out, or every fault at once.

maildesk.toml says where mail comes from and goes to, policy.toml by which rules the desk decides, the people file who works
there. Each fault names file, line, key, what is wrong and what to do. Nothing starts before all three are right.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from maildesk import share
from maildesk.config import desk_file, people_file, policy_file, toml
from maildesk.config.findings import Finding, Report, Wrong
from maildesk.config.secret import Secret
from maildesk.config.settings import Account, Config, OnCall, Relay, Retry, Settings, sqlite_at
from maildesk.config.together import Together
from maildesk.core.people import People, Role
from maildesk.core.shift import calendar_of

__all__ = [
    "Account",
    "Config",
    "ConfigError",
    "Finding",
    "OnCall",
    "Relay",
    "Retry",
    "Secret",
    "Settings",
    "Wrong",
    "languages",
    "load",
    "sqlite_at",
]


class ConfigError(Exception):
    """The configuration cannot be used; `findings` are all its faults, in the order of the files, and `settings` those of the
    main file where they can be told."""

    def __init__(self, findings: Iterable[Finding], settings: Settings | None = None) -> None:
        self.findings, self.settings = tuple(findings), settings
        super().__init__("\n".join(map(str, self.findings)))


def load(path: Path, *, secrets: bool = True, doors: bool = True, policy: Path | None = None) -> Config:
    """Read the main file and the two it names. Raises ConfigError with the faults of all three.

    `secrets` False leaves passwords unread, for verbs that need no mail server: systemd's credentials, for example, can only
    be read inside the unit. Without `doors` there need be neither servers nor signing keys nor a database: a rehearsal has its
    own. `policy` is another policy file than the one that the main file names.
    """
    report = Report()
    main = toml.read(path, report)
    settings = desk_file.settings(main, report, secrets=secrets, doors=doors) if main else None
    if settings and policy:
        settings = replace(settings, policy_file=policy)
    policy_path, people_path = _other_files(path, settings, main)
    zone = settings.zone if settings else ZoneInfo("UTC")
    policy_toml = toml.read(policy_path, report)
    language = settings.language if settings else ""
    rules = policy_file.policy(policy_toml, report, zone=zone, language=language) if policy_toml else None
    everyone, ids = people_file.people(people_path, report, zone)
    known = languages(settings.templates if settings else None)
    Together(people_path, everyone, ids, settings, main, rules, policy_toml, known, report).check()
    if report.findings or settings is None or rules is None:
        raise ConfigError(report.in_order(), settings)
    people = People(tuple(one.person for one in everyone))
    experts = dict.fromkeys(calendar_of(person, rules) for person in people.having(Role.ENGINEER) if person.line == 2)
    rules = replace(rules, on_call=settings.on_call is not None, experts=tuple(experts))
    return Config(settings=settings, policy=rules, people=people)


def languages(templates: Path | None = None) -> frozenset[str]:
    """The languages in which there are letters: those of the packaged templates and of the desk's own."""
    folders = [share.folder("templates"), *([templates] if templates else [])]
    return frozenset(words.parent.name for folder in folders for words in folder.glob("*/words.toml"))


def _other_files(path: Path, settings: Settings | None, main: toml.Toml | None) -> tuple[Path, Path]:
    """Where policy and people are, as far as this can be told of a main file with faults."""
    if settings:
        return settings.policy_file, settings.people_file
    desk = main.values.get("desk") if main else None
    said = desk if isinstance(desk, dict) else {}
    policy, people = (_name(said.get(key), usual) for key, usual in (("policy", "policy.toml"), ("people", "people.csv")))
    return path.parent / policy, path.parent / people


def _name(written: object, usual: str) -> str:
    """The name of a file as it stands there; the usual one for what no file can be called."""
    return written if isinstance(written, str) and "\0" not in written else usual
