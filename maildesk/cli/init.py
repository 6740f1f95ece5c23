"""`maildesk init`: from a few answers to a desk that can run."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from maildesk.cli import console, drafts
from maildesk.cli.check import tell
from maildesk.cli.checks import Level
from maildesk.cli.failure import Code, Failure
from maildesk.cli.opening import made
from maildesk.cli.questions import QUESTIONS, WHERE_SECRETS_ARE, Answers, answered
from maildesk.config import Config, ConfigError, desk_file, keys, load
from maildesk.config.writing import write

PASSWORDS = ("imap_password", "smtp_password")

Answer = Annotated[str | None, typer.Option(show_default=False)]
Where = Annotated[str | None, typer.Option(show_default=False, metavar="env:NAME|file:PATH|credential:NAME|command:…")]


def init(
    config: Annotated[
        Path, typer.Option("--config", "-c", metavar="FILE", help="The main file; the others go beside it.")
    ] = Path("maildesk.toml"),
    yes: Annotated[
        bool, typer.Option("--yes", "-y", "--non-interactive", help="Ask nothing: take options and defaults.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that are there. Keys are never overwritten.")] = False,
    test: Annotated[bool, typer.Option("--test/--no-test", help="Try the mail servers before anything is written.")] = True,
    new_key: Annotated[bool, typer.Option("--new-key", help="Only put a new signing key on top of the key file.")] = False,
    address: Answer = None,
    language: Answer = None,
    name: Answer = None,
    zone: Answer = None,
    hours: Answer = None,
    country: Answer = None,
    engineer_name: Answer = None,
    engineer_address: Answer = None,
    engineer_id: Answer = None,
    operator: Answer = None,
    imap_host: Answer = None,
    imap_security: Answer = None,
    imap_port: Answer = None,
    imap_user: Answer = None,
    imap_password: Where = None,
    smtp_host: Answer = None,
    smtp_security: Answer = None,
    smtp_port: Answer = None,
    smtp_user: Answer = None,
    smtp_password: Where = None,
    receiving_host: Answer = None,
    state: Answer = None,
) -> None:
    """Ask a few questions, test the connections, write the configuration, the keys and an empty database.

    Every question has an option. Passwords are never given on the command line, where others can see them: say where they
    are (env:NAME, file:PATH, …), type them in, or put them into $MAILDESK_IMAP_PASSWORD and $MAILDESK_SMTP_PASSWORD; what is
    typed in is kept in a file that only you can read.
    """
    options = locals()
    if new_key:
        _new_key(config)
        return
    files = _Files(config.absolute())
    files.refuse_to_overwrite(force=force)
    given = _with_passwords({question.name: options[question.name] for question in QUESTIONS})
    answers = answered(given, {"state": _state(files.main.parent)}, asks=not yes)
    desk = _written(files, answers, test=test, asks=not yes)
    made(desk.settings)
    console.say(f"Written: {files.main}, {files.policy.name} and {files.people.name}; state in {desk.settings.state}.", "bold")
    console.say(f"Now add your colleagues to {files.people.name}, then:")
    for verb in ("check", "run"):
        console.say(f"  maildesk {verb} --config {files.main}")


@dataclass(frozen=True, slots=True)
class _Files:
    """The three files that are written."""

    main: Path

    @property
    def policy(self) -> Path:
        return self.main.with_name("policy.toml")

    @property
    def people(self) -> Path:
        return self.main.with_name("people.csv")

    def refuse_to_overwrite(self, *, force: bool) -> None:
        there = [str(path) for path in (self.main, self.policy, self.people) if path.exists()]
        if there and not force:
            raise Failure(f"there is already {' and '.join(there)}", "Nothing was changed. To overwrite, say --force.")

    def write(self, answers: Answers, secrets: Mapping[str, dict[str, str]]) -> None:
        write(self.policy, drafts.policy_file(answers), 0o644)
        write(self.people, drafts.people_file(answers), 0o644)
        write(self.main, drafts.main_file(answers, secrets), 0o644)


def _state(folder: Path) -> str:
    """Where the state lies unless told: the system's place for root, else beside the configuration."""
    return "/var/lib/maildesk" if os.geteuid() == 0 else str(folder / "state")


def _with_passwords(given: dict[str, str | None]) -> dict[str, str | None]:
    """Passwords from the environment where no option says where they are; one on the command line is refused."""
    for name in PASSWORDS:
        said = given[name]
        if said is not None and said.partition(":")[0] not in WHERE_SECRETS_ARE:
            remedy = f"Others can see it there. Say where it is ({', '.join(f'{one}:…' for one in WHERE_SECRETS_ARE)})."
            raise Failure(f"--{name.replace('_', '-')} must not be the password itself", remedy, Code.USAGE)
        given[name] = said or os.environ.get(f"MAILDESK_{name.upper()}")
    return given


def _written(files: _Files, answers: Answers, *, test: bool, asks: bool) -> Config:
    """The configuration, first as drafts that are read and tried, then in its place."""
    state = Path(answers["state"])
    secrets = {name: drafts.keep_secret(answers[name], name, state) for name in PASSWORDS if name in answers}
    if not (state / "keys").exists():
        keys.add(state / "keys")
    files.main.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=files.main.parent, prefix=".maildesk-init-") as folder:
        draft = _Files(Path(folder) / files.main.name)
        draft.write(answers, secrets)
        desk = _read(draft, files, secrets=test)
    if test:
        _try(desk, asks=asks)
    files.write(answers, secrets)
    return load(files.main, secrets=False)


def _read(draft: _Files, files: _Files, *, secrets: bool) -> Config:
    """The drafts as configuration; faults are told of the files that they are to become."""
    try:
        return load(draft.main, secrets=secrets)
    except ConfigError as trouble:
        folder = files.main.parent
        raise ConfigError(replace(one, file=_placed(one.file, draft.main.parent, folder)) for one in trouble.findings) from None


def _placed(file: Path, draft: Path, folder: Path) -> Path:
    return folder / file.name if file.parent == draft else file


def _try(desk: Config, *, asks: bool) -> None:
    """Try the mail servers; a Failure unless they answer or the operator wants to go on all the same."""
    from maildesk.cli import connections

    said = [one for account in desk.settings.accounts for one in connections.mailbox(account)]
    said += connections.relay(desk.settings)
    for one in said:
        tell(one)
    if all(one.level is not Level.ERROR for one in said):
        return
    if not asks or not typer.confirm("Write the configuration all the same?", default=False):
        raise Failure("the mail servers could not be used; nothing was written", "Correct the answers, or say --no-test.")


def _new_key(config: Path) -> None:
    """A new signing key in the place that the main file names, which need not be right otherwise."""
    try:
        written = tomllib.loads(config.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as trouble:
        raise Failure(f"{config} cannot be read: {trouble}", "Name the main file with --config.", Code.CONFIG) from None
    path = desk_file.keys_path(config, written)
    keys.add(path)
    console.say(f"{path} has a new key on top. Reload the desk: systemctl reload maildesk")
