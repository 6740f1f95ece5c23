"""What most verbs begin with: find the configuration, read it, open the store."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from maildesk.cli.failure import Code, Failure
from maildesk.config import Config, Settings, load
from maildesk.store import SchemaState, Store

PLACES = (Path("maildesk.toml"), Path("/etc/maildesk/maildesk.toml"))

ConfigPath = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        envvar="MAILDESK_CONFIG",
        show_envvar=False,
        metavar="FILE",
        help="The main file. Default: $MAILDESK_CONFIG, ./maildesk.toml, /etc/maildesk/maildesk.toml.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON for programs instead of text for people.")]


def found(path: Path | None) -> Path:
    """The main file that is meant."""
    if path is not None:
        return path
    for place in PLACES:
        if place.is_file():
            return place
    remedy = f"Looked for {' and '.join(map(str, PLACES))}. Make one with: maildesk init; or name it with --config."
    raise Failure("there is no configuration", remedy, Code.CONFIG)


def configured(path: Path | None, *, secrets: bool = False) -> Config:
    """The configuration, checked. `secrets` for verbs that speak with mail servers."""
    return load(found(path), secrets=secrets)


def empty(settings: Settings) -> Failure:
    """What to say of a database without a table. Where the state folder holds mails all the same, it was not always empty."""
    if is_lost(settings):
        remedy = "Put its file back, or bring the desk back from a backup: maildesk restore BACKUP"
        return Failure(f"the database is empty, though mails of a desk lie in {settings.state}: it was lost", remedy)
    remedy = "A new desk: maildesk upgrade makes it. A desk that was at work: maildesk restore BACKUP"
    return Failure("the database is empty: there is no desk in it", remedy)


def is_lost(settings: Settings) -> bool:
    """Whether there are files of mails, which only a database can have named."""
    return any(settings.state.glob("[0-9a-f][0-9a-f]/*"))


def made(settings: Settings) -> SchemaState:
    """Make or upgrade the database; how it stood before. What takes the place of a lost one would give its numbers again."""
    store = Store.open(settings.database, settings.state, settings.node)
    try:
        before = store.state()
        if before == "empty" and is_lost(settings):
            raise empty(settings)
        store.upgrade()
    finally:
        store.close()
    return before


@contextmanager
def opened(config: Config) -> Iterator[Store]:
    """The store of a desk that is ready to work; it is closed at the end."""
    with opened_by(config.settings) as store:
        yield store


@contextmanager
def opened_by(settings: Settings) -> Iterator[Store]:
    """The same where policy or people cannot be read."""
    store = Store.open(settings.database, settings.state, settings.node)
    try:
        match store.state():
            case "empty":
                raise empty(settings)
            case "old":
                raise Failure("the database is not ready for this version", "Run: maildesk upgrade")
            case "newer":
                raise Failure("the database was upgraded by a newer maildesk", "Install at least the version that upgraded it.")
            case "current":
                yield store
    finally:
        store.close()
